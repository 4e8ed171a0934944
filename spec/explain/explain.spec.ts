// explain: a trigger's words, its ticks as data, and what may surprise.
import { describe, expect, it } from '@jest/globals';
import fc from '../support/properties.js';
import { Cron } from 'croner';
import { InvalidArgumentError, after, anyOf, calendar, cron, every, except, explain, formatExplanation, once, type Explanation, type Trigger } from '../../src/index.js';
import { anyCron } from '../support/any-cron.js';

const FROM = Date.parse('2026-11-26T07:28:00Z');
const BERLIN = { timeZone: 'Europe/Berlin' };

function codesOf(trigger: Trigger, options?: { readonly timeZone?: string }): readonly string[] {
  return explain(trigger, { from: FROM, ...options }).warnings.map(({ code }) => code);
}

function messageOf(trigger: Trigger, code: string, options?: { readonly timeZone?: string; readonly from?: number }): string | undefined {
  return explain(trigger, { from: FROM, ...options }).warnings.find((warning) => warning.code === code)?.message;
}

describe('explain', () => {
  it('tells the coming ticks as plain frozen data, in the zone of the trigger', () => {
    const explanation = explain(cron('0 9 * * MON-FRI', BERLIN), { from: FROM, count: 2 });
    expect(explanation).toStrictEqual({
      words: 'At 09:00, Monday to Friday, in Europe/Berlin', trigger: cron('0 9 * * MON-FRI', BERLIN), timeZone: 'Europe/Berlin', from: FROM,
      ticks: [
        { at: Date.parse('2026-11-26T08:00Z'), local: '2026-11-26 09:00:00 +01:00', inMs: 1_920_000 },
        { at: Date.parse('2026-11-27T08:00Z'), local: '2026-11-27 09:00:00 +01:00', inMs: 88_320_000 },
      ],
      further: 'some', warnings: [],
    } satisfies Explanation);
    expect([explanation, explanation.ticks, explanation.ticks[0], explanation.warnings].every(Object.isFrozen)).toBe(true);
    expect(JSON.parse(JSON.stringify(explanation))).toEqual(explanation);
  });

  it('tells five ticks from now on, unless asked otherwise', () => {
    const before = Date.now();
    const { from, ticks } = explain(every('1h'));
    expect(from).toBeGreaterThanOrEqual(before);
    expect(from).toBeLessThanOrEqual(Date.now());
    expect(ticks.map(({ inMs }) => inMs)).toEqual([0, 1, 2, 3, 4].map((hours) => hours * 3_600_000));
    expect(explain(every('1h'), { count: 1_000 }).ticks).toHaveLength(1_000);
  });

  it('shows local times in another zone when asked to', () => {
    expect(explain(cron('0 9 * * *', BERLIN), { from: FROM, count: 1, timeZone: 'Asia/Kathmandu' }).ticks[0]).toMatchObject({ local: '2026-11-26 13:45:00 +05:45' });
    expect(explain(once(0.5), { from: 0, timeZone: 'Africa/Monrovia' }).ticks[0]).toMatchObject({ at: 0.5, local: '1969-12-31 23:15:30 -00:44:30' });
  });

  it.each<[Trigger, string]>([
    [once(FROM + 250), 'Once, at 2026-11-26 07:28:00.250 +00:00'],
    [after(0), 'Once, as soon as it is scheduled'],
    [after('90s'), 'Once, 1 minute and 30 seconds after it is scheduled'],
    [every('1m'), 'Every minute'],
    [every('90m'), 'Every 1 hour and 30 minutes'],
    [every(1_500), 'Every 1 second and 500 ms'],
    [every(59_999.999_999_9), 'Every minute'],
    [every(0.1 + 0.2 + 999.7), 'Every second'],
    [every('1d'), 'Every 24 hours'],
    [every('P1W'), 'Every 7 days of 24 hours'],
    [every('5m', { startAt: FROM, jitter: '10s' }), 'Every 5 minutes, counted from 2026-11-26 07:28:00 +00:00, up to 10 seconds later each time'],
    [every('5m', { mode: 'fixedDelay' }), 'At once, and 5 minutes after the end of each run'],
    [every('5m', { mode: 'fixedDelay', startAt: FROM, jitter: 1 }), 'At 2026-11-26 07:28:00 +00:00, and 5 minutes after the end of each run, up to 1 ms later each time'],
    [calendar({ days: 1 }, BERLIN), 'Every day by the calendar, from the first tick on, in Europe/Berlin'],
    [calendar({ months: 3 }, { ...BERLIN, startAt: FROM }), 'Every 3 months by the calendar, from 2026-11-26 08:28:00 +01:00 on, in Europe/Berlin'],
    [calendar({ years: 1, weeks: 2 }, BERLIN), 'Every 1 year and 2 weeks by the calendar, from the first tick on, in Europe/Berlin'],
    [anyOf(cron('@daily', BERLIN)), 'At 00:00, every day, in Europe/Berlin'],
    [anyOf(cron('@daily', BERLIN), every('7h')), 'Whenever one of these is due: (At 00:00, every day, in Europe/Berlin), (Every 7 hours)'],
    [except(every('1h'), []), 'Every hour; without exceptions'],
    [except(cron('@daily', BERLIN), ['2026-12-24', '2026-12-25', FROM], BERLIN), 'At 00:00, every day, in Europe/Berlin; but not on 2026-12-24 and 2026-12-25 in Europe/Berlin and at 2026-11-26 07:28:00 +00:00'],
    [except(every('1h'), ['2027-01-01', '2027-01-02', '2027-01-03', '2027-01-04', '2027-01-05', '2027-01-06'], BERLIN),
      'Every hour; but not on 2027-01-01, 2027-01-02, 2027-01-03, 2027-01-04 and 2 further days in Europe/Berlin'],
    [except(every('1h'), every('2h')), 'Every hour; but not when this is due: (Every 2 hours)'],
  ])('puts %j into words', (trigger, words) => {
    expect(explain(trigger, { from: FROM, timeZone: 'UTC' }).words).toBe(words);
  });

  it.each<[string, Trigger, readonly number[], Explanation['further']]>([
    ['once', once(FROM + 5), [5], 'none'],
    ['at its very instant', once(FROM), [0], 'none'],
    ['after', after(70), [70], 'none'],
    ['every', every(100), [0, 100, 200], 'some'],
    ['every from the past on', every(100, { startAt: FROM - 30 }), [70, 170, 270], 'some'],
    ['every from a later instant on', every(100, { startAt: FROM + 30 }), [30, 130, 230], 'some'],
    ['by fixed delay', every(100, { mode: 'fixedDelay' }), [0], 'unknown'],
    ['by fixed delay, with a start in the past', every(100, { mode: 'fixedDelay', startAt: FROM - 30 }), [0], 'unknown'],
    ['by fixed delay, with a start to come', every(100, { mode: 'fixedDelay', startAt: FROM + 30 }), [30], 'unknown'],
    ['any of', anyOf(once(FROM + 50), every(40)), [0, 40, 50], 'some'],
    ['any of, to its end', anyOf(once(FROM + 50), once(FROM + 60), once(FROM)), [0, 50, 60], 'none'],
    ['except', except(every(10), every(30)), [10, 20, 40], 'some'],
    ['calendar', calendar({ days: 1 }, BERLIN), [0, 86_400_000, 172_800_000], 'some'],
  ])('counts from its `from`: %s', (_, trigger, inMs, further) => {
    const explanation = explain(trigger, { from: FROM, count: 3 });
    expect([explanation.ticks.map((tick) => tick.inMs), explanation.further]).toEqual([inMs, further]);
  });

  it('tells of jitter by how much, since the task decides it', () => {
    expect(explain(every('1m', { jitter: '10s' }), { from: FROM, count: 2 }).ticks).toMatchObject([{ inMs: 0, laterByUpTo: 10_000 }, { inMs: 60_000, laterByUpTo: 10_000 }]);
    expect(explain(anyOf(every('1m', { jitter: '10s' }), every('7m')), { from: FROM, count: 1 }).ticks).toMatchObject([{ laterByUpTo: 10_000 }]);
    expect(explain(every('1m'), { count: 1 }).ticks[0]).not.toHaveProperty('laterByUpTo');
  });

  it('takes a trigger that is written by hand, and checks it', () => {
    expect(explain({ kind: 'every', interval: 1_000 }, { from: FROM, count: 1 }).words).toBe('Every second');
    expect(() => explain({ kind: 'cron', expression: '0 0 31 2 *', timeZone: 'UTC' })).toThrow('never comes');
  });

  it.each<[unknown, unknown, string]>([
    ['0 9 * * *', undefined, 'trigger needs once(), after()'], [undefined, undefined, 'trigger needs'],
    [every(1), { count: 0 }, 'options.count needs a whole number from 1 to 1000; got 0'], [every(1), { count: 1_001 }, 'from 1 to 1000'], [every(1), { count: 1.5 }, '1.5'],
    [every(1), { from: 'soon' }, 'from needs a date'], [every(1), { timeZone: 'Mars' }, 'IANA'], [every(1), { zone: 'UTC' }, 'zone'], [every(1), 5, 'options needs an object'],
  ])('refuses %j with %j', (trigger, options, why) => {
    expect(() => explain(trigger as Trigger, options as object)).toThrow(InvalidArgumentError);
    expect(() => explain(trigger as Trigger, options as object)).toThrow(why.replace('options.', ''));
  });
});

