// Claims: which limits and rates there are, by their keys, and which of them a task, or a run, has to pass.
import type { SchedulerLike } from 'rxjs';
import { InvalidArgumentError } from '../task/errors.js';
import type { RateLimit } from '../task/rate-limit.js';
import { show } from '../task/show.js';
import type { WorkLimit } from '../task/work.js';
import { Limit, type Limiter } from './limiter.js';
import { Rate } from './rate.js';
import type { Run } from './run.js';
import type { ScheduledTask } from './scheduled-task.js';

/** The limits of a task, or of a run. */
export interface Claim {
  readonly limits: readonly Limit[];
  readonly rate: Rate | undefined;
  /**
   * All of them, as they are passed: the key's limit, its rate, and the limit that the work brings along. As that is the order of all
   * runs, they can't lock each other out; and none keeps a thread from others while it waits for its rate.
   */
  readonly limiters: readonly Limiter[];
}

/** That of a run without limits of its own. */
export const NO_CLAIM: Claim = Object.freeze({ limits: Object.freeze([]), rate: undefined, limiters: Object.freeze([]) });

/** What is to be claimed. */
export interface Wanted {
  readonly key: WorkLimit | undefined;
  /** That of the key, or without one, of the task alone. */
  readonly rate: RateLimit | undefined;
  /** What the work brings along. */
  readonly work: WorkLimit | undefined;
}

/** What the claims need of the gate. */
export interface ClaimPorts {
  readonly clock: SchedulerLike;
  /** A limit may have been raised. */
  readonly raised: (limit: Limit) => void;
  /** A run that waits for a rate may go on. */
  readonly freed: (rate: Rate) => void;
}

/** All limits and rates of an engine. */
export class Claims {
  readonly #ports: ClaimPorts;
  readonly #limits = new Map<string, Limit>();
  readonly #rates = new Set<Rate>();
  /** Those that have a key, by it. */
  readonly #ratesByKey = new Map<string, Rate>();
  /** Those that nobody uses: they count for as long as they remember a start, since the next that has the key may come right after. */
  readonly #idleRates = new Set<Rate>();

  constructor(ports: ClaimPorts) {
    this.#ports = ports;
  }

  /**
   * Claims limits, which are held until {@link disclaim}.
   *
   * @param own what the same task holds already, or the one in whose place it comes: a limit that nobody else uses may change
   * @throws InvalidArgumentError when a key has another limit
   */
  claim({ key, rate: wanted, work }: Wanted, own: () => readonly Claim[] = () => []): Claim {
    if (!key && !wanted && !work) return NO_CLAIM;
    const known = wanted && this.#checkRate(key?.key, wanted, own);
    const limits = this.#claimLimits([key, work].filter((limit) => limit !== undefined), own);
    if (!wanted) return { limits, rate: undefined, limiters: limits };
    const rate = this.#claimRate(key?.key, wanted, known);
    const before = key ? 1 : 0;
    return { limits, rate, limiters: [...limits.slice(0, before), rate, ...limits.slice(before)] };
  }

  /** The rate that is there already: this very one, or one that it may take the place of. */
  #checkRate(key: string | undefined, { limit, per }: RateLimit, own: () => readonly Claim[]): Rate | undefined {
    const known = key === undefined ? own().find(({ rate }) => rate && rate.key === undefined)?.rate : this.#ratesByKey.get(key);
    if (!known || (known.limit.limit === limit && known.limit.per === per)) return known;
    if (known.users <= own().filter(({ rate }) => rate === known).length) return known;
    throw new InvalidArgumentError('rateLimit', { limit, per },
      `The concurrencyKey ${show(key)} has the rateLimit ${known.limit.limit} per ${known.limit.per} ms already; got ${limit} per ${per} ms. Give all that share a key one rate.`);
  }

  #claimRate(key: string | undefined, limit: RateLimit, known: Rate | undefined): Rate {
    const rate = known ?? new Rate(key, limit, this.#ports.clock, this.#ports.freed);
    rate.change(limit);
    rate.users++;
    this.#rates.add(rate);
    if (key !== undefined) this.#ratesByKey.set(key, rate);
    this.forgetSome();
    return rate;
  }

  #claimLimits(keys: readonly WorkLimit[], own: () => readonly Claim[]): readonly Limit[] {
    const wanted = new Map<string, number>();
    for (const { key, limit } of keys) {
      const known = this.#limits.get(key);
      const isOthers = known !== undefined && known.limit !== limit && known.users > own().filter(({ limits }) => limits.includes(known)).length;
      const other = isOthers ? known.limit : wanted.get(key);
      if (other !== undefined && other !== limit) {
        throw new InvalidArgumentError('concurrencyLimit', limit,
          `The concurrencyKey ${show(key)} has the limit ${other} already; got ${limit}. Give all that share a key one limit.`);
      }
      wanted.set(key, limit);
    }
    return [...wanted].map(([key, limit]) => {
      const known = this.#limits.get(key) ?? new Limit(key, limit);
      known.users++;
      known.limit = limit;
      this.#limits.set(key, known);
      this.#ports.raised(known);
      return known;
    });
  }

  disclaim({ limits, rate }: Claim): void {
    for (const limit of limits) {
      limit.users--;
      this.forgetIfIdle(limit);
    }
    // One without a key, too: its task may be taken up again.
    if (rate && --rate.users === 0) this.#idleRates.add(rate);
    this.forgetSome();
  }

  /** The wall clock was set back: what counts elapsed time goes on. */
  moved(by: number): void {
    for (const rate of this.#rates) rate.moved(by);
  }

  /** A run is over that had a claim of its own. */
  forget(run: Run): void {
    const { ownClaim } = run.rare;
    if (!ownClaim) return;
    this.disclaim(ownClaim);
    run.ownRare.ownClaim = undefined;
  }

  /** A limit counts for as long as one of its slots is held, though its last task may be gone. */
  forgetIfIdle(limit: Limit): void {
    if (limit.users === 0 && limit.taken === 0 && limit.waiting.size === 0) this.#limits.delete(limit.key);
  }

  /** Forgets a few rates that nobody uses, and that would not hold anybody up; so there are never many more of them than claims. */
  forgetSome(): void {
    if (this.#idleRates.size === 0) return;
    let looked = 0;
    for (const rate of this.#idleRates) {
      this.#idleRates.delete(rate);
      if (rate.users === 0 && rate.isIdle) this.#forgetRate(rate);
      // Its turn comes again when those behind it have been looked at.
      else if (rate.users === 0) this.#idleRates.add(rate);
      if (++looked === 2) return;
    }
  }

  #forgetRate(rate: Rate): void {
    this.#rates.delete(rate);
    if (rate.key !== undefined && this.#ratesByKey.get(rate.key) === rate) this.#ratesByKey.delete(rate.key);
  }
}

/**
 * What a task has to claim, or a run of it.
 *
 * @param key undefined when there is none, or when each run of the task has its own
 */
export function wantedBy({ policy: { concurrencyLimit: limit, rateLimit }, work, closures: { keyOf } }: ScheduledTask, key: string | undefined): Wanted {
  return {
    key: key === undefined ? undefined : { key, limit },
    rate: key !== undefined || !keyOf ? rateLimit : undefined,
    work: typeof work === 'function' ? undefined : work.limit,
  };
}

/** What a task has claimed, and its runs, each for itself. */
export function ownClaims({ claim, live, waiting }: ScheduledTask): readonly Claim[] {
  return [claim, ...[...live, ...waiting].map(({ rare: { ownClaim } }) => ownClaim).filter((own) => own !== undefined)];
}
