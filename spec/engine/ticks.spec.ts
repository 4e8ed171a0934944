import { describe, expect, it } from '@jest/globals';
import { marbles } from 'rxjs-marbles/jest';
import {
  TaskMissedError, TaskScheduler, after, every, once, type Misfire, type TaskEvent, type TaskOptions, type TaskState, type Trigger,
} from '../../src/index.js';
import { VirtualClock, eventLetters, timeline } from '../../src/testing/index.js';

const MONTH = 30 * 24 * 60 * 60_000;

describe('ticks', () => {
  it.each<[title: string, trigger: Trigger, options: TaskOptions<[]>, expected: string]>([
    ['once: at its instant',                     once(4),      {},                         '----s-(d|)'],
    ['once: at once when that is now',           once(0),      {},                         's-(d|)'],
    ['once: a month ahead, at its millisecond',  once(MONTH),  {},                         '43200m s-(d|)'],
    ['after: a delay from the call',             after(3),     {},                         '---s-(d|)'],
    ['after: a month on, at its millisecond',    after(MONTH), {},                         '43200m s-(d|)'],
    ['every: at once, then on the grid',         every(5),     { maxRuns: 3 },             's-d--s-d--s-(d|)'],
    ['every: a month apart',                     every(MONTH), { maxRuns: 2 },             's-d 2591999997ms s-(d|)'],
    ['every: from startAt on',                   every(5),     { startAt: 3, maxRuns: 2 }, '---s-d--s-(d|)'],
    ['until: a tick before it runs',             every(5),     { until: 11 },              's-d--s-d--s-(d|)'],
    ['until: a tick at that very instant is none', every(5),   { until: 10 },              's-d--s-(d|)'],
    ['until: a single tick before it',           once(4),      { until: 5 },               '----s-(d|)'],
    ['until and maxRuns: whichever comes first', every(5),     { maxRuns: 9, until: 6 },   's-d--s-(d|)'],
  ])('%s', (_title, trigger, options, expected) => {
    marbles((m) => {
      const scheduler = new TaskScheduler({ clock: m.scheduler });
      m.expect(scheduler.events$.pipe(eventLetters('task'))).toBeObservable(expected);
      scheduler.schedule(() => m.cold('--|'), trigger, { ...options, id: 'task' });
    })();
  });

  it.each<[title: string, trigger: Trigger, options: TaskOptions<[]>, expected: string]>([
    ['once: a runAt in the past runs at once',              once(3),  {},                         '-------s-(d|)'],
    ['once: and that is no misfire, however strict',        once(3),  { misfire: { grace: 0, policy: 'skip' } }, '-------s-(d|)'],
    ['after: counts from the call',                         after(3), {},                         '----------s-(d|)'],
    ['every: begins with the call',                         every(5), { maxRuns: 2 },             '-------s-d--s-(d|)'],
    ['decides: a startAt in the past only places the grid', every(5), { startAt: 1, maxRuns: 2 }, '-----------s-d--s-(d|)'],
  ])('%s (scheduled at 7)', (_title, trigger, options, expected) => {
    marbles((m) => {
      const scheduler = new TaskScheduler({ clock: m.scheduler });
      m.expect(scheduler.events$.pipe(eventLetters('task'))).toBeObservable(expected);
      m.scheduler.schedule(() => scheduler.schedule(() => m.cold('--|'), trigger, { ...options, id: 'task' }), 7);
    })();
  });

  it('counts runs for maxRuns, not what is skipped', marbles((m) => {
    const work     =     '----|';
    const expected = 's--kd-s---(d|)';
    const scheduler = new TaskScheduler({ clock: m.scheduler });
    m.expect(scheduler.events$.pipe(eventLetters('task'))).toBeObservable(expected);
    scheduler.schedule(() => m.cold(work), every(3), { maxRuns: 2, id: 'task' });
  }));

  it('starts with the scheduler, if that starts later', marbles((m) => {
    const scheduler = new TaskScheduler({ clock: m.scheduler, autoStart: false });
    m.expect(scheduler.events$.pipe(eventLetters('task'))).toBeObservable('----s-(d|)');
    scheduler.schedule(() => m.cold('--|'), once(2), { id: 'task' });
    m.scheduler.schedule(() => { scheduler.start(); }, 4);
  }));
});

