// The table of all that is refused, message by message, is in spec/bad-input.spec.ts.
import { describe, expect, it } from '@jest/globals';
import fc from '../support/properties.js';
import type { Observable } from 'rxjs';
import { after, CarillonError, InvalidArgumentError, TaskScheduler, type TaskEvent, type TaskId, type Trigger } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/index.js';

type Maker = 'register' | 'schedule' | 'scheduleOneTime' | 'schedulePeriodic' | 'getTasks';
const BY_ID = ['getTask', 'getRuns', 'getTaskStatus', 'getTaskResult', 'getTaskError', 'stopTask', 'cancelTask', 'pauseTask', 'resumeTask', 'runTask', 'removeTask'] as const;
/** The facade, for callers that the compiler can't hold. */
type Loose = Record<Maker | (typeof BY_ID)[number], (...args: unknown[]) => unknown>;

const open = () => {
  const clock = new VirtualClock({ startAt: 1_000_000 });
  const scheduler = new TaskScheduler({ clock, onError: () => {} });
  const events: TaskEvent[] = [];
  scheduler.events$.subscribe((event) => events.push(event));
  return { clock, scheduler, loose: scheduler as unknown as Loose, events };
};

const OPTION_NAMES = [
  'args', 'id', 'ifExists', 'name', 'tags', 'signal', 'overlap', 'maxQueued', 'maxParallel', 'misfire', 'maxRuns', 'startAt', 'until', 'carry', 'afterFailure',
  'concurrencyKey', 'concurrencyLimit', 'retry', '__proto__', 'toString',
];
// Whatever may come, and what comes near to what is asked for.
const anything = fc.oneof(fc.anything({ withDate: true, withBigInt: true, withNullPrototype: true }), fc.integer(), fc.double(), fc.string({ maxLength: 4 }), fc.constant(() => []));
const anyOptions = fc.oneof(anything, fc.array(fc.tuple(fc.constantFrom(...OPTION_NAMES), anything), { maxLength: 3 }).map((entries) => {
  const options = {};
  for (const [name, value] of entries) Object.defineProperty(options, name, { value, enumerable: true, configurable: true });
  return options;
}));
const anyTrigger = fc.oneof(
  anything, fc.constant(after(10)),
  fc.record({ kind: fc.constantFrom('once', 'after', 'every', 'cron', 'constructor'), at: anything, delay: anything, interval: anything }),
);

describe('10. Bad input is refused at the call', () => {
  it.each<[Maker, fc.Arbitrary<unknown[]>]>([
    ['register', fc.tuple(anything, anything, anyOptions)],
    ['schedule', fc.tuple(fc.oneof(anything, fc.constant(() => 1)), anyTrigger, anyOptions)],
    ['scheduleOneTime', fc.tuple(fc.constant(() => 1), anything, anyOptions)],
    ['schedulePeriodic', fc.tuple(fc.constant(() => 1), anything, anyOptions)],
    ['getTasks', fc.tuple(anyOptions)],
  ])('whatever %s is given, it is taken whole, or refused with a typed error and nothing done', async (name, args) => {
    let [taken, refused] = [0, 0];
    const { clock, scheduler, loose, events } = open();
    fc.assert(fc.property(args, (given) => {
      const before = { stats: scheduler.stats(), events: events.length };
      try {
        loose[name](...given);
        taken++;
      } catch (error) {
        refused++;
        expect(error).toBeInstanceOf(CarillonError);
        expect((error as Error).message).not.toMatch(/\[object |\n/);
        if (error instanceof InvalidArgumentError && /^\w+$/.test(error.field)) expect(error.message).toContain(error.field);
        expect({ stats: scheduler.stats(), events: events.length }).toEqual(before);
      }
    }), { numRuns: 500, seed: 10 });
    expect(refused).toBeGreaterThan(100);
    expect(taken).toBeGreaterThan(0);
    // What was taken lives, and what was refused left nothing behind that would go off.
    await clock.advanceBy(1);
    const id = scheduler.schedule(() => 'fine', after(0));
    await clock.advanceBy(0);
    expect(scheduler.getTaskResult(id)).toBe('fine');
    expect(Object.prototype).toEqual(Object.getPrototypeOf({}));
    await scheduler.stop({ drain: false });
  });

  it('reads each option once, so that a getter can’t say this to the check and that to the engine', async () => {
    const { clock, scheduler } = open();
    let reads = 0;
    const options = { get maxRuns() { return ++reads === 1 ? 1 : -1; } };
    scheduler.schedulePeriodic(() => 1, 10, options);
    await clock.advanceBy(0);
    expect(reads).toBe(1);
  });

  it('takes a copy: what the caller changes later changes nothing', async () => {
    const { clock, scheduler } = open();
    const tags = ['a'];
    const trigger: { kind: 'every'; interval: number } = { kind: 'every', interval: 10 };
    const id = scheduler.schedule(() => 1, trigger satisfies Trigger, { tags });
    tags.push('b');
    trigger.interval = 1;
    await clock.advanceBy(25);
    expect(scheduler.getTask(id)).toMatchObject({ tags: ['a'], runCount: 3 });
  });

  it('throws an unknown id from getters and commands, and sends it by streams and promises', async () => {
    const { scheduler, loose } = open();
    const NOT_FOUND = { code: 'TASK_NOT_FOUND', taskId: 'nobody' };
    for (const call of BY_ID) expect(() => loose[call]('nobody')).toThrow(expect.objectContaining(NOT_FOUND));
    const errors: unknown[] = [];
    for (const stream$ of [scheduler.task$('nobody'), scheduler.runs$('nobody')] as Observable<unknown>[]) stream$.subscribe({ error: (error: unknown) => errors.push(error) });
    expect(errors).toMatchObject([NOT_FOUND, NOT_FOUND]);
    for (const promise of [scheduler.whenAccepted('nobody'), scheduler.result('nobody'), scheduler.whenSettled('nobody')]) {
      await expect(promise).rejects.toMatchObject(NOT_FOUND);
    }
  });

  it.each<[string, unknown]>([['a number', 7], ['null', null], ['undefined', undefined], ['an object', {}], ['a symbol', Symbol('id')]])(
    'takes %s for an id that no task has', (_, id) => {
      const { scheduler } = open();
      expect(() => scheduler.getTask(id as TaskId)).toThrow(expect.objectContaining({ code: 'TASK_NOT_FOUND' }));
    },
  );
});
