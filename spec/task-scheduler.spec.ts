import { describe, expect, it } from '@jest/globals';
import { TaskNotFoundError, TaskScheduler, after, every } from '../src/index.js';
import { VirtualClock } from '../src/testing/index.js';
import { describeFacade } from './support/facade-contract.js';

describe('TaskScheduler', () => {
  describeFacade('as a TaskFacade', (options) => {
    const clock = new VirtualClock({ startAt: new Date('2030-01-01T00:00:00Z') });
    const scheduler = new TaskScheduler({ clock, ...options });
    return { facade: scheduler, advanceBy: (ms) => clock.advanceBy(ms), dispose: async () => { await scheduler.stop({ drain: false }); } };
  });

  it('answers at once', () => {
    const scheduler = new TaskScheduler({ clock: new VirtualClock() });
    const id = scheduler.schedule(() => 1, after(10));
    expect([scheduler.getTaskStatus(id), scheduler.pauseTask(id), scheduler.getTask(id).status]).toEqual(['PENDING', true, 'PAUSED']);
    expect([scheduler.cancelTask(id), scheduler.getTaskStatus(id), scheduler.stats().tasks.CANCELLED]).toEqual([true, 'CANCELLED', 1]);
  });

  it('refuses the states of an unknown task at the call', () => {
    const scheduler = new TaskScheduler({ clock: new VirtualClock() });
    expect(() => scheduler.states('nobody')).toThrow(new TaskNotFoundError('nobody', false));
  });

  it('is stopped by await using', async () => {
    const clock = new VirtualClock();
    const scheduler = new TaskScheduler({ clock });
    const order: string[] = [];
    scheduler.schedule(async () => {
      await Promise.resolve();
      order.push('the run is over');
    }, after(0));
    scheduler.events$.subscribe({ complete: () => order.push('so is the scheduler') });
    await clock.advanceBy(0);
    {
      await using stopped: AsyncDisposable = scheduler;
      expect(stopped).toBe(scheduler);
    }
    expect(order).toEqual(['the run is over', 'so is the scheduler']);
    expect(() => scheduler.schedule(() => 1, after(0))).toThrow('the scheduler was stopped');
  });

  it('has a concurrency, which may change at any time', async () => {
    const clock = new VirtualClock();
    const scheduler = new TaskScheduler({ clock, concurrency: 2 });
    let running = 0;
    for (let i = 0; i < 6; i++) scheduler.schedule(() => new Promise(() => { running++; }), after(0));
    await clock.advanceBy(0);
    expect([scheduler.concurrency, running]).toEqual([2, 2]);
    scheduler.concurrency = 5;
    await clock.advanceBy(0);
    expect([scheduler.concurrency, running, scheduler.stats().queuedRuns]).toEqual([5, 5, 1]);
    scheduler.concurrency = 1;
    await clock.advanceBy(0);
    expect(scheduler.stats()).toMatchObject({ runsInProgress: 5, queuedRuns: 1 });
    await scheduler.stop({ drain: false });
  });
});

describe('newId, a function of the user’s', () => {
  /** A scheduler whose `newId` calls back when it is told to. */
  function meddled() {
    const clock = new VirtualClock();
    let meddle: () => void = () => undefined;
    let ids = 0;
    const scheduler: TaskScheduler = new TaskScheduler({
      clock,
      newId: () => {
        meddle();
        return `id ${++ids}`;
      },
    });
    return { clock, scheduler, meddleBy: (call: () => void) => { meddle = call; } };
  }

  it('may end the task that it makes a run’s id for: the run is refused', async () => {
    const { scheduler, meddleBy } = meddled();
    const id = scheduler.schedule(() => undefined, every(10));
    meddleBy(() => { scheduler.cancelTask(id); });
    expect(() => scheduler.runTask(id)).toThrow(expect.objectContaining({ code: 'TASK_FINISHED' }));
    await scheduler.stop();
  });

  it('may put another task in the place of the one whose tick it makes an id for', async () => {
    const { clock, scheduler, meddleBy } = meddled();
    scheduler.schedule(() => 'old', after(10), { id: 'a', name: 'old' });
    meddleBy(() => {
      meddleBy(() => undefined);
      scheduler.cancelTask('a');
      scheduler.removeTask('a');
      scheduler.schedule(() => 'new', after(50), { id: 'a', name: 'new' });
    });
    await clock.advanceBy(20);
    expect(scheduler.getTask('a')).toMatchObject({ name: 'new', status: 'PENDING' });
    await clock.advanceBy(100);
    expect(scheduler.getTask('a')).toMatchObject({ name: 'new', status: 'COMPLETED', result: 'new' });
    await scheduler.stop();
  });

  it('may stop the scheduler that it makes a task’s id for: the task is refused', async () => {
    const { scheduler, meddleBy } = meddled();
    meddleBy(() => { void scheduler.stop(); });
    expect(() => scheduler.schedule(() => undefined, every(10))).toThrow(expect.objectContaining({ code: 'SCHEDULER_STOPPED' }));
    expect(scheduler.getTasks()).toEqual([]);
    await scheduler.stop();
  });
});