describe('misfire', () => {
  /** Runs a task on a loop that is blocked from 50 ms to `until`, and looks at it right then. */
  async function blocked(trigger: Trigger, until: number, options: TaskOptions<[]> = {}): Promise<{
    readonly task: TaskState;
    readonly row: string;
    readonly lost: readonly unknown[];
    readonly runs: readonly (readonly [tick: number | undefined, scheduledFor: number, reason: string])[];
  }> {
    const clock = new VirtualClock();
    const scheduler = new TaskScheduler({ clock, onError: () => undefined });
    const events: TaskEvent[] = [];
    scheduler.events$.subscribe((event) => events.push(event));
    clock.schedule(() => { clock.block(until - 50); }, 50);
    scheduler.schedule(() => 'done', trigger, { ...options, id: 'task' });
    await clock.advanceTo(until);
    return {
      task: scheduler.getTask('task'),
      row: timeline(events.filter(({ at }) => at >= until), { from: until }).replace(/^task +-?/, ''),
      lost: events.flatMap((event) => (event.type === 'ticksMissed' || event.type === 'ticksSkipped'
        ? [{ type: event.type, tick: event.tick, from: event.from, to: event.to, count: event.count, reason: event.reason }] : [])),
      runs: events.flatMap((event) => (event.type === 'runStarted' && event.at >= until ? [[event.tick, event.scheduledFor, event.reason] as const] : [])),
    };
  }
  const missed = (tick: number, from: number, to: number, count: number) => ({ type: 'ticksMissed', tick, from, to, count, reason: 'late' });

  describe('grace', () => {
    it.each<[lateMs: number, misfire: Misfire, isMissed: boolean]>([
      [1_000, {}, false],
      [1_001, {}, true],
      [0, { grace: 0 }, false],
      [1, { grace: 0 }, true],
      [5_000, { grace: '5s' }, false],
      [5_001, { grace: '5s' }, true],
    ])('a tick that is %d ms late under %j is missed: %p', async (lateMs, misfire, isMissed) => {
      const { task } = await blocked(once(100), 100 + lateMs, { misfire: { ...misfire, policy: 'skip' } });
      expect(task.status).toBe(isMissed ? 'FAILED' : 'COMPLETED');
      expect(task.missedCount).toBe(isMissed ? 1 : 0);
    });
  });

  // every(1000), so tick k is due at k seconds; and the loop is blocked until 5.5 s, which makes ticks 1 to 4 more than a second late.
  it('latest: the newest tick due runs, and the others are missed as one', async () => {
    const { row, lost, runs } = await blocked(every(1_000), 5_500);
    expect({ row, lost, runs }).toEqual({
      row: '(msd)',
      lost: [missed(1, 1_000, 4_000, 4)],
      runs: [[5, 5_000, 'catchUp']],
    });
  });

  it('all: each of them runs, in order', async () => {
    const { row, lost, runs } = await blocked(every(1_000), 5_500, { misfire: { policy: 'all' } });
    expect({ row, lost, runs }).toEqual({
      row: '(sdsdsdsdsd)',
      lost: [],
      runs: [1, 2, 3, 4, 5].map((tick) => [tick, tick * 1_000, 'catchUp']),
    });
  });

  it('all, limit: only the newest run, and the others are missed as one', async () => {
    const { row, lost, runs } = await blocked(every(1_000), 5_500, { misfire: { policy: 'all', limit: 2 } });
    expect({ row, lost, runs }).toEqual({
      row: '(msdsd)',
      lost: [missed(1, 1_000, 3_000, 3)],
      runs: [[4, 4_000, 'catchUp'], [5, 5_000, 'catchUp']],
    });
  });

  it('all, limit: is 1,000 unless it is said', async () => {
    const { task, lost } = await blocked(every(1), 2_050, { misfire: { policy: 'all', grace: 0 } });
    // Ticks 0 to 49 are in time; 2,001 are due from 50 to 2,050.
    expect(lost).toEqual([missed(50, 50, 1_050, 1_001)]);
    expect(task).toMatchObject({ completedCount: 50 + 1_000, missedCount: 1_001 });
  });

  it('decides: skip: those that are too late are missed as one; one still within grace runs', async () => {
    const { row, lost, runs } = await blocked(every(1_000), 5_500, { misfire: { policy: 'skip' } });
    expect({ row, lost, runs }).toEqual({
      row: '(msd)',
      lost: [missed(1, 1_000, 4_000, 4)],
      runs: [[5, 5_000, 'scheduled']],
    });
  });

  it.each<[policy: Misfire['policy']]>([['latest'], ['all'], ['skip']])('%s: afterwards the grid goes on', async (policy) => {
    const { task } = await blocked(every(1_000), 5_500, { misfire: { policy } });
    expect(task.nextRunAt).toBe(6_000);
    expect(task.completedCount + task.missedCount).toBe(6);
  });

  it('within grace every tick is handled, one after the other', async () => {
    const { row } = await blocked(every(1_000), 5_500, { misfire: { grace: '10s' } });
    expect(row).toBe('(sdsdsdsdsd)');
  });

  it('no tick is missed that until does not allow', async () => {
    const { task, lost, runs } = await blocked(every(1_000), 5_500, { until: 4_000 });
    expect(lost).toEqual([missed(1, 1_000, 2_000, 2)]);
    expect(runs).toEqual([[3, 3_000, 'catchUp']]);
    expect(task.status).toBe('COMPLETED');
  });

  it('a catch-up run counts for maxRuns, and a missed tick does not', async () => {
    const { task } = await blocked(every(1_000), 5_500, { maxRuns: 2 });
    expect(task).toMatchObject({ status: 'COMPLETED', completedCount: 2, missedCount: 4 });
  });

  it('latest: a one-time task runs late', async () => {
    const { task, row, runs } = await blocked(once(100), 5_500);
    expect(row).toBe('(sd|)');
    expect(runs).toEqual([[0, 100, 'catchUp']]);
    expect(task.status).toBe('COMPLETED');
  });

  it.each<[title: string, trigger: Trigger]>([['once', once(100)], ['after', after(100)]])(
    'skip: %s fails with a TaskMissedError that says how late it was', async (_title, trigger) => {
      const { task, row, lost } = await blocked(trigger, 5_500, { misfire: { policy: 'skip' } });
      expect(row).toBe('(m|)');
      expect(lost).toEqual([missed(0, 100, 100, 1)]);
      expect(task).toMatchObject({ status: 'FAILED', missedCount: 1, runCount: 0, lastRun: { status: 'MISSED', skipReason: 'late' } });
      expect(task.error).toBeInstanceOf(TaskMissedError);
      expect(task.error).toMatchObject({ taskId: 'task', scheduledFor: 100, lateMs: 5_400 });
    });

  it('decides: a grid of which the last ticks were missed is completed, as what ran did', async () => {
    const { task } = await blocked(every(1_000), 5_500, { misfire: { policy: 'skip' }, until: 3_000 });
    expect(task).toMatchObject({ status: 'COMPLETED', completedCount: 1, missedCount: 2 });
  });

  it('waiting for an earlier run is none, however long', marbles((m) => {
    const scheduler = new TaskScheduler({ clock: m.scheduler, defaults: { misfire: { grace: 0, policy: 'skip' } } });
    m.expect(scheduler.events$.pipe(eventLetters('task'))).toBeObservable('s 4999ms q 3999ms (ds) 8996ms (d|)');
    scheduler.schedule(() => m.cold('9s |'), every('5s'), { overlap: 'queue', maxRuns: 2, id: 'task' });
  }));

  it('waiting for a slot is none, however long', marbles((m) => {
    const scheduler = new TaskScheduler({ clock: m.scheduler, concurrency: 1, defaults: { misfire: { grace: 0, policy: 'skip' } } });
    m.expect(scheduler.events$.pipe(eventLetters('a'))).toBeObservable('s 9999ms        (d|)');
    m.expect(scheduler.events$.pipe(eventLetters('b'))).toBeObservable('q 9999ms s 9999ms (d|)');
    for (const id of ['a', 'b']) scheduler.schedule(() => m.cold('10s |'), once(0), { id });
  }));
});

