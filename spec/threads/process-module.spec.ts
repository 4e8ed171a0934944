// processModule: the same over child processes; a signal costs one run, and SIGKILL ends whatever it is.
import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { after, TaskScheduler } from 'carillon';
import { processModule, type ProcessModuleOptions, type WorkerModule } from 'carillon/threads';
import { filter, firstValueFrom } from 'rxjs';
import type * as work from '../fixtures/threads/work.mjs';
import { fixture, opened, runLike } from '../support/workers.js';

const ROOT = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'carillon-'));

function load(options?: ProcessModuleOptions): WorkerModule<typeof work> {
  return opened(processModule<typeof work>(fixture('work.mjs'), options));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('the functions of a module', () => {
  it('are async functions that run in a process of their own', async () => {
    const { add, whichProcess } = load({ processes: 1 });
    const sum: number = await add(1, 2);
    expect(sum).toBe(3);
    const pid = await whichProcess();
    expect(pid).not.toBe(process.pid);
    expect(await whichProcess()).toBe(pid);
  });

  it('run in as many processes as there may be, and wait for one', async () => {
    const { busy, whichProcess } = load({ processes: 2 });
    const pids = await Promise.all(Array.from({ length: 12 }, async () => {
      await busy(2);
      return whichProcess();
    }));
    expect(new Set(pids).size).toBeLessThanOrEqual(2);
  });

  it('take and give what can be copied, and refuse the rest', async () => {
    const { echo, uncloneable } = load({ processes: 1 });
    const value = { date: new Date(5), map: new Map([[1, { a: [null, NaN, 5n] }]]), bytes: new Uint8Array([1, 2]) };
    expect(await echo(value)).toEqual(value);
    await expect(echo({ fn: () => 1 })).rejects.toMatchObject({ code: 'NOT_SERIALIZABLE', path: 'args[0].fn' });
    await expect(uncloneable()).rejects.toMatchObject({ code: 'NOT_SERIALIZABLE', path: 'result.list[1].fn' });
  });

  it('bring errors back whole', async () => {
    const { fails } = load({ processes: 1 });
    await expect(fails('type')).rejects.toThrow(TypeError);
    await expect(fails('own')).rejects.toMatchObject({ code: 'E_MUCH', cause: expect.objectContaining({ message: 'the root' }) as unknown });
  });

  it('have their context, and tell all progress before their outcome', async () => {
    const { reports, context } = load({ processes: 1 });
    const scheduler = new TaskScheduler();
    expect(await scheduler.result(scheduler.schedule(context, after(0), { name: 'far', args: [1] }))).toMatchObject({ name: 'far', args: [1], attempt: 1 });
    const id = scheduler.schedule(reports, after(0), { args: [200] });
    const told: unknown[] = [];
    scheduler.runs$(id).subscribe(({ status, progress }) => { told.push(status === 'RUNNING' ? progress : status); });
    await scheduler.result(id);
    expect(told).toEqual([undefined, ...Array.from({ length: 200 }, (_, i) => i), 'COMPLETED']);
    await scheduler.stop();
  });
});

describe('a process that dies', () => {
  it.each(['SIGSEGV', 'SIGABRT', 'SIGKILL'])('by %s costs one call; the next succeeds', async (signal) => {
    const { signalled, add } = load({ processes: 1 });
    const [died, next] = await Promise.allSettled([signalled(signal), add(1, 2)]);
    expect(died).toMatchObject({ status: 'rejected', reason: { code: 'WORKER_CRASHED', signal, exitCode: undefined } });
    expect(next).toEqual({ status: 'fulfilled', value: 3 });
  });

  it('by its exit tells the code, after all that it had to tell', async () => {
    const { reportsThenExits } = load({ processes: 1 });
    const scheduler = new TaskScheduler({ onError: () => undefined });
    const id = scheduler.schedule(reportsThenExits, after(0), { args: [3] });
    expect(await scheduler.whenSettled(id)).toMatchObject({ status: 'FAILED', error: { code: 'WORKER_CRASHED', exitCode: 3 } });
    await scheduler.stop();
  });

  it('fails all calls when none can start', async () => {
    const { add } = load({ processes: 2, execArgv: ['--import', './none.mjs'] });
    const ends = await Promise.allSettled([add(1, 2), add(1, 2), add(1, 2)]);
    expect(ends).toEqual(Array(3).fill({ status: 'rejected', reason: expect.objectContaining({ code: 'WORKER_CRASHED' }) }));
  });
});

describe('what can not be sent to a process', () => {
  it.each<[string, unknown]>([['shared memory', new SharedArrayBuffer(8)], ['a Blob, which would arrive empty', new Blob(['x'])]])('is refused, and costs nothing: %s', async (_, value) => {
    const { echo, add } = load({ processes: 1 });
    await expect(echo(value)).rejects.toMatchObject({ code: 'NOT_SERIALIZABLE', path: 'args[0]' });
    expect(await add(1, 2)).toBe(3);
  });

  it('fails each call when it is the environment; the places are free again', async () => {
    const { add } = load({ processes: 1, env: { ...process.env, BIG: 'x'.repeat(200_000) } });
    for (let i = 0; i < 2; i++) await expect(add(1, 2)).rejects.toMatchObject({ code: 'WORKER_CRASHED', message: expect.stringContaining('could not start') as unknown });
  });

  it('does no harm when work sends something of its own', async () => {
    const { sendsNothing, add } = load({ processes: 1 });
    expect(await sendsNothing()).toBe('sent');
    expect(await add(1, 2)).toBe(3);
  });
});

describe('a run that is cancelled', () => {
  it('is told so by its signal, and its process goes on', async () => {
    const { polite, whichProcess } = load({ processes: 1, graceMs: 10_000 });
    const scheduler = new TaskScheduler();
    const pid = await whichProcess();
    const file = join(folder, 'polite');
    const id = scheduler.schedule(polite, after(0), { args: [file] });
    await runLike(scheduler, id, { progress: 'listening' });
    scheduler.cancelTask(id, 'enough');
    expect(await whichProcess()).toBe(pid);
    expect(readFileSync(file, 'utf8')).toBe('aborted: enough');
    await scheduler.stop();
  });

  it('has its process killed when it hears nothing; its slot is free when it is gone', async () => {
    const { stuck, whichProcess } = load({ processes: 1, graceMs: 30 });
    const scheduler = new TaskScheduler();
    const pid = await whichProcess();
    const id = scheduler.schedule(stuck, after(0));
    await runLike(scheduler, id, { progress: 'stuck' });
    scheduler.cancelTask(id);
    const next = await scheduler.result(scheduler.schedule(whichProcess, after(0)));
    expect(next).not.toBe(pid);
    expect(isAlive(pid)).toBe(false);
    expect(scheduler.getRuns(id)).toMatchObject([{ status: 'CANCELLED' }]);
    await scheduler.stop();
  });

  it('never begins when its process was only coming up', async () => {
    const { spin, add } = load({ processes: 1, graceMs: 0 });
    const scheduler = new TaskScheduler();
    const file = join(folder, 'not yet');
    writeFileSync(file, 'untouched');
    const id = scheduler.schedule(spin, after(0), { args: [file] });
    await firstValueFrom(scheduler.task$(id).pipe(filter(({ status }) => status === 'RUNNING')), { defaultValue: undefined });
    scheduler.cancelTask(id);
    expect(await add(1, 2)).toBe(3);
    expect(readFileSync(file, 'utf8')).toBe('untouched');
    await scheduler.stop();
  });
});

describe('the life of the processes', () => {
  it('ends as the scheduler stops, and begins anew', async () => {
    const { whichProcess } = load({ processes: 1 });
    const scheduler = new TaskScheduler();
    const pid = await scheduler.result(scheduler.schedule(whichProcess, after(0)));
    await scheduler.stop();
    expect(isAlive(pid)).toBe(false);
    expect(await whichProcess()).not.toBe(pid);
  });

  it('is warmed up by preload', async () => {
    const { preload, whichProcess } = load({ processes: 2 });
    await preload();
    const pids = await Promise.all([whichProcess(), whichProcess()]);
    expect(new Set(pids).size).toBe(2);
  });

  it('gives way to the event loop', async () => {
    const own = getPriority(0);
    expect([await load({ processes: 1 }).priority(), await load({ processes: 1, niceIncrement: 0 }).priority()]).toEqual([Math.min(19, own + 10), own]);
  });

  it('ends when there is no call for idleTimeout', async () => {
    const { whichProcess } = load({ processes: 1, idleTimeout: 0 });
    const first = await whichProcess();
    while (isAlive(first)) await pause(5);
    expect(await whichProcess()).not.toBe(first);
  });

  it('hurts no call that comes as an idle process is ended', async () => {
    const { add } = load({ processes: 1, idleTimeout: 5 });
    for (let i = 0; i < 8; i++) {
      expect(await add(i, 1)).toBe(i + 1);
      await pause(5);
    }
  }, 30_000);

  it('hurts no call that comes as the processes end with their scheduler, even one that was only coming up', async () => {
    const { add } = load({ processes: 1 });
    for (let i = 0; i < 5; i++) {
      const scheduler = new TaskScheduler();
      const id = scheduler.schedule(add, after(0), { args: [1, 2] });
      await runLike(scheduler, id, { status: 'RUNNING' });
      scheduler.cancelTask(id);
      const stopped = scheduler.stop();
      expect(await add(i, 1)).toBe(i + 1);
      await stopped;
    }
  }, 30_000);

  it('ends with dispose(), for good', async () => {
    const module = load({ processes: 1, graceMs: 0 });
    const pid = await module.whichProcess();
    const ends = Promise.allSettled([module.spin(), module.add(1, 2)]);
    await module.dispose();
    expect(isAlive(pid)).toBe(false);
    expect(await ends).toEqual(Array(2).fill({ status: 'rejected', reason: expect.objectContaining({ code: 'WORKER_MODULE' }) }));
    await expect(module.add(1, 2)).rejects.toMatchObject({ code: 'WORKER_MODULE' });
  });

  it('leaves nothing behind, with threads as with processes, and keeps no program alive', () => {
    const out = execFileSync(process.execPath, [join(ROOT, 'spec/fixtures/threads/leaves-off.mjs')], { cwd: ROOT, encoding: 'utf8', timeout: 30_000 });
    expect(JSON.parse(out)).toEqual({ results: [1, 2, 3, 4], report: expect.objectContaining({ cancelled: 2, abandoned: 0 }) as unknown, left: [] });
  }, 35_000);
});

describe('what is refused at the call', () => {
  it.each<[string, object]>([['threads', { threads: 1 }], ['processes', { processes: 0 }], ['resourceLimits', { resourceLimits: {} }]])('the option %s as %j', (field, options) => {
    expect(() => processModule(fixture('work.mjs'), options)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', field }));
  });
});
