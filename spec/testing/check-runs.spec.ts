import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { after, every, once } from '../../src/index.js';
import { checkRuns, type CheckedSchedule, type LoggedRun } from '../../src/testing/index.js';
import { isLegal, type RuleCase } from './run-rule.js';

/** A log in short: `[start, end]` each, or a start alone for a run of which no end is known. */
const logOf = (...runs: (number | [number, number] | [number, number, LoggedRun['outcome']])[]): LoggedRun[] =>
  runs.map((run) => (typeof run === 'number' ? { startedAt: run } : { startedAt: run[0], endedAt: run[1], outcome: run[2] }));

const every10: CheckedSchedule = { trigger: every(10), scheduledAt: 0, observedUntil: 45, tolerance: 0 };
/** What is found, in short: `missed 20`. */
const found = (schedule: Partial<CheckedSchedule>, log: readonly LoggedRun[]) =>
  checkRuns({ ...every10, ...schedule }, log).map(({ kind, at }) => `${kind} ${at}`);

const good = logOf([0, 2], [10, 12], [20, 22], [30, 32], [40, 42]);
const without = (start: number) => good.filter(({ startedAt }) => startedAt !== start);

describe('checkRuns', () => {
  it('finds nothing in a log in which all is well', () => {
    expect(found({}, good)).toEqual([]);
    expect(found({}, [...good].reverse())).toEqual([]);
    expect(found({ tolerance: 3 }, logOf([0, 2], [13, 14], [20, 22], [33, 34], [41, 42]))).toEqual([]);
  });

  it('tells a run that is early, late, missed, doubled, out of nothing, or without an end', () => {
    expect(found({}, [...without(20), ...logOf([19, 21])])).toEqual(['early 19']);
    expect(found({}, [...without(20), ...logOf([21, 22])])).toEqual(['late 21']);
    expect(found({ tolerance: 2 }, [...without(20), ...logOf([23, 24])])).toEqual(['late 23']);
    expect(found({}, without(20))).toEqual(['missed 20']);
    expect(found({}, [...good, ...logOf([20, 22])])).toEqual(['duplicate 20']);
    expect(found({ until: 35 }, [...without(40), ...logOf([37, 38])])).toEqual(['phantom 37']);
    expect(found({ endedAt: 35 }, [...without(40), ...logOf([37, 38])])).toEqual(['phantom 37']);
    expect(found({ longestRun: 5 }, [...without(20), ...logOf(20)])).toEqual(['overlapping 30', 'overlapping 40', 'silent 20'].sort((a, b) => Number(a.split(' ')[1]) - Number(b.split(' ')[1])));
    expect(found({ longestRun: 5 }, [...without(40), ...logOf(40)])).toEqual([]);
    expect(found({ longestRun: 4 }, [...without(40), ...logOf(40)])).toEqual(['silent 40']);
  });

  it('names the tick and the run', () => {
    const [violation] = checkRuns(every10, [...without(20), ...logOf([21, 22])]);
    expect(violation).toEqual({ kind: 'late', at: 21, due: 20, run: { startedAt: 21, endedAt: 22, outcome: undefined } });
  });

  it('asks for nothing that could still be on its way when the log ends', () => {
    expect(found({ observedUntil: 40 }, without(40))).toEqual([]);
    expect(found({ observedUntil: 40.5 }, without(40))).toEqual(['missed 40']);
    expect(found({ observedUntil: 42, tolerance: 2 }, without(40))).toEqual([]);
  });

  it('knows each policy of overlap', () => {
    const long = logOf([0, 25], [30, 32], [40, 41]);
    expect(found({}, long)).toEqual([]);
    expect(found({ overlap: 'queue' }, logOf([0, 15], [20, 22], [30, 32], [40, 42]))).toEqual(['missed 10']);
    expect(found({ overlap: 'queue' }, logOf([0, 25], [25, 27], [30, 32], [40, 42]))).toEqual([]);
    expect(found({ overlap: 'queue', maxQueued: 2 }, logOf([0, 25], [25, 27], [27, 28], [30, 32], [40, 42]))).toEqual([]);
    expect(found({ overlap: 'queue' }, logOf([0, 25], [25, 27], [27, 28], [30, 32], [40, 42]))).toEqual(['phantom 27']);
    expect(found({ overlap: 'queue' }, logOf([0, 25], [26, 27], [30, 32], [40, 42]))).toEqual(['late 26']);
    expect(found({ overlap: 'parallel' }, logOf([0, 25], [10, 35], [20, 22], [30, 32], [40, 42]))).toEqual([]);
    expect(found({ overlap: 'parallel', maxParallel: 2 }, logOf([0, 25], [10, 35], [30, 32], [40, 42]))).toEqual([]);
    expect(found({ overlap: 'parallel', maxParallel: 2 }, logOf([0, 25], [10, 35], [20, 22], [30, 32], [40, 42]))).toEqual(['overlapping 20']);
    expect(found({ overlap: 'replace' }, logOf([0, 10], [10, 20], [20, 22], [30, 32], [40, 42]))).toEqual([]);
    expect(found({ overlap: 'replace' }, logOf([0, 13], [13, 20], [20, 22], [30, 32], [40, 42]))).toEqual([]);
    expect(found({ overlap: 'replace' }, logOf([0, 10], [20, 22], [30, 32], [40, 42]))).toEqual(['missed 10']);
    expect(found({}, logOf([0, 15], [10, 12], [20, 22], [30, 32], [40, 42]))).toEqual(['overlapping 10']);
  });

  it('knows the end of a task: until, maxRuns, a failure that ends it, and a stop', () => {
    expect(found({ until: 30 }, good.slice(0, 3))).toEqual([]);
    expect(found({ until: 30 }, good.slice(0, 4))).toEqual(['phantom 30']);
    expect(found({ maxRuns: 3 }, good.slice(0, 3))).toEqual([]);
    expect(found({ maxRuns: 3 }, good.slice(0, 4))).toEqual(['phantom 30']);
    expect(found({ maxRuns: 3 }, good.slice(0, 2))).toEqual(['missed 20', 'missed 30', 'missed 40']);
    expect(found({ endedAt: 20 }, good.slice(0, 2))).toEqual([]);
    expect(found({ endedAt: 20 }, good.slice(0, 3))).toEqual([]);
    expect(found({ endedAt: 25 }, good.slice(0, 4))).toEqual(['phantom 30']);
    const failing = logOf([0, 2], [10, 12, 'failed']);
    expect(found({ afterFailure: 'stop' }, failing)).toEqual([]);
    expect(found({ afterFailure: 'stop' }, [...failing, ...logOf([20, 22])])).toEqual(['phantom 20']);
    expect(found({}, failing)).toEqual(['missed 20', 'missed 30', 'missed 40']);
  });

  it('knows pauses, and times when nothing could be handled', () => {
    const pauses = [{ from: 15, to: 33 }];
    expect(found({ pauses }, logOf([0, 2], [10, 12], [40, 42]))).toEqual([]);
    expect(found({ pauses }, good)).toEqual(['phantom 20', 'phantom 30']);
    expect(found({ pauses: [{ from: 20, to: 30 }] }, logOf([0, 2], [10, 12], [40, 42]))).toEqual([]);
    expect(found({ pauses: [{ from: 20, to: 30 }] }, good)).toEqual([]);
    expect(found({ trigger: once(20), pauses }, logOf([33, 34]))).toEqual([]);
    expect(found({ trigger: once(20), pauses }, logOf([20, 21]))).toEqual(['phantom 20', 'missed 20']);
    const heldUp = [{ from: 15, to: 33 }];
    expect(found({ heldUp }, logOf([0, 2], [10, 12], [33, 34], [40, 42]))).toEqual([]);
    expect(found({ heldUp }, logOf([0, 2], [10, 12], [40, 42]))).toEqual(['missed 30']);
    expect(found({ heldUp }, logOf([0, 2], [10, 12], [34, 35], [40, 42]))).toEqual(['late 34']);
  });

  it('takes a run for that of the tick that is nearer, however long the log', () => {
    const late = Array.from({ length: 50 }, (_, i) => ({ startedAt: i * 60_000 + 1_500, endedAt: i * 60_000 + 1_600 }));
    const kinds = new Set(checkRuns({ trigger: every('1m'), scheduledAt: 0, observedUntil: 50 * 60_000 - 1 }, late).map(({ kind }) => kind));
    expect([...kinds]).toEqual(['late']);
  });

  it('counts for maxRuns only runs that ticks account for', () => {
    expect(found({ maxRuns: 3, tolerance: 1 }, logOf([0, 1], [2, 3], [10, 11], [20, 21]))).toEqual(['phantom 2']);
    expect(found({ maxRuns: 1, startAt: 10 }, logOf([5, 6], [10, 11]))).toEqual(['phantom 5']);
    expect(found({ maxRuns: 2, observedUntil: 39 }, logOf([0, 1], [30, 31]))).toEqual(['late 30']);
  });

  it('asks only for the newest of the ticks that were held up, though that one was due at the very end of it', () => {
    const heldUp = [{ from: 5, to: 30 }];
    for (const overlap of ['skip', 'queue', 'replace', 'parallel'] as const) expect(found({ heldUp, overlap }, logOf([0, 1], [30, 31], [40, 41]))).toEqual([]);
  });

  it('is quick with 20,000 runs of which each is wrong', () => {
    const times = Array.from({ length: 20_000 }, (_, i) => i * 1_000);
    const long: CheckedSchedule = { trigger: every('1s'), scheduledAt: 0, observedUntil: 20_000_000, tolerance: 0 };
    const counts = [
      checkRuns(long, times.map((at) => ({ startedAt: at + 150, endedAt: at + 200 }))),
      checkRuns(long, times.map((at) => ({ startedAt: at, endedAt: at + 1_500 }))),
    ].map((violations) => violations.length);
    expect(counts).toEqual([20_000, 19_999]);
  });

  it('knows every trigger', () => {
    expect(found({ trigger: once(20) }, logOf([20, 21]))).toEqual([]);
    expect(found({ trigger: once(20), scheduledAt: 30 }, logOf([30, 31]))).toEqual([]);
    expect(found({ trigger: after(7), scheduledAt: 30 }, logOf([37, 38]))).toEqual([]);
    expect(found({ trigger: after(7), scheduledAt: 30 }, [])).toEqual(['missed 37']);
    expect(found({ startAt: 5, scheduledAt: 12 }, logOf([15, 16], [25, 26], [35, 36]))).toEqual([]);
    expect(found({ startAt: 25 }, logOf([25, 26], [35, 36]))).toEqual([]);
  });

  it.each<[string, Partial<CheckedSchedule>, unknown, string]>([
    ['no trigger', { trigger: undefined } as never, [], 'The schedule needs trigger; it is missing.'],
    ['a trigger of another kind', { trigger: { kind: 'cron' } as never }, [], 'trigger needs a trigger that it can count by itself: once(…), after(…) or every(…) without options'],
    ['a trigger without its interval', { trigger: { kind: 'every' } as never }, [], 'trigger needs a trigger'],
    ['a run that is none', {}, [null], 'log[0] needs a run { startedAt, endedAt, outcome }; got null.'],
    ['a pause that is none', { pauses: [null] as never }, [], 'pauses[0] needs { from, to }; got null.'],
    ['an end that is no number', {}, [{ startedAt: 0, endedAt: '5' }], 'log[0].endedAt needs epoch milliseconds not before startedAt; got "5".'],
    ['an unknown field', { tolerence: 5 } as never, [], 'tolerence'],
    ['a log that is none', {}, 'log', 'log needs an array of runs; got "log".'],
    ['a run without a start', {}, [{}], 'log[0].startedAt needs epoch milliseconds; got undefined.'],
    ['a run that ends before it starts', {}, logOf([5, 4]), 'log[0].endedAt needs epoch milliseconds not before startedAt; got 4.'],
    ['an outcome that there is not', {}, logOf([5, 6, 'done' as never]), 'outcome'],
    ['a pause that ends before it begins', { pauses: [{ from: 5, to: 4 }] }, [], 'pauses[0].to needs an instant not before from; got 4.'],
  ])('refuses %s', (_what, schedule, log, message) => {
    expect(() => checkRuns({ ...every10, ...(schedule as object) }, log as LoggedRun[])).toThrow(message);
  });
});

