// Time limits: what the pictures of docs/semantics.md don't show. That they end work in threads, spec/threads/stopping.spec.ts says.
import { describe, expect, it, jest } from '@jest/globals';
import { NEVER, Observable } from 'rxjs';
import { LateResultError, TaskScheduler, TaskTimeoutError, every, once, withContext, type TaskSchedulerOptions } from '../../src/index.js';
import { FakeWork, VirtualClock } from '../../src/testing/index.js';

function begin(options: TaskSchedulerOptions = {}) {
  const clock = new VirtualClock();
  const onError = jest.fn();
  return { clock, onError, scheduler: new TaskScheduler({ clock, onError, ...options }) };
}

describe('a timeout', () => {
  it('aborts the signal with a TaskTimeoutError, and that is what the run fails with', async () => {
    const { clock, scheduler } = begin();
    const reasons: unknown[] = [];
    const id = scheduler.schedule(withContext(({ signal }) => {
      signal.addEventListener('abort', () => { reasons.push(signal.reason); });
      return new Promise(() => undefined);
    }), once(5), { timeout: 10 });
    await clock.advanceBy(100);
    const error = scheduler.getTaskError(id);
    expect(error).toBeInstanceOf(TaskTimeoutError);
    expect(reasons).toEqual([error]);
    expect(error).toMatchObject({ code: 'TASK_TIMEOUT', taskId: id, runId: scheduler.getRuns(id)[0]!.runId, limit: 'timeout', ms: 10 });
    expect(scheduler.getTask(id)).toMatchObject({ status: 'FAILED', finishedAt: 15 });
  });

  it('ends an Observable', async () => {
    const { clock, scheduler } = begin();
    const torndown = jest.fn();
    const id = scheduler.schedule(() => new Observable<never>(() => torndown), once(0), { timeout: 10 });
    await clock.advanceBy(9);
    expect(torndown).not.toHaveBeenCalled();
    await clock.advanceBy(1);
    expect(torndown).toHaveBeenCalledTimes(1);
    expect(scheduler.getTaskStatus(id)).toBe('FAILED');
  });

  it('counts from the real start, not from when the run began to wait for a slot', async () => {
    const { clock, scheduler } = begin({ concurrency: 1 });
    const { work } = new FakeWork({ script: '--------|', clock });
    const ids = [1, 2, 3].map(() => scheduler.schedule(work, once(0), { timeout: 10 }));
    await clock.advanceBy(100);
    expect(ids.map((id) => scheduler.getTaskStatus(id))).toEqual(['COMPLETED', 'COMPLETED', 'COMPLETED']);
    expect(clock.waiting).toBe(0);
  });

  it('counts for each attempt anew', async () => {
    const { clock, scheduler } = begin();
    const id = scheduler.schedule(() => NEVER, once(0), { timeout: 10, retry: { maxAttempts: 3, backoff: 'fixed', delay: 5 } });
    await clock.advanceBy(100);
    expect(scheduler.getTask(id)).toMatchObject({ status: 'FAILED', finishedAt: 40 });
  });

  it('leaves nothing behind, whatever comes of the run', async () => {
    const { clock, scheduler } = begin();
    scheduler.schedule(() => 1, once(0), { timeout: '1h', deadline: '2h' });
    scheduler.schedule(() => { throw new Error('x'); }, once(0), { timeout: '1h', deadline: '2h' });
    scheduler.cancelTask(scheduler.schedule(() => NEVER, once(0), { timeout: '1h', deadline: '2h' }));
    const id = scheduler.schedule(() => NEVER, once(0), { timeout: '1h', deadline: '2h' });
    await clock.advanceBy(1);
    scheduler.cancelTask(id);
    expect(clock.waiting).toBe(0);
  });

  it('drops a late result, and tells onError of it; of a late failure it says nothing', async () => {
    const { clock, scheduler, onError } = begin();
    const late = new FakeWork({ script: '--------|', clock, ignoreAbort: true });
    const id = scheduler.schedule(late.work, once(0), { timeout: 5 });
    const failing = scheduler.schedule(new FakeWork({ script: '--------#', clock, ignoreAbort: true }).work, once(0), { timeout: 5 });
    for (const each of [id, failing]) scheduler.task$(each).subscribe();
    await clock.advanceBy(100);
    expect(scheduler.getTask(id)).toMatchObject({ status: 'FAILED', runCount: 1, failedCount: 1, completedCount: 0 });
    expect(onError.mock.calls).toHaveLength(1);
    const [error, context] = onError.mock.calls[0] as [LateResultError, object];
    expect(error).toBeInstanceOf(LateResultError);
    expect(error).toMatchObject({ code: 'LATE_RESULT', taskId: id, cause: { code: 'TASK_TIMEOUT' } });
    expect(context).toMatchObject({ taskId: id });
  });

  it('is the failure of its attempt alone, whatever the ones before failed with', async () => {
    const { clock, scheduler } = begin();
    const id = scheduler.schedule(() => NEVER, once(0), { timeout: 5, retry: { maxAttempts: 3, delay: 1 } });
    await clock.advanceBy(100);
    expect(scheduler.getTaskError(id)).toMatchObject({ code: 'TASK_TIMEOUT', limit: 'timeout' });
    expect(scheduler.getTaskError(id)).not.toHaveProperty('cause');
  });

  it('takes no late result of one attempt for that of the next', async () => {
    const { clock, scheduler } = begin();
    const work = new FakeWork<[], string>({ ignoreAbort: true });
    const id = scheduler.schedule(work.work, once(0), { timeout: 5, retry: { maxAttempts: 2, delay: 1 } });
    await clock.advanceBy(7);
    expect(work.calls).toHaveLength(2);
    work.calls[0]!.complete('late');
    await clock.advanceBy(0);
    expect(scheduler.getTaskStatus(id)).toBe('RUNNING');
    work.calls[1]!.complete('in time');
    await clock.advanceBy(0);
    expect(scheduler.getTaskResult(id)).toBe('in time');
  });
});

