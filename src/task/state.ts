// The state machine of a task, as one table: in which statuses each event can happen, and what it does.
import type { TaskEvent } from './event.js';
import { isSameRun, NO_INSTANT, type RunRecord } from './run-record.js';
import { NO_PAST, copyOf, pastOf, statusOf, type Edit, type TaskDraft, type TaskRecord } from './task-record.js';

type EventOf<K extends TaskEvent['type']> = Extract<TaskEvent, { type: K }>;

/** The statuses in which an event can happen: in any other, the engine is faulty. */
interface Statuses {
  readonly PENDING: boolean;
  readonly RUNNING: boolean;
  readonly PAUSED: boolean;
  readonly FAILED: boolean;
  readonly otherFinal: boolean;
}

const OPEN: Statuses = { PENDING: true, RUNNING: true, PAUSED: true, FAILED: false, otherFinal: false };
const RUNNING: Statuses = { PENDING: false, RUNNING: true, PAUSED: false, FAILED: false, otherFinal: false };
const NOT_RUNNING: Statuses = { PENDING: true, RUNNING: false, PAUSED: true, FAILED: false, otherFinal: false };
const NOT_PAUSED: Statuses = { PENDING: true, RUNNING: true, PAUSED: false, FAILED: false, otherFinal: false };
const NOT_PENDING: Statuses = { PENDING: false, RUNNING: true, PAUSED: true, FAILED: false, otherFinal: false };
const FINAL: Statuses = { PENDING: false, RUNNING: false, PAUSED: false, FAILED: true, otherFinal: true };
const FAILED: Statuses = { ...FINAL, otherFinal: false };

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
  // A switch, for to find a function by a key takes V8 longer; what happens to every run comes first.
  switch (event.type) {
    // what happens          what it does, in which statuses only
    case 'runStarted':    return start(only(OPEN, task, event), event, run, edit);
    case 'runCompleted':  return complete(only(RUNNING, task, event), event, run, edit);
    case 'runFailed':     return fail(only(RUNNING, task, event), event, run, edit);
    case 'runCancelled':  return cancel(only(RUNNING, task, event), event, run, edit);
    case 'runQueued':     return onTick(only(OPEN, task, event), event, edit);
    case 'runProgressed': return progress(only(RUNNING, task, event), event, run, edit);
    case 'runLogged':
    case 'runRetrying':   return latestRun(only(RUNNING, task, event), run, edit);
    case 'ticksSkipped':  return skip(only(OPEN, task, event), event, run, edit);
    case 'ticksMissed':   return miss(only(OPEN, task, event), event, run, edit);
    case 'taskFinished':  return finish(only(NOT_RUNNING, task, event), event, edit);
    case 'taskScheduled': return reschedule(only(OPEN, task, event), event, edit);
    case 'taskPaused':    return pause(only(NOT_PAUSED, task, event), edit);
    case 'taskResumed':   return resume(only(NOT_PENDING, task, event), event, edit);
    case 'taskStopping':  return stop(only(RUNNING, task, event), edit);
    case 'clockJumped':   return onTick(only(OPEN, task, event), event, edit);
    case 'taskRetried':   return reopen(only(FAILED, task, event), event, edit);
    case 'taskRemoved':   only(FINAL, task, event); return undefined;
  }
}

/** The task, unless the event can't happen to it. */
function only(statuses: Statuses, task: TaskRecord, event: TaskEvent): TaskRecord {
  const can = task.final ? (task.final === 'FAILED' ? statuses.FAILED : statuses.otherFinal) : task.past.inProgress > 0 ? statuses.RUNNING : task.paused ? statuses.PAUSED : statuses.PENDING;
  return can ? task : impossible(event, statusOf(task));
}

function impossible(event: TaskEvent, status: string): never {
  throw new Error(`carillon: the event ${event.type} (seq ${event.seq}) can't happen to a task that is ${status}. Please report this.`);
}

// What every run changes stands first: records are many and far apart in memory, and each cache line that an event touches counts.
function schedule(event: EventOf<'taskScheduled'>): TaskRecord {
  return {
    final: undefined, paused: false, shared: false, snapshot: undefined, nextRunAt: event.nextRunAt ?? NO_INSTANT, finishedAt: undefined, id: event.taskId, name: event.name,
    tags: event.tags, scheduledAt: event.at, past: NO_PAST,
  };
}

function reschedule(task: TaskRecord, event: EventOf<'taskScheduled'>, edit: Edit): TaskRecord {
  const next = edit(task);
  next.name = event.name;
  next.tags = event.tags;
  next.nextRunAt = nextRunAt(task, event);
  return next;
}

function pause(task: TaskRecord, edit: Edit): TaskRecord {
  if (task.paused) return task;
  const next = edit(task);
  next.paused = true;
  return next;
}

