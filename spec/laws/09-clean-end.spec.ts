import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { NEVER, Subject, type Observable } from 'rxjs';
import { after, every, SchedulerStoppedError, TaskScheduler, withContext, type StopReport, type TaskSchedulerOptions } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/index.js';

const open = (options: TaskSchedulerOptions = {}) => {
  const clock = new VirtualClock();
  return { clock, scheduler: new TaskScheduler({ clock, onError: () => {}, ...options }) };
};
const hang = (): Promise<never> => new Promise(() => {});
const NOTHING: StopReport = { completed: 0, failed: 0, cancelled: 0, abandoned: 0, pending: 0, deadlineHit: false };

afterEach(() => { jest.useRealTimers(); });

describe('9. Clean end', () => {
  describe('stop is fine', () => {
    it('twice, and concurrently: each call gets the one report', async () => {
      const { clock, scheduler } = open();
      scheduler.schedule(hang, after(0));
      await clock.advanceBy(0);
      const stops = [scheduler.stop({ deadline: 100 }), scheduler.stop({ drain: false }), scheduler.stop()];
      await clock.advanceBy(100);
      const [first, ...others] = await Promise.all([...stops, scheduler.stop()]);
      expect(first).toEqual({ ...NOTHING, abandoned: 1, pending: 1, deadlineHit: true });
      for (const other of others) expect(other).toBe(first);
    });

    it('when work holds on to its slot for ever, though its run has had its outcome: that is abandoned', async () => {
      const { clock, scheduler } = open();
      scheduler.schedule(hang, after(0), { id: 'failed', timeout: 10, holdSlot: true });
      scheduler.schedule(hang, after(0), { id: 'cancelled', holdSlot: true });
      scheduler.schedule(hang, after(0), { id: 'aborted' });
      await clock.advanceBy(20);
      scheduler.cancelTask('cancelled');
      const stopping = scheduler.stop({ deadline: 100 });
      await clock.advanceBy(10_000);
      expect(await stopping).toEqual({ ...NOTHING, abandoned: 3, pending: 1, deadlineHit: true });
      expect(['failed', 'cancelled', 'aborted'].map((id) => scheduler.getTaskStatus(id))).toEqual(['FAILED', 'CANCELLED', 'PENDING']);
    });

    it('before the start, and with nothing to do', async () => {
      expect(await open().scheduler.stop()).toEqual(NOTHING);
      const { clock, scheduler } = open({ autoStart: false });
      const work = jest.fn();
      scheduler.schedule(work, after(0));
      expect(await scheduler.stop()).toEqual({ ...NOTHING, pending: 1 });
      expect(() => scheduler.start()).toThrow(SchedulerStoppedError);
      await clock.advanceBy(100);
      expect(work).not.toHaveBeenCalled();
    });

    it.each<[string, (scheduler: TaskScheduler) => unknown, Partial<StopReport>]>([
      ['synchronous work', (scheduler) => { void scheduler.stop(); return 'done'; }, { completed: 1 }],
      ['work that goes on', async (scheduler) => { void scheduler.stop(); await Promise.resolve(); return 'done'; }, { completed: 1 }],
      ['work that then fails', (scheduler) => { void scheduler.stop(); throw new Error('no luck'); }, { failed: 1 }],
      ['work that aborts itself', (scheduler) => { void scheduler.stop({ drain: false }); return NEVER; }, { cancelled: 1, pending: 1 }],
      ['work that waits for it, until the deadline', (scheduler) => scheduler.stop({ deadline: 10 }), { abandoned: 1, pending: 1, deadlineHit: true }],
    ])('inside %s', async (_, work, expected) => {
      const { clock, scheduler } = open();
      scheduler.schedule(() => work(scheduler), after(0));
      await clock.advanceBy(10_000);
      expect(await scheduler.stop()).toEqual({ ...NOTHING, ...expected });
    });

    it.each(['taskScheduled', 'runQueued', 'runStarted', 'runCompleted', 'runFailed', 'ticksSkipped', 'taskFinished', 'taskPaused'])('inside a notification of %s', async (when) => {
      const { clock, scheduler } = open({ concurrency: 1 });
      let started = 0;
      let stopped: Promise<StopReport> | undefined;
      let afterStop = 0;
      scheduler.events$.subscribe(({ type }) => {
        if (type === 'runStarted' && stopped) afterStop++;
        if (type === when) stopped ??= scheduler.stop({ drain: false });
      });
      const work = (): Promise<number> => new Promise((resolve, reject) => {
        started++;
        clock.schedule(() => { if (started % 2) resolve(started); else reject(new Error()); }, 15);
      });
      const schedule = (): void => {
        scheduler.schedule(work, every(10), { maxRuns: 2 });
        scheduler.schedule(work, after(0));
        scheduler.pauseTask(scheduler.schedule(work, after(0)));
      };
      if (when === 'taskScheduled') expect(schedule).toThrow(SchedulerStoppedError);
      else schedule();
      await clock.advanceBy(20_000);
      expect(stopped).toBeDefined();
      const { deadlineHit, ...figures } = await stopped!;
      expect(deadlineHit).toBe(false);
      expect(afterStop).toBe(0);
      expect(scheduler.getTasks().filter((task) => !('finishedAt' in task))).toHaveLength(figures.pending);
      expect(scheduler.stats().runsInProgress + scheduler.stats().queuedRuns).toBe(0);
    });
  });

  describe('from the call on', () => {
    const refusals: [string, (scheduler: TaskScheduler) => unknown][] = [
      ['schedule', (scheduler) => scheduler.schedule(() => 1, after(0))],
      ['schedule, even to keep a known task', (scheduler) => scheduler.schedule(() => 1, after(0), { id: 'known', ifExists: 'keep' })],
      ['scheduleOneTime', (scheduler) => scheduler.scheduleOneTime(() => 1, 5)],
      ['schedulePeriodic', (scheduler) => scheduler.schedulePeriodic(() => 1, 5)],
      ['runTask', (scheduler) => scheduler.runTask('known')],
      ['start', (scheduler) => { scheduler.start(); }],
    ];
    it.each(refusals)('%s throws SchedulerStoppedError', async (_, call) => {
      const { scheduler } = open();
      scheduler.schedule(() => 1, after(10), { id: 'known' });
      const stopped = scheduler.stop();
      expect(() => call(scheduler)).toThrow(SchedulerStoppedError);
      await stopped;
      expect(() => call(scheduler)).toThrow(/: the scheduler was stopped\. There is no restart; create a new TaskScheduler\.$/);
      expect(scheduler.getTasks()).toHaveLength(1);
    });

    it.each([['once', after(1_000)], ['again and again', every(1_000)]])('a task that is due %s, and resumed, keeps its status', async (_, trigger) => {
      const { clock, scheduler } = open();
      const id = scheduler.schedule(() => 'never', trigger);
      await clock.advanceBy(0);
      const { runCount } = scheduler.getTask(id);
      scheduler.pauseTask(id);
      const result = scheduler.result(id);
      const stopping = scheduler.stop();
      scheduler.resumeTask(id);
      await expect(result).rejects.toThrow(SchedulerStoppedError);
      expect([scheduler.getTaskStatus(id), scheduler.getTask(id).runCount, (await stopping).pending]).toEqual(['PENDING', runCount, 1]);
    });

    it.each<[string, (scheduler: TaskScheduler, id: string, abort: () => void) => void]>([
      ['by stopTask', (scheduler, id) => { scheduler.stopTask(id); }],
      ['by cancelTask', (scheduler, id) => { scheduler.cancelTask(id); }],
      ['by its signal', (_, __, abort) => { abort(); }],
    ])('a task can still be ended whose run the stop has aborted, and whose work goes on: %s', async (_, end) => {
      const { clock, scheduler } = open();
      const controller = new AbortController();
      const id = scheduler.schedule(hang, every(100), { holdSlot: true, signal: controller.signal });
      await clock.advanceBy(1);
      const stopping = scheduler.stop({ drain: false });
      expect(scheduler.getTaskStatus(id)).toBe('PENDING');
      end(scheduler, id, () => { controller.abort(); });
      expect(scheduler.getTaskStatus(id)).toBe('CANCELLED');
      await clock.advanceBy(10_000);
      expect((await stopping).pending).toBe(0);
    });

    it('getters answer; a run in progress may still be cancelled, and streams tell of it', async () => {
      const { clock, scheduler } = open();
      const id = scheduler.schedulePeriodic(hang, 10);
      await clock.advanceBy(0);
      const seen: string[] = [];
      scheduler.task$(id).subscribe({ next: ({ status }) => seen.push(status), complete: () => seen.push('over') });
      const stopped = scheduler.stop();
      expect([scheduler.getTaskStatus(id), scheduler.stats().runsInProgress, scheduler.getRuns(id).length, scheduler.now()]).toEqual(['RUNNING', 1, 1, 0]);
      expect(scheduler.cancelTask(id)).toBe(true);
      await clock.advanceBy(0);
      expect(await stopped).toEqual({ ...NOTHING, cancelled: 1 });
      expect(seen).toEqual(['RUNNING', 'CANCELLED', 'over']);
      expect([scheduler.getTaskStatus(id), scheduler.cancelTask(id), scheduler.pauseTask(id)]).toEqual(['CANCELLED', false, false]);
    });

    it('nothing that is queued starts, when a run in progress makes room', async () => {
      const { clock, scheduler } = open({ concurrency: 1 });
      const ends: (() => void)[] = [];
      const work = (): Promise<void> => new Promise((resolve) => { ends.push(resolve); });
      const ids = [0, 1, 2].map(() => scheduler.schedule(work, after(0)));
      await clock.advanceBy(0);
      const stopped = scheduler.stop();
      ends[0]!();
      await clock.advanceBy(1_000);
      expect(await stopped).toEqual({ ...NOTHING, completed: 1, pending: 2 });
      expect(ends).toHaveLength(1);
      expect(ids.map((id) => scheduler.getTaskStatus(id))).toEqual(['COMPLETED', 'PENDING', 'PENDING']);
      expect(scheduler.getRuns(ids[1]!)).toMatchObject([{ status: 'SKIPPED', skipReason: 'stopped' }]);
    });
  });

  it('counts how each run ended', async () => {
    const { clock, scheduler } = open();
    const later = (ms: number) => new Promise<void>((resolve) => { clock.schedule(() => resolve(), ms); });
    scheduler.schedule(() => 'before the call', after(0));
    scheduler.schedule(() => later(50), after(1));
    scheduler.schedule(() => later(60).then(() => { throw new Error(); }), after(1));
    scheduler.schedule(() => NEVER, after(1));
    scheduler.schedule(hang, after(1));
    scheduler.schedule(withContext(({ signal }) => new Promise((_, reject) => { signal.addEventListener('abort', reject); })), after(1));
    scheduler.schedule(() => 'pending', after(1_000));
    await clock.advanceBy(1);
    const stopped = scheduler.stop({ deadline: '1s' });
    await clock.advanceBy(1_000);
    expect(await stopped).toEqual({ completed: 1, failed: 1, cancelled: 2, abandoned: 1, pending: 4, deadlineHit: true });
  });

  it('waits for work that asked for it by waitUntil, after its abort', async () => {
    const { clock, scheduler } = open();
    let letGo = (): void => {};
    scheduler.schedule(withContext(({ waitUntil }) => {
      waitUntil(new Promise<void>((resolve) => { letGo = resolve; }));
      return NEVER;
    }), after(0));
    await clock.advanceBy(0);
    let report: StopReport | undefined;
    void scheduler.stop({ drain: false }).then((given) => { report = given; });
    await clock.advanceBy(1_000);
    expect(report).toBeUndefined();
    letGo();
    await clock.advanceBy(0);
    expect(report).toEqual({ ...NOTHING, cancelled: 1, pending: 1 });
  });

  it('leaves no timer, no subscription and no listener', async () => {
    jest.useFakeTimers({ now: 1_000_000 });
    const scheduler = new TaskScheduler();
    const source = new Subject();
    const { signal } = new AbortController();
    const removed = jest.spyOn(signal, 'removeEventListener');
    scheduler.schedule(hang, every(10), { overlap: 'queue', signal });
    scheduler.schedule(hang, source);
    scheduler.schedule(hang, source, { until: 2_000_000 });
    scheduler.schedule(hang, after('40d'));
    scheduler.pauseTask(scheduler.schedule(hang, after(10)));
    jest.advanceTimersByTime(25);
    expect([source.observed, jest.getTimerCount() > 0]).toEqual([true, true]);
    const stopped = scheduler.stop({ drain: false });
    await stopped;
    expect([source.observed, jest.getTimerCount()]).toEqual([false, 0]);
    expect(removed).toHaveBeenCalledTimes(1);
  });

  it('completes every stream, and rejects what is awaited', async () => {
    const { scheduler } = open();
    const id = scheduler.schedule(hang, after(10));
    const over: string[] = [];
    const streams = { task$: scheduler.task$(id), runs$: scheduler.runs$(id), results$: scheduler.results$(id), tasks$: scheduler.tasks$, events$: scheduler.events$ };
    const listen = (): void => { for (const [name, stream$] of Object.entries<Observable<unknown>>(streams)) stream$.subscribe({ complete: () => over.push(name) }); };
    listen();
    const promises = [scheduler.result(id), scheduler.whenSettled(id)].map((promise) => expect(promise).rejects.toBeInstanceOf(SchedulerStoppedError));
    await scheduler.stop();
    await Promise.all(promises);
    // And so for who comes later.
    listen();
    const names = Object.keys(streams).sort();
    expect([over.slice(0, 5).sort(), over.slice(5).sort()]).toEqual([names, names]);
    expect(scheduler.getTaskStatus(id)).toBe('PENDING');
  });

  it.each(['drain', 'abort'])('lets the process exit by itself, with everything in flight (%s)', async (how) => {
    const fixture = fileURLToPath(new URL('../fixtures/stop-in-mid-air.ts', import.meta.url));
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--import', 'tsx', fixture, how], { timeout: 20_000 });
    const { report, same, done } = JSON.parse(stdout) as { report: StopReport; same: boolean; done: string[] };
    expect(stderr).toBe('');
    expect([same, done]).toEqual([true, ['events$', 'result', 'tasks$']]);
    expect(report).toMatchObject({ completed: how === 'drain' ? 1 : 0, failed: 0, deadlineHit: how === 'drain' });
    expect(report.abandoned).toBeGreaterThan(0);
    expect(report.cancelled).toBeGreaterThan(0);
  }, 30_000);
});
