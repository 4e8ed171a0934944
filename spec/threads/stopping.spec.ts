// Stopping work in a thread: what is told to end, what is ended, and who isn't hurt by it.
import { describe, expect, it } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, every, TaskScheduler, type TaskId } from 'carillon';
import { inThreads, runLike } from '../support/workers.js';

const folder = mkdtempSync(join(tmpdir(), 'carillon-'));

/** Resolves once a run of the task has reported this. */
async function reported(scheduler: TaskScheduler, id: TaskId, progress: unknown): Promise<void> {
  await runLike(scheduler, id, { progress });
}

describe('a run that is cancelled', () => {
  it('is told so by its signal, with the reason, and its thread goes on', async () => {
    const { polite, whichThread } = inThreads({ threads: 1, graceMs: 10_000 });
    const scheduler = new TaskScheduler();
    const thread = await whichThread();
    const file = join(folder, 'polite');
    const id = scheduler.schedule(polite, after(0), { args: [file] });
    await reported(scheduler, id, 'listening');
    scheduler.cancelTask(id, 'enough');
    expect(scheduler.getTaskStatus(id)).toBe('CANCELLED');
    expect(await whichThread()).toBe(thread);
    expect(readFileSync(file, 'utf8')).toBe('aborted: enough');
    await scheduler.stop();
  });

  it('lets go of an Observable that it returned', async () => {
    const { endless, whichThread } = inThreads({ threads: 1, graceMs: 10_000 });
    const scheduler = new TaskScheduler();
    const thread = await whichThread();
    const id = scheduler.schedule(endless, after(0));
    await runLike(scheduler, id, { status: 'RUNNING' });
    scheduler.cancelTask(id);
    expect(await whichThread()).toBe(thread);
    await scheduler.stop();
  });

  it('has its thread ended when it hears nothing; the next run has another', async () => {
    const { stuck, whichThread } = inThreads({ threads: 1, graceMs: 50 });
    const scheduler = new TaskScheduler();
    const thread = await whichThread();
    const id = scheduler.schedule(stuck, after(0));
    await reported(scheduler, id, 'stuck');
    scheduler.cancelTask(id);
    expect(await whichThread()).not.toBe(thread);
    expect(scheduler.getRuns(id)).toMatchObject([{ status: 'CANCELLED', progress: 'stuck' }]);
    await scheduler.stop();
  });

  it('keeps its slot until its thread has really ended', async () => {
    const { stuck, add } = inThreads({ threads: 1, graceMs: 50 });
    const scheduler = new TaskScheduler();
    const id = scheduler.schedule(stuck, after(0));
    await reported(scheduler, id, 'stuck');
    const next = scheduler.schedule(add, after(0), { args: [1, 2] });
    scheduler.cancelTask(id);
    await Promise.resolve();
    expect(scheduler.getTaskStatus(next)).toBe('PENDING');
    expect(await scheduler.result(next)).toBe(3);
    await scheduler.stop();
  });

  it('ends without having touched a thread when it was queued', async () => {
    const { busy, spin } = inThreads({ threads: 2 });
    const scheduler = new TaskScheduler();
    const others = Array.from({ length: 6 }, () => scheduler.schedule(busy, after(0), { args: [30] }));
    const file = join(folder, 'never');
    const queued = scheduler.schedule(spin, after(0), { args: [file] });
    await runLike(scheduler, queued, { status: 'QUEUED' });
    scheduler.cancelTask(queued);
    await Promise.all(others.map((id) => scheduler.result(id)));
    expect(scheduler.getTask(queued)).toMatchObject({ status: 'CANCELLED' });
    expect(existsSync(file)).toBe(false);
    await scheduler.stop();
  });

  it('touches no thread when it is cancelled while the thread comes up', async () => {
    const { spin, add } = inThreads({ threads: 1, graceMs: 0 });
    const scheduler = new TaskScheduler();
    const file = join(folder, 'not yet');
    const id = scheduler.schedule(spin, after(0), { args: [file] });
    await runLike(scheduler, id, { status: 'RUNNING' });
    scheduler.cancelTask(id);
    expect(await add(1, 2)).toBe(3);
    expect(existsSync(file)).toBe(false);
    await scheduler.stop();
  });

  it('hurts nobody who gets its thread, when its answer and the end of its grace come at once', async () => {
    const { deaf, add } = inThreads({ threads: 1, graceMs: 20 });
    const scheduler = new TaskScheduler();
    for (let i = 0; i < 4; i++) {
      const id = scheduler.schedule(deaf, after(0), { args: [30] });
      await reported(scheduler, id, 'begun');
      const next = scheduler.schedule(add, after(0), { args: [i, 1] });
      scheduler.cancelTask(id);
      // The event loop is held up over both.
      const end = performance.now() + 60;
      while (performance.now() < end);
      expect(await scheduler.result(next)).toBe(i + 1);
    }
    await scheduler.stop();
  });

  it('hurts no neighbour', async () => {
    const { stuck, busy } = inThreads({ threads: 2, graceMs: 0 });
    const scheduler = new TaskScheduler();
    const busyOnes = scheduler.schedule(busy, every(1), { args: [10], overlap: 'queue', maxQueued: 1, maxRuns: 30 });
    for (let i = 0; i < 5; i++) {
      const id = scheduler.schedule(stuck, after(0));
      await reported(scheduler, id, 'stuck');
      scheduler.cancelTask(id);
    }
    const { completedCount, failedCount } = await scheduler.whenSettled(busyOnes);
    expect([completedCount, failedCount]).toEqual([30, 0]);
    await scheduler.stop();
  });
});

