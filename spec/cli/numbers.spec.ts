// Numbers, and lengths of time, as people read them.
import { describe, expect, it } from '@jest/globals';
import fc from '../support/properties.js';
import { count, counted, duration, until } from '../../src/cli/numbers.js';

const [SECOND, MINUTE, HOUR, DAY] = [1_000, 60_000, 3_600_000, 86_400_000];

describe('count', () => {
  it('parts thousands', () => {
    expect([count(0), count(12_345)]).toEqual(['0', '12,345']);
  });
});

describe('counted', () => {
  it('gives the noun its number', () => {
    expect([0, 1, 2, 1234].map((value) => counted(value, 'tick'))).toEqual(['0 ticks', '1 tick', '2 ticks', '1,234 ticks']);
  });
});

describe('duration', () => {
  it.each([
    [0, '0 ms'], [999, '999 ms'], [1000, '1.0 s'], [61_234, '61.2 s'], [5 * MINUTE, '5 min'], [20 * MINUTE + 51 * SECOND, '20 min 51 s'],
    [HOUR, '1 h'], [HOUR + 59 * SECOND, '1 h'], [25 * HOUR, '1 d 1 h'], [DAY + 59 * MINUTE, '1 d'], [1500 * DAY, '1,500 d'], [HOUR - 1, '1 h'],
  ])('says %i ms as %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });
});

describe('until', () => {
  it.each([
    [-5, 'now'], [0, 'now'], [1500, 'in 1.5s'], [9_949, 'in 9.9s'], [9_950, 'in 10s'], [99_400, 'in 99s'], [99_500, 'in 2m'],
    [20 * MINUTE, 'in 20m'], [99.6 * MINUTE, 'in 2h'], [26 * HOUR, 'in 26h'], [3 * DAY, 'in 3d'], [999 * DAY, 'in 999d'], [3 * 366 * DAY, 'in 3y'],
  ])('says %d ms as %s', (ms, text) => {
    expect(until(ms)).toBe(text);
  });

  it('takes seven cells at most, for centuries too', () => {
    fc.assert(fc.property(fc.double({ min: -1, max: 999 * 366 * DAY, noNaN: true }), (ms) => { expect(until(ms).length).toBeLessThanOrEqual(7); }));
  });
});
