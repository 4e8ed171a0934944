// every with options: jitter, a start of its own, and fixed delay.
import { describe, expect, it } from '@jest/globals';
import fc from '../support/properties.js';
import { InvalidArgumentError, TaskScheduler, every } from '../../src/index.js';
import { FakeWork, VirtualClock } from '../../src/testing/index.js';
import { ruleOf } from '../../src/trigger/trigger.js';

describe('every with jitter', () => {
  it('is due up to so much later than the grid says, and never earlier', () => {
    fc.assert(fc.property(fc.uuid(), fc.integer({ min: 1, max: 10_000 }), fc.double({ min: 0.01, max: 1, noNaN: true }), fc.nat({ max: 1_000_000 }), (id, interval, share, k) => {
      const trigger = every(interval, { jitter: interval * share });
      const late = ruleOf(trigger).next(trigger, k * interval - 0.5, { id, anchor: 0 })! - k * interval;
      expect(late).toBeGreaterThanOrEqual(0);
      expect(late).toBeLessThan(interval * share);
    }));
  });

  it('follows from the id and the tick alone, and spreads over the whole of it', () => {
    const trigger = every(1_000, { jitter: 1_000 });
    const lateness = (id: string, tick: number): number => ruleOf(trigger).next(trigger, tick * 1_000 - 0.5, { id, anchor: 0 })! - tick * 1_000;
    const [byId, byTick] = [Array.from({ length: 1_000 }, (_, i) => lateness(`task-${i}`, 3)), Array.from({ length: 1_000 }, (_, i) => lateness('task', i))];
    for (const late of [byId, byTick]) {
      const inTenths = Array.from({ length: 10 }, (_, tenth) => late.filter((ms) => Math.floor(ms / 100) === tenth).length);
      // 100 each if it is even; 60 to 140 is four standard deviations.
      expect(inTenths.every((count) => count > 60 && count < 140)).toBe(true);
    }
    expect(Array.from({ length: 1_000 }, (_, i) => lateness('task', i))).toEqual(byTick);
  });

  it('shows as scheduledFor, and a run never starts before', async () => {
    const clock = new VirtualClock();
    await using scheduler = new TaskScheduler({ clock });
    const id = scheduler.schedule(() => undefined, every('1s', { jitter: '500ms' }), { id: 'nightly' });
    await clock.advanceBy(10_000);
    const runs = scheduler.getRuns(id);
    expect(runs.length).toBeGreaterThan(9);
    for (const { tick, scheduledFor, startedAt } of runs) {
      expect(startedAt).toBe(scheduledFor);
      expect(scheduledFor - (tick as number) * 1_000).toBeGreaterThanOrEqual(0);
      expect(scheduledFor - (tick as number) * 1_000).toBeLessThan(500);
    }
    expect(new Set(runs.map(({ tick, scheduledFor }) => scheduledFor - (tick as number) * 1_000)).size).toBeGreaterThan(5);
  });
});

describe('every with a start of its own', () => {
  it('begins there, as with the option of the task', async () => {
    const clock = new VirtualClock();
    await using scheduler = new TaskScheduler({ clock });
    const ids = [scheduler.schedule(() => undefined, every(10, { startAt: 25 })), scheduler.schedule(() => undefined, every(10), { startAt: 25 })];
    await clock.advanceBy(50);
    for (const id of ids) expect(scheduler.getRuns(id).map(({ scheduledFor }) => scheduledFor)).toEqual([25, 35, 45]);
  });

  it('is refused when the task has one, too', async () => {
    await using scheduler = new TaskScheduler();
    expect(() => scheduler.schedule(() => undefined, every(10, { startAt: 25 }), { startAt: 30 })).toThrow('startAt is given by the trigger already; got 30.');
  });
});

