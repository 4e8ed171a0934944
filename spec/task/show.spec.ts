import { describe, expect, it } from '@jest/globals';
import { show } from '../../src/task/show.js';

const revoked = Proxy.revocable({}, {});
revoked.revoke();
const circular: Record<string, unknown> = {};
circular['self'] = circular;

describe('show', () => {
  it.each<[string, unknown]>([
    ['"5 parsecs"', '5 parsecs'],
    ['"a\\nb \\"c\\""', 'a\nb "c"'],
    [`"${'x'.repeat(60)}"`, 'x'.repeat(60)],
    [`"${'x'.repeat(60)}…"`, 'x'.repeat(61)],
    ['-5', -5],
    ['NaN', NaN],
    ['5n', 5n],
    ['true', true],
    ['undefined', undefined],
    ['null', null],
    ['Symbol(soon)', Symbol('soon')],
    ['a function', () => { throw new Error('called'); }],
    ['a function', class Named { field = 5; }],
    ['2027-01-01T00:00:00.000Z', new Date('2027-01-01')],
    ['Invalid Date', new Date(NaN)],
    ['an array of 3', [1, 2, 3]],
    ['an object', {}],
    ['an object { months }', { months: 1 }],
    ['an object { a, b, c, d }', { a: 1, b: 2, c: 3, d: 4 }],
    ['an object', { a: 1, b: 2, c: 3, d: 4, e: 5 }],
    ['boom', new Error('boom')],
    ['first line …', new Error('first line\nsecond line')],
    ['an object { self }', circular],
    ['an object', revoked.proxy],
  ])('shows %s', (shown, value) => {
    expect(show(value)).toBe(shown);
  });

  it('keeps to one line, whatever the value holds', () => {
    for (const value of [{ 'a\nb': 1 }, Symbol('a\nb'), new Error('a\nb'), 'a\nb', { message: 'a\nb' }]) expect(show(value)).not.toContain('\n');
  });

  it('runs nothing of the value', () => {
    const trap = (): never => { throw new Error('called'); };
    const value = {
      get message(): string { return trap(); },
      toString: trap, toJSON: trap, valueOf: trap, [Symbol.toPrimitive]: trap,
    };
    expect(show(value)).toBe('an object { message, toString, toJSON, valueOf }');
  });
});
