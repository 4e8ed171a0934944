// A task as the engine holds it: what it was scheduled with, and how far it is.
import type { Observable, Subscription } from 'rxjs';
import type { WaitingAction } from '../clock/clock-action.js';
import type { ScheduleTask } from '../task/command.js';
import type { Place } from '../task/directory.js';
import type { InputSchema } from '../task/input-schema.js';
import type { TaskPolicy } from '../task/policy.js';
import type { RetryFunctions } from '../task/retry.js';
import { NO_INSTANT } from '../task/run-record.js';
import { show } from '../task/show.js';
import type { FinalStatus, TaskId } from '../task/task.js';
import type { ObservableTrigger, Trigger } from '../task/trigger.js';
import type { ContextualWork } from '../task/work.js';
import { ruleOf } from '../trigger/trigger.js';
import type { AsyncContext } from './async-context.js';
import { NO_CLAIM, type Claim } from './claims.js';
import { RunList, type Run } from './run.js';

/** The parts of a task that are no data, but for its work: most tasks have none of them. */
export interface Closures {
  readonly carry: ((result: unknown, args: readonly unknown[]) => unknown) | undefined;
  /** Makes the arguments of what an Observable trigger emitted. */
  readonly argsOf: ((value: unknown) => unknown) | undefined;
  /** Checks the arguments, should they be changed. */
  readonly inputSchema: InputSchema | undefined;
  readonly retry: RetryFunctions | undefined;
  /** Makes the concurrency key of a run of its arguments. */
  readonly keyOf: ((...args: never) => unknown) | undefined;
  readonly trigger$: Observable<unknown> | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Shared by the tasks that have none, which are nearly all. */
export const NO_CLOSURES: Closures = Object.freeze({
  argsOf: undefined, inputSchema: undefined, retry: undefined, keyOf: undefined, carry: undefined, trigger$: undefined, signal: undefined,
});

/** What a command has no place for, as it is no data: it stays on this side of the engine's port, in the registry. */
export interface Bound {
  /** A plain function, or work that carries the brand. */
  readonly work: ((...args: never) => unknown) | ContextualWork;
  /** What the work is called in, if not in nobody's. */
  readonly context: AsyncContext | undefined;
  readonly closures: Closures;
}

/** One emission of an Observable trigger, in the order they came. */
export interface Emission {
  readonly value: unknown;
  readonly at: number;
  next: Emission | undefined;
}

/** How a task stands with the Observable that is its trigger. */
export interface Listening {
  source: Subscription | undefined;
  /** How the Observable has ended, if it has: by its task's `until`, too. */
  ended: 'completed' | 'failed' | undefined;
  /** What was emitted and not handled yet, and the clock action that handles the first of it. */
  emitted: { first: Emission; last: Emission; count: number } | undefined;
  handling: Subscription | undefined;
  /** What a pause has swallowed. */
  swallowed: { readonly from: number; to: number; count: number } | undefined;
}

/** Shared by the tasks that have none; never written to. */
const NO_RUNS = new RunList();

/** What wakes a task that waits on the clock. */
export interface Waker {
  woken(task: ScheduledTask): void;
}

/** What few tasks ever need. Each field of a task is 8 bytes of every task that waits; so these are made on first writing. */
class Rare {
  /** The runs behind those in progress, by `overlap: 'queue'` or `'replace'`. */
  waiting: RunList = NO_RUNS;
  closures: Closures = NO_CLOSURES;
  /** The limits that its runs have to pass. */
  claim: Claim = NO_CLAIM;
  paused = false;
  /** Here while the task listens to an Observable trigger. */
  listening: Listening | undefined = undefined;
  /** By fixed delay: the next tick is known of when the latest one has come to its end. */
  awaitsEnd = false;
  /** Ticks that are due until then are made up for, or were waited with: they are no misfires. */
  excusedUntil: number | undefined = undefined;
  cancelReason: unknown = undefined;
  /** The scheduler is stopping: what is dropped or aborted now doesn't finish the task. */
  keepsStatus = false;
  stopping = false;
  /** The scheduler has stopped waiting for the task's trigger. */
  stoodDown = false;
  lastFailed = false;
  /** Why the task fails, when no run of its own says it. */
  error: Error | undefined = undefined;
}

/** Shared by the tasks that are as most are; never written to. */
const NOTHING_RARE = new Rare();

/**
 * One task, and where it stands. Made small: a pending task is this alone, for it is itself what waits in the queue of the clock.
 *
 * What every end of a task looks at stands first: tasks are many and far apart in memory, and each cache line counts.
 */
export class ScheduledTask implements WaitingAction {
  place: Place<ScheduledTask>;
  /** The clock's, while the task waits there. */
  heapIndex = -1;
  order = 0;
  /** {@link NO_INSTANT} for none: a field that always holds a number V8 writes in place, where each new instant had been an object that gets old. */
  #due = NO_INSTANT;
  /** No tick will follow, whatever happens. */
  exhausted = false;
  finished = false;
  /** The runs without an outcome: those that wait, too. */
  open = 0;
  /** The final status, when something else than the last run's outcome decides it. */
  verdict: FinalStatus | undefined;
  #rare = NOTHING_RARE;
  trigger: Trigger | ObservableTrigger;
  policy: TaskPolicy;
  /** The runs in progress, or on the way to it through the gate; or settled, and their slot not free yet. */
  live: RunList = NO_RUNS;
  work: Bound['work'];
  context: AsyncContext | undefined;
  args: readonly unknown[];
  /** The runs that count for `maxRuns`. */
  started = 0;
  /** The number of the next tick. */
  tick = 0;
  /** Where the trigger's ticks are counted from. */
  anchor: number;
  /** When the engine took the task on: nothing is late before that. */
  acceptedAt: number;
  onWallClock = false;
  waker: Waker | undefined;

