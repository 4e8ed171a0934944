// Task warnings: what may surprise about a task, beyond what its trigger says: by its runs, and by the other tasks.
import type { TaskPlan } from '../task/plan.js';
import type { RunState } from '../task/run.js';
import type { ExplainedTick, ExplanationWarning } from './explanation.js';
import { lengthOf, several } from './phrases.js';

/** So many other tasks at one instant are a herd. */
const HERD = 10;

/** What is known of a task that is explained. */
export interface KnownOfTask {
  readonly plan: TaskPlan;
  /** Its latest runs. */
  readonly runs: readonly RunState[];
  /** The plans of all tasks. */
  readonly plans: Iterable<TaskPlan>;
}

export function taskWarnings({ plan, runs, plans }: KnownOfTask, ticks: readonly ExplainedTick[]): readonly ExplanationWarning[] {
  return [...paused(plan), ...outlasted(plan, runs, ticks), ...herd(plan, plans)].map((warning) => Object.freeze(warning));
}

function paused({ paused: isPaused, exhausted }: TaskPlan): readonly ExplanationWarning[] {
  return isPaused && !exhausted ? [{ code: 'paused', message: 'It is paused: no run starts until it is resumed, and what is due again and again is skipped till then.' }] : [];
}

/** Whether the runs take longer than it is from one tick to the next, and so meet. */
function outlasted({ policy }: TaskPlan, runs: readonly RunState[], ticks: readonly ExplainedTick[]): readonly ExplanationWarning[] {
  const gap = Math.min(...ticks.slice(1).map(({ at }, i) => at - (ticks[i] as ExplainedTick).at));
  const durations = runs.flatMap(({ startedAt, finishedAt }) => (startedAt === undefined || finishedAt === undefined ? [] : [finishedAt - startedAt])).sort((a, b) => a - b);
  const median = durations[Math.floor((durations.length - 1) / 2)];
  // A run that the next tick has cancelled would have taken longer.
  if (median === undefined || !(policy.overlap === 'replace' ? median >= gap : median > gap)) return [];
  const { overlap, maxQueued, maxParallel } = policy;
  const outcome = {
    skip: "with overlap: 'skip', ticks that come while a run is in progress are skipped",
    queue: `with overlap: 'queue', runs wait for the one before, ${maxQueued} of them at most, and further ticks are skipped`,
    replace: "with overlap: 'replace', each tick cancels the run before it",
    parallel: `with overlap: 'parallel', runs go on side by side${maxParallel === Infinity ? '' : `, ${maxParallel} of them at most, and further ticks are skipped`}`,
  }[overlap];
  const took = durations.length === 1 ? `Its last run took ${lengthOf(median)}` : `Half of its last ${durations.length} runs took ${lengthOf(median)} or longer`;
  return [{ code: 'outlastsInterval', message: `${took}, and from one tick to the next it may be ${lengthOf(gap)} only: ${outcome}.` }];
}

function herd({ taskId, due, trigger, paused: isPaused }: TaskPlan, plans: Iterable<TaskPlan>): readonly ExplanationWarning[] {
  if (due === null || isPaused) return [];
  let others = 0;
  for (const plan of plans) if (plan.due === due && !plan.paused && plan.taskId !== taskId) others++;
  if (others < HERD) return [];
  const way = trigger.kind === 'every' ? 'To spread them, give every() a jitter.' : 'To spread them, give them different times, or use every() with a jitter.';
  return [{ code: 'herd', at: due, message: `${several(others, 'other task')} are due at the same instant as its next tick. ${way}` }];
}
