// The scheduler's explain and upcoming: a task as it stands, and the ticks of all.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NEVER } from 'rxjs';
import { InvalidArgumentError, TaskScheduler, after, cron, every, formatExplanation, once, withContext, type Trigger } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/index.js';
import { upcomingTicks } from '../../src/explain/upcoming.js';
import { resolvePolicy } from '../../src/task/policy.js';
import type { TaskPlan } from '../../src/task/plan.js';

const START = Date.parse('2026-11-26T07:28:00Z');
const nothing = (): void => undefined;

let clock: VirtualClock;
let scheduler: TaskScheduler;

beforeEach(() => {
  clock = new VirtualClock({ startAt: START });
  scheduler = new TaskScheduler({ clock });
});

afterEach(async () => {
  await clock.advanceBy(0);
  await scheduler.stop({ drain: false });
});

/** Work that takes so long. */
function taking(ms: number): () => Promise<void> {
  return withContext(({ signal }) => new Promise<void>((resolve) => {
    clock.schedule(() => { resolve(); }, ms);
    signal.addEventListener('abort', () => { resolve(); });
  }));
}

function codesOf(id: string): readonly string[] {
  return scheduler.explain(id).warnings.map(({ code }) => code);
}

describe('TaskScheduler.explain', () => {
  it('tells the ticks of a task as it stands: on its grid, by their numbers, up to its limits', async () => {
    const id = scheduler.schedule(nothing, every('10s'), { name: 'poll', maxRuns: 5, until: START + 35_000 });
    await clock.advanceBy(12_000);
    expect(scheduler.explain(id, { timeZone: 'UTC' })).toStrictEqual({
      taskId: id, name: 'poll', status: 'PENDING', words: 'Every 10 seconds', trigger: every('10s'), timeZone: 'UTC', from: START + 12_000,
      terms: ['Counted from 2026-11-26 07:28:00 +00:00.', 'Not at 2026-11-26 07:28:35 +00:00 or later.', "At most 5 runs, of which 3 are left; a tick that starts none doesn't count."],
      ticks: [
        { at: START + 20_000, local: '2026-11-26 07:28:20 +00:00', inMs: 8_000, tick: 2 },
        { at: START + 30_000, local: '2026-11-26 07:28:30 +00:00', inMs: 18_000, tick: 3 },
      ],
      further: 'none', warnings: [],
    });
    expect(formatExplanation(scheduler.explain(id, { timeZone: 'UTC', count: 1 }))).toBe([
      'Every 10 seconds.', 'Counted from 2026-11-26 07:28:00 +00:00.', 'Not at 2026-11-26 07:28:35 +00:00 or later.',
      "At most 5 runs, of which 3 are left; a tick that starts none doesn't count.", '  #2  Thu 2026-11-26 07:28:20 +00:00  in 8s', '  …',
    ].join('\n'));
  });

  it('says of a single run that it is left', () => {
    const [, runs] = scheduler.explain(scheduler.schedule(nothing, every('1h'), { maxRuns: 1 })).terms;
    expect(runs).toBe("At most 1 run, of which 1 is left; a tick that starts none doesn't count.");
  });

  it('knows how much later jitter makes each tick, for it knows the task', async () => {
    const id = scheduler.schedule(nothing, every('10s', { jitter: '5s' }), { maxRuns: 3 });
    const told = scheduler.explain(id).ticks.map(({ at }) => at);
    await clock.advanceBy('1m');
    expect(scheduler.getRuns(id).map(({ scheduledFor }) => scheduledFor)).toEqual(told);
  });

  it('counts runs that wait as runs that the task has had', async () => {
    scheduler.concurrency = 1;
    scheduler.schedule(taking(60_000), after(0));
    const id = scheduler.schedule(nothing, every('10s'), { maxRuns: 3, overlap: 'queue', maxQueued: 5 });
    await clock.advanceBy(1);
    expect(scheduler.explain(id).ticks.map(({ tick }) => tick)).toEqual([1, 2]);
  });

  it('knows one tick by fixed delay, and none while a run is in progress', async () => {
    const id = scheduler.schedule(taking(5_000), every('10s', { mode: 'fixedDelay' }));
    await clock.advanceBy(1_000);
    expect(scheduler.explain(id)).toMatchObject({ status: 'RUNNING', ticks: [], further: 'unknown' });
    await clock.advanceBy(5_000);
    expect(scheduler.explain(id)).toMatchObject({ status: 'PENDING', ticks: [{ at: START + 15_000, tick: 1 }], further: 'unknown' });
  });

  it('says of an Observable trigger that no ticks are known', () => {
    const id = scheduler.schedule(nothing, NEVER);
    expect(scheduler.explain(id)).toMatchObject({ words: 'At each emission of an Observable', ticks: [], further: 'unknown', warnings: [] });
  });

  it('says of a task that is over, or whose scheduler has stopped, that none will follow', async () => {
    const [done, waiting] = [scheduler.schedule(nothing, after(5)), scheduler.schedule(nothing, after('1h'))];
    await clock.advanceBy(5);
    expect(scheduler.explain(done)).toMatchObject({ status: 'COMPLETED', words: 'No more, for it is COMPLETED', ticks: [], further: 'none' });
    await scheduler.stop();
    expect(scheduler.explain(waiting)).toMatchObject({ status: 'PENDING', words: 'No more, for the scheduler has stopped', ticks: [], further: 'none' });
    expect(() => scheduler.explain('nobody')).toThrow('nobody');
  });

  it('says of a task whose last run goes on that none will follow', async () => {
    const id = scheduler.schedule(taking(50), after(0));
    await clock.advanceBy(10);
    expect(scheduler.explain(id)).toMatchObject({ status: 'RUNNING', words: 'Once, as soon as it is scheduled', ticks: [], further: 'none' });
  });

  it('warns of a pause, and tells the ticks as if it ended now', async () => {
    const id = scheduler.schedule(nothing, every('10s'));
    scheduler.pauseTask(id);
    await clock.advanceBy(25_000);
    expect(scheduler.explain(id, { count: 1 })).toMatchObject({ status: 'PAUSED', ticks: [{ at: START + 30_000, tick: 3 }], warnings: [{ code: 'paused' }] });
    const single = scheduler.schedule(nothing, once(START + 26_000));
    scheduler.pauseTask(single);
    await clock.advanceBy(5_000);
    expect(scheduler.explain(single)).toMatchObject({ ticks: [{ at: START + 26_000, inMs: -4_000, tick: 0 }], warnings: [{ code: 'paused' }] });
  });

  it.each([
    ['skip', {}, "with overlap: 'skip', ticks that come while a run is in progress are skipped"],
    ['queue', { maxQueued: 2 }, "with overlap: 'queue', runs wait for the one before, 2 of them at most, and further ticks are skipped"],
    ['replace', {}, "with overlap: 'replace', each tick cancels the run before it"],
    ['parallel', { maxParallel: 3 }, "with overlap: 'parallel', runs go on side by side, 3 of them at most, and further ticks are skipped"],
  ] as const)('warns of runs that take longer than the interval: %s', async (overlap, options, outcome) => {
    const id = scheduler.schedule(taking(8_000), every('5s'), { overlap, ...options });
    expect(codesOf(id)).toEqual([]);
    await clock.advanceBy(31_000);
    const [warning, ...others] = scheduler.explain(id).warnings;
    expect(others).toEqual([]);
    expect(warning).toMatchObject({ code: 'outlastsInterval', message: expect.stringContaining(outcome) });
    expect(warning?.message).toContain('and from one tick to the next it may be 5 seconds only');
  });

  it('does not warn of runs that end in time', async () => {
    const id = scheduler.schedule(taking(4_000), every('5s'));
    await clock.advanceBy(31_000);
    expect(codesOf(id)).toEqual([]);
  });

  it('warns of a herd: ten other tasks, and more, at the instant of the next tick', () => {
    const id = scheduler.schedule(nothing, cron('0 9 * * *', { timeZone: 'UTC' }));
    for (let i = 0; i < 9; i++) scheduler.schedule(nothing, cron('0 9 * * *', { timeZone: 'UTC' }));
    expect(codesOf(id)).toEqual([]);
    const last = scheduler.schedule(nothing, once(new Date('2026-11-26T09:00Z')));
    expect(scheduler.explain(id).warnings).toEqual([{ code: 'herd', at: Date.parse('2026-11-26T09:00Z'), message: '10 other tasks are due at the same instant as its next tick. To spread them, give them different times, or use every() with a jitter.' }]);
    scheduler.pauseTask(last);
    expect(codesOf(id)).toEqual([]);
  });

  it('warns of what its trigger has in it', () => {
    expect(codesOf(scheduler.schedule(nothing, cron('*/7 * * * *')))).toEqual(['unevenStep']);
  });

  it('warns of no change of the clocks before the task begins, nor after its last tick', () => {
    const DAY = 86_400_000;
    const nightly = cron('30 2 * * *', { timeZone: 'Europe/Berlin' });
    const changes = (options: object, trigger: Trigger = nightly): readonly (string | undefined)[] => {
      const { warnings } = scheduler.explain(scheduler.schedule(nothing, trigger, options), { timeZone: 'Europe/Berlin', count: 2 });
      return warnings.map(({ message }) => /^On (\S+),/.exec(message)?.[1]);
    };
    expect(changes({})).toEqual(['2027-03-28', '2027-10-31']);
    expect(changes({ until: START + 30 * DAY })).toEqual([]);
    expect(changes({ until: START + 200 * DAY })).toEqual(['2027-03-28']);
    expect(changes({ maxRuns: 30 })).toEqual([]);
    expect(changes({ maxRuns: 200 })).toEqual(['2027-03-28']);
    expect(changes({ startAt: START + 200 * DAY })).toEqual(['2027-10-31', '2028-03-26']);
    expect(changes({ startAt: START + 200 * DAY }, every('1d'))).toEqual(['2027-10-31']);
  });

  it('refuses bad options', () => {
    const id = scheduler.schedule(nothing, after(5));
    expect(() => scheduler.explain(id, { count: 0 })).toThrow(InvalidArgumentError);
  });
});

