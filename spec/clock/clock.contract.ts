// The laws of Clock, by their numbers, for every clock there is.
import { setImmediate as macrotask } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from '../support/properties.js';
import { debounceTime, delay, interval, map, observeOn, of, Subject, take, timeout, timer } from 'rxjs';
import type { Observable, SchedulerAction } from 'rxjs';
import type { Clock } from '../../src/clock/clock.js';

/** A clock, and the hand that moves its time. */
export interface ClockUnderTest {
  readonly clock: Clock;
  /** Lets so many ms go by, and gives the errors that came of it. */
  elapse(ms: number): Promise<readonly unknown[]>;
  close?(): void;
}

const DAY = 86_400_000;

/** Declares the specs that every clock must pass. */
export function describeClockContract(open: () => ClockUnderTest): void {
  let test: ClockUnderTest;
  let clock: Clock;
  let start: number;
  let log: string[];
  const note = (entry: string) => () => void log.push(entry);

  beforeEach(() => {
    test = open();
    clock = test.clock;
    start = clock.now();
    log = [];
  });
  afterEach(() => test.close?.());

  describe('law 1: never early', () => {
    it.each([1, 10.001, 49.5, 50.999, 51])('waits the whole of a delay of %d ms', async (ms) => {
      const ranAt: number[] = [];
      clock.schedule(() => ranAt.push(clock.now()), ms);
      await test.elapse(Math.ceil(ms) - 1);
      expect(ranAt).toEqual([]);
      await test.elapse(1);
      expect(ranAt).toHaveLength(1);
      expect(ranAt[0]).toBeGreaterThanOrEqual(start + ms);
    });

    it('waits until the very fraction of a due time', async () => {
      const late: number[] = [];
      for (let due = start + 0.1; due < start + 20; due += 0.7) clock.scheduleAt(() => late.push(clock.now() - due), due);
      await test.elapse(20);
      expect(late).toHaveLength(29);
      expect(Math.min(...late)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...late)).toBeLessThan(1);
    });
  });

  describe('law 2: never at once', () => {
    it('runs nothing inside schedule, scheduleAt or an action’s schedule', async () => {
      clock.schedule<number>(function (depth = 0) {
        if (depth < 2) {
          this.schedule(depth + 1);
          clock.schedule(note(`due in ${depth}`));
          clock.scheduleAt(note(`past in ${depth}`), start - 5);
        }
        log.push(`end of ${depth}`);
      });
      clock.scheduleAt(note('past'), start - 5);
      expect(log).toEqual([]);
      // Fake timers take a whole ms for an immediate that is set inside another.
      await test.elapse(2);
      expect(log).toEqual(['end of 0', 'past', 'end of 1', 'due in 0', 'past in 0', 'end of 2', 'due in 1', 'past in 1']);
    });
  });

  describe('law 3: in order', () => {
    it('runs by due time, and at one instant as scheduled', async () => {
      const entry = fc.record({ ms: fc.integer({ min: 0, max: 8 }), how: fc.constantFrom('schedule', 'scheduleAt') });
      await fc.assert(
        fc.asyncProperty(fc.array(entry, { maxLength: 40 }), async (entries) => {
          const ran: number[] = [];
          const now = clock.now();
          entries.forEach(({ ms, how }, index) => {
            const work = () => ran.push(index);
            if (how === 'schedule') clock.schedule(work, ms);
            else clock.scheduleAt(work, now + ms);
          });
          await test.elapse(10);
          const expected = entries.map(({ ms }, index) => ({ ms, index })).toSorted((a, b) => a.ms - b.ms);
          expect(ran).toEqual(expected.map(({ index }) => index));
        }),
        { numRuns: 50 },
      );
    });
  });

  describe('law 4: any distance', () => {
    it('waits longer than the 24.8 days that a Node timer can', async () => {
      clock.schedule(note('25 days'), 25 * DAY);
      clock.scheduleAt(note('26 days'), start + 26 * DAY);
      await test.elapse(25 * DAY - 1);
      expect(log).toEqual([]);
      await test.elapse(1);
      expect(log).toEqual(['25 days']);
      await test.elapse(DAY - 1);
      expect(log).toEqual(['25 days']);
      await test.elapse(1);
      expect(log).toEqual(['25 days', '26 days']);
    });

    it.each([1e15, Number.MAX_VALUE, Infinity])('waits for an instant as far as %d and holds nothing up', async (far) => {
      clock.scheduleAt(note('far'), far);
      clock.schedule(note('farther'), far);
      clock.schedule(note('near'), 5);
      await test.elapse(60_000);
      expect(log).toEqual(['near']);
    });
  });

  describe('law 5: the past is now', () => {
    it('takes a past instant, a negative delay and NaN for as soon as possible', async () => {
      clock.schedule(note('due before'));
      clock.scheduleAt(note('at 0'), 0);
      clock.scheduleAt(note('at -Infinity'), -Infinity);
      clock.scheduleAt(note('at NaN'), NaN);
      clock.schedule(note('-5'), -5);
      clock.schedule(note('-Infinity'), -Infinity);
      clock.schedule(note('NaN'), NaN);
      await test.elapse(0);
      expect(log).toEqual(['due before', 'at 0', 'at -Infinity', 'at NaN', '-5', '-Infinity', 'NaN']);
    });

    it('lets nobody starve the others by always being overdue', async () => {
      clock.schedule(note('patient'), 1);
      clock.schedule(function pushy() {
        log.push('pushy');
        if (log.length < 6) clock.scheduleAt(pushy, 0);
      }, 1);
      await test.elapse(2);
      expect(log.slice(0, 2)).toEqual(['patient', 'pushy']);
    });
  });

  describe('law 6: again', () => {
    it('runs once, and hands over the state', async () => {
      clock.schedule<string>((state) => log.push(String(state)), 1, 'a');
      clock.scheduleAt<string>((state) => log.push(String(state)), start + 2, 'b');
      clock.schedule((state) => log.push(String(state)), 3);
      await test.elapse(10);
      expect(log).toEqual(['a', 'b', 'undefined']);
    });

    it('runs again when the action schedules itself, each time from now', async () => {
      clock.schedule<number>(
        function (count = 0) {
          log.push(`${count} at ${clock.now() - start}`);
          if (count < 3) this.schedule(count + 1, 10);
        },
        5,
        0,
      );
      await test.elapse(100);
      expect(log).toEqual(['0 at 5', '1 at 15', '2 at 25', '3 at 35']);
    });

    it('moves an action that has not run yet, to sooner or later', async () => {
      const actions: SchedulerAction<string>[] = [];
      clock.schedule(function (this: SchedulerAction<string>, state?: string) {
        if (state === undefined) actions.push(this);
        else log.push(`${state} at ${clock.now() - start}`);
      });
      await test.elapse(0);
      const [action] = actions;
      action!.schedule('first', 5);
      action!.schedule('later', 50);
      await test.elapse(10);
      action!.schedule('sooner', 10);
      await test.elapse(100);
      expect(log).toEqual(['sooner at 20']);
    });

    it('moves one that waited for the wall clock, too', async () => {
      const actions: SchedulerAction<string>[] = [];
      clock.scheduleAt(function (this: SchedulerAction<string>, state?: string) {
        if (state === undefined) actions.push(this);
        else log.push(`${state} at ${clock.now() - start}`);
      }, start + 5);
      await test.elapse(20);
      actions[0]!.schedule('again', 7);
      await test.elapse(100);
      expect(log).toEqual(['again at 27']);
    });
  });

  describe('law 7: cancelled is gone', () => {
    it('never runs what was cancelled, by others or by itself', async () => {
      const cancelled = clock.schedule(note('cancelled'), 5);
      const cancelledAt = clock.scheduleAt(note('cancelled'), start + 5);
      clock.schedule(note('first'), 6);
      clock.schedule(() => doomed.unsubscribe(), 6);
      const doomed = clock.schedule(note('cancelled at its instant'), 6);
      clock.schedule(function () {
        log.push('itself');
        this.schedule(undefined, 1);
        this.unsubscribe();
        expect(this.schedule(undefined, 1)).toBe(this);
      }, 7);
      cancelled.unsubscribe();
      cancelledAt.unsubscribe();
      cancelled.unsubscribe();
      expect([cancelled.closed, cancelledAt.closed]).toEqual([true, true]);
      await test.elapse(100);
      expect(log).toEqual(['first', 'itself']);
    });

    it('frees work and state, though the subscription is held on to', async () => {
      const held = cancelledWithHeavyState(clock);
      // A WeakRef keeps what it refers to until the job that made it is over.
      await macrotask();
      collectGarbage();
      expect([held.state.deref(), held.work.deref()]).toEqual([undefined, undefined]);
      expect(held.subscription.closed).toBe(true);
    });

    it('is a Subscription like any other, with finalizers and parents', () => {
      const parent = clock.schedule(note('parent'), 5);
      const child = clock.schedule(note('child'), 5);
      parent.add(child);
      parent.add(note('finalized'));
      parent.unsubscribe();
      expect([child.closed, log]).toEqual([true, ['finalized']]);
    });
  });

  describe('law 8: harm stays at home', () => {
    it('closes what throws, tells of its error, and runs the rest', async () => {
      const thrown = [new Error('first'), 'second', undefined];
      const bad = thrown.map((error) => {
        clock.schedule(note('before'), 5);
        return clock.schedule(function () {
          this.schedule(undefined, 1);
          throw error;
        }, 5);
      });
      clock.schedule(note('after'), 5);
      clock.schedule(note('later'), 6);
      expect(await test.elapse(10)).toEqual(thrown);
      expect(log).toEqual(['before', 'before', 'before', 'after', 'later']);
      expect(bad.map(({ closed }) => closed)).toEqual([true, true, true]);
    });
  });

  describe('as a scheduler of RxJS', () => {
    const record = (source: Observable<unknown>): void => {
      source.subscribe({
        next: (value) => log.push(`${String(value)} at ${clock.now() - start}`),
        complete: () => log.push(`end at ${clock.now() - start}`),
        error: (error: unknown) => log.push(`${error instanceof Error ? error.name : 'error'} at ${clock.now() - start}`),
      });
    };

    it.each<[string, () => Observable<unknown>, string[]]>([
      ['timer(ms)', () => timer(7, clock), ['0 at 7', 'end at 7']],
      ['timer(date)', () => timer(new Date(start + 9), clock), ['0 at 9', 'end at 9']],
      ['timer(past)', () => timer(new Date(start - 9), clock), ['0 at 0', 'end at 0']],
      ['timer(ms, period)', () => timer(3, 10, clock).pipe(take(3)), ['0 at 3', '1 at 13', '2 at 23', 'end at 23']],
      ['interval', () => interval(4, clock).pipe(take(2)), ['0 at 4', '1 at 8', 'end at 8']],
      ['delay', () => of('a').pipe(delay(6, clock)), ['a at 6', 'end at 6']],
      ['delay until', () => of('a').pipe(delay(new Date(start + 6), clock)), ['a at 6', 'end at 6']],
      ['observeOn', () => of('a', 'b').pipe(observeOn(clock)), ['a at 0', 'b at 0', 'end at 0']],
      ['timeout', () => new Subject().pipe(timeout({ each: 5, scheduler: clock })), ['TimeoutError at 5']],
      [
        'debounceTime',
        () => interval(4, clock).pipe(take(3), map((n) => `v${n}`), debounceTime(20, clock)),
        ['v2 at 12', 'end at 12'],
      ],
      ['debounceTime that re-schedules', () => debounced(clock), ['2 at 34']],
    ])('serves %s', async (_, source, expected) => {
      record(source());
      expect(log).toEqual([]);
      await test.elapse(100);
      expect(log).toEqual(expected);
    });
  });
}

/** Values at 0, 7 and 14 ms into one debounceTime(20): its one action finds a newer value and moves itself. */
function debounced(clock: Clock): Observable<number> {
  const source = new Subject<number>();
  [0, 7, 14].forEach((ms, index) => clock.schedule(() => source.next(index), ms));
  return source.pipe(debounceTime(20, clock));
}

/** In a function of its own, so that no variable of a spec keeps what should be free. */
function cancelledWithHeavyState(clock: Clock) {
  const state = { heavy: new Array<number>(1000).fill(0) };
  const work = () => void state.heavy.push(1);
  const subscription = clock.schedule(work, 5, state);
  subscription.unsubscribe();
  return { subscription, state: new WeakRef(state), work: new WeakRef(work) };
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc()');
}
