// workerModule: its functions, their types, its options, and the life of its threads.
import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { after, every, TaskScheduler, type TaskId } from 'carillon';
import { workerModule, WorkerModuleError, type WorkerModuleOptions } from 'carillon/threads';
import type * as work from '../fixtures/threads/work.mjs';
import { fixture, inThreads, opened, runLike } from '../support/workers.js';

const ROOT = join(import.meta.dirname, '../..');

describe('the functions of a module', () => {
  it('are async functions that run in a thread', async () => {
    const { add, whichThread, later } = inThreads({ threads: 1 });
    expect(await add(1, 2)).toBe(3);
    expect(await later(1, 'x')).toBe('x');
    const thread = await whichThread();
    expect(thread).toBeGreaterThan(0);
    expect(await whichThread()).toBe(thread);
  });

  it('keep the types of their arguments and results', async () => {
    const module = inThreads({ threads: 1 });
    const sum: number = await module.add(1, 2);
    const last: number = await module.stream(2);
    expect([sum, last]).toEqual([3, 1]);
    expect(() => {
      // @ts-expect-error a wrong argument
      const wrong = (): unknown => module.add('1', 2);
      // @ts-expect-error no such function
      const unknown = (): unknown => module.subtract;
      // @ts-expect-error exported, and no function
      const none = (): unknown => module.answer;
      expect([wrong, unknown, none]).toHaveLength(3);
      const scheduler = new TaskScheduler({ autoStart: false });
      scheduler.schedule(module.add, after(1), { args: [1, 2] });
      // @ts-expect-error a wrong argument
      scheduler.schedule(module.add, after(1), { args: ['1', 2] });
    }).not.toThrow();
  });

  it('share the threads of the module, as many as it may have', async () => {
    const { busy, whichThread, preload } = inThreads({ threads: 2 });
    await preload();
    const threads = await Promise.all(Array.from({ length: 20 }, async () => {
      await busy(1);
      return whichThread();
    }));
    expect(new Set(threads).size).toBeLessThanOrEqual(2);
  });

  it('can be called more often than there are threads: the calls take turns', async () => {
    const { add } = inThreads({ threads: 1 });
    const sums = await Promise.all(Array.from({ length: 200 }, (_, i) => add(i, 1)));
    expect(sums).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
  });

  it('are not called by who only looks at the module', () => {
    expect(JSON.stringify({ module: inThreads() })).toBe('{"module":{}}');
  });

  it('are no promise all together, so the module itself can be awaited', async () => {
    const module = inThreads();
    expect(await Promise.resolve(module)).toBe(module);
  });
});

describe('the scheduler', () => {
  it('runs them as tasks, with typed arguments and results', async () => {
    const { fibonacci } = inThreads({ threads: 1 });
    const scheduler = new TaskScheduler();
    const id = scheduler.scheduleOneTime(fibonacci, new Date(), { args: [20] });
    const result: number = await scheduler.result(id);
    expect(result).toBe(6765);
    await scheduler.stop();
  });

  it('has never more RUNNING than there are threads; the others are QUEUED', async () => {
    const { busy } = inThreads({ threads: 2 });
    const scheduler = new TaskScheduler();
    let most = 0;
    let everQueued = 0;
    scheduler.tasks$.subscribe(() => {
      const { runsInProgress, queuedRuns } = scheduler.stats();
      most = Math.max(most, runsInProgress);
      everQueued = Math.max(everQueued, queuedRuns);
    });
    const begun: TaskId[] = [];
    scheduler.events$.subscribe(({ type, taskId }) => { if (type === 'runStarted') begun.push(taskId); });
    const ids = Array.from({ length: 200 }, () => scheduler.schedule(busy, after(0), { args: [50] }));
    const unwanted = ids.splice(150, 1)[0]!;
    await runLike(scheduler, unwanted, { status: 'QUEUED' });
    scheduler.cancelTask(unwanted);
    await Promise.all(ids.map((id) => scheduler.result(id)));
    expect([most, everQueued]).toEqual([2, 197]);
    expect(begun).toEqual(ids);
    expect(scheduler.getRuns(unwanted)).toMatchObject([{ status: 'SKIPPED', skipReason: 'cancelled' }]);
    await scheduler.stop();
  });

  it('ends the threads as it stops, and they start anew when they are called again', async () => {
    const { whichThread } = inThreads({ threads: 1 });
    const scheduler = new TaskScheduler();
    const first = await scheduler.result(scheduler.schedule(whichThread, after(0)));
    await scheduler.stop();
    expect(await whichThread()).not.toBe(first);
  });

  it('leaves the threads to the scheduler that still uses them', async () => {
    const { whichThread } = inThreads({ threads: 1 });
    const [one, other] = [new TaskScheduler(), new TaskScheduler()];
    const first = await one.result(one.schedule(whichThread, after(0)));
    other.schedule(whichThread, every('1h'));
    await one.stop();
    expect(await whichThread()).toBe(first);
    await other.stop();
    expect(await whichThread()).not.toBe(first);
  });
});