describe('every by fixed delay', () => {
  it('is due so long after each run has ended', async () => {
    const clock = new VirtualClock();
    await using scheduler = new TaskScheduler({ clock });
    const { work } = new FakeWork({ script: '---|', clock });
    const id = scheduler.schedule(work, every(10, { mode: 'fixedDelay' }), { maxRuns: 3 });
    await clock.advanceBy(100);
    expect(scheduler.getRuns(id).map(({ startedAt, finishedAt }) => [startedAt, finishedAt])).toEqual([[0, 3], [13, 16], [26, 29]]);
    expect(scheduler.getTaskStatus(id)).toBe('COMPLETED');
  });

  it('tells the next tick with the outcome of the run, and knows of none before', async () => {
    const clock = new VirtualClock();
    await using scheduler = new TaskScheduler({ clock });
    const { work } = new FakeWork({ script: '---|', clock });
    const id = scheduler.schedule(work, every(10, { mode: 'fixedDelay' }));
    const told: (number | undefined)[] = [];
    scheduler.task$(id).subscribe(({ nextRunAt }) => told.push(nextRunAt));
    await clock.advanceBy(4);
    expect(told).toEqual([0, undefined, 13]);
  });

  it.each<['fails' | 'is cancelled' | 'is skipped for one by hand', number]>([['fails', 13], ['is cancelled', 12], ['is skipped for one by hand', 10]])('goes on when a run %s', async (how, next) => {
    const clock = new VirtualClock();
    await using scheduler = new TaskScheduler({ clock, onError: () => undefined });
    const { work } = new FakeWork({ script: how === 'fails' ? '---#' : '---|', clock });
    const id = scheduler.schedule(work, every(10, { mode: 'fixedDelay' }), { startAt: how === 'is skipped for one by hand' ? 0 : undefined, overlap: 'replace' });
    if (how === 'is cancelled') {
      await clock.advanceBy(2);
      // A run by hand takes the place of the one in progress.
      scheduler.runTask(id);
    } else if (how === 'is skipped for one by hand') {
      scheduler.pauseTask(id);
      scheduler.resumeTask(id);
    }
    await clock.advanceBy(9 - (how === 'is cancelled' ? 2 : 0));
    expect(scheduler.getTask(id).nextRunAt).toBe(next);
  });

  it('counts a pause from its end, and the tick that it swallowed as one', async () => {
    const clock = new VirtualClock();
    await using scheduler = new TaskScheduler({ clock });
    const id = scheduler.schedule(() => undefined, every(10, { mode: 'fixedDelay' }));
    await clock.advanceBy(5);
    scheduler.pauseTask(id);
    await clock.advanceBy(100);
    scheduler.resumeTask(id);
    expect(scheduler.getTask(id)).toMatchObject({ skippedCount: 1, nextRunAt: 115 });
    await clock.advanceBy(10);
    expect(scheduler.getTask(id).completedCount).toBe(2);
  });

  it('makes up for one tick after a sleep, for there was no more', async () => {
    const clock = new VirtualClock();
    await using scheduler = new TaskScheduler({ clock });
    const id = scheduler.schedule(() => undefined, every('1s', { mode: 'fixedDelay' }));
    await clock.advanceBy(500);
    await clock.sleep('8h');
    await clock.advanceBy(0);
    expect(scheduler.getTask(id)).toMatchObject({ completedCount: 2, missedCount: 0 });
  });

  it('ends at until', async () => {
    const clock = new VirtualClock();
    await using scheduler = new TaskScheduler({ clock });
    const id = scheduler.schedule(() => undefined, every(10, { mode: 'fixedDelay' }), { until: 25 });
    await clock.advanceBy(100);
    expect(scheduler.getTask(id)).toMatchObject({ status: 'COMPLETED', completedCount: 3, finishedAt: 20 });
  });

  it('goes on when its tick is replaced, with the trigger unchanged', async () => {
    const clock = new VirtualClock();
    await using scheduler = new TaskScheduler({ clock });
    const { work } = new FakeWork({ script: '---|', clock });
    const id = scheduler.schedule(work, every(10, { mode: 'fixedDelay' }), { id: 'a' });
    await clock.advanceBy(2);
    scheduler.schedule(work, every(10, { mode: 'fixedDelay' }), { id: 'a', ifExists: 'replace' });
    await clock.advanceBy(20);
    expect(scheduler.getRuns(id).map(({ startedAt }) => startedAt)).toEqual([0, 13]);
  });

  it.each(['in progress', 'over, and one by hand in progress'])('goes on when its task may have more runs after all, the last one being %s', async (state) => {
    const clock = new VirtualClock();
    await using scheduler = new TaskScheduler({ clock });
    const { work } = new FakeWork({ script: ['----|', '------------------------------|', '----|'], clock });
    const trigger = every(10, { mode: 'fixedDelay' });
    scheduler.schedule(work, trigger, { id: 'a', maxRuns: 1, overlap: 'parallel' });
    await clock.advanceBy(2);
    if (state !== 'in progress') {
      scheduler.runTask('a');
      await clock.advanceBy(18);
    }
    scheduler.schedule(work, trigger, { id: 'a', maxRuns: 3, overlap: 'parallel', ifExists: 'replace' });
    await clock.advanceBy(100);
    expect(scheduler.getTask('a')).toMatchObject({ status: 'COMPLETED', completedCount: state === 'in progress' ? 3 : 4 });
  });

  it('knows of no next tick once a failure has ended its task, though another run goes on', async () => {
    const clock = new VirtualClock();
    await using scheduler = new TaskScheduler({ clock, onError: () => undefined });
    const { work } = new FakeWork({ script: ['---#', '-----------------------|'], clock });
    const id = scheduler.schedule(work, every(10, { mode: 'fixedDelay' }), { overlap: 'parallel', afterFailure: 'stop' });
    await clock.advanceBy(1);
    scheduler.runTask(id);
    await clock.advanceBy(5);
    const task = scheduler.getTask(id);
    expect(task).toMatchObject({ status: 'RUNNING', stopping: true });
    expect(task.nextRunAt).toBeUndefined();
    await clock.advanceBy(100);
    expect(scheduler.getTask(id)).toMatchObject({ status: 'FAILED', completedCount: 1, failedCount: 1 });
  });
});

describe('every, its options', () => {
  it.each<[object, string]>([
    [{ mode: 'delay' }, "every(options).mode needs one of 'fixedRate', 'fixedDelay'"],
    [{ jitter: 11 }, 'every(options).jitter needs at most the interval'],
    [{ jitter: -1 }, 'every(options).jitter needs a finite duration of 0 ms or more'],
    [{ startAt: 'now' }, 'every(options).startAt needs a date and a time that exist'],
    [{ jiter: 1 }, 'Did you mean jitter?'],
  ])('refuses %j', (options, why) => {
    expect(() => every(10, options)).toThrow(InvalidArgumentError);
    expect(() => every(10, options)).toThrow(why);
  });

  it('leave no trace when they say what holds anyway', () => {
    expect(every(10, { mode: 'fixedRate', jitter: 0 })).toStrictEqual({ kind: 'every', interval: 10 });
  });
});
