// Coming ticks: those that follow from the plan of a task, one after the other.
import type { TaskPlan } from '../task/plan.js';
import type { Trigger } from '../task/trigger.js';
import { isByDelay } from '../trigger/every.js';
import { justBefore, type TriggerContext } from '../trigger/rule.js';
import { ruleOf } from '../trigger/trigger.js';

/** Stands at one of the coming ticks of a task. It takes each tick to start a run, which counts for `maxRuns`. */
export class ComingTicks {
  readonly #trigger: Trigger | undefined;
  readonly #context: TriggerContext;
  readonly #until: number;
  #left: number;
  /** There is no more to come; else, without a tick, nobody knows yet. */
  #isOver: boolean;
  /** When the tick is due, epoch ms; null when no more is known of. */
  at: number | null;
  /** Its number. */
  tick: number;

  /**
   * @param from ticks before this instant are passed over
   * @param lostUntil ticks at this instant or earlier are lost: none of them starts a run
   */
  constructor({ taskId, trigger, policy, anchor, due, tick, runsLeft, exhausted }: TaskPlan, from: number | undefined, lostUntil?: number) {
    this.#trigger = trigger.kind === 'observable' ? undefined : trigger;
    this.#context = { id: taskId, anchor };
    this.#until = policy.until ?? Infinity;
    this.#left = runsLeft;
    this.at = exhausted ? null : due;
    this.tick = tick;
    this.#isOver = exhausted;
    if (lostUntil !== undefined) this.#passOver(lostUntil);
    if (from !== undefined) this.#left -= this.#passOver(justBefore(from));
    this.#heedLimits();
  }

  /** What follows, the tick included that it stands at. */
  get further(): 'none' | 'some' | 'unknown' {
    return this.at !== null ? 'some' : this.#isOver ? 'none' : 'unknown';
  }

  /** Goes on to the next one. */
  advance(): void {
    if (this.at === null || !this.#trigger) return;
    this.at = isByDelay(this.#trigger) ? null : ruleOf(this.#trigger).next(this.#trigger, this.at, this.#context);
    this.tick++;
    this.#left--;
    this.#heedLimits();
  }

  /** Goes on to the first tick after an instant: by arithmetic, however many lie before it. @returns how many those are */
  #passOver(after: number): number {
    if (this.at === null || this.at > after || !this.#trigger) return 0;
    const rule = ruleOf(this.#trigger);
    const passed = rule.count(this.#trigger, this.at, after, this.#context);
    this.at = rule.next(this.#trigger, after, this.#context);
    this.tick += passed;
    return passed;
  }

  #heedLimits(): void {
    const isCut = this.#left <= 0 || (this.at !== null && this.at >= this.#until);
    if (isCut) this.at = null;
    // Of what the runs or an Observable decide, no next tick says nothing of those behind it.
    if (isCut || (this.at === null && this.#trigger && !isByDelay(this.#trigger))) this.#isOver = true;
  }
}
