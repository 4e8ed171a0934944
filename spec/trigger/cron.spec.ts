// cron: its times are croner's; when clocks are changed, its rule is held against a scan of every minute by Intl.
import { describe, expect, it } from '@jest/globals';
import { Cron } from 'croner';
import { InvalidArgumentError, cron } from '../../src/index.js';
import { ruleOf } from '../../src/trigger/trigger.js';
import { CRON_CASES, scan } from '../support/cron-scan.js';
import { minutesOf, shown } from '../support/wall-clock.js';

const DAY = 86_400_000;
const context = { id: 'task', anchor: 0 };

/** Both changes of a year, as days around which clocks are changed; some zones have other shifts than an hour, or change at midnight. */
const CHANGES: readonly (readonly [timeZone: string, ...days: string[]])[] = [
  ['America/New_York', '2026-03-08', '2026-11-01'],
  ['America/Los_Angeles', '2026-03-08', '2026-11-01'],
  ['America/St_Johns', '2026-03-08', '2026-11-01'],
  ['America/Havana', '2026-03-08', '2026-11-01'],
  ['America/Sao_Paulo', '2018-02-18', '2018-11-04'],
  ['America/Santiago', '2026-04-05', '2026-09-06'],
  ['Europe/Berlin', '2026-03-29', '2026-10-25'],
  ['Europe/Dublin', '2026-03-29', '2026-10-25'],
  ['Africa/Cairo', '2026-04-24', '2026-10-30'],
  ['Africa/Casablanca', '2026-02-15', '2026-03-22'],
  ['Asia/Beirut', '2026-03-29', '2026-10-25'],
  ['Asia/Tehran', '2022-03-22', '2022-09-22'],
  ['Atlantic/Azores', '2026-03-29', '2026-10-25'],
  ['Australia/Lord_Howe', '2026-04-05', '2026-10-04'],
  ['Australia/Adelaide', '2026-04-05', '2026-10-04'],
  ['Pacific/Chatham', '2026-04-05', '2026-09-27'],
  ['Antarctica/Troll', '2026-03-29', '2026-10-25'],
];

function ticksOf(expression: string, timeZone: string, from: number, to: number, most = Infinity): readonly number[] {
  const trigger = cron(expression, { timeZone });
  const ticks: number[] = [];
  for (let at = ruleOf(trigger).next(trigger, from - 1, context); at !== null && at < to && ticks.length < most; at = ruleOf(trigger).next(trigger, at, context)) ticks.push(at);
  return ticks;
}

describe.each(CHANGES)('cron, when clocks are changed in %s', (timeZone, ...days) => {
  it.each(days)('is due when a scan of every minute says so, in the days around %s', (day) => {
    const [from, to] = [Date.parse(day) - DAY, Date.parse(day) + 2 * DAY];
    const minutes = minutesOf(timeZone, from, to);
    // Else nothing of interest is looked at.
    expect(minutes.some((wall, i) => i > 0 && Date.parse(`${shown(wall)}Z`) - Date.parse(`${shown(minutes[i - 1]!)}Z`) !== 60_000)).toBe(true);
    for (const each of CRON_CASES) {
      const expected = scan(minutes, each);
      const iso = (ticks: readonly number[]): readonly string[] => ticks.map((at) => new Date(at).toISOString());
      expect([each.expression, ...iso(ticksOf(each.expression, timeZone, from, to))]).toEqual([each.expression, ...iso(expected)]);
      const rule = ruleOf(cron(each.expression, { timeZone }));
      expect(rule.count(cron(each.expression, { timeZone }), from, to - 1, context)).toBe(expected.length);
      expect(rule.last(cron(each.expression, { timeZone }), to - 1, context)).toBe(expected.at(-1));
    }
  });
});

describe('cron', () => {
  it('keeps to one day that was skipped whole: Samoa had no 30 December in 2011', () => {
    expect(ticksOf('0 9 * * *', 'Pacific/Apia', Date.parse('2011-12-29T00:00Z'), Date.parse('2012-01-01T00:00Z')).map((at) => new Date(at).toISOString()))
      // The 29th at 9 o'clock, the 30th as it is skipped at midnight, the 31st at 9 o'clock.
      .toEqual(['2011-12-29T19:00:00.000Z', '2011-12-30T10:00:00.000Z', '2011-12-30T19:00:00.000Z', '2011-12-31T19:00:00.000Z']);
  });

  it.each([
    '* * * * * *', '*/5 * * * *', '0 0 1 1 *', '0 0 0 29 2 *', '0 0 L * *', '0 0 LW * *', '0 0 15W * *', '0 9 * * MON#2', '0 9 * * FRI#L', '0 0 13 * FRI',
    '0 0 13 * +FRI', '0 0 0 1 1 * 2030-2032', '@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly', '0 0 * JAN-MAR,DEC *',
  ])('has the times that croner finds where clocks are never changed: %s', (expression) => {
    const from = Date.parse('2026-11-27T09:41:23.456Z');
    const croner = new Cron(expression, { paused: true, timezone: 'UTC' });
    const expected = croner.nextRuns(40, new Date(from)).map((date) => date.getTime());
    expect(ticksOf(expression, 'UTC', from, Infinity, 40)).toEqual(expected);
  });

  it('counts nine years of seconds by the day, and not one by one', () => {
    const [trigger, from] = [cron('* * * * * *', { timeZone: 'Europe/Berlin' }), Date.parse('2020-01-01T00:00Z')];
    expect(ruleOf(trigger).count(trigger, from, from + 3_000 * DAY, context)).toBe(3_000 * 86_400 + 1);
  });

  it.each([
    ['', 'five, six, or seven'], ['* * * *', 'five, six, or seven'], ['60 * * * *', 'minute: 60'], ['*/0 * * * *', 'stepping: 0'], ['MON * * * *', 'illegal characters'],
    ['0 0 30 2 *', 'never comes'], ['0 0 0 1 1 * 1960', 'never comes'], ['@reboot', '@reboot'], ['@every 5m', 'five, six, or seven'], ['2030-01-01T00:00', 'once()'],
    [new Date(0), 'needs a cron expression'], [undefined, 'needs a cron expression'], [{}, 'needs a cron expression'],
  ])('refuses %p at the call', (expression, why) => {
    expect(() => cron(expression as string)).toThrow(InvalidArgumentError);
    expect(() => cron(expression as string)).toThrow(why);
    expect(() => cron(expression as string)).toThrow('cron(expression)');
  });

  it.each(['Mars/Olympus', '', 'Europe', 5, null])('refuses the zone %p at the call', (timeZone) => {
    expect(() => cron('* * * * *', { timeZone: timeZone as string })).toThrow("cron(options).timeZone needs the IANA name of a time zone, as 'Europe/Berlin' or 'UTC'; got ");
  });

  it('refuses an option that there is not', () => {
    expect(() => cron('* * * * *', { timezone: 'UTC' } as object)).toThrow('Did you mean timeZone?');
  });

  it('is plain frozen data, which names its zone', () => {
    const trigger = cron('@daily');
    expect(trigger).toEqual({ kind: 'cron', expression: '@daily', timeZone: new Intl.DateTimeFormat().resolvedOptions().timeZone });
    expect(Object.isFrozen(trigger)).toBe(true);
  });
});
