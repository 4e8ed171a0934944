// The table: every known task and its runs, folded from events. No streams here; see task-store.ts.
import type { Directory, Place } from '../task/directory.js';
import { TaskNotFoundError } from '../task/errors.js';
import type { TaskEvent } from '../task/event.js';
import { isRun, isSameRun, runIdOf, type RunRecord } from '../task/run-record.js';
import { isOver, joinLost, runTransition } from '../task/run-state.js';
import type { RunId } from '../task/run.js';
import { transition } from '../task/state.js';
import { copyOf, statusOf, type Edit, type TaskRecord } from '../task/task-record.js';
import type { TaskId, TaskStatus } from '../task/task.js';
import { KeptRuns } from './kept-runs.js';
import type { Finished, Retention } from './retention.js';
import { RecycledRuns } from './recycled-runs.js';
import type { TaskIndex } from './task-map.js';
import type { Watchers } from './watchers.js';

/** Where all is held of one task; `record` is there while the task is known. */
export interface TaskPlace<Task extends { place: unknown } = { place: unknown }> extends Finished, Place<Task> {
  /** The place in the order of scheduling. */
  index: number;
  record: TaskRecord | undefined;
  /** The runs that are not over: nearly always one at most, and only then no map. */
  live: RunRecord | Map<RunId, RunRecord> | undefined;
  /** The newest runs that are over, oldest first: of many tasks it is one at most, and only then no ring. */
  over: RunRecord | KeptRuns | undefined;
  /** Here while somebody watches the task. */
  watchers: Watchers | undefined;
}

/** The place of a task that is known, or was until now. */
export interface Entry extends TaskPlace {
  record: TaskRecord;
}

/** A place with nothing in it. */
export function newTaskPlace<Task extends { place: unknown }>(id: TaskId): TaskPlace<Task> {
  return { id, task: undefined, record: undefined, index: -1, live: undefined, over: undefined, watchers: undefined, older: undefined, newer: undefined };
}

/** How many known tasks there are by status, how many runs wait (`queued`), and how many are `inProgress`. */
export type Counts = Readonly<Record<TaskStatus | 'queued' | 'inProgress', number>>;

/** Every known task, by id. The cost of a fold does not grow with the number of tasks. */
export class TaskTable implements TaskIndex {
  readonly #directory: Directory<TaskPlace>;
  readonly #retention: Retention;
  readonly #counts = { PENDING: 0, RUNNING: 0, PAUSED: 0, COMPLETED: 0, FAILED: 0, CANCELLED: 0, queued: 0, inProgress: 0 };
  #scheduled = 0;
  readonly #runs = new RecycledRuns();
  /** Whether the event that was folded last has changed its task. */
  changed = false;
  /** The run that the event that was folded last was about. */
  run: RunRecord | undefined;
  removals = 0;

  constructor(retention: Retention, directory: Directory<TaskPlace>) {
    this.#retention = retention;
    this.#directory = directory;
  }

