// A run as the engine holds it, and the list that a task keeps its runs in.
import type { Subscription } from 'rxjs';
import type { RunId, RunReason } from '../task/run.js';
import type { RunTrace } from '../task/trace.js';
import { NO_CLAIM, type Claim } from './claims.js';
import type { ScheduledTask } from './scheduled-task.js';

/** How the work of a run ended. */
export type Ended =
  | { readonly type: 'completed'; readonly result: unknown; readonly nextArgs?: readonly unknown[] }
  | { readonly type: 'failed'; readonly error: Error; readonly isTimeout?: true };

/** How a run ended. */
export type Outcome = Ended | { readonly type: 'cancelled'; readonly reason: unknown };

/** What is heard of a run while its work is in progress: any number of reports and messages, then how it ended. */
export type RunSignal = { readonly run: Run } & (Ended | { readonly type: 'progressed'; readonly progress: unknown } | { readonly type: 'logged'; readonly message: string });

/**
 * Where a run is on its way: `waiting` behind another run of its task or for the end of a pause, `entered` the gate,
 * `started`, `settled` (its outcome is known), `over` (its slot is free; or it was dropped unstarted). A further attempt is `retrying`
 * until it starts, be it that its time has not come, that the task is paused, or that it is at the gate.
 */
export type RunPhase = 'waiting' | 'entered' | 'retrying' | 'started' | 'settled' | 'over';

/** When a run has to be over. */
export interface Deadline {
  /** The attempt that it is about now. */
  run: Run;
  at: number;
  wait: Subscription | undefined;
}

/** What few runs ever need. Each field of a run is 8 bytes of every tick; so these are made on first writing, by {@link Run.ownRare}. */
class RareOfRun {
  /** The subscription to the Observable that the work has returned. */
  following: Subscription | undefined = undefined;
  /** Made when the work asks for its signal. */
  controller: AbortController | undefined = undefined;
  wasAborted = false;
  abortReason: unknown = undefined;
  /** How many promises, given to `waitUntil`, still hold the slot. */
  holds = 0;
  /** When the run has to be over, with what waits for that; handed on from attempt to attempt. */
  deadline: Deadline | undefined = undefined;
  /** What the attempt before it failed with. */
  lastError: Error | undefined = undefined;
  /** The next attempt, and the one before it while that one still holds its slot. */
  successor: Run | undefined = undefined;
  predecessor: Run | undefined = undefined;
  /** It is `retrying` and its time has come. */
  isDue = false;
  /** What it claims for itself, when its key is made of its arguments. */
  ownClaim: Claim | undefined = undefined;
  /** Whether its key is being asked for. */
  isKeyAsked = false;
  /** Why it can only fail, known before it starts. */
  flaw: Error | undefined = undefined;
  /** What is published of it, if anybody listens. */
  trace: RunTrace | undefined = undefined;
}

/** Shared by the runs that have nothing of it. */
const NOTHING_RARE: Readonly<RareOfRun> = Object.freeze(new RareOfRun());

/** One run, from the tick that caused it to the release of its slot. */
export class Run {
  phase: RunPhase = 'waiting';
  /** Whether an event has told that it waits. */
  isToldQueued = false;
  /** Made when the work is about to be called, and the same in each attempt. */
  args: readonly unknown[] | undefined;
  startedAt = 0;
  /** The work has been called and has not returned its last word, even if nobody waits for it any more. */
  isWorking = false;
  /** The clock action that waits for its `timeout`; while it is `retrying`, for its time. */
  wait: Subscription | undefined;
  /** To be read. */
  rare = NOTHING_RARE;

  /** The gate's: the limits to pass, how many of the keys are passed, what decides the order, and the place in a queue. */
  claim: Claim = NO_CLAIM;
  passed = 0;
  order = 0;
  priority = 0;
  heapIndex = -1;

  /** The list's; of the first in a list, `previous` is the last. */
  list: RunList | undefined;
  previous: Run | undefined;
  next: Run | undefined;

  constructor(
    readonly id: RunId,
    readonly task: ScheduledTask,
    readonly tick: number | undefined,
    readonly scheduledFor: number,
    readonly reason: RunReason,
    readonly value: unknown,
    /** Each attempt of a run is an object of its own, so what comes late from one can't be taken for another's. */
    readonly attempt = 1,
  ) {}

  /** What is rare of it, to write on. */
  get ownRare(): RareOfRun {
    if (this.rare === NOTHING_RARE) this.rare = new RareOfRun();
    return this.rare;
  }

  /** Whether it waits at the gate: it is in one of its queues. */
  get isAtGate(): boolean {
    return this.heapIndex !== -1;
  }
}

/**
 * Runs in order, doubly linked: adding and removing are constant, however many there are. A run is in one list at most.
 *
 * The first one's `previous` is the last, so that the list itself, which is old, holds one run, which is young: of those the collector has to
 * look at each.
 */
export class RunList implements Iterable<Run> {
  first: Run | undefined;
  size = 0;

  push(run: Run): void {
    const { first = run } = this;
    const last = first.previous;
    if (last) last.next = run;
    else this.first = run;
    run.previous = last;
    first.previous = run;
    this.#joined(run);
  }

  /** Puts a run in front of all others. */
  unshift(run: Run): void {
    const { first } = this;
    run.next = first;
    run.previous = first?.previous ?? run;
    if (first) first.previous = run;
    this.first = run;
    this.#joined(run);
  }

  /** Removes the run if it is in this list. */
  remove(run: Run): void {
    if (run.list !== this) return;
    const { previous, next } = run;
    if (run === this.first) this.first = next;
    else if (previous) previous.next = next;
    const behind = next ?? this.first;
    if (behind) behind.previous = previous;
    run.list = run.previous = run.next = undefined;
    this.size--;
  }

  #joined(run: Run): void {
    run.list = this;
    this.size++;
  }

  /** In order; the run that is being visited may be removed meanwhile. By hand, for V8 can't inline a generator, and it is asked at every end. */
  [Symbol.iterator](): Iterator<Run, undefined> {
    let upcoming = this.first;
    return {
      next: () => {
        const run = upcoming;
        upcoming = run?.next;
        return run ? { value: run, done: false } : { value: undefined, done: true };
      },
    };
  }
}
