// Claims: which limits and rates there are, by their keys, and which of them a task, or a run, has to pass.
import type { SchedulerLike } from 'rxjs';
import { OrderedQueue } from '../clock/ordered-queue.js';
import { InvalidArgumentError } from '../task/errors.js';
import type { RateLimit } from '../task/rate-limit.js';
import { show } from '../task/show.js';
import type { WorkLimit } from '../task/work.js';
import { Rate } from './rate.js';
import type { Run } from './run.js';
import type { ScheduledTask } from './scheduled-task.js';

/** Of the runs with this key, at most `limit` hold a slot at once; the others wait. */
export interface Limit {
  readonly key: string;
  limit: number;
  taken: number;
  /** How many tasks, and runs, use this key. */
  users: number;
  readonly waiting: OrderedQueue<Run>;
}

/** The limits that a run has to pass. */
export interface Claim {
  readonly limits: readonly Limit[];
  readonly rate: Rate | undefined;
}

/** That of a run without limits of its own. */
export const NO_CLAIM: Claim = Object.freeze({ limits: Object.freeze([]), rate: undefined });

type RateClaim = { readonly key: string | undefined; readonly limit: RateLimit } | undefined;

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
  readonly #idleRates: Rate[] = [];

  constructor(ports: ClaimPorts) {
    this.#ports = ports;
  }

  /**
   * The limits of a task, or of a run, with these keys, which it holds until {@link disclaim}.
   *
   * @param instead the claim of the task whose place it takes: a limit that nobody else uses may change
   * @throws InvalidArgumentError when a key has another limit
   */
  claim(keys: readonly WorkLimit[], rate: RateClaim, instead: Claim = NO_CLAIM): Claim {
    if (keys.length === 0 && !rate) return NO_CLAIM;
    const known = rate && this.#checkRate(rate.key, rate.limit, instead.rate);
    const limits = this.#claimLimits(keys, instead.limits);
    return { limits, rate: rate && this.#claimRate(rate.key, rate.limit, known) };
  }

  /** The rate that is there for the key, if it is this one. */
  #checkRate(key: string | undefined, { limit, per }: RateLimit, instead: Rate | undefined): Rate | undefined {
    const known = key === undefined ? instead : this.#ratesByKey.get(key);
    if (!known || known.key !== key) return undefined;
    if (known.limit.limit === limit && known.limit.per === per) return known;
    if (known.users <= (instead === known ? 1 : 0)) return undefined;
    throw new InvalidArgumentError('rateLimit', { limit, per },
      `The concurrencyKey ${show(key)} has the rateLimit ${known.limit.limit} per ${known.limit.per} ms already; got ${limit} per ${per} ms. Give all that share a key one rate.`);
  }

  #claimRate(key: string | undefined, limit: RateLimit, known: Rate | undefined): Rate {
    const rate = known ?? new Rate(key, limit, inOrder(), this.#ports.clock, this.#ports.freed);
    rate.users++;
    this.#rates.add(rate);
    if (key !== undefined) this.#ratesByKey.set(key, rate);
    this.#forgetSome();
    return rate;
  }

  #claimLimits(keys: readonly WorkLimit[], instead: readonly Limit[]): readonly Limit[] {
    const wanted = new Map<string, number>();
    for (const { key, limit } of keys) {
      const known = this.#limits.get(key);
      const isOthers = known !== undefined && known.users > (instead.includes(known) ? 1 : 0);
      const other = isOthers ? known.limit : wanted.get(key);
      if (other !== undefined && other !== limit) {
        throw new InvalidArgumentError('concurrencyLimit', limit,
          `The concurrencyKey ${show(key)} has the limit ${other} already; got ${limit}. Give all that share a key one limit.`);
      }
      wanted.set(key, limit);
    }
    // In one order for all tasks: whoever holds one of two waits for the other, and never the other way round.
    return [...wanted].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, limit]) => {
      const known = this.#limits.get(key) ?? { key, limit, taken: 0, users: 0, waiting: inOrder() };
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
    if (rate && --rate.users === 0) this.#idleRates.push(rate);
  }

  /** The wall clock was set back: what counts elapsed time goes on. */
  moved(by: number): void {
    for (const rate of this.#rates) rate.moved(by);
  }

  /** A run is over that had a claim of its own. */
  forget(run: Run): void {
    if (run.ownClaim) this.disclaim(run.ownClaim);
    run.ownClaim = undefined;
  }

  /** A limit counts for as long as one of its slots is held, though its last task may be gone. */
  forgetIfIdle(limit: Limit): void {
    if (limit.users === 0 && limit.taken === 0 && limit.waiting.size === 0) this.#limits.delete(limit.key);
  }

  /** Forgets a few rates that nobody uses, and that would not hold anybody up; so there are never many more of them than claims. */
  #forgetSome(): void {
    for (let looked = 0; looked < 2; looked++) {
      const rate = this.#idleRates.shift();
      if (!rate) return;
      if (rate.users > 0) continue;
      if (rate.isIdle) this.#forgetRate(rate);
      else this.#idleRates.push(rate);
    }
  }

  #forgetRate(rate: Rate): void {
    this.#rates.delete(rate);
    if (rate.key !== undefined && this.#ratesByKey.get(rate.key) === rate) this.#ratesByKey.delete(rate.key);
  }
}

/** Runs by priority, and of one priority in the order they entered. */
export function inOrder(): OrderedQueue<Run> {
  return new OrderedQueue<Run>((a, b) => (a.priority === b.priority ? a.order < b.order : a.priority > b.priority));
}

/**
 * What a task has to claim, or a run of it: the limit and the rate of its key, and the limit that its work brings along.
 *
 * @param key undefined when there is none, or when each run of the task has its own
 */
export function claimsOf({ policy: { concurrencyLimit: limit, rateLimit }, closures: { work, keyOf } }: ScheduledTask, key: string | undefined): [readonly WorkLimit[], RateClaim] {
  const keys = key === undefined ? [] : [{ key, limit }];
  const isRated = rateLimit && (key !== undefined || !keyOf);
  return [typeof work === 'function' || !work.limit ? keys : [...keys, work.limit], isRated ? { key, limit: rateLimit } : undefined];
}
