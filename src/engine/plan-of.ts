// The plan of a task: what the engine holds of its ticks, as plain data.
import type { TaskPlan } from '../task/plan.js';
import type { RunList } from './run.js';
import type { ScheduledTask } from './scheduled-task.js';

/** How a task stands at this moment. */
export function planOf(task: ScheduledTask): TaskPlan {
  const { id, trigger, policy, anchor, due, tick, paused, started, awaitsEnd, stoodDown } = task;
  return {
    taskId: id, trigger, policy, anchor, due, tick, paused,
    // Most tasks have no limit, and then nobody need look through their runs.
    runsLeft: policy.maxRuns === Infinity ? Infinity : policy.maxRuns - started - unstarted(task.live) - unstarted(task.waiting),
    exhausted: task.exhausted || stoodDown || (due === null && !awaitsEnd && trigger.kind !== 'observable'),
  };
}

/** How many of the runs were caused by ticks, and have not started yet. */
function unstarted(runs: RunList): number {
  let count = 0;
  for (const { reason, attempt, phase } of runs) if (reason !== 'manual' && attempt === 1 && (phase === 'waiting' || phase === 'entered')) count++;
  return count;
}
