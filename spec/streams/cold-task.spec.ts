import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Observable, asapScheduler, config, map, queueScheduler, switchMap, take, tap, type Subscription } from 'rxjs';
import {
  InvalidArgumentError, WallClock, after, cron, every, once, runCron, runEvery, runOnce, whenStatus, withContext, type ColdTaskOptions, type RunState,
} from '../../src/index.js';
import { VirtualClock } from '../../src/testing/index.js';
import { workBrand } from '../../src/task/work.js';
import { play } from '../support/streams.js';

const LETTERS = { Q: 'QUEUED', R: 'RUNNING', T: 'RETRYING', C: 'COMPLETED', F: 'FAILED', X: 'CANCELLED', S: 'SKIPPED', M: 'MISSED' };
const statuses = map(({ status }: RunState) => status);
const hang = (): Promise<never> => new Promise(() => undefined);

afterEach(() => { jest.restoreAllMocks(); });

describe('runOnce', () => {
  it.each<[title: string, at: Parameters<typeof runOnce>[1], work: string, expected: string]>([
    ['tells each state of the run, its progress too, and completes', 3,        '--a-(b|)', '---R-R-(RC|)'],
    ['tells a failure as a value, and completes',                    3,        '--#',      '---R-(F|)'],
    ['takes a trigger, too: an instant',                             once(3),  '-|',       '---R(C|)'],
    ['takes a trigger, too: a delay from each subscription on',      after(3), '-|',       '---R(C|)'],
  ])('%s', (_title, at, work, expected) => {
    play(({ clock, cold, expectObservable }) => {
      expectObservable(runOnce(() => cold(work), at, { clock }).pipe(statuses)).toBe(expected, LETTERS);
    });
  });

  it('starts at once when the instant is past', () => {
    play(({ clock, expectObservable }) => {
      expectObservable(runOnce(() => 1, 3, { clock }).pipe(statuses), '-----^').toBe('-----(RC|)', LETTERS);
    });
  });

  it('is a task of its own for each subscription', async () => {
    play(({ clock, cold, expectObservable }) => {
      const work  =           '--|';
      const first =           '---R-(C|)';
      const later =           '----------R-(C|)';
      const delayed =         '-------------R-(C|)';
      const [once$, after$] = [runOnce(() => cold(work), 3, { clock }), runOnce(() => cold(work), after(3), { clock })];
      expectObservable(once$.pipe(statuses)).toBe(first, LETTERS);
      expectObservable(once$.pipe(statuses), '----------^').toBe(later, LETTERS);
      expectObservable(after$.pipe(statuses), '----------^').toBe(delayed, LETTERS);
    });
    const clock = new VirtualClock();
    const ids = new Set<string>();
    const task$ = runOnce(() => 1, 0, { clock });
    for (let n = 0; n < 3; n++) task$.subscribe(({ taskId, runId }) => ids.add(taskId).add(runId));
    await clock.runToIdle();
    expect(ids.size).toBe(6);
  });

  it('cancels the run when it is unsubscribed from, at once', () => {
    play(({ clock, cold, expectObservable, expectSubscriptions }) => {
      const work$ = cold(    '-----|');
      const subscribed =  '---^-!';
      const unsubscribe = '-----!';
      const expected =    '---R';
      expectObservable(runOnce(() => work$, 3, { clock }).pipe(statuses), unsubscribe).toBe(expected, LETTERS);
      expectSubscriptions(work$.subscriptions).toBe(subscribed);
    });
  });

  it('carries the arguments and the result', async () => {
    const clock = new VirtualClock();
    const runs: RunState<string>[] = [];
    runOnce(async (name: string) => `Hello, ${name}!`, 5, { args: ['Alice'], clock }).subscribe((run) => runs.push(run));
    await clock.runToIdle();
    expect(runs).toMatchObject([{ status: 'RUNNING', scheduledFor: 5, startedAt: 5, tick: 0, attempt: 1 }, { status: 'COMPLETED', result: 'Hello, Alice!' }]);
    expect(runs.every(Object.isFrozen)).toBe(true);
  });

  it('goes on in the asynchronous context of the subscription', async () => {
    const storage = new AsyncLocalStorage<string>();
    const task$ = storage.run('the call', () => runOnce(() => storage.getStore(), after(1)));
    const results = await Promise.all(['one', 'two'].map((name) => storage.run(name, () => new Promise((resolve) => {
      task$.pipe(whenStatus('COMPLETED')).subscribe(({ result }) => { resolve(result); });
    }))));
    expect(results).toEqual(['one', 'two']);
  });

  it('tells of a tick that misfire allows no run, and completes', async () => {
    const clock = new VirtualClock();
    const runs: RunState[] = [];
    clock.schedule(() => { clock.block(5_000); }, 50);
    runOnce(() => 1, 100, { misfire: { policy: 'skip' }, clock }).subscribe((run) => runs.push(run));
    await clock.runToIdle();
    expect(runs).toMatchObject([{ status: 'MISSED', skipReason: 'late' }]);
  });
});

