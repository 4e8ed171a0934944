// The state machine of a run: what each event makes of it.
import type { TaskEvent } from './event.js';
import { withLine } from './run-log.js';
import { NEW_DRAFTS, detailOf, type RunDraft, type RunDrafts, type RunRecord } from './run-record.js';
import type { RunReason, RunStatus } from './run.js';

/**
 * The run after an event: undefined when the event is about no run.
 *
 * @param run the run before; undefined before its first event
 * @param drafts new ones, unless who calls knows which records nobody else holds
 */
export function runTransition(run: RunRecord | undefined, event: TaskEvent, drafts: RunDrafts = NEW_DRAFTS): RunRecord | undefined {
  switch (event.type) {
    case 'runQueued': {
      const next = drafts.fresh(event.runId, event.taskId, event.tick, event.scheduledFor, event.reason);
      next.queuedAt = event.at;
      return next;
    }
    case 'runStarted': {
      const next = run ? drafts.of(run) : drafts.fresh(event.runId, event.taskId, event.tick, event.scheduledFor, event.reason);
      next.status = 'RUNNING';
      next.startedAt = event.at;
      next.attempt = event.attempt;
      forgetNextAttempt(next);
      return next;
    }
    case 'runProgressed': {
      const next = run && drafts.of(run);
      if (next) detailOf(next).progress = event.progress;
      return next;
    }
    case 'runLogged': {
      const next = run && drafts.of(run);
      if (next) detailOf(next).logs = withLine(next.detail.logs, Object.freeze({ at: event.at, message: event.message }));
      return next;
    }
    case 'runRetrying': {
      const next = run && drafts.of(run);
      if (!next) return next;
      next.status = 'RETRYING';
      const detail = detailOf(next);
      [detail.error, detail.nextAttemptAt] = [event.error, event.nextAttemptAt];
      return next;
    }
    case 'runCompleted': {
      const next = run && over(run, 'COMPLETED', event.at, drafts);
      // What an earlier attempt failed with is no failure of the run.
      if (!next) return next;
      next.result = event.result;
      if (next.detail.error) detailOf(next).error = undefined;
      return next;
    }
    case 'runFailed': {
      const next = run && over(run, 'FAILED', event.at, drafts);
      if (next) detailOf(next).error = event.error;
      return next;
    }
    case 'runCancelled': {
      const next = run && over(run, 'CANCELLED', event.at, drafts);
      if (next && event.cancelReason !== undefined) detailOf(next).cancelReason = event.cancelReason;
      return next;
    }
    case 'ticksSkipped': return lost(run, event, 'SKIPPED', drafts);
    case 'ticksMissed': return lost(run, event, 'MISSED', drafts);
    default: return undefined;
  }
}

/** Whether nothing follows this run's status. */
export function isOver(run: RunRecord): boolean {
  return run.status !== 'QUEUED' && run.status !== 'RUNNING' && run.status !== 'RETRYING';
}

/** One record for two when the second goes on where the first ended: ticks in a row, lost for one reason. */
export function joinLost(first: RunRecord, second: RunRecord): RunRecord | undefined {
  const [{ skipReason, count = 0 }, added] = [first.detail, second.detail];
  const follows = skipReason !== undefined && skipReason === added.skipReason && first.status === second.status
    && first.tick !== undefined && first.tick + count === second.tick && Number.isNaN(second.queuedAt) && Number.isNaN(first.queuedAt);
  if (!follows) return undefined;
  const joined = NEW_DRAFTS.of(first);
  const detail = detailOf(joined);
  detail.count = count + (added.count ?? 0);
  detail.lastScheduledFor = added.lastScheduledFor;
  joined.finishedAt = second.finishedAt;
  return joined;
}

type Lost = Extract<TaskEvent, { type: 'ticksSkipped' | 'ticksMissed' }>;

function lost(run: RunRecord | undefined, event: Lost, status: 'SKIPPED' | 'MISSED', drafts: RunDrafts): RunRecord {
  const reason: RunReason = event.tick === undefined ? 'manual' : 'scheduled';
  // A tick that never became a run is named by its task and number.
  const runId = event.runId ?? `${event.taskId}#${String(event.tick)}`;
  const next = over(run ?? drafts.fresh(runId, event.taskId, event.tick, event.from, reason), status, event.at, drafts);
  const detail = detailOf(next);
  detail.skipReason = event.reason;
  detail.count = event.count;
  detail.lastScheduledFor = event.to;
  return next;
}

function over(run: RunRecord, status: RunStatus, at: number, drafts: RunDrafts): RunDraft {
  const next = drafts.of(run);
  next.status = status;
  next.finishedAt = at;
  forgetNextAttempt(next);
  return next;
}

function forgetNextAttempt(run: RunDraft): void {
  if (run.detail.nextAttemptAt !== undefined) detailOf(run).nextAttemptAt = undefined;
}
