// The context in a thread: the same that work has inline; and what an Observable emits there is progress here.
import { afterAll, describe, expect, it } from '@jest/globals';
import { after, TaskScheduler } from 'carillon';
import { workerModule } from 'carillon/threads';
import { of } from 'rxjs';
import type * as work from '../fixtures/threads/work.mjs';
import { fixture } from '../support/workers.js';

const threads = workerModule<typeof work>(fixture('work.mjs'), { threads: 2 });

afterAll(() => threads.dispose());

describe('work made by withContext', () => {
  it('knows its run, and gets its arguments', async () => {
    const scheduler = new TaskScheduler();
    const id = scheduler.schedule(threads.context, after(0), { name: 'report', args: [1, { deep: ['x'] }] });
    const result = await scheduler.result(id);
    const [run] = scheduler.getRuns(id);
    expect(result).toEqual({
      taskId: id, runId: run?.runId, name: 'report', tick: 0, attempt: 1, scheduledFor: run?.scheduledFor, startedAt: run?.startedAt, value: undefined,
      args: [1, { deep: ['x'] }], aborted: false,
    });
    await scheduler.stop();
  });

  it('gets what an Observable trigger emitted', async () => {
    const scheduler = new TaskScheduler();
    const id = scheduler.schedule(threads.context, of({ order: 7 }));
    expect(await scheduler.result(id)).toMatchObject({ value: { order: 7 } });
    await scheduler.stop();
  });

  it('fails only by looking at an emitted value that can not cross', async () => {
    class Order { constructor(readonly n: number) {} }
    const scheduler = new TaskScheduler({ onError: () => undefined });
    const unseen = scheduler.schedule(threads.add, of(new Order(7)), { args: ({ n }) => [n, 1] });
    expect(await scheduler.result(unseen)).toBe(8);
    const seen = scheduler.schedule(threads.context, of(new Order(7)));
    expect(await scheduler.whenSettled(seen)).toMatchObject({ status: 'FAILED', error: { code: 'NOT_SERIALIZABLE', path: 'value' } });
    await scheduler.stop();
  });

  it('reports its progress, all of it and in order, before its outcome', async () => {
    const scheduler = new TaskScheduler();
    const id = scheduler.schedule(threads.reports, after(0), { args: [1_000] });
    const told: unknown[] = [];
    scheduler.runs$(id).subscribe(({ status, progress }) => { told.push(status === 'RUNNING' ? progress : status); });
    await scheduler.result(id);
    expect(told).toEqual([undefined, ...Array.from({ length: 1_000 }, (_, i) => i), 'COMPLETED']);
    await scheduler.stop();
  });

  it('says what it has to say in order with its progress, and before its outcome', async () => {
    const scheduler = new TaskScheduler();
    const told: unknown[] = [];
    scheduler.events$.subscribe((event) => {
      if (event.type === 'runLogged') told.push(event.message);
      else if (event.type === 'runProgressed') told.push(event.progress);
      else if (event.type === 'runCompleted') told.push('over');
    });
    await scheduler.result(scheduler.schedule(threads.logs, after(0), { args: [3] }));
    expect(told).toEqual(['line 0', 0, 'line 1', 1, 'line 2', 2, 'over']);
    await scheduler.stop();
  });

  it('runs without a scheduler, too: then nothing aborts it, and its progress goes nowhere', async () => {
    expect(await threads.reports(3)).toBe(3);
    expect(await threads.context('a')).toMatchObject({ taskId: '', args: ['a'], aborted: false });
  });
});

describe('an Observable that is returned in a thread', () => {
  it('streams its values as progress; the last one is the result', async () => {
    const scheduler = new TaskScheduler();
    const id = scheduler.schedule(threads.stream, after(0), { args: [4] });
    const told: unknown[] = [];
    scheduler.runs$(id).subscribe(({ status, progress, result }) => { told.push([status, progress, result]); });
    expect(await scheduler.result(id)).toBe(3);
    expect(told).toEqual([
      ['RUNNING', undefined, undefined], ['RUNNING', 0, undefined], ['RUNNING', 1, undefined], ['RUNNING', 2, undefined], ['RUNNING', 3, undefined], ['COMPLETED', 3, 3],
    ]);
    await scheduler.stop();
  });
});
