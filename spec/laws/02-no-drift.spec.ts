import { describe, expect, it } from '@jest/globals';
import { every, TaskScheduler, withContext } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/index.js';
import { ruleOf } from '../../src/trigger/trigger.js';

const ANCHOR = Date.parse('2030-01-01T00:00:00.123Z');
const MILLION = 1_000_000;

describe('2. No drift', () => {
  it.each([1, 7, 100, 1_000 / 3, 1.1])('puts a million ticks of every(%d) on the grid, exactly', (interval) => {
    const trigger = every(interval);
    const rule = ruleOf(trigger);
    let tick = ANCHOR;
    let off = 0;
    for (let k = 1; k <= MILLION; k++) {
      tick = rule.next(trigger, tick, { id: 'task', anchor: ANCHOR }) as number;
      if (tick !== ANCHOR + k * interval) off++;
    }
    expect([off, tick]).toEqual([0, ANCHOR + MILLION * interval]);
  });

  it.each([7, 1_000 / 3])('runs ten thousand ticks of every(%d) at their instants', async (interval) => {
    const clock = new VirtualClock({ startAt: ANCHOR });
    const scheduler = new TaskScheduler({ clock });
    let off = 0;
    let runs = 0;
    const work = withContext(({ tick, scheduledFor, startedAt }) => {
      runs++;
      if (scheduledFor !== ANCHOR + tick! * interval || startedAt !== scheduledFor) off++;
    });
    const id = scheduler.schedulePeriodic(work, interval);
    await clock.advanceTo(ANCHOR + 9_999 * interval);
    expect([off, runs]).toEqual([0, 10_000]);
    expect(scheduler.getTask(id).nextRunAt).toBe(ANCHOR + 10_000 * interval);
  });

  it('is on the grid after a million ticks of a pause', async () => {
    const clock = new VirtualClock({ startAt: ANCHOR });
    const scheduler = new TaskScheduler({ clock });
    const interval = 1_000 / 3;
    const id = scheduler.schedulePeriodic(() => 1, interval);
    await clock.advanceBy(1);
    scheduler.pauseTask(id);
    await clock.advanceTo(ANCHOR + MILLION * interval);
    scheduler.resumeTask(id);
    expect(scheduler.getTask(id)).toMatchObject({ skippedCount: MILLION, nextRunAt: ANCHOR + (MILLION + 1) * interval });
    await clock.advanceTo(ANCHOR + (MILLION + 1) * interval);
    expect(scheduler.getTask(id).lastRun).toMatchObject({ tick: MILLION + 1, startedAt: ANCHOR + (MILLION + 1) * interval });
  });

  it('does not come of slow work, nor of work that takes turns', async () => {
    const clock = new VirtualClock({ startAt: ANCHOR });
    const scheduler = new TaskScheduler({ clock });
    const slow = (ms: number) => () => new Promise<void>((resolve) => { clock.schedule(() => resolve(), ms); });
    const ids = [scheduler.schedulePeriodic(slow(3), 10), scheduler.schedulePeriodic(slow(14), 10, { overlap: 'queue' })];
    await clock.advanceBy(1_000);
    for (const id of ids) {
      for (const run of scheduler.getRuns(id)) expect(run.scheduledFor).toBe(ANCHOR + run.tick! * 10);
    }
    expect(scheduler.getTask(ids[0]!).nextRunAt).toBe(ANCHOR + 1_010);
  });
});
