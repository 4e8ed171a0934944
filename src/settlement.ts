// Settlement: the end of a task as a promise, and what its runs result in.
import { filter, map, type Observable } from 'rxjs';
import type { RunState } from './task/run.js';
import { SchedulerStoppedError, TaskCancelledError } from './task/errors.js';
import { isFinal, type TaskId, type TaskState } from './task/task.js';

/** Why a task that did not settle never will, as far as somebody knows who waits. */
export type Cut = (what: string, id: TaskId) => Error;

const stopped: Cut = (what, id) => new SchedulerStoppedError(what, id);

/** Resolves with the task's final state; rejects when its stream errors, or completes since the scheduler stopped. */
export function settled<R>(id: TaskId<R>, task$: Observable<TaskState<R>>, cut: Cut = stopped): Promise<TaskState<R>> {
  return new Promise((resolve, reject) => {
    let isSettled = false;
    task$.subscribe({
      next: (task) => {
        if (!isFinal(task.status)) return;
        isSettled = true;
        resolve(task);
      },
      error: reject,
      // After a final state an error would come too late to matter, and it takes 4 µs to make one, for its stack.
      complete: () => { if (!isSettled) reject(cut(`The task "${id}" did not settle`, id)); },
    });
  });
}

/** Resolves with the result of a task that completes; rejects with what it failed with, or was cancelled for. */
export async function resultOf<R>(id: TaskId<R>, task$: Observable<TaskState<R>>, cut?: Cut): Promise<R> {
  const task = await settled(id, task$, cut);
  if (task.status === 'FAILED') throw task.error;
  if (task.status === 'CANCELLED') throw new TaskCancelledError(id, task.cancelReason);
  return task.result as R;
}

/** The result of each run that completes. */
export function resultsOf<R>(runs$: Observable<RunState<R>>): Observable<R> {
  return runs$.pipe(filter((run) => run.status === 'COMPLETED'), map((run) => run.result as R));
}
