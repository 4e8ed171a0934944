// inThread: a function that is made anew in a thread of its source.
import { describe, expect, it } from '@jest/globals';
import { after, TaskScheduler, withContext } from 'carillon';
import { inThread } from 'carillon/threads';

const outside = { factor: 3 };
const methods: Readonly<Record<'plus' | 'later' | 'com-puted', (n: number) => unknown>> = {
  plus(n: number) { return n + 1; },
  async later(n: number) { return Promise.resolve(n + 1); },
  ['com-' + 'puted'](n: number) { return n + 1; },
} as never;

describe('a function that needs nothing around it', () => {
  it('runs in a thread, as an async function with the types that it has', async () => {
    const double = inThread((n: number) => n * 2);
    const doubled: number = await double(21);
    expect(doubled).toBe(42);
    // @ts-expect-error a wrong argument
    expect(await double('21')).toBe(42);
  });

  it('is work like any other', async () => {
    const scheduler = new TaskScheduler();
    const id = scheduler.schedule(inThread((a: number, b: number) => a ** b), after(0), { args: [2, 10] });
    expect(await scheduler.result(id)).toBe(1024);
    await scheduler.stop();
  });

  it.each<[string, (n: number) => unknown]>([
    ['an arrow function', (n) => n + 1],
    ['an async one', async (n) => Promise.resolve(n + 1)],
    ['a function with a name', function plus(n) { return n + 1; }],
    ['one that calls itself', function down(n): number { return n > 100 ? n : down(n + 94); }],
    // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call
    ['one whose inner functions a compiler has named', Function('return (n) => { const inner = __name((m) => m + 1, "inner"); return inner(n); }')() as (n: number) => number],
    ['a method', methods.plus],
    ['an async method', methods.later],
    ['a method with a computed name', methods['com-puted']],
  ])('may be %s', async (name, fn) => {
    expect(await inThread(fn)(7)).toBe(name.includes('itself') ? 101 : 8);
  });
});

describe('a function that reaches outside itself', () => {
  it('fails, and the error says so, and what to do', async () => {
    await expect(inThread((n: number) => n * outside.factor)(2)).rejects.toMatchObject({
      code: 'NOT_SERIALIZABLE', message: expect.stringMatching(/outside is not defined.*await import\(\).*workerModule\(\)/) as unknown,
    });
  });

  it('fails so when it is async, too', async () => {
    await expect(inThread(async (n: number) => { await Promise.resolve(); return n * outside.factor; })(2)).rejects.toMatchObject({ code: 'NOT_SERIALIZABLE' });
  });
});

describe('what is refused at the call', () => {
  it.each<[string, unknown]>([
    ['no function', 5], ['a bound function', ((n: number) => n).bind(undefined)], ['a built-in', Math.max], ['work made by withContext', withContext(() => 1)], ['a class', class { x = 1; }],
  ])('%s', (_, fn) => {
    expect(() => inThread(fn as () => unknown)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', field: 'fn' }));
  });
});
