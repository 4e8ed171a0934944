// The state machine of a run: what each event makes of it.
import type { TaskEvent } from './event.js';
import type { RunId, RunReason, RunStatus, SkipReason } from './run.js';
import type { TaskId } from './task.js';

/** What is kept of a run: immutable, and always of one shape. */
export interface RunRecord {
  readonly runId: RunId;
  readonly taskId: TaskId;
  readonly tick: number | undefined;
  readonly status: RunStatus;
  readonly scheduledFor: number;
  readonly queuedAt: number | undefined;
  readonly startedAt: number | undefined;
  readonly finishedAt: number | undefined;
  readonly attempt: number;
  readonly nextAttemptAt: number | undefined;
  readonly reason: RunReason;
  readonly progress: unknown;
  readonly result: unknown;
  readonly error: Error | undefined;
  readonly cancelReason: unknown;
  readonly skipReason: SkipReason | undefined;
  readonly count: number | undefined;
  readonly lastScheduledFor: number | undefined;
}

/** The run after an event: undefined when the event is about no run. `run` is undefined before its first event. */
export function runTransition(run: RunRecord | undefined, event: TaskEvent): RunRecord | undefined {
  switch (event.type) {
    case 'runQueued': {
      const next = fresh(event.runId, event.taskId, event);
      next.queuedAt = event.at;
      return next;
    }
    case 'runStarted': {
      const next = run ? draft(run) : fresh(event.runId, event.taskId, event);
      next.status = 'RUNNING';
      next.startedAt = event.at;
      next.attempt = event.attempt;
      next.nextAttemptAt = undefined;
      return next;
    }
    case 'runProgressed': {
      const next = run && draft(run);
      if (next) next.progress = event.progress;
      return next;
    }
    case 'runRetrying': {
      const next = run && draft(run);
      if (next) [next.status, next.error, next.nextAttemptAt] = ['RETRYING', event.error, event.nextAttemptAt];
      return next;
    }
    case 'runCompleted': {
      const next = run && over(run, 'COMPLETED', event.at);
      if (next) next.result = event.result;
      return next;
    }
    case 'runFailed': {
      const next = run && over(run, 'FAILED', event.at);
      if (next) next.error = event.error;
      return next;
    }
    case 'runCancelled': {
      const next = run && over(run, 'CANCELLED', event.at);
      if (next) next.cancelReason = event.cancelReason;
      return next;
    }
    case 'ticksSkipped': return lost(run, event, 'SKIPPED');
    case 'ticksMissed': return lost(run, event, 'MISSED');
    default: return undefined;
  }
}

/** Whether nothing follows this run's status. */
export function isOver(run: RunRecord): boolean {
  return run.status !== 'QUEUED' && run.status !== 'RUNNING' && run.status !== 'RETRYING';
}

/** One record for two when the second goes on where the first ended: ticks in a row, lost for one reason. */
export function joinLost(first: RunRecord, second: RunRecord): RunRecord | undefined {
  const follows = first.status === second.status && first.skipReason === second.skipReason && first.skipReason !== undefined
    && first.tick !== undefined && first.tick + (first.count ?? 0) === second.tick && second.queuedAt === undefined && first.queuedAt === undefined;
  return follows
    ? { ...first, count: (first.count ?? 0) + (second.count ?? 0), lastScheduledFor: second.lastScheduledFor, finishedAt: second.finishedAt }
    : undefined;
}

type Lost = Extract<TaskEvent, { type: 'ticksSkipped' | 'ticksMissed' }>;

type Draft = { -readonly [F in keyof RunRecord]: RunRecord[F] };

function lost(run: RunRecord | undefined, event: Lost, status: 'SKIPPED' | 'MISSED'): RunRecord {
  const reason: RunReason = event.tick === undefined ? 'manual' : 'scheduled';
  // A tick that never became a run is named by its task and number.
  const runId = event.runId ?? `${event.taskId}#${String(event.tick)}`;
  const next = over(run ?? fresh(runId, event.taskId, { tick: event.tick, scheduledFor: event.from, reason }), status, event.at);
  next.skipReason = event.reason;
  next.count = event.count;
  next.lastScheduledFor = event.to;
  return next;
}

function over(run: RunRecord, status: RunStatus, at: number): Draft {
  const next = draft(run);
  next.status = status;
  next.finishedAt = at;
  return next;
}

/** A copy to write on. Field by field, for V8 takes 40 times as long to spread a record of this size. */
function draft(run: RunRecord): Draft {
  return {
    runId: run.runId, taskId: run.taskId, tick: run.tick, status: run.status, scheduledFor: run.scheduledFor, queuedAt: run.queuedAt,
    startedAt: run.startedAt, finishedAt: run.finishedAt, attempt: run.attempt, nextAttemptAt: run.nextAttemptAt, reason: run.reason,
    progress: run.progress, result: run.result, error: run.error, cancelReason: run.cancelReason, skipReason: run.skipReason,
    count: run.count, lastScheduledFor: run.lastScheduledFor,
  };
}

function fresh(
  runId: RunId, taskId: TaskId, origin: { readonly tick?: number | undefined; readonly scheduledFor: number; readonly reason: RunReason },
): Draft {
  return {
    runId, taskId, tick: origin.tick, status: 'QUEUED', scheduledFor: origin.scheduledFor, queuedAt: undefined, startedAt: undefined,
    finishedAt: undefined, attempt: 0, nextAttemptAt: undefined, reason: origin.reason, progress: undefined, result: undefined,
    error: undefined, cancelReason: undefined, skipReason: undefined, count: undefined, lastScheduledFor: undefined,
  };
}
