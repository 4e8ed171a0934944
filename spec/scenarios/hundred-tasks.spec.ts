import { describe, expect, it } from '@jest/globals';
import { after, every, TaskScheduler, type TaskEvent, type TaskId } from '../../src/index.js';

const TASKS = 100;
const INTERVAL = 100;
const SPAN = 5_000;

describe('100 tasks at 100 ms for 5 s, on the wall clock', () => {
  it('have exactly their due runs, none early, all on the grid; and one 30 days ahead does not fire', async () => {
    const scheduler = new TaskScheduler();
    const startAt = Date.now() + 100;
    const dueTimes = new Map<TaskId, number[]>();
    const early: TaskEvent[] = [];
    const calls = new Map<number, number>();
    let isEarly = 0;
    const distant = scheduler.schedule(() => 'too early', after('30d'));
    scheduler.events$.subscribe((event) => {
      if (event.type !== 'runStarted') return;
      dueTimes.get(event.taskId)?.push(event.scheduledFor);
      if (event.at < event.scheduledFor) early.push(event);
    });
    const ids = Array.from({ length: TASKS }, (_, index) => scheduler.schedule((n: number) => {
      const call = calls.get(n) ?? 0;
      calls.set(n, call + 1);
      if (Date.now() < startAt + call * INTERVAL) isEarly++;
    // However busy the machine is, each tick is to run: lateness is measured elsewhere.
    }, every(INTERVAL), { args: [index], startAt, until: startAt + SPAN, overlap: 'queue', maxQueued: Infinity, misfire: { policy: 'all', limit: Infinity } }));
    for (const id of ids) dueTimes.set(id, []);
    const tasks = await Promise.all(ids.map((id) => scheduler.whenSettled(id)));

    const grid = Array.from({ length: SPAN / INTERVAL }, (_, k) => startAt + k * INTERVAL);
    for (const task of tasks) {
      expect(task).toMatchObject({ status: 'COMPLETED', runCount: grid.length, completedCount: grid.length, skippedCount: 0, missedCount: 0 });
      expect(dueTimes.get(task.id)).toEqual(grid);
    }
    expect([...calls.values()]).toEqual(Array.from({ length: TASKS }, () => grid.length));
    expect([early, isEarly]).toEqual([[], 0]);
    expect(scheduler.getTask(distant)).toMatchObject({ status: 'PENDING', runCount: 0 });
    expect(await scheduler.stop()).toMatchObject({ pending: 1, deadlineHit: false });
  }, 30_000);
});
