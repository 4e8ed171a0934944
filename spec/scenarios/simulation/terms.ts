// Terms: what is known of a task from the call that scheduled it, and what is known of its runs so far.
import type { RunId, TaskId } from '../../../src/index.js';
import type { Due } from './due.js';
import type { Plot, PlottedTask } from './plot.js';

/** What a task was scheduled with, all defaults filled in. Times in ms. */
export interface Terms {
  readonly scheduledAt: number;
  readonly due: Due;
  readonly overlap: 'skip' | 'queue' | 'replace' | 'parallel';
  /** How many runs of it may be in progress at once. */
  readonly room: number;
  readonly maxQueued: number;
  readonly maxRuns: number;
  readonly endsByFailure: boolean;
  readonly maxAttempts: number;
  /** The shortest and the longest wait after an attempt. */
  readonly wait: (attempt: number) => readonly [least: number, most: number];
  readonly timeout: number;
  readonly deadline: number;
  readonly expiresAfter: number;
  readonly priority: number;
  readonly key: string | undefined;
  readonly isKeyComputed: boolean;
  readonly keyLimit: number;
  /** Whose starts it counts: those of one key, or of one task. */
  readonly rate: { readonly of: string; readonly limit: number; readonly per: number } | undefined;
  readonly threads: number;
  readonly misfire: { readonly policy: 'latest' | 'all' | 'skip'; readonly grace: number; readonly limit: number };
}

export function termsOf(plot: Plot, { options, nature, trigger }: PlottedTask, id: TaskId, due: Due, scheduledAt: number): Terms {
  const { overlap = trigger.kind === 'observable' ? 'queue' : 'skip', retry, key, rateLimit, misfire } = options;
  const isData = typeof retry === 'object';
  const { maxAttempts = typeof retry === 'number' ? retry : 1, backoff = 'exponential', delay = 1_000, maxDelay = 3_600_000, jitter = 'none' } = isData ? retry : {};
  return {
    scheduledAt, due, overlap,
    room: overlap === 'parallel' ? options.maxParallel ?? Infinity : 1,
    maxQueued: options.maxQueued ?? (trigger.kind === 'observable' ? 1_000 : 1),
    maxRuns: options.maxRuns ?? Infinity,
    endsByFailure: options.afterFailure === 'stop',
    maxAttempts,
    wait: (attempt) => {
      const wait = Math.min(maxDelay, backoff === 'fixed' ? delay : delay * 2 ** (attempt - 1));
      return [jitter === 'full' ? 0 : jitter === 'equal' ? wait / 2 : wait, wait];
    },
    timeout: options.timeout ?? Infinity,
    deadline: options.deadline ?? Infinity,
    expiresAfter: options.expiresAfter ?? Infinity,
    priority: options.priority ?? 0,
    key: key?.is, isKeyComputed: key?.by === 'function', keyLimit: key?.limit ?? Infinity,
    rate: rateLimit && { of: key?.is ?? id, ...rateLimit },
    threads: nature.inThread ? plot.threads : Infinity,
    misfire: { policy: 'latest', grace: 1_000, limit: 1_000, ...(misfire as Partial<Terms['misfire']> | undefined) },
  };
}

/** A run that has been told of. Times are elapsed ones. */
export interface KnownRun {
  readonly id: RunId;
  readonly task: KnownTask;
  readonly isManual: boolean;
  /** The number of its tick. */
  readonly tick: number | undefined;
  /** It is `queued` where it waits for its task, and for its slot. */
  status: 'queued' | 'running' | 'retrying' | 'over';
  queuedAt: number | undefined;
  firstStart: number;
  start: number;
  attempt: number;
  nextAttemptAt: number;
  /** That of its arguments. */
  version: number;
}

export interface KnownTask {
  readonly id: TaskId;
  terms: Terms;
  readonly counts: { started: number; completed: number; failed: number; cancelled: number; skipped: number; missed: number };
  /** Those of its runs that are not over. */
  readonly runs: Set<KnownRun>;
  /** Attempts that are over for their run, though their work may still hold the slot. */
  readonly held: Set<{ readonly run: KnownRun; readonly attempt: number }>;
  /** So many ticks are accounted for. */
  ticks: number;
  /** The number of the tick that is the first of its trigger, which may have been changed; or would be, had the trigger not been left for a while. */
  base: number;
  /** Its trigger, or its arguments, are being changed. */
  update: Due | 'args' | undefined;
  /** How often its arguments were. */
  version: number;
  /** It is taken up again: that is to be told, or its run is to come. */
  retry: 'asked' | 'told' | undefined;
  /** How many ticks, or catch-ups, were started. */
  started: number;
  /** By fixed delay: since when the next tick is waited for; undefined while a run is. */
  lastEnd: number | undefined;
  /** When ticks of it were last given up as too late. */
  lostAt: number | undefined;
  /** Ticks up to this one are made up for one by one (`misfire: 'all'`). */
  excused: number;
  isPaused: boolean;
  /** How often it was paused. */
  pauses: number;
  /** It was paused once, or somebody asked for a run; then more may wait than a tick alone would have let. */
  isLoose: boolean;
  ending: 'stopped' | 'cancelled' | 'failed' | 'missed' | undefined;
  isStopped: boolean;
  lastFailed: boolean;
  isFinished: boolean;
  isFailed: boolean;
}

export function newTask(id: TaskId, terms: Terms): KnownTask {
  return {
    id, terms, runs: new Set(), held: new Set(), ticks: 0, base: 0, update: undefined, version: 0, retry: undefined, started: 0, lastEnd: undefined, lostAt: undefined, excused: -1, isPaused: false, pauses: 0, isLoose: false, ending: undefined, isStopped: false, lastFailed: false, isFinished: false, isFailed: false,
    counts: { started: 0, completed: 0, failed: 0, cancelled: 0, skipped: 0, missed: 0 },
  };
}
