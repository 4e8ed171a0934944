// The store: what is known of every task, told as streams. It changes by dispatched events alone.
import { BehaviorSubject, Observable, Subject } from 'rxjs';
import type { Directory } from '../task/directory.js';
import type { TaskEvent } from '../task/event.js';
import type { RunState } from '../task/run.js';
import { runSnapshot, taskSnapshot } from '../task/snapshot.js';
import { share, type TaskRecord } from '../task/task-record.js';
import type { TaskId, TaskState } from '../task/task.js';
import { failureOf, FoldQueue, type Fold } from './fold.js';
import { PersistentArray } from './persistent-array.js';
import { Retention, type RetentionOptions } from './retention.js';
import { TaskMap } from './task-map.js';
import { TaskTable, liveRuns, overRuns, type Counts, type Entry, type TaskPlace } from './task-table.js';
import { Watcher, type Told } from './watchers.js';

const stateOf: Told<TaskState> = ({ state }) => state;
const runOf: Told<RunState> = ({ run }) => run;

/** What `tasks$` holds while nobody subscribes, so that it holds no task either. */
const NOBODY_LOOKS = new TaskMap(new PersistentArray<TaskRecord>().view(), { indexOf: () => undefined, removals: 0 }, -1, taskSnapshot);

/**
 * Every task, the fold of its events.
 *
 * Laws:
 * 1. `dispatch` folds at once: a getter called inside a notification sees all that was dispatched before.
 * 2. Notifications are told in the order of the events, each with the state right after its own event, and never one
 *    inside another: what is dispatched inside a notification is told after it.
 * 3. A batch is one step of the engine, so each task's state is told once a batch: as no getter could see it half-way.
 * 4. Who subscribes inside a notification gets the newest state, then only newer ones.
 * 5. The cost of a dispatch does not grow with the number of tasks.
 */
export class TaskStore {
  readonly #table: TaskTable;
  readonly #onUnobserved: (error: Error, event: TaskEvent) => void;
  readonly #events = new Subject<TaskEvent>();
  readonly #maps = new BehaviorSubject<TaskMap<TaskRecord>>(NOBODY_LOOKS);
  readonly #queue = new FoldQueue();
  /** The records in order: kept up while somebody subscribes to `tasks$`. */
  #records: PersistentArray<TaskRecord> | undefined;
  #version = 0;
  #seq = 0;
  #telling = false;
  #completed = false;

  /** @param onUnobserved gets each failure that nobody watches or awaits */
  constructor(retention: RetentionOptions | undefined, directory: Directory<TaskPlace>, onUnobserved: (error: Error, event: TaskEvent) => void) {
    this.#table = new TaskTable(new Retention(retention), directory);
    this.#onUnobserved = onUnobserved;
  }

