// Letters: what a marble diagram calls the statuses of a task and the events of its runs.
import { filter, map, takeWhile, type MonoTypeOperatorFunction, type OperatorFunction } from 'rxjs';
import type { TaskEvent } from '../task/event.js';
import type { TaskId, TaskState, TaskStatus } from '../task/task.js';

/** The letter of each status of a task. */
export const STATUS_LETTERS: Readonly<Record<TaskStatus, string>> = Object.freeze({
  PENDING: 'P', RUNNING: 'R', PAUSED: 'Z', COMPLETED: 'C', FAILED: 'F', CANCELLED: 'X',
});

/** The letter of each event that is drawn: a run is queued, starts, is to be retried, is done, fails, or is cancelled; ticks are skipped, or missed. */
export const EVENT_LETTERS: Readonly<Partial<Record<TaskEvent['type'], string>>> = Object.freeze({
  runQueued: 'q', runStarted: 's', runRetrying: 'r', runCompleted: 'd', runFailed: 'f', runCancelled: 'x', ticksSkipped: 'k', ticksMissed: 'm',
});

/**
 * The operator that makes letters of the states that `task$` tells, by {@link STATUS_LETTERS}.
 *
 * One letter for each state that is told, so a run that reports progress shows its status again.
 *
 * @example
 * expectObservable(scheduler.task$(id).pipe(statusLetters())).toBe('P--R--(C|)');
 */
export function statusLetters(): OperatorFunction<TaskState, string> {
  return map(({ status }) => STATUS_LETTERS[status]);
}

/**
 * The operator that makes letters of what `events$` tells of one task, by {@link EVENT_LETTERS}; it completes as the task does.
 *
 * `events$` is hot, so what happens in the frame of the call is only seen by an expectation that stands before the call.
 *
 * @example
 * expectObservable(scheduler.events$.pipe(eventLetters('poll'))).toBe('s--q-(ds)-(d|)');
 * scheduler.schedule(work, every(3), { id: 'poll', overlap: 'queue', maxRuns: 2 });
 */
export function eventLetters(id: TaskId): OperatorFunction<TaskEvent, string> {
  const ofTask: MonoTypeOperatorFunction<TaskEvent> = filter(({ taskId }) => taskId === id);
  return (events$) => events$.pipe(
    ofTask,
    takeWhile(({ type }) => type !== 'taskFinished'),
    map(({ type }) => EVENT_LETTERS[type]),
    filter((letter) => letter !== undefined),
  );
}