const TOLERANCES = [0, 3, 12];
const INTERVAL = 10;
const TICKS = 6;

/** A task, and what befalls it: how late each tick is handled, and how long each run takes. */
const arbitraryCase = fc.record({
  tolerance: fc.constantFrom(...TOLERANCES),
  overlap: fc.constantFrom('skip' as const, 'queue' as const, 'parallel' as const),
  maxQueued: fc.integer({ min: 1, max: 2 }),
  maxParallel: fc.integer({ min: 1, max: 3 }),
  afterFailure: fc.constantFrom('continue' as const, 'stop' as const),
  /** Which run fails, if any. */
  failing: fc.nat({ max: 2 * TICKS }),
  delays: fc.array(fc.nat({ max: 12 }), { minLength: TICKS, maxLength: TICKS }),
  lengths: fc.array(fc.oneof(fc.nat({ max: 8 }), fc.nat({ max: 40 })), { minLength: TICKS, maxLength: TICKS }),
});

interface Fate {
  readonly failing: number;
  readonly delays: readonly number[];
  readonly lengths: readonly number[];
}

/** The log that a scheduler leaves which keeps all promises, at a leisurely pace. */
function legalLog({ tolerance, overlap, maxQueued, maxParallel, afterFailure, failing, delays, lengths }: RuleCase & Fate): LoggedRun[] {
  const log: { startedAt: number; endedAt: number; outcome: LoggedRun['outcome'] }[] = [];
  let over = Infinity;
  let handledAt = 0;
  for (let i = 0; i < TICKS; i++) {
    const length = lengths[i] ?? 0;
    handledAt = Math.max(handledAt, i * INTERVAL + Math.min(delays[i] ?? 0, tolerance));
    const inProgress = log.filter(({ startedAt, endedAt }) => startedAt <= handledAt && endedAt > handledAt).length;
    const inLine = log.filter(({ startedAt }) => startedAt > handledAt).length;
    const last = log.at(-1)?.endedAt ?? 0;
    if (overlap === 'queue' ? inProgress > 0 && inLine >= maxQueued : inProgress >= (overlap === 'skip' ? 1 : maxParallel)) continue;
    const startedAt = overlap === 'queue' ? Math.max(handledAt, last) : handledAt;
    if (startedAt >= over) break;
    const outcome = log.length === failing ? 'failed' : 'completed';
    log.push({ startedAt, endedAt: startedAt + length, outcome });
    if (outcome === 'failed' && afterFailure === 'stop') over = startedAt + length;
  }
  return log;
}

