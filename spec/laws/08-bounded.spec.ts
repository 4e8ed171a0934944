import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { Subject } from 'rxjs';
import { after, every, TaskNotFoundError, TaskScheduler, type TaskSchedulerOptions } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/index.js';

const open = (options: TaskSchedulerOptions = {}) => {
  const clock = new VirtualClock();
  return { clock, scheduler: new TaskScheduler({ clock, onError: () => {}, ...options }) };
};

function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

describe('8. Bounded', () => {
  it('keeps the newest finished tasks, as many as retention.tasks says', async () => {
    const { clock, scheduler } = open({ retention: { tasks: 3 } });
    const ids = Array.from({ length: 6 }, (_, i) => scheduler.schedule(() => i, after(i), { id: `task ${i}` }));
    const pending = scheduler.schedule(() => 1, after(1_000));
    await clock.advanceBy(10);
    expect(scheduler.getTasks().map(({ id }) => id)).toEqual([...ids.slice(3), pending]);
    expect(scheduler.stats().tasks).toMatchObject({ COMPLETED: 3, PENDING: 1 });
  });

  it('keeps every task that is not over, however many there are', async () => {
    const { clock, scheduler } = open({ retention: { tasks: 0 } });
    for (let i = 0; i < 100; i++) scheduler.schedule(() => 1, after(10));
    await clock.advanceBy(9);
    expect(scheduler.getTasks()).toHaveLength(100);
    await clock.advanceBy(1);
    expect(scheduler.getTasks()).toEqual([]);
  });

  it('says of a forgotten task that it was forgotten', async () => {
    const { clock, scheduler } = open({ retention: { tasks: 0 } });
    const id = scheduler.schedule(() => 1, after(0), { id: 'gone' });
    await clock.advanceBy(0);
    const forgotten = new TaskNotFoundError('gone', true);
    expect(forgotten.message).toBe(
      'The task "gone" finished and was forgotten: it was removed, or retention keeps only newer ones. ' +
        'Raise retention.tasks, or follow the task with result() or task$() while it lives.',
    );
    expect(() => scheduler.getTask(id)).toThrow(forgotten);
    await expect(scheduler.result(id)).rejects.toEqual(forgotten);
    expect(() => scheduler.getTask('never there')).toThrow(new TaskNotFoundError('never there', false));
  });

  it('tells who awaits or watches a task before it goes', async () => {
    const { clock, scheduler } = open({ retention: { tasks: 0 } });
    const log: string[] = [];
    const id = scheduler.schedule(() => 'the result', after(1));
    scheduler.task$(id).subscribe({ next: ({ status }) => log.push(status), complete: () => log.push('over') });
    scheduler.events$.subscribe(({ type }) => { if (type === 'taskRemoved') log.push(type); });
    const [result, settled] = [scheduler.result(id), scheduler.whenSettled(id)];
    await clock.advanceBy(1);
    expect(log).toEqual(['PENDING', 'RUNNING', 'COMPLETED', 'over', 'taskRemoved']);
    expect(await result).toBe('the result');
    expect(await settled).toMatchObject({ status: 'COMPLETED', result: 'the result' });
  });

  it('keeps the newest runs, as many as retention.runs says, and those that are not over', async () => {
    const { clock, scheduler } = open({ retention: { runs: 3 } });
    let n = 0;
    const id = scheduler.schedulePeriodic(() => (++n < 9 ? n : new Promise(() => {})), 10, { overlap: 'queue', maxQueued: 2 });
    await clock.advanceBy(100);
    expect(scheduler.getRuns(id).map(({ tick, status }) => [tick, status])).toEqual([
      [5, 'COMPLETED'], [6, 'COMPLETED'], [7, 'COMPLETED'], [8, 'RUNNING'], [9, 'QUEUED'], [10, 'QUEUED'],
    ]);
    expect(scheduler.getTask(id)).toMatchObject({ completedCount: 8, runCount: 9 });
  });

  it('keeps one record for skipped ticks in a row, so that they crowd out no run', async () => {
    const { clock, scheduler } = open({ retention: { runs: 2 } });
    const id = scheduler.schedulePeriodic(() => new Promise(() => {}), 1);
    await clock.advanceBy(1_000);
    expect(scheduler.getRuns(id)).toMatchObject([
      { status: 'SKIPPED', tick: 1, count: 1_000, scheduledFor: 1, lastScheduledFor: 1_000, skipReason: 'overlap' }, { status: 'RUNNING', tick: 0 },
    ]);
  });

  it('keeps no more than 20 runs of each task, unless told', async () => {
    const { clock, scheduler } = open();
    const id = scheduler.schedulePeriodic(() => 1, 1);
    await clock.advanceBy(50);
    expect(scheduler.getRuns(id).map(({ tick }) => tick)).toEqual(Array.from({ length: 20 }, (_, i) => 31 + i));
  });

  it('queues no more than maxQueued runs: 1, or 1,000 for an Observable trigger, unless told', async () => {
    const { clock, scheduler } = open();
    const source = new Subject<number>();
    const hang = (): Promise<never> => new Promise(() => {});
    const [periodic, observable] = [scheduler.schedule(hang, every(1), { overlap: 'queue' }), scheduler.schedule(hang, source)];
    for (let i = 0; i < 5_000; i++) source.next(i);
    await clock.advanceBy(10);
    expect(scheduler.stats().queuedRuns).toBe(1_001);
    expect(scheduler.getTask(periodic).skippedCount).toBe(9);
    expect(scheduler.getTask(observable).skippedCount).toBe(3_999);
  });

  it('holds no memory of 20,000 one-time tasks but that of the few it keeps', async () => {
    const { clock, scheduler } = open({ retention: { tasks: 10 } });
    const wave = async (tasks: number): Promise<void> => {
      for (let i = 0; i < tasks; i++) scheduler.schedule((size: number) => new Array<number>(size).fill(i), after(i % 50), { args: [300], tags: ['wave'] });
      await clock.advanceBy(50);
    };
    await wave(2_000);
    const before = heapUsed();
    for (let i = 0; i < 9; i++) await wave(2_000);
    // Each result holds 2.4 kB, so 18,000 of them 43 MB.
    expect(heapUsed() - before).toBeLessThan(4_000_000);
    expect(scheduler.getTasks()).toHaveLength(10);
  }, 20_000);

  it('holds no memory of runs, streams and timers that are over', async () => {
    const { clock, scheduler } = open({ retention: { tasks: 10, runs: 5 } });
    const id = scheduler.schedulePeriodic(() => new Array<number>(300).fill(0), 1);
    const round = async (): Promise<void> => {
      for (let i = 0; i < 500; i++) {
        scheduler.task$(id).subscribe().unsubscribe();
        scheduler.tasks$.subscribe().unsubscribe();
        scheduler.cancelTask(scheduler.schedule(() => 1, after(1_000_000)));
      }
      await clock.advanceBy(500);
    };
    await round();
    const before = heapUsed();
    for (let i = 0; i < 5; i++) await round();
    // 2,500 results would be 6 MB.
    expect(heapUsed() - before).toBeLessThan(2_000_000);
  }, 20_000);

  it.each([
    ['that are of one task each', () => ({})],
    ['with a key each', (i: number) => ({ concurrencyKey: `key ${i}` })],
  ])('holds no memory of rates %s, once they count for nobody', async (_, keyOf) => {
    const { clock, scheduler } = open({ retention: { tasks: 10 } });
    const wave = async (from: number, tasks: number): Promise<void> => {
      for (let i = from; i < from + tasks; i++) scheduler.schedule(() => 1, after(1), { ...keyOf(i), rateLimit: { limit: 1, per: 100 } });
      await clock.advanceBy(1_000);
    };
    await wave(0, 2_000);
    const ticking = scheduler.schedulePeriodic(() => 1, 10);
    const before = heapUsed();
    await wave(2_000, 20_000);
    // Not by other rates alone: any run will do.
    await clock.advanceBy(200_000);
    scheduler.cancelTask(ticking);
    // 20,000 rates would be 12 MB.
    expect(heapUsed() - before).toBeLessThan(4_000_000);
  }, 20_000);

  it('decides: it remembers the last 1,000 forgotten ids, to say so', async () => {
    const { clock, scheduler } = open({ retention: { tasks: 0 } });
    const ids = Array.from({ length: 1_001 }, () => scheduler.schedule(() => 1, after(0)));
    await clock.advanceBy(0);
    const forgotten = ids.map((id) => {
      try {
        return scheduler.getTaskStatus(id);
      } catch (error) {
        return (error as TaskNotFoundError).forgotten;
      }
    });
    expect(forgotten).toEqual([false, ...Array.from({ length: 1_000 }, () => true)]);
  });
});
