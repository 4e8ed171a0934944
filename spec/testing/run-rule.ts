// The rule that says which logs are legal, by trying all there is to try. It shares nothing with the checker, and is only fit for short logs.
import type { LoggedRun } from '../../src/testing/index.js';

/** What the rule needs to know of a task. */
export interface RuleCase {
  readonly ticks: readonly number[];
  /** How late a tick may be handled, and a run that waits may start once it can. */
  readonly tolerance: number;
  readonly overlap: 'skip' | 'queue' | 'parallel';
  readonly maxQueued: number;
  readonly maxParallel: number;
  /** Whether a run that fails ends the task. */
  readonly afterFailure: 'continue' | 'stop';
}

/**
 * Whether a scheduler that keeps all promises could have left this log: whether there is a moment for each tick, in order and none
 * later than the tolerance, at which it was started, put in line, or dropped, by what was then in progress.
 */
export function isLegal({ ticks, tolerance, overlap, maxQueued, maxParallel, afterFailure }: RuleCase, log: readonly LoggedRun[]): boolean {
  // Of runs that started at one instant, the first ones were over by then.
  const runs = log.map(({ startedAt, endedAt = Infinity }) => ({ start: startedAt, end: endedAt })).sort((a, b) => a.start - b.start || a.end - b.end);
  const most = overlap === 'parallel' ? maxParallel : 1;
  if (runs.some(({ start }, i) => runs.slice(0, i).filter(({ end }) => end > start).length >= most)) return false;
  const over = Math.min(...log.filter(({ outcome }) => outcome === 'failed' && afterFailure === 'stop').map(({ endedAt = Infinity }) => endedAt));
  if (runs.some(({ start }) => start > over)) return false;
  const moments = runs.flatMap(({ start, end }) => [start, end]);

  function goesOn(i: number, begun: number, from: number): boolean {
    const due = ticks[i];
    if (due === undefined) return begun === runs.length;
    const choices = [due, due + tolerance, ...moments].filter((moment) => moment >= Math.max(due, from) && moment <= due + tolerance);
    return [...new Set(choices)].some((moment) => {
      const before = runs.slice(0, begun);
      // A run that ends at the very moment, or starts at it, may have done so before or after.
      const surely = before.filter(({ start, end }) => start < moment && end > moment).length;
      const perhaps = before.filter(({ start, end }) => start <= moment && end >= moment).length;
      const surelyWait = before.filter(({ start }) => start > moment).length;
      const perhapsWait = before.filter(({ start }) => start >= moment).length;
      const last = Math.max(-Infinity, ...before.map(({ end }) => end));
      const isOver = (overlap === 'queue' && last >= moment ? last + tolerance : moment) >= over;
      const mayDrop = isOver || (overlap === 'queue' ? perhaps + perhapsWait > 0 && perhapsWait >= maxQueued : perhaps >= most);
      if (mayDrop && goesOn(i + 1, begun, moment)) return true;
      const run = runs[begun];
      if (!run || run.start < moment) return false;
      // A run starts at that moment, or waits for those before it.
      const isInTime = run.start === moment || (last >= moment && run.start <= last + tolerance);
      const mayStart = overlap === 'queue' ? isInTime && (surely === 0 || surelyWait < maxQueued) : run.start === moment && surely < most;
      return mayStart && goesOn(i + 1, begun + 1, moment);
    });
  }

  return goesOn(0, 0, -Infinity);
}
