import { describe, expect, it } from '@jest/globals';
import { Subject, type SchedulerAction, type SchedulerLike, type Subscription } from 'rxjs';
import { after, every, once, TaskScheduler, withContext, type Trigger } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/index.js';

/** A clock that wakes everybody a millisecond early, as Node's timers do now and then. */
class EarlyClock implements SchedulerLike {
  readonly virtual = new VirtualClock({ startAt: 1_000 });

  now(): number {
    return this.virtual.now();
  }

  schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delay = 0, state?: T): Subscription {
    return this.virtual.schedule(work, delay >= 2 ? delay - 1 : delay, state);
  }
}

const TRIGGERS: Record<string, (now: number) => Trigger> = {
  'once(now)': (now) => once(now),
  'once(a fraction)': (now) => once(now + 20.25),
  'once(later)': (now) => once(now + 250),
  'after(0)': () => after(0),
  'after(50)': () => after(50),
  'every(7)': () => every(7),
  'every(10.7)': () => every(10.7),
};

describe('1. Never early', () => {
  it.each<[string, () => { clock: SchedulerLike; virtual: VirtualClock }]>([
    ['virtual time', () => { const virtual = new VirtualClock({ startAt: 1_000 }); return { clock: virtual, virtual }; }],
    ['a clock that wakes early', () => { const clock = new EarlyClock(); return { clock, virtual: clock.virtual }; }],
  ])('starts no run before its instant on %s', async (_, open) => {
    const { clock, virtual } = open();
    const scheduler = new TaskScheduler({ clock });
    const earliest: Record<string, number> = {};
    const runs: Record<string, number> = {};
    for (const [name, trigger] of Object.entries(TRIGGERS)) {
      const work = withContext(({ scheduledFor, startedAt }) => {
        expect(startedAt).toBe(clock.now());
        earliest[name] = Math.min(earliest[name] ?? Infinity, clock.now() - scheduledFor);
        runs[name] = (runs[name] ?? 0) + 1;
      });
      scheduler.schedule(work, trigger(clock.now()));
    }
    await virtual.advanceBy(300);
    for (const name of Object.keys(TRIGGERS)) expect([name, earliest[name]! >= 0 && earliest[name]! < 1]).toEqual([name, true]);
    expect(runs).toEqual({
      'once(now)': 1, 'once(a fraction)': 1, 'once(later)': 1, 'after(0)': 1, 'after(50)': 1, 'every(7)': 43, 'every(10.7)': 29,
    });
  });

  it('ends no task before its until on a clock that wakes early', async () => {
    const clock = new EarlyClock();
    const scheduler = new TaskScheduler({ clock });
    const source = new Subject<string>();
    const seen: string[] = [];
    const id = scheduler.schedule((value: string) => { seen.push(value); }, source, { args: (value) => [value], until: 1_100 });
    await clock.virtual.advanceTo(1_099);
    source.next('in time');
    await clock.virtual.advanceTo(1_099.5);
    source.next('just in time');
    await clock.virtual.advanceTo(1_100);
    source.next('too late');
    await clock.virtual.advanceBy(1);
    expect(seen).toEqual(['in time', 'just in time']);
    expect(scheduler.getTaskStatus(id)).toBe('COMPLETED');
  });

  it('holds on the wall clock: 100 tasks at 100 ms', async () => {
    const scheduler = new TaskScheduler();
    const early: number[] = [];
    let runs = 0;
    const work = withContext(({ scheduledFor }) => {
      runs++;
      const late = Date.now() - scheduledFor;
      if (late < 0) early.push(late);
    });
    const ids = Array.from({ length: 100 }, () => scheduler.schedulePeriodic(work, 100, { maxRuns: 10 }));
    await Promise.all(ids.map((id) => scheduler.result(id)));
    expect([early, runs]).toEqual([[], 1_000]);
    for (const id of ids) {
      const { scheduledAt } = scheduler.getTask(id);
      const started = scheduler.getRuns(id).filter((run) => run.startedAt !== undefined);
      expect(started.map((run) => run.scheduledFor)).toEqual(started.map((run) => scheduledAt + run.tick! * 100));
    }
    await scheduler.stop();
  });
});
