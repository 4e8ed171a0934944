// The alignment of ticks with runs: of all ways to read a log, the one in which the least went wrong.
import type { Run } from './attempts.js';
import type { Span } from './due-instants.js';
import { expectedTicks, latestStart, type Tick } from './expected-ticks.js';
import type { Rules } from './rules.js';

/** What is made of a tick, a run, or the two together. */
export interface Step {
  readonly as: 'run' | 'dropped' | 'missed' | 'late' | 'early' | 'stray';
  readonly tick: Tick | undefined;
  readonly run: Run | undefined;
}

/** So far, so many runs are accounted for, at the cost of so many things that went wrong. */
interface State {
  readonly runs: number;
  /** How many of them ticks account for. */
  readonly taken: number;
  readonly cost: number;
  /** The earliest moment at which the last tick can have been handled: ticks are handled in order. */
  readonly handledAt: number;
  /** The runs that no tick accounts for: whatever they did, they did not wait in line. */
  readonly strays: readonly Run[];
  readonly step: Step | undefined;
  readonly before: State | undefined;
}

/**
 * What each costs: alike, but that a simple story is told rather than another, that a run at a wrong time is cheaper than a tick missed and
 * a stray run, and that it belongs to the tick that is nearer, which costs up to one less.
 */
const COST = { missed: 9, early: 9, late: 9, stray: 10, run: 0, dropped: 0 } as const;

/** What it costs more that a run at a wrong time is taken for one of a tick that needs none: it is rather a stray. */
const NEEDLESS = 2;

/** Ways that cost so much more than the best one so far are given up. */
const HOPELESS = 45;

/**
 * Reads a log, as one aligns two texts: tick by tick, each run or dropped as the task's policy has it, or else missed, late or early; runs
 * that are left are strays. Each of these has its cost, and the cheapest way is taken (Needleman and Wunsch 1970, in a narrow band).
 */
export class Alignment {
  readonly #rules: Rules;
  readonly #ticks: readonly Tick[];
  readonly #runs: readonly Run[];
  /** When the first so many runs were all over, at the latest. */
  readonly #overAt: readonly number[];
  /** When the task came to its end, at the earliest and at the latest: nothing starts after that. */
  readonly #over: Span;
  /** The longest time between two ticks. */
  readonly #gap: number;

  constructor(rules: Rules, runs: readonly Run[], over: Span) {
    this.#rules = rules;
    this.#runs = runs;
    this.#over = over;
    this.#ticks = expectedTicks(rules, over);
    const overAt = [-Infinity];
    for (const { endBy } of runs) overAt.push(Math.max(overAt.at(-1) as number, endBy));
    this.#overAt = overAt;
    const gap = this.#ticks.reduce((longest, { due }, i) => Math.max(longest, due - (this.#ticks[i - 1]?.due ?? due)), 0);
    this.#gap = rules.trigger.kind === 'every' ? rules.trigger.interval : gap || rules.tolerance + 1_000;
  }

