import { describe, expect, it } from '@jest/globals';
import { Temporal } from '@js-temporal/polyfill';
import fc from '../support/properties.js';
import { durationMs, type DurationLike } from '../../src/task/duration.js';
import { InvalidArgumentError } from '../../src/task/errors.js';
import { thrownBy } from './fact.js';

const WAY_OUT = "Give milliseconds, '250ms', '1h 30m', 'PT5M', or { days, hours, minutes, seconds, milliseconds }.";

function refusal(duration: unknown): InvalidArgumentError {
  const error = thrownBy(() => durationMs(duration as DurationLike, 'timeout'));
  expect(error).toBeInstanceOf(InvalidArgumentError);
  const refused = error as InvalidArgumentError;
  expect([refused.code, refused.field]).toEqual(['INVALID_ARGUMENT', 'timeout']);
  expect(Object.is(refused.value, duration)).toBe(true);
  return refused;
}

describe('durationMs', () => {
  it.each<[DurationLike, number]>([
    [0, 0],
    [1, 1],
    [0.5, 0.5],
    [2 ** 31, 2 ** 31],
    ['0ms', 0],
    ['250ms', 250],
    ['1.5s', 1_500],
    ['5m', 300_000],
    ['1h 30m', 5_400_000],
    ['1h30m', 5_400_000],
    ['1d', 86_400_000],
    ['1d 2h 3m 4s 5ms', 93_784_005],
    ['30m 1h', 5_400_000],
    ['PT5M', 300_000],
    ['PT0.25S', 250],
    ['P1D', 86_400_000],
    ['P1DT2H3M4S', 93_784_000],
    ['PT36H', 129_600_000],
    ['P2W', 1_209_600_000],
    ['P1W1DT1S', 691_201_000],
    [{ seconds: 1 }, 1_000],
    [{ days: 1, hours: 2, minutes: 3, seconds: 4, milliseconds: 5 }, 93_784_005],
    [{ hours: 1.5 }, 5_400_000],
    [{ minutes: 0 }, 0],
    [{ seconds: 1, days: undefined } as never, 1_000],
    [Object.assign(Object.create(null) as object, { seconds: 2 }), 2_000],
    [{ total: () => 90_000 }, 90_000],
  ])('reads %j as %d ms', (duration, ms) => {
    expect(durationMs(duration, 'timeout')).toBe(ms);
  });

  it('reads a duration of Temporal, unless it has no fixed length', () => {
    expect(durationMs(Temporal.Duration.from({ hours: 1, minutes: 30 }), 'timeout')).toBe(5_400_000);
    expect(durationMs(Temporal.Duration.from('P2DT0.25S'), 'timeout')).toBe(172_800_250);
    expect(refusal(Temporal.Duration.from({ months: 1 })).message).toContain("timeout needs a duration of fixed length; its total('milliseconds') threw: ");
  });

  it('asks a duration of Temporal for its milliseconds', () => {
    const asked: string[] = [];
    const duration = { seconds: 1, total(unit: string) { asked.push(unit); return 1_000; } };
    expect(durationMs(duration, 'timeout')).toBe(1_000);
    expect(asked).toEqual(['milliseconds']);
  });

  it('means by a decimal fraction the milliseconds that it says', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 1_000_000_000 }), (ms) => {
      const seconds = `${Math.floor(ms / 1_000)}.${String(ms % 1_000).padStart(3, '0')}`;
      expect(durationMs(`${seconds}s`, 'timeout')).toBe(ms);
      expect(durationMs(`PT${seconds}S`, 'timeout')).toBe(ms);
      expect(durationMs({ seconds: Number(seconds) }, 'timeout')).toBe(ms);
    }), { examples: [[1_001], [1_005], [32_823]] });
  });

  it('adds up whole parts exactly, in text and in an object', () => {
    const part = fc.nat({ max: 999 });
    fc.assert(fc.property(part, part, part, part, part, (days, hours, minutes, seconds, milliseconds) => {
      const ms = (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000 + milliseconds;
      expect(durationMs({ days, hours, minutes, seconds, milliseconds }, 'timeout')).toBe(ms);
      expect(durationMs(`${days}d ${hours}h ${minutes}m ${seconds}s ${milliseconds}ms`, 'timeout')).toBe(ms);
      expect(durationMs(`P${days}DT${hours}H${minutes}M${seconds}S`, 'timeout')).toBe(ms - milliseconds);
    }));
  });

  it.each([
    ['100', `timeout can't be read as a duration; got "100". A bare number in a text has no unit. ${WAY_OUT}`],
    [' 100 ', `timeout can't be read as a duration; got " 100 ". A bare number in a text has no unit. ${WAY_OUT}`],
    ['1h 30x', `timeout can't be read as a duration; got "1h 30x". Its part "30x" is none. ${WAY_OUT}`],
    ['1h  30m', `timeout can't be read as a duration; got "1h  30m". Did you mean '1h 30m'? ${WAY_OUT}`],
    ['1 hour', `timeout can't be read as a duration; got "1 hour". Did you mean '1h'? ${WAY_OUT}`],
    ['1h; 30m', `timeout can't be read as a duration; got "1h; 30m". Its part "; 30m" is none. ${WAY_OUT}`],
    ['P1M', `timeout can't be read as a duration; got "P1M". Its part "1M" has no fixed length. ${WAY_OUT}`],
    ['P2Y3D', `timeout can't be read as a duration; got "P2Y3D". Its part "2Y" has no fixed length. ${WAY_OUT}`],
    ['5 parsecs', `timeout can't be read as a duration; got "5 parsecs". ${WAY_OUT}`],
    [NaN, `timeout needs a finite duration of 0 ms or more; got NaN. ${WAY_OUT}`],
    [Infinity, `timeout needs a finite duration of 0 ms or more; got Infinity. ${WAY_OUT}`],
    [-Infinity, `timeout needs a finite duration of 0 ms or more; got -Infinity. ${WAY_OUT}`],
    [-5, `timeout needs a finite duration of 0 ms or more; got -5. ${WAY_OUT}`],
    [{ seconds: -1 }, `timeout needs a finite duration of 0 ms or more; got an object { seconds }. ${WAY_OUT}`],
    [undefined, `timeout needs a duration; got undefined. ${WAY_OUT}`],
    [null, `timeout needs a duration; got null. ${WAY_OUT}`],
    [true, `timeout needs a duration; got true. ${WAY_OUT}`],
    [5n, `timeout needs a duration; got 5n. ${WAY_OUT}`],
    [Symbol('soon'), `timeout needs a duration; got Symbol(soon). ${WAY_OUT}`],
    [() => 5, `timeout needs a duration; got a function. ${WAY_OUT}`],
    [{}, `timeout needs a duration; got an object without a part. ${WAY_OUT}`],
    [{ months: 1 }, `timeout has a part "months", which has no fixed length. ${WAY_OUT}`],
    [{ days: 1, years: 2 }, `timeout has a part "years", which has no fixed length. ${WAY_OUT}`],
    [{ second: 1 }, `timeout has a part "second". ${WAY_OUT}`],
    [[5], `timeout has a part "0". ${WAY_OUT}`],
    [{ constructor: 1 }, `timeout has a part "constructor". ${WAY_OUT}`],
    [JSON.parse('{ "__proto__": 1 }'), `timeout has a part "__proto__". ${WAY_OUT}`],
    [{ seconds: '5' }, 'timeout.seconds needs a finite number; got "5".'],
    [{ seconds: NaN }, 'timeout.seconds needs a finite number; got NaN.'],
    [{ hours: Infinity }, 'timeout.hours needs a finite number; got Infinity.'],
    [{ hours: null }, 'timeout.hours needs a finite number; got null.'],
  ])('refuses %p and says why', (duration: unknown, message) => {
    expect(refusal(duration).message).toBe(message);
  });

  it.each([
    '', ' ', 'ms', '5', '-5s', '+5s', '5 s', '1h  30m', ' 5s', '5s ', '5s\n', '5sec', '5S', '1e3ms', '.5s', '5.s', '1,5s', '0x10ms', '٥s', 'Infinityms', 'NaN',
    'P', 'PT', 'P1', 'P1DT', 'p1d', '-PT5M', 'P-1D', 'PT5M ', 'P1.5', 'PT5', `${'9'.repeat(400)}ms`,
  ])('refuses the text %j', (text) => {
    expect(refusal(text).message).toContain(WAY_OUT);
  });

  it('guesses only what it reads', () => {
    const amount = fc.oneof(fc.nat({ max: 1_000 }).map(String), fc.nat({ max: 1_000 }).map((n) => `${n}.5`));
    const unit = fc.constantFrom('ms', 'msec', 'milliseconds', 's', 'sec', 'seconds', 'm', 'min', 'minute', 'h', 'hrs', 'hour', 'd', 'days', 'w', 'weeks', 'W');
    const gap = fc.constantFrom('', ' ', '  ');
    const between = fc.constantFrom(' ', ', ', ' and ', ',', '');
    const ms = { m: 60_000, s: 1_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
    fc.assert(fc.property(fc.array(fc.tuple(amount, gap, unit, between), { minLength: 1, maxLength: 4 }), (parts) => {
      const text = parts.map(([n, blank, name, next], i) => `${n}${blank}${name}${i === parts.length - 1 ? '' : next}`).join('');
      const meant = parts.reduce((sum, [n, , name]) => sum + Number(n) * (/^(ms|milli)/.test(name) ? 1 : ms[name.charAt(0).toLowerCase() as keyof typeof ms]), 0);
      let guess: string | undefined = text;
      try {
        durationMs(text, 'timeout');
      } catch (error) {
        guess = /Did you mean '(.*)'\?/.exec((error as Error).message)?.[1];
      }
      // Beyond 2^53 millionths of a ms, the last digits are lost.
      expect(Math.abs(durationMs(guess ?? 'nothing', 'timeout') - meant)).toBeLessThanOrEqual(meant * 1e-9);
    }));
  });

  it.each([new Date(5), new Map([['seconds', 5]]), { seconds: undefined }, Object.create({ seconds: 5 })])('refuses an object in which nothing is said', (duration: unknown) => {
    expect(refusal(duration).message).toBe(`timeout needs a duration; got an object without a part. ${WAY_OUT}`);
  });

  it.each([NaN, Infinity, -1, '100', 5n, undefined, null])('refuses a total() that gives %p', (total) => {
    expect(refusal({ total: () => total }).message).toContain('timeout needs a finite duration of 0 ms or more; got an object { total }.');
  });

  it('refuses a total() that throws, as that of months does, and keeps the cause', () => {
    const cause = new RangeError('A starting point is required for months total');
    const error = refusal({ total() { throw cause; } });
    expect(error.message).toBe(
      `timeout needs a duration of fixed length; its total('milliseconds') threw: A starting point is required for months total. ${WAY_OUT}`);
    expect(error.cause).toBe(cause);
  });

  it.each([
    ['a part', { get seconds() { throw new Error('trap'); } }],
    ['its total', { get total() { throw new Error('trap'); } }],
    ['anything', Proxy.revocable({}, {})],
  ])('refuses an object that throws when one asks it for %s', (_what, hostile) => {
    if ('revoke' in hostile) hostile.revoke();
    refusal('proxy' in hostile ? hostile.proxy : hostile);
  });

  it('decides: parts may be negative as long as the whole is not', () => {
    expect(durationMs({ hours: 1, minutes: -15 }, 'timeout')).toBe(2_700_000);
  });

  it('reads a long text that is no duration in no time', () => {
    refusal(`${'1m'.repeat(50_000)}!`);
  });
});
