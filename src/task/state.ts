// The state machine of a task, as one table: what each event does to a task in each status.
import type { TaskEvent } from './event.js';
import type { RunRecord } from './run-state.js';
import { isFinal, type FinalStatus, type TaskId, type TaskStatus } from './task.js';

/** What is kept of a task: immutable, and always of one shape, so that a transition is one cheap copy. */
export interface TaskRecord {
  readonly id: TaskId;
  readonly name: string | undefined;
  readonly tags: readonly string[];
  readonly scheduledAt: number;
  readonly final: FinalStatus | undefined;
  readonly paused: boolean;
  readonly stopping: boolean;
  readonly nextRunAt: number | undefined;
  readonly inProgress: number;
  readonly completedCount: number;
  readonly failedCount: number;
  readonly cancelledCount: number;
  readonly skippedCount: number;
  readonly missedCount: number;
  readonly progress: unknown;
  readonly result: unknown;
  readonly error: Error | undefined;
  readonly lastRun: RunRecord | undefined;
  readonly finishedAt: number | undefined;
  readonly cancelReason: unknown;
}

/** The status of a task: the first that holds of final, RUNNING, PAUSED, PENDING. */
export function statusOf(task: TaskRecord): TaskStatus {
  return task.final ?? (task.inProgress > 0 ? 'RUNNING' : task.paused ? 'PAUSED' : 'PENDING');
}

type EventOf<K extends TaskEvent['type']> = Extract<TaskEvent, { type: K }>;
/** What an event does (makes the next record), and whether it can happen in each status: `bug` means a faulty engine. */
interface Row<E> {
  readonly move: (task: TaskRecord, event: E, run: RunRecord | undefined) => TaskRecord;
  readonly PENDING: 'yes' | 'bug';
  readonly RUNNING: 'yes' | 'bug';
  readonly PAUSED: 'yes' | 'bug';
  readonly final: 'yes' | 'bug';
}

const TABLE: { readonly [K in Exclude<TaskEvent['type'], 'taskRemoved'>]: Row<EventOf<K>> } = {
  //               what it does                  in each status
  taskScheduled: { move: reschedule, PENDING: 'yes', RUNNING: 'yes', PAUSED: 'yes', final: 'bug' },
  taskPaused:    { move: pause,      PENDING: 'yes', RUNNING: 'yes', PAUSED: 'bug', final: 'bug' },
  taskResumed:   { move: resume,     PENDING: 'bug', RUNNING: 'yes', PAUSED: 'yes', final: 'bug' },
  taskStopping:  { move: stop,       PENDING: 'bug', RUNNING: 'yes', PAUSED: 'bug', final: 'bug' },
  taskFinished:  { move: finish,     PENDING: 'yes', RUNNING: 'bug', PAUSED: 'yes', final: 'bug' },
  runQueued:     { move: onTick,     PENDING: 'yes', RUNNING: 'yes', PAUSED: 'yes', final: 'bug' },
  runStarted:    { move: start,      PENDING: 'yes', RUNNING: 'yes', PAUSED: 'yes', final: 'bug' },
  runProgressed: { move: progress,   PENDING: 'bug', RUNNING: 'yes', PAUSED: 'bug', final: 'bug' },
  runRetrying:   { move: latestRun,  PENDING: 'bug', RUNNING: 'yes', PAUSED: 'bug', final: 'bug' },
  runCompleted:  { move: complete,   PENDING: 'bug', RUNNING: 'yes', PAUSED: 'bug', final: 'bug' },
  runFailed:     { move: fail,       PENDING: 'bug', RUNNING: 'yes', PAUSED: 'bug', final: 'bug' },
  runCancelled:  { move: cancel,     PENDING: 'bug', RUNNING: 'yes', PAUSED: 'bug', final: 'bug' },
  ticksSkipped:  { move: skip,       PENDING: 'yes', RUNNING: 'yes', PAUSED: 'yes', final: 'bug' },
  ticksMissed:   { move: miss,       PENDING: 'yes', RUNNING: 'yes', PAUSED: 'yes', final: 'bug' },
  clockJumped:   { move: onTick,     PENDING: 'yes', RUNNING: 'yes', PAUSED: 'yes', final: 'bug' },
};

/**
 * The task after an event: a new record, or the same one when nothing changed; undefined once it is forgotten.
 *
 * @param task the task before; undefined before its first event
 * @param run the run that the event is about, as the event left it
 * @throws Error when the event can't happen to a task in this status, which only a faulty engine brings about
 */