describe('preload', () => {
  it('leaves nobody waiting for a thread that died as it loaded the module', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'carillon-')), 'died');
    const { preload, one, dispose } = opened(workerModule<{ one(): number }>(fixture('dies-once.mjs'), { threads: 2, env: { ...process.env, DIES_ONCE: file } }));
    await expect(preload()).rejects.toMatchObject({ code: 'WORKER_CRASHED', exitCode: 5 });
    expect(await Promise.all([one(), one(), one()])).toEqual([1, 1, 1]);
    await preload();
    await dispose();
  });

  it('starts all threads with the module in them', async () => {
    const { preload, whichThread, busy } = inThreads({ threads: 2 });
    await preload();
    const [one, other] = await Promise.all([whichThread(), whichThread()]);
    await busy(1);
    expect(new Set([one, other]).size).toBe(2);
  });

  it('may be asked for twice at once', async () => {
    const { preload, whichThread } = inThreads({ threads: 2 });
    await Promise.all([preload(), preload()]);
    expect(new Set(await Promise.all([whichThread(), whichThread()])).size).toBe(2);
  });

  it('rejects when the module is broken', async () => {
    const module = opened(workerModule<typeof work>(fixture('broken.mjs'), { threads: 2 }));
    await expect(module.preload()).rejects.toMatchObject({ code: 'WORKER_MODULE' });
  });
});

