// Failures in a thread: errors travel whole, a thread that dies costs one run, and what can't cross is named.
import { describe, expect, it } from '@jest/globals';
import { MessageChannel } from 'node:worker_threads';
import { after, every, TaskScheduler } from 'carillon';
import { transfer, type WorkerModule, type WorkerModuleOptions } from 'carillon/threads';
import type * as work from '../fixtures/threads/work.mjs';
import { inThreads } from '../support/workers.js';

describe('an error that work throws', () => {
  it('comes back as its own class', async () => {
    const { fails } = inThreads({ threads: 1 });
    await expect(fails('type')).rejects.toThrow(TypeError);
    await expect(fails('type')).rejects.toMatchObject({ name: 'TypeError', message: 'no such thing', stack: expect.stringContaining('work.mjs') as unknown });
  });

  it('keeps its code, its cause and its own fields', async () => {
    const { fails } = inThreads({ threads: 1 });
    await expect(fails('own')).rejects.toMatchObject({ name: 'RangeError', code: 'E_MUCH', limit: 5, cause: expect.objectContaining({ message: 'the root' }) as unknown });
  });

  it('keeps the errors of an AggregateError', async () => {
    const { fails } = inThreads({ threads: 1 });
    const error = await fails('many').catch((thrown: unknown) => thrown) as AggregateError;
    expect(error).toBeInstanceOf(AggregateError);
    expect(error.errors).toEqual([expect.any(TypeError), expect.any(Error)]);
  });

  it('arrives as what was thrown when it is no error', async () => {
    const { fails } = inThreads({ threads: 1 });
    await expect(fails('text')).rejects.toBe('a text');
    await expect(fails('nothing')).rejects.toBeUndefined();
  });

  it('is the error of the run, and of its task', async () => {
    const { fails } = inThreads({ threads: 1 });
    const scheduler = new TaskScheduler({ onError: () => undefined });
    const id = scheduler.schedule(fails, after(0), { args: ['own'] });
    expect(await scheduler.whenSettled(id)).toMatchObject({ status: 'FAILED', error: { code: 'E_MUCH' } });
    await scheduler.stop();
  });
});

describe('a thread that dies', () => {
  const SMALL: WorkerModuleOptions = { threads: 1, resourceLimits: { maxOldGenerationSizeMb: 24 } };

  it.each<[string, (module: WorkerModule<typeof work>) => Promise<unknown>, object]>([
    ['by process.exit()', ({ exit }) => exit(5), { code: 'WORKER_CRASHED', exitCode: 5 }],
    ['by process.exit(0)', ({ exit }) => exit(0), { code: 'WORKER_CRASHED', exitCode: 0 }],
    ['by an error that nobody catches', ({ uncaught }) => uncaught(), { code: 'WORKER_CRASHED', cause: expect.objectContaining({ message: 'nobody catches this' }) }],
    ['by a rejection that nobody handles', ({ unhandled }) => unhandled(), { code: 'WORKER_CRASHED', cause: expect.objectContaining({ message: 'nobody handles this' }) }],
    ['by null that nobody catches', ({ throwsNull }) => throwsNull(), { code: 'WORKER_CRASHED', message: expect.stringContaining('threw null') }],
    ['of too little memory', ({ hog }) => hog(), { code: 'WORKER_OUT_OF_MEMORY' }],
  ])('fails its call, and no other: %s', async (_, die, like) => {
    const module = inThreads(SMALL);
    const [died, next] = await Promise.allSettled([die(module), module.add(1, 2)]);
    expect(died).toMatchObject({ status: 'rejected', reason: like });
    expect(next).toEqual({ status: 'fulfilled', value: 3 });
  }, 20_000);

  it('has told all that it had to tell before', async () => {
    const { reportsThenExits } = inThreads({ threads: 1 });
    const scheduler = new TaskScheduler({ onError: () => undefined });
    const id = scheduler.schedule(reportsThenExits, after(0), { args: [100] });
    const told: unknown[] = [];
    scheduler.runs$(id).subscribe(({ status, progress }) => { told.push([status, progress]); });
    expect(await scheduler.whenSettled(id)).toMatchObject({ status: 'FAILED', error: { code: 'WORKER_CRASHED', exitCode: 3 }, progress: 99 });
    expect(told).toEqual([['RUNNING', undefined], ...Array.from({ length: 100 }, (_, i) => ['RUNNING', i]), ['FAILED', 99]]);
    await scheduler.stop();
  });

  it('costs one run each, however often; the others succeed', async () => {
    const { exit, add, uncaught, whichThread } = inThreads({ threads: 2 });
    const scheduler = new TaskScheduler({ onError: () => undefined });
    const ids = Array.from({ length: 30 }, (_, i) => {
      if (i % 3 === 1) return scheduler.schedule(exit, after(0), { args: [i] });
      return i % 15 === 0 ? scheduler.schedule(uncaught, after(0)) : scheduler.schedule(add, after(0), { args: [i, 1] });
    });
    const states = await Promise.all(ids.map((id) => scheduler.whenSettled(id)));
    const expected = ids.map((_, i) => (i % 3 === 1 || i % 15 === 0 ? 'FAILED' : 'COMPLETED'));
    expect(states.map(({ status }) => status)).toEqual(expected);
    expect(states.map(({ completedCount, failedCount }) => completedCount + failedCount)).toEqual(ids.map(() => 1));
    expect(new Set(await Promise.all(Array.from({ length: 10 }, () => whichThread()))).size).toBeLessThanOrEqual(2);
    await scheduler.stop();
  }, 60_000);
});

