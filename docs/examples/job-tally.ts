// The tally of the main job: what the summary says, folded from `events$`.
import type { TaskEvent, TaskId } from 'carillon';
import { Tally } from '../../src/cli/tally.js';
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

/** Counts all tasks but the heartbeat, which has no end, and measures how late they start. */
export class JobTally extends Tally {
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
  #heavySince: number | undefined;

  constructor(startedAt: number) {
    super(startedAt, (tags) => !tags.includes(HEARTBEAT));
  }

  override add(event: TaskEvent): void {
    switch (event.type) {
      case 'runQueued':
        this.handling.add(event.at - event.scheduledFor);
        break;
      case 'runStarted': {
        const lateBy = event.at - event.scheduledFor;
        if (lateBy < 0) this.early++;
        this.lateness.add(lateBy);
        if (!this.isWaiting(event.runId)) this.handling.add(lateBy);
        if (this.#has(HEARTBEAT, event.taskId)) {
          this.heartbeat.add(lateBy);
          if (this.#heavySince !== undefined) this.underLoad.add(lateBy);
        }
        if (this.#has(HEAVY, event.taskId)) this.#heavySince = event.at;
        break;
      }
      case 'runCompleted':
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
        this.#addFailure(event.taskId, event.error);
        break;
    }
    super.add(event);
  }

  isExpectedToFail(id: TaskId): boolean {
    return this.#has(FAILS_ON_PURPOSE, id);
  }

  #addFailure(id: TaskId, error: Error): void {
    if (this.isExpectedToFail(id)) {
      this.failures.expected++;
      return;
    }
    this.failures.unexpected++;
    if (this.failures.first.length < FAILURES_KEPT) this.failures.first.push({ name: this.nameOf(id), error });
  }

  #has(tag: string, id: TaskId): boolean {
    return this.tagsOf(id).includes(tag);
  }
}
