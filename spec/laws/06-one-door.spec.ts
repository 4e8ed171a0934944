import { describe, expect, it } from '@jest/globals';
import { after, every, TaskScheduler, withContext, type TaskEvent, type TaskId, type TaskState } from '../../src/index.js';
import { runIdOf, type RunRecord } from '../../src/task/run-record.js';
import { runTransition } from '../../src/task/run-state.js';
import { taskSnapshot } from '../../src/task/snapshot.js';
import { transition } from '../../src/task/state.js';
import type { TaskRecord } from '../../src/task/task-record.js';
import { VirtualClock } from '../../src/testing/index.js';

const open = () => {
  const clock = new VirtualClock();
  return { clock, scheduler: new TaskScheduler({ clock, onError: () => {} }) };
};

const brief = ({ status, paused, stopping, runCount }: TaskState): string => `${status}${paused ? ' paused' : ''}${stopping ? ' stopping' : ''} ${runCount}`;

describe('6. One door', () => {
  it('makes every state the fold of the events', async () => {
    const { clock, scheduler } = open();
    const records = new Map<TaskId, TaskRecord>();
    const runs = new Map<string, RunRecord>();
    const compared: string[] = [];
    scheduler.events$.subscribe((event: TaskEvent) => {
      if (event.taskId === undefined) return;
      const runId = 'runId' in event ? event.runId : undefined;
      const run = runTransition(runId === undefined ? undefined : runs.get(runId), event);
      if (run) runs.set(runIdOf(run), run);
      const record = transition(records.get(event.taskId), event, run);
      if (record) records.set(event.taskId, record);
      else records.delete(event.taskId);
    });
    const compare = (): void => {
      expect([...records.values()].map(taskSnapshot)).toEqual(scheduler.getTasks());
      compared.push(scheduler.getTasks().map(({ status }) => status.charAt(0)).join(''));
    };

    let n = 0;
    const work = withContext(async ({ progress }) => {
      progress(++n);
      await new Promise<void>((resolve) => { clock.schedule(() => resolve(), 15); });
      if (n % 3 === 0) throw new Error(`run ${n}`);
      return n;
    });
    const ids = (['skip', 'queue', 'replace', 'parallel'] as const).map((overlap) => scheduler.schedulePeriodic(work, 10, { overlap }));
    for (let step = 0; step < 12; step++) {
      await clock.advanceBy(7);
      if (step === 3) scheduler.pauseTask(ids[0]!);
      if (step === 6) scheduler.resumeTask(ids[0]!);
      if (step === 7) scheduler.runTask(ids[1]!);
      if (step === 8) scheduler.stopTask(ids[2]!);
      if (step === 9) scheduler.cancelTask(ids[3]!);
      if (step === 10) scheduler.removeTask(ids[3]!);
      compare();
    }
    expect(new Set(compared).size).toBeGreaterThan(3);
  });

  it('lets a getter read what was just written, inside a notification too', async () => {
    const { clock, scheduler } = open();
    const id = scheduler.schedulePeriodic(() => new Promise(() => {}), 10);
    const seen: unknown[] = [];
    scheduler.events$.subscribe((event) => {
      if (event.type !== 'runStarted') return;
      seen.push(scheduler.getTaskStatus(id));
      scheduler.pauseTask(id);
      seen.push(brief(scheduler.getTask(id)), scheduler.getTasks().map(brief));
      scheduler.cancelTask(id);
      seen.push(brief(scheduler.getTask(id)), scheduler.getRuns(id).map((run) => run.status), scheduler.stats().tasks.CANCELLED);
      scheduler.removeTask(id);
      seen.push(scheduler.getTasks());
    });
    await clock.advanceBy(0);
    expect(seen).toEqual(['RUNNING', 'RUNNING paused 1', ['RUNNING paused 1'], 'CANCELLED 1', ['CANCELLED'], 1, []]);
  });

  it('tells all subscribers one order, whatever they do meanwhile', async () => {
    const { clock, scheduler } = open();
    const id = scheduler.schedulePeriodic(() => new Promise(() => {}), 10);
    const told: string[][] = [[], [], []];
    const listen = (who: number): void => {
      scheduler.task$(id).subscribe({ next: (task) => told[who]!.push(brief(task)), complete: () => told[who]!.push('over') });
    };
    listen(0);
    scheduler.task$(id).subscribe((task) => {
      told[1]!.push(brief(task));
      if (task.status === 'RUNNING' && !task.paused && !task.stopping) scheduler.pauseTask(id);
      else if (task.stopping) scheduler.cancelTask(id);
      else if (task.paused) {
        scheduler.resumeTask(id);
        scheduler.stopTask(id);
      }
    });
    listen(2);
    await clock.advanceBy(0);
    const states = ['PENDING 0', 'RUNNING 1', 'RUNNING paused 1', 'RUNNING 1'];
    expect(told[0]!.slice(0, 3)).toEqual(states.slice(0, 3));
    expect(told[0]!.at(-1)).toBe('over');
    expect(told[1]).toEqual(told[0]!.slice(0, -1));
    expect(told[2]).toEqual(told[0]);
  });

  it('numbers and tells the events in order, each with the state right after it', async () => {
    const { clock, scheduler } = open();
    const told: number[][] = [[], []];
    scheduler.events$.subscribe((event) => {
      told[0]!.push(event.seq);
      if (event.type === 'runStarted' && event.taskId === 'first') scheduler.schedule(() => 2, after(0));
      if (event.type === 'runCompleted' && event.result === 1) scheduler.cancelTask(event.taskId);
    });
    scheduler.events$.subscribe((event) => told[1]!.push(event.seq));
    scheduler.schedule(() => 1, every(10), { id: 'first', maxRuns: 2 });
    await clock.advanceBy(0);
    expect(told[0]).toEqual(Array.from(told[0]!, (_, i) => i + 1));
    expect(told[1]).toEqual(told[0]);
    expect(told[0]!.length).toBeGreaterThan(6);
    await scheduler.stop({ drain: false });
  });

  it('gives who joins in mid-drain the newest state, then only newer ones', async () => {
    const { clock, scheduler } = open();
    const id = scheduler.schedulePeriodic(() => new Promise(() => {}), 10);
    const late: string[] = [];
    const lateEvents: string[] = [];
    const lateMaps: string[] = [];
    const join = (): void => {
      scheduler.task$(id).subscribe((task) => late.push(brief(task)));
      scheduler.tasks$.subscribe((tasks) => lateMaps.push(brief(tasks.get(id)!)));
      scheduler.events$.subscribe(({ type }) => lateEvents.push(type));
    };
    scheduler.events$.subscribe((event) => {
      if (event.type !== 'runStarted') return;
      scheduler.pauseTask(id);
      join();
      expect([late, lateMaps]).toEqual([['RUNNING paused 1'], ['RUNNING paused 1']]);
      scheduler.resumeTask(id);
    });
    await clock.advanceBy(0);
    expect(late).toEqual(['RUNNING paused 1', 'RUNNING 1']);
    expect(lateMaps).toEqual(['RUNNING paused 1', 'RUNNING 1']);
    expect(lateEvents).toEqual(['taskResumed']);
  });

  it('emits on tasks$ once for all that one step brings about', async () => {
    const { clock, scheduler } = open();
    const id = scheduler.schedulePeriodic(() => new Promise(() => {}), 10, { overlap: 'queue', maxQueued: 5 });
    await clock.advanceBy(50);
    const maps: string[] = [];
    scheduler.tasks$.subscribe((tasks) => maps.push(brief(tasks.get(id)!)));
    const events: string[] = [];
    scheduler.events$.subscribe(({ type }) => events.push(type));
    scheduler.cancelTask(id);
    expect(events).toEqual([...Array.from({ length: 5 }, () => 'ticksSkipped'), 'runCancelled', 'taskFinished']);
    expect(maps).toEqual(['RUNNING 1', 'CANCELLED 1']);
  });

  it('tells before the call returns, unless it is inside a notification', async () => {
    const { clock, scheduler } = open();
    const log: string[] = [];
    scheduler.events$.subscribe(({ type }) => {
      log.push(type);
      if (type !== 'taskPaused') return;
      scheduler.resumeTask(id);
      log.push('(the inner call is back)');
    });
    const id = scheduler.schedule(() => 1, after(10));
    scheduler.pauseTask(id);
    log.push('(the outer call is back)');
    expect(log).toEqual(['taskScheduled', 'taskPaused', '(the inner call is back)', 'taskResumed', '(the outer call is back)']);
    await clock.advanceBy(0);
  });
});
