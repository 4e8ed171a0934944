import { afterEach, describe, expect, it, jest } from '@jest/globals';
import fc from '../support/properties.js';
import { Subject } from 'rxjs';
import { TaskScheduler, type Overlap, type TaskEvent } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/index.js';

/** What became of each tick of the task "me", by its number. */
class Ledger {
  readonly entries: string[][] = [];
  readonly #queued = new Set<string>();

  /** @param due when the tick of this number is due, if that is known */
  constructor(scheduler: TaskScheduler, private readonly due?: (tick: number) => number) {
    scheduler.events$.subscribe((event) => { if (event.taskId === 'me') this.#take(event); });
  }

  #take(event: TaskEvent): void {
    if (event.type === 'runQueued' && event.tick !== undefined) {
      this.#queued.add(event.runId);
      this.#enter(event.tick, event.scheduledFor, 'queued');
    } else if (event.type === 'runStarted' && event.tick !== undefined) {
      if (this.#queued.delete(event.runId)) this.entries[event.tick]!.pop();
      this.#enter(event.tick, event.scheduledFor, 'run');
    } else if ((event.type === 'ticksSkipped' || event.type === 'ticksMissed') && event.tick !== undefined) {
      if (event.runId !== undefined && this.#queued.delete(event.runId)) this.entries[event.tick]!.pop();
      for (let i = 0; i < event.count; i++) this.#enter(event.tick + i, undefined, event.reason);
      if (this.due) expect([event.from, event.to]).toEqual([this.due(event.tick), this.due(event.tick + event.count - 1)]);
    }
  }

  #enter(tick: number, scheduledFor: number | undefined, what: string): void {
    if (this.due && scheduledFor !== undefined) expect(scheduledFor).toBe(this.due(tick));
    (this.entries[tick] ??= []).push(what);
  }
}

const step = fc.record({
  // Mostly nothing but time goes by.
  act: fc.constantFrom('wait', 'wait', 'wait', 'pause', 'resume', 'runTask', 'block'),
  ms: fc.integer({ min: 0, max: 60 }),
});

const policy = fc.record({
  interval: fc.integer({ min: 5, max: 25 }),
  workMs: fc.integer({ min: 0, max: 60 }),
  overlap: fc.constantFrom<Overlap>('skip', 'queue', 'replace', 'parallel'),
  limit: fc.integer({ min: 1, max: 3 }),
  misfire: fc.record({ policy: fc.constantFrom('latest' as const, 'all' as const, 'skip' as const), grace: fc.integer({ min: 0, max: 30 }), limit: fc.integer({ min: 1, max: 4 }) }),
  concurrency: fc.constantFrom(1, 2, Infinity),
  end: fc.constantFrom('stopTask' as const, 'cancelTask' as const, 'stop' as const, 'until' as const),
});

afterEach(() => { jest.useRealTimers(); });

describe('7. Nothing is silent', () => {
  it('accounts for every tick once, under every policy: run, skipped or missed', async () => {
    const seen = new Set<string>();
    await fc.assert(fc.asyncProperty(policy, fc.array(step, { maxLength: 25 }), async (given, steps) => {
      const { interval, workMs, overlap, limit, misfire, concurrency, end } = given;
      const clock = new VirtualClock();
      const scheduler = new TaskScheduler({ clock, concurrency });
      const ledger = new Ledger(scheduler, (tick) => tick * interval);
      const work = (): Promise<void> => new Promise((resolve) => { clock.schedule(() => resolve(), workMs); });
      const until = 400;
      const id = scheduler.schedulePeriodic(work, interval, {
        id: 'me', overlap, misfire,
        ...(overlap === 'queue' ? { maxQueued: limit } : {}), ...(overlap === 'parallel' ? { maxParallel: limit } : {}), ...(end === 'until' ? { until } : {}),
      });
      // Two tasks contend for the slots.
      scheduler.schedulePeriodic(work, 17, { overlap: 'queue' });

      for (const { act, ms } of steps) {
        if (act === 'pause') scheduler.pauseTask(id);
        else if (act === 'resume') scheduler.resumeTask(id);
        else if (act === 'runTask' && scheduler.getTask(id).nextRunAt !== undefined) scheduler.runTask(id);
        else if (act === 'block') clock.block(ms);
        await clock.advanceBy(ms);
      }
      scheduler.resumeTask(id);
      let now = clock.now();
      if (end === 'until') {
        await clock.advanceBy(600);
        now = until - 1;
      } else if (end === 'stop') {
        const stopped = scheduler.stop();
        await clock.advanceBy(1_000);
        await stopped;
      } else scheduler[end](id);
      await clock.advanceBy(1_000);

      const due = Math.floor(now / interval) + 1;
      const own = ledger.entries;
      expect(own.map((entry, tick) => [tick, entry.length])).toEqual(Array.from({ length: due }, (_, tick) => [tick, 1]));
      for (const [what] of own) seen.add(what!);
    }), { numRuns: 150, seed: 7 });
    // The property has met all that can become of a tick.
    expect([...seen].sort()).toEqual(['cancelled', 'late', 'maxParallel', 'overlap', 'paused', 'queueFull', 'replaced', 'run', 'stopped']);
  });

  it('accounts for every emission of an Observable trigger', async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.constantFrom<Overlap>('skip', 'queue', 'replace', 'parallel'), async (steps, overlap) => {
      const clock = new VirtualClock();
      const scheduler = new TaskScheduler({ clock });
      const source = new Subject<number>();
      const ledger = new Ledger(scheduler);
      const work = (): Promise<void> => new Promise((resolve) => { clock.schedule(() => resolve(), 20); });
      const id = scheduler.schedule(work, source, { id: 'me', overlap, ...(overlap === 'queue' ? { maxQueued: 2 } : {}) });
      let emitted = 0;
      for (const { act, ms } of steps) {
        if (act === 'pause') scheduler.pauseTask(id);
        else if (act === 'resume') scheduler.resumeTask(id);
        else if (act === 'block') clock.block(ms);
        else for (let i = 0; i < ms % 4; i++) source.next(emitted++);
        if (ms % 3 > 0) await clock.advanceBy(ms);
      }
      scheduler.cancelTask(id);
      await clock.advanceBy(100);
      expect(ledger.entries.map((entry) => entry.length)).toEqual(Array.from({ length: emitted }, () => 1));
      const { runCount, skippedCount, missedCount } = scheduler.getTask(id);
      expect(runCount + skippedCount + missedCount).toBe(emitted);
    }), { numRuns: 150, seed: 7 });
  });

