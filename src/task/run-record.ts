// The record of a run: what the store keeps of it, of one shape and written on as long as nobody else holds it.
import type { LogLine } from './run-log.js';
import type { RunId, RunReason, RunState, RunStatus, SkipReason } from './run.js';
import type { TaskId } from './task.js';
import { areWordsOf, uuidText, writeWords, type UuidWords } from './uuid.js';

/** In a record, an instant that there is not: NaN, for a field that always holds a number V8 writes in place, and needs no new object for. */
export const NO_INSTANT = NaN;

/** What few runs have. */
export interface RunDetail {
  readonly progress: unknown;
  readonly logs: readonly LogLine[] | undefined;
  readonly error: Error | undefined;
  readonly nextAttemptAt: number | undefined;
  readonly cancelReason: unknown;
  readonly skipReason: SkipReason | undefined;
  readonly count: number | undefined;
  readonly lastScheduledFor: number | undefined;
}

/** Shared by the runs that have nothing of it; so one that is kept is 56 bytes smaller. */
export const NO_DETAIL: RunDetail = Object.freeze(newDetail());

/** What is kept of a run, always of one shape. Only a {@link RunDraft} is written on. */
export interface RunRecord extends Readonly<UuidWords> {
  /** Undefined when it is kept as words, as it nearly always is: to be read by {@link runIdOf}. */
  readonly runId: RunId | undefined;
  readonly taskId: TaskId;
  readonly tick: number | undefined;
  readonly status: RunStatus;
  readonly scheduledFor: number;
  readonly queuedAt: number;
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly attempt: number;
  readonly reason: RunReason;
  readonly result: unknown;
  readonly detail: RunDetail;
  /** Somebody holds on to the record, so neither it nor its detail must change any more. */
  shared: boolean;
  /** What readers see of it, once one has looked; dropped when the record is written on. */
  snapshot: RunState | undefined;
}

type Mutable<T> = { -readonly [F in keyof T]: T[F] };

/** A record to write on. */
export type RunDraft = Mutable<RunRecord>;

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
    runId: run.runId, word0: run.word0, word1: run.word1, word2: run.word2, word3: run.word3, status: run.status, shared: false, snapshot: undefined,
    startedAt: run.startedAt, finishedAt: run.finishedAt, attempt: run.attempt, result: run.result, detail: copyOf(run.detail),
    taskId: run.taskId, tick: run.tick, scheduledFor: run.scheduledFor, reason: run.reason, queuedAt: run.queuedAt,
  }),
  fresh: (runId, taskId, tick, scheduledFor, reason) => {
    const run: RunDraft = {
      runId: undefined, word0: 0, word1: 0, word2: 0, word3: 0, status: 'QUEUED', shared: false, snapshot: undefined,
      startedAt: NO_INSTANT, finishedAt: NO_INSTANT, attempt: 0, result: undefined, detail: NO_DETAIL,
      taskId, tick, scheduledFor, reason, queuedAt: NO_INSTANT,
    };
    nameRun(run, runId);
    return run;
  },
};

/** The detail of a draft, to write on. */
export function detailOf(draft: RunDraft): Mutable<RunDetail> {
  if (draft.detail === NO_DETAIL) draft.detail = newDetail();
  return draft.detail;
}

/** The id of a run. */
export function runIdOf(run: RunRecord): RunId {
  return run.runId ?? uuidText(run.word0, run.word1, run.word2, run.word3);
}

/**
 * Gives a run its id: as words, if it is a UUID. A text that is kept for some runs gets old, and what dies old is dear to collect: with 10,000 tasks
 * at 100 ms, that alone was 2 ms of each pause; and one that is in an old record for a moment only, was 0.3 ms.
 */
export function nameRun(run: RunDraft, id: RunId): void {
  run.runId = writeWords(run, id) ? undefined : id;
}

/** Whether it is the run of this id. */
export function isRun(run: RunRecord, id: RunId): boolean {
  return run.runId === undefined ? areWordsOf(run, id) : run.runId === id;
}

/** Whether both are of one run. */
export function isSameRun(one: RunRecord, other: RunRecord): boolean {
  if (one.runId !== undefined || other.runId !== undefined) return one.runId === other.runId;
  return one.word0 === other.word0 && one.word1 === other.word1 && one.word2 === other.word2 && one.word3 === other.word3;
}

function copyOf(detail: RunDetail): RunDetail {
  return detail === NO_DETAIL ? NO_DETAIL : {
    progress: detail.progress, logs: detail.logs, error: detail.error, nextAttemptAt: detail.nextAttemptAt, cancelReason: detail.cancelReason,
    skipReason: detail.skipReason, count: detail.count, lastScheduledFor: detail.lastScheduledFor,
  };
}

function newDetail(): Mutable<RunDetail> {
  return {
    progress: undefined, logs: undefined, error: undefined, nextAttemptAt: undefined, cancelReason: undefined,
    skipReason: undefined, count: undefined, lastScheduledFor: undefined,
  };
}