describe('the warnings of explain', () => {
  it.each<[string, Trigger, readonly string[], { readonly timeZone?: string }?]>([
    ['an instant that is past', once(FROM - 1), ['past']],
    ['years that are past', cron('0 0 0 1 1 * 2020', BERLIN), ['never']],
    ['exceptions that leave nothing', except(every('1s'), every('500ms')), ['never']],
    ['nothing, where nothing surprises', cron('0 9 * * *', BERLIN), []],
    ['nothing by UTC', cron('30 2 * * *', { timeZone: 'UTC' }), []],
    ['a day or a weekday', cron('0 9 13 * FRI', BERLIN), ['dayOrWeekday']],
    ['not of any day beside the last', cron('0 9 *,L * FRI', BERLIN), []],
    ['not of a day that is a weekday', cron('0 9 13 * +FRI', BERLIN), []],
    ['minutes that begin anew', cron('*/7 * * * *', BERLIN), ['unevenStep']],
    ['not of minutes that go round', cron('*/15 * * * *', BERLIN), []],
    ['not of minutes in hours that never meet', cron('*/7 9 * * *', BERLIN), []],
    ['not of a range that is written so', cron('0-50/7 * * * *', BERLIN), []],
    ['hours that begin anew', cron('0 */5 * * *', { timeZone: 'UTC' }), ['unevenStep']],
    ['not of hours on days that never meet', cron('0 */5 * * MON', { timeZone: 'UTC' }), []],
    ['seconds that begin anew', cron('*/50 * * * * *', BERLIN), ['unevenStep']],
    ['days that begin anew', cron('0 9 */2 * *', BERLIN), ['unevenStep']],
    ['months that begin anew', cron('0 9 1 */5 *', BERLIN), ['unevenStep']],
    ['weekdays that begin anew', cron('0 9 * * */2', BERLIN), ['unevenStep']],
    ['a part of another trigger', anyOf(every('1h'), cron('*/7 * * * *', BERLIN)), ['unevenStep']],
    ['milliseconds that are meant to be seconds', every(5), ['veryOften']],
    ['milliseconds in a part of another trigger', anyOf(every(5), cron('0 9 * * *', BERLIN)), ['veryOften']],
    ['not of a fixed delay, which waits for its runs', every(5, { mode: 'fixedDelay' }), []],
    ['24 hours in a zone with summer time', every('1d'), ['clockChange'], BERLIN],
    ['24 hours in a part of another trigger', except(anyOf(every('1d'), once(FROM)), ['2026-12-24']), ['clockChange'], BERLIN],
    ['not of a change before 24 hours begin to count', every('1d', { startAt: Date.parse('2027-11-01T00:00Z') }), [], BERLIN],
    ['not of 24 hours by UTC', every('1d'), [], { timeZone: 'UTC' }],
    ['a time that is skipped, and one that comes twice', cron('30 2 * * *', BERLIN), ['clockChange', 'clockChange']],
    ['not of what goes on all round the clock', cron('*/20 * * * *', BERLIN), []],
    ['not of half hours where clocks are changed by one', cron('15,45 * * * *', { timeZone: 'Australia/Lord_Howe' }), []],
    ['not of what is over before', cron('30 2 1-9 1 * ', BERLIN), []],
    ['not of an excepted day', except(cron('30 2 * * *', BERLIN), ['2027-03-28', '2027-10-31'], BERLIN), []],
  ])('tell of %s', (_, trigger, codes, ...[options]) => {
    expect(codesOf(trigger, options)).toEqual(codes);
  });

  it.each<[Trigger, string, string]>([
    [cron('30 2 * * *', BERLIN), 'clockChange', 'On 2027-03-28, clocks in Europe/Berlin are set forward from 02:00 to 03:00. 02:30 is skipped, so the tick is due at 03:00.'],
    [cron('30 2,14 * * *', BERLIN), 'clockChange', 'On 2027-03-28, clocks in Europe/Berlin are set forward from 02:00 to 03:00. 02:30 is skipped, and no tick makes up for it.'],
    [cron('*/15 1-4 * * *', BERLIN), 'clockChange', 'On 2027-03-28, clocks in Europe/Berlin are set forward from 02:00 to 03:00. The 4 ticks from 02:00 to 02:45 are skipped, and none makes up for them.'],
    [cron('0 * * * *', { timeZone: 'Australia/Lord_Howe' }), 'clockChange', 'On 2027-10-03, clocks in Australia/Lord_Howe are set forward from 02:00 to 02:30. 02:00 is skipped, and no tick makes up for it.'],
    [cron('30 23 * * *', { timeZone: 'America/Havana' }), 'none', ''],
    [cron('30 0 * * *', { timeZone: 'America/Havana' }), 'clockChange', 'On 2027-03-14, clocks in America/Havana are set forward from 00:00 to 01:00. 00:30 is skipped, so the tick is due at 01:00.'],
    [cron('0 9 13 * FRI', BERLIN), 'dayOrWeekday', "A day of the month and a weekday are named, and it is due on either. For days that are both, write the weekday as '+FRI'."],
    [cron('0 9 1-31 * MON', BERLIN), 'dayOrWeekday', "It is due every day: '1-31' as day of the month and 'MON' as weekday count each by itself, and one of them is every day. For days that are both, write the weekday as '+MON'."],
    [cron('*/7 * * * *', BERLIN), 'unevenStep', "'*/7' begins anew each hour: from minute 56 to minute 0 of the next it is 4 minutes, and not 7. For one distance throughout, use every('7m')."],
    [cron('0 9 * * */2', BERLIN), 'unevenStep', "'*/2' begins anew each week: from Saturday to Sunday of the next it is 1 day, and not 2."],
    [every('1d'), 'clockChange', 'On 2027-03-28, clocks in Europe/Berlin are set forward from 02:00 to 03:00. A day is 24 hours here, so from then on it is due 1 hour later by the wall clock. For days by the calendar, use calendar({ days: 1 }).'],
    [once(FROM - 1), 'past', 'The instant is past already: a task that is scheduled at 2026-11-26 08:28:00 +01:00 runs at once, and then no more.'],
    [every(5), 'veryOften', "It is due every 5 ms, more than ten times a second. A bare number is milliseconds: for seconds, write every('5s')."],
  ])('say of %j, by %s: %s', (trigger, code, message) => {
    expect(messageOf(trigger, code, { timeZone: code === 'clockChange' && trigger.kind === 'cron' ? trigger.timeZone : 'Europe/Berlin' }) ?? '').toBe(message);
  });

  it('say on which day a tick is made up for, and that a whole day is left out', () => {
    const explained = (expression: string): string | undefined => explain(cron(expression, { timeZone: 'Pacific/Apia' }), { from: Date.parse('2011-12-29T12:00Z') })
      .warnings[0]?.message.replace(/^.*31\. /, '');
    expect(explained('0 0 * * *')).toBe('00:00 is skipped, so the tick is due at 00:00 of 2011-12-31.');
    expect(explained('0 * * * FRI')).toBe('The 24 ticks from 00:00 to 23:00 are skipped, and none makes up for them.');
  });

  it('say what a change of the clocks does to the ticks, and keep silent when it does nothing', () => {
    const zones = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'America/Havana', 'Asia/Beirut', 'UTC', 'Pacific/Chatham');
    fc.assert(fc.property(anyCron.filter((expression) => expression.split(' ').length === 5), zones, (expression, timeZone) => {
      let trigger: Trigger;
      try {
        trigger = cron(expression, { timeZone });
      } catch {
        return; // never comes
      }
      const croner = new Cron(expression, { paused: true, utcOffset: 0 });
      for (const { code, message, at } of explain(trigger, { from: FROM }).warnings) {
        if (code !== 'clockChange') continue;
        const [, low = '', high = ''] = /(?:forward|back) from (\d\d:\d\d) to (\d\d:\d\d)/.exec(message) ?? [];
        const dueAround = explain(trigger, { from: at! - 86_400_000, count: 1_000 }).ticks.filter(({ at: tick }) => tick < at! + 86_400_000).map((tick) => tick);
        const day = /On (\S+),/.exec(message)?.[1] as string;
        const shown = dueAround.filter(({ local }) => local.startsWith(day)).map(({ local }) => local.slice(11, 16));
        const isForward = message.includes('forward');
        const [from, to] = isForward ? [low, high] : [high, low];
        const inside = (time: string): boolean => time >= from && time < to;
        const named: string[] = [];
        for (let minute = Date.parse(`${day}T00:00Z`); minute < Date.parse(`${day}T00:00Z`) + 86_400_000; minute += 60_000) {
          const time = new Date(minute).toISOString().slice(11, 16);
          if (inside(time) && croner.match(new Date(minute))) named.push(time);
        }
        if (to < from) continue; // across midnight
        if (dueAround.length >= 900) continue; // not all are told
        expect(named.length).toBeGreaterThan(0);
        if (message.includes('so the tick is due at')) expect(shown).toEqual([high]);
        else if (isForward) expect(shown.filter(inside)).toEqual([]);
        else if (message.includes('first time only')) expect(shown.filter(inside)).toEqual(named);
        else expect(shown.filter(inside).sort()).toEqual([...named, ...named].sort());
      }
    }), { numRuns: 300 });
  });
});