describe('runEvery', () => {
  it.each<[title: string, works: string[], options: ColdTaskOptions<[]>, expected: string]>([
    ['runs at once, then on the grid, until all runs are had',      ['--|'],            { maxRuns: 3 },                                   'R-C--R-C--R-(C|)'],
    ['goes on when a run fails, for that is a value',               ['--#', '--|'],     { maxRuns: 2 },                                   'R-F--R-(C|)'],
    ['decides: with afterFailure it completes after the failure',   ['--#'],            { afterFailure: 'stop' },                         'R-(F|)'],
    ['ends at until',                                               ['--|'],            { until: 7 },                                     'R-C--R-(C|)'],
    ['skips ticks that overlap, and says so',                       ['------|'],        { maxRuns: 2 },                                   'R----SC---R-----(C|)'],
    ['queues them',                                                 ['------|'],        { maxRuns: 2, overlap: 'queue' },                 'R----Q(CR)--(C|)'],
    ['replaces the older run',                                      ['------|'],        { maxRuns: 2, overlap: 'replace' },               'R----(XR)--(C|)'],
    ['runs them beside each other',                                 ['------|'],        { maxRuns: 2, overlap: 'parallel' },              'R----RC----(C|)'],
    ['retries',                                                     ['-#', '--|'],      { maxRuns: 1, retry: { maxAttempts: 2, delay: 2 } }, 'RT-R-(C|)'],
    ['fails when the retries are used up',                          ['-#'],             { maxRuns: 1, retry: { maxAttempts: 2, delay: 2 } }, 'RT-R(F|)'],
    ['ends what takes too long',                                    ['---------|'],     { maxRuns: 1, timeout: 4 },                       'R---(F|)'],
    ['begins at startAt',                                           ['-|'],             { maxRuns: 1, startAt: 2 },                       '--R(C|)'],
  ])('%s', (_title, works, options, expected) => {
    play(({ clock, cold, expectObservable }) => {
      let runs = 0;
      const work = () => cold(works[Math.min(runs++, works.length - 1)]!);
      expectObservable(runEvery(work, 5, { ...options, clock }).pipe(statuses)).toBe(expected, LETTERS);
    });
  });

  it('takes its trigger, too: by fixed delay', () => {
    play(({ clock, cold, expectObservable }) => {
      const expected = 'R-C---R-(C|)';
      expectObservable(runEvery(() => cold('--|'), every(4, { mode: 'fixedDelay' }), { maxRuns: 2, clock }).pipe(statuses)).toBe(expected, LETTERS);
    });
  });

  it('has a grid of its own for each subscription', () => {
    play(({ clock, expectObservable }) => {
      const task$ = runEvery(() => 1, 5, { maxRuns: 2, clock }).pipe(whenStatus('COMPLETED'), statuses);
      expectObservable(task$, '  ^').toBe('C----(C|)', LETTERS);
      expectObservable(task$, '--^').toBe('--C----(C|)', LETTERS);
    });
  });

  it('hands results on by carry, in each subscription from the first arguments on', () => {
    play(({ clock, expectObservable }) => {
      const count$ = runEvery((count: number) => count + 1, 2, { args: [0], carry: (count) => [count], maxRuns: 3, clock })
        .pipe(whenStatus('COMPLETED'), map(({ result }) => result));
      expectObservable(count$, '   ^').toBe('a-b-(c|)', { a: 1, b: 2, c: 3 });
      expectObservable(count$, '--^').toBe(' --a-b-(c|)', { a: 1, b: 2, c: 3 });
    });
  });

  describe('ends as soon as it is unsubscribed from', () => {
    it('by take, while the very notification is told', () => {
      play(({ clock, cold, expectObservable, expectSubscriptions }) => {
        const work$ = cold('--|');
        expectObservable(runEvery(() => work$, 5, { clock }).pipe(take(3), statuses)).toBe('R-C--(R|)', LETTERS);
        // The third run was told of, and never called.
        expectSubscriptions(work$.subscriptions).toBe(['^-!']);
      });
    });

    it('by take(1): no work is ever called', () => {
      play(({ clock, cold, expectObservable, expectSubscriptions }) => {
        const work$ = cold('--|');
        expectObservable(runEvery(() => work$, 5, { clock }).pipe(take(1), statuses)).toBe('(R|)', LETTERS);
        expectSubscriptions(work$.subscriptions).toBe([]);
      });
    });

    it('in the first notification, by hand', async () => {
      const clock = new VirtualClock();
      const [work, told, completed] = [jest.fn(hang), jest.fn(), jest.fn()];
      const subscription: Subscription = runEvery(work, 5, { clock }).subscribe({ next: (run) => { told(run.status); subscription.unsubscribe(); }, complete: completed });
      await clock.advanceBy(100);
      expect([told.mock.calls, work.mock.calls.length, completed.mock.calls.length, clock.waiting]).toEqual([[['RUNNING']], 0, 0, 0]);
    });

    it('by switchMap, which goes on with the next', () => {
      play(({ clock, cold, hot, expectObservable, expectSubscriptions }) => {
        const settings$ = hot('a-------b-----|');
        const work$ =      cold('--|');
        const subscribed = ['^-!', '-----^-!', '--------^-!', '-------------^-!'];
        const unsubscribe = '----------------!';
        const expected =    'R-C--R-CR-C--R-C';
        expectObservable(settings$.pipe(switchMap(() => runEvery(() => work$, 5, { clock })), statuses), unsubscribe).toBe(expected, LETTERS);
        expectSubscriptions(work$.subscriptions).toBe(subscribed);
      });
    });

    it('under switchMap: the inner stream of a run is let go of for that of the next', () => {
      play(({ clock, cold, expectObservable }) => {
        const inner$ =   cold('1-2-3-4-|');
        const expected =      '1-2-31-2-3-4-|';
        expectObservable(runEvery(() => 1, 5, { maxRuns: 2, clock }).pipe(whenStatus('COMPLETED'), switchMap(() => inner$))).toBe(expected);
      });
    });

    it.each<[string, ColdTaskOptions<[]>]>([
      ['with a run that waits for its next attempt', { retry: { maxAttempts: 3, delay: 1_000 } }],
      ['with time limits', { timeout: 1_000, deadline: 2_000 }],
      ['with runs that wait for each other', { overlap: 'queue', maxQueued: 5, expiresAfter: 1_000 }],
      ['with runs beside each other', { overlap: 'parallel' }],
      ['with runs that wait for a rate', { rateLimit: { limit: 1, per: 1_000 }, overlap: 'parallel' }],
      ['with work that holds its slot', { holdSlot: true, overlap: 'replace' }],
      ['with no more ticks to come', { maxRuns: 1 }],
    ])('%s: the signals abort, and nothing is left on the clock', async (title, options) => {
      const clock = new VirtualClock();
      const signals: AbortSignal[] = [];
      const work = withContext(({ signal, waitUntil }) => {
        signals.push(signal);
        if (title.includes('attempt')) throw new Error('again');
        waitUntil(hang());
        return hang();
      });
      const told: string[] = [];
      const subscription = runEvery(work, 5, { ...options, clock }).subscribe((run) => told.push(run.status));
      await clock.advanceBy(22);
      const before = told.length;
      subscription.unsubscribe();
      if (!title.includes('attempt')) expect(signals.map(({ aborted }) => aborted)).toEqual(signals.map(() => true));
      expect(signals.length).toBeGreaterThan(0);
      await clock.advanceBy(0);
      expect([clock.waiting, told.length]).toEqual([0, before]);
      await clock.runToIdle();
      expect(told).toHaveLength(before);
    });

    it('aborts the signal as one that has no reason: of a scheduler that was stopped nobody knows', async () => {
      const clock = new VirtualClock();
      const reasons: unknown[] = [];
      const work = withContext(({ signal }) => { signal.addEventListener('abort', () => reasons.push(signal.reason)); return hang(); });
      const subscription = runOnce(work, 0, { clock }).subscribe();
      await clock.advanceBy(0);
      subscription.unsubscribe();
      expect(reasons).toMatchObject([{ name: 'AbortError' }]);
    });

    it('leaves no timer of Node', async () => {
      const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout' || name === 'Immediate').length;
      const subscriptions = [runEvery(hang, '1h').subscribe(), runOnce(hang, after('1h')).subscribe(), runCron(hang, '0 0 1 1 *').subscribe()];
      await new Promise(setImmediate);
      // Each has a clock of its own, and a clock one timer. Nobody else comes in between.
      const before = timers();
      for (const subscription of subscriptions) subscription.unsubscribe();
      expect(before - timers()).toBe(3);
    });

    it('leaves nothing on a clock that is shared, nor on a signal', async () => {
      const [clock, controller] = [new WallClock(), new AbortController()];
      const { signal } = controller;
      const [listen, leave] = [jest.spyOn(signal, 'addEventListener'), jest.spyOn(signal, 'removeEventListener')];
      const [joined, left] = [jest.fn(), jest.fn()];
      const jumps$ = clock.jumps$;
      Object.defineProperty(clock, 'jumps$', { value: new Observable((subscriber) => { joined(); subscriber.add(left); return jumps$.subscribe(subscriber); }) });
      for (let n = 0; n < 5; n++) runEvery(() => 1, '1h', { clock, signal }).subscribe().unsubscribe();
      await new Promise(setImmediate);
      expect([joined, left, listen, leave].map((spy) => spy.mock.calls.length)).toEqual([5, 5, 5, 5]);
    });
  });

  it('starts no work inside the call of subscribe', async () => {
    const clock = new VirtualClock();
    let subscribed = false;
    const inside = jest.fn();
    for (const task$ of [runOnce(() => inside(subscribed), 0, { clock }), runEvery(() => inside(subscribed), 5, { clock, maxRuns: 1 })]) {
      subscribed = false;
      task$.subscribe();
      subscribed = true;
    }
    expect(inside).not.toHaveBeenCalled();
    await clock.runToIdle();
    expect(inside.mock.calls).toEqual([[true], [true]]);
  });

  it('tells all in the order it happened, though a signal cancels the task in a notification', async () => {
    const clock = new VirtualClock();
    const controller = new AbortController();
    const told: unknown[] = [];
    runEvery(hang, 5, { clock, overlap: 'replace', signal: controller.signal }).subscribe({
      next: ({ status, cancelReason }) => {
        if (status === 'CANCELLED' && !controller.signal.aborted) controller.abort('enough');
        told.push(cancelReason === undefined ? status : [status, cancelReason]);
      },
      complete: () => told.push('complete'),
    });
    await clock.runToIdle();
    expect(told).toEqual(['RUNNING', ['CANCELLED', 'replaced'], 'RUNNING', ['CANCELLED', 'enough'], 'complete']);
    expect(clock.waiting).toBe(0);
  });

  it('completes when its signal aborts, after the run that this cancels; a subscription after that errors', async () => {
    const clock = new VirtualClock();
    const controller = new AbortController();
    const task$ = runEvery(hang, 5, { clock, signal: controller.signal });
    const told: unknown[] = [];
    task$.subscribe({ next: ({ status, cancelReason }) => told.push([status, cancelReason]), complete: () => told.push('complete') });
    await clock.advanceBy(1);
    controller.abort('enough');
    expect(told).toEqual([['RUNNING', undefined], ['CANCELLED', 'enough'], 'complete']);
    const late = jest.fn();
    task$.subscribe({ error: late });
    expect(late).toHaveBeenCalledWith(expect.objectContaining({ code: 'INVALID_ARGUMENT', field: 'signal' }));
  });

  it('errors when a subscription comes after until, and leaves nothing behind', async () => {
    const clock = new VirtualClock();
    const task$ = runEvery(() => 1, 5, { clock, until: 12 });
    await clock.advanceBy(11);
    const told: unknown[] = [];
    task$.subscribe({ next: ({ status }) => told.push(status), error: (error: unknown) => told.push(error) });
    await clock.advanceBy(1);
    task$.subscribe({ next: ({ status }) => told.push(status), error: (error: unknown) => told.push(error) });
    await clock.runToIdle();
    expect(told).toEqual(['RUNNING', 'COMPLETED', expect.objectContaining({ code: 'INVALID_ARGUMENT', field: 'until' })]);
  });

  it('gives work its context', async () => {
    const clock = new VirtualClock();
    const work = withContext(({ name, attempt, scheduledFor, progress, log }, what: string) => {
      log(`about ${what}`);
      progress({ name, attempt, scheduledFor });
    });
    const runs: RunState[] = [];
    runEvery(work, 5, { args: ['it'], name: 'a name', maxRuns: 1, clock }).subscribe((run) => runs.push(run));
    await clock.runToIdle();
    expect(runs.at(-1)).toMatchObject({ status: 'COMPLETED', progress: { name: 'a name', attempt: 1, scheduledFor: 0 }, logs: [{ message: 'about it' }] });
  });

  it('retains what the work needs while it is subscribed to, and releases it once, however it ends', async () => {
    const clock = new VirtualClock();
    const resource = { retain: jest.fn(), release: jest.fn(async () => undefined) };
    const work = Object.defineProperty(() => 1, workBrand, { value: { run: () => 1, resource } });
    const balance = () => [resource.retain.mock.calls.length, resource.release.mock.calls.length];
    const task$ = runEvery(work, 5, { clock, maxRuns: 2, until: 50 });
    expect(balance()).toEqual([0, 0]);
    task$.subscribe();
    const left = task$.subscribe();
    task$.pipe(take(1)).subscribe();
    expect(balance()).toEqual([3, 0]);
    left.unsubscribe();
    await clock.advanceBy(1);
    expect(balance()).toEqual([3, 2]);
    await clock.advanceBy(100);
    expect(balance()).toEqual([3, 3]);
    // Too late for its `until`: what was retained is released all the same.
    task$.subscribe({ error: () => undefined });
    await clock.advanceBy(0);
    expect(balance()).toEqual([4, 4]);
  });

  it('reports what has no other home to the console', async () => {
    const clock = new VirtualClock();
    const log = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    const work = () => new Promise((resolve) => { clock.schedule(() => { resolve('late'); }, 20); });
    runEvery(work, 100, { clock, maxRuns: 1, timeout: 10, name: 'slow' }).subscribe();
    await clock.runToIdle();
    expect(log.mock.calls).toEqual([[expect.stringMatching(/^carillon: task "slow" failed: .*its result was dropped/)]]);
  });

  it('reports nothing to who has left', async () => {
    const clock = new VirtualClock();
    const log = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    clock.schedule(() => { clock.block(5_000); }, 50);
    const [missed, failed] = [jest.fn(), jest.fn()];
    runOnce(() => 1, 100, { misfire: { policy: 'skip' }, clock }).pipe(take(1)).subscribe(missed);
    const fails = () => { throw new Error('no'); };
    runEvery(fails, 5, { clock, overlap: 'parallel', retry: { maxAttempts: 2, delay: 7 }, afterFailure: 'stop' }).pipe(whenStatus('FAILED'), take(1)).subscribe(failed);
    await clock.runToIdle();
    expect([missed.mock.calls.length, failed.mock.calls.length, log.mock.calls]).toEqual([1, 1, []]);
  });

  it('keeps nothing in memory of those that were unsubscribed from', async () => {
    setFlagsFromString('--expose-gc');
    const gc = runInNewContext('gc') as () => void;
    const clock = new VirtualClock();
    const task$ = runEvery((held: number[]) => held.length, 5, { args: [[1]], clock });
    const used = async (): Promise<number> => {
      for (let n = 0; n < 2_000; n++) {
        const subscription = task$.subscribe();
        if (n % 100 === 0) await clock.advanceBy(5);
        subscription.unsubscribe();
      }
      await clock.advanceBy(0);
      gc();
      return process.memoryUsage().heapUsed;
    };
    const before = await used();
    expect((await used()) - before).toBeLessThan(1_000_000);
  });
});