describe('ticks at the edge', () => {
  it('of the grace by less than a microsecond are missed like any other, and once', async () => {
    const clock = new VirtualClock();
    await using scheduler = new TaskScheduler({ clock });
    const ids = [every(5_000), once(5_000), every(5_000, { mode: 'fixedDelay' })].map((trigger) => scheduler.schedule(() => undefined, trigger, { misfire: { policy: 'skip' } }));
    await clock.advanceBy(4_999);
    clock.block(1_001.0005);
    await clock.advanceBy(0.0001);
    expect(ids.map((id) => scheduler.getTask(id).missedCount)).toEqual([1, 1, 1]);
    expect(scheduler.getTask(ids[1]!)).toMatchObject({ status: 'FAILED', error: { code: 'TASK_MISSED' } });
  });

  it('that run out in a pause before the scheduler was started leave no task behind', async () => {
    const clock = new VirtualClock();
    await using scheduler = new TaskScheduler({ clock, autoStart: false });
    const ids = [every(10), every(10, { mode: 'fixedDelay' })].map((trigger) => scheduler.schedule(() => undefined, trigger, { until: 20 }));
    for (const id of ids) scheduler.pauseTask(id);
    await clock.advanceBy(15);
    for (const id of ids) scheduler.resumeTask(id);
    scheduler.start();
    await clock.advanceBy(100);
    expect(ids.map((id) => scheduler.getTaskStatus(id))).toEqual(['COMPLETED', 'COMPLETED']);
  });
});
