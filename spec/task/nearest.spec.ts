import { describe, expect, it } from '@jest/globals';
import { nearest } from '../../src/task/nearest.js';

const options = ['args', 'id', 'maxRuns', 'maxQueued', 'maxParallel', 'overlap', 'misfire', 'concurrencyKey', 'concurrencyLimit'];

describe('nearest', () => {
  it.each([
    ['overlp', 'overlap'],
    ['OVERLAP', 'overlap'],
    ['maxrun', 'maxRuns'],
    ['maxQueue', 'maxQueued'],
    ['arg', 'args'],
    ['ids', 'id'],
    ['concurencyKey', 'concurrencyKey'],
    ['concurrency_limit', 'concurrencyLimit'],
  ])('takes %j for %j', (name, meant) => {
    expect(nearest(name, options)).toBe(meant);
  });

  it.each(['zebra', '', 'somethingElseAltogether', '__proto__', 'constructor'])('has no guess for %j', (name) => {
    expect(nearest(name, options.filter((option) => option !== 'id'))).toBeUndefined();
  });

  it('has no guess when there is nothing to choose from', () => {
    expect(nearest('overlap', [])).toBeUndefined();
  });

  it('takes the first of two that are equally near', () => {
    expect(nearest('ab', ['ac', 'ad'])).toBe('ac');
    expect(nearest('ab', ['ad', 'ac'])).toBe('ad');
  });
});
