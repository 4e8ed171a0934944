// The rule that says which logs of attempts are legal, by trying all there is to try. It shares nothing with the checker, and is only fit for short logs.
import type { LoggedRun } from '../../src/testing/index.js';
import { isLegal, type RuleCase } from './run-rule.js';

/** What the rule needs to know of a task whose runs are tried again. Waits are whole, and so are halves of them. */
export interface AttemptCase extends RuleCase {
  readonly maxAttempts: number;
  readonly backoff: 'fixed' | 'exponential';
  readonly delay: number;
  readonly maxDelay: number;
  readonly jitter: 'none' | 'full' | 'equal';
  readonly timeout: number;
  readonly deadline: number;
}

/** An attempt of which all is known. */
export type FullAttempt = LoggedRun & { readonly endedAt: number; readonly runId: string; readonly attempt: number };

/** The end of a run: with that of its last attempt, or later; or when the task ends, if that is by then. */
type Ending = { readonly at: number; readonly outcome: LoggedRun['outcome'] } | { readonly stoppedFrom: number; readonly stoppedBy: number };

/** All waits that there may be after an attempt. */
export function waitsAfter({ backoff, delay, maxDelay, jitter }: AttemptCase, { attempt, retryAfter }: FullAttempt): readonly number[] {
  if (typeof retryAfter === 'number') return [retryAfter];
  const most = Math.min(maxDelay, backoff === 'fixed' ? delay : delay * 2 ** (attempt - 1));
  const least = { none: most, equal: most / 2, full: 0 }[jitter];
  return Array.from({ length: most - least + 1 }, (_, i) => least + i);
}

/** Whether a scheduler that keeps all promises, though it may do what is due so much later, could have left this log. */
export function areLegalAttempts(task: AttemptCase, log: readonly FullAttempt[]): boolean {
  const ids = [...new Set(log.map(({ runId }) => runId))];
  const runs = ids.map((id) => log.filter(({ runId }) => runId === id).sort((a, b) => a.attempt - b.attempt));
  if (!runs.every((run) => isLegalRun(task, run))) return false;
  return [...combinations(runs.map((run) => endings(task, run, log)))].some((chosen) => {
    const fails = chosen.flatMap((ending) => ('at' in ending && ending.outcome === 'failed' && task.afterFailure === 'stop' ? [ending.at] : []));
    const over = Math.min(Infinity, ...fails);
    if (log.some(({ startedAt }) => startedAt > over)) return false;
    if (chosen.some((ending) => 'stoppedBy' in ending && !(over <= ending.stoppedBy))) return false;
    const whole = chosen.map((ending, i): LoggedRun => {
      const { startedAt } = runs[i]![0]!;
      return 'at' in ending ? { startedAt, endedAt: ending.at, outcome: ending.outcome } : { startedAt, endedAt: Math.max(ending.stoppedFrom, over), outcome: 'cancelled' };
    });
    return isLegal(task, whole);
  });
}

/** Whether each attempt follows on the one before, and none takes too long. */
function isLegalRun(task: AttemptCase, run: readonly FullAttempt[]): boolean {
  const { tolerance, timeout, deadline, maxAttempts } = task;
  const first = run[0]!.startedAt;
  const limit = first + deadline;
  return run.length <= maxAttempts && run.every((attempt, i) => {
    const { startedAt, endedAt } = attempt;
    if (attempt.attempt !== i + 1 || endedAt - startedAt > timeout + tolerance || endedAt > limit + tolerance) return false;
    const before = run[i - 1];
    if (!before) return true;
    if (before.outcome !== 'failed' || before.retryAfter === false) return false;
    const dues = waitsAfter(task, before).map((wait) => before.endedAt + wait).filter((due) => due < limit);
    return dues.some((due) => startedAt >= due && startedAt <= due + tolerance);
  });
}

/** When, and how, a run may have ended. */
function endings(task: AttemptCase, run: readonly FullAttempt[], log: readonly FullAttempt[]): readonly Ending[] {
  const { tolerance, maxAttempts, deadline, afterFailure } = task;
  const last = run.at(-1)!;
  const { endedAt, outcome } = last;
  if (outcome !== 'failed' || run.length === maxAttempts || last.retryAfter === false) return [{ at: endedAt, outcome }];
  const limit = run[0]!.startedAt + deadline;
  const dues = waitsAfter(task, last).map((wait) => endedAt + wait);
  const waited = dues.filter((due) => due < limit);
  // Its deadline ends it at these moments, as far as it still waits then.
  const waitsUntil = Math.min(limit, Math.max(...waited)) + tolerance;
  const moments = new Set([limit, waitsUntil, ...log.map(({ startedAt }) => startedAt).filter((at) => at > limit && at < waitsUntil)]);
  return [
    ...(waited.length < dues.length ? [{ at: endedAt, outcome }] : []),
    ...[...moments].filter((at) => at >= limit && waited.some((due) => due + tolerance >= at)).map((at) => ({ at, outcome })),
    ...(afterFailure === 'stop' && waited.length > 0 ? [{ stoppedFrom: endedAt, stoppedBy: Math.max(...waited) + tolerance }] : []),
  ];
}

function* combinations<T>([first, ...rest]: readonly (readonly T[])[]): Generator<readonly T[]> {
  if (!first) yield [];
  else for (const one of first) for (const others of combinations(rest)) yield [one, ...others];
}
