// The work of a simulation: does what its nature says, and writes down itself when it began and how it ended.
import { Observable } from 'rxjs';
import { DoNotRetry, RetryAfter, withContext, type RunContext, type RunId, type Work } from '../../../src/index.js';
import type { LoggedRun, VirtualClock, VirtualThreads } from '../../../src/testing/index.js';
import type { Nature } from './plot.js';
import type { Chance } from './random.js';

/** What an attempt has written down. */
export interface Line {
  readonly runId: RunId;
  readonly attempt: number;
  readonly startedAt: number;
  /** What it got. */
  readonly version: number;
  endedAt?: number;
  outcome?: LoggedRun['outcome'];
  /** What it said of a further attempt as it failed: to wait for so many ms, or that there should be none. */
  retryAfter?: number | false;
  /** When its work was really over, whatever became of its run. */
  settledAt?: number;
  /** Whether it keeps its slot until then; what a thread keeps, ends with the thread. */
  isHolding: boolean;
}

/** What the work needs of the world that it is done in. */
export interface WorkPlace {
  readonly clock: VirtualClock;
  readonly threads: VirtualThreads;
  readonly chance: Chance;
  readonly unit: number;
  readonly holdSlot: boolean;
  readonly elapsed: () => number;
  /** Writes a line down. */
  readonly write: (line: Line) => void;
}

/** What is to become of an attempt. */
interface Fate {
  readonly ms: number;
  /** Undefined when it is to succeed. */
  readonly error: Error | undefined;
  /** What the error says of a further attempt. */
  readonly retryAfter?: number | false;
}

export function workOf(nature: Nature, place: WorkPlace): Work<[number]> {
  const work = withContext<[number], unknown>((context, version) => {
    const { write, elapsed, holdSlot } = place;
    const line: Line = { runId: context.runId, attempt: context.attempt, startedAt: elapsed(), version, isHolding: holdSlot && !nature.inThread };
    write(line);
    return doIt(nature, place, context, line, fateOf(nature, place));
  });
  return nature.inThread ? place.threads.module({ work }).work : work;
}

function fateOf({ longest, failing, kind, inThread }: Nature, { chance, unit }: WorkPlace): Fate {
  const isFailing = chance.is(failing);
  const ms = kind === 'hanging' ? Infinity : unit * chance.whole(0, Math.floor(longest / unit));
  if (!isFailing) return { ms, error: undefined };
  // A thread that dies has no say in it.
  const how = inThread ? 'plain' : chance.oneOf(['plain', 'plain', 'plain', 'plain', 'after', 'never'] as const);
  if (how === 'plain') return { ms, error: new Error('as plotted') };
  if (how === 'never') return { ms, error: new DoNotRetry(), retryAfter: false };
  const retryAfter = unit * chance.whole(1, 30);
  return { ms, error: new RetryAfter(retryAfter), retryAfter };
}

function doIt({ kind, inThread }: Nature, place: WorkPlace, { signal, runId, waitUntil }: RunContext, line: Line, { ms, error, retryAfter }: Fate): unknown {
  const { clock, threads, elapsed } = place;
  const end = (outcome: LoggedRun['outcome']): void => {
    line.settledAt ??= elapsed();
    line.endedAt ??= elapsed();
    if (outcome === 'failed' && line.outcome === undefined && retryAfter !== undefined) line.retryAfter = retryAfter;
    line.outcome ??= outcome;
  };
  const aborted = (): LoggedRun['outcome'] => ((signal.reason as Error | undefined)?.name === 'TaskTimeoutError' ? 'failed' : 'cancelled');
  if (kind === 'sync') {
    end(error ? 'failed' : 'completed');
    if (error) throw error;
    return undefined;
  }
  if (kind === 'observable') {
    return new Observable<void>((subscriber) => {
      subscriber.add(clock.schedule(() => {
        end(error ? 'failed' : 'completed');
        if (error) subscriber.error(error);
        else subscriber.complete();
      }, ms));
      subscriber.add(() => {
        line.settledAt ??= elapsed();
        line.endedAt ??= elapsed();
        line.outcome ??= aborted();
      });
    });
  }
  const promise = new Promise<void>((resolve, reject) => {
    const timer = ms === Infinity ? undefined : clock.schedule(() => {
      end(error ? 'failed' : 'completed');
      if (error && inThread && !signal.aborted) threads.calls.find((call) => call.runId === runId)?.crash();
      else if (error) reject(error);
      else resolve();
    }, ms);
    signal.addEventListener('abort', () => {
      // A thread that has died lets go of what it had.
      if (inThread && error && line.outcome === 'failed') return;
      line.endedAt ??= elapsed();
      // A promise that is settled at this very instant was not heard yet.
      line.outcome = aborted();
      delete line.retryAfter;
      if (kind === 'deaf' || kind === 'holding') return;
      line.settledAt ??= elapsed();
      timer?.unsubscribe();
      reject(new Error('aborted'));
    });
  });
  if (kind === 'holding') {
    waitUntil(promise);
    line.isHolding = !inThread;
  }
  return promise;
}
