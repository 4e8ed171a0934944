// By fixed delay: each tick is due so long after the end of the run before it, so it is the log itself that says when.
import type { EveryTrigger } from '../task/trigger.js';
import type { Step } from './alignment.js';
import type { Run } from './attempts.js';
import { anchorOf, type Span } from './due-instants.js';
import { lastChance, loneTick, type Tick } from './expected-ticks.js';
import type { Rules } from './rules.js';

/** Reads a log run by run: each is that of the tick which was next, as far as that can be. */
export class ByDelay {
  readonly #rules: Rules;
  readonly #trigger: EveryTrigger;
  readonly #runs: readonly Run[];
  readonly #over: Span;

  constructor(rules: Rules, trigger: EveryTrigger, runs: readonly Run[], over: Span) {
    this.#rules = rules;
    this.#trigger = trigger;
    this.#runs = runs;
    this.#over = over;
  }

  /** What is made of each run, and of the tick after the last one. */
  steps(): readonly Step[] {
    const { heldUp, maxRuns, observedUntil } = this.#rules;
    const { interval, jitter = 0 } = this.#trigger;
    const steps: Step[] = [];
    const first = Math.max(this.#rules.scheduledAt, anchorOf(this.#rules));
    let next: Span = { from: first, to: first + jitter };
    let taken = 0;
    /** So many runs are before the next tick. */
    let past = 0;
    for (const run of this.#runs) {
      const tick = taken < maxRuns ? this.#tickOf(next, run) : undefined;
      while (tick && (this.#runs[past]?.start ?? Infinity) < tick.due) past++;
      const ahead = this.#runs[past];
      const isEarly = tick !== undefined && run.start < tick.due;
      // A run before its time has come out of nothing, if the tick has one of its own.
      if (!tick || (isEarly && (run.isFree || (ahead && isInTime(ahead, this.#tickOf(next, ahead)))))) {
        steps.push({ as: 'stray', tick: undefined, run });
        continue;
      }
      steps.push({ as: isInTime(run, tick) ? 'run' : isEarly ? 'early' : 'late', tick, run });
      taken++;
      next = { from: run.end + interval, to: lastChance(run.endBy, heldUp) + interval + jitter };
    }
    for (const tick of taken < maxRuns ? this.#chances(next) : []) {
      if (!tick.sure) continue;
      if (tick.by < observedUntil) steps.push({ as: 'missed', tick, run: undefined });
      break;
    }
    return steps;
  }

  /** The tick that the run is of: one that it is in time for, or else the last one that was due by then; or else the first. */
  #tickOf(next: Span, run: Run): Tick | undefined {
    let found: Tick | undefined;
    for (const tick of this.#chances(next)) {
      if (found && tick.due > run.start) break;
      found = tick;
      if (isInTime(run, tick)) break;
    }
    return found;
  }

  /** The next tick; and after each that may have been lost, the one after it. */
  *#chances({ from, to }: Span): Generator<Tick> {
    const { pauses, heldUp, until, observedUntil, tolerance, misfire: { policy, grace } } = this.#rules;
    const { interval, jitter = 0 } = this.#trigger;
    while (from < until && from <= Math.min(this.#over.to, observedUntil)) {
      const tick = loneTick(this.#rules, { from, to, sure: to < until }, this.#over);
      if (tick && tick.ready <= this.#over.to) yield tick;
      const by = lastChance(to, heldUp) + tolerance;
      // What fell into a pause is lost when that ends, and what was too late when it was handled.
      const losses = pauses.filter((pause) => pause.from <= by && pause.to >= from).map((pause): Span => ({ from: pause.to, to: lastChance(pause.to, heldUp) }));
      if (tick?.mayBeLate && policy === 'skip') losses.push({ from: Math.max(tick.ready, from + grace), to: by });
      if (losses.length === 0) return;
      [from, to] = [Math.min(...losses.map((lost) => lost.from)) + interval, Math.max(...losses.map((lost) => lost.to)) + interval + jitter];
    }
  }
}

function isInTime({ start }: Run, tick: Tick | undefined): boolean {
  return tick !== undefined && start >= tick.ready && start <= tick.by;
}
