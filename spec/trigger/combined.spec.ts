// anyOf and except: triggers made of others.
import { describe, expect, it } from '@jest/globals';
import { InvalidArgumentError, after, anyOf, calendar, cron, every, except, once, type Trigger } from '../../src/index.js';
import { checkTrigger, ruleOf } from '../../src/trigger/trigger.js';

const NEW_YEAR = Date.parse('2027-01-01T00:00Z');
const DAY = 86_400_000;

/** The ticks from new year on, as text that leaves out what they share. */
function ticksOf(trigger: Trigger, count: number, anchor = NEW_YEAR): readonly string[] {
  const ticks: string[] = [];
  const rule = ruleOf(trigger);
  const context = { id: 'task', anchor };
  for (let at = rule.next(trigger, anchor - 1, context); at !== null && ticks.length < count; at = rule.next(trigger, at, context)) ticks.push(new Date(at).toISOString().slice(5, 16));
  return ticks;
}

describe('anyOf', () => {
  it('is due whenever one of its triggers is, and once where they agree', () => {
    const trigger = anyOf(cron('0 */8 * * *', { timeZone: 'UTC' }), cron('0 */12 * * *', { timeZone: 'UTC' }), once(NEW_YEAR + 1.5 * 3_600_000));
    expect(ticksOf(trigger, 6)).toEqual(['01-01T00:00', '01-01T01:30', '01-01T08:00', '01-01T12:00', '01-01T16:00', '01-02T00:00']);
  });

  it('lets each trigger begin with its own startAt', () => {
    expect(ticksOf(anyOf(every('8h', { startAt: NEW_YEAR + 3_600_000 }), every('12h')), 5)).toEqual(['01-01T00:00', '01-01T01:00', '01-01T09:00', '01-01T12:00', '01-01T17:00']);
  });

  it('ends with the last of its triggers', () => {
    expect(ticksOf(anyOf(once(NEW_YEAR + DAY), once(NEW_YEAR + 2 * DAY)), 5)).toEqual(['01-02T00:00', '01-03T00:00']);
  });

  it.each<[() => unknown, string]>([
    [() => anyOf(), 'anyOf() needs at least one trigger'],
    [() => anyOf(5 as never), 'anyOf(triggers[0]) needs a trigger by time'],
    [() => anyOf(every(5), after(5)), 'anyOf(triggers[1]) needs a trigger that is due by the wall clock; after() counts'],
    [() => anyOf(every(5, { mode: 'fixedDelay' })), "every() in the mode 'fixedDelay' counts"],
  ])('refuses what is none, or has no instants by itself (%#)', (call, why) => {
    expect(call).toThrow(InvalidArgumentError);
    expect(call).toThrow(why);
  });
});

