import { describe, expect, it } from '@jest/globals';
import { of } from 'rxjs';
import { TaskScheduler, after, every, withContext, type RunState, type TaskId } from '../../src/index.js';
import { FakeWork, VirtualClock, VirtualThreads, type VirtualCrash } from '../../src/testing/index.js';

interface Setup { readonly clock: VirtualClock; readonly scheduler: TaskScheduler; readonly threads: VirtualThreads }

function setup(options: { readonly threads?: number; readonly graceMs?: number } = {}): Setup {
  const clock = new VirtualClock();
  return { clock, scheduler: new TaskScheduler({ clock, onError: () => undefined }), threads: new VirtualThreads({ clock, ...options }) };
}

const runOf = (scheduler: TaskScheduler, id: TaskId): RunState => scheduler.getRuns(id)[0]!;

describe('VirtualThreads', () => {
  it('make calls as threads do: each a promise, in turn for a thread', async () => {
    const { threads } = setup({ threads: 2 });
    const { add, context } = threads.module({ add: (a: number, b: number) => a + b, context: withContext((_, n: number) => of(n, n + 1)), no: 'function' });
    const sum: number = await add(1, 2);
    expect([sum, await context(5), threads.alive]).toEqual([3, 6, 1]);
    const sums = await Promise.all([1, 2, 3].map((n) => add(n, n)));
    expect([sums, threads.alive]).toEqual([[2, 4, 6], 2]);
  });

  it('keep what is too much QUEUED, and one that is cancelled there touches no thread', async () => {
    const { clock, scheduler, threads } = setup({ threads: 2 });
    const fake = new FakeWork<[n: number], string>();
    const { work } = threads.module({ work: fake.work });
    const ids = [0, 1, 2, 3].map((n) => scheduler.schedule(work, after(0), { args: [n] }));
    await clock.advanceBy(0);
    expect(ids.map((id) => runOf(scheduler, id).status)).toEqual(['RUNNING', 'RUNNING', 'QUEUED', 'QUEUED']);
    expect(threads.calls).toMatchObject([{ name: 'work', args: [0], thread: 1 }, { name: 'work', args: [1], thread: 2 }]);
    scheduler.cancelTask(ids[2]!);
    fake.complete('done');
    await clock.advanceBy(0);
    expect(ids.map((id) => scheduler.getTaskStatus(id))).toEqual(['COMPLETED', 'RUNNING', 'CANCELLED', 'RUNNING']);
    expect(threads.calls.map(({ args, thread }) => [args[0], thread])).toEqual([[1, 2], [3, 1]]);
  });

  it.each<[what: string, how: VirtualCrash | undefined, error: object]>([
    ['exits', undefined, { code: 'WORKER_CRASHED', exitCode: 1 }],
    ['exits with a code', { exitCode: 7 }, { code: 'WORKER_CRASHED', exitCode: 7 }],
    ['runs out of memory', { outOfMemory: true }, { code: 'WORKER_OUT_OF_MEMORY' }],
    ['throws what nobody catches', { uncaught: new TypeError('no luck') }, { code: 'WORKER_CRASHED', cause: { name: 'TypeError', message: 'no luck' } }],
  ])('let a thread die that %s: it costs its run, and no other', async (_, how, error) => {
    const { clock, scheduler, threads } = setup({ threads: 2 });
    const fake = new FakeWork<[n: number], string>();
    const { work } = threads.module({ work: fake.work });
    const [bad, good, next] = [0, 1, 2].map((n) => scheduler.schedule(work, after(0), { args: [n] })) as [TaskId, TaskId, TaskId];
    await clock.advanceBy(0);
    threads.crash(how);
    await clock.advanceBy(0);
    expect(scheduler.getTask(bad)).toMatchObject({ status: 'FAILED', error });
    expect([good, next].map((id) => scheduler.getTaskStatus(id))).toEqual(['RUNNING', 'RUNNING']);
    expect(threads.calls.map(({ args, thread }) => [args[0], thread])).toEqual([[1, 2], [2, 3]]);
    expect(threads.alive).toBe(2);
    // What ran there lets go, and counts no more.
    expect(fake.calls.map(({ status }) => status)).toEqual(['aborted', 'running', 'running']);
  });

  it('stay as many as they were, whatever dies: of 1,000 runs each succeeds that was to, and each crash is one that failed', async () => {
    const { clock, scheduler, threads } = setup({ threads: 2 });
    const ways: (VirtualCrash | undefined)[] = [undefined, { exitCode: 3 }, undefined, { outOfMemory: true }, undefined, { uncaught: new Error('no luck') }];
    const { work } = threads.module({
      work: withContext(({ runId }, n: number) => {
        const how = ways[n % ways.length];
        if (!how) return n;
        threads.calls.find((call) => call.runId === runId)?.crash(how);
        return 'never told';
      }),
    });
    const ids = Array.from({ length: 1_000 }, (_, n) => scheduler.schedule(work, after(n % 7), { args: [n] }));
    const inProgress: number[] = [];
    scheduler.events$.subscribe(() => inProgress.push(threads.calls.length));
    await clock.advanceBy(10);
    expect(ids.map((id) => scheduler.getTaskResult(id))).toEqual(ids.map((_, n) => (ways[n % ways.length] ? undefined : n)));
    const codes = ids.map((id) => (scheduler.getTaskError(id) as { readonly code?: string } | undefined)?.code);
    expect(codes.filter((code) => code === 'WORKER_CRASHED')).toHaveLength(333);
    expect(codes.filter((code) => code === 'WORKER_OUT_OF_MEMORY')).toHaveLength(167);
    expect(scheduler.stats()).toMatchObject({ tasks: { COMPLETED: 500, FAILED: 500 }, queuedRuns: 0, runsInProgress: 0 });
    expect([Math.max(...inProgress), threads.calls.length, threads.alive <= 2]).toEqual([2, 0, true]);
  });

  it('let the very call crash that is asked to, once', async () => {
    const { clock, scheduler, threads } = setup({ threads: 2 });
    const fake = new FakeWork<[n: number], string>();
    const { work } = threads.module({ work: fake.work });
    const ids = [0, 1].map((n) => scheduler.schedule(work, after(0), { args: [n] }));
    await clock.advanceBy(0);
    const second = threads.calls.find(({ runId }) => runId === runOf(scheduler, ids[1]!).runId);
    second?.crash();
    second?.crash();
    await clock.advanceBy(0);
    expect(ids.map((id) => scheduler.getTaskStatus(id))).toEqual(['RUNNING', 'FAILED']);
    expect(() => { new VirtualThreads({ clock }).crash(); }).toThrow('No call is in progress');
  });

  it('end the thread of a run that goes on after its abort, graceMs later on the clock, and hold the slot until then', async () => {
    const { clock, scheduler, threads } = setup({ graceMs: 500 });
    const deaf = new FakeWork<[], string>({ ignoreAbort: true });
    const { work } = threads.module({ work: deaf.work });
    const id = scheduler.schedule(work, after(0));
    const next = scheduler.schedule(work, after(0));
    await clock.advanceBy(10);
    scheduler.cancelTask(id, 'enough');
    expect(scheduler.getTaskStatus(id)).toBe('CANCELLED');
    await clock.advanceBy(400);
    expect([threads.calls.length, runOf(scheduler, next).status]).toEqual([1, 'QUEUED']);
    await clock.advanceBy(101);
    expect(threads.calls.map(({ thread }) => thread)).toEqual([2]);
    expect(runOf(scheduler, next)).toMatchObject({ status: 'RUNNING', startedAt: 511 });
  });

  it('leave a run its thread that heeds the abort', async () => {
    const { clock, scheduler, threads } = setup();
    const fake = new FakeWork<[], string>();
    const { work } = threads.module({ work: fake.work });
    const id = scheduler.schedule(work, after(0));
    await clock.advanceBy(0);
    scheduler.cancelTask(id, 'enough');
    scheduler.schedule(work, after(0));
    await clock.advanceBy(0);
    expect(threads.calls.map(({ thread }) => thread)).toEqual([1]);
    expect(fake.calls[0]?.context.signal.reason).toBe('enough');
  });

  it('copy what crosses, and refuse what would not arrive as it is', async () => {
    const { clock, scheduler, threads } = setup();
    const list = [1];
    const { push, make } = threads.module({ push: (given: number[]) => given.push(2), make: (kind: string) => (kind === 'class' ? new URL('http://localhost') : list) });
    expect([await push(list), list]).toEqual([2, [1]]);
    const made = await make('list') as number[];
    expect([made, made === list]).toEqual([[1], false]);
    await expect(push((() => 1) as never)).rejects.toMatchObject({ code: 'NOT_SERIALIZABLE', path: 'args[0]' });
    const id = scheduler.schedule(make, after(0), { args: ['class'] });
    await clock.advanceBy(0);
    expect(scheduler.getTaskError(id)).toMatchObject({ code: 'NOT_SERIALIZABLE', path: 'result' });
  });

  it('copy errors as they would come from a thread, and what the trigger emitted', async () => {
    const { clock, scheduler, threads } = setup();
    class HttpError extends Error {
      override name = 'HttpError';
      constructor(readonly status: number) { super('refused', { cause: new TypeError('deep') }); }
    }
    const { fail, push } = threads.module({
      fail: (kind: string) => { throw kind === 'own' ? new HttpError(503) : kind; },
      push: withContext(({ value }) => (value as number[]).push(3)),
    });
    const error = await fail('own').catch((thrown: unknown) => thrown as HttpError);
    expect(error).toMatchObject({ name: 'HttpError', message: 'refused', status: 503, cause: { name: 'TypeError', message: 'deep' } });
    expect(error).not.toBeInstanceOf(HttpError);
    expect((error as Error).cause).toBeInstanceOf(TypeError);
    await expect(fail('text')).rejects.toBe('text');
    const emitted = [1, 2];
    const id = scheduler.schedule(push, of(emitted));
    await clock.advanceBy(0);
    expect([scheduler.getTaskResult(id), emitted]).toEqual([3, [1, 2]]);
  });

  it('begin no call whose thread died before', async () => {
    const { threads } = setup();
    let begun = 0;
    const { work } = threads.module({ work: () => ++begun });
    const lost = work();
    threads.crash();
    await expect(lost).rejects.toMatchObject({ code: 'WORKER_CRASHED' });
    expect([await work(), begun]).toEqual([1, 1]);
    const other = work();
    for (const how of [null, { exitCode: 'x' }, { code: 1 }]) expect(() => { threads.crash(how as never); }).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    expect(await other).toBe(2);
  });

  it('tell progress before the outcome, and keep the thread by waitUntil', async () => {
    const { clock, scheduler, threads } = setup();
    let letGo = (): void => undefined;
    const { work } = threads.module({
      work: withContext(({ progress, waitUntil, name }) => {
        progress('half');
        waitUntil(new Promise<void>((resolve) => { letGo = resolve; }));
        return name;
      }),
    });
    const id = scheduler.schedule(work, after(0), { name: 'me' });
    const next = scheduler.schedule(work, after(0));
    const seen: unknown[] = [];
    scheduler.runs$(id).subscribe(({ status, progress, result }) => seen.push([status, progress, result]));
    await clock.advanceBy(0);
    expect(seen).toEqual([['RUNNING', undefined, undefined], ['RUNNING', 'half', undefined], ['COMPLETED', 'half', 'me']]);
    expect(runOf(scheduler, next).status).toBe('QUEUED');
    letGo();
    await clock.advanceBy(0);
    expect(scheduler.getTaskStatus(next)).toBe('COMPLETED');
  });

  it('end with the scheduler, by its stop', async () => {
    const { clock, scheduler, threads } = setup({ threads: 3, graceMs: 100 });
    const deaf = new FakeWork<[], string>({ ignoreAbort: true });
    const { work } = threads.module({ work: deaf.work });
    scheduler.schedule(work, every(10), { overlap: 'parallel' });
    await clock.advanceBy(20);
    expect(threads.alive).toBe(3);
    const stopped = scheduler.stop({ drain: false });
    await clock.advanceBy(10_000);
    expect(await stopped).toMatchObject({ cancelled: 3, abandoned: 0 });
    expect(threads.alive).toBe(0);
  });

  it.each<[field: string, options: object | undefined]>([
    ['clock', {}], ['clock', undefined], ['clock', { clock: 7 }], ['threads', { clock: new VirtualClock(), threads: 0 }],
    ['graceMs', { clock: new VirtualClock(), graceMs: -1 }], ['size', { clock: new VirtualClock(), size: 1 }],
  ])('refuse bad options: %s', (field, options) => {
    expect(() => new VirtualThreads(options as never)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', field }));
  });
});
