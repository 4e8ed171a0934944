import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { Temporal } from '@js-temporal/polyfill';
import { InvalidArgumentError } from '../../src/task/errors.js';
import { instantMs, type InstantLike } from '../../src/task/instant.js';
import { thrownBy } from './fact.js';

const LAST_INSTANT = 8.64e15;

function refusal(instant: unknown): InvalidArgumentError {
  const error = thrownBy(() => instantMs(instant as InstantLike, 'until'));
  expect(error).toBeInstanceOf(InvalidArgumentError);
  const refused = error as InvalidArgumentError;
  expect([refused.code, refused.field]).toEqual(['INVALID_ARGUMENT', 'until']);
  expect(Object.is(refused.value, instant)).toBe(true);
  return refused;
}

describe('instantMs', () => {
  it.each<[string, InstantLike, number]>([
    ['epoch milliseconds', 1_700_000_000_000, 1_700_000_000_000],
    ['the epoch', 0, 0],
    ['a fraction of a millisecond', 1.5, 1.5],
    ['the last instant there is', LAST_INSTANT, LAST_INSTANT],
    ['a Date', new Date('2027-01-01T09:00:00Z'), 1_798_794_000_000],
    ['the last Date there is', new Date(LAST_INSTANT), LAST_INSTANT],
    ['a Date of another realm', runInNewContext('new Date(1234)') as Date, 1234],
    ['a text with an offset', '2027-01-01T10:00+01:00', 1_798_794_000_000],
    ['an Instant of Temporal', Temporal.Instant.from('2027-01-01T09:00Z'), 1_798_794_000_000],
    ['a ZonedDateTime of Temporal', Temporal.ZonedDateTime.from('2027-01-01T10:00[Europe/Berlin]'), 1_798_794_000_000],
    ['what looks like an Instant of Temporal', { epochMilliseconds: 1234 }, 1234],
    ['what looks like a ZonedDateTime', Object.create({ get epochMilliseconds() { return 1234; } }) as { epochMilliseconds: number }, 1234],
  ])('reads %s', (_what, instant, ms) => {
    expect(instantMs(instant, 'until')).toBe(ms);
  });

  it.each<[unknown, string]>([
    [NaN, 'NaN'],
    [Infinity, 'Infinity'],
    [-1, '-1'],
    [LAST_INSTANT + 1, '8640000000000001'],
    [new Date(NaN), 'Invalid Date'],
    [new Date(-1), '1969-12-31T23:59:59.999Z'],
    [100n, '100n'],
    [true, 'true'],
    [undefined, 'undefined'],
    [null, 'null'],
    [() => 5, 'a function'],
    [{}, 'an object'],
    [[5], 'an array of 1'],
    [{ epochMilliseconds: '100' }, 'an object { epochMilliseconds }'],
    [{ epochMilliseconds: 100n }, 'an object { epochMilliseconds }'],
    [{ epochMilliseconds: undefined }, 'an object { epochMilliseconds }'],
    [{ epochMilliseconds: NaN }, 'an object { epochMilliseconds }'],
    [{ getTime: () => 5 }, 'an object { getTime }'],
    [runInNewContext('new Date(NaN)'), 'Invalid Date'],
  ])('refuses %p and says why', (instant, shown) => {
    expect(refusal(instant).message).toBe(
      `until needs a valid instant, 1970 or later; got ${shown}. Give a Date, epoch milliseconds, ISO 8601 with an offset, or a Temporal instant.`);
  });

  it.each([Temporal.PlainDateTime.from('2027-01-01T09:00'), Temporal.PlainDate.from('2027-01-01')])('says of %s, which has no time zone, that it needs one', (plain) => {
    expect(refusal(plain).message).toContain('It has no time zone, so it is another instant in each: call its toZonedDateTime() first.');
  });

  it.each([
    ['throws when it is asked', { get epochMilliseconds() { throw new Error('trap'); } }],
    ['calls itself a Date and is none', { [Symbol.toStringTag]: 'Date' }],
    ['is a revoked proxy', Proxy.revocable({}, {})],
  ])('refuses an object that %s', (_what, hostile) => {
    if ('revoke' in hostile) hostile.revoke();
    refusal('proxy' in hostile ? hostile.proxy : hostile);
  });
});
