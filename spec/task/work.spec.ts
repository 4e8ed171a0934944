import { describe, expect, it } from '@jest/globals';
import { contextualWorkOf, withContext, workBrand, type RunContext } from '../../src/task/work.js';

describe('withContext', () => {
  const greet = withContext((context, name: string, times: number) => ({ context, greeting: `Hello, ${name}!`.repeat(times) }));

  it('makes work that is run with a context before its own arguments', () => {
    const context = { taskId: 'a' } as RunContext;
    expect(contextualWorkOf(greet)?.run(context, ['Alice', 2])).toEqual({ context, greeting: 'Hello, Alice!Hello, Alice!' });
  });

  it('makes a plain function too, with a context that is never aborted and goes nowhere', () => {
    const { context, greeting } = greet('Alice', 1);
    expect(greeting).toBe('Hello, Alice!');
    expect([context.signal.aborted, context.attempt, context.tick, context.value]).toEqual([false, 1, undefined, undefined]);
    expect(() => { context.progress(1); context.waitUntil(Promise.resolve()); }).not.toThrow();
  });

  it('brands it by a symbol that every copy of the library shares, which no enumeration shows', () => {
    expect(workBrand).toBe(Symbol.for('carillon.work'));
    expect(Object.keys(greet)).toEqual([]);
    expect(contextualWorkOf(() => 5)).toBeUndefined();
  });
});
