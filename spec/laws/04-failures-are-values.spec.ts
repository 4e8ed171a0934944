import { setTimeout as realDelay } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { config, Observable, Subject, throwError } from 'rxjs';
import { after, every, TaskMissedError, TaskScheduler, ThrownValueError, type FailureContext, type TaskSchedulerOptions } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/index.js';

let clock: VirtualClock;
let unhandled: unknown[];

const open = (options: TaskSchedulerOptions = {}): TaskScheduler => new TaskScheduler({ clock, ...options });
/** RxJS reports what nobody handles in a timer of its own. */
const reported = async (): Promise<unknown[]> => {
  await realDelay(1);
  return unhandled;
};

beforeEach(() => {
  clock = new VirtualClock();
  unhandled = [];
  config.onUnhandledError = (error) => unhandled.push(error);
});
afterEach(() => {
  config.onUnhandledError = null;
  jest.restoreAllMocks();
});

const circular = new Error('circular');
circular.cause = circular;
const revoked = Proxy.revocable({}, {});
revoked.revoke();

const NO_ERRORS: [string, unknown][] = [
  ['undefined', undefined],
  ['null', null],
  ['a string', 'no luck'],
  ['NaN', NaN],
  ['a symbol', Symbol('s')],
  ['an object without a prototype', Object.create(null)],
  ['a frozen object', Object.freeze({ code: 1 })],
  ['a revoked proxy', revoked.proxy],
  ['a function', () => 1],
];

const ERRORS: [string, unknown][] = [
  ['an error', new RangeError('no luck')],
  ['a frozen error', Object.freeze(new Error('frozen'))],
  ['an error whose message throws', Object.defineProperty(new Error(), 'message', { get: () => { throw new Error('message'); } })],
  ['an error whose every property throws', new Proxy(new Error('p'), { get: () => { throw new Error('trap'); } })],
  ['an error with a circular cause', circular],
  ['an error of another realm', runInNewContext('new TypeError("from afar")')],
  ['an AggregateError', new AggregateError([new Error('a')], 'several')],
];

const THROWN = [NO_ERRORS, ERRORS].flatMap((rows) => rows.map(([name, thrown]) => [name, thrown, rows === ERRORS] as const));

const WAYS: [string, (thrown: unknown) => () => unknown][] = [
  ['throws', (thrown) => () => { throw thrown; }],
  ['rejects with', (thrown) => () => Promise.reject(thrown)],
  ['is a thenable that rejects with', (thrown) => () => ({ then: (_: unknown, reject: (error: unknown) => void) => { reject(thrown); } })],
  ['is a thenable whose then throws', (thrown) => () => ({ then: () => { throw thrown; } })],
  ['is a Promise whose own then throws', (thrown) => () => Object.assign(Promise.resolve(), { then: () => { throw thrown; } })],
  ['has a then whose getter throws', (thrown) => () => Object.defineProperty({}, 'then', { get: () => { throw thrown; } })],
  ['is an Observable that errors with', (thrown) => () => throwError(() => thrown)],
  ['is an Observable whose subscribe throws', (thrown) => () => new Observable(() => { throw thrown; })],
];

