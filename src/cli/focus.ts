// The focus: of thousands of tasks, the few that are worth a row.
import type { TaskEvent, TaskId, TaskScheduled } from '../index.js';

/** No screen has more rows to give to what is over. */
const NEWEST_KEPT = 100;

/** Follows `events$`, so that nobody has to look through all tasks, ten times a second, for the interesting ones. */
export class Focus {
  readonly #isToBePinned: (event: TaskScheduled) => boolean;
  readonly #pinned = new Set<TaskId>();
  /** The pinned ones whose newest run is in progress, or has failed; the newest last. */
  readonly #notable = new Set<TaskId>();
  readonly #running = new Set<TaskId>();
  readonly #failed = new Set<TaskId>();
  readonly #done = new Set<TaskId>();

  /** @param isPinned which tasks always have a row */
  constructor(isPinned: (event: TaskScheduled) => boolean) {
    this.#isToBePinned = isPinned;
  }

  add(event: TaskEvent): void {
    switch (event.type) {
      case 'taskScheduled':
        if (this.#isToBePinned(event)) this.#pinned.add(event.taskId);
        break;
      case 'runStarted':
        this.#note(event.taskId);
        if (!this.#pinned.has(event.taskId)) this.#running.add(event.taskId);
        break;
      case 'runCompleted':
      case 'runCancelled':
        this.#notable.delete(event.taskId);
        if (this.#running.delete(event.taskId)) addNewest(this.#done, event.taskId);
        break;
      case 'runFailed':
        this.#note(event.taskId);
        if (this.#running.delete(event.taskId)) addNewest(this.#failed, event.taskId);
        break;
      case 'taskRemoved':
        // The scheduler has forgotten it, so there is nothing left to show.
        this.#failed.delete(event.taskId);
        this.#done.delete(event.taskId);
        break;
    }
  }

  isPinned(id: TaskId): boolean {
    return this.#pinned.has(id);
  }

  /**
   * The tasks for so many rows: the pinned ones, and if they are too many, those of them first that run, or have failed; then some of the newest failures, of those in progress, and of those just done.
   */
  pick(rows: number): TaskId[] {
    if (this.#pinned.size > rows) return this.#pickOfPinned(rows);
    const picked = [...this.#pinned];
    const take = (ids: readonly TaskId[], most: number): void => { picked.push(...ids.slice(0, Math.max(0, most))); };
    take([...this.#failed].reverse(), Math.ceil((rows - picked.length) / 3));
    take([...this.#running], Math.ceil((rows - picked.length) / 2));
    take([...this.#done].reverse(), rows - picked.length);
    return picked;
  }

  /** In the order of all, so that rows stay where they are. */
  #pickOfPinned(rows: number): TaskId[] {
    const chosen = new Set([...[...this.#notable].reverse(), ...this.#pinned].slice(0, rows));
    for (const id of this.#pinned) if (chosen.size < rows) chosen.add(id);
    return [...this.#pinned].filter((id) => chosen.has(id));
  }

  #note(id: TaskId): void {
    if (!this.#pinned.has(id)) return;
    this.#notable.delete(id);
    this.#notable.add(id);
  }
}

/** A Set keeps the order in which its members came. */
function addNewest(ids: Set<TaskId>, id: TaskId): void {
  ids.add(id);
  if (ids.size > NEWEST_KEPT) for (const oldest of ids) { ids.delete(oldest); break; }
}