describe('except', () => {
  const daily = cron('0 9 * * *', { timeZone: 'UTC' });

  it('leaves out days of the calendar, whole', () => {
    expect(ticksOf(except(every('12h'), ['2027-01-02', '2027-01-03'], { timeZone: 'UTC' }), 4)).toEqual(['01-01T00:00', '01-01T12:00', '01-04T00:00', '01-04T12:00']);
  });

  it('reads the days in its time zone', () => {
    // 2 January in Tokyo is from 3 pm on 1 January to 3 pm on the second, by UTC.
    expect(ticksOf(except(every('6h'), ['2027-01-02'], { timeZone: 'Asia/Tokyo' }), 4)).toEqual(['01-01T00:00', '01-01T06:00', '01-01T12:00', '01-02T18:00']);
  });

  it('decides: the days are those of the zone of its trigger, if that has one', () => {
    const early = cron('30 0 * * *', { timeZone: 'Asia/Tokyo' });
    expect(except(early, ['2027-01-02'])).toMatchObject({ timeZone: 'Asia/Tokyo' });
    expect(ticksOf(except(early, ['2027-01-02']), 2)).toEqual(['01-02T15:30', '01-03T15:30']);
    expect(except(except(anyOf(early, calendar({ days: 1 }, { timeZone: 'Asia/Tokyo' })), [0]), ['2027-01-02'])).toMatchObject({ timeZone: 'Asia/Tokyo' });
    // What has none, or more than one, leaves it to the machine.
    expect(except(every('1h'), ['2027-01-02'])).toMatchObject({ timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone });
    expect(except(anyOf(early, daily), ['2027-01-02'])).toMatchObject({ timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone });
    expect(except(early, ['2027-01-02'], { timeZone: 'UTC' })).toMatchObject({ timeZone: 'UTC' });
  });

  it('leaves out instants', () => {
    expect(ticksOf(except(daily, [new Date('2027-01-02T09:00Z'), Date.parse('2027-01-03T09:00Z') + 1]), 3)).toEqual(['01-01T09:00', '01-03T09:00', '01-04T09:00']);
  });

  it('leaves out the ticks of another trigger', () => {
    expect(ticksOf(except(daily, cron('* * * * SAT,SUN', { timeZone: 'UTC' })), 3)).toEqual(['01-01T09:00', '01-04T09:00', '01-05T09:00']);
    expect(ticksOf(except(daily, calendar({ days: 2 }, { timeZone: 'UTC', startAt: NEW_YEAR + 9 * 3_600_000 })), 3)).toEqual(['01-02T09:00', '01-04T09:00', '01-06T09:00']);
  });

  it('never comes when all is excepted', () => {
    expect(ticksOf(except(daily, daily), 1)).toEqual([]);
  });

  it('counts what is left by arithmetic, however often it is due', () => {
    const trigger = except(every(1), ['2027-01-02', '2027-01-02', '2028-01-01'], { timeZone: 'UTC' });
    expect(ruleOf(trigger).count(trigger, NEW_YEAR, NEW_YEAR + 3 * DAY - 1, { id: 'task', anchor: NEW_YEAR })).toBe(2 * DAY);
  });

  it.each<[() => unknown, string]>([
    [() => except(5 as never, []), 'except(trigger) needs a trigger by time'],
    [() => except(every(5), 5 as never), 'except(exceptions) needs a trigger by time'],
    [() => except(every(5), ['2027-02-30']), `except(dates) needs days of the calendar, as '2027-12-25', 1970 or later, or instants; got "2027-02-30"`],
    [() => except(every(5), ['2027-1-1']), 'got "2027-1-1"'],
    [() => except(every(5), ['1969-12-31']), 'got "1969-12-31"'],
    [() => except(every(5), [new Date(NaN)]), 'except(dates) needs a valid instant'],
    [() => except(every(5), after(5)), 'after() counts'],
    [() => except(every(5), [], { timeZone: 'X' }), 'except(options).timeZone needs the IANA name'],
  ])('refuses what is no exception (%#)', (call, why) => {
    expect(call).toThrow(InvalidArgumentError);
    expect(call).toThrow(why);
  });
});

describe('except, on days that are none as others are', () => {
  it('leaves out a day whole, though clocks were set back across its midnight', () => {
    // In St John's it was 00:01 on 7 November 2010, and then 23:01 on the sixth.
    const trigger = except(every('10m'), ['2010-11-06'], { timeZone: 'America/St_Johns' });
    const [rule, context] = [ruleOf(trigger), { id: 'task', anchor: Date.parse('2010-11-06T12:00Z') }];
    const ticks: number[] = [];
    for (let at = rule.next(trigger, context.anchor - 1, context)!; ticks.length < 300; at = rule.next(trigger, at, context)!) ticks.push(at);
    const day = new Intl.DateTimeFormat('sv-SE', { timeZone: 'America/St_Johns' });
    expect(ticks.every((at, i) => i === 0 || at > ticks[i - 1]!)).toBe(true);
    expect(ticks.filter((at) => day.format(at) === '2010-11-06')).toEqual([]);
    expect(ticks[0]).toBe(Date.parse('2010-11-07T02:30Z'));
    expect(rule.count(trigger, context.anchor, ticks.at(-1)!, context)).toBe(ticks.length);
  });

  it('leaves out nothing for a day that never was', () => {
    const trigger = except(every('1h'), ['2011-12-30'], { timeZone: 'Pacific/Apia' });
    const [from, to] = [Date.parse('2011-12-29T00:00Z'), Date.parse('2012-01-01T00:00Z')];
    expect(ruleOf(trigger).count(trigger, from, to, { id: 'task', anchor: from })).toBe(73);
    expect(ticksOf(trigger, 73, from).at(-1)).toBe('01-01T00:00');
  });
});

