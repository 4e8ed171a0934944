// Schemas: of zod, of valibot, of arktype, and of nobody in particular.
import { afterEach, describe, expect, it } from '@jest/globals';
import { type } from 'arktype';
import { Subject } from 'rxjs';
import * as v from 'valibot';
import { z } from 'zod';
import { InvalidArgumentError, TaskScheduler, after, every, type InputSchema, type TaskId } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/index.js';

const clock = new VirtualClock();
let scheduler = new TaskScheduler({ clock, onError: () => undefined });
afterEach(async () => {
  await scheduler.stop();
  scheduler = new TaskScheduler({ clock, onError: () => undefined });
});

/** What a call is refused with. */
function refusal(call: () => unknown): InvalidArgumentError {
  try {
    call();
  } catch (error) {
    if (error instanceof InvalidArgumentError) return error;
    throw error;
  }
  throw new Error('It was not refused.');
}

async function resultOf<R>(id: TaskId<R>): Promise<R> {
  const result = scheduler.result(id);
  await clock.advanceBy(0);
  return result;
}

/** A schema of our own, that says this of whatever it is given. */
function says(result: unknown): InputSchema<readonly [number], [number]> {
  return { '~standard': { version: 1, vendor: 'spec', validate: () => (typeof result === 'function' ? (result as () => never)() : result) as never } };
}

/** One schema in the words of each library: a name of at least two characters, and how often, which is 3 if it isn't said. */
const SCHEMAS = {
  zod: z.tuple([z.string().min(2), z.coerce.number().default(3)]),
  valibot: v.tuple([v.pipe(v.string(), v.minLength(2)), v.optional(v.pipe(v.union([v.number(), v.string()]), v.transform(Number)), 3)]),
  arktype: type([['string >= 2', '=', 'Bob'], ['number', '=', 3]]),
} as const;
const repeat = (name: string, times: number): string => name.repeat(times);

