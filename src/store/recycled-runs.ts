// Recycled runs: the records of runs that retention has let go of serve for new ones.
import type { RunId, RunReason } from '../task/run.js';
import { nameRun, NEW_DRAFTS, NO_DETAIL, NO_INSTANT, type RunDraft, type RunDrafts, type RunRecord } from '../task/run-record.js';
import type { TaskId } from '../task/task.js';

/** More than this are not kept for later. */
const MOST = 1_000;

/**
 * Drafts for the runs of a store that writes on whatever nobody else holds.
 *
 * A record that is kept for some runs of its task gets old, and what dies old is dear to collect: with 10,000 tasks at
 * 100 ms that alone held the event loop up for 60 ms at a time, where now nothing of a run gets old.
 */
export class RecycledRuns implements RunDrafts {
  readonly #free: RunDraft[] = [];

  of(run: RunRecord): RunDraft {
    if (run.shared) return NEW_DRAFTS.of(run);
    run.snapshot = undefined;
    return run;
  }

  fresh(runId: RunId, taskId: TaskId, tick: number | undefined, scheduledFor: number, reason: RunReason): RunDraft {
    // A new one is written on like a used one: V8 takes a field that was never written for a constant, and throws code away when it is.
    const run = this.#free.pop() ?? NEW_DRAFTS.fresh(runId, taskId, tick, scheduledFor, reason);
    nameRun(run, runId);
    run.taskId = taskId;
    run.tick = tick;
    run.status = 'QUEUED';
    run.scheduledFor = scheduledFor;
    run.queuedAt = run.startedAt = run.finishedAt = NO_INSTANT;
    run.attempt = 0;
    run.reason = reason;
    empty(run);
    return run;
  }

  /** Takes a record that its task has no place for any more; unless somebody else holds it. */
  recycle(run: RunRecord): void {
    if (run.shared || this.#free.length === MOST) return;
    empty(run);
    this.#free.push(run);
  }
}

/** Lets go of what the user's work gave. */
function empty(run: RunDraft): void {
  run.result = run.snapshot = undefined;
  run.detail = NO_DETAIL;
}