  it('tells of ticks lost for one reason in one gap as one event and one record', async () => {
    const clock = new VirtualClock();
    const scheduler = new TaskScheduler({ clock });
    const id = scheduler.schedulePeriodic(() => 1, 10);
    await clock.advanceBy(0);
    scheduler.pauseTask(id);
    const lost: TaskEvent[] = [];
    scheduler.events$.subscribe((event) => { if (event.type === 'ticksSkipped') lost.push(event); });
    await clock.advanceBy(55);
    scheduler.resumeTask(id);
    expect(lost).toMatchObject([{ tick: 1, from: 10, to: 50, count: 5, reason: 'paused' }]);
    expect(scheduler.getRuns(id)).toMatchObject([{ tick: 0 }, { tick: 1, status: 'SKIPPED', scheduledFor: 10, lastScheduledFor: 50, count: 5, skipReason: 'paused' }]);
    expect(scheduler.getTask(id)).toMatchObject({ skippedCount: 5, runCount: 1 });
  });

  it('tells of the emissions that are lost, and of no other', async () => {
    const clock = new VirtualClock();
    const scheduler = new TaskScheduler({ clock });
    const source = new Subject<string>();
    const id = scheduler.schedule(() => { scheduler.stopTask(id); }, source);
    const lost: TaskEvent[] = [];
    scheduler.events$.subscribe((event) => { if (event.type === 'ticksSkipped') lost.push(event); });
    source.next('runs');
    clock.block(10);
    source.next('is lost');
    clock.block(10);
    source.next('is lost, too');
    await clock.advanceBy(100);
    expect(lost).toMatchObject([{ tick: 1, from: 10, to: 20, count: 2, reason: 'stopped' }]);
  });

  it('counts by arithmetic: thirty years of milliseconds in no time', async () => {
    const clock = new VirtualClock();
    const scheduler = new TaskScheduler({ clock });
    const id = scheduler.schedulePeriodic(() => 1, 1);
    await clock.advanceBy(0);
    scheduler.pauseTask(id);
    const years = 30 * 365 * 86_400_000;
    await clock.advanceBy(years);
    scheduler.resumeTask(id);
    expect(scheduler.getTask(id)).toMatchObject({ skippedCount: years, nextRunAt: years + 1 });
  });

  it('accounts for what the machine slept through', () => {
    const START = Date.parse('2030-01-01T00:00:00Z');
    jest.useFakeTimers({ now: START });
    const scheduler = new TaskScheduler();
    const ids = (['latest', 'all', 'skip'] as const).map((misfire) => scheduler.schedulePeriodic(() => 1, 1_000, { misfire: { policy: misfire, limit: 3, grace: '1500ms' } }));
    const jumps: TaskEvent[] = [];
    scheduler.events$.subscribe((event) => { if (event.type === 'clockJumped') jumps.push(event); });
    jest.advanceTimersByTime(500);
    jest.setSystemTime(START + 10_500);
    jest.advanceTimersByTime(1_000);
    expect(jumps).toMatchObject([{ by: 10_000 }]);
    // Eleven ticks are handled late: `latest` makes up for the newest, `all` for three, and `skip` runs the two that are within the grace.
    expect(ids.map((id) => scheduler.getTask(id)).map(({ runCount, missedCount, skippedCount }) => [runCount, missedCount, skippedCount])).toEqual([
      [2, 10, 0], [4, 8, 0], [3, 9, 0],
    ]);
  });
});
