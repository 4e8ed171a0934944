import { describe, expect, it } from '@jest/globals';
import type { TaskEvent } from '../../src/task/event.js';
import type { RunRecord } from '../../src/task/run-record.js';
import { runTransition } from '../../src/task/run-state.js';
import { transition } from '../../src/task/state.js';
import { statusOf, type TaskRecord } from '../../src/task/task-record.js';
import { isFinal, type FinalStatus, type TaskStatus } from '../../src/task/task.js';
import { journal } from './fact.js';

const fact = journal();
const scheduled = (nextRunAt: number | null = 100) => fact('taskScheduled', { taskId: 'a', tags: [], trigger: { kind: 'every', interval: 100 }, replaced: false, nextRunAt });
const started = (runId: string, nextRunAt?: number, attempt = 1) =>
  fact('runStarted', { taskId: 'a', runId, tick: 0, scheduledFor: 100, reason: 'scheduled', attempt, ...(nextRunAt === undefined ? {} : { nextRunAt }) });
const lost = { tick: 0, from: 100, to: 200, count: 2 };
const error = new Error('boom');

/** An event of every type, about the task "a". */
const EVENTS: Readonly<Record<TaskEvent['type'], TaskEvent>> = {
  taskScheduled: scheduled(),
  taskPaused: fact('taskPaused', { taskId: 'a' }),
  taskResumed: fact('taskResumed', { taskId: 'a' }),
  taskStopping: fact('taskStopping', { taskId: 'a' }),
  taskFinished: fact('taskFinished', { taskId: 'a', status: 'COMPLETED' }),
  taskRetried: fact('taskRetried', { taskId: 'a', nextRunAt: null }),
  taskRemoved: fact('taskRemoved', { taskId: 'a', reason: 'removed' }),
  runQueued: fact('runQueued', { taskId: 'a', runId: 'r', tick: 0, scheduledFor: 100, reason: 'scheduled' }),
  runStarted: started('r'),
  runLogged: fact('runLogged', { taskId: 'a', runId: 'r', message: 'so far so good' }),
  runProgressed: fact('runProgressed', { taskId: 'a', runId: 'r', progress: 0.5 }),
  runRetrying: fact('runRetrying', { taskId: 'a', runId: 'r', error, nextAttemptAt: 500 }),
  runCompleted: fact('runCompleted', { taskId: 'a', runId: 'r', result: 42 }),
  runFailed: fact('runFailed', { taskId: 'a', runId: 'r', error }),
  runCancelled: fact('runCancelled', { taskId: 'a', runId: 'r' }),
  ticksSkipped: fact('ticksSkipped', { taskId: 'a', ...lost, reason: 'overlap' }),
  ticksMissed: fact('ticksMissed', { taskId: 'a', ...lost, reason: 'late' }),
  clockJumped: fact('clockJumped', { taskId: 'a', by: -50, nextRunAt: 50 }),
};

interface Situation {
  task: TaskRecord;
  run: RunRecord | undefined;
}

/** What the events make of a task that is not known before. */
function after(...events: readonly TaskEvent[]): Situation {
  let task: TaskRecord | undefined;
  let run: RunRecord | undefined;
  for (const event of events) {
    run = runTransition(run, event) ?? run;
    task = frozen(transition(task, event, run));
  }
  if (!task) throw new Error('The task was forgotten.');
  return { task, run };
}

/** Frozen through and through, so that a write would throw; values of the user's own are let be. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}

const finished = (status: FinalStatus): Situation => after(scheduled(), fact('taskFinished', { taskId: 'a', status }));
const SITUATIONS: Readonly<Record<TaskStatus, Situation>> = {
  PENDING: after(scheduled()),
  RUNNING: after(scheduled(), EVENTS.runStarted),
  PAUSED: after(scheduled(), EVENTS.taskPaused),
  COMPLETED: finished('COMPLETED'),
  FAILED: finished('FAILED'),
  CANCELLED: finished('CANCELLED'),
};
const STATUSES = Object.keys(SITUATIONS) as TaskStatus[];

/** The status that each event leads to from each status; a dot is a bug of the engine, and 'gone' is forgotten. */
const MOVES: Readonly<Record<TaskEvent['type'], string>> = {
  //              PENDING   RUNNING   PAUSED    COMPLETED  FAILED  CANCELLED
  taskScheduled: 'PENDING   RUNNING   PAUSED    .          .       .',
  taskPaused:    'PAUSED    RUNNING   .         .          .       .',
  taskResumed:   '.         RUNNING   PENDING   .          .       .',
  taskStopping:  '.         RUNNING   .         .          .       .',
  taskFinished:  'COMPLETED .         COMPLETED .          .       .',
  taskRetried:   '.         .         .         .          PENDING .',
  taskRemoved:   '.         .         .         gone       gone    gone',
  runQueued:     'PENDING   RUNNING   PAUSED    .          .       .',
  runStarted:    'RUNNING   RUNNING   RUNNING   .          .       .',
  runProgressed: '.         RUNNING   .         .          .       .',
  runLogged:     '.         RUNNING   .         .          .       .',
  runRetrying:   '.         RUNNING   .         .          .       .',
  runCompleted:  '.         PENDING   .         .          .       .',
  runFailed:     '.         PENDING   .         .          .       .',
  runCancelled:  '.         PENDING   .         .          .       .',
  ticksSkipped:  'PENDING   RUNNING   PAUSED    .          .       .',
  ticksMissed:   'PENDING   RUNNING   PAUSED    .          .       .',
  clockJumped:   'PENDING   RUNNING   PAUSED    .          .       .',
};
const PAIRS = Object.entries(MOVES).flatMap(([type, row]) =>
  row.split(/ +/).map((to, column) => ({ from: STATUSES[column]!, type: type as TaskEvent['type'], to })));