describe('holdSlot', () => {
  it.each([[false, 5], [true, 8]])('%p: the next run starts at %d', async (holdSlot, at) => {
    const { clock, scheduler } = begin({ concurrency: 1 });
    scheduler.schedule(new FakeWork({ script: '--------|', clock, ignoreAbort: true }).work, once(0), { timeout: 5, holdSlot });
    const next = scheduler.schedule(() => 1, once(1));
    await clock.advanceBy(100);
    expect(scheduler.getRuns(next)[0]).toMatchObject({ startedAt: at });
  });

  it('keeps the slot of a run that was cancelled, too, and of an attempt that is to be retried', async () => {
    const { clock, scheduler } = begin();
    const cancelled = scheduler.schedule(new FakeWork({ script: '--------|', clock, ignoreAbort: true }).work, every(5), { overlap: 'replace', holdSlot: true, maxRuns: 2 });
    const retried = scheduler.schedule(new FakeWork({ script: ['--------|', '-|'], clock, ignoreAbort: true }).work, once(0), { timeout: 5, retry: { maxAttempts: 2, delay: 1 }, holdSlot: true });
    await clock.advanceBy(100);
    expect(scheduler.getRuns(cancelled).map(({ startedAt }) => startedAt)).toEqual([0, 8]);
    expect(scheduler.getRuns(retried).map(({ startedAt, status }) => [startedAt, status])).toEqual([[8, 'COMPLETED']]);
  });

  it('lets go of an Observable at once, as that has ended', async () => {
    const { clock, scheduler } = begin({ concurrency: 1 });
    scheduler.schedule(() => NEVER, once(0), { timeout: 5, holdSlot: true });
    const next = scheduler.schedule(() => 1, once(1));
    await clock.advanceBy(100);
    expect(scheduler.getRuns(next)[0]).toMatchObject({ startedAt: 5 });
  });
});

