// Settlement: the end of a task as a promise.
import type { Observable } from 'rxjs';
import { SchedulerStoppedError, TaskCancelledError } from './task/errors.js';
import { isFinal, type TaskId, type TaskState } from './task/task.js';

/** Resolves with the task's final state; rejects when its stream errors, or completes since the scheduler stopped. */
export function settled<R>(id: TaskId<R>, task$: Observable<TaskState<R>>): Promise<TaskState<R>> {
  return new Promise((resolve, reject) => {
    task$.subscribe({
      next: (task) => { if (isFinal(task.status)) resolve(task); },
      error: reject,
      // After a final state this comes too late to matter.
      complete: () => { reject(new SchedulerStoppedError(`The task "${id}" did not settle`, id)); },
    });
  });
}

/** Resolves with the result of a task that completes; rejects with what it failed with, or was cancelled for. */
export async function resultOf<R>(id: TaskId<R>, task$: Observable<TaskState<R>>): Promise<R> {
  const task = await settled(id, task$);
  if (task.status === 'FAILED') throw task.error;
  if (task.status === 'CANCELLED') throw new TaskCancelledError(id, task.cancelReason);
  return task.result as R;
}