describe('TaskScheduler.upcoming', () => {
  it('merges the ticks of all tasks, in the order of time, and of the tasks at one instant', async () => {
    const [a, b] = [scheduler.schedule(nothing, every(20), { name: 'a' }), scheduler.schedule(nothing, every(30))];
    scheduler.schedule(nothing, once(START + 50), { id: 'once' });
    scheduler.pauseTask(scheduler.schedule(nothing, every(1)));
    scheduler.schedule(nothing, NEVER);
    await clock.advanceBy(10);
    expect(scheduler.upcoming({ limit: 5 })).toStrictEqual([
      { taskId: a, name: 'a', at: START + 20, tick: 1 }, { taskId: b, at: START + 30, tick: 1 }, { taskId: a, name: 'a', at: START + 40, tick: 2 },
      { taskId: 'once', at: START + 50, tick: 0 }, { taskId: a, name: 'a', at: START + 60, tick: 3 },
    ]);
    expect(scheduler.upcoming({ from: START + 50, until: START + 60 })).toEqual([{ taskId: 'once', at: START + 50, tick: 0 }]);
    expect(scheduler.upcoming()).toHaveLength(100);
  });

  it('is empty when nothing is due, and after the stop', async () => {
    expect(scheduler.upcoming()).toEqual([]);
    scheduler.schedule(nothing, every(5));
    await scheduler.stop();
    expect(scheduler.upcoming()).toEqual([]);
  });

  it.each([[{ limit: 0 }, 'limit'], [{ limit: Infinity }, 'limit'], [{ limit: 100_001 }, 'limit'], [{ from: 'soon' }, 'from'], [{ until: -1 }, 'until'], [{ to: 5 }, 'to'], [7, 'options']])('refuses %j', (options, field) => {
    expect(() => scheduler.upcoming(options as object)).toThrow(InvalidArgumentError);
    expect(() => scheduler.upcoming(options as object)).toThrow(field);
  });

  it('looks once at each task, and no farther than it tells', () => {
    let asked = 0;
    const trigger = every(1_000);
    const policy = resolvePolicy({}, {}, {}, 'time');
    const plans = Array.from({ length: 10_000 }, (_, i): TaskPlan => ({
      taskId: String(i), policy, anchor: i, due: i, tick: 0, runsLeft: Infinity, paused: false, exhausted: false,
      // It is read whenever a next tick is looked for.
      get trigger() { asked++; return { ...trigger, get interval() { asked++; return 1_000; } }; },
    }));
    expect(upcomingTicks(plans, { from: undefined, until: undefined, limit: 100 }).map(({ at }) => at)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(asked).toBeLessThan(11_000);
  });
});
