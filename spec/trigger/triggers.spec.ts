import { describe, expect, it } from '@jest/globals';
import { InvalidArgumentError } from '../../src/task/errors.js';
import type { Trigger } from '../../src/task/trigger.js';
import { after, anyOf, calendar, cron, every, except, once } from '../../src/trigger/index.js';
import { checkTrigger, ruleOf, sameTrigger } from '../../src/trigger/trigger.js';
import { thrownBy } from '../task/fact.js';

describe('once', () => {
  it.each([
    [once(1_700_000_000_000), 1_700_000_000_000],
    [once(new Date('2027-01-01T09:00:00Z')), 1_798_794_000_000],
    [once({ epochMilliseconds: 5 }), 5],
    [once(0), 0],
  ])('is plain, frozen data: %j', (trigger, at) => {
    expect(trigger).toStrictEqual({ kind: 'once', at });
    expect(Object.isFrozen(trigger)).toBe(true);
  });

  it('keeps no hold on the Date that it was given', () => {
    const at = new Date(5);
    const trigger = once(at);
    at.setTime(6);
    expect(trigger.at).toBe(5);
  });
});

describe('after', () => {
  it.each([[after(0), 0], [after('2s'), 2_000], [after({ days: 365 }), 31_536_000_000], [after(0.5), 0.5]])('is plain, frozen data: %j', (trigger, delay) => {
    expect(trigger).toStrictEqual({ kind: 'after', delay });
    expect(Object.isFrozen(trigger)).toBe(true);
  });
});

describe('every', () => {
  it.each([[every(1), 1], [every('100ms'), 100], [every({ seconds: 5 }), 5_000], [every('PT5M'), 300_000], [every(1.5), 1.5]])('is plain, frozen data: %j', (trigger, interval) => {
    expect(trigger).toStrictEqual({ kind: 'every', interval });
    expect(Object.isFrozen(trigger)).toBe(true);
  });

  it.each<[unknown, string]>([
    [0, '0'],
    [0.999, '0.999'],
    ['0s', '"0s"'],
    [{ milliseconds: 0.5 }, 'an object { milliseconds }'],
  ])('refuses an interval under 1 ms: %p', (interval, shown) => {
    const error = thrownBy(() => every(interval as number));
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(error).toMatchObject({ field: 'every(interval)', value: interval, message: `every() needs an interval of at least 1 ms; got ${shown}.` });
  });
});

describe.each<['once' | 'after' | 'every', string, (value: never) => Trigger, readonly unknown[]]>([
  ['once', 'once(at)', once, [NaN, Infinity, -1, new Date(NaN), '100', '2027-01-01', undefined, null, {}]],
  ['after', 'after(delay)', after, [NaN, Infinity, -1, '100', '5 parsecs', undefined, null, {}, { months: 1 }, new Date(5)]],
  ['every', 'every(interval)', every, [NaN, Infinity, -5, '100', '5 parsecs', undefined, null, {}, { months: 1 }, { years: 1 }, new Date(5)]],
])('%s', (name, field, make, values) => {
  it.each(values.map((value) => [value]))(`refuses %p, naming ${field}`, (value) => {
    const error = thrownBy(() => make(value as never));
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(Object.is((error as InvalidArgumentError).value, value)).toBe(true);
    expect((error as InvalidArgumentError).field).toBe(field);
    expect((error as InvalidArgumentError).message.startsWith(`${name}(`)).toBe(true);
  });
});

