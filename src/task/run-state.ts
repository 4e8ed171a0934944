// The state machine of a run: what each event makes of it.
import type { TaskEvent } from './event.js';
import { withLine, type LogLine } from './run-log.js';
import type { RunId, RunReason, RunState, RunStatus, SkipReason } from './run.js';
import type { TaskId } from './task.js';
import { uuidText, writeWords, type UuidWords } from './uuid.js';

/** In a record, an instant that there is not: NaN, for a field that always holds a number V8 writes in place, and needs no new object for. */
export const NO_INSTANT = NaN;

/** What is kept of a run, always of one shape. Only a {@link RunDraft} is written on. */
export interface RunRecord extends Readonly<UuidWords> {
  /** Undefined when it is kept as words: to be read by {@link runIdOf}. */
  readonly runId: RunId | undefined;
  readonly taskId: TaskId;
  readonly tick: number | undefined;
  readonly status: RunStatus;
  readonly scheduledFor: number;
  readonly queuedAt: number;
  readonly startedAt: number;
  readonly finishedAt: number;
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
  readonly logs: readonly LogLine[] | undefined;
  /** Somebody holds on to the record, so it must not change any more. */
  shared: boolean;
  /** What readers see of it, once one has looked; dropped when the record is written on. */
  snapshot: RunState | undefined;
}

/** A record to write on. */
export type RunDraft = { -readonly [F in keyof RunRecord]: RunRecord[F] };

/** How a transition comes by drafts. */
export interface RunDrafts {
  /** A draft of this record. */
  of(run: RunRecord): RunDraft;
  /** A draft of a run that nothing is known of yet but this. */
  fresh(runId: RunId, taskId: TaskId, tick: number | undefined, scheduledFor: number, reason: RunReason): RunDraft;
}

/** New drafts, always: no record is ever written on after it was made. */
export const NEW_DRAFTS: RunDrafts = {
  // Field by field, for V8 takes 40 times as long to spread a record of this size. What every run changes stands first.
  of: (run) => ({
    runId: run.runId, word0: run.word0, word1: run.word1, word2: run.word2, word3: run.word3, status: run.status, shared: false, snapshot: undefined, startedAt: run.startedAt, finishedAt: run.finishedAt, attempt: run.attempt,
    result: run.result, nextAttemptAt: run.nextAttemptAt, taskId: run.taskId, tick: run.tick, scheduledFor: run.scheduledFor,
    reason: run.reason, queuedAt: run.queuedAt, progress: run.progress, error: run.error, cancelReason: run.cancelReason,
    skipReason: run.skipReason, count: run.count, lastScheduledFor: run.lastScheduledFor, logs: run.logs,
  }),
  fresh: (runId, taskId, tick, scheduledFor, reason) => ({
    runId, word0: 0, word1: 0, word2: 0, word3: 0, status: 'QUEUED', shared: false, snapshot: undefined, startedAt: NO_INSTANT, finishedAt: NO_INSTANT, attempt: 0, result: undefined, nextAttemptAt: undefined,
    taskId, tick, scheduledFor, reason, queuedAt: NO_INSTANT, progress: undefined, error: undefined, cancelReason: undefined,
    skipReason: undefined, count: undefined, lastScheduledFor: undefined, logs: undefined,
  }),
};

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
      next.nextAttemptAt = undefined;
      return next;
    }
    case 'runProgressed': {
      const next = run && drafts.of(run);
      if (next) next.progress = event.progress;
      return next;
    }
    case 'runLogged': {
      const next = run && drafts.of(run);
      if (next) next.logs = withLine(next.logs, Object.freeze({ at: event.at, message: event.message }));
      return next;
    }
    case 'runRetrying': {
      const next = run && drafts.of(run);
      if (next) [next.status, next.error, next.nextAttemptAt] = ['RETRYING', event.error, event.nextAttemptAt];
      return next;
    }
    case 'runCompleted': {
      const next = run && over(run, 'COMPLETED', event.at, drafts);
      // What an earlier attempt failed with is no failure of the run.
      if (!next) return next;
      next.result = event.result;
      next.error = undefined;
      return next;
    }
    case 'runFailed': {
      const next = run && over(run, 'FAILED', event.at, drafts);
      if (next) next.error = event.error;
      return next;
    }
    case 'runCancelled': {
      const next = run && over(run, 'CANCELLED', event.at, drafts);
      if (next) next.cancelReason = event.cancelReason;
      return next;
    }
    case 'ticksSkipped': return lost(run, event, 'SKIPPED', drafts);
    case 'ticksMissed': return lost(run, event, 'MISSED', drafts);
    default: return undefined;
  }
}

/** The id of a run. */
export function runIdOf(run: RunRecord): RunId {
  return run.runId ?? uuidText(run);
}

/**
 * Keeps the id as words, if it is a UUID. A text that is kept for some runs gets old, and what dies old is dear to collect: with 10,000 tasks at
 * 100 ms, that alone was a third of a run.
 */
export function keepIdAsWords(run: RunDraft): void {
  if (run.runId !== undefined && writeWords(run, run.runId)) run.runId = undefined;
}

/** Whether nothing follows this run's status. */
export function isOver(run: RunRecord): boolean {
  return run.status !== 'QUEUED' && run.status !== 'RUNNING' && run.status !== 'RETRYING';
}

/** One record for two when the second goes on where the first ended: ticks in a row, lost for one reason. */
export function joinLost(first: RunRecord, second: RunRecord): RunRecord | undefined {
  const follows = first.status === second.status && first.skipReason === second.skipReason && first.skipReason !== undefined
    && first.tick !== undefined && first.tick + (first.count ?? 0) === second.tick && Number.isNaN(second.queuedAt) && Number.isNaN(first.queuedAt);
  if (!follows) return undefined;
  const joined = NEW_DRAFTS.of(first);
  joined.count = (first.count ?? 0) + (second.count ?? 0);
  joined.lastScheduledFor = second.lastScheduledFor;
  joined.finishedAt = second.finishedAt;
  return joined;
}

type Lost = Extract<TaskEvent, { type: 'ticksSkipped' | 'ticksMissed' }>;

function lost(run: RunRecord | undefined, event: Lost, status: 'SKIPPED' | 'MISSED', drafts: RunDrafts): RunRecord {
  const reason: RunReason = event.tick === undefined ? 'manual' : 'scheduled';
  // A tick that never became a run is named by its task and number.
  const runId = event.runId ?? `${event.taskId}#${String(event.tick)}`;
  const next = over(run ?? drafts.fresh(runId, event.taskId, event.tick, event.from, reason), status, event.at, drafts);
  next.skipReason = event.reason;
  next.count = event.count;
  next.lastScheduledFor = event.to;
  return next;
}

function over(run: RunRecord, status: RunStatus, at: number, drafts: RunDrafts): RunDraft {
  const next = drafts.of(run);
  next.status = status;
  next.finishedAt = at;
  next.nextAttemptAt = undefined;
  return next;
}
