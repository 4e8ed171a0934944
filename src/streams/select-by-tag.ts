// selectByTag: of all tasks those with one tag, told only when one of them has changed.
import { defer, filter, map, type Observable } from 'rxjs';
import { TaskMap } from '../store/task-map.js';
import { text } from '../task/check.js';
import type { TaskId, TaskState } from '../task/task.js';

/**
 * Of `tasks$`, the tasks with this tag, in the order they were scheduled: on subscribe, if there are none yet too, and then whenever one of
 * them has changed, has come, or is gone. Tasks that have not changed are the same objects as before.
 *
 * **What it costs.** The first map is looked through as a whole. From then on a map of a scheduler costs what has changed since the one before,
 * of whatever tag; and once a task with this tag has, as many steps as there are with it: never as many as there are tasks. A map of any other
 * make is looked through each time. `auditTime` before this makes it fewer maps.
 *
 * @param tag as in the option `tags`: 1 to 255 characters
 * @throws InvalidArgumentError
 * @example
 * scheduler.tasks$.pipe(selectByTag('mail')).subscribe((tasks) => console.log(tasks.length, 'mails'));
 */
export function selectByTag(tag: string): (tasks$: Observable<ReadonlyMap<TaskId, TaskState>>) => Observable<readonly TaskState[]> {
  const wanted = text(tag, 'tag');
  return (tasks$) => defer(() => {
    const selection = new Selection(wanted);
    return tasks$.pipe(
      // The first is told, whatever it holds.
      filter((tasks, i) => selection.take(tasks) || i === 0),
      map(() => selection.tasks()),
    );
  });
}

/** A task by its place in the order of scheduling; undefined for one that is gone. */
type Change = readonly [place: number, task: TaskState | undefined];

/** The tasks with a tag, by their places in the order of scheduling. */
class Selection {
  readonly #tag: string;
  #tasks = new Map<number, TaskState>();
  #previous: ReadonlyMap<TaskId, TaskState> | undefined;

  constructor(tag: string) {
    this.#tag = tag;
  }

  /** Takes the next map. @returns whether a task with the tag is another than before */
  take(tasks: ReadonlyMap<TaskId, TaskState>): boolean {
    const previous = this.#previous;
    this.#previous = tasks;
    return tasks instanceof TaskMap && previous instanceof TaskMap ? this.#takeChanges(tasks.changesSince(previous)) : this.#takeAll(tasks);
  }

  tasks(): readonly TaskState[] {
    // A task that was replaced keeps its place, though it may have got the tag only then.
    return Object.freeze([...this.#tasks].sort(([a], [b]) => a - b).map(([, task]) => task));
  }

  #takeChanges(changes: Iterable<Change>): boolean {
    let changed = false;
    for (const [place, task] of changes) changed = this.#put(place, task) || changed;
    return changed;
  }

  #takeAll(tasks: ReadonlyMap<TaskId, TaskState>): boolean {
    const before = this.tasks();
    this.#tasks = new Map();
    this.#takeChanges(tasks instanceof TaskMap ? tasks.changesSince(undefined) : [...tasks.values()].map((task, place): Change => [place, task]));
    const now = this.tasks();
    return now.length !== before.length || now.some((task, i) => task !== before[i]);
  }

  #put(place: number, task: TaskState | undefined): boolean {
    if (!task?.tags.includes(this.#tag)) return this.#tasks.delete(place);
    const isAnother = this.#tasks.get(place) !== task;
    this.#tasks.set(place, task);
    return isAnother;
  }
}