describe('runCron', () => {
  it('runs when the wall clock matches, in the time zone of its trigger', async () => {
    const clock = new VirtualClock({ startAt: '2030-01-01T00:00Z' });
    const due: string[] = [];
    const note = map(({ scheduledFor }: RunState) => new Date(scheduledFor).toISOString());
    const work = () => 1;
    runCron(work, cron('0 9 * * *', { timeZone: 'Asia/Tokyo' }), { clock, maxRuns: 2 }).pipe(whenStatus('COMPLETED'), note).subscribe((at) => due.push(at));
    runCron(work, '*/20 * * * * *', { clock, maxRuns: 2 }).pipe(whenStatus('COMPLETED'), note).subscribe((at) => due.push(at));
    await clock.runToIdle();
    expect(due).toEqual(['2030-01-01T00:00:00.000Z', '2030-01-01T00:00:00.000Z', '2030-01-01T00:00:20.000Z', '2030-01-02T00:00:00.000Z']);
  });

  it('is drawn in marbles, too', () => {
    play(({ clock, expectObservable }) => {
      expectObservable(runCron(() => 1, '* * * * * *', { clock, maxRuns: 2 }).pipe(whenStatus('COMPLETED'), statuses)).toBe('C 999ms (C|)', LETTERS);
    });
  });
});