describe('inputSchema', () => {
  it.each(['zod', 'valibot', 'arktype'] as const)('of %s lets through what fits, as the schema makes it', async (library) => {
    const work = scheduler.register('repeat', repeat, { inputSchema: SCHEMAS[library] as unknown as InputSchema<readonly [string, number], [string, number]> });
    expect(await resultOf(scheduler.schedule(work, after(0), { args: ['ab', 2] }))).toBe('abab');
    expect(await resultOf(scheduler.schedule('repeat', after(0), { args: ['ab'] }))).toBe('ababab');
  });

  it.each(['zod', 'valibot', 'arktype'] as const)('of %s refuses what does not, at the call, and says where', (library) => {
    scheduler.register('repeat', repeat, { inputSchema: SCHEMAS[library] as unknown as InputSchema<readonly [string, number], [string, number]> });
    const error = refusal(() => scheduler.schedule('repeat', after(0), { args: ['a', 2] }));
    expect(error.field).toBe('args');
    expect(error.value).toEqual(['a', 2]);
    expect(error.message).toMatch(/^args don't fit inputSchema: \[0\]: .*\b2\b.*[^.]\.$/);
    expect(scheduler.getTasks()).toEqual([]);
  });

  it('infers what a call gives, and what the work gets', async () => {
    const schema = z.tuple([z.object({ to: z.email(), at: z.iso.datetime().transform((text) => new Date(text)) })]);
    const send = scheduler.register('send', ({ to, at }) => `${to} ${at.getUTCFullYear()}`, { inputSchema: schema });
    const id: TaskId<string> = scheduler.schedule(send, after(0), { args: [{ to: 'a@b.org', at: '2027-01-01T00:00:00Z' }] });
    expect(await resultOf(id)).toBe('a@b.org 2027');
    expect(refusal(() => scheduler.schedule(send, after(0), { args: [{ to: 'nobody', at: 'some day' }] })).message)
      .toBe("args don't fit inputSchema: [0].to: Invalid email address; [0].at: Invalid ISO datetime.");
  });

  it('is asked for arguments that are left out, too', async () => {
    scheduler.register('greet', (name: string) => `Hello, ${name}!`, { inputSchema: v.tuple([v.string()]) });
    expect(refusal(() => scheduler.schedule('greet', after(0))).message).toMatch(/^args don't fit inputSchema: /);
    expect(await resultOf(scheduler.schedule('greet', after(0), { args: ['Bob'] }))).toBe('Hello, Bob!');
  });

  it('checks the arguments that are bound to the work when it is registered', () => {
    const schema = z.tuple([z.number()]);
    const error = refusal(() => scheduler.register('half', (n: number) => n / 2, { inputSchema: schema, args: ['x'] as never }));
    expect(error.field).toBe('defaults.args');
    expect(() => scheduler.schedule('half', after(0))).toThrow('No work is registered');
    const half = scheduler.register('half', (n: number) => n / 2, { inputSchema: schema, args: [4] });
    expect(scheduler.getTaskStatus(scheduler.schedule(half, after(0)))).toBe('PENDING');
  });

  it('of a call takes the place of that of the work', async () => {
    const inc = scheduler.register('inc', (n: number) => n + 1, { inputSchema: z.tuple([z.number().max(9)]) });
    expect(() => scheduler.schedule(inc, after(0), { args: [10] })).toThrow('args');
    expect(await resultOf(scheduler.schedule(inc, after(0), { args: [10], inputSchema: z.tuple([z.number().max(99)]) }))).toBe(11);
    expect(await resultOf(scheduler.schedule((n: number) => n + 1, after(0), { args: [1], inputSchema: z.tuple([z.number()]) }))).toBe(2);
  });

  it('checks what is made of an emission; that run alone fails', async () => {
    const values = new Subject<string>();
    const length = scheduler.register('length', (text: string) => text.length, { inputSchema: z.tuple([z.string().max(3)]) });
    const id = scheduler.schedule(length, values, { args: (text) => [text] });
    await clock.advanceBy(0);
    for (const value of ['a', 'long text', 'ab']) values.next(value);
    await clock.advanceBy(0);
    expect(scheduler.getRuns(id).map(({ status, result, error }) => [status, result ?? error?.name])).toEqual([
      ['COMPLETED', 1], ['FAILED', 'InvalidArgumentError'], ['COMPLETED', 2],
    ]);
  });

  it('leaves what carry makes alone: that is what the work gets', async () => {
    const add = scheduler.register('add', (n: number) => n + 1, { inputSchema: z.tuple([z.string().transform(Number)]) });
    const id = scheduler.schedule(add, every(10), { args: ['1'], carry: (sum) => [sum], maxRuns: 3 });
    await clock.advanceBy(20);
    expect(scheduler.getTaskResult(id)).toBe(4);
  });

  it('checks the arguments that updateTask gives', async () => {
    const add = scheduler.register('add', (n: number) => n + 1, { inputSchema: z.tuple([z.coerce.number<number>().max(9)]) });
    const id = scheduler.schedule(add, every(10), { args: [1] });
    expect(refusal(() => scheduler.updateTask(id, { args: [10] })).field).toBe('args');
    expect(scheduler.updateTask(id, { args: ['5'] })).toBe(true);
    await clock.advanceBy(0);
    expect(scheduler.getTaskResult(id)).toBe(6);
  });

  it.each<[string, unknown, string]>([
    ['that is none', 7, 'inputSchema needs a Standard Schema, as of zod, valibot or arktype; got 7.'],
    ['of a later version', { '~standard': { version: 2, validate: () => ({ value: [] }) } }, 'inputSchema needs a Standard Schema, as of zod, valibot or arktype; got an object { ~standard }.'],
    ['that answers with a promise', says(() => Promise.reject(new Error('later'))), 'inputSchema has to answer at once, and this one answers with a promise. Check what takes time in the work itself.'],
    ['that answers with nothing', says(undefined), 'inputSchema has to answer with a value or with issues; this one answers undefined.'],
    ['that is not of all arguments', says({ value: 7 }), 'inputSchema has to be one of all arguments, as an array (a tuple); this one makes 7 of them.'],
  ])('%s is refused', (_, inputSchema, message) => {
    const error = refusal(() => scheduler.schedule((n: number) => n, after(0), { args: [1], inputSchema: inputSchema as InputSchema<unknown, [number]> }));
    expect([error.field, error.message]).toEqual(['inputSchema', message]);
  });

  it('that throws refuses the arguments, and says why', () => {
    const boom = new Error('boom');
    const inputSchema: InputSchema<unknown, [number]> = { '~standard': { version: 1, vendor: 'spec', validate: () => { throw boom; } } };
    const error = refusal(() => scheduler.schedule((n: number) => n, after(0), { args: [1], inputSchema }));
    expect([error.field, error.message, error.cause]).toEqual(['args', "args can't be checked, for inputSchema throws: boom.", boom]);
  });

  it('is no default of a whole scheduler, whose tasks have arguments of all kinds', () => {
    expect(() => new TaskScheduler({ defaults: { inputSchema: says({ value: [1] }) } as never })).toThrow('"inputSchema" can\'t be given in defaults.');
  });
});
