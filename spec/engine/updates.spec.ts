// updateTask, at the edges: what becomes of ticks and runs that are under way when a task is changed.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Subject } from 'rxjs';
import { TaskScheduler, after, cron, every, once, type InputSchema, type TaskEvent, type TaskId } from '../../src/index.js';
import { FakeWork, VirtualClock } from '../../src/testing/index.js';

let clock: VirtualClock;
let scheduler: TaskScheduler;
let events: TaskEvent[];

beforeEach(() => {
  clock = new VirtualClock();
  scheduler = new TaskScheduler({ clock, onError: () => undefined });
  events = [];
  scheduler.events$.subscribe((event) => { events.push(event); });
});
afterEach(() => scheduler.stop({ drain: false }));

const told = (type: TaskEvent['type']) => events.filter((event) => event.type === type);
const runsOf = (id: string) => scheduler.getRuns(id).map(({ tick, scheduledFor, status }) => [tick, scheduledFor, status]);
const work = (): undefined => undefined;

describe('updateTask', () => {
  it('is told as scheduling anew, with the new trigger and the next tick', async () => {
    const id = scheduler.schedulePeriodic(work, 100, { name: 'poll', tags: ['x'] });
    await clock.advanceBy(50);
    scheduler.updateTask(id, { trigger: after(25) });
    expect(told('taskScheduled')).toMatchObject([
      { replaced: false }, { at: 50, name: 'poll', tags: ['x'], trigger: { kind: 'after', delay: 25 }, replaced: true, nextRunAt: 75 },
    ]);
    await clock.advanceBy(500);
    expect(runsOf(id)).toEqual([[0, 0, 'COMPLETED'], [1, 75, 'COMPLETED']]);
    expect(scheduler.getTaskStatus(id)).toBe('COMPLETED');
  });

  it('counts a new grid from the call: its first tick is now', async () => {
    const id = scheduler.schedulePeriodic(work, 100);
    await clock.advanceBy(150);
    scheduler.updateTask(id, { trigger: every(40) });
    expect(scheduler.getTask(id).nextRunAt).toBe(150);
    await clock.advanceBy(90);
    expect(runsOf(id)).toEqual([[0, 0, 'COMPLETED'], [1, 100, 'COMPLETED'], [2, 150, 'COMPLETED'], [3, 190, 'COMPLETED'], [4, 230, 'COMPLETED']]);
  });

  it('skips a tick that was due and not handled yet', async () => {
    const id = scheduler.schedulePeriodic(work, 100);
    await clock.advanceBy(50);
    clock.block(175);
    scheduler.updateTask(id, { trigger: once(500) });
    expect(told('ticksSkipped')).toMatchObject([{ tick: 1, from: 100, to: 200, count: 2, reason: 'replaced' }]);
    await clock.advanceBy(500);
    expect(runsOf(id)).toEqual([[0, 0, 'COMPLETED'], [1, 100, 'SKIPPED'], [3, 500, 'COMPLETED']]);
  });

  it('of a paused task counts when it is resumed', async () => {
    const id = scheduler.schedulePeriodic(work, 100);
    await clock.advanceBy(50);
    scheduler.pauseTask(id);
    await clock.advanceBy(100);
    scheduler.updateTask(id, { trigger: every(30, { startAt: 200 }) });
    expect(scheduler.getTask(id)).toMatchObject({ status: 'PAUSED', nextRunAt: 200, skippedCount: 1 });
    await clock.advanceBy(100);
    scheduler.resumeTask(id);
    await clock.advanceBy(20);
    expect(runsOf(id)).toEqual([[0, 0, 'COMPLETED'], [1, 100, 'SKIPPED'], [4, 260, 'COMPLETED']]);
    expect(scheduler.getTask(id)).toMatchObject({ skippedCount: 3, completedCount: 2 });
  });

  it('of a paused one-time task replaces the tick that waits for the end of the pause', async () => {
    const id = scheduler.schedule(work, once(100));
    scheduler.pauseTask(id);
    await clock.advanceBy(150);
    scheduler.updateTask(id, { trigger: once(300) });
    scheduler.resumeTask(id);
    await clock.advanceBy(200);
    expect(runsOf(id)).toEqual([[0, 100, 'SKIPPED'], [1, 300, 'COMPLETED']]);
    expect(scheduler.getRuns(id)[0]).toMatchObject({ skipReason: 'replaced' });
  });

  it('from fixed rate to fixed delay and back', async () => {
    const fake = new FakeWork<[], undefined>();
    const id = scheduler.schedulePeriodic(fake.work, 100);
    await clock.advanceBy(0);
    scheduler.updateTask(id, { trigger: every(50, { mode: 'fixedDelay' }) });
    await clock.advanceBy(10);
    // The first tick of the new trigger was due while the run was in progress.
    expect(runsOf(id)).toEqual([[1, 0, 'SKIPPED'], [0, 0, 'RUNNING']]);
    fake.calls[0]!.complete(undefined);
    await clock.advanceBy(40);
    fake.calls[1]!.complete(undefined);
    await clock.advanceBy(50);
    expect(fake.calls.map(({ context }) => context.startedAt)).toEqual([0, 50, 100]);
    scheduler.updateTask(id, { trigger: every(10, { startAt: 200 }) });
    fake.calls[2]!.complete(undefined);
    await clock.advanceBy(100);
    expect(scheduler.getTask(id)).toMatchObject({ status: 'RUNNING', runCount: 4 });
    expect(fake.calls[3]!.context.startedAt).toBe(200);
  });

  it('leaves arguments that were carried behind', async () => {
    const id = scheduler.schedulePeriodic((n: number) => n + 1, 100, { args: [0], carry: (sum) => [sum] });
    await clock.advanceBy(150);
    expect(scheduler.getTaskResult(id)).toBe(2);
    scheduler.updateTask(id, { args: [40] });
    await clock.advanceBy(100);
    expect(scheduler.getTaskResult(id)).toBe(41);
  });

  it('leaves runs that wait the tick they wait for, and gives them the new arguments when they start', async () => {
    const fake = new FakeWork<[string], string>();
    const id = scheduler.schedulePeriodic(fake.work, 10, { overlap: 'queue', args: ['old'] });
    await clock.advanceBy(10);
    scheduler.updateTask(id, { args: ['new'], trigger: once(100) });
    fake.calls[0]!.complete('done');
    await clock.advanceBy(0);
    expect(fake.calls.map(({ args }) => args)).toEqual([['old'], ['new']]);
    fake.calls[1]!.complete('done');
    await clock.advanceBy(200);
    expect(runsOf(id)).toMatchObject([[0, 0, 'COMPLETED'], [1, 10, 'COMPLETED'], [2, 100, 'RUNNING']]);
  });

  it('does not take a run for missed that waited for another trigger', async () => {
    scheduler.concurrency = 1;
    const fake = new FakeWork<[], undefined>();
    scheduler.schedule(fake.work, after(0));
    const id = scheduler.schedule(work, every(100), { expiresAfter: 30 });
    await clock.advanceBy(10);
    scheduler.updateTask(id, { trigger: once(50) });
    await clock.advanceBy(20);
    expect(scheduler.getTask(id)).toMatchObject({ status: 'PENDING', missedCount: 1, nextRunAt: 50 });
    fake.calls[0]!.complete(undefined);
    await clock.advanceBy(20);
    expect(scheduler.getTask(id)).toMatchObject({ status: 'COMPLETED', completedCount: 1 });
  });

  it('heeds the options of the task: startAt, until, maxRuns', async () => {
    const id = scheduler.schedule(work, every(100), { startAt: 50, until: 400, maxRuns: 4 });
    await clock.advanceBy(60);
    scheduler.updateTask(id, { trigger: every(30) });
    // The grid begins at its startAt, as before.
    expect(scheduler.getTask(id).nextRunAt).toBe(80);
    expect(() => scheduler.updateTask(id, { trigger: once(400) })).toThrow('until has to be after the first tick');
    await clock.advanceBy(500);
    expect(runsOf(id).map(([, at]) => at)).toEqual([50, 80, 110, 140]);
    expect(scheduler.updateTask(id, { trigger: once(900) })).toBe(false);
  });

  it('has nothing to change of a task that is stopping, or has had all its runs', async () => {
    const fake = new FakeWork<[], undefined>();
    const [stopping, last] = [scheduler.schedulePeriodic(fake.work, 10), scheduler.schedulePeriodic(fake.work, 10, { maxRuns: 1 })];
    await clock.advanceBy(0);
    scheduler.stopTask(stopping);
    const before = events.length;
    expect([scheduler.updateTask(stopping, { trigger: once(50) }), scheduler.updateTask(last, { trigger: once(50) })]).toEqual([false, false]);
    expect(events).toHaveLength(before);
  });

  it('leaves an Observable trigger alone, and its arguments, but changes those that were given', async () => {
    const source = new Subject<number>();
    const made = scheduler.schedule((n: number) => n, source, { args: (n) => [n] });
    const given = scheduler.schedule((n: number) => n, source, { args: [1] });
    await clock.advanceBy(0);
    expect(() => scheduler.updateTask(made, { trigger: every(10) })).toThrow("trigger can't take the place of the Observable");
    expect(() => scheduler.updateTask(made, { args: [2] })).toThrow('args have no effect');
    expect(scheduler.updateTask(given, { args: [2] })).toBe(true);
    source.next(7);
    await clock.advanceBy(0);
    expect([scheduler.getTaskResult(made), scheduler.getTaskResult(given)]).toEqual([7, 2]);
  });

  it('comes before the start, too', async () => {
    const later = new TaskScheduler({ clock, autoStart: false });
    const id = later.schedulePeriodic(work, 100);
    later.updateTask(id, { trigger: cron('* * * * *', { timeZone: 'UTC' }) });
    await clock.advanceBy(60_000);
    // The tick of the call itself was due, and nobody had handled it.
    expect(later.getRuns(id)).toMatchObject([{ tick: 0, skipReason: 'replaced', count: 1 }]);
    later.start();
    await clock.advanceBy(60_000);
    expect(later.getRuns(id).map(({ scheduledFor }) => scheduledFor)).toContain(120_000);
    await later.stop();
  });

  /** A schema that makes something happen while it checks. */
  const meddling = (meddle: () => void, isArmed: () => boolean): InputSchema<[number]> => ({
    '~standard': { version: 1, vendor: 'spec', validate: (value) => { if (isArmed()) meddle(); return { value: value as [number] }; } },
  });

  it.each<[what: string, meddle: (id: TaskId) => void, answer: boolean, status: string]>([
    ['cancels it', (id) => scheduler.cancelTask(id), false, 'CANCELLED'],
    ['stops the scheduler', () => { void scheduler.stop(); }, false, 'PENDING'],
    ['pauses it', (id) => scheduler.pauseTask(id), true, 'PAUSED'],
    ['schedules another in its place', (id) => scheduler.schedule(work, once(700), { id, ifExists: 'replace' }), false, 'PENDING'],
    ['schedules another', () => scheduler.schedule(work, once(700), { id: 'other' }), true, 'PENDING'],
    ['changes it, too', (id) => scheduler.updateTask(id, { trigger: once(300) }), true, 'PENDING'],
  ])('asks the schema before anything has changed, though that %s', async (_, meddle, answer, status) => {
    let isArmed = false;
    const id = scheduler.schedule(
      scheduler.register('w', (n: number) => n, { inputSchema: meddling(() => { isArmed = false; meddle(id); }, () => isArmed) }), every(100), { id: 'x', args: [1] },
    );
    await clock.advanceBy(50);
    isArmed = true;
    const [before] = events.slice(-1);
    expect(scheduler.updateTask(id, { args: [2], trigger: once(500) })).toBe(answer);
    expect(scheduler.getTask(id)).toMatchObject({ status, ...(answer && { nextRunAt: 500 }) });
    expect(events.map(({ seq }) => seq)).toEqual(events.map((__, i) => i + 1));
    expect(events.some(({ type, seq }) => type === 'taskScheduled' && seq > (before?.seq ?? 0))).toBe(answer || what(id));
    function what(taskId: TaskId): boolean { return scheduler.getTask(taskId).nextRunAt === 700; }
  });

  it('refuses an instant that is hardly meant, as schedule does', async () => {
    const id = scheduler.schedulePeriodic(work, 100);
    await clock.advanceBy(50);
    expect(() => scheduler.updateTask(id, { trigger: once(0) })).toThrow('runAt 0 is 1 January 1970');
    expect(scheduler.getTask(id).nextRunAt).toBe(100);
  });

  it('with the trigger that the task has begins its grid anew', async () => {
    const id = scheduler.schedulePeriodic(work, 100);
    await clock.advanceBy(130);
    scheduler.updateTask(id, { trigger: every(100) });
    await clock.advanceBy(100);
    expect(runsOf(id).map(([, at]) => at)).toEqual([0, 100, 130, 230]);
  });
});

describe('the lateness of stats()', () => {
  it('is that of the latest tick, for a minute', async () => {
    scheduler.schedule(work, once(1_000));
    expect(scheduler.stats().latenessMs).toBe(0);
    await clock.advanceBy(990);
    clock.block(250);
    await clock.advanceBy(1);
    expect(scheduler.stats().latenessMs).toBe(240);
    await clock.advanceBy(60_000);
    expect(scheduler.stats().latenessMs).toBe(0);
  });

  it('does not count what was past when it was scheduled', async () => {
    await clock.advanceBy(1_000);
    scheduler.schedule(work, once(10));
    await clock.advanceBy(0);
    expect(scheduler.stats().latenessMs).toBe(0);
  });
});