function resume(task: TaskRecord, event: EventOf<'taskResumed'>, edit: Edit): TaskRecord {
  const next = edit(task);
  next.paused = false;
  next.nextRunAt = nextRunAt(task, event);
  return next;
}

function stop(task: TaskRecord, edit: Edit): TaskRecord {
  const next = edit(task);
  pastOf(next).stopping = true;
  next.nextRunAt = NO_INSTANT;
  return next;
}

function finish(task: TaskRecord, event: EventOf<'taskFinished'>, edit: Edit): TaskRecord {
  const next = edit(task);
  next.final = event.status;
  next.paused = false;
  next.nextRunAt = NO_INSTANT;
  next.finishedAt = event.at;
  if (task.past.stopping) pastOf(next).stopping = false;
  if (event.error) pastOf(next).error = event.error;
  if (event.cancelReason !== task.past.cancelReason) pastOf(next).cancelReason = event.cancelReason;
  return next;
}

function reopen(task: TaskRecord, event: EventOf<'taskRetried'>, edit: Edit): TaskRecord {
  const next = edit(task);
  next.final = undefined;
  next.finishedAt = undefined;
  next.nextRunAt = nextRunAt(task, event);
  return next;
}

function onTick(task: TaskRecord, event: { readonly nextRunAt?: number | null }, edit: Edit): TaskRecord {
  const instant = nextRunAt(task, event);
  if (Object.is(instant, task.nextRunAt)) return task;
  const next = edit(task);
  next.nextRunAt = instant;
  return next;
}

function start(task: TaskRecord, event: EventOf<'runStarted'>, run: RunRecord | undefined, edit: Edit): TaskRecord {
  const next = edit(task);
  next.nextRunAt = nextRunAt(task, event);
  const past = pastOf(next);
  if (event.attempt === 1) past.inProgress++;
  past.progress = undefined;
  past.lastRun = run;
  return next;
}

function progress(task: TaskRecord, event: EventOf<'runProgressed'>, run: RunRecord | undefined, edit: Edit): TaskRecord {
  const next = latestRun(task, run, edit);
  pastOf(next).progress = event.progress;
  return next;
}

/** Of runs side by side, the one that started last is the task's last run, whichever of them is being told of. */
function latestRun(task: TaskRecord, run: RunRecord | undefined, edit: Edit): TaskDraft {
  const next = edit(task);
  if (run && task.past.lastRun && isSameRun(run, task.past.lastRun)) pastOf(next).lastRun = run;
  return next;
}

function complete(task: TaskRecord, event: EventOf<'runCompleted'>, run: RunRecord | undefined, edit: Edit): TaskRecord {
  const next = latestRun(task, run, edit);
  if (event.nextRunAt !== undefined) next.nextRunAt = nextRunAt(task, event);
  const past = pastOf(next);
  past.inProgress--;
  past.completedCount++;
  past.result = event.result;
  return next;
}

function fail(task: TaskRecord, event: EventOf<'runFailed'>, run: RunRecord | undefined, edit: Edit): TaskRecord {
  const next = latestRun(task, run, edit);
  if (event.nextRunAt !== undefined) next.nextRunAt = nextRunAt(task, event);
  const past = pastOf(next);
  past.inProgress--;
  past.failedCount++;
  past.error = event.error;
  return next;
}

function cancel(task: TaskRecord, event: EventOf<'runCancelled'>, run: RunRecord | undefined, edit: Edit): TaskRecord {
  const next = latestRun(task, run, edit);
  if (event.nextRunAt !== undefined) next.nextRunAt = nextRunAt(task, event);
  const past = pastOf(next);
  past.inProgress--;
  past.cancelledCount++;
  return next;
}

function skip(task: TaskRecord, event: EventOf<'ticksSkipped'>, run: RunRecord | undefined, edit: Edit): TaskRecord {
  const next = lose(task, event, run, edit);
  pastOf(next).skippedCount += event.count;
  return next;
}

function miss(task: TaskRecord, event: EventOf<'ticksMissed'>, run: RunRecord | undefined, edit: Edit): TaskRecord {
  const next = lose(task, event, run, edit);
  pastOf(next).missedCount += event.count;
  return next;
}

/** A task that has had no run at all shows the tick that it lost. */
function lose(task: TaskRecord, event: EventOf<'ticksSkipped' | 'ticksMissed'>, run: RunRecord | undefined, edit: Edit): TaskDraft {
  const next = edit(task);
  next.nextRunAt = nextRunAt(task, event);
  pastOf(next).lastRun ??= run;
  return next;
}

/** An event that says nothing of the next tick leaves it; null says that none will follow. */
function nextRunAt(task: TaskRecord, event: { readonly nextRunAt?: number | null }): number {
  return event.nextRunAt === undefined ? task.nextRunAt : event.nextRunAt ?? NO_INSTANT;
}