  /** The cheapest way, from beginning to end. */
  steps(): readonly Step[] {
    /** So many runs started before the next tick. */
    let past = this.#startedBefore(this.#ticks[0], 0);
    let states: readonly State[] = this.#withStrays([{ runs: 0, taken: 0, cost: 0, handledAt: -Infinity, strays: [], step: undefined, before: undefined }], past);
    for (const [i, tick] of this.#ticks.entries()) {
      const next = this.#ticks[i + 1];
      past = this.#startedBefore(next, past);
      states = this.#plainWay(states, tick, past) ?? this.#withStrays(states.flatMap((state) => [...this.#ways(state, tick, next)]), past);
    }
    let state = states.findLast(({ runs }) => runs === this.#runs.length) ?? states.at(-1);
    const steps: Step[] = [];
    for (let left = this.#runs.length - (state?.runs ?? 0); left > 0; left--) steps.push({ as: 'stray', tick: undefined, run: this.#runs[this.#runs.length - left] });
    for (steps.reverse(); state; state = state.before) if (state.step) steps.push(state.step);
    return steps.reverse();
  }

  /** How many runs started before a tick, of which there are `least`; all of them before none. */
  #startedBefore(tick: Tick | undefined, least: number): number {
    let past = least;
    while (past < this.#runs.length && (!tick || (this.#runs[past] as Run).start < tick.ready)) past++;
    return past;
  }

  /** The one way where nothing is in doubt: a tick, and before the next one a run that is right for it. */
  #plainWay([state, other]: readonly State[], tick: Tick, past: number): readonly State[] | undefined {
    if (!state || other || state.runs !== past - 1 || state.taken >= this.#rules.maxRuns) return undefined;
    const run = this.#runs[state.runs] as Run;
    const from = Math.max(tick.ready, state.handledAt);
    const moment = from <= tick.by && run.start >= from && !run.isFree ? this.#startMoment(run, state, from, tick.by) : undefined;
    if (moment === undefined) return undefined;
    return [{ runs: past, taken: state.taken + 1, cost: state.cost, handledAt: moment, strays: [], step: { as: 'run', tick, run }, before: state }];
  }

  /**
   * Of ways to one number of runs the best is kept; and from each, runs may be strays.
   *
   * @param past so many runs started before the next tick, and each of those that is left costs something yet
   */
  #withStrays(ways: readonly State[], past: number): readonly State[] {
    const best = new Map<number, State>();
    const isBetter = (one: State, other: State | undefined): boolean =>
      !other || one.cost < other.cost || (one.cost === other.cost && one.handledAt < other.handledAt);
    for (const way of ways) if (isBetter(way, best.get(way.runs))) best.set(way.runs, way);
    const costs = ({ cost, runs }: State): number => cost + COST.early * Math.max(0, past - runs);
    const least = Math.min(...[...best.values()].map(costs));
    const kept: State[] = [];
    const first = Math.min(...best.keys());
    const last = Math.max(...best.keys());
    let previous: State | undefined;
    for (let runs = first; runs <= Math.max(last, past); runs++) {
      const run = this.#runs[runs - 1];
      // What may yet be the run of a later tick is called a stray no sooner than then.
      const stray = previous && run && runs <= past && {
        runs, taken: previous.taken, cost: previous.cost + (run.isFree ? 0 : COST.stray), handledAt: previous.handledAt, strays: [...previous.strays, run],
        step: { as: 'stray', tick: undefined, run } as const, before: previous,
      };
      const way = best.get(runs);
      const state = stray && (!way || isBetter(stray, way)) ? stray : way;
      previous = state && costs(state) <= least + HOPELESS ? state : undefined;
      if (previous) kept.push(previous);
    }
    return kept;
  }

  *#ways(state: State, tick: Tick, next: Tick | undefined): Generator<State> {
    const { runs, taken, cost, handledAt } = state;
    const strays = state.strays.filter(({ start }) => start >= tick.ready);
    const run = this.#runs[runs];
    const from = Math.max(tick.ready, handledAt);
    const to = tick.by;
    const way = (as: Step['as'], moment: number, run?: Run, extra = 0): State =>
      ({ runs: run ? runs + 1 : runs, taken: run ? taken + 1 : taken, cost: cost + COST[as] + extra, handledAt: moment, strays, step: { as, tick, run }, before: state });
    const dropMoment = this.#dropMoment(tick, state, from, to, next);
    if (run && taken < this.#rules.maxRuns) {
      const moment = from <= to && run.start >= from ? this.#startMoment(run, state, from, to) : undefined;
      if (moment !== undefined) yield way('run', moment, run);
      else yield way(run.start < tick.due ? 'early' : 'late', handledAt, run, this.#distance(run, tick) + (dropMoment === undefined ? 0 : NEEDLESS));
    }
    yield dropMoment === undefined ? way('missed', handledAt) : way('dropped', dropMoment);
  }

  /** How far off a run is, as a share of the time between two ticks. */
  #distance({ start }: Run, { due, by }: Tick): number {
    return 0.9 * Math.min(1, (start < due ? due - start : Math.max(0, start - by)) / this.#gap);
  }

  /** When the tick can have been handled that this run is of; undefined if at no time. */
  #startMoment(run: Run, { runs, strays }: State, from: number, to: number): number | undefined {
    const { overlap, maxQueued } = this.#rules;
    if (overlap === 'skip' || overlap === 'parallel') return run.start <= to ? run.start : undefined;
    // Only what is in progress makes a run wait.
    if ((this.#overAt[runs] as number) < from) return run.start <= to ? run.start : undefined;
    if (run.start > Math.max(to, this.#latestStart(from, runs))) return undefined;
    return this.#moments(runs, from, to).find((moment) => moment <= run.start && (overlap === 'replace'
      || this.#count(runs, ({ start, end }) => start < moment && end > moment, moment) === 0
      || this.#count(runs, (other) => other.start > moment && !strays.includes(other), moment) < maxQueued));
  }

  /** When the tick can have been handled and rightly been given up; undefined if at no time. */
  #dropMoment(tick: Tick, { runs, taken, strays }: State, from: number, to: number, next: Tick | undefined): number | undefined {
    const { overlap, maxQueued, maxParallel, maxRuns, observedUntil } = this.#rules;
    const isWaiting = (overlap === 'queue' || overlap === 'replace') && (this.#overAt[runs] as number) >= from;
    const latest = isWaiting ? Math.max(to, this.#latestStart(from, runs)) : to;
    // What could still wait when the log ended, or the task, is not asked for.
    if (!tick.sure || taken >= maxRuns || latest >= Math.min(observedUntil, this.#over.from)) return from;
    if (overlap === 'replace') return next && isWaiting && latest >= next.ready ? from : undefined;
    if (overlap === 'parallel' && maxParallel === Infinity) return undefined;
    return this.#moments(runs, from, to).find((moment) => {
      const inProgress = this.#count(runs, ({ start, endBy }) => start <= moment && endBy >= moment, moment);
      if (overlap !== 'queue') return inProgress >= (overlap === 'skip' ? 1 : maxParallel);
      return this.#count(runs, (other) => other.start >= moment && !strays.includes(other), moment) >= maxQueued;
    });
  }

  /** The moments in a span at which anything changes. */
  #moments(runs: number, from: number, to: number): readonly number[] {
    if (from > to) return [];
    const moments = [from];
    for (let i = runs - 1; i >= 0 && (this.#overAt[i + 1] as number) >= from; i--) {
      const { start, end } = this.#runs[i] as Run;
      for (const moment of [start, end]) if (moment > from && moment <= to) moments.push(moment);
    }
    return moments.sort((a, b) => a - b);
  }

  /** How many of the first so many runs, of those that were not over before the moment, are such. */
  #count(runs: number, isSuch: (run: Run) => boolean, moment: number): number {
    let count = 0;
    for (let i = runs - 1; i >= 0 && (this.#overAt[i + 1] as number) >= moment; i--) if (isSuch(this.#runs[i] as Run)) count++;
    return count;
  }

  /** When a run of a tick handled then has to start: as soon as those before it are over, no pause holds it back, and nothing is held up. */
  #latestStart(moment: number, runs: number): number {
    return latestStart(Math.max(moment, this.#overAt[runs] as number), this.#rules);
  }
}