  constructor(
    place: Place<ScheduledTask>, { trigger, policy, args }: Pick<ScheduleTask, 'trigger' | 'policy' | 'args'>, { work, context, closures }: Bound, acceptedAt: number,
  ) {
    this.place = place;
    this.trigger = trigger;
    this.work = work;
    this.context = context;
    this.closures = closures;
    this.policy = policy;
    this.args = args;
    this.anchor = anchorOf(trigger, policy) ?? acceptedAt;
    this.acceptedAt = acceptedAt;
  }

  /** When the next tick is due; null when none is known of. */
  get due(): number | null { return Number.isNaN(this.#due) ? null : this.#due; }
  set due(instant) { this.#due = instant ?? NO_INSTANT; }

  get id(): TaskId {
    return this.place.id;
  }

  /** For messages. */
  get title(): string {
    return this.policy.name === undefined ? `task ${show(this.id)}` : `task ${show(this.policy.name)} (${this.id})`;
  }

  /** Called by the clock. */
  run(): void {
    this.waker?.woken(this);
  }

  get waiting(): RunList { return this.#rare.waiting; }
  set waiting(waiting) { if (waiting !== this.#rare.waiting) this.#own.waiting = waiting; }

  get closures(): Closures { return this.#rare.closures; }
  set closures(closures) { if (closures !== this.#rare.closures) this.#own.closures = closures; }

  get claim(): Claim { return this.#rare.claim; }
  set claim(claim) { if (claim !== this.#rare.claim) this.#own.claim = claim; }

  get paused(): boolean { return this.#rare.paused; }
  set paused(paused) { if (paused !== this.#rare.paused) this.#own.paused = paused; }

  get listening(): Rare['listening'] { return this.#rare.listening; }
  set listening(listening) { if (listening !== this.#rare.listening) this.#own.listening = listening; }

  get awaitsEnd(): boolean { return this.#rare.awaitsEnd; }
  set awaitsEnd(awaitsEnd) { if (awaitsEnd !== this.#rare.awaitsEnd) this.#own.awaitsEnd = awaitsEnd; }

  get excusedUntil(): Rare['excusedUntil'] { return this.#rare.excusedUntil; }
  set excusedUntil(instant) { if (instant !== this.#rare.excusedUntil) this.#own.excusedUntil = instant; }

  get cancelReason(): unknown { return this.#rare.cancelReason; }
  set cancelReason(reason) { if (reason !== this.#rare.cancelReason) this.#own.cancelReason = reason; }

  get keepsStatus(): boolean { return this.#rare.keepsStatus; }
  set keepsStatus(keepsStatus) { if (keepsStatus !== this.#rare.keepsStatus) this.#own.keepsStatus = keepsStatus; }

  get stopping(): boolean { return this.#rare.stopping; }
  set stopping(stopping) { if (stopping !== this.#rare.stopping) this.#own.stopping = stopping; }

  get stoodDown(): boolean { return this.#rare.stoodDown; }
  set stoodDown(stoodDown) { if (stoodDown !== this.#rare.stoodDown) this.#own.stoodDown = stoodDown; }

  get lastFailed(): boolean { return this.#rare.lastFailed; }
  set lastFailed(lastFailed) { if (lastFailed !== this.#rare.lastFailed) this.#own.lastFailed = lastFailed; }

  get error(): Error | undefined { return this.#rare.error; }
  set error(error) { if (error !== this.#rare.error) this.#own.error = error; }

  /** What is rare of this task, to write on. */
  get #own(): Rare {
    if (this.#rare === NOTHING_RARE) this.#rare = new Rare();
    return this.#rare;
  }
}

/** Where the ticks are counted from, if anything says so. */
function anchorOf(trigger: Trigger | ObservableTrigger, { startAt }: TaskPolicy): number | undefined {
  if ('startAt' in trigger) return trigger.startAt;
  return startAt !== undefined && trigger.kind !== 'observable' && ruleOf(trigger).recurs ? startAt : undefined;
}

/** Whether the task is due again and again by a rule. */
export function recurs({ trigger }: ScheduledTask): boolean {
  return trigger.kind !== 'observable' && ruleOf(trigger).recurs;
}

/** Adds a run to those in progress, or on the way to it; the list is made when it is first needed. */
export function joinLive(task: ScheduledTask, run: Run): void {
  if (task.live === NO_RUNS) task.live = new RunList();
  task.live.push(run);
}

/** Adds a run to those that wait behind: at the end, or in front of all. */
export function joinWaiting(task: ScheduledTask, run: Run, place: 'first' | 'last' = 'last'): void {
  if (task.waiting === NO_RUNS) task.waiting = new RunList();
  if (place === 'first') task.waiting.unshift(run);
  else task.waiting.push(run);
}