describe('cold tasks', () => {
  const work = (): number => 1;
  const loose = { runOnce, runEvery, runCron } as unknown as Record<string, (...args: unknown[]) => Observable<unknown>>;
  it.each<[title: string, call: () => unknown, field: string, message: RegExp]>([
    ['work that is none',              () => loose['runEvery']!(7, 5),                                       'work',            /^work needs a function; got 7/],
    ['registered work, by its name',   () => loose['runEvery']!('report', 5),                                'work',            /^work needs a function; got "report"/],
    ['an instant that is none',        () => loose['runOnce']!(work, NaN),                                   'once(at)',        /needs a valid instant/],
    ['no instant at all',              () => loose['runOnce']!(work),                                        'once(at)',        /needs a valid instant/],
    ['the instant 0 by mistake',       () => runOnce(work, 0),                                               'runAt',           /1 January 1970/],
    ['an interval that is none',       () => runEvery(work, 0),                                              'every(interval)', /at least 1 ms/],
    ['another trigger',                () => loose['runEvery']!(work, after(1)),                             'every(interval)', /./],
    ['a trigger by hand that is none', () => loose['runEvery']!(work, { kind: 'every', interval: -1 }),      'every(interval)', /at least 1 ms/],
    ['an expression that is none',     () => runCron(work, 'soon'),                                          'cron(expression)', /./],
    ['one that never comes',           () => runCron(work, '0 0 30 2 *'),                                    'cron(expression)', /never/],
    ['an option that is none',         () => loose['runEvery']!(work, 5, { maxRun: 1 }),                     'maxRun',          /Did you mean maxRuns\?/],
    ['an id',                          () => loose['runEvery']!(work, 5, { id: 'x' }),                       'id',              /^"id" can't be given in options\. There are: afterFailure, args, carry, clock, deadline, /],
    ['a priority',                     () => loose['runEvery']!(work, 5, { priority: 1 }),                   'priority',        /can't be given/],
    ['options that are none',          () => loose['runEvery']!(work, 5, 7),                                 'options',         /^options needs an object; got 7/],
    ['no options that are null',       () => loose['runEvery']!(work, 5, null),                              'options',         /^options needs an object; got null/],
    ['a clock that is none',           () => loose['runEvery']!(work, 5, { clock: 5 }),                      'clock',           /SchedulerLike/],
    ['a clock that does not wait',     () => runEvery(work, 5, { clock: queueScheduler }),                   'clock',           /queueScheduler/],
    ['an end that is past',            () => runEvery(work, 5, { until: 5, clock: new VirtualClock({ startAt: 10 }) }), 'until', /has to be after the first tick/],
    ['a signal that has aborted',      () => runEvery(work, 5, { signal: AbortSignal.abort() }),             'signal',          /aborted already/],
    ['an option that has no effect',   () => runEvery(work, 5, { maxQueued: 1 }),                            'maxQueued',       /no effect without overlap: 'queue'/],
    ['a start where there is no grid', () => runOnce(work, after(1), { startAt: 5 }),                        'startAt',         /./],
    ['args as a function',             () => loose['runEvery']!(work, 5, { args: () => [] }),                'args',            /an array with this trigger/],
  ])('refuse at the call %s', (_title, call, field, message) => {
    expect(call).toThrow(InvalidArgumentError);
    expect(call).toThrow(message);
    expect(call).toThrow(expect.objectContaining({ field }));
  });

  it('take any clock of RxJS that waits, and their own when there is none', async () => {
    const results = await Promise.all([{}, { clock: asapScheduler }, { clock: new WallClock() }].map((options) => new Promise((resolve) => {
      runOnce(() => 'ran', 1, options).pipe(whenStatus('COMPLETED')).subscribe(({ result }) => { resolve(result); });
    })));
    expect(results).toEqual(['ran', 'ran', 'ran']);
  });

  it('heed their options as they were at the call', async () => {
    const clock = new VirtualClock();
    const options = { clock, maxRuns: 1 };
    const runs = jest.fn();
    const task$ = runEvery(runs, 5, options);
    options.maxRuns = 5;
    task$.subscribe();
    await clock.runToIdle();
    expect(runs).toHaveBeenCalledTimes(1);
  });

  it('may subscribe to each other, within a notification and within work', async () => {
    const clock = new VirtualClock();
    const told: string[] = [];
    const inner$ = runOnce(() => 'inner', after(1), { clock }).pipe(whenStatus('COMPLETED'), map(({ result }) => result));
    runOnce(() => inner$, 5, { clock }).pipe(
      whenStatus('COMPLETED'),
      tap(({ result }) => told.push(`within work: ${String(result)}`)),
      switchMap(() => inner$),
    ).subscribe((again) => told.push(`within a notification: ${again}`));
    await clock.runToIdle();
    expect(told).toEqual(['within work: inner', 'within a notification: inner']);
  });

  it('are harmed by no subscriber that throws', async () => {
    const clock = new VirtualClock();
    const [told, reported] = [jest.fn(), jest.fn()];
    config.onUnhandledError = reported;
    try {
      runEvery(() => 1, 5, { clock, maxRuns: 2 }).subscribe(() => { throw new Error('mine'); });
      runEvery(() => 1, 5, { clock, maxRuns: 2 }).subscribe(told);
      await clock.runToIdle();
      // RxJS reports by a timer.
      await new Promise((resolve) => { setTimeout(resolve, 5); });
    } finally {
      config.onUnhandledError = null;
    }
    expect([told.mock.calls.length, reported.mock.calls.length]).toEqual([4, 4]);
  });
});