describe('a run that is replaced', () => {
  it('is aborted, and the new one starts when its thread has ended', async () => {
    const { stuck } = inThreads({ threads: 1, graceMs: 20 });
    const scheduler = new TaskScheduler();
    const id = scheduler.schedule(stuck, every('1h'), { overlap: 'replace' });
    await reported(scheduler, id, 'stuck');
    const second = scheduler.runTask(id);
    await runLike(scheduler, id, { runId: second, progress: 'stuck' });
    expect(scheduler.getRuns(id).map(({ status }) => status)).toEqual(['CANCELLED', 'RUNNING']);
    await scheduler.stop({ drain: false });
  });
});

describe('stop', () => {
  it('aborts at its deadline, and ends what goes on', async () => {
    const { stuck, add } = inThreads({ threads: 2, graceMs: 20 });
    const scheduler = new TaskScheduler();
    const id = scheduler.schedule(stuck, after(0));
    await reported(scheduler, id, 'stuck');
    await scheduler.result(scheduler.schedule(add, after(0), { args: [1, 2] }));
    const report = await scheduler.stop({ deadline: 10 });
    expect(report).toMatchObject({ cancelled: 1, abandoned: 0, deadlineHit: true });
  });

  it('waits for what runs in threads as for any other run', async () => {
    const { later } = inThreads({ threads: 1 });
    const scheduler = new TaskScheduler();
    const id = scheduler.schedule(later, after(0), { args: [50, 'done'] });
    await runLike(scheduler, id, { status: 'RUNNING' });
    expect(await scheduler.stop()).toMatchObject({ completed: 1, deadlineHit: false });
    expect(scheduler.getTaskResult(id)).toBe('done');
  });
});

describe('waitUntil in a thread', () => {
  it('keeps the thread, and the slot, though the outcome is known', async () => {
    const { holds, add } = inThreads({ threads: 1 });
    const file = join(folder, 'hold');
    writeFileSync(file, 'wait');
    const scheduler = new TaskScheduler();
    const id = scheduler.schedule(holds, after(0), { args: [file] });
    expect(await scheduler.result(id)).toBe('done');
    const next = scheduler.schedule(add, after(0), { args: [1, 2] });
    await runLike(scheduler, next, { status: 'QUEUED' });
    writeFileSync(file, 'go');
    expect(await scheduler.result(next)).toBe(3);
    await scheduler.stop();
    rmSync(file);
  });
});
