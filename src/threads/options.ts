// The options of a module's threads or processes: checked, with their defaults.
import { availableParallelism } from 'node:os';
import type { ResourceLimits } from 'node:worker_threads';
import { durationMs, type DurationLike } from '../task/duration.js';
import { checkBag, refuse, type UncheckedOptions } from '../task/check.js';
import type { WorkerKind } from './protocol.js';

/** What can be said of the threads as of the processes of a module. */
export interface WorkerOptions {
  /**
   * The environment variables that they see.
   * @default those of this process
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /**
   * Options of Node's for them, such as `['--import', './register.js']`.
   * @default those that this process has
   */
  readonly execArgv?: readonly string[];
  /**
   * One without a call ends after so long, and a new one starts when it is needed. Infinity: never.
   * @default '30s'
   */
  readonly idleTimeout?: DurationLike;
  /**
   * How many milliseconds a run that was aborted has to end by itself, before its thread is ended, or its process killed.
   * @default 1000
   */
  readonly graceMs?: number;
  /**
   * How much lower their priority is than that of this process, in the steps of Unix, up to 19: so that the event loop gets its turn at once though
   * they keep all processors busy. Processes everywhere, threads on Linux only; the programs that they start have it, too. 0 for none: when other programs on the machine must not come first.
   * @default 10
   */
  readonly niceIncrement?: number;
}

/** Options of {@link workerModule}. */
export interface WorkerModuleOptions extends WorkerOptions {
  /**
   * How many threads there are at most, so how many of the module's calls are in progress at once.
   * @default one less than the machine has processors, at least 1
   */
  readonly threads?: number;
  /** Limits of each thread's memory, as Node's `Worker` has them: a call that exceeds them fails with a WorkerOutOfMemoryError. */
  readonly resourceLimits?: ResourceLimits;
}

/** Options of {@link processModule}. */
export interface ProcessModuleOptions extends WorkerOptions {
  /**
   * How many processes there are at most, so how many of the module's calls are in progress at once.
   * @default one less than the machine has processors, at least 1
   */
  readonly processes?: number;
}

/** How a pool is set up. */
export interface WorkerSetup {
  readonly kind: WorkerKind;
  /** What its workers are for, in messages. */
  readonly title: string;
  readonly workers: number;
  readonly idleMs: number;
  readonly graceMs: number;
  readonly niceIncrement: number;
  readonly env?: NodeJS.ProcessEnv;
  readonly execArgv?: readonly string[];
  readonly resourceLimits?: ResourceLimits;
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;
const DEFAULTS = { workers: Math.max(1, availableParallelism() - 1), idleTimeout: 30_000, graceMs: 1_000, niceIncrement: 10 };

const CHECKS = {
  env: anObject,
  execArgv: (value: unknown, field: string) => Array.isArray(value) && value.every((option) => typeof option === 'string')
    ? value
    : refuse(field, value, 'an array of strings'),
  idleTimeout: (value: unknown, field: string) => value === Infinity ? value : atMost(durationMs(value as DurationLike, field), value, field),
  graceMs: (value: unknown, field: string) => typeof value === 'number' && value >= 0 ? atMost(value, value, field) : refuse(field, value, 'milliseconds, 0 or more'),
  niceIncrement: (value: unknown, field: string) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 19
    ? value
    : refuse(field, value, 'a whole number from 0 to 19'),
};
const THREAD_CHECKS = { ...CHECKS, threads: aCount, resourceLimits: anObject };
const PROCESS_CHECKS = { ...CHECKS, processes: aCount };

/** @throws InvalidArgumentError */
export function threadSetup(title: string, options: WorkerModuleOptions | undefined): WorkerSetup {
  const { threads, ...given } = checkBag(options, THREAD_CHECKS, 'options');
  return setup('thread', title, threads, given);
}

/** @throws InvalidArgumentError */
export function processSetup(title: string, options: ProcessModuleOptions | undefined): WorkerSetup {
  const { processes, ...given } = checkBag(options, PROCESS_CHECKS, 'options');
  return setup('process', title, processes, given);
}

function setup(kind: WorkerKind, title: string, workers: unknown, { idleTimeout = DEFAULTS.idleTimeout, ...given }: UncheckedOptions): WorkerSetup {
  return { kind, title, workers: workers ?? DEFAULTS.workers, idleMs: idleTimeout, graceMs: DEFAULTS.graceMs, niceIncrement: DEFAULTS.niceIncrement, ...given } as WorkerSetup;
}

function aCount(value: unknown, field: string): unknown {
  return Number.isSafeInteger(value) && (value as number) >= 1 ? value : refuse(field, value, 'a whole number of at least 1');
}

function anObject(value: unknown, field: string): object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : refuse(field, value, 'an object');
}

function atMost(ms: number, value: unknown, field: string): number {
  return ms <= LONGEST_TIMER_MS ? ms : refuse(field, value, 'a time of at most 24 days');
}