describe('a deadline', () => {
  it('ends the run while it waits for its next attempt at the gate', async () => {
    const { clock, scheduler } = begin({ concurrency: 1 });
    const id = scheduler.schedule(() => { throw new Error('busy'); }, once(0), { deadline: 10, retry: { maxAttempts: 9, delay: 2 } });
    scheduler.schedule(new FakeWork({ script: '--------------------|', clock }).work, once(1));
    await clock.advanceBy(100);
    expect(scheduler.getTask(id)).toMatchObject({ status: 'FAILED', finishedAt: 10, error: { code: 'TASK_TIMEOUT', limit: 'deadline', ms: 10, cause: { message: 'busy' } } });
    expect(clock.waiting).toBe(0);
  });

  it('is no reason to wait for: an attempt that could not begin in time is none', async () => {
    const { clock, scheduler } = begin();
    const id = scheduler.schedule(() => { throw new Error('busy'); }, once(0), { deadline: 10, retry: { maxAttempts: 9, delay: 10 } });
    await clock.advanceBy(100);
    expect(scheduler.getTask(id)).toMatchObject({ status: 'FAILED', finishedAt: 0, error: { message: 'busy' } });
  });

  it('comes first, if it is shorter than the timeout', async () => {
    const { clock, scheduler } = begin();
    const id = scheduler.schedule(() => NEVER, once(0), { deadline: 5, timeout: 10, retry: 5 });
    await clock.advanceBy(100);
    expect(scheduler.getTask(id)).toMatchObject({ finishedAt: 5, error: { limit: 'deadline' } });
  });
});

describe('work that ignores its abort', () => {
  it('has one outcome, 1,000 times over, and holds neither memory nor a stop', async () => {
    const { clock, scheduler, onError } = begin({ retention: { tasks: 10 } });
    const outcomes: string[] = [];
    scheduler.events$.subscribe(({ type }) => { if (/^run(Completed|Failed|Cancelled)$/.test(type)) outcomes.push(type); });
    const ids = Array.from({ length: 1_000 }, (_, i) => scheduler.schedule(new FakeWork({ script: '----------|', clock, ignoreAbort: true }).work, once(i), { timeout: 1 }));
    await clock.advanceBy(2_000);
    expect(outcomes).toEqual(ids.map(() => 'runFailed'));
    expect(onError.mock.calls.filter(([error]) => error instanceof LateResultError)).toHaveLength(1_000);
    expect(clock.waiting).toBe(0);
    expect(scheduler.getTasks()).toHaveLength(10);
    expect(await scheduler.stop()).toMatchObject({ abandoned: 0, deadlineHit: false });
  });
});

describe('holdSlot, of an Observable', () => {
  it('frees the slot when that ends, however it does', async () => {
    const { clock, scheduler } = begin({ concurrency: 1 });
    const { of, throwError } = await import('rxjs');
    const works: readonly (() => unknown)[] = [() => of(1), () => throwError(() => new Error('x')), () => 1];
    const ids = works.map((work, i) => scheduler.schedule(work, every(10), { holdSlot: true, maxRuns: 2, startAt: i, retry: { maxAttempts: 2, delay: 1 }, overlap: 'queue' }));
    await clock.advanceBy(200);
    expect(ids.map((id) => scheduler.getTaskStatus(id))).toEqual(['COMPLETED', 'FAILED', 'COMPLETED']);
  });

  it('frees the slot of work that has cancelled its own task', async () => {
    const { clock, scheduler } = begin({ concurrency: 1 });
    const { of } = await import('rxjs');
    const id: string = scheduler.schedule(() => { scheduler.cancelTask(id); return of(1); }, every(10), { holdSlot: true });
    const told: string = scheduler.schedule(() => of(1, 2), every(10), { holdSlot: true });
    scheduler.events$.subscribe((event) => { if (event.type === 'runProgressed' && event.taskId === told) scheduler.cancelTask(told); });
    const next = scheduler.schedule(() => 1, once(1));
    await clock.advanceBy(100);
    expect([id, told, next].map((each) => scheduler.getTaskStatus(each))).toEqual(['CANCELLED', 'CANCELLED', 'COMPLETED']);
  });
});

describe('when the wall clock is set back', () => {
  it('no retry is waited for that the deadline would cut off', async () => {
    const clock = new VirtualClock({ startAt: '2027-01-01T00:00Z' });
    const scheduler = new TaskScheduler({ clock, onError: () => undefined });
    const work = new FakeWork();
    const id = scheduler.schedule(work.work, once(clock.now()), { deadline: 100, retry: { maxAttempts: 3, delay: 90 } });
    await clock.advanceBy(0);
    await clock.jumpWallClock(-5_000);
    await clock.advanceBy(50);
    work.fail(new Error('x'));
    await clock.advanceBy(0);
    expect(scheduler.getTask(id)).toMatchObject({ status: 'FAILED', error: { message: 'x' } });
  });
});