export function transition(task: TaskRecord | undefined, event: TaskEvent, run?: RunRecord): TaskRecord | undefined {
  if (task === undefined) return event.type === 'taskScheduled' ? schedule(event) : impossible(event, 'unknown');
  if (event.type === 'taskRemoved') return task.final ? undefined : impossible(event, statusOf(task));
  const row = TABLE[event.type] as unknown as Row<TaskEvent>;
  const status = statusOf(task);
  if (row[isFinal(status) ? 'final' : status] === 'bug') impossible(event, status);
  return row.move(task, event, run);
}

function impossible(event: TaskEvent, status: string): never {
  throw new Error(`carillon: the event ${event.type} (seq ${event.seq}) can't happen to a task that is ${status}. Please report this.`);
}

function schedule(event: EventOf<'taskScheduled'>): TaskRecord {
  return {
    id: event.taskId, name: event.name, tags: event.tags, scheduledAt: event.at, final: undefined, paused: false,
    stopping: false, nextRunAt: event.nextRunAt ?? undefined, inProgress: 0, completedCount: 0, failedCount: 0,
    cancelledCount: 0, skippedCount: 0, missedCount: 0, progress: undefined, result: undefined, error: undefined,
    lastRun: undefined, finishedAt: undefined, cancelReason: undefined,
  };
}

function reschedule(task: TaskRecord, event: EventOf<'taskScheduled'>): TaskRecord {
  return { ...task, name: event.name, tags: event.tags, nextRunAt: nextRunAt(task, event) };
}

function pause(task: TaskRecord): TaskRecord {
  return task.paused ? task : { ...task, paused: true };
}

function resume(task: TaskRecord, event: EventOf<'taskResumed'>): TaskRecord {
  return { ...task, paused: false, nextRunAt: nextRunAt(task, event) };
}

function stop(task: TaskRecord): TaskRecord {
  return { ...task, stopping: true, nextRunAt: undefined };
}

function finish(task: TaskRecord, event: EventOf<'taskFinished'>): TaskRecord {
  return {
    ...task, final: event.status, stopping: false, paused: false, nextRunAt: undefined, finishedAt: event.at,
    error: event.error ?? task.error, cancelReason: event.cancelReason,
  };
}

function onTick(task: TaskRecord, event: { readonly nextRunAt?: number | null }): TaskRecord {
  const next = nextRunAt(task, event);
  return next === task.nextRunAt ? task : { ...task, nextRunAt: next };
}

function start(task: TaskRecord, event: EventOf<'runStarted'>, run: RunRecord | undefined): TaskRecord {
  const inProgress = event.attempt === 1 ? task.inProgress + 1 : task.inProgress;
  return { ...task, nextRunAt: nextRunAt(task, event), inProgress, progress: undefined, lastRun: run };
}

function progress(task: TaskRecord, event: EventOf<'runProgressed'>, run: RunRecord | undefined): TaskRecord {
  return { ...task, progress: event.progress, lastRun: latest(task, run) };
}

function latestRun(task: TaskRecord, _event: TaskEvent, run: RunRecord | undefined): TaskRecord {
  return { ...task, lastRun: latest(task, run) };
}

function complete(task: TaskRecord, event: EventOf<'runCompleted'>, run: RunRecord | undefined): TaskRecord {
  return {
    ...task, inProgress: task.inProgress - 1, completedCount: task.completedCount + 1, result: event.result, lastRun: latest(task, run),
  };
}

function fail(task: TaskRecord, event: EventOf<'runFailed'>, run: RunRecord | undefined): TaskRecord {
  return { ...task, inProgress: task.inProgress - 1, failedCount: task.failedCount + 1, error: event.error, lastRun: latest(task, run) };
}

function cancel(task: TaskRecord, _event: TaskEvent, run: RunRecord | undefined): TaskRecord {
  return { ...task, inProgress: task.inProgress - 1, cancelledCount: task.cancelledCount + 1, lastRun: latest(task, run) };
}

function skip(task: TaskRecord, event: EventOf<'ticksSkipped'>, run: RunRecord | undefined): TaskRecord {
  return { ...task, skippedCount: task.skippedCount + event.count, nextRunAt: nextRunAt(task, event), lastRun: task.lastRun ?? run };
}

function miss(task: TaskRecord, event: EventOf<'ticksMissed'>, run: RunRecord | undefined): TaskRecord {
  return { ...task, missedCount: task.missedCount + event.count, nextRunAt: nextRunAt(task, event), lastRun: task.lastRun ?? run };
}

/** An event that says nothing of the next tick leaves it; null says that none will follow. */
function nextRunAt(task: TaskRecord, event: { readonly nextRunAt?: number | null }): number | undefined {
  return event.nextRunAt === undefined ? task.nextRunAt : event.nextRunAt ?? undefined;
}

/** Of runs side by side, the one that started last is the task's last run, whichever of them is being told of. */
function latest(task: TaskRecord, run: RunRecord | undefined): RunRecord | undefined {
  return run?.runId === task.lastRun?.runId ? run : task.lastRun;
}
