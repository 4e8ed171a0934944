// Any value as a line of JSON.
import { describe, expect, it } from '@jest/globals';
import fc from '../support/properties.js';
import { jsonLine } from '../../src/cli/json-line.js';

describe('jsonLine', () => {
  const parsed = (value: unknown): unknown => JSON.parse(jsonLine(value));

  it('keeps of an error its name, message and stack, what it has of its own, and what caused it', () => {
    const error = Object.assign(new RangeError('too far', { cause: new TypeError('no number') }), { code: 'E_FAR', name: 'FarError' });
    expect(parsed({ error })).toEqual({ error: {
      name: 'FarError', message: 'too far', stack: error.stack, code: 'E_FAR', cause: { name: 'TypeError', message: 'no number', stack: (error.cause as Error).stack },
    } });
    expect(parsed(new AggregateError([new Error('a')], 'all'))).toMatchObject({ message: 'all', errors: [{ message: 'a' }] });
  });

  it('has text for what JSON has no word for', () => {
    expect(parsed({ big: 10n, symbol: Symbol('s'), map: new Map([['a', 1n]]), set: new Set([1]), date: new Date(0), nothing: undefined, call: () => 1, nan: NaN }))
      .toEqual({ big: '10', symbol: 'Symbol(s)', map: [['a', '1']], set: [1], date: '1970-01-01T00:00:00.000Z', nan: null });
  });

  it('cuts circles, and shows the same object twice where it is no circle', () => {
    const circle: Record<string, unknown> = { name: 'a', twice: [{ n: 1 }] };
    circle['self'] = circle;
    const shared = { n: 1 };
    expect(parsed(circle)).toEqual({ name: 'a', twice: [{ n: 1 }], self: '(circular)' });
    expect(parsed([shared, shared])).toEqual([{ n: 1 }, { n: 1 }]);
  });

  it('survives what throws when it is looked at, and what is too deep', () => {
    const hostile = Object.defineProperty({}, 'a', { enumerable: true, get: () => { throw new Error('no'); } });
    let deep: unknown = 1;
    for (let i = 0; i < 100_000; i++) deep = [deep];
    expect(parsed({ hostile, toJSON: { toJSON: (): never => { throw new Error('no'); } } })).toEqual({ hostile: 'an object { a }', toJSON: 'an object { toJSON }' });
    expect(jsonLine(deep)).toMatch(/^\[+"an array of 1"\]+$/);
  });

  it('writes what is there many times as often as it is there, but not more of it than memory holds', () => {
    const shared = { n: 1 };
    expect(parsed(Array(50_000).fill(shared))).toEqual(Array(50_000).fill({ n: 1 }));
    let halves: unknown = [];
    for (let i = 0; i < 40; i++) halves = [halves, halves];
    expect(jsonLine(halves).length).toBeLessThan(10_000_000);
  });

  it('says something of nothing', () => {
    expect([undefined, null, () => 1].map(jsonLine)).toEqual(['null', 'null', 'null']);
  });

  it('is as JSON has it, of whatever JSON can hold, on one line', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => {
      expect(jsonLine(value)).toBe(JSON.stringify(value));
      expect(jsonLine(value)).not.toContain('\n');
    }));
  });
});
