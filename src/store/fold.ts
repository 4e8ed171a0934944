// Folds: what one event made of its task and its run, for who is to be told of it.
import type { TaskEvent } from '../task/event.js';
import type { RunRecord } from '../task/run-state.js';
import { share, type TaskRecord } from '../task/task-record.js';
import type { Entry } from './task-table.js';

/** What one event made of its task and its run, for who is to be told of it. */
export interface Fold {
  readonly event: TaskEvent;
  readonly entry: Entry | undefined;
  /** Undefined once the task is forgotten. */
  readonly task: TaskRecord | undefined;
  readonly run: RunRecord | undefined;
  /** Whether the task's record is another than before. */
  changed: boolean;
  /** A later event of the same batch says more of the task's state. */
  superseded: boolean;
}

/** What a later event of the same batch says anew of where a task stands, counts from before the first; the last of it is kept as it is. */
export function settle(folds: readonly Fold[]): void {
  const newest = new Map<Entry, Fold>();
  for (const fold of folds) {
    if (!fold.entry || fold.event.type === 'taskRemoved') continue;
    const earlier = newest.get(fold.entry);
    if (earlier) {
      earlier.superseded = true;
      fold.changed ||= earlier.changed;
    }
    newest.set(fold.entry, fold);
  }
  for (const { task } of newest.values()) if (task) share(task);
}

/** What an event says that went wrong for good. */
export function failureOf(event: TaskEvent): Error | undefined {
  return event.type === 'runFailed' || event.type === 'taskFinished' ? event.error : undefined;
}
