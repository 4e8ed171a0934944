// How many tasks and runs there are of each kind.
import { describe, expect, it } from '@jest/globals';
import { Tally } from '../../src/cli/tally.js';
import { after, every, TaskScheduler } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/index.js';

function setUp(counts?: (tags: readonly string[]) => boolean) {
  const clock = new VirtualClock();
  const scheduler = new TaskScheduler({ clock });
  const tally = new Tally(0, counts);
  scheduler.events$.subscribe((event) => { tally.add(event); });
  const sleep = (ms: number) => () => new Promise<void>((resolve) => clock.schedule(() => { resolve(); }, ms));
  return { clock, scheduler, tally, sleep };
}

describe('Tally', () => {
  it('counts the attempts of a run as one run, which is in progress between them, too', async () => {
    const { clock, scheduler, tally } = setUp();
    scheduler.schedule(() => { throw new Error('busy'); }, after(0), { retry: { maxAttempts: 3, delay: 100 } });
    await clock.advanceBy(50);
    expect([tally.running, tally.runs.started, tally.open]).toEqual([1, 1, 1]);
    await clock.advanceBy(500);
    expect([tally.running, tally.runs, tally.tasks.failed, tally.open]).toEqual([0, { started: 1, completed: 0, failed: 1, cancelled: 0 }, 1, 0]);
    await scheduler.stop();
  });

  it('knows which runs wait, and forgets those that are dropped', async () => {
    const { clock, scheduler, tally, sleep } = setUp();
    const limits = { concurrencyKey: 'one' };
    scheduler.schedule(sleep(1000), after(0), limits);
    const waiting = scheduler.schedule(sleep(1), after(1), limits);
    scheduler.schedule(sleep(1), after(1), { ...limits, expiresAfter: 100 });
    await clock.advanceBy(10);
    expect(tally.waiting).toBe(2);
    expect(tally.isWaiting(scheduler.getRuns(waiting)[0]!.runId)).toBe(true);
    scheduler.stopTask(waiting);
    expect([tally.waiting, tally.lost]).toEqual([1, { skipped: 1, missed: 0 }]);
    await clock.advanceBy(200);
    expect([tally.waiting, tally.lost]).toEqual([0, { skipped: 1, missed: 1 }]);
    await clock.runToIdle();
    await scheduler.stop();
  });

  it('leaves out tasks that come to no end, if it is told which, but not their runs', async () => {
    const { clock, scheduler, tally } = setUp((tags) => !tags.includes('endless'));
    const bell = scheduler.schedule(() => 'ding', every(100), { tags: ['endless'], name: 'bell' });
    scheduler.schedule(() => 1, after(0));
    await clock.advanceBy(250);
    expect([tally.known, tally.open, tally.tasks, tally.runs.completed, tally.nameOf(bell)]).toEqual([2, 0, { scheduled: 1, completed: 1, failed: 0, cancelled: 0 }, 4, 'bell']);
    scheduler.stopTask(bell);
    expect([tally.tasks.cancelled, tally.nameOf(bell), tally.tagsOf(bell)]).toEqual([0, bell, []]);
    await scheduler.stop();
  });
});
