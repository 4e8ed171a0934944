// Explain a task: when it will be due as it stands, by its plan, its state and its runs.
import type { TaskPlan } from '../task/plan.js';
import type { TaskState } from '../task/task.js';
import type { Trigger } from '../task/trigger.js';
import { isByDelay } from '../trigger/every.js';
import { ruleOf } from '../trigger/trigger.js';
import { ComingTicks } from './coming-ticks.js';
import type { ExplainRequest } from './explain.js';
import type { ExplainedTick, ExplanationWarning, TaskExplanation } from './explanation.js';
import { localTime } from './local-time.js';
import { several } from './phrases.js';
import { taskWarnings, type KnownOfTask } from './task-warnings.js';
import { shownZone, triggerWords } from './trigger-words.js';
import { surprises } from './trigger-warnings.js';

/** When so many runs are left at most, they are looked through for the last one. */
const MOST_LOOKED_THROUGH = 1_000;

/** What is known of a task, be it over. */
export interface ExplainedTask extends Omit<KnownOfTask, 'plan'> {
  readonly state: TaskState;
  /** Undefined for a task that will never be due again. */
  readonly plan: TaskPlan | undefined;
}

export function explainTask({ state, plan, runs, plans }: ExplainedTask, { from, count, timeZone: zone }: ExplainRequest, now: number): TaskExplanation {
  const timeZone = shownZone(zone, plan?.trigger);
  const base = { taskId: state.id, ...(state.name !== undefined && { name: state.name }), status: state.status, timeZone, from: from ?? now };
  if (!plan) {
    const words = !('finishedAt' in state) ? 'No more, for the scheduler has stopped' : `No more, for it is ${state.status}`;
    return Object.freeze({ ...base, words, terms: Object.freeze([]), ticks: Object.freeze([]), further: 'none', warnings: Object.freeze([]) });
  }
  const { trigger } = plan;
  const coming = new ComingTicks(plan, from, isSwallowing(plan) ? now : undefined);
  const ticks: ExplainedTick[] = [];
  while (coming.at !== null && ticks.length < count) {
    ticks.push(Object.freeze({ at: coming.at, local: localTime(coming.at, timeZone), inMs: coming.at - base.from, tick: coming.tick }));
    coming.advance();
  }
  const { further } = coming;
  const { startAt: begins, until = Infinity } = plan.policy;
  const ends = further === 'some' && plan.runsLeft <= MOST_LOOKED_THROUGH ? lastOf(coming) : until - 1;
  const ofTrigger: readonly ExplanationWarning[] = trigger.kind === 'observable' ? []
    : surprises(trigger, { from: base.from, timeZone, context: { id: state.id, anchor: plan.anchor }, ticks, further, begins, ends });
  return Object.freeze({
    ...base, words: triggerWords(trigger, timeZone), trigger, terms: Object.freeze(termsOf(plan, timeZone)), ticks: Object.freeze(ticks), further,
    warnings: Object.freeze([...ofTrigger, ...taskWarnings({ plan, runs, plans }, ticks)]),
  });
}

/** The last of the ticks that are to come. */
function lastOf(coming: ComingTicks): number {
  let last = -Infinity;
  while (coming.at !== null) {
    last = coming.at;
    coming.advance();
  }
  return last;
}

/** Whether a pause swallows what is due meanwhile, be it resumed now. */
function isSwallowing({ paused, trigger }: TaskPlan): boolean {
  return paused && trigger.kind !== 'observable' && ruleOf(trigger).recurs;
}

/** What the options say of the ticks. */
function termsOf({ trigger, policy: { startAt, until, maxRuns }, runsLeft, anchor }: TaskPlan, timeZone: string): readonly string[] {
  const left = Math.max(runsLeft, 0);
  return [
    ...isGrid(trigger) ? [`Counted from ${localTime(anchor, timeZone)}.`] : startAt === undefined ? [] : [`Not before ${localTime(startAt, timeZone)}.`],
    ...until === undefined ? [] : [`Not at ${localTime(until, timeZone)} or later.`],
    ...maxRuns === Infinity ? [] : [`At most ${several(maxRuns, 'run')}, of which ${left} ${left === 1 ? 'is' : 'are'} left; a tick that starts none doesn't count.`],
  ];
}

/** Whether the ticks are counted from an anchor that the words of the trigger don't tell. */
function isGrid(trigger: TaskPlan['trigger']): trigger is Trigger {
  return (trigger.kind === 'every' || trigger.kind === 'calendar') && trigger.startAt === undefined && !isByDelay(trigger);
}
