// The port: what a scheduler asks of an engine, be it in this thread, in another, or behind a queue.
import type { Observable } from 'rxjs';
import type { Command } from '../task/command.js';
import type { TaskEvent } from '../task/event.js';
import type { TaskPlan } from '../task/plan.js';
import type { TaskId } from '../task/task.js';

/** How a stop went. Runs count from the call of `stop()` on. */
export interface StopReport {
  readonly completed: number;
  readonly failed: number;
  /** Runs that were cancelled, and whose work has ended. */
  readonly cancelled: number;
  /** Runs that were cancelled at the deadline, and whose work went on all the same. */
  readonly abandoned: number;
  /** Tasks that had no final status. */
  readonly pending: number;
  /** Whether the deadline was over before the runs in progress were. */
  readonly deadlineHit: boolean;
}

/** How to stop, durations in ms. */
export interface StopCommand {
  readonly drain: boolean;
  readonly deadline: number;
  /** How long work that asked for it by `waitUntil` may hold the stop up after its signal has aborted. @default 5000 */
  readonly letGo?: number;
}

/**
 * Runs tasks. Commands go in, events come out, and plans are told when they are asked for: all of it plain data; nothing else passes.
 *
 * Laws:
 * 1. All that a command brings about at once is told before `execute` returns, as one batch.
 * 2. Events come in the order they happened. They have no number yet (`seq` is 0): the store counts them.
 * 3. No work starts before `execute` has returned.
 * 4. After `stop()` has resolved nothing is told, and nothing is left that keeps the process alive.
 * 5. A plan is of the moment between two steps at which it is told. To ask changes nothing.
 */
export interface Engine {
  readonly batches$: Observable<readonly TaskEvent[]>;
  /**
   * @returns whether there was anything to change
   * @throws InvalidArgumentError when the engine can't do what is asked; nothing is half-done then
   */
  execute(command: Command): boolean;
  /** How each task stands with its ticks, in the order they were scheduled; or this one alone. Of those that are over, there is none. */
  plans(taskId?: TaskId): Iterable<TaskPlan>;
  start(): void;
  stop(how: StopCommand): Promise<StopReport>;
}
