// The options of a module's threads: checked, with their defaults.
import { availableParallelism } from 'node:os';
import type { ResourceLimits } from 'node:worker_threads';
import { durationMs, type DurationLike } from '../task/duration.js';
import { checkBag, refuse } from '../task/options.js';

/** Options of {@link workerModule}. */
export interface WorkerModuleOptions {
  /**
   * How many threads there are at most, so how many of the module's calls are in progress at once.
   * @default one less than the machine has processors, at least 1
   */
  readonly threads?: number;
  /** Limits of each thread's memory, as Node's `Worker` has them: a call that exceeds them fails with a WorkerOutOfMemoryError. */
  readonly resourceLimits?: ResourceLimits;
  /**
   * The environment variables that the threads see.
   * @default a copy of those of this process
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /**
   * Options of Node's for the threads, such as `['--import', 'tsx']`.
   * @default those that this process has
   */
  readonly execArgv?: readonly string[];
  /**
   * A thread without a call ends after so long, and a new one starts when it is needed. Infinity: never.
   * @default '30s'
   */
  readonly idleTimeout?: DurationLike;
  /**
   * How many milliseconds a run that was aborted has to end by itself, before its thread is ended.
   * @default 1000
   */
  readonly graceMs?: number;
}

/** How a pool is set up. */
export interface PoolSetup {
  /** What its threads are for, in messages. */
  readonly title: string;
  readonly threads: number;
  /** A thread without a call ends after so long. */
  readonly idleMs: number;
  /** A call that is aborted has so long to end by itself. */
  readonly graceMs: number;
  readonly env?: NodeJS.ProcessEnv;
  readonly execArgv?: readonly string[];
  readonly resourceLimits?: ResourceLimits;
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

const CHECKS = {
  threads: (value: unknown, field: string) => Number.isSafeInteger(value) && (value as number) >= 1 ? value : refuse(field, value, 'a whole number of at least 1'),
  resourceLimits: anObject,
  env: anObject,
  execArgv: (value: unknown, field: string) => Array.isArray(value) && value.every((option) => typeof option === 'string')
    ? value
    : refuse(field, value, 'an array of strings'),
  idleTimeout: (value: unknown, field: string) => value === Infinity ? value : atMost(durationMs(value as DurationLike, field), value, field),
  graceMs: (value: unknown, field: string) => typeof value === 'number' && value >= 0 ? atMost(value, value, field) : refuse(field, value, 'milliseconds, 0 or more'),
};

/**
 * @param title what the threads are for, in messages
 * @throws InvalidArgumentError
 */
export function readSetup(title: string, options: WorkerModuleOptions | undefined): PoolSetup {
  const { threads = Math.max(1, availableParallelism() - 1), idleTimeout = 30_000, graceMs = 1_000, ...given } = checkBag(options, CHECKS, 'options');
  return { title, threads, idleMs: idleTimeout, graceMs, ...given } as PoolSetup;
}

function anObject(value: unknown, field: string): object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : refuse(field, value, 'an object');
}

function atMost(ms: number, value: unknown, field: string): number {
  return ms <= LONGEST_TIMER_MS ? ms : refuse(field, value, 'a time of at most 24 days');
}
