// Retries: what the pictures of docs/semantics.md don't show.
import { describe, expect, it, jest } from '@jest/globals';
import { DoNotRetry, RetryAfter, TaskScheduler, after, every, once, withContext, type RunState, type TaskSchedulerOptions } from '../../src/index.js';
import { FakeWork, VirtualClock } from '../../src/testing/index.js';

function begin(options: TaskSchedulerOptions = {}) {
  const clock = new VirtualClock();
  const onError = jest.fn();
  return { clock, onError, scheduler: new TaskScheduler({ clock, onError, ...options }) };
}

/** Work that throws what is on the list, one after the other, and then returns. */
function failing(...thrown: readonly unknown[]) {
  const left = [...thrown];
  const calls: unknown[][] = [];
  return { calls, work: (...args: unknown[]): string => {
    calls.push(args);
    if (left.length > 0) throw left.shift();
    return 'done';
  } };
}

const lastRun = (scheduler: TaskScheduler, id: string): RunState => scheduler.getRuns(id).at(-1)!;

describe('a run that is retried', () => {
  it('is RETRYING until its next attempt, with the error and when that will be; its task is RUNNING', async () => {
    const { clock, scheduler } = begin();
    const id = scheduler.schedule(failing(new Error('a'), new Error('b')).work, once(5), { retry: { maxAttempts: 3, delay: 10 } });
    await clock.advanceTo(6);
    expect(lastRun(scheduler, id)).toMatchObject({ status: 'RETRYING', attempt: 1, nextAttemptAt: 15, error: { message: 'a' } });
    expect(scheduler.getTask(id)).toMatchObject({ status: 'RUNNING', runCount: 1, failedCount: 0 });
    expect(scheduler.stats()).toMatchObject({ runsInProgress: 1, queuedRuns: 0 });
    await clock.advanceTo(16);
    expect(lastRun(scheduler, id)).toMatchObject({ status: 'RETRYING', attempt: 2, nextAttemptAt: 35, startedAt: 15, error: { message: 'b' } });
    await clock.advanceTo(40);
    const run = lastRun(scheduler, id);
    expect(run).toMatchObject({ status: 'COMPLETED', attempt: 3, scheduledFor: 5, startedAt: 35, result: 'done' });
    expect([run.error, run.nextAttemptAt]).toEqual([undefined, undefined]);
    expect(scheduler.getTask(id)).toMatchObject({ status: 'COMPLETED', runCount: 1, completedCount: 1, failedCount: 0 });
    expect(scheduler.getTaskError(id)).toBeUndefined();
    await scheduler.stop();
  });

  it('fails with what its last attempt failed with', async () => {
    const { clock, scheduler } = begin();
    const id = scheduler.schedule(failing(new Error('a'), new Error('b'), new Error('c')).work, once(0), { retry: 2 });
    await clock.advanceBy('1m');
    expect(scheduler.getTask(id)).toMatchObject({ status: 'FAILED', failedCount: 1, error: { message: 'b' } });
  });

  it('has one id, one scheduledFor, and a context that counts attempts', async () => {
    const { clock, scheduler } = begin();
    const seen: unknown[] = [];
    const id = scheduler.schedule(withContext(({ runId, attempt, scheduledFor, startedAt }) => {
      seen.push([runId, attempt, scheduledFor, startedAt]);
      throw new Error('again');
    }), once(5), { retry: { maxAttempts: 3, backoff: 'fixed', delay: 10 } });
    await clock.advanceBy(100);
    const { runId } = lastRun(scheduler, id);
    expect(seen).toEqual([[runId, 1, 5, 5], [runId, 2, 5, 15], [runId, 3, 5, 25]]);
  });

  it('gets the same arguments in each attempt, and carry the result of the last', async () => {
    const { clock, scheduler } = begin();
    const { calls, work } = failing(new Error('a'), new Error('b'));
    const id = scheduler.schedule(work, every(1_000), { args: [1], carry: (_result, [n]) => [n as number + 1], retry: { maxAttempts: 5, delay: 100 }, maxRuns: 2 });
    await clock.advanceBy(50);
    // A run by hand would feed carry; here it has to wait its turn, and is skipped.
    scheduler.runTask(id);
    await clock.advanceBy('1m');
    expect(calls).toEqual([[1], [1], [1], [2]]);
    expect(scheduler.getTask(id)).toMatchObject({ status: 'COMPLETED', completedCount: 2, skippedCount: 1 });
  });

  it('makes the arguments of an emission once, and again only if that failed', async () => {
    const { clock, scheduler } = begin();
    const made = jest.fn((n: number): [number] => [n]).mockImplementationOnce(() => { throw new Error('not yet'); });
    const { calls, work } = failing(new Error('a'));
    const { of } = await import('rxjs');
    scheduler.schedule(work as (n: number) => string, of(7), { args: made, retry: { maxAttempts: 5, delay: 1 } });
    await clock.advanceBy(100);
    expect(calls).toEqual([[7], [7]]);
    expect(made).toHaveBeenCalledTimes(2);
  });

  it('tells onError once, when it has failed for good', async () => {
    const { clock, scheduler, onError } = begin();
    scheduler.schedule(failing(new Error('a'), new Error('b')).work, once(0), { retry: 2 });
    await clock.advanceBy(500);
    expect(onError).not.toHaveBeenCalled();
    await clock.advanceBy('1m');
    expect(onError.mock.calls).toMatchObject([[{ message: 'b' }, {}]]);
  });

  it('works for promises and Observables as for what throws', async () => {
    const { clock, scheduler } = begin();
    const { throwError } = await import('rxjs');
    const works: readonly (() => unknown)[] = [() => Promise.reject(new Error('a')), () => throwError(() => new Error('b'))];
    const ids = works.map((work) => scheduler.schedule(work, once(0), { retry: { maxAttempts: 4, delay: 0 } }));
    await clock.advanceBy(1);
    for (const id of ids) expect(lastRun(scheduler, id)).toMatchObject({ status: 'FAILED', attempt: 4 });
  });

  it('is cancelled by a signal, and by a replacement of its task, while it waits', async () => {
    const { clock, scheduler } = begin();
    const { signal, abort } = ((controller) => ({ signal: controller.signal, abort: () => { controller.abort('enough'); } }))(new AbortController());
    const a = scheduler.schedule(failing(new Error('a')).work, once(0), { retry: 2, signal });
    const b = scheduler.schedule(failing(new Error('a')).work, once(0), { retry: 2, id: 'b' });
    await clock.advanceBy(1);
    abort();
    scheduler.schedule(failing().work, once(9), { id: 'b', ifExists: 'replace', retry: 2, args: [1] });
    expect(scheduler.getTask(a)).toMatchObject({ status: 'CANCELLED', cancelledCount: 1, cancelReason: 'enough' });
    await clock.advanceBy('1m');
    expect(scheduler.getTaskStatus(b)).toBe('COMPLETED');
    await scheduler.stop();
  });

  it('ends with the stop of the scheduler: it fails, and so does a task that was to have no other run', async () => {
    const { clock, scheduler } = begin();
    const a = scheduler.schedule(failing(new Error('a')).work, once(0), { retry: 2 });
    const b = scheduler.schedule(failing(new Error('b')).work, every('1h'), { retry: 2 });
    await clock.advanceBy(1);
    const report = await scheduler.stop();
    expect(report).toMatchObject({ failed: 2, pending: 1, deadlineHit: false });
    expect(scheduler.getTask(a)).toMatchObject({ status: 'FAILED', error: { message: 'a' } });
    expect(scheduler.getTask(b)).toMatchObject({ status: 'PENDING', failedCount: 1 });
    expect(clock.waiting).toBe(0);
  });

  it('has no further attempt when its task was stopped, or the scheduler, while it ran', async () => {
    const { clock, scheduler } = begin();
    const { work } = new FakeWork({ script: '---#', clock });
    const a = scheduler.schedule(work, once(0), { retry: 9 });
    await clock.advanceBy(1);
    scheduler.stopTask(a);
    await clock.advanceBy(5);
    expect(lastRun(scheduler, a)).toMatchObject({ status: 'FAILED', attempt: 1 });
    const b = scheduler.schedule(work, after(0), { retry: 9 });
    await clock.advanceBy(1);
    const stopped = scheduler.stop();
    await clock.advanceBy(5);
    await stopped;
    expect(lastRun(scheduler, b)).toMatchObject({ status: 'FAILED', attempt: 1 });
  });

  it('is not tried again by afterFailure: what stops there is the task', async () => {
    const { clock, scheduler } = begin();
    const id = scheduler.schedule(failing(new Error('a'), new Error('b')).work, every(10), { retry: { maxAttempts: 2, delay: 1 }, afterFailure: 'stop' });
    await clock.advanceBy(100);
    expect(scheduler.getTask(id)).toMatchObject({ status: 'FAILED', failedCount: 1, runCount: 1 });
  });

  it('waits for a slot like any other, before those that came after it', async () => {
    const { clock, scheduler } = begin({ concurrency: 1 });
    const starts: string[] = [];
    scheduler.events$.subscribe((event) => { if (event.type === 'runStarted') starts.push(`${event.taskId}${event.attempt}`); });
    const long = new FakeWork({ script: '----------|', clock });
    scheduler.schedule(failing(new Error('x')).work, once(0), { id: 'a', retry: { maxAttempts: 2, delay: 5 } });
    scheduler.schedule(long.work, once(1), { id: 'b' });
    scheduler.schedule(failing().work, once(2), { id: 'c' });
    await clock.advanceBy(100);
    expect(starts).toEqual(['a1', 'b1', 'a2', 'c1']);
  });

  it('keeps its place when a pause takes it from the gate', async () => {
    const { clock, scheduler } = begin({ concurrency: 1 });
    const id = scheduler.schedule(failing(new Error('x')).work, once(0), { retry: { maxAttempts: 2, delay: 5 } });
    scheduler.schedule(new FakeWork({ script: '----------|', clock }).work, once(1));
    await clock.advanceBy(7);
    scheduler.pauseTask(id);
    await clock.advanceBy(20);
    expect(scheduler.getTask(id)).toMatchObject({ status: 'RUNNING', paused: true });
    expect(lastRun(scheduler, id)).toMatchObject({ status: 'RETRYING', attempt: 1 });
    scheduler.resumeTask(id);
    await clock.advanceBy(0);
    expect(scheduler.getTask(id)).toMatchObject({ status: 'COMPLETED', finishedAt: 27 });
  });
});

