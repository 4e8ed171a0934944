// Plans: what an engine has in mind for a task, as plain data.
import type { TaskPolicy } from './policy.js';
import type { TaskId } from './task.js';
import type { ObservableTrigger, Trigger } from './trigger.js';

/** How a task stands with its ticks. With the rule of its trigger, all of those follow from it that any rule can tell. */
export interface TaskPlan {
  readonly taskId: TaskId;
  readonly trigger: Trigger | ObservableTrigger;
  readonly policy: TaskPolicy;
  /** Where the trigger's ticks are counted from, epoch ms. */
  readonly anchor: number;
  /** When the next tick is due, epoch ms; null when none is known of. */
  readonly due: number | null;
  /** The number of the next tick. */
  readonly tick: number;
  /** How many further ticks may start a run, by `maxRuns`: those that have caused one that waits count as well. */
  readonly runsLeft: number;
  readonly paused: boolean;
  /** No tick will follow, whatever happens. */
  readonly exhausted: boolean;
}
