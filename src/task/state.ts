// The state machine of a task, as one table: what each event does to a task in each status.
import type { TaskEvent } from './event.js';
import { NO_INSTANT, type RunRecord } from './run-state.js';
import { type FinalStatus, type TaskId, type TaskStatus } from './task.js';

/** What is kept of a task, always of one shape. Only a {@link TaskDraft} is written on. */
export interface TaskRecord {
  readonly id: TaskId;
  readonly name: string | undefined;
  readonly tags: readonly string[];
  readonly scheduledAt: number;
  readonly final: FinalStatus | undefined;
  readonly paused: boolean;
  readonly stopping: boolean;
  /** {@link NO_INSTANT} when no tick is known of. */
  readonly nextRunAt: number;
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
  readonly finishedAt: number;
  readonly cancelReason: unknown;
  /** Somebody holds on to the record, so it must not change any more. */
  shared: boolean;
}

/** A record to write on. */
export type TaskDraft = { -readonly [F in keyof TaskRecord]: TaskRecord[F] };

/** How a transition comes by a draft of a record. */
export type Edit = (task: TaskRecord) => TaskDraft;

/** The status of a task: the first that holds of final, RUNNING, PAUSED, PENDING. */
export function statusOf(task: TaskRecord): TaskStatus {
  return task.final ?? (task.inProgress > 0 ? 'RUNNING' : task.paused ? 'PAUSED' : 'PENDING');
}