const caseOf = <C extends Omit<RuleCase, 'ticks'>>(some: C) => ({ ...some, ticks: Array.from({ length: TICKS }, (_, i) => i * INTERVAL) });
const check = ({ tolerance, overlap, maxQueued, maxParallel, afterFailure }: RuleCase, log: readonly LoggedRun[]) =>
  checkRuns({ trigger: every(INTERVAL), scheduledAt: 0, until: TICKS * INTERVAL, observedUntil: 10_000, tolerance, overlap, maxQueued, maxParallel, afterFailure }, log);

describe('the checker, checked by a rule that tries everything', () => {
  it('gives no false alarm: not in 1,000 logs that are as they should be', () => {
    fc.assert(fc.property(arbitraryCase, (some) => {
      const log = legalLog(caseOf(some));
      expect(isLegal(caseOf(some), log)).toBe(true);
      expect(check(caseOf(some), log)).toEqual([]);
    }), { numRuns: 1_000 });
  });

  it.each(TOLERANCES)('finds all of more than 400 faults that were put into good logs, with a tolerance of %d ms', (tolerance) => {
    const tried = { drop: 0, double: 0, early: 0, late: 0, outcome: 0 };
    const mutation = fc.constantFrom(...(Object.keys(tried) as (keyof typeof tried)[]));
    fc.assert(fc.property(arbitraryCase, mutation, fc.nat(), (raw, kind, pick) => {
      const some = caseOf({ ...raw, tolerance });
      const log = legalLog(some);
      const index = pick % Math.max(1, log.length);
      const run = log[index];
      if (!run) return;
      const shift = kind === 'early' ? -1 : kind === 'late' ? tolerance + 1 : 0;
      const swapped = run.outcome === 'failed' ? 'completed' : 'failed';
      const moved = kind === 'outcome' ? { ...run, outcome: swapped } as const : { ...run, startedAt: run.startedAt + shift, endedAt: (run.endedAt ?? Infinity) + shift };
      const others = log.filter((other) => other !== run);
      const mutated = kind === 'drop' ? others : kind === 'double' ? [...log, { ...run }] : [...others, moved];
      // Some are no faults: a run that is moved may be as good where it is now.
      if (isLegal(some, mutated)) return;
      tried[kind]++;
      expect(check(some, mutated)).not.toEqual([]);
    }), { numRuns: 1_500 });
    expect(Object.values(tried).reduce((sum, n) => sum + n)).toBeGreaterThan(400);
    expect(Math.min(...Object.values(tried))).toBeGreaterThan(20);
  });

  it('agrees with the rule on logs of any kind, as far as they are legal', () => {
    const anyLog = fc.array(fc.tuple(fc.nat({ max: 60 }), fc.nat({ max: 15 })), { maxLength: 7 });
    fc.assert(fc.property(arbitraryCase, anyLog, (raw, runs) => {
      const some = caseOf(raw);
      const log = runs.map(([startedAt, length], i) => ({ startedAt, endedAt: startedAt + length, outcome: i === raw.failing ? 'failed' as const : 'completed' as const }));
      if (isLegal(some, log)) expect(check(some, log)).toEqual([]);
    }), { numRuns: 2_000 });
  });
});
