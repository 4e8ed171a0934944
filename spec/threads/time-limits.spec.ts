// Time limits and retries of work in threads and processes: a timeout really ends it, and no retry starts before that.
import { describe, expect, it } from '@jest/globals';
import { after, every, TaskScheduler, type TaskEvent } from 'carillon';
import { processModule } from 'carillon/threads';
import type * as work from '../fixtures/threads/work.mjs';
import { fixture, inThreads, opened } from '../support/workers.js';

describe('a timeout', () => {
  it.each(['thread', 'process'])('ends work that never would, with its %s; the next run has another', async (kind) => {
    const options = { graceMs: 20, ...(kind === 'thread' ? { threads: 1 } : { processes: 1 }) };
    const { spin, add } = kind === 'thread' ? inThreads(options) : opened(processModule<typeof work>(fixture('work.mjs'), options));
    const scheduler = new TaskScheduler();
    const id = scheduler.schedule(spin, after(0), { timeout: '100ms' });
    const next = scheduler.schedule(add, after(0), { args: [1, 2] });
    await expect(scheduler.result(id)).rejects.toMatchObject({ code: 'TASK_TIMEOUT', limit: 'timeout', ms: 100 });
    expect(await scheduler.result(next)).toBe(3);
    await scheduler.stop();
  });

  it('lets no retry start while the thread of the last attempt lives', async () => {
    const { spin } = inThreads({ threads: 1, graceMs: 300 });
    const scheduler = new TaskScheduler();
    const events: TaskEvent[] = [];
    scheduler.events$.subscribe((event) => { events.push(event); });
    const id = scheduler.schedule(spin, after(0), { timeout: '100ms', retry: { maxAttempts: 2, delay: 1 } });
    await expect(scheduler.result(id)).rejects.toMatchObject({ code: 'TASK_TIMEOUT' });
    const at = (type: TaskEvent['type'], nth: number): number => events.filter((event) => event.type === type)[nth]!.at;
    expect(at('runStarted', 1) - at('runRetrying', 0)).toBeGreaterThanOrEqual(300);
    await scheduler.stop();
  });

  it('hurts none of 200 runs of 50 ms in two threads that are only coming up, with a timeout of 200 ms', async () => {
    const { blocked } = inThreads({ threads: 2, niceIncrement: 0 });
    const scheduler = new TaskScheduler();
    let [running, most] = [0, 0];
    scheduler.events$.subscribe(({ type }) => {
      if (type === 'runStarted') most = Math.max(most, ++running);
      else if (type === 'runCompleted' || type === 'runFailed') running--;
    });
    const ids = Array.from({ length: 200 }, () => scheduler.schedule(blocked, after(0), { args: [50], timeout: 200 }));
    const tasks = await Promise.all(ids.map((id) => scheduler.whenSettled(id)));
    expect(tasks.filter(({ status }) => status !== 'COMPLETED')).toEqual([]);
    expect(most).toBe(2);
    await scheduler.stop();
  });

  it('counts from when a thread has the call, though others hold the threads until then', async () => {
    const { busy, add } = inThreads({ threads: 1 });
    const scheduler = new TaskScheduler();
    const direct = busy(400);
    const id = scheduler.schedule(add, after(0), { args: [1, 2], timeout: 200 });
    expect(await scheduler.result(id)).toBe(3);
    await direct;
    await scheduler.stop();
  });
});

describe('a retry', () => {
  it('heeds what work in a thread throws', async () => {
    const { asksAgain } = inThreads({ threads: 1 });
    const scheduler = new TaskScheduler();
    const id = scheduler.schedule(asksAgain, after(0), { retry: { maxAttempts: 9, delay: '1h' } });
    await expect(scheduler.result(id)).rejects.toMatchObject({ name: 'RangeError', message: 'never' });
    expect(scheduler.getRuns(id)).toMatchObject([{ attempt: 2 }]);
    await scheduler.stop();
  });

  it('makes up for a thread that dies', async () => {
    const { exit, add } = inThreads({ threads: 1 });
    const scheduler = new TaskScheduler();
    const id = scheduler.schedule(exit, every('1h'), { args: [3], retry: { maxAttempts: 3, delay: 1 }, maxRuns: 1 });
    await expect(scheduler.result(id)).rejects.toMatchObject({ code: 'WORKER_CRASHED', exitCode: 3 });
    expect(scheduler.getRuns(id)).toMatchObject([{ attempt: 3 }]);
    expect(await add(1, 2)).toBe(3);
    await scheduler.stop();
  });
});