describe('checkTrigger', () => {
  it.each([
    once(5), after(5), every(5), every(5, { mode: 'fixedDelay', startAt: 7, jitter: 2 }), cron('@daily', { timeZone: 'UTC' }), calendar({ months: 1, days: 2 }, { startAt: 5 }),
    anyOf(every(5), cron('@daily')), except(every(5), ['2027-01-01', 5], { timeZone: 'UTC' }), except(every(5), every(10)),
  ])('makes %j anew, so that none can change it later', (trigger) => {
    const byHand = { ...trigger };
    const checked = checkTrigger(byHand);
    expect(checked).toStrictEqual(trigger);
    expect(checked).not.toBe(byHand);
    expect(Object.isFrozen(checked)).toBe(true);
  });

  it.each([
    undefined, null, 'every', 5, {}, [], { kind: 'daily' }, { kind: 'observable' }, { kind: 'constructor' }, { kind: '__proto__' }, { kind: 'toString' }, { kind: 5 },
  ])('knows that %j is none', (value) => {
    expect(checkTrigger(value)).toBeUndefined();
  });

  it.each<[unknown, string]>([
    [{ kind: 'every', interval: 0 }, 'every(interval)'],
    [{ kind: 'every', interval: '5' }, 'every(interval)'],
    [{ kind: 'every' }, 'every(interval)'],
    [{ kind: 'after', delay: -1 }, 'after(delay)'],
    [{ kind: 'once', at: NaN }, 'once(at)'],
    [{ kind: 'once' }, 'once(at)'],
    [{ kind: 'cron' }, 'cron(expression)'],
    [{ kind: 'cron', expression: '@daily', timeZone: 'X' }, 'cron(options).timeZone'],
    [{ kind: 'calendar' }, 'calendar(delta)'],
    [{ kind: 'calendar', months: 0, days: 0 }, 'calendar(delta)'],
    [{ kind: 'anyOf' }, 'anyOf(triggers)'],
    [{ kind: 'anyOf', triggers: {} }, 'anyOf(triggers)'],
    [{ kind: 'anyOf', triggers: [5] }, 'anyOf(triggers[0])'],
    [{ kind: 'except' }, 'except(trigger)'],
    [{ kind: 'except', trigger: every(5), unless: 5 }, 'except(exceptions)'],
    [{ kind: 'except', trigger: every(5), days: ['x'] }, 'except(dates)'],
  ])('refuses %j, naming %s', (value, field) => {
    expect(thrownBy(() => checkTrigger(value))).toMatchObject({ code: 'INVALID_ARGUMENT', field });
  });
});

describe('sameTrigger', () => {
  it.each<[Trigger, Trigger, boolean]>([
    [every(1_000), every('1s'), true],
    [once(5), once(new Date(5)), true],
    [after('1h'), after({ minutes: 60 }), true],
    [every(1_000), every(1_001), false],
    [once(5), once(6), false],
    [after(5), every(5), false],
    [every(5), { ...every(5), more: 1 } as Trigger, false],
    [{ ...every(5), more: 1 } as Trigger, every(5), false],
    [JSON.parse(JSON.stringify(every(5))) as Trigger, every(5), true],
    [every(5, { jitter: 1 }), every(5), false],
    [anyOf(every(5), once(6)), anyOf(every(5), once(6)), true],
    [anyOf(every(5), once(6)), anyOf(every(5), once(7)), false],
    [except(every(5), ['2027-01-01']), except(every(5), ['2027-01-01']), true],
    [except(every(5), ['2027-01-01']), except(every(5), ['2027-01-02']), false],
  ])('compares %j with %j: %p', (a, b, same) => {
    expect(sameTrigger(a, b)).toBe(same);
  });
});

describe('countsElapsedTime', () => {
  it('holds for what counts from a call or a run, and for nothing else', () => {
    const triggers = [once(5), after(5), every(5), every(5, { mode: 'fixedDelay' }), cron('@daily'), calendar({ days: 1 }), anyOf(every(5)), except(every(5), [])];
    expect(triggers.map((trigger) => ruleOf(trigger).countsElapsedTime)).toEqual([false, true, true, true, false, false, false, false]);
  });
});

describe('ruleOf', () => {
  it.each<[Trigger, number, number]>([[once(5_000), 0, 5_000], [after(5_000), 1_000, 6_000], [every(5_000), 1_000, 1_000]])('finds the rule of %j', (trigger, anchor, first) => {
    expect(ruleOf(trigger).next(trigger, anchor - 1, { id: 'task', anchor })).toBe(first);
  });
});