describe('what counts the ticks of several triggers', () => {
  it('walks only those that are due less often: 2,592 million one by one would take an hour', () => {
    const daily = cron('0 9 * * *', { timeZone: 'UTC' });
    const context = { id: 'task', anchor: NEW_YEAR };
    for (const [trigger, count] of [[anyOf(daily, every(1)), 30 * DAY], [except(every(1), daily), 30 * DAY - 30]] as const) {
      expect(ruleOf(trigger).count(trigger, NEW_YEAR, NEW_YEAR + 30 * DAY - 1, context)).toBe(count);
    }
  });
});

describe('triggers far out', () => {
  it.each<[string, Trigger]>([
    ['a calendar of a million years', calendar({ years: 1_000_000 }, { timeZone: 'UTC' })],
    ['a calendar of more days than can be counted', calendar({ days: Number.MAX_SAFE_INTEGER }, { timeZone: 'UTC' })],
    ['exceptions to what is due beyond all dates', except(every(1e16), ['2027-01-01'], { timeZone: 'UTC' })],
  ])('are due at the call, and then no more: %s', (_what, trigger) => {
    const [rule, context] = [ruleOf(trigger), { id: 'task', anchor: NEW_YEAR + DAY }];
    expect(rule.next(trigger, context.anchor - 1, context)).toBe(context.anchor);
    const next = rule.next(trigger, context.anchor, context);
    expect(next === null || next > 8.64e15).toBe(true);
    expect(rule.last(trigger, context.anchor + 1_000 * DAY, context)).toBe(context.anchor);
  });

  it('take the last Date there is for an instant like any other', () => {
    const last = 8.64e15;
    for (const trigger of [calendar({ days: 1 }, { timeZone: 'UTC', startAt: last }), except(once(last), ['2027-01-01'], { timeZone: 'Asia/Tokyo' })]) {
      expect(ruleOf(trigger).next(trigger, last - 1e6, { id: 'task', anchor: last })).toBe(last);
    }
  });

  it('of cron end with the year 2999, as croner ends there: forward, backward and counted', () => {
    const [trigger, end] = [cron('* * * * * *', { timeZone: 'UTC' }), Date.UTC(3000, 0, 1)];
    const [rule, context] = [ruleOf(trigger), { id: 'task', anchor: end - 10_000 }];
    expect(rule.next(trigger, end - 2_000, context)).toBe(end - 1_000);
    expect(rule.next(trigger, end - 1_000, context)).toBeNull();
    expect(rule.last(trigger, end + 3 * DAY, context)).toBe(end - 1_000);
    expect(rule.count(trigger, end - 3_000, end + DAY, context)).toBe(3);
  });
});

describe('triggers written by hand', () => {
  it('that hold themselves are refused', () => {
    const cyclic: { kind: string; triggers: unknown[] } = { kind: 'anyOf', triggers: [] };
    cyclic.triggers.push(cyclic);
    expect(() => checkTrigger(cyclic)).toThrow('is the 50th trigger within another, which is too deep.');
  });

  it('with a text for a list of days are refused', () => {
    expect(() => checkTrigger({ kind: 'except', trigger: every(5), days: '2027-01-01' })).toThrow('except(dates) needs an array; got "2027-01-01".');
  });
});