  /** @throws TaskNotFoundError */
  get(id: TaskId): Entry {
    const entry = this.find(id);
    if (!entry) throw new TaskNotFoundError(id, this.#retention.wasForgotten(id));
    return entry;
  }

  find(id: TaskId): Entry | undefined {
    const place = this.#directory.find(id);
    return place && isKnown(place) ? place : undefined;
  }

  indexOf(id: TaskId): number | undefined {
    return this.find(id)?.index;
  }

  /** Forgets the oldest finished task, if retention has no room for it. @returns its entry */
  forgetSurplus(): Entry | undefined {
    const entry = this.#retention.surplus() as Entry | undefined;
    if (!entry) return undefined;
    this.#count(entry.record.final, undefined);
    return this.#forget(entry);
  }

  /** All entries, in the order the tasks were scheduled: from the first on, or after another one. */
  *entries(after?: Entry): Generator<Entry> {
    const index = after?.index ?? -1;
    for (const place of this.#directory) if (place.index > index && isKnown(place)) yield place;
  }

  counts(): Counts {
    return { ...this.#counts };
  }

  /**
   * Takes an event in. Records that are shared stay as they are; all others are written on.
   *
   * @returns the entry of its task; what else came of it is in `changed` and `run` until the next one
   */
  fold(event: TaskEvent): Entry | undefined {
    this.run = undefined;
    this.changed = false;
    if (event.taskId === undefined) return undefined;
    const known = this.find(event.taskId);
    const before = known && statusOf(known.record);
    this.run = known && this.#foldRun(known, event);
    const task = transition(known?.record, event, this.run, this.#edit);
    if (!known || !task) this.changed = true;
    const entry = task ? this.#put(known, task) : known && this.#forget(known);
    this.#count(before, task && statusOf(task));
    if (event.type === 'taskFinished' && entry) this.#retention.finished(entry);
    else if (event.type === 'taskRetried' && entry) this.#retention.reopened(entry);
    return entry;
  }

  readonly #edit: Edit = (task) => {
    this.changed = true;
    if (task.shared) return copyOf(task);
    task.snapshot = undefined;
    return task;
  };

  #put(known: Entry | undefined, record: TaskRecord): Entry {
    const place = known ?? this.#directory.find(record.id) ?? this.#directory.add(this.#directory.newPlace(record.id));
    if (!known) place.index = this.#scheduled++;
    place.record = record;
    return place as Entry;
  }

  #forget(known: Entry): Entry {
    this.removals++;
    this.#directory.forget(known);
    this.#retention.removed(known);
    return known;
  }

  #foldRun(entry: Entry, event: TaskEvent): RunRecord | undefined {
    const runId = 'runId' in event ? event.runId : undefined;
    const before = runId === undefined ? undefined : liveRun(entry, runId);
    if (before) this.#countRun(before, -1);
    const run = runTransition(before, event, this.#runs);
    if (!run) return undefined;
    if (isOver(run)) {
      if (before) removeLive(entry, runId as RunId);
      this.#keep(entry, run);
    } else {
      setLive(entry, run, runId as RunId);
      this.#countRun(run, 1);
    }
    return run;
  }

  #keep(entry: Entry, run: RunRecord): void {
    const { runs } = this.#retention;
    if (runs === 0) return;
    if (!entry.over) {
      entry.over = run;
      return;
    }
    const over = entry.over instanceof KeptRuns ? entry.over : entry.over = new KeptRuns(entry.over);
    const joined = joinLost(over.newest, run);
    if (joined) {
      over.newest = joined;
      return;
    }
    const oldest = over.add(run, runs);
    if (oldest && oldest !== entry.record.past.lastRun) this.#runs.recycle(oldest);
  }

  #count(before: TaskStatus | undefined, after: TaskStatus | undefined): void {
    if (before === after) return;
    if (before) addTo(this.#counts, before, -1);
    if (after) addTo(this.#counts, after, 1);
  }

  #countRun({ status }: RunRecord, by: 1 | -1): void {
    if (status === 'QUEUED') this.#counts.queued += by;
    else this.#counts.inProgress += by;
  }
}

function isKnown(place: TaskPlace): place is Entry {
  return place.record !== undefined;
}

/** Spelt out, for to find the field by a name that V8 doesn't know beforehand was 3 % of a run. */
function addTo(counts: Record<TaskStatus, number>, status: TaskStatus, by: 1 | -1): void {
  switch (status) {
    case 'PENDING': counts.PENDING += by; break;
    case 'RUNNING': counts.RUNNING += by; break;
    case 'PAUSED': counts.PAUSED += by; break;
    case 'COMPLETED': counts.COMPLETED += by; break;
    case 'FAILED': counts.FAILED += by; break;
    case 'CANCELLED': counts.CANCELLED += by; break;
  }
}

/** The runs of a task that are over and kept, oldest first. */
export function overRuns({ over }: Entry): Iterable<RunRecord> {
  return over instanceof KeptRuns ? over : over ? [over] : [];
}

/** The runs of a task that are not over, in the order they came. */
export function liveRuns({ live }: Entry): Iterable<RunRecord> {
  return live instanceof Map ? live.values() : live ? [live] : [];
}

function liveRun({ live }: Entry, id: RunId): RunRecord | undefined {
  if (live instanceof Map) return live.get(id);
  return live && isRun(live, id) ? live : undefined;
}

function setLive(entry: Entry, run: RunRecord, id: RunId): void {
  const { live } = entry;
  if (live instanceof Map) live.set(id, run);
  else if (!live || live === run || isSameRun(live, run)) entry.live = run;
  else entry.live = new Map([[runIdOf(live), live], [id, run]]);
}

function removeLive(entry: Entry, id: RunId): void {
  if (!(entry.live instanceof Map)) entry.live = undefined;
  else if (entry.live.delete(id) && entry.live.size === 0) entry.live = undefined;
}
