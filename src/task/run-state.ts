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
    case 'runQueued': return { ...fresh(event.runId, event.taskId, event), status: 'QUEUED', queuedAt: event.at };
    case 'runStarted':
      return {
        ...(run ?? fresh(event.runId, event.taskId, event)), status: 'RUNNING', startedAt: event.at, attempt: event.attempt, nextAttemptAt: undefined,
      };
    case 'runProgressed': return run && { ...run, progress: event.progress };
    case 'runRetrying': return run && { ...run, status: 'RETRYING', error: event.error, nextAttemptAt: event.nextAttemptAt };
    case 'runCompleted': return run && { ...run, status: 'COMPLETED', finishedAt: event.at, result: event.result };
    case 'runFailed': return run && { ...run, status: 'FAILED', finishedAt: event.at, error: event.error };
    case 'runCancelled': return run && { ...run, status: 'CANCELLED', finishedAt: event.at, cancelReason: event.cancelReason };
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

function lost(run: RunRecord | undefined, event: Lost, status: 'SKIPPED' | 'MISSED'): RunRecord {
  const reason: RunReason = event.tick === undefined ? 'manual' : 'scheduled';
  // A tick that never became a run is named by its task and number.
  const runId = event.runId ?? `${event.taskId}#${String(event.tick)}`;
  const before = run ?? fresh(runId, event.taskId, { tick: event.tick, scheduledFor: event.from, reason });
  return { ...before, status, finishedAt: event.at, skipReason: event.reason, count: event.count, lastScheduledFor: event.to };
}

function fresh(
  runId: RunId, taskId: TaskId, origin: { readonly tick?: number | undefined; readonly scheduledFor: number; readonly reason: RunReason },
): RunRecord {
  return {
    runId, taskId, tick: origin.tick, status: 'QUEUED', scheduledFor: origin.scheduledFor, queuedAt: undefined, startedAt: undefined,
    finishedAt: undefined, attempt: 0, nextAttemptAt: undefined, reason: origin.reason, progress: undefined, result: undefined,
    error: undefined, cancelReason: undefined, skipReason: undefined, count: undefined, lastScheduledFor: undefined,
  };
}