describe('what the work throws', () => {
  it('may say when it is to be tried again: no sooner, and no later', async () => {
    const { clock, scheduler } = begin({ random: () => { throw new Error('no chance was to be asked for'); } });
    const id = scheduler.schedule(failing(new RetryAfter('30s', { cause: new Error('busy') })).work, once(0), { retry: { maxAttempts: 2, delay: 1, maxDelay: 5, jitter: 'full' } });
    await clock.advanceBy(1);
    expect(lastRun(scheduler, id)).toMatchObject({ status: 'RETRYING', nextAttemptAt: 30_000, error: { message: 'busy' } });
    await clock.advanceBy('1m');
    expect(scheduler.getTask(id)).toMatchObject({ status: 'COMPLETED', finishedAt: 30_000 });
  });

  it('may ask for it in vain, when no attempt is left', async () => {
    const { clock, scheduler } = begin();
    const id = scheduler.schedule(failing(new RetryAfter('30s')).work, once(0));
    await clock.advanceBy(1);
    expect(scheduler.getTask(id)).toMatchObject({ status: 'FAILED', error: { code: 'RETRY_AFTER' } });
  });

  it('may rule it out', async () => {
    const { clock, scheduler } = begin();
    const cause = new TypeError('wrong for good');
    const id = scheduler.schedule(failing(new DoNotRetry(cause)).work, once(0), { retry: 5 });
    await clock.advanceBy(1);
    expect(scheduler.getTaskError(id)).toBe(cause);
    expect(lastRun(scheduler, id).attempt).toBe(1);
  });
});

