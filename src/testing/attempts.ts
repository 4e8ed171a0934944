// From attempts to runs: which of them are one run, when that was over, and what is wrong between them.
import { chainOf, expected, type Chain, type Report } from './chain.js';
import type { LoggedRun, Violation } from './check-runs.js';
import type { Span } from './due-instants.js';
import { lastChance } from './expected-ticks.js';
import type { Attempt } from './logged-attempts.js';
import type { Rules } from './rules.js';

/** A run of the log, from its first attempt's start to its last attempt's end. */
export interface Run {
  /** Its first attempt. */
  readonly logged: LoggedRun;
  readonly start: number;
  /** When it was over, at the earliest; Infinity while none is known. */
  readonly end: number;
  /** When it was over, at the latest: no log has the end of a run that waited for its next attempt. */
  readonly endBy: number;
  /** Runs that are wrong in themselves need no tick. */
  readonly isFree: boolean;
}

/** What the attempts make up. */
export interface Runs {
  /** In the order of time. */
  readonly runs: readonly Run[];
  /** When the task came to its end, at the earliest and at the latest: nothing starts after that. */
  readonly over: Span;
}

/**
 * Puts the attempts of each run together, and finds what is wrong between them.
 *
 * @param attempts in the order of time
 */
export function runsOf(rules: Rules, attempts: readonly Attempt[], found: Violation[]): Runs {
  const report: Report = (kind, { logged: run, start: at }, due) => { found.push({ kind, at, due, run }); };
  // Of those that started at one instant, the first one may have been over by then.
  const chains = groupsOf(attempts).map((group) => chainOf(rules, group, report)).sort((a, b) => a.first.start - b.first.start || a.last.end - b.last.end || 0);
  // Where runs are in progress one at a time, each was over when the next one began.
  const isParallel = rules.overlap === 'parallel' && rules.maxParallel > 1;
  const nextAt = chains.map(({ last }, i) => (isParallel ? Infinity : Math.max(last.end, chains[i + 1]?.first.start ?? Infinity)));
  const over = endOf(rules, chains, nextAt, isParallel);
  const runs = chains.map((chain, i): Run => {
    const { first, odd } = chain;
    for (const [k, attempt] of chain.attempts.entries()) if (k > 0) checkFollowing(rules, first, chain.attempts[k - 1] as Attempt, attempt, over, report);
    checkLengths(rules, chain, report);
    const { from, to } = endOfRun(rules, chain, over, nextAt[i] as number, found);
    return { logged: first.logged, start: first.start, end: from, endBy: odd.reduce((latest, { end }) => Math.max(latest, end), to), isFree: first.number > 1 };
  });
  return { runs, over };
}

/** The attempts of each run. */
function groupsOf(attempts: readonly Attempt[]): readonly Attempt[][] {
  const groups = new Map<Attempt['run'], Attempt[]>();
  for (const attempt of attempts) {
    const group = groups.get(attempt.run);
    if (group) group.push(attempt);
    else groups.set(attempt.run, [attempt]);
  }
  return [...groups.values()];
}

/** When the task came to its end. */
function endOf(rules: Rules, chains: readonly Chain[], nextAt: readonly number[], isParallel: boolean): Span {
  let [from, to] = [rules.endedAt, rules.endedAt];
  if (rules.afterFailure === 'continue') return { from, to };
  for (const [i, { wait, failures }] of chains.entries()) {
    const next = nextAt[i] as number;
    const possible = notAfter(next, failures);
    from = Math.min(from, ...possible.map((failure) => failure.from));
    // One that waited may wait still, or may have been replaced, and then it did not fail.
    const isOpen = wait && wait.by >= Math.min(rules.observedUntil, replacedAt(rules, next));
    // Beside others it may have waited, and been ended by what ended the task.
    const latest = isParallel && wait ? wait.by : -Infinity;
    if (possible.length > 0 && !isOpen) to = Math.min(to, Math.max(latest, ...possible.map((failure) => failure.to)));
  }
  return { from, to };
}

/** When a run was over: all that can have ended it is looked at. */
function endOfRun(rules: Rules, { last, wait, failures }: Chain, over: Span, next: number, found: Violation[]): Span {
  if (!wait) return { from: last.end, to: last.end };
  const ends = [...failures];
  const replaced = replacedAt(rules, next);
  if (wait.by >= over.from) ends.push(over);
  if (wait.by >= replaced) ends.push({ from: replaced, to: replaced });
  if (wait.by >= rules.observedUntil) ends.push({ from: Infinity, to: Infinity });
  if (ends.length === 0) {
    found.push({ kind: 'missed', at: wait.due, due: wait.due, run: last.logged });
    return { from: last.end, to: wait.by };
  }
  const possible = notAfter(next, ends);
  const those = possible.length > 0 ? possible : ends;
  return { from: Math.max(last.end, Math.min(...those.map(({ from }) => from))), to: Math.max(last.end, ...those.map(({ to }) => to)) };
}

/** When a newer run has taken the place of one that waited. */
function replacedAt({ overlap }: Rules, next: number): number {
  return overlap === 'replace' ? next : Infinity;
}

/** What can have ended a run before the next one began. */
function notAfter(next: number, ends: readonly Span[]): readonly Span[] {
  return ends.filter(({ from }) => from <= next).map(({ from, to }) => ({ from, to: Math.min(to, next) }));
}

/** Whether an attempt came when it had to, after the one before it. */
function checkFollowing(rules: Rules, first: Attempt, before: Attempt, attempt: Attempt, over: Span, report: Report): void {
  // Then it was told already.
  if (attempt.number > before.number + 1) return;
  if (!mayStart(rules, attempt, over) || isCutOff(rules, first, attempt)) {
    report('phantom', attempt);
    return;
  }
  if (before.end === Infinity) return;
  const { due, by } = expected(rules, before);
  if (attempt.start < due) report('early', attempt, due);
  else if (attempt.start > by) report('late', attempt, due);
}

/** Whether the deadline, late though it may be, had come before the attempt. */
function isCutOff({ deadline, heldUp, tolerance }: Rules, first: Attempt, { start }: Attempt): boolean {
  const limit = first.start + deadline;
  const by = lastChance(limit, heldUp);
  // What was held up together with it may have gone first.
  return by > limit ? start > by + tolerance : start >= limit + tolerance;
}

/** Whether anything may start at all when this did. */
export function mayStart({ pauses }: Rules, { start }: { readonly start: number }, over: Span): boolean {
  return start <= over.to && !pauses.some(({ from, to }) => start > from && start < to);
}

/** Whether the attempts, and the run, ended when they had to. */
function checkLengths({ timeout, deadline, longestRun, heldUp, observedUntil, tolerance }: Rules, { first, last, attempts, odd }: Chain, report: Report): void {
  const isTooLong = (start: number, limit: number, { end }: Attempt): boolean => (end === Infinity ? observedUntil : end) > lastChance(start + limit, heldUp) + tolerance;
  for (const attempt of [...attempts, ...odd]) {
    if (attempt.end === Infinity && attempt.start + longestRun < observedUntil) report('silent', attempt);
    // Of one that another has followed, nobody knows how long it took.
    const isEndLost = attempt.end === Infinity && attempt !== last;
    if (!isEndLost && isTooLong(attempt.start, timeout, attempt)) report('overrun', attempt);
  }
  const isTold = first === last && isTooLong(first.start, timeout, first);
  if (!isTold && isTooLong(first.start, deadline, last)) report('overrun', first);
}
