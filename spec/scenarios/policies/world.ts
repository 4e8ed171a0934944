// A world of policies: a task with a combination of options, rivals that share its limits, and deeds at random, on virtual time.
import { concat, of, throwError, timer, type Observable } from 'rxjs';
import { TaskScheduler, after, every, withContext, type TaskId, type TaskOptions, type Trigger, type Work } from '../../../src/index.js';
import { VirtualClock, VirtualThreads } from '../../../src/testing/index.js';
import { chanceOf, type Chance } from '../simulation/random.js';
import { Ledger, type Terms } from './ledger.js';
import type { Choices, Combination } from './pairs.js';

/** Each option with its values; `work`, `trigger` and `concurrency` are no options, and have their part in it. */
export const CHOICES: Choices = {
  trigger: ['every', 'fixedDelay', 'after', 'observable'],
  work: ['quick', 'slow', 'failing', 'flaky', 'hanging', 'deaf', 'observable', 'thread'],
  concurrency: [1, 2, Infinity],
  overlap: [undefined, 'skip', 'queue', 'replace', 'parallel'],
  retry: [undefined, 3, { maxAttempts: 2, backoff: 'fixed', delay: 15, jitter: 'full' }, { maxAttempts: 4, delay: 5, maxDelay: 20, jitter: 'equal' }],
  timeout: [undefined, 7, 25],
  deadline: [undefined, 40],
  holdSlot: [undefined, true],
  priority: [undefined, 3, -3],
  key: [undefined, 'text', 'function'],
  keyLimit: [1, 2, Infinity],
  rateLimit: [undefined, { limit: 1, per: 30 }, { limit: 3, per: 20 }],
  expiresAfter: [undefined, 12, 60],
  maxRuns: [undefined, 1, 4],
  afterFailure: [undefined, 'stop'],
  misfire: [undefined, 'all', 'skip'],
  deeds: ['none', 'pauses', 'stops', 'manual', 'all'],
};

/** What went wrong. */
export async function play(combination: Combination, seed: number): Promise<readonly string[]> {
  const chance = chanceOf(seed);
  const clock = new VirtualClock({ startAt: '2027-01-01T00:00Z' });
  const scheduler = new TaskScheduler({ clock, onError: () => undefined, random: () => chance.whole(0, 999) / 1_000, concurrency: combination['concurrency'] as number });
  const terms = new Map<TaskId, Terms>();
  const ledger = new Ledger(terms, () => scheduler.concurrency);
  scheduler.events$.subscribe((event) => { ledger.hear(event); });
  const threads = new VirtualThreads({ clock, threads: 2, graceMs: 5 });
  const problems = (): readonly string[] => ledger.problems;
  const ids = ['main', 'rival', 'other'];
  const key = combination['key'] === undefined ? undefined : 'shared';
  for (const [i, id] of ids.entries()) {
    const own = i === 0 ? combination : { ...combination, ...rivalry(chance), key: combination['key'], keyLimit: combination['keyLimit'], rateLimit: combination['rateLimit'] };
    terms.set(id, termsOf(own, key));
    schedule(scheduler, clock, threads, chance, id, own, key);
    scheduler.task$(id).subscribe({ error: (error: unknown) => ledger.problems.push(`the stream of ${id} errs: ${String(error)}`) });
  }
  for (let step = 0; step < 25; step++) {
    await clock.advanceBy(chance.whole(0, 20));
    await deed(scheduler, clock, chance, combination['deeds'] as string, ids, ledger);
    if (threads.calls.length > 0 && chance.is(0.3)) threads.crash({ outOfMemory: chance.is(0.3) });
  }
  for (const id of ids) if (isLive(scheduler, id)) scheduler.resumeTask(id);
  scheduler.concurrency = 50;
  for (const id of ids) if (isLive(scheduler, id)) scheduler.stopTask(id);
  await clock.advanceBy('5m');
  const { queuedRuns, runsInProgress } = scheduler.stats();
  if (queuedRuns > 0) ledger.problems.push(`${queuedRuns} runs wait for ever`);
  const isEndless = (combination['work'] === 'hanging' || combination['work'] === 'thread') && combination['timeout'] === undefined && combination['deadline'] === undefined;
  if (runsInProgress > 0 && !isEndless) ledger.problems.push(`${runsInProgress} runs are in progress for ever`);
  const stopped = scheduler.stop({ deadline: 0 });
  await clock.advanceBy('1m');
  await stopped;
  ledger.close();
  if (clock.waiting > 0) ledger.problems.push(`${clock.waiting} actions of the clock are left`);
  for (const id of ids) {
    const { runCount, completedCount, failedCount, cancelledCount, skippedCount, missedCount } = scheduler.getTask(id);
    const counts = ledger.counts.get(id) ?? { started: 0, completed: 0, failed: 0, cancelled: 0, skipped: 0, missed: 0 };
    const told = [counts.started, counts.completed, counts.failed, counts.cancelled, counts.skipped, counts.missed].join();
    const kept = [runCount, completedCount, failedCount, cancelledCount, skippedCount, missedCount].join();
    if (told !== kept) ledger.problems.push(`${id} counts ${kept}, and events tell of ${told}`);
  }
  return problems();
}

