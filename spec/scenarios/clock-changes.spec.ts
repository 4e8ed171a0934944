// What becomes of tasks when clocks are changed: the machine's own by hand or by a sleep, and those of a zone by daylight saving.
import { describe, expect, it } from '@jest/globals';
import { TaskScheduler, WallClock, calendar, cron, every, once, type TaskEvent } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/index.js';
import { minutesOf } from '../support/wall-clock.js';

const DAY = 86_400_000;
const idle = (): undefined => undefined;

describe('when the wall clock is set back by an hour', () => {
  it('once and cron repeat nothing, and every goes on within one interval', async () => {
    const clock = new VirtualClock({ startAt: '2027-01-01T12:00Z' });
    await using scheduler = new TaskScheduler({ clock });
    const starts: [name: string | undefined, elapsed: number][] = [];
    let setBack = 0;
    const begin = clock.now();
    scheduler.events$.subscribe((event) => { if (event.type === 'runStarted') starts.push([scheduler.getTask(event.taskId).name, event.at + setBack - begin]); });
    scheduler.schedule(idle, cron('*/10 * * * *', { timeZone: 'UTC' }), { name: 'cron' });
    scheduler.schedule(idle, calendar({ days: 1 }, { timeZone: 'UTC', startAt: begin - DAY + 30 * 60_000 }), { name: 'calendar' });
    scheduler.schedule(idle, every('10m'), { name: 'every' });
    scheduler.schedule(idle, once(begin + 20 * 60_000), { name: 'once' });
    scheduler.schedule(idle, once(begin + 40 * 60_000), { name: 'later' });
    await clock.advanceBy('35m');
    await clock.jumpWallClock({ hours: -1 });
    setBack = 3_600_000;
    await clock.advanceBy('2h');
    const minutes = (name: string): number[] => starts.filter(([of]) => of === name).map(([, elapsed]) => elapsed / 60_000);
    expect(minutes('once')).toEqual([20]);
    // It shows 11:35 then, and 12:40 an hour and five minutes later.
    expect(minutes('later')).toEqual([100]);
    expect(minutes('cron')).toEqual([0, 10, 20, 30, 100, 110, 120, 130, 140, 150]);
    expect(minutes('calendar')).toEqual([30]);
    expect(minutes('every')).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140, 150]);
  });

  it("by fixed delay, no later tick is taken for one that is made up for (misfire: 'all')", async () => {
    const clock = new VirtualClock();
    await using scheduler = new TaskScheduler({ clock });
    const reasons: unknown[] = [];
    scheduler.events$.subscribe((event) => { if (event.type === 'runStarted') reasons.push([event.at, event.reason]); });
    const fiveMinutes = (): Promise<void> => new Promise((resolve) => { clock.schedule(() => { resolve(); }, 300_000); });
    scheduler.schedule(fiveMinutes, every('10m', { mode: 'fixedDelay' }), { misfire: { policy: 'all', grace: '1m' } });
    // The second tick, at 15 minutes, comes late; and in its run the clock is set back.
    await clock.advanceBy('10m');
    await clock.sleep('10m');
    await clock.advanceBy('1m');
    await clock.jumpWallClock({ minutes: -20 });
    await clock.advanceBy('20m');
    expect(reasons).toEqual([[0, 'scheduled'], [20 * 60_000, 'catchUp'], [15 * 60_000, 'scheduled']]);
  });
});

describe('when the wall clock is set forward by an hour', () => {
  it('misfire decides, and says so in one event for a task', async () => {
    const clock = new VirtualClock({ startAt: '2027-01-01T12:00Z' });
    await using scheduler = new TaskScheduler({ clock });
    const lost: TaskEvent[] = [];
    scheduler.events$.subscribe((event) => { if (event.type === 'ticksMissed') lost.push(event); });
    const ids = (['latest', 'all', 'skip'] as const).map((policy) =>
      scheduler.schedule(idle, cron('* * * * * *', { timeZone: 'UTC' }), { misfire: { policy, limit: 5 }, overlap: 'queue', maxQueued: Infinity }));
    await clock.advanceBy(500);
    await clock.jumpWallClock({ hours: 1 });
    await clock.advanceBy('1s');
    // 3,600 ticks are due by then, the last of them half a second late, which is within the grace; and then one more.
    expect(ids.map((id) => scheduler.getTask(id)).map(({ completedCount, missedCount }) => [completedCount, missedCount])).toEqual([[3, 3_599], [7, 3_595], [3, 3_599]]);
    expect(lost).toHaveLength(3);
  });
});

describe('when the machine sleeps for eight hours', () => {
  it('10,000 tasks at 100 ms are made up for, in one event each and in slices that let the loop turn', async () => {
    const real = Date.now.bind(Date);
    let slept = 0;
    Date.now = () => real() + slept;
    try {
      await using scheduler = new TaskScheduler({ clock: new WallClock() });
      let [lost, runs] = [0, 0];
      scheduler.events$.subscribe(({ type }) => { if (type === 'ticksMissed') lost++; });
      const ids = Array.from({ length: 10_000 }, () => scheduler.schedule(() => { runs++; }, every(100)));
      await until(() => runs > 0);
      slept = 8 * 3_600_000;
      const turns: number[] = [];
      let last = performance.now();
      await until(() => {
        turns.push(performance.now() - last);
        last = performance.now();
        return lost >= ids.length;
      });
      expect(lost).toBe(ids.length);
      for (const id of ids) expect(scheduler.getTask(id).missedCount).toBeGreaterThan(8 * 36_000 - 200);
      // It is the slices that are meant: a machine that is busy with other things makes the longest of them longer.
      expect(turns.sort((a, b) => a - b)[Math.floor(turns.length * 0.9)]).toBeLessThan(50);
      for (const id of ids) scheduler.stopTask(id);
    } finally {
      Date.now = real;
    }
  });
});

describe('around a change to or from daylight saving time', () => {
  it.each([
    ['America/New_York', '2026-03-08'], ['America/New_York', '2026-11-01'], ['Australia/Lord_Howe', '2026-04-05'], ['Australia/Lord_Howe', '2026-10-04'],
    ['Africa/Cairo', '2026-04-24'], ['Africa/Cairo', '2026-10-30'], ['America/Sao_Paulo', '2018-02-18'], ['America/Sao_Paulo', '2018-11-04'],
    ['Pacific/Chatham', '2026-04-05'], ['Pacific/Chatham', '2026-09-27'],
  ])('two days in %s, around %s, run as a scan of every minute says', async (timeZone, day) => {
    const [from, to] = [Date.parse(day) - DAY, Date.parse(day) + DAY];
    const minutes = minutesOf(timeZone, from, to);
    const clock = new VirtualClock({ startAt: from });
    await using scheduler = new TaskScheduler({ clock });
    const runs = { quarters: [] as number[], night: [] as number[], minutely: [] as number[] };
    const note = (list: number[]) => (): void => { list.push(clock.now()); };
    scheduler.schedule(note(runs.quarters), cron('*/15 * * * *', { timeZone }));
    scheduler.schedule(note(runs.night), cron('5,35 0-3 * * *', { timeZone }));
    scheduler.schedule(note(runs.minutely), cron('* * * * *', { timeZone }));
    await clock.advanceTo(to - 1);
    expect(runs.quarters).toEqual(minutes.filter(({ minute }) => minute % 15 === 0).map(({ at }) => at));
    expect(runs.night).toEqual(minutes.filter(({ hour, minute }) => hour < 4 && minute % 30 === 5).map(({ at }) => at));
    expect(runs.minutely).toEqual(minutes.map(({ at }) => at));
  });
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => { setImmediate(resolve); });
}