describe('4. Failures are values', () => {
  describe.each(WAYS)('work that %s', (_way, workOf) => {
    it.each(THROWN)('%s has failed, and nothing else is touched', async (_name, thrown, isError) => {
      const onError = jest.fn<(error: Error, context: FailureContext) => void>();
      const scheduler = open({ onError });
      const bad = scheduler.schedule(workOf(thrown), after(1));
      const neighbour = scheduler.schedulePeriodic(() => 'unharmed', 1);
      const streamErrors: unknown[] = [];
      await clock.advanceBy(5);

      const error = scheduler.getTaskError(bad);
      // Compared by identity: to look at some of them is to throw.
      expect(isError ? error === thrown : error instanceof ThrownValueError && Object.is(error.cause, thrown)).toBe(true);
      expect([scheduler.getTaskStatus(bad), scheduler.getTask(bad).failedCount, scheduler.getRuns(bad)[0]?.status]).toEqual(['FAILED', 1, 'FAILED']);
      scheduler.task$(bad).subscribe({ error: (streamError: unknown) => streamErrors.push(streamError) });
      expect([streamErrors, onError.mock.calls.length, onError.mock.calls[0]?.[0] === error]).toEqual([[], 1, true]);
      expect(scheduler.getTask(neighbour)).toMatchObject({ completedCount: 6, failedCount: 0, result: 'unharmed' });
      expect(await reported()).toEqual([]);
      await scheduler.stop();
    });
  });

  it('says what was thrown when it was no error', async () => {
    const scheduler = open({ onError: () => {} });
    const id = scheduler.schedule(() => { throw 'no luck'; }, after(0));
    await clock.advanceBy(0);
    expect(scheduler.getTaskError(id)).toMatchObject({
      name: 'ThrownValueError', code: 'THROWN_VALUE', cause: 'no luck', message: 'Work threw "no luck", which is no Error. Throw an Error to keep its stack.',
    });
  });

  describe('a thenable', () => {
    type Settle = (value: unknown) => void;
    it.each<[string, (resolve: Settle, reject: Settle) => void, object]>([
      ['that resolves twice counts once', (resolve) => { resolve(1); resolve(2); }, { status: 'COMPLETED', result: 1 }],
      ['that resolves and rejects has resolved', (resolve, reject) => { resolve(1); reject(new Error()); }, { status: 'COMPLETED', result: 1 }],
      ['that rejects and resolves has rejected', (resolve, reject) => { reject(new Error('no luck')); resolve(1); }, { status: 'FAILED', error: { message: 'no luck' } }],
      ['that resolves and throws has resolved', (resolve) => { resolve(1); throw new Error(); }, { status: 'COMPLETED', result: 1 }],
      ['that resolves to a promise is waited for', (resolve) => { resolve(Promise.resolve('inner')); }, { status: 'COMPLETED', result: 'inner' }],
      ['that never settles is in progress', () => {}, { status: 'RUNNING' }],
    ])('%s', async (_, then, expected) => {
      const scheduler = open({ onError: () => {} });
      const id = scheduler.schedule(() => ({ then }), after(0));
      await clock.advanceBy(100);
      expect(scheduler.getTask(id)).toMatchObject({ ...expected, runCount: 1 });
      expect(scheduler.cancelTask(id)).toBe('status' in expected && expected.status === 'RUNNING');
      expect(await reported()).toEqual([]);
    });

    it('may be a function, or a promise with a then of its own', async () => {
      const scheduler = open();
      const callable = Object.assign(() => 0, { then: (resolve: Settle) => { resolve('callable'); } });
      const twice = Object.assign(Promise.resolve(), { then: (resolve: Settle) => { resolve('first'); resolve('second'); } });
      const ids = [scheduler.schedule((): unknown => callable, after(0)), scheduler.schedule((): unknown => twice, after(0))];
      await clock.advanceBy(0);
      expect(ids.map((id) => scheduler.getTaskResult(id))).toEqual(['callable', 'first']);
    });
  });

  describe('what a run calls besides its work', () => {
    it.each<[string, unknown, (scheduler: TaskScheduler) => string]>([
      ['a carry that throws', { message: 'no carry' }, (scheduler) => scheduler.schedulePeriodic(() => 1, 10, { maxRuns: 1, carry: () => { throw new Error('no carry'); } })],
      ['a carry that returns no array', { code: 'INVALID_ARGUMENT', field: 'carry', message: 'carry must return an array of arguments; got 7.' },
        (scheduler) => scheduler.schedulePeriodic(() => 1, 10, { maxRuns: 1, carry: () => 7 as never })],
      ['args that throw', { message: 'no args' }, (scheduler) => scheduler.schedule((_: number) => 1, new Observable<number>((s) => s.next(1)), { maxRuns: 1, args: () => { throw new Error('no args'); } })],
      ['args that return no array', { code: 'INVALID_ARGUMENT', field: 'args', message: 'args must return an array of arguments; got "x".' },
        (scheduler) => scheduler.schedule((_: number) => 1, new Observable<number>((s) => s.next(1)), { maxRuns: 1, args: () => 'x' as never })],
    ])('fails the run: %s', async (_, error, schedule) => {
      const scheduler = open({ onError: () => {} });
      const id = schedule(scheduler);
      await clock.advanceBy(0);
      expect(scheduler.getTask(id)).toMatchObject({ status: 'FAILED', error, failedCount: 1 });
      expect(scheduler.getTask(id)).not.toHaveProperty('result');
    });

    it('fails the task: an Observable trigger that errors', async () => {
      const onError = jest.fn();
      const scheduler = open({ onError });
      const error = new Error('the bus broke down');
      const id = scheduler.schedule(() => 1, throwError(() => error), { name: 'listener' });
      await clock.advanceBy(0);
      expect(scheduler.getTask(id)).toMatchObject({ status: 'FAILED', runCount: 0, error });
      expect(onError.mock.calls).toEqual([[error, { taskId: id, name: 'listener' }]]);
    });

    it('harms nobody: a teardown that throws', async () => {
      const scheduler = open();
      const bad = (): Observable<never> => new Observable(() => () => { throw new Error('teardown'); });
      const aborts: string[] = [];
      const good = (): Observable<never> => new Observable(() => () => { aborts.push('let go'); });
      const [cancelled, stopped] = [scheduler.schedule(bad, after(0)), scheduler.schedule(() => 1, bad())];
      for (const work of [bad, good, bad, good]) scheduler.schedule(work, after(0));
      await clock.advanceBy(0);
      expect([scheduler.cancelTask(cancelled), scheduler.getTaskStatus(cancelled)]).toEqual([true, 'CANCELLED']);
      expect([scheduler.stopTask(stopped), scheduler.getTaskStatus(stopped)]).toEqual([true, 'CANCELLED']);
      expect(await scheduler.stop({ drain: false })).toMatchObject({ cancelled: 4, abandoned: 0 });
      expect(aborts).toEqual(['let go', 'let go']);
      expect(await reported()).toHaveLength(4);
    });
  });

  describe('a subscriber that throws', () => {
    const STREAMS: [string, (scheduler: TaskScheduler, id: string) => Observable<unknown>][] = [
      ['task$', (scheduler, id) => scheduler.task$(id)],
      ['runs$', (scheduler, id) => scheduler.runs$(id)],
      ['results$', (scheduler, id) => scheduler.results$(id)],
      ['tasks$', (scheduler) => scheduler.tasks$],
      ['events$', (scheduler) => scheduler.events$],
    ];
    it.each(STREAMS)('of %s harms no other, nor the scheduler; RxJS reports it', async (_, streamOf) => {
      const scheduler = open();
      const id = scheduler.schedulePeriodic(() => 1, 10, { maxRuns: 3 });
      const told: [number, number] = [0, 0];
      let thrown = 0;
      streamOf(scheduler, id).subscribe(() => { told[0]++; });
      streamOf(scheduler, id).subscribe({
        next: () => { throw new Error(`thrown ${++thrown}`); },
        complete: () => { throw new Error(`thrown ${++thrown}`); },
      });
      streamOf(scheduler, id).subscribe(() => { told[1]++; });
      await clock.advanceBy(50);
      await scheduler.stop();
      expect(scheduler.getTask(id)).toMatchObject({ status: 'COMPLETED', completedCount: 3 });
      expect(told[0]).toBeGreaterThanOrEqual(3);
      expect(told[1]).toBe(told[0]);
      expect(thrown).toBe(told[0] + 1);
      expect((await reported()).map((error) => (error as Error).message)).toEqual(Array.from({ length: thrown }, (__, i) => `thrown ${i + 1}`));
    });
  });

  describe('onError', () => {
    const failing = (): never => { throw new Error('no luck'); };

    it('gets each failure that nobody observes, and where it comes from', async () => {
      const onError = jest.fn();
      const scheduler = open({ onError });
      const id = scheduler.schedulePeriodic(failing, 10, { name: 'nightly', maxRuns: 2 });
      await clock.advanceBy(50);
      const [first, second] = scheduler.getRuns(id);
      expect(onError.mock.calls).toEqual([
        [first!.error, { taskId: id, runId: first!.runId, name: 'nightly' }],
        [second!.error, { taskId: id, runId: second!.runId, name: 'nightly' }],
      ]);
    });

    it.each<[string, (scheduler: TaskScheduler, id: string) => unknown]>([
      ['subscribes to task$', (scheduler, id) => scheduler.task$(id).subscribe()],
      ['subscribes to runs$', (scheduler, id) => scheduler.runs$(id).subscribe()],
      ['subscribes to results$', (scheduler, id) => scheduler.results$(id).subscribe()],
      ['subscribes to tasks$', (scheduler) => scheduler.tasks$.subscribe()],
      ['subscribes to events$', (scheduler) => scheduler.events$.subscribe()],
      ['awaits result', (scheduler, id) => scheduler.result(id).catch(() => {})],
      ['awaits whenSettled', (scheduler, id) => scheduler.whenSettled(id)],
    ])('hears nothing when somebody %s', async (_, observe) => {
      const onError = jest.fn();
      const scheduler = open({ onError });
      observe(scheduler, scheduler.schedule(failing, after(1)));
      await clock.advanceBy(1);
      expect(onError).not.toHaveBeenCalled();
    });

    it('hears of it again once nobody subscribes any more, and of tasks that nobody watches', async () => {
      const onError = jest.fn();
      const scheduler = open({ onError });
      const watched = scheduler.schedulePeriodic(failing, 10);
      const unwatched = scheduler.schedule(failing, after(0));
      const subscription = scheduler.task$(watched).subscribe();
      await clock.advanceBy(0);
      expect(onError.mock.calls).toMatchObject([[{}, { taskId: unwatched }]]);
      subscription.unsubscribe();
      await clock.advanceBy(10);
      expect(onError.mock.calls).toMatchObject([[{}, { taskId: unwatched }], [{}, { taskId: watched }]]);
    });

    it('hears once of a failure that ends its task', async () => {
      const onError = jest.fn();
      const scheduler = open({ onError });
      scheduler.schedulePeriodic(failing, 10, { afterFailure: 'stop' });
      await clock.advanceBy(50);
      expect(onError).toHaveBeenCalledTimes(1);
    });

    it('hears of a one-time task that was missed', () => {
      jest.useFakeTimers({ now: 1_000_000 });
      try {
        const onError = jest.fn<(error: Error, context: FailureContext) => void>();
        const scheduler = new TaskScheduler({ onError });
        const id = scheduler.schedule(() => 1, after(10), { misfire: { policy: 'skip' } });
        jest.setSystemTime(1_060_000);
        jest.advanceTimersByTime(60_000);
        expect(onError.mock.calls[0]?.[0]).toBeInstanceOf(TaskMissedError);
        expect(onError.mock.calls).toMatchObject([[{ taskId: id }, { taskId: id }]]);
      } finally {
        jest.useRealTimers();
      }
    });

    it('may throw: RxJS reports that, and all goes on', async () => {
      const scheduler = open({ onError: () => { throw new Error('onError, too'); } });
      const bad = scheduler.schedulePeriodic(failing, 10);
      const good = scheduler.schedulePeriodic(() => 1, 10);
      await clock.advanceBy(20);
      expect([scheduler.getTask(bad).failedCount, scheduler.getTask(good).completedCount]).toEqual([3, 3]);
      expect((await reported()).map((error) => (error as Error).message)).toEqual(['onError, too', 'onError, too', 'onError, too']);
    });

    it('writes one line to console.error by default', async () => {
      const lines = jest.spyOn(console, 'error').mockImplementation(() => {});
      const scheduler = open();
      scheduler.schedule(failing, after(0), { name: 'nightly' });
      scheduler.schedule(() => { throw new Error('two\nlines'); }, after(1), { id: 'unnamed' });
      scheduler.schedule(() => { throw undefined; }, after(2), { id: 'undefined' });
      await clock.advanceBy(2);
      expect(lines.mock.calls).toEqual([
        ['carillon: task "nightly" failed: no luck'],
        ['carillon: task "unnamed" failed: two …'],
        ['carillon: task "undefined" failed: Work threw undefined, which is no Error. Throw an Error to keep its stack.'],
      ]);
    });
  });

  it('goes on after a failure, or not, as afterFailure says', async () => {
    const scheduler = open({ onError: () => {} });
    const source = new Subject<number>();
    let n = 0;
    const odd = (): number => {
      if (++n % 2 === 1) throw new Error(`odd ${n}`);
      return n;
    };
    const goesOn = scheduler.schedule(odd, every(10), { maxRuns: 4 });
    await clock.advanceBy(50);
    expect(scheduler.getTask(goesOn)).toMatchObject({ status: 'COMPLETED', failedCount: 2, completedCount: 2, error: { message: 'odd 3' } });
    const stops = scheduler.schedule(odd, source, { afterFailure: 'stop' });
    source.next(1);
    source.next(2);
    await clock.advanceBy(0);
    expect(scheduler.getTask(stops)).toMatchObject({ status: 'FAILED', failedCount: 1, skippedCount: 1, error: { message: 'odd 5' } });
    expect(source.observed).toBe(false);
  });
});