describe('retryIf and backoff', () => {
  it('are asked with the error and the attempt', async () => {
    const { clock, scheduler } = begin();
    const backoff = jest.fn((attempt: number, _error: Error) => attempt * 10);
    const retryIf = jest.fn(({ message }: Error, _attempt: number) => message !== 'b');
    const id = scheduler.schedule(failing(new Error('a'), new Error('a'), new Error('b')).work, once(0), { retry: { maxAttempts: 9, backoff, retryIf } });
    await clock.advanceBy(100);
    expect(backoff.mock.calls.map(([attempt, { message }]) => [attempt, message])).toEqual([[1, 'a'], [2, 'a']]);
    expect(retryIf.mock.calls.map(([{ message }, attempt]) => [message, attempt])).toEqual([['a', 1], ['a', 2], ['b', 3]]);
    expect(lastRun(scheduler, id)).toMatchObject({ status: 'FAILED', startedAt: 30, attempt: 3 });
  });

  it('decides: when one of them throws, or makes no sense, the run fails with its own error, and onError gets the other', async () => {
    for (const retry of [{ retryIf: () => { throw new Error('mine'); } }, { backoff: () => { throw new Error('mine'); } }, { backoff: () => 'soon' }]) {
      const { clock, scheduler, onError } = begin();
      const id = scheduler.schedule(failing(new Error('a')).work, once(0), { retry: { maxAttempts: 9, ...retry } });
      scheduler.task$(id).subscribe();
      await clock.advanceBy(100);
      expect(scheduler.getTaskError(id)).toMatchObject({ message: 'a' });
      expect(onError.mock.calls).toMatchObject([[{ message: expect.stringMatching(/mine|soon/) }, { taskId: id }]]);
    }
  });

  it('may cancel the task from within', async () => {
    const { clock, scheduler } = begin();
    const id: string = scheduler.schedule(failing(new Error('a')).work, once(0), { retry: { maxAttempts: 9, retryIf: () => scheduler.cancelTask(id) } });
    await clock.advanceBy(100);
    expect(scheduler.getTask(id)).toMatchObject({ status: 'CANCELLED', runCount: 1, cancelledCount: 1 });
    expect(clock.waiting).toBe(0);
  });

  it('decides: a carry that throws fails the run, and is no reason to do the work again', async () => {
    const { clock, scheduler } = begin();
    const id = scheduler.schedule(failing().work, once(0), { retry: 9, args: [], carry: () => { throw new Error('carried off'); } });
    await clock.advanceBy(100);
    expect(lastRun(scheduler, id)).toMatchObject({ status: 'FAILED', attempt: 1, error: { message: 'carried off' } });
  });
});

