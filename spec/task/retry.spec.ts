import { describe, expect, it } from '@jest/globals';
import fc from '../support/properties.js';
import { InvalidArgumentError } from '../../src/task/errors.js';
import { DoNotRetry, RetryAfter, causeOf } from '../../src/task/retry-errors.js';
import { checkRetry, retryDelay, retryFunctionsOf, retryPolicyOf, type RetryPolicy } from '../../src/task/retry.js';

const policyOf = (retry: unknown): RetryPolicy => retryPolicyOf(checkRetry(retry, 'retry'));

describe('checkRetry', () => {
  it('takes a number for the number of attempts', () => {
    expect(policyOf(3)).toEqual({ maxAttempts: 3, backoff: 'exponential', delay: 1_000, maxDelay: 3_600_000, jitter: 'none' });
  });

  it('keeps functions apart from the policy, which is plain frozen data', () => {
    const [backoff, retryIf] = [() => 5, () => true];
    const checked = checkRetry({ maxAttempts: 2, backoff, retryIf, maxDelay: '1m', jitter: 'full' }, 'retry');
    expect(retryPolicyOf(checked)).toEqual({ maxAttempts: 2, backoff: 'computed', delay: 0, maxDelay: 60_000, jitter: 'full' });
    expect(retryFunctionsOf(checked)).toEqual({ backoff, retryIf });
    expect(Object.isFrozen(retryPolicyOf(checked))).toBe(true);
    expect(retryFunctionsOf(checkRetry({ maxAttempts: 2, backoff: 'fixed' }, 'retry'))).toBeUndefined();
  });

  it.each([3, { maxAttempts: 2, backoff: () => 1, retryIf: () => true }, { maxAttempts: 2, delay: '5s', jitter: 'equal' }])('gives what passes the check again, and stays the same: %j', (retry) => {
    const checked = checkRetry(retry, 'retry');
    expect(checkRetry(checked, 'retry')).toEqual(checked);
  });

  it.each([
    [0, 'retry.maxAttempts needs a whole number of at least 1, or Infinity; got 0.'],
    [1.5, 'retry.maxAttempts needs a whole number of at least 1, or Infinity; got 1.5.'],
    [{}, 'retry.maxAttempts needs a whole number of at least 1, or Infinity; got undefined.'],
    ['3', 'retry needs an object; got "3".'],
    [null, 'retry needs an object; got null.'],
    [{ maxAttempts: 2, backoff: 'linear' }, `retry.backoff needs one of 'fixed', 'exponential'; got "linear".`],
    [{ maxAttempts: 2, delay: -1 }, 'retry.delay needs a finite duration of 0 ms or more; got -1.'],
    [{ maxAttempts: 2, maxDelay: 'x' }, 'retry.maxDelay can\'t be read as a duration; got "x".'],
    [{ maxAttempts: 2, jitter: 'some' }, "retry.jitter needs one of 'none', 'full', 'equal'; got \"some\"."],
    [{ maxAttempts: 2, retryIf: true }, 'retry.retryIf needs a function; got true.'],
    [{ maxAttempts: 2, backoff: () => 1, delay: 5 }, 'retry.delay has no effect when backoff is a function.'],
    [{ attempts: 2 }, '"attempts" is not an option of retry.'],
  ])('refuses %j', (retry, message) => {
    expect(() => checkRetry(retry, 'retry')).toThrow(InvalidArgumentError);
    expect(() => checkRetry(retry, 'retry')).toThrow(message);
  });
});

describe('retryDelay', () => {
  const never = (): number => { throw new Error('no chance was to be asked for'); };

  it.each<[Partial<RetryPolicy>, readonly number[]]>([
    [{}, [100, 200, 400, 800, 1_000, 1_000]],
    [{ backoff: 'fixed' }, [100, 100, 100]],
    [{ delay: 0 }, [0, 0, 0]],
    [{ maxDelay: 50 }, [50, 50]],
    [{ backoff: 'computed' }, [7, 7]],
    [{ backoff: 'computed', maxDelay: 5 }, [5, 5]],
  ])('waits, with %j, for %j', (policy, delays) => {
    const whole: RetryPolicy = { maxAttempts: 9, backoff: 'exponential', delay: 100, maxDelay: 1_000, jitter: 'none', ...policy };
    expect(delays.map((_, i) => retryDelay(whole, i + 1, 7, never))).toEqual(delays);
  });

  it('never overflows: after a thousand attempts it waits for maxDelay', () => {
    expect(retryDelay(policyOf(Infinity), 5_000, 0, never)).toBe(3_600_000);
  });

  it('leaves all of a wait to chance, or half of it', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 30 }), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (attempt, chance) => {
      const wait = retryDelay(policyOf(99), attempt, 0, never);
      expect(retryDelay(policyOf({ maxAttempts: 99, jitter: 'full' }), attempt, 0, () => chance)).toBe(chance * wait);
      const equal = retryDelay(policyOf({ maxAttempts: 99, jitter: 'equal' }), attempt, 0, () => chance);
      expect(equal).toBeGreaterThanOrEqual(wait / 2);
      expect(equal).toBeLessThanOrEqual(wait);
    }));
  });
});

describe('RetryAfter and DoNotRetry', () => {
  it('stand for what they were made of', () => {
    const cause = new TypeError('x');
    expect(causeOf(new DoNotRetry(cause))).toBe(cause);
    expect(causeOf(new RetryAfter('1s', { cause }))).toBe(cause);
    expect(causeOf(new DoNotRetry('no')).message).toBe('Work threw "no", which is no Error. Throw an Error to keep its stack.');
    const [bare, after] = [new DoNotRetry(), new RetryAfter('1s')];
    expect([causeOf(bare), causeOf(after), causeOf(cause)]).toEqual([bare, after, cause]);
    expect([bare.message, after.message, after.delay, bare.code, after.code]).toEqual(['The work asks not to be tried again.', 'The work asks to be tried again after 1000 ms.', 1_000, 'DO_NOT_RETRY', 'RETRY_AFTER']);
  });

  it('refuses a time that is none', () => {
    expect(() => new RetryAfter('soon')).toThrow(`RetryAfter(delay) can't be read as a duration; got "soon".`);
  });
});