describe('formatExplanation', () => {
  it('has the words, a line for each tick, and the warnings', () => {
    expect(formatExplanation(explain(cron('30 2 28 3 *', BERLIN), { from: FROM, count: 2 }))).toBe([
      'At 02:30, on the 28th of March, in Europe/Berlin.',
      '  Sun 2027-03-28 03:00:00 +02:00  in 121d 17h',
      '  Tue 2028-03-28 02:30:00 +02:00  in 487d 17h',
      '  …',
      '! On 2027-03-28, clocks in Europe/Berlin are set forward from 02:00 to 03:00. 02:30 is skipped, so the tick is due at 03:00.',
    ].join('\n'));
  });

  it.each<[Trigger, readonly string[]]>([
    [once(FROM), ['  Thu 2026-11-26 07:28:00 +00:00  now', '  and no more']],
    [every('1m', { mode: 'fixedDelay', jitter: '5s' }), ['  Thu 2026-11-26 07:28:00 +00:00  now, up to 5 seconds later', '  and then as its runs go']],
    [once(FROM - 5), ['  none to come', '! The instant is past already: a task that is scheduled at 2026-11-26 07:28:00 +00:00 runs at once, and then no more.']],
    [after(999.75), ['  Thu 2026-11-26 07:28:00.999 +00:00  in 999ms', '  and no more']],
    [after(250), ['  Thu 2026-11-26 07:28:00.250 +00:00  in 250ms', '  and no more']],
  ])('says how it ends: %j', (trigger, lines) => {
    expect(formatExplanation(explain(trigger, { from: FROM, timeZone: 'UTC' })).split('\n').slice(1)).toEqual(lines);
  });
});