type EventOf<K extends TaskEvent['type']> = Extract<TaskEvent, { type: K }>;
/** What an event does (makes the next record), and whether it can happen in each status: `bug` means a faulty engine. */
interface Row<E> {
  readonly move: (task: TaskRecord, event: E, run: RunRecord | undefined, edit: Edit) => TaskRecord;
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
 * @param edit makes the draft, if anything changes: a copy, unless who calls knows that nobody else holds the record
 * @throws Error when the event can't happen to a task in this status, which only a faulty engine brings about
 */
export function transition(task: TaskRecord | undefined, event: TaskEvent, run?: RunRecord, edit: Edit = copyOf): TaskRecord | undefined {
  if (task === undefined) return event.type === 'taskScheduled' ? schedule(event) : impossible(event, 'unknown');
  if (event.type === 'taskRemoved') return task.final ? undefined : impossible(event, statusOf(task));
  const row = TABLE[event.type] as unknown as Row<TaskEvent>;
  if (rowEntry(row, task) === 'bug') impossible(event, statusOf(task));
  return row.move(task, event, run, edit);
}

/** Spelt out as {@link statusOf} is: a field by its name is found in a fraction of the time of one by a key. */
function rowEntry(row: Row<TaskEvent>, task: TaskRecord): 'yes' | 'bug' {
  if (task.final) return row.final;
  return task.inProgress > 0 ? row.RUNNING : task.paused ? row.PAUSED : row.PENDING;
}

function impossible(event: TaskEvent, status: string): never {
  throw new Error(`carillon: the event ${event.type} (seq ${event.seq}) can't happen to a task that is ${status}. Please report this.`);
}

// What every run changes stands first: records are many and far apart in memory, and each cache line that an event touches counts.
function schedule(event: EventOf<'taskScheduled'>): TaskRecord {
  return {
    final: undefined, paused: false, inProgress: 0, shared: false, nextRunAt: event.nextRunAt ?? NO_INSTANT, lastRun: undefined, completedCount: 0,
    result: undefined, progress: undefined, id: event.taskId, stopping: false, finishedAt: NO_INSTANT, error: undefined, cancelReason: undefined,
    failedCount: 0, cancelledCount: 0, skippedCount: 0, missedCount: 0, name: event.name, tags: event.tags, scheduledAt: event.at,
  };
}

/** From now on the record stays as it is, and so does its last run: whoever changes the task, changes a copy. */
export function share(task: TaskRecord): TaskRecord {
  task.shared = true;
  if (task.lastRun) task.lastRun.shared = true;
  return task;
}

/** A copy to write on. Field by field, for V8 takes 40 times as long to spread a record of this size. */
export function copyOf(task: TaskRecord): TaskDraft {
  return {
    final: task.final, paused: task.paused, inProgress: task.inProgress, shared: false, nextRunAt: task.nextRunAt, lastRun: task.lastRun,
    completedCount: task.completedCount, result: task.result, progress: task.progress, id: task.id, stopping: task.stopping,
    finishedAt: task.finishedAt, error: task.error, cancelReason: task.cancelReason, failedCount: task.failedCount,
    cancelledCount: task.cancelledCount, skippedCount: task.skippedCount, missedCount: task.missedCount, name: task.name, tags: task.tags,
    scheduledAt: task.scheduledAt,
  };
}

function reschedule(task: TaskRecord, event: EventOf<'taskScheduled'>, _run: RunRecord | undefined, edit: Edit): TaskRecord {
  const next = edit(task);
  next.name = event.name;
  next.tags = event.tags;
  next.nextRunAt = nextRunAt(task, event);
  return next;
}

function pause(task: TaskRecord, _event: TaskEvent, _run: RunRecord | undefined, edit: Edit): TaskRecord {
  if (task.paused) return task;
  const next = edit(task);
  next.paused = true;
  return next;
}

function resume(task: TaskRecord, event: EventOf<'taskResumed'>, _run: RunRecord | undefined, edit: Edit): TaskRecord {
  const next = edit(task);
  next.paused = false;
  next.nextRunAt = nextRunAt(task, event);
  return next;
}

function stop(task: TaskRecord, _event: TaskEvent, _run: RunRecord | undefined, edit: Edit): TaskRecord {
  const next = edit(task);
  next.stopping = true;
  next.nextRunAt = NO_INSTANT;
  return next;
}

function finish(task: TaskRecord, event: EventOf<'taskFinished'>, _run: RunRecord | undefined, edit: Edit): TaskRecord {
  const next = edit(task);
  next.final = event.status;
  next.paused = next.stopping = false;
  next.nextRunAt = NO_INSTANT;
  next.finishedAt = event.at;
  next.error = event.error ?? task.error;
  next.cancelReason = event.cancelReason;
  return next;
}

function onTick(task: TaskRecord, event: { readonly nextRunAt?: number | null }, _run: RunRecord | undefined, edit: Edit): TaskRecord {
  const instant = nextRunAt(task, event);
  if (Object.is(instant, task.nextRunAt)) return task;
  const next = edit(task);
  next.nextRunAt = instant;
  return next;
}

function start(task: TaskRecord, event: EventOf<'runStarted'>, run: RunRecord | undefined, edit: Edit): TaskRecord {
  const next = edit(task);
  next.nextRunAt = nextRunAt(task, event);
  if (event.attempt === 1) next.inProgress++;
  next.progress = undefined;
  next.lastRun = run;
  return next;
}

function progress(task: TaskRecord, event: EventOf<'runProgressed'>, run: RunRecord | undefined, edit: Edit): TaskRecord {
  const next = latestRun(task, event, run, edit);
  next.progress = event.progress;
  return next;
}

/** Of runs side by side, the one that started last is the task's last run, whichever of them is being told of. */
function latestRun(task: TaskRecord, _event: TaskEvent, run: RunRecord | undefined, edit: Edit): TaskDraft {
  const next = edit(task);
  if (run?.runId === task.lastRun?.runId) next.lastRun = run;
  return next;
}

function complete(task: TaskRecord, event: EventOf<'runCompleted'>, run: RunRecord | undefined, edit: Edit): TaskRecord {
  const next = latestRun(task, event, run, edit);
  next.inProgress--;
  next.completedCount++;
  next.result = event.result;
  return next;
}

function fail(task: TaskRecord, event: EventOf<'runFailed'>, run: RunRecord | undefined, edit: Edit): TaskRecord {
  const next = latestRun(task, event, run, edit);
  next.inProgress--;
  next.failedCount++;
  next.error = event.error;
  return next;
}

function cancel(task: TaskRecord, event: TaskEvent, run: RunRecord | undefined, edit: Edit): TaskRecord {
  const next = latestRun(task, event, run, edit);
  next.inProgress--;
  next.cancelledCount++;
  return next;
}

function skip(task: TaskRecord, event: EventOf<'ticksSkipped'>, run: RunRecord | undefined, edit: Edit): TaskRecord {
  const next = lose(task, event, run, edit);
  next.skippedCount += event.count;
  return next;
}

function miss(task: TaskRecord, event: EventOf<'ticksMissed'>, run: RunRecord | undefined, edit: Edit): TaskRecord {
  const next = lose(task, event, run, edit);
  next.missedCount += event.count;
  return next;
}

/** A task that has had no run at all shows the tick that it lost. */
function lose(task: TaskRecord, event: EventOf<'ticksSkipped' | 'ticksMissed'>, run: RunRecord | undefined, edit: Edit): TaskDraft {
  const next = edit(task);
  next.nextRunAt = nextRunAt(task, event);
  next.lastRun ??= run;
  return next;
}

/** An event that says nothing of the next tick leaves it; null says that none will follow. */
function nextRunAt(task: TaskRecord, event: { readonly nextRunAt?: number | null }): number {
  return event.nextRunAt === undefined ? task.nextRunAt : event.nextRunAt ?? NO_INSTANT;
}