function isLive(scheduler: TaskScheduler, id: TaskId): boolean {
  return !['COMPLETED', 'FAILED', 'CANCELLED'].includes(scheduler.getTaskStatus(id));
}

function rivalry(chance: Chance): Combination {
  return { trigger: 'every', work: chance.oneOf(['quick', 'slow', 'failing', 'deaf']), overlap: chance.oneOf(['skip', 'queue']), priority: chance.whole(-2, 2), timeout: chance.oneOf([undefined, 10]), deadline: undefined, maxRuns: undefined, expiresAfter: undefined, retry: undefined, afterFailure: undefined };
}

function termsOf(own: Combination, key: string | undefined): Terms {
  const retry = own['retry'] as number | { maxAttempts: number } | undefined;
  const isObservable = own['trigger'] === 'observable';
  return {
    overlap: own['overlap'] as Terms['overlap'] | undefined ?? (isObservable ? 'queue' : 'skip'), maxParallel: own['overlap'] === 'parallel' ? 3 : Infinity,
    maxRuns: own['maxRuns'] as number | undefined ?? Infinity, maxAttempts: typeof retry === 'number' ? retry : retry?.maxAttempts ?? 1,
    timeout: own['timeout'] as number | undefined ?? Infinity, deadline: own['deadline'] as number | undefined ?? Infinity,
    expiresAfter: own['expiresAfter'] as number | undefined ?? Infinity, key, keyLimit: own['keyLimit'] as number, rate: own['rateLimit'] as Terms['rate'],
  };
}

function schedule(scheduler: TaskScheduler, clock: VirtualClock, threads: VirtualThreads, chance: Chance, id: TaskId, own: Combination, key: string | undefined): void {
  const options: TaskOptions<[]> = {
    id, retry: own['retry'] as never, timeout: own['timeout'] as never, deadline: own['deadline'] as never, holdSlot: own['holdSlot'] as never, priority: own['priority'] as never,
    overlap: own['overlap'] as never, maxParallel: own['overlap'] === 'parallel' ? 3 : undefined, rateLimit: own['rateLimit'] as never, expiresAfter: own['expiresAfter'] as never,
    maxRuns: own['maxRuns'] as never, afterFailure: own['afterFailure'] as never, misfire: own['misfire'] === undefined ? undefined : { policy: own['misfire'] as 'all', grace: 10 },
    ...(key !== undefined && { concurrencyKey: own['key'] === 'function' ? () => key : key, concurrencyLimit: own['keyLimit'] as number }),
  };
  const period = chance.whole(5, 30);
  const triggers: Readonly<Record<string, Trigger | Observable<number>>> = {
    every: every(period), fixedDelay: every(period, { mode: 'fixedDelay' }), after: after(period), observable: timer(period, period, clock),
  };
  const work = own['work'] === 'thread' ? threads.module({ work: workOf(chance.oneOf(['slow', 'flaky', 'hanging', 'deaf']), clock, chance) }).work : workOf(own['work'] as string, clock, chance);
  scheduler.schedule(work, triggers[own['trigger'] as string] as Trigger, options);
}

function workOf(kind: string, clock: VirtualClock, chance: Chance): Work<[]> {
  const pause = (ms: number): Promise<void> => new Promise((resolve) => { clock.schedule(() => { resolve(); }, ms); });
  switch (kind) {
    case 'quick': return () => 'done';
    case 'slow': return () => pause(chance.whole(1, 35));
    case 'failing': return () => { throw new Error('as ever'); };
    case 'flaky': return async () => {
      await pause(chance.whole(0, 15));
      if (chance.is(0.5)) throw new Error('this time');
    };
    // Heeds its abort, and never ends without one.
    case 'hanging': return withContext(({ signal }) => new Promise((_, reject) => { signal.addEventListener('abort', () => { reject(new Error('aborted')); }); }));
    // Ends by itself, and heeds nothing.
    case 'deaf': return withContext(({ waitUntil }) => {
      const ended = pause(chance.whole(1, 60));
      if (chance.is(0.3)) waitUntil(ended);
      return ended;
    });
    default: return () => concat(timer(chance.whole(1, 20), clock), chance.oneOf([of(1), throwError(() => new Error('in the stream')), timer(40, clock)]));
  }
}

async function deed(scheduler: TaskScheduler, clock: VirtualClock, chance: Chance, deeds: string, ids: readonly TaskId[], ledger: Ledger): Promise<void> {
  const id = chance.oneOf(ids);
  if (deeds === 'none' || !isLive(scheduler, id)) return;
  const pauses = [() => scheduler.pauseTask(id), () => scheduler.resumeTask(id), () => scheduler.resumeTask(id)];
  const stops = [() => chance.is(0.1) && scheduler.stopTask(id), () => chance.is(0.1) && scheduler.cancelTask(id)];
  const manual = [() => scheduler.runTask(id)];
  const others = [
    () => { scheduler.concurrency = chance.whole(1, 4); },
    async () => {
      ledger.isPunctual = false;
      await clock.sleep(chance.whole(1, 60));
    },
  ];
  const possible: Readonly<Record<string, readonly (() => unknown)[]>> = { pauses, stops, manual, all: [...pauses, ...stops, ...manual, ...others] };
  await chance.oneOf(possible[deeds]!)();
}