describe('what is wrong', () => {
  it.each<[string, unknown]>([
    ['a path', './work.mjs'], ['nothing', undefined], ['another protocol', 'http://localhost/work.mjs'], ['a file that is not there', fixture('none.mjs')],
  ])('is refused at the call: %s', (_, url) => {
    expect(() => workerModule(url as URL)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', field: 'url' }));
  });

  it.each<[string, object]>([
    ['threads', { threads: 0 }], ['threads', { threads: 1.5 }], ['graceMs', { graceMs: -1 }], ['graceMs', { graceMs: '1s' }], ['idleTimeout', { idleTimeout: 'soon' }],
    ['idleTimeout', { idleTimeout: '1000d' }], ['niceIncrement', { niceIncrement: -1 }], ['niceIncrement', { niceIncrement: 20 }], ['execArgv', { execArgv: '--import' }], ['env', { env: 'A=1' }], ['resourceLimits', { resourceLimits: 5 }], ['thread', { thread: 1 }],
  ])('is refused at the call: the option %s as %j', (field, options) => {
    expect(() => workerModule(fixture('work.mjs'), options)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', field }));
  });

  it('rejects the calls of a module with a syntax error, each of them, and names it', async () => {
    const module = opened(workerModule<typeof work>(fixture('broken.mjs'), { threads: 1 }));
    for (let i = 0; i < 2; i++) {
      await expect(module.add(1, 2)).rejects.toMatchObject({ code: 'WORKER_MODULE', message: expect.stringContaining('broken.mjs') as unknown });
    }
  });

  it('rejects a call of what the module does not export, and says what it does', async () => {
    const module = inThreads({ threads: 1 }) as unknown as Record<string, () => Promise<unknown>>;
    await expect(module['subtract']?.()).rejects.toMatchObject({ code: 'WORKER_MODULE', message: expect.stringMatching(/exports no "subtract".*add, /) as unknown });
    await expect(module['subtract']?.()).rejects.toThrow(WorkerModuleError);
    await expect(module['answer']?.()).rejects.toMatchObject({ message: expect.stringMatching(/"answer", which is no function/) as unknown });
  });

  it.each<[string, WorkerModuleOptions]>([
    ['an option that Node does not know', { execArgv: ['--no-such-option'] }],
    ['something to import that is not there', { execArgv: ['--import', './none.mjs'] }],
    ['something to import that exits', { execArgv: ['--import', 'data:text/javascript,process.exit(7)'] }],
  ])('rejects the calls when no thread can start: %s', async (_, options) => {
    const { add } = inThreads({ threads: 2, ...options });
    const ends = await Promise.allSettled([add(1, 2), add(1, 2), add(1, 2)]);
    expect(ends).toEqual(Array(3).fill({ status: 'rejected', reason: expect.objectContaining({ code: 'WORKER_CRASHED' }) }));
  });
});

describe('options', () => {
  it('give the threads an environment and options of their own', async () => {
    const module = opened(workerModule<{ variable(name: string): string }>(fixture('environment.mjs'), { threads: 1, env: { CHIME: 'ding' } }));
    expect(await module.variable('CHIME')).toBe('ding');
  });

  it('give way to the event loop, where threads have a priority of their own', async () => {
    const own = getPriority(0);
    const lower = process.platform === 'linux' ? Math.min(19, own + 10) : own;
    expect([await inThreads({ threads: 1 }).priority(), await inThreads({ threads: 1, niceIncrement: 0 }).priority()]).toEqual([lower, own]);
    expect(getPriority(0)).toBe(own);
  });

  it('hurt no call that comes as an idle thread is ended, and end none that is busy', async () => {
    const { later, whichThread } = inThreads({ threads: 1, idleTimeout: 5 });
    for (let i = 0; i < 8; i++) {
      const before = await whichThread();
      expect(before).toBeGreaterThan(0);
      expect(await later(15, i)).toBe(i);
      await pause(4 + i % 3);
    }
  });

  it('end a thread that has no call for idleTimeout', async () => {
    const { whichThread } = inThreads({ threads: 1, idleTimeout: 0 });
    const first = await whichThread();
    let next = first;
    while (next === first) {
      await pause(20);
      next = await whichThread();
    }
    expect(next).not.toBe(first);
  });
});

describe('dispose', () => {
  it('ends the threads for good, with await using too', async () => {
    const module = inThreads({ threads: 1 });
    await module.add(1, 2);
    await module[Symbol.asyncDispose]();
    await expect(module.add(1, 2)).rejects.toMatchObject({ code: 'WORKER_MODULE' });
    await expect(module.dispose()).resolves.toBeUndefined();
  });

  it('rejects the calls in progress, and those that wait', async () => {
    const module = inThreads({ threads: 1, graceMs: 0 });
    const ends = Promise.allSettled([module.spin(), module.add(1, 2)]);
    await module.dispose();
    expect(await ends).toEqual(Array(2).fill({ status: 'rejected', reason: expect.objectContaining({ code: 'WORKER_MODULE' }) }));
  });
});

describe('TypeScript', () => {
  // A Node that strips types by itself needs no tsx.
  const itWithoutTypes = 'typescript' in process.features && process.features.typescript ? it.skip : it;
  itWithoutTypes('needs tsx in the project, and says so', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'carillon-')), 'alone.ts');
    writeFileSync(file, 'export const one = (): number => 1;');
    const { one } = opened(workerModule<{ one(): number }>(pathToFileURL(file), { threads: 1 }));
    await expect(one()).rejects.toMatchObject({ code: 'WORKER_MODULE', message: expect.stringContaining('npm install -D tsx') as unknown });
  });

  it('is run under tsx, by the name that the built file will have', () => {
    const out = execFileSync(process.execPath, ['--import', 'tsx', join(ROOT, 'spec/fixtures/threads/greet.ts')], { cwd: ROOT, encoding: 'utf8' });
    expect(out).toBe('hello you\n');
  });
});
