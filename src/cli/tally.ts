// The tally: how many tasks and runs there are of each kind, folded from the events.
import type { RunId, TaskEvent, TaskId } from '../index.js';

/** What is known of a task while it has no final status. */
interface OpenTask {
  readonly name: string;
  readonly tags: readonly string[];
}

/**
 * Counts what happens, as it happens. The scheduler forgets finished tasks after a while (see its `retention`), but every
 * one of them passes by here: so the sums are right for any number of tasks, in memory for those that still wait.
 */
export class Tally {
  /** All tasks there ever were, forgotten ones too. */
  known = 0;
  /** The tasks that count. */
  readonly tasks = { scheduled: 0, completed: 0, failed: 0, cancelled: 0 };
  readonly runs = { started: 0, completed: 0, failed: 0, cancelled: 0 };
  /** Ticks that never became a run. */
  readonly lost = { skipped: 0, missed: 0 };
  readonly #open = new Map<TaskId, OpenTask>();
  readonly #queued = new Set<RunId>();
  readonly #counts: (tags: readonly string[]) => boolean;

  /** @param counts whether a task with these tags counts as one that comes to an end */
  constructor(readonly startedAt: number, counts: (tags: readonly string[]) => boolean = () => true) {
    this.#counts = counts;
  }

  /** Tasks that count and have no final status. */
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

  /** Whether it is one of those. */
  isWaiting(id: RunId): boolean {
    return this.#queued.has(id);
  }

  /** What the task of this id is called, while it has no final status. */
  nameOf(id: TaskId): string {
    return this.#open.get(id)?.name ?? id;
  }

  /** Its tags, for as long. */
  tagsOf(id: TaskId): readonly string[] {
    return this.#open.get(id)?.tags ?? [];
  }

  add(event: TaskEvent): void {
    switch (event.type) {
      case 'taskScheduled':
        this.known++;
        this.#open.set(event.taskId, { name: event.name ?? event.taskId, tags: event.tags });
        if (this.#counts(event.tags)) this.tasks.scheduled++;
        break;
      case 'taskFinished':
        if (this.#counts(this.tagsOf(event.taskId))) this.tasks[FINISHED[event.status]]++;
        this.#open.delete(event.taskId);
        break;
      case 'runQueued':
        this.#queued.add(event.runId);
        break;
      case 'runStarted':
        // The attempts of a run are one run.
        if (event.attempt === 1) this.runs.started++;
        this.#queued.delete(event.runId);
        break;
      case 'runCompleted':
        this.runs.completed++;
        break;
      case 'runFailed':
        this.runs.failed++;
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
        if (event.runId !== undefined) this.#queued.delete(event.runId);
        break;
    }
  }
}

const FINISHED = { COMPLETED: 'completed', FAILED: 'failed', CANCELLED: 'cancelled' } as const;
