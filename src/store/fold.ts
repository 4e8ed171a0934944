// Folds: what one event made of its task and its run, for who is to be told of it.
import type { TaskEvent } from '../task/event.js';
import type { RunState } from '../task/run.js';
import { taskSnapshot } from '../task/snapshot.js';
import type { TaskState } from '../task/task.js';
import type { Entry } from './task-table.js';

/** What one event made of its task and its run, for who is to be told of it. */
export interface Fold {
  readonly event: TaskEvent;
  readonly entry: Entry | undefined;
  /** The run that the event was about, for who watches its task. */
  readonly run: RunState | undefined;
  /** The task's state, for who watches it: with the last event of a batch only, and only when the batch changed it. */
  state: TaskState | undefined;
}

/** Makes the states that a batch is told with. @param from where the folds of the batch begin */
export function settle(folds: readonly Fold[], from: number): void {
  for (let n = from; n < folds.length; n++) {
    const fold = folds[n] as Fold;
    const watchers = fold.entry?.watchers;
    if (!fold.entry || watchers?.latest !== fold) continue;
    if (watchers.changed) fold.state = taskSnapshot(fold.entry.record);
    watchers.latest = undefined;
    watchers.changed = false;
  }
}

/** What an event says that went wrong for good. */
export function failureOf(event: TaskEvent): Error | undefined {
  return event.type === 'runFailed' || event.type === 'taskFinished' ? event.error : undefined;
}