describe('transition', () => {
  it.each(PAIRS)('$type on $from: $to', ({ from, type, to }) => {
    const { task, run } = SITUATIONS[from];
    const event = EVENTS[type];
    const move = () => transition(task, event, runTransition(run, event));
    if (to === '.') {
      expect(move).toThrow(new Error(`carillon: the event ${type} (seq ${event.seq}) can't happen to a task that is ${from}. Please report this.`));
    } else {
      const next = move();
      expect(next ? statusOf(next) : 'gone').toBe(to);
      // The same again, for the move depends on its arguments alone; they are frozen, so it changes none of them.
      expect(move()).toEqual(next);
    }
  });

  it.each(Object.values(EVENTS).filter(({ type }) => type !== 'taskScheduled'))('takes $type for a bug when the task is unknown', (event) => {
    expect(() => transition(undefined, event)).toThrow(`the event ${event.type} (seq ${event.seq}) can't happen to a task that is unknown`);
  });

  it('begins with a task that waits and has done nothing', () => {
    const event = fact('taskScheduled', { taskId: 'a', name: 'mail', tags: ['x'], trigger: { kind: 'once', at: 5 }, replaced: false, nextRunAt: 5 });
    expect(transition(undefined, event)).toEqual({
      id: 'a', name: 'mail', tags: ['x'], scheduledAt: event.at, final: undefined, paused: false, nextRunAt: 5, finishedAt: undefined, shared: false, snapshot: undefined,
      past: {
        stopping: false, inProgress: 0, completedCount: 0, failedCount: 0, cancelledCount: 0, skippedCount: 0, missedCount: 0, progress: undefined,
        result: undefined, error: undefined, lastRun: undefined, cancelReason: undefined,
      },
    });
  });

  it('takes name and tags anew when a task is replaced, and keeps what it has done', () => {
    const before = after(scheduled(), started('r'), EVENTS.runCompleted).task;
    const event = fact('taskScheduled', { taskId: 'a', name: 'new', tags: ['y'], trigger: { kind: 'every', interval: 100 }, replaced: true });
    expect(transition(before, event)).toEqual({ ...before, name: 'new', tags: ['y'] });
  });

  it('keeps nextRunAt when an event says nothing of it, and drops it at null', () => {
    const { task } = SITUATIONS.PENDING;
    const queued = (next: { nextRunAt?: number | null }) =>
      transition(task, fact('runQueued', { taskId: 'a', runId: 'r', tick: 0, scheduledFor: 100, reason: 'scheduled', ...next }))?.nextRunAt;
    expect([queued({}), queued({ nextRunAt: 300 }), queued({ nextRunAt: 0 }), queued({ nextRunAt: null })]).toEqual([100, 300, 0, NaN]);
  });

  it.each<[string, TaskEvent]>([
    ['a run by hand waits', fact('runQueued', { taskId: 'a', runId: 'm', scheduledFor: 5, reason: 'manual' })],
    ['a pause is repeated during a run', EVENTS.taskPaused],
    ['the next tick is where it was', fact('clockJumped', { taskId: 'a', by: -1, nextRunAt: 100 })],
  ])('gives the same record when nothing changes: %s', (_what, event) => {
    const { task } = after(scheduled(), EVENTS.runStarted, EVENTS.taskPaused);
    expect(transition(task, event)).toBe(task);
  });

  it('is paused after a run that was in progress during the pause', () => {
    const { task } = after(scheduled(), EVENTS.runStarted, EVENTS.taskPaused);
    expect([statusOf(task), task.paused]).toEqual(['RUNNING', true]);
    expect(statusOf(transition(task, EVENTS.runCompleted)!)).toBe('PAUSED');
  });

  it('counts runs by their outcome, and those in progress once, whatever the attempt', () => {
    const { task } = after(
      scheduled(), started('r1'), started('r2'), started('r2', undefined, 2), started('r3'), started('r4'),
      fact('runCompleted', { taskId: 'a', runId: 'r1', result: 1 }), fact('runFailed', { taskId: 'a', runId: 'r2', error }), fact('runCancelled', { taskId: 'a', runId: 'r3' }),
    );
    expect(task.past).toMatchObject({ completedCount: 1, failedCount: 1, cancelledCount: 1, inProgress: 1, skippedCount: 0, missedCount: 0 });
    expect(statusOf(task)).toBe('RUNNING');
  });

  it('counts each lost tick', () => {
    const { task } = after(scheduled(), EVENTS.ticksSkipped, EVENTS.ticksMissed, EVENTS.ticksMissed);
    expect(task.past).toMatchObject({ skippedCount: 2, missedCount: 4 });
  });

  it('keeps the result of the latest completed and the error of the latest failed run', () => {
    const ran = after(scheduled(), started('r'), EVENTS.runCompleted, started('r'), EVENTS.runFailed).task;
    expect(ran.past).toMatchObject({ result: 42, error });
    const again = after(
      scheduled(), started('r'), EVENTS.runFailed, started('r'), EVENTS.runCompleted, started('r'), fact('runCompleted', { taskId: 'a', runId: 'r', result: undefined })).task;
    expect([again.past.result, again.past.error]).toEqual([undefined, error]);
  });

  it('starts each run without progress', () => {
    const during = after(scheduled(), started('r'), EVENTS.runProgressed).task;
    expect(during.past.progress).toBe(0.5);
    expect(transition(during, started('r2'), undefined)?.past.progress).toBeUndefined();
  });

  it('shows the run that started last, however the others end', () => {
    const run = (runId: string) => runTransition(undefined, started(runId))!;
    const ended = runTransition(run('old'), fact('runCompleted', { taskId: 'a', runId: 'old', result: 1 }))!;
    let { task } = after(scheduled());
    task = transition(task, started('old'), run('old'))!;
    task = transition(task, started('new'), run('new'))!;
    task = transition(task, fact('runCompleted', { taskId: 'a', runId: 'old', result: 1 }), ended)!;
    expect(task.past.lastRun).toEqual({ ...run('new'), startedAt: expect.any(Number) });
    expect(task.past.result).toBe(1);
    const newest = runTransition(run('new'), fact('runProgressed', { taskId: 'a', runId: 'new', progress: 1 }))!;
    expect(transition(task, fact('runProgressed', { taskId: 'a', runId: 'new', progress: 1 }), newest)?.past.lastRun).toBe(newest);
  });

  it('shows the lost tick of a task that never ran, until a run starts', () => {
    const missed = after(scheduled(), EVENTS.ticksMissed);
    expect(missed.task.past.lastRun?.status).toBe('MISSED');
    const run = runTransition(undefined, started('r'))!;
    const ran = transition(missed.task, started('r'), run)!;
    expect(ran.past.lastRun).toBe(run);
    expect(transition(ran, EVENTS.ticksSkipped, runTransition(undefined, EVENTS.ticksSkipped))?.past.lastRun).toBe(run);
  });

  it('is stopping until it finishes, and has no next tick from then on', () => {
    const stopping = transition(SITUATIONS.RUNNING.task, EVENTS.taskStopping)!;
    expect(stopping).toMatchObject({ past: { stopping: true }, nextRunAt: NaN });
    const over = transition(transition(stopping, EVENTS.runCancelled), fact('taskFinished', { taskId: 'a', status: 'CANCELLED', cancelReason: 'enough' }))!;
    expect(over).toMatchObject({ final: 'CANCELLED', past: { stopping: false, cancelReason: 'enough' } });
  });

  it('finishes with its instant and without a next tick or a pause, and the error of the end goes before that of a run', () => {
    const failed = after(scheduled(), started('r'), EVENTS.runFailed, EVENTS.taskPaused).task;
    const end = fact('taskFinished', { taskId: 'a', status: 'FAILED' });
    expect(transition(failed, end)).toEqual({ ...failed, final: 'FAILED', paused: false, nextRunAt: NaN, finishedAt: end.at });
    const missed = new Error('missed');
    expect(transition(failed, fact('taskFinished', { taskId: 'a', status: 'FAILED', error: missed }))?.past.error).toBe(missed);
  });
});

describe('statusOf', () => {
  it('is the first that holds of final, RUNNING, PAUSED, PENDING', () => {
    const { task } = SITUATIONS.PENDING;
    const inProgress = { ...task, past: { ...task.past, inProgress: 1 } };
    expect(statusOf({ ...inProgress, final: 'FAILED', paused: true })).toBe('FAILED');
    expect(statusOf({ ...inProgress, paused: true })).toBe('RUNNING');
    expect(statusOf({ ...task, paused: true })).toBe('PAUSED');
    expect(statusOf(task)).toBe('PENDING');
  });
});

describe('isFinal', () => {
  it('holds for the three that nothing follows', () => {
    expect(STATUSES.filter(isFinal)).toEqual(['COMPLETED', 'FAILED', 'CANCELLED']);
  });
});