  /** Everything that happens, in order: hot. */
  readonly events$ = new Observable<TaskEvent>((subscriber) => {
    const joinedAt = this.#seq;
    return this.#events.subscribe({
      next: (event) => { if (event.seq > joinedAt) subscriber.next(event); },
      complete: () => { subscriber.complete(); },
    });
  });

  /** All tasks: the newest map on subscribe, then one after each batch. */
  readonly tasks$ = new Observable<ReadonlyMap<TaskId, TaskState>>((subscriber) => {
    const newest = this.#newestMap();
    if (!this.#completed) {
      subscriber.add(this.#maps.subscribe({
        next: (later) => { if (later.version > newest.version) subscriber.next(later); },
        complete: () => { subscriber.complete(); },
      }));
    }
    subscriber.add(() => { this.#dropMapUnlessWatched(); });
    this.#tellFirst(() => { subscriber.next(newest); });
    if (this.#completed) subscriber.complete();
  });

  /** Takes a batch of events: folds them at once, then tells those who listen, after what is being told already. */
  dispatch(batch: readonly TaskEvent[]): void {
    const before = this.#queue.last;
    for (const event of batch) this.#fold(event);
    this.#queue.settle(before);
    this.#tell();
    this.#forgetSurplus(batch);
  }

  /** @throws TaskNotFoundError */
  record(id: TaskId): TaskRecord {
    return this.#table.get(id).record;
  }

  find(id: TaskId): TaskRecord | undefined {
    return this.#table.find(id)?.record;
  }

  /**
   * All tasks, in the order they were scheduled.
   *
   * @param after only those after this one
   * @throws TaskNotFoundError when that is not known
   */
  *records(after?: TaskId): Generator<TaskRecord> {
    for (const { record } of this.#table.entries(after === undefined ? undefined : this.#table.get(after))) yield record;
  }

  /** The runs of a task that are kept: those that are over, oldest first, then those that are not. */
  runs(id: TaskId): readonly RunState[] {
    const entry = this.#table.get(id);
    return Object.freeze([...overRuns(entry), ...liveRuns(entry)].map(runSnapshot));
  }

  counts(): Counts {
    return this.#table.counts();
  }

  /** One task: its state on subscribe, then every change; completes after a final status. */
  task$(id: TaskId): Observable<TaskState> {
    return this.#watch(id, stateOf, taskSnapshot);
  }

  /** The runs of one task, as they change: hot; completes with the task. */
  runs$(id: TaskId): Observable<RunState> {
    return this.#watch(id, runOf);
  }

  /** Completes every stream; getters keep answering. */
  complete(): void {
    this.#completed = true;
    for (const entry of this.#table.entries()) entry.watchers?.complete();
    this.#events.complete();
    this.#maps.complete();
  }

  /** What is told of one task from now on, after what `first` makes of now. */
  #watch<T>(id: TaskId, told: Told<T>, first?: (now: TaskRecord) => T): Observable<T> {
    return new Observable<T>((subscriber) => {
      const entry = this.#table.get(id);
      const { record } = entry;
      const over = record.final !== undefined || this.#completed;
      if (!over) subscriber.add(new Watcher(entry, subscriber, told, this.#seq));
      if (first) this.#tellFirst(() => { subscriber.next(first(record)); });
      if (over) subscriber.complete();
    });
  }

  /** Numbers the event and folds it at once; queues what is to be told of it, if somebody is there to be told. */
  #fold(event: TaskEvent): void {
    (event as { seq: number }).seq = ++this.#seq;
    const entry = this.#table.fold(event);
    const { changed, run } = this.#table;
    const isKnown = event.type !== 'taskRemoved';
    if (changed) this.#changed(entry, isKnown ? entry?.record : undefined);
    const watchers = entry?.watchers;
    if (!watchers && !this.#events.observed && !failureOf(event)) return;
    const fold = this.#queue.push(event, entry, watchers && run && runSnapshot(run));
    if (!watchers || !isKnown) return;
    watchers.latest = fold;
    watchers.changed ||= changed;
  }

  /** Forgets the oldest finished tasks, as far as retention has no room for them after these events. */
  #forgetSurplus(after: readonly TaskEvent[]): void {
    for (let entry = this.#table.forgetSurplus(); entry; entry = this.#table.forgetSurplus()) {
      const seq = ++this.#seq;
      this.#changed(entry, undefined);
      if (this.#events.observed) this.#queue.push({ v: 1, seq, at: after.at(-1)?.at ?? 0, type: 'taskRemoved', taskId: entry.id, reason: 'retention' }, entry, undefined);
      this.#tell();
    }
  }

  #changed(entry: Entry | undefined, task: TaskRecord | undefined): void {
    this.#version++;
    if (!this.#records || !entry) return;
    if (task) this.#records.set(entry.index, share(task));
    else this.#records.delete(entry.index);
  }

  /** Tells a newcomer where things stand: what that brings about is told afterwards, to the newcomer too. */
  #tellFirst(tell: () => void): void {
    if (this.#telling) {
      tell();
      return;
    }
    this.#telling = true;
    // RxJS calls what looks like a subscriber of its own as it is. If that threw, nobody would be told anything ever again.
    try {
      tell();
    } finally {
      this.#telling = false;
      this.#tell();
    }
  }

  #tell(): void {
    if (this.#telling) return;
    this.#telling = true;
    // What is dispatched meanwhile joins the queue, so both loops see it.
    do {
      for (let fold = this.#queue.shift(); fold; fold = this.#queue.shift()) this.#tellOne(fold);
      if (this.#maps.observed && this.#maps.value.version !== this.#version) this.#maps.next(this.#newestMap());
    } while (!this.#queue.isEmpty || (this.#maps.observed && this.#maps.value.version !== this.#version));
    this.#telling = false;
  }

  #tellOne(fold: Fold): void {
    const { event, entry } = fold;
    const failure = failureOf(event);
    if (failure && !this.#events.observed && !this.#maps.observed && !entry?.watchers) this.#onUnobserved(failure, event);
    if (this.#events.observed) this.#events.next(event);
    entry?.watchers?.tell(fold);
  }

  #newestMap(): TaskMap<TaskRecord> {
    if (!this.#records) {
      this.#records = new PersistentArray();
      for (const { index, record } of this.#table.entries()) this.#records.set(index, share(record));
    }
    return new TaskMap(this.#records.view(), this.#table, this.#version, taskSnapshot);
  }

  #dropMapUnlessWatched(): void {
    if (this.#maps.observed) return;
    this.#records = undefined;
    if (!this.#completed) this.#maps.next(NOBODY_LOOKS);
  }
}