describe('jitter', () => {
  it('comes from the random of the scheduler, so it can be replayed', async () => {
    const chances = [0.5, 0.25];
    const { clock, scheduler } = begin({ random: () => chances.shift()! });
    const id = scheduler.schedule(failing(new Error('a'), new Error('b')).work, once(0), { retry: { maxAttempts: 9, delay: 100, jitter: 'full' } });
    await clock.advanceBy(1_000);
    expect(lastRun(scheduler, id)).toMatchObject({ status: 'COMPLETED', startedAt: 100 });
  });
});

describe('a retry, in bad company', () => {
  it.each(['retryIf', 'backoff'])('does not follow when the task, or the scheduler, is stopped in %s', async (name) => {
    for (const stop of ['task', 'scheduler']) {
      const { clock, scheduler } = begin();
      const { calls, work } = failing(new Error('a'), new Error('b'));
      let stopped: unknown;
      const id: string = scheduler.schedule(work, every('1h'), { retry: { maxAttempts: 3, [name]: () => {
        stopped = stop === 'task' ? scheduler.stopTask(id) : scheduler.stop();
        return name === 'retryIf' ? true : 5;
      } } });
      await clock.advanceBy(100);
      await stopped;
      expect(calls).toHaveLength(1);
      expect(scheduler.getTask(id)).toMatchObject({ failedCount: 1, runCount: 1 });
      expect(clock.waiting).toBe(0);
    }
  });

  it('follows a run whose key could not be made, and a task that has got a key meanwhile', async () => {
    const { clock, scheduler } = begin();
    let asked = 0;
    const a = scheduler.schedule(() => 'done', once(1), { retry: { maxAttempts: 3, delay: 5 }, concurrencyKey: () => { if (asked++ === 0) throw new Error('no key'); return 'k'; } });
    const { work } = failing(new Error('x'));
    scheduler.schedule(work, every(1_000), { id: 'b', retry: { maxAttempts: 2, delay: 5 } });
    await clock.advanceBy(2);
    scheduler.schedule(work, every(1_000), { id: 'b', retry: { maxAttempts: 2, delay: 5 }, concurrencyKey: () => 'k', ifExists: 'replace' });
    await clock.advanceBy(100);
    expect(scheduler.getTaskStatus(a)).toBe('COMPLETED');
    expect(scheduler.getTask('b')).toMatchObject({ completedCount: 1 });
  });

  it.each(['DO_NOT_RETRY', 'RETRY_AFTER'])('takes an error that looks like %s and throws when it is looked at for a failure like any other', async (code) => {
    const { clock, scheduler } = begin();
    const error = Object.defineProperties(Object.assign(new Error('q'), { code }), {
      cause: { get: () => { throw new Error('boom'); } }, delay: { get: () => { throw new Error('boom'); } },
    });
    const id = scheduler.schedule(() => { throw error; }, once(0));
    await clock.advanceBy(20);
    expect(scheduler.getTaskError(id)).toBe(error);
  });

  it('waits for no time at all with a delay of 0, after a thousand attempts, too', async () => {
    const { clock, scheduler } = begin();
    let attempts = 0;
    const id = scheduler.schedule(() => { if (++attempts < 1_100) throw new Error('again'); }, once(0), { retry: { maxAttempts: Infinity, delay: 0 } });
    await clock.advanceBy(1);
    expect(scheduler.getTask(id)).toMatchObject({ status: 'COMPLETED', finishedAt: 0, lastRun: { attempt: 1_100 } });
  });

  it('does not follow when the scheduler has a random that is none', async () => {
    const { clock, scheduler, onError } = begin({ random: () => NaN });
    const id = scheduler.schedule(failing(new Error('a')).work, once(0), { retry: { maxAttempts: 9, jitter: 'full' } });
    scheduler.task$(id).subscribe();
    await clock.advanceBy(100);
    expect(scheduler.getTaskError(id)).toMatchObject({ message: 'a' });
    expect(onError.mock.calls).toMatchObject([[{ message: 'random() needs to return a number from 0 up to 1; got NaN.' }, { taskId: id }]]);
  });
});