describe('a thread that sends something of its own', () => {
  it('does no harm', async () => {
    const { sendsNothing, add } = inThreads({ threads: 1 });
    expect(await sendsNothing()).toBe('sent');
    expect(await add(1, 2)).toBe(3);
  });
});

describe('what does not cross', () => {
  it.each<[string, unknown, string]>([
    ['a function', () => undefined, 'args[0]'],
    ['a function deep inside', { items: [1, { callback: () => undefined }] }, 'args[0].items[1].callback'],
    ['an object of a class', new URL('http://localhost'), 'args[0]'],
  ])('is refused before it is sent: %s', async (_, value, path) => {
    const { echo } = inThreads({ threads: 1 });
    await expect(echo(value)).rejects.toMatchObject({ code: 'NOT_SERIALIZABLE', path });
  });

  it('fails the run when it is the result', async () => {
    const { uncloneable, address, add } = inThreads({ threads: 1 });
    await expect(uncloneable()).rejects.toMatchObject({ code: 'NOT_SERIALIZABLE', path: 'result.list[1].fn' });
    await expect(address()).rejects.toMatchObject({ code: 'NOT_SERIALIZABLE', path: 'result' });
    expect(await add(1, 2)).toBe(3);
  });

  it('fails the run when it is what a trigger emitted', async () => {
    const { context } = inThreads({ threads: 1 });
    const scheduler = new TaskScheduler({ onError: () => undefined });
    const id = scheduler.schedule(context, every('1h'), { args: [() => undefined], afterFailure: 'stop' });
    expect(await scheduler.whenSettled(id)).toMatchObject({ status: 'FAILED', error: { code: 'NOT_SERIALIZABLE', path: 'args[0]' } });
    await scheduler.stop();
  });

  it('is all that is refused: what can be copied is', async () => {
    const { echo } = inThreads({ threads: 1 });
    const value = { date: new Date(5), map: new Map([[1, { a: [undefined, null, NaN, 5n] }]]), set: new Set(['x']), bytes: new Uint8Array([1, 2]), re: /x/g };
    expect(await echo(value)).toEqual(value);
  });
});

describe('transfer', () => {
  it('moves a buffer there and back, without a copy', async () => {
    const { fill } = inThreads({ threads: 1 });
    const buffer = new ArrayBuffer(8);
    const returned = await fill(transfer(buffer, [buffer]));
    expect(buffer.byteLength).toBe(0);
    expect([...new Uint8Array(returned)]).toEqual([7, 7, 7, 7, 7, 7, 7, 7]);
  });

  it('moves a buffer once: a call that comes later finds that it is gone', async () => {
    const { later, fill, add } = inThreads({ threads: 1 });
    const buffer = new ArrayBuffer(8);
    const [, first, second] = await Promise.allSettled([later(5, 'x'), fill(transfer(buffer, [buffer])), fill(transfer(buffer, [buffer]))]);
    expect([first.status, second]).toEqual(['fulfilled', { status: 'rejected', reason: expect.objectContaining({ code: 'NOT_SERIALIZABLE' }) }]);
    expect(await add(1, 2)).toBe(3);
  });

  it('moves a port', async () => {
    const { echo } = inThreads({ threads: 1 });
    const { port1, port2 } = new MessageChannel();
    await expect(echo(port2)).rejects.toMatchObject({ code: 'NOT_SERIALIZABLE' });
    // It comes back only if it is handed over again, which echo() doesn't do.
    await expect(echo(transfer({ port: port2 }, [port2]))).rejects.toMatchObject({ code: 'NOT_SERIALIZABLE', path: 'result.port' });
    port1.close();
  });

  it('fails the call when it can not be moved any more', async () => {
    const { echo, add } = inThreads({ threads: 1 });
    const buffer = new ArrayBuffer(8);
    const marked = transfer(buffer, [buffer]);
    structuredClone(buffer, { transfer: [buffer] });
    await expect(echo(marked)).rejects.toThrow();
    expect(await add(1, 2)).toBe(3);
  });
});
