// The tally: what the summary says, folded from `events$`.
import type { RunId, TaskEvent, TaskId } from 'carillon';
import { FILE, type FileHash } from './file-hash.js';
import { HEARTBEAT } from './heartbeat.js';
import { Histogram } from './histogram.js';
import { HEAVY } from './schedule-primes.js';
import { FAILS_ON_PURPOSE } from './three-examples.js';

/** So many failures are kept word for word; further ones are counted. */
const FAILURES_KEPT = 10;

/** A run that failed, as the summary tells of it. */
export interface Failure {
  readonly name: string;
  readonly error: Error;
}

/**
 * Counts what happens, as it happens. The scheduler forgets finished tasks after a while (see its `retention`), but every
 * one of them passes by here: so the sums are right for any number of files, in memory for those that still wait.
 */
export class Tally {
  readonly startedAt = Date.now();
  /** All tasks there ever were, forgotten ones too. */
  known = 0;
  /** All tasks but the heartbeat. */
  readonly tasks = { scheduled: 0, completed: 0, failed: 0, cancelled: 0 };
  readonly runs = { started: 0, completed: 0, failed: 0, cancelled: 0 };
  /** Ticks that never became a run. */
  readonly lost = { skipped: 0, missed: 0 };
  /** Runs that started before they were due: there must be none. */
  early = 0;
  /** From when a run was due until it started. */
  readonly lateness = new Histogram();
  /** From when a run was due until the scheduler saw to it: the lateness without the wait for a slot. */
  readonly handling = new Histogram();
  /** The lateness of the heartbeat alone, which is that of the event loop. */
  readonly heartbeat = new Histogram();
  /** The part of it from while the heavy task ran. */
  readonly underLoad = new Histogram();
  /** How long the heavy task ran, once it is over. */
  heavyMs: number | undefined;
  readonly files = { hashed: 0, bytes: 0 };
  readonly failures = { expected: 0, unexpected: 0, first: [] as Failure[] };
  readonly #open = new Map<TaskId, { readonly name: string; readonly tags: readonly string[] }>();
  readonly #queued = new Set<RunId>();
  #heavySince: number | undefined;

  /** Tasks that have no final status, but for the heartbeat, which never gets one by itself. */
  get open(): number {
    const { scheduled, completed, failed, cancelled } = this.tasks;
    return scheduled - completed - failed - cancelled;
  }

  get running(): number {
    const { started, completed, failed, cancelled } = this.runs;
    return started - completed - failed - cancelled;
  }

  /** Runs that are due and wait for a slot. */
  get waiting(): number {
    return this.#queued.size;
  }

  /** What the task of this id is called, while it has no final status. */
  nameOf(id: TaskId): string {
    return this.#open.get(id)?.name ?? id;
  }

  add(event: TaskEvent): void {
    switch (event.type) {
      case 'taskScheduled':
        this.known++;
        this.#open.set(event.taskId, { name: event.name ?? event.taskId, tags: event.tags });
        if (!this.#has(HEARTBEAT, event.taskId)) this.tasks.scheduled++;
        break;
      case 'taskFinished':
        if (!this.#has(HEARTBEAT, event.taskId)) this.tasks[FINISHED[event.status]]++;
        this.#open.delete(event.taskId);
        break;
      case 'runQueued':
        this.#queued.add(event.runId);
        this.handling.add(event.at - event.scheduledFor);
        break;
      case 'runStarted': {
        const lateBy = event.at - event.scheduledFor;
        this.runs.started++;
        if (lateBy < 0) this.early++;
        this.lateness.add(lateBy);
        if (!this.#queued.delete(event.runId)) this.handling.add(lateBy);
        if (this.#has(HEARTBEAT, event.taskId)) {
          this.heartbeat.add(lateBy);
          if (this.#heavySince !== undefined) this.underLoad.add(lateBy);
        }
        if (this.#has(HEAVY, event.taskId)) this.#heavySince = event.at;
        break;
      }
      case 'runCompleted':
        this.runs.completed++;
        if (this.#has(FILE, event.taskId)) {
          this.files.hashed++;
          this.files.bytes += (event.result as FileHash).size;
        }
        if (this.#has(HEAVY, event.taskId) && this.#heavySince !== undefined) {
          this.heavyMs = event.at - this.#heavySince;
          this.#heavySince = undefined;
        }
        break;
      case 'runFailed':
        this.runs.failed++;
        this.#addFailure(event.taskId, event.error);
        break;
      case 'runCancelled':
        this.runs.cancelled++;
        break;
      case 'ticksSkipped':
        this.lost.skipped += event.count;
        if (event.runId !== undefined) this.#queued.delete(event.runId);
        break;
      case 'ticksMissed':
        this.lost.missed += event.count;
        break;
    }
  }

  #addFailure(id: TaskId, error: Error): void {
    if (this.isExpectedToFail(id)) {
      this.failures.expected++;
      return;
    }
    this.failures.unexpected++;
    if (this.failures.first.length < FAILURES_KEPT) this.failures.first.push({ name: this.nameOf(id), error });
  }

  isExpectedToFail(id: TaskId): boolean {
    return this.#has(FAILS_ON_PURPOSE, id);
  }

  #has(tag: string, id: TaskId): boolean {
    return this.#open.get(id)?.tags.includes(tag) ?? false;
  }
}

const FINISHED = { COMPLETED: 'completed', FAILED: 'failed', CANCELLED: 'cancelled' } as const;
