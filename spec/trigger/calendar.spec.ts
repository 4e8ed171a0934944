// calendar: the wall time is kept, whatever clocks do; held against Temporal, which knows calendars and zones by itself.
import { describe, expect, it } from '@jest/globals';
import { Temporal } from '@js-temporal/polyfill';
import fc from '../support/properties.js';
import { InvalidArgumentError, calendar } from '../../src/index.js';
import type { CalendarTrigger } from '../../src/task/trigger.js';
import { ruleOf } from '../../src/trigger/trigger.js';

function ticksOf(trigger: CalendarTrigger, anchor: number, count: number): readonly string[] {
  const rule = ruleOf(trigger);
  const ticks: string[] = [];
  for (let at = rule.next(trigger, anchor - 1, { id: 'task', anchor }); at !== null && ticks.length < count; at = rule.next(trigger, at, { id: 'task', anchor })) ticks.push(new Date(at).toISOString());
  return ticks;
}

describe('calendar', () => {
  it('keeps the time of day when clocks are changed', () => {
    expect(ticksOf(calendar({ days: 1 }, { timeZone: 'Europe/Berlin' }), Date.parse('2026-03-28T08:00:00Z'), 3))
      .toEqual(['2026-03-28T08:00:00.000Z', '2026-03-29T07:00:00.000Z', '2026-03-30T07:00:00.000Z']);
  });

  it('counts months from the first tick, so the end of a short month is no new anchor', () => {
    expect(ticksOf(calendar({ months: 1 }, { timeZone: 'UTC' }), Date.parse('2027-01-31T10:00:00Z'), 4))
      .toEqual(['2027-01-31T10:00:00.000Z', '2027-02-28T10:00:00.000Z', '2027-03-31T10:00:00.000Z', '2027-04-30T10:00:00.000Z']);
  });

  it('is due at the first moment after a time that is skipped, and the first time at one that comes twice', () => {
    expect(ticksOf(calendar({ days: 1 }, { timeZone: 'America/New_York' }), Date.parse('2026-03-07T07:30:00Z'), 3))
      .toEqual(['2026-03-07T07:30:00.000Z', '2026-03-08T07:00:00.000Z', '2026-03-09T06:30:00.000Z']);
    expect(ticksOf(calendar({ days: 1 }, { timeZone: 'America/New_York' }), Date.parse('2026-10-31T05:30:00Z'), 3))
      .toEqual(['2026-10-31T05:30:00.000Z', '2026-11-01T05:30:00.000Z', '2026-11-02T06:30:00.000Z']);
  });

  it('comes to the instants that Temporal adds up to', () => {
    const zones = fc.constantFrom('UTC', 'America/New_York', 'Australia/Lord_Howe', 'America/Sao_Paulo', 'Africa/Cairo', 'Pacific/Chatham', 'Asia/Kathmandu', 'Africa/Monrovia');
    const deltas = fc.record({ years: fc.nat({ max: 2 }), months: fc.nat({ max: 14 }), weeks: fc.nat({ max: 3 }), days: fc.nat({ max: 40 }) })
      .filter(({ years, months, weeks, days }) => years + months + weeks + days > 0);
    fc.assert(fc.property(zones, deltas, fc.integer({ min: 0, max: 2e12 }), fc.integer({ min: 1, max: 30 }), (timeZone, delta, anchor, k) => {
      const start = Temporal.Instant.fromEpochMilliseconds(anchor).toZonedDateTimeISO(timeZone);
      const wall = start.toPlainDateTime()
        .add({ months: k * (12 * delta.years + delta.months), days: k * (7 * delta.weeks + delta.days) });
      // Temporal's own answer to a skipped time lies behind the gap by as much as the time lay in it; ours is where the gap ends.
      const due = wall.toZonedDateTime(timeZone).toPlainDateTime().equals(wall)
        ? wall.toZonedDateTime(timeZone)
        : wall.toZonedDateTime(timeZone, { disambiguation: 'earlier' }).getTimeZoneTransition('next')!;
      const trigger = calendar(delta, { timeZone });
      const context = { id: 'task', anchor };
      expect(ruleOf(trigger).last(trigger, due.epochMilliseconds, context)).toBe(due.epochMilliseconds);
      expect(ruleOf(trigger).count(trigger, anchor, due.epochMilliseconds, context)).toBe(k + 1);
    }), { numRuns: 500 });
  });

  it.each([
    [{}, 'at least a day'], [{ days: 0 }, 'at least a day'], [{ days: 1.5 }, 'calendar(delta).days needs a whole number of 0 or more; got 1.5'], [{ months: -1 }, 'got -1'],
    [{ hours: 1 }, 'every()'], ['1d', 'needs an object'], [undefined, 'needs an object'],
  ])('refuses %p at the call', (delta, why) => {
    expect(() => calendar(delta as object)).toThrow(InvalidArgumentError);
    expect(() => calendar(delta as object)).toThrow(why);
  });

  it('is plain frozen data: years are months, and weeks are days', () => {
    const trigger = calendar({ years: 1, months: 2, weeks: 1, days: 3 }, { timeZone: 'UTC', startAt: new Date(5) });
    expect(trigger).toStrictEqual({ kind: 'calendar', months: 14, days: 10, timeZone: 'UTC', startAt: 5 });
    expect(Object.isFrozen(trigger)).toBe(true);
  });
});
