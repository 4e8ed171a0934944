// The log, checked: each call of the work that it tells of, in the order of time.
import { oneOf } from '../task/check.js';
import { durationMs } from '../task/duration.js';
import { InvalidArgumentError } from '../task/errors.js';
import { show } from '../task/show.js';
import type { LoggedRun } from './check-runs.js';

/** One call of the work. */
export interface Attempt {
  readonly logged: LoggedRun;
  readonly start: number;
  /** Infinity while none is known. */
  readonly end: number;
  /** What all attempts of its run have in common, and no other run. */
  readonly run: string | number;
  /** Which attempt of its run it is, from 1. */
  readonly number: number;
  /** The wait that the work asked for, in ms; false where it is not to be tried again. */
  readonly retryAfter: number | false | undefined;
}

/** @throws InvalidArgumentError when the log can't be understood */
export function attemptsOf(log: readonly LoggedRun[]): readonly Attempt[] {
  if (!Array.isArray(log)) throw new InvalidArgumentError('log', log, `log needs an array of runs; got ${show(log)}.`);
  return (log as readonly LoggedRun[]).map(attemptOf).sort((a, b) => a.start - b.start);
}

function attemptOf(logged: LoggedRun | null, index: number): Attempt {
  const where = `log[${index}]`;
  const refuse = (value: unknown, message: string): never => { throw new InvalidArgumentError(where, value, `${where}${message}`); };
  if (typeof logged !== 'object' || logged === null) return refuse(logged, ` needs a run { startedAt, endedAt, outcome }; got ${show(logged)}.`);
  const { startedAt, outcome } = logged;
  // A log that was JSON has null where nothing was.
  const end: unknown = logged.endedAt ?? Infinity;
  const number: unknown = logged.attempt ?? 1;
  const runId: unknown = logged.runId ?? undefined;
  const asked = logged.retryAfter ?? undefined;
  if (!Number.isFinite(startedAt)) refuse(startedAt, `.startedAt needs epoch milliseconds; got ${show(startedAt)}.`);
  if (typeof end !== 'number' || !(end >= startedAt)) return refuse(end, `.endedAt needs epoch milliseconds not before startedAt; got ${show(end)}.`);
  if (outcome !== undefined) oneOf('completed', 'failed', 'cancelled')(outcome, `${where}.outcome`);
  if (runId !== undefined && typeof runId !== 'string') return refuse(runId, `.runId needs a string; got ${show(runId)}.`);
  if (!Number.isSafeInteger(number) || (number as number) < 1) refuse(number, `.attempt needs a whole number of at least 1; got ${show(number)}.`);
  if (number !== 1 && runId === undefined) refuse(number, `.runId is missing, so nobody knows of which run it is attempt ${show(number)}.`);
  return {
    logged, start: startedAt, end, run: runId ?? index, number: number as number,
    retryAfter: asked === undefined || asked === false ? asked : durationMs(asked, `${where}.retryAfter`),
  };
}
