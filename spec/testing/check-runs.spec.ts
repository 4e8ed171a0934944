import { describe, expect, it } from '@jest/globals';
import fc from '../support/properties.js';
import { after, anyOf, calendar, cron, every, except, once } from '../../src/index.js';
import { checkRuns, type CheckedSchedule, type LoggedRun } from '../../src/testing/index.js';
import { areLegalAttempts, waitsAfter, type AttemptCase, type FullAttempt } from './attempt-rule.js';
import { isLegal, type RuleCase } from './run-rule.js';

/** A log in short: `[start, end]` each, or a start alone for a run of which no end is known. */
const logOf = (...runs: (number | [number, number] | [number, number, LoggedRun['outcome']])[]): LoggedRun[] =>
  runs.map((run) => (typeof run === 'number' ? { startedAt: run } : { startedAt: run[0], endedAt: run[1], outcome: run[2] }));

/** The attempts of one run. */
const attemptsOf = (runId: string, ...attempts: Parameters<typeof logOf>): LoggedRun[] => logOf(...attempts).map((attempt, i) => ({ ...attempt, runId, attempt: i + 1 }));

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
    expect(found({ overlap: 'replace', observedUntil: 9 }, logOf([0, 8], [0, 0]))).toEqual(['duplicate 0']);
    expect(found({ overlap: 'replace', observedUntil: 9, trigger: [0, 0] }, logOf([0, 8], [0, 0]))).toEqual([]);
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
    expect(found({ pauses: [{ from: 20, to: 33 }, { from: 15, to: 25 }] }, good)).toEqual(['phantom 20', 'phantom 30']);
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
    ['a trigger of no kind', { trigger: { subscribe: 1 } as never }, [], 'trigger needs a trigger by time, as every() or cron(); got an object { subscribe }. Give the very instants at which the task was due, as an array.'],
    ['a trigger without its interval', { trigger: { kind: 'every' } as never }, [], 'every(interval) needs a duration'],
    ['a jitter that only the scheduler can tell', { trigger: anyOf(every(5), except(every(10, { jitter: 2 }), [])) }, [], 'trigger has a jitter within anyOf(), which follows from the id of the task. Give the very instants'],
    ['an instant that is none', { trigger: [5, 'noon'] }, [], 'trigger[1]'],
    ['a backoff that is a function', { retry: { maxAttempts: 2, backoff: () => 5 } }, [], "retry.backoff can't be a function here, for nobody knows what it said. Leave it out, and log what it said as the retryAfter of the attempt."],
    ['a retryIf', { retry: { maxAttempts: 2, retryIf: () => true } }, [], "retry.retryIf can't be a function here, for nobody knows what it said. Leave it out, and log retryAfter: false where it said no."],
    ['attempts that are none', { retry: 0 }, [], 'retry.maxAttempts needs a whole number of at least 1'],
    ['a timeout of nothing', { timeout: 0 }, [], 'timeout needs a duration of more than 0 ms'],
    ['a deadline of nothing', { deadline: 0 }, [], 'deadline needs a duration of more than 0 ms'],
    ['a misfire that there is not', { misfire: { policy: 'none' as never } }, [], 'misfire.policy needs one of'],
    ['an attempt that is none', {}, [{ startedAt: 0, runId: 'a', attempt: 1.5 }], 'log[0].attempt needs a whole number of at least 1; got 1.5.'],
    ['an attempt of nobody knows what', {}, [{ startedAt: 0, attempt: 2 }], 'log[0].runId is missing, so nobody knows of which run it is attempt 2.'],
    ['a run id that is none', {}, [{ startedAt: 0, runId: 7 }], 'log[0].runId needs a string; got 7.'],
    ['a wait that is none', {}, [{ startedAt: 0, retryAfter: true }], 'log[0].retryAfter'],
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

/** Runs of no length at these instants. */
const runsAt = (...instants: (number | string)[]) => instants.map((at) => (typeof at === 'number' ? at : Date.parse(at))).map((at) => ({ startedAt: at, endedAt: at }));

describe('checkRuns, of each trigger', () => {
  it('with jitter, takes a run anywhere from the instant of the grid to so much later', () => {
    const jittery = { trigger: every(10, { jitter: 4 }) };
    expect(found(jittery, logOf([0, 1], [14, 15], [22, 23], [34, 35], [40, 41]))).toEqual([]);
    expect(found(jittery, logOf([0, 1], [15, 16], [22, 23], [34, 35], [40, 41]))).toEqual(['late 15']);
    expect(found({ ...jittery, tolerance: 1 }, logOf([0, 1], [15, 16], [22, 23], [34, 35], [40, 41]))).toEqual([]);
    expect(found(jittery, logOf([0, 1], [9, 10], [22, 23], [34, 35], [40, 41]))).toEqual(['early 9']);
    expect(found({ ...jittery, observedUntil: 39 }, logOf([0, 1], [14, 15], [34, 35]))).toEqual(['missed 20']);
    // It may be due at 44 or so, and the log ends at 43; or, with an end at 43, at no time.
    expect(found({ ...jittery, observedUntil: 43 }, logOf([0, 1], [14, 15], [22, 23], [34, 35]))).toEqual([]);
    expect(found({ ...jittery, observedUntil: 90, until: 43 }, logOf([0, 1], [14, 15], [22, 23], [34, 35]))).toEqual([]);
    expect(found({ ...jittery, observedUntil: 90, until: 45 }, logOf([0, 1], [14, 15], [22, 23], [34, 35]))).toEqual(['missed 40']);
    // A pause from 12 on may have swallowed the tick of 10, and not that of 20.
    expect(found({ ...jittery, pauses: [{ from: 12, to: 19 }] }, logOf([0, 1], [22, 23], [34, 35], [40, 41]))).toEqual([]);
    expect(found({ ...jittery, pauses: [{ from: 12, to: 19 }] }, logOf([0, 1], [34, 35], [40, 41]))).toEqual(['missed 20']);
    // Nor can it be told whether the first tick of an older grid was before the task.
    expect(found({ ...jittery, startAt: 0, scheduledAt: 12 }, logOf([13, 14], [22, 23], [34, 35], [40, 41]))).toEqual([]);
    expect(found({ ...jittery, startAt: 0, scheduledAt: 12 }, logOf([22, 23], [34, 35], [40, 41]))).toEqual([]);
    // One that is due at 22 is held up, and late then; one that is due at 20 is not.
    expect(found({ ...jittery, heldUp: [{ from: 22, to: 28 }], misfire: { policy: 'skip', grace: 5 } }, logOf([0, 1], [14, 15], [34, 35], [40, 41]))).toEqual([]);
    expect(found({ ...jittery, heldUp: [{ from: 22, to: 28 }], misfire: { policy: 'skip', grace: 6 } }, logOf([0, 1], [14, 15], [34, 35], [40, 41]))).toEqual(['missed 20']);
  });

  it('with a startAt of its own, counts from there, however far that is', () => {
    expect(found({ trigger: every(10, { startAt: 25 }), startAt: 7 }, logOf([25, 26], [35, 36], [45, 46]))).toEqual([]);
    const now = Date.parse('2030-01-01T00:00Z');
    // Of the 1,893,456,000 seconds up to then, two are left when they are divided by 7.
    const log = runsAt(...[5, 12, 19].map((seconds) => now + seconds * 1_000));
    expect(found({ trigger: every('7s', { startAt: 0 }), scheduledAt: now, observedUntil: now + 20_000 }, log)).toEqual([]);
  });

  it('by fixed delay, counts from the end of each run', () => {
    const byDelay = { trigger: every(10, { mode: 'fixedDelay' }) };
    expect(found(byDelay, logOf([0, 2], [12, 19], [29, 30], [40, 45]))).toEqual([]);
    expect(found(byDelay, logOf([0, 2], [12, 19], [28, 30], [40, 45]))).toEqual(['early 28']);
    expect(found(byDelay, logOf([0, 2], [12, 19], [30, 31], [41, 45]))).toEqual(['late 30']);
    expect(found({ ...byDelay, tolerance: 1 }, logOf([0, 2], [12, 19], [30, 31], [41, 45]))).toEqual([]);
    expect(found(byDelay, logOf([0, 2], [12, 19]))).toEqual(['missed 29']);
    expect(found({ ...byDelay, observedUntil: 29 }, logOf([0, 2], [12, 19]))).toEqual([]);
    expect(found(byDelay, logOf([0, 2], [12, 19], 29))).toEqual([]);
    expect(found(byDelay, logOf([0, 2], [0, 2], [12, 19], [29, 45]))).toEqual(['duplicate 0']);
    expect(found(byDelay, logOf([0, 2], [5, 6], [12, 19], [29, 45]))).toEqual(['phantom 5']);
    expect(found(byDelay, logOf([0, 2], [12, 19], [15, 16], [29, 45]))).toEqual(['overlapping 15']);
    expect(found({ ...byDelay, maxRuns: 2 }, logOf([0, 2], [12, 19]))).toEqual([]);
    expect(found({ ...byDelay, maxRuns: 2 }, logOf([0, 2], [12, 19], [29, 30]))).toEqual(['phantom 29']);
    expect(found({ ...byDelay, until: 29 }, logOf([0, 2], [12, 19]))).toEqual([]);
    expect(found({ ...byDelay, until: 29 }, logOf([0, 2], [12, 19], [29, 30]))).toEqual(['phantom 29']);
    expect(found({ ...byDelay, endedAt: 25 }, logOf([0, 2], [12, 19]))).toEqual([]);
    expect(found({ ...byDelay, startAt: 5 }, logOf([5, 6], [16, 45]))).toEqual([]);
    expect(found({ trigger: every(10, { mode: 'fixedDelay', jitter: 3 }) }, logOf([3, 4], [14, 17], [30, 45]))).toEqual([]);
    expect(found({ trigger: every(10, { mode: 'fixedDelay', jitter: 3 }) }, logOf([3, 4], [14, 17], [31, 45]))).toEqual(['late 31']);
    expect(found({ trigger: every(10, { mode: 'fixedDelay', jitter: 3 }), until: 15 }, logOf([0, 2]))).toEqual([]);
    expect(found({ trigger: every(10, { mode: 'fixedDelay', jitter: 3 }), until: 16 }, logOf([0, 2]))).toEqual(['missed 12']);
  });

  it('by fixed delay, knows that what falls into a pause is lost when that ends, and what is held up is late', () => {
    const byDelay = { trigger: every(10, { mode: 'fixedDelay' }) };
    const pauses = [{ from: 5, to: 15 }];
    expect(found({ ...byDelay, pauses }, logOf([0, 2], [25, 45]))).toEqual([]);
    expect(found({ ...byDelay, pauses }, logOf([0, 2], [15, 16], [26, 45]))).toEqual(['early 15']);
    expect(found({ ...byDelay, pauses }, logOf([0, 2]))).toEqual(['missed 25']);
    // The run went on through the pause; and at the very instant at which that ends, it can't be told what came first.
    expect(found({ ...byDelay, pauses }, logOf([0, 6], [16, 45]))).toEqual([]);
    expect(found({ ...byDelay, pauses }, logOf([0, 5], [15, 45]))).toEqual([]);
    expect(found({ ...byDelay, pauses }, logOf([0, 5], [25, 45]))).toEqual([]);
    expect(found({ ...byDelay, pauses }, logOf([0, 5], [26, 45]))).toEqual(['late 26']);
    // Nor if the pause begins before the tick had to be handled, or ends when nothing could be.
    expect(found({ ...byDelay, pauses: [{ from: 13, to: 20 }], tolerance: 3 }, logOf([0, 2], [30, 45]))).toEqual([]);
    expect(found({ ...byDelay, pauses: [{ from: 13, to: 20 }], tolerance: 0 }, logOf([0, 2], [30, 45]))).toEqual(['late 30']);
    expect(found({ ...byDelay, pauses, heldUp: [{ from: 15, to: 20 }] }, logOf([0, 2], [30, 45]))).toEqual([]);
    expect(found({ ...byDelay, pauses, heldUp: [{ from: 15, to: 20 }] }, logOf([0, 2], [31, 45]))).toEqual(['late 31']);
    const heldUp = [{ from: 5, to: 30 }];
    expect(found({ ...byDelay, heldUp }, logOf([0, 2], [30, 45]))).toEqual([]);
    expect(found({ ...byDelay, heldUp }, logOf([0, 2], [31, 45]))).toEqual(['late 31']);
    expect(found({ ...byDelay, heldUp: [{ from: 5, to: 20 }] }, logOf([0, 6], [30, 45]))).toEqual([]);
    expect(found({ ...byDelay, heldUp: [{ from: 5, to: 20 }] }, logOf([0, 6], [31, 45]))).toEqual(['late 31']);
    const misfire = { policy: 'skip', grace: 17 } as const;
    expect(found({ ...byDelay, heldUp, misfire }, logOf([0, 2], [40, 45]))).toEqual([]);
    expect(found({ ...byDelay, heldUp, misfire: { ...misfire, grace: 18 } }, logOf([0, 2], [40, 45]))).toEqual(['late 40']);
    expect(found({ ...byDelay, heldUp, misfire }, logOf([0, 2], [41, 45]))).toEqual(['late 41']);
    expect(found({ ...byDelay, heldUp, misfire }, logOf([0, 2]))).toEqual(['missed 40']);
    // What is late by more than the grace is skipped then, and the next tick due an interval later.
    const strict = { ...byDelay, misfire: { policy: 'skip', grace: 2 }, tolerance: 5 } as const;
    expect([14, 24, 27].map((start) => found(strict, logOf([0, 2], [start, 45])))).toEqual([[], [], []]);
    expect([15, 23].map((start) => found(strict, logOf([0, 2], [start, 45])))).toEqual([['late 15'], ['late 23']]);
    // Of two ticks that a run may be of, it is of the one that it is in time for.
    expect(found({ ...byDelay, tolerance: 30, pauses: [{ from: 13, to: 14 }], heldUp: [{ from: 20, to: 40 }] }, logOf([0, 2], [30, 45]))).toEqual([]);
  });

  it('by the calendar and the clock on the wall, in a zone in which clocks are set forward', () => {
    const timeZone = 'America/New_York';
    const week = { scheduledAt: '2026-03-06T14:00:00Z', observedUntil: '2026-03-10T00:00:00Z' };
    const nines = runsAt('2026-03-06T14:00Z', '2026-03-07T14:00Z', '2026-03-08T13:00Z', '2026-03-09T13:00Z');
    expect(found({ ...week, trigger: cron('0 9 * * *', { timeZone }) }, nines)).toEqual([]);
    expect(found({ ...week, trigger: calendar({ days: 1 }, { timeZone }) }, nines)).toEqual([]);
    expect(found({ ...week, trigger: calendar({ days: 1 }, { timeZone, startAt: '2026-03-01T14:00Z' }), startAt: 5 }, nines)).toEqual([]);
    expect(found({ ...week, trigger: every('24h') }, nines)).toEqual([`early ${Date.parse('2026-03-08T13:00Z')}`, `early ${Date.parse('2026-03-09T13:00Z')}`]);
    expect(found({ ...week, trigger: cron('0 9 * * MON-FRI', { timeZone }) }, [nines[0]!, nines[3]!])).toEqual([]);
    expect(found({ ...week, trigger: except(cron('0 9 * * *', { timeZone }), ['2026-03-07', '2026-03-08'], { timeZone }) }, [nines[0]!, nines[3]!])).toEqual([]);
    expect(found({ ...week, trigger: cron('0 9 * * *', { timeZone }) }, [nines[0]!, nines[3]!])).toEqual([`missed ${Date.parse('2026-03-07T14:00Z')}`, `missed ${Date.parse('2026-03-08T13:00Z')}`]);
    expect(found({ ...week, trigger: cron('0 9 * * *', { timeZone }), startAt: '2026-03-07T15:00Z' }, nines.slice(2))).toEqual([]);
  });

  it('of several triggers, and but for another', () => {
    expect(found({ trigger: anyOf(every(8), every(12, { startAt: 2 })), observedUntil: 30 }, runsAt(0, 2, 8, 14, 16, 24, 26))).toEqual([]);
    expect(found({ trigger: anyOf(every(8), every(12, { startAt: 2 })), observedUntil: 30 }, runsAt(0, 8, 14, 16, 24, 26))).toEqual(['missed 2']);
    expect(found({ trigger: anyOf(every(8), every(12, { startAt: 2 })), startAt: 5, observedUntil: 30 }, runsAt(5, 13, 14, 21, 26, 29))).toEqual([]);
    expect(found({ trigger: except(every(10), every(20)) }, runsAt(10, 30))).toEqual([]);
    expect(found({ trigger: except(every(10), every(20)) }, runsAt(10, 20, 30))).toEqual(['phantom 20']);
    expect(found({ trigger: except(every(10), every(20)), pauses: [{ from: 5, to: 15 }] }, runsAt(30))).toEqual([]);
  });

  it('of any other, by the very instants', () => {
    const trigger = [25, new Date(3), 12, '1970-01-01T00:00:00.012Z'];
    expect(found({ trigger, overlap: 'parallel' }, runsAt(3, 12, 12, 25))).toEqual([]);
    expect(found({ trigger, overlap: 'parallel' }, runsAt(3, 12, 25))).toEqual(['missed 12']);
    expect(found({ trigger, overlap: 'parallel' }, runsAt(3, 12, 12, 25, 30))).toEqual(['phantom 30']);
    expect(found({ trigger, overlap: 'parallel', pauses: [{ from: 10, to: 20 }] }, runsAt(3, 25))).toEqual([]);
    expect(found({ trigger, startAt: 20 }, runsAt(25))).toEqual([]);
    expect(found({ trigger, until: 25 }, runsAt(3, 12, 12))).toEqual([]);
    // Of what was due before the task was there, the last one may have run at once.
    expect(found({ trigger, scheduledAt: 20 }, runsAt(25))).toEqual([]);
    expect(found({ trigger, scheduledAt: 20 }, runsAt(20, 25))).toEqual([]);
    expect(found({ trigger, scheduledAt: 20, overlap: 'parallel' }, runsAt(20, 20, 25))).toEqual(['duplicate 20']);
    expect(found({ trigger: [] }, [])).toEqual([]);
    const instants: Date[] = [new Date(5)];
    expect(found({ trigger: instants }, runsAt(5))).toEqual([]);
  });

  it('takes a run for that of the instant that is nearer, though they are far apart', () => {
    const hour = 3_600_000;
    const trigger = [0, 5, 10, 60].map((hours) => hours * hour);
    expect(found({ trigger, observedUntil: 70 * hour }, runsAt(0.3 * hour, 9.8 * hour, 60.3 * hour))).toEqual([`late ${0.3 * hour}`, `missed ${5 * hour}`, `early ${9.8 * hour}`, `late ${60.3 * hour}`]);
  });
});

describe('checkRuns, of ticks that come late', () => {
  const heldUp = [{ from: 15, to: 53 }];
  const parallel = { heldUp, overlap: 'parallel', observedUntil: 65 } as const;

  it("with 'latest', asks for the newest of all that is due by then, if any of it is late", () => {
    expect(found(parallel, runsAt(0, 10, 53, 60))).toEqual([]);
    expect(found(parallel, runsAt(0, 10, 60))).toEqual(['missed 50']);
    const misfire = { policy: 'latest', grace: 32 } as const;
    expect(found({ ...parallel, misfire }, runsAt(0, 10, 53, 60))).toEqual([]);
    expect(found({ ...parallel, misfire: { ...misfire, grace: 33 } }, runsAt(0, 10, 53, 60))).toEqual(['missed 20', 'missed 30', 'missed 40']);
    expect(found({ ...parallel, misfire: { ...misfire, grace: 33 } }, runsAt(0, 10, 53, 53, 53, 53, 60))).toEqual([]);
    // With a tolerance, the tick of 60 may have been due by then, too.
    expect(found({ ...parallel, tolerance: 7 }, runsAt(0, 10, 60))).toEqual([]);
    expect(found({ ...parallel, tolerance: 6 }, runsAt(0, 10, 60))).toEqual(['missed 50']);
  });

  it("with 'all', asks for the newest of them, as many as the limit says", () => {
    const misfire = { policy: 'all', grace: 5 } as const;
    expect(found({ ...parallel, misfire }, runsAt(0, 10, 53, 53, 53, 53, 60))).toEqual([]);
    expect(found({ ...parallel, misfire }, runsAt(0, 10, 53, 53, 53, 60))).toHaveLength(1);
    expect(found({ ...parallel, misfire: { ...misfire, limit: 3 } }, runsAt(0, 10, 53, 53, 53, 60))).toEqual([]);
    expect(found({ ...parallel, misfire: { ...misfire, limit: 3 } }, runsAt(0, 10, 53, 53, 60))).toHaveLength(1);
    // Its overlap applies.
    expect(found({ heldUp, misfire, observedUntil: 65 }, logOf([0, 1], [10, 11], [53, 54], [60, 61]))).toEqual([]);
    expect(found({ heldUp, misfire, observedUntil: 75, overlap: 'queue', maxQueued: 2 }, logOf([0, 1], [10, 11], [53, 54], [54, 55], [55, 56], [60, 61], [70, 71]))).toEqual([]);
  });

  it("with 'skip', asks for none that is late, and lets none run", () => {
    const misfire = { policy: 'skip', grace: 5 } as const;
    expect(found({ ...parallel, misfire }, runsAt(0, 10, 53, 60))).toEqual([]);
    expect(found({ ...parallel, misfire }, runsAt(0, 10, 60))).toEqual(['missed 50']);
    expect(found({ ...parallel, misfire: { ...misfire, grace: 2 } }, runsAt(0, 10, 60))).toEqual([]);
    expect(found({ ...parallel, misfire: { ...misfire, grace: 2 } }, runsAt(0, 10, 53, 60))).toHaveLength(1);
    expect(found({ ...parallel, misfire }, runsAt(0, 10, 53, 53, 60))).toHaveLength(1);
    // Where a tick may be late by more than the grace, and run no later than the tolerance, nobody knows.
    expect(found({ misfire: { ...misfire, grace: 2 }, tolerance: 3 }, without(20))).toEqual([]);
    expect(found({ misfire: { ...misfire, grace: 3 }, tolerance: 3 }, without(20))).toEqual(['missed 20']);
  });

  it("with 'skip', asks for a single tick that waited for the end of a pause", () => {
    const misfire = { policy: 'skip', grace: 5 } as const;
    expect(found({ trigger: once(20), misfire, pauses: heldUp, observedUntil: 60 }, runsAt(53))).toEqual([]);
    expect(found({ trigger: once(20), misfire, pauses: heldUp, observedUntil: 60 }, [])).toEqual(['missed 20']);
    expect(found({ trigger: once(20), misfire, heldUp, observedUntil: 60 }, [])).toEqual([]);
    expect(found({ trigger: once(20), misfire, heldUp, observedUntil: 60 }, runsAt(53))).toEqual(['phantom 53']);
    expect(found({ trigger: once(20), heldUp, observedUntil: 60 }, [])).toEqual(['missed 20']);
  });

  it('knows that a pause may come before a tick that is handled within the tolerance', () => {
    const pauses = [{ from: 21, to: 25 }];
    expect(found({ pauses, tolerance: 0 }, without(20))).toEqual(['missed 20']);
    expect(found({ pauses, tolerance: 1 }, without(20))).toEqual([]);
    expect(found({ trigger: once(20), pauses, tolerance: 1 }, runsAt(26))).toEqual([]);
    expect(found({ trigger: once(20), pauses, tolerance: 1 }, runsAt(27))).toEqual(['late 27']);
    expect(found({ trigger: once(20), pauses, tolerance: 0 }, runsAt(25))).toEqual(['late 25']);
  });
});

describe('checkRuns, of attempts', () => {
  const fixed: Partial<CheckedSchedule> = { trigger: every(100), observedUntil: 95, retry: { maxAttempts: 3, backoff: 'fixed', delay: 5 } };

  it('takes the attempts of a run for one run', () => {
    expect(found(fixed, attemptsOf('a', [0, 2, 'failed'], [7, 8, 'failed'], [13, 14, 'failed']))).toEqual([]);
    expect(found(fixed, attemptsOf('a', [0, 2, 'failed'], [7, 8]))).toEqual([]);
    expect(found(fixed, [...attemptsOf('a', [0, 2, 'failed'], [7, 8])].reverse())).toEqual([]);
    const retry = { maxAttempts: 9, delay: 3, maxDelay: 10 };
    expect(found({ ...fixed, retry, tolerance: 1 }, attemptsOf('a', [0, 0, 'failed'], [3, 3, 'failed'], [9, 9, 'failed'], [20, 20, 'failed'], [30, 31]))).toEqual([]);
    expect(found({ ...fixed, retry, tolerance: 1 }, attemptsOf('a', [0, 0, 'failed'], [3, 3, 'failed'], [9, 9, 'failed'], [21, 21, 'failed'], [31, 31]))).toEqual(['late 21']);
    expect(found({ ...fixed, retry: 2, tolerance: 0, observedUntil: 3_000, trigger: once(0) }, attemptsOf('a', [0, 0, 'failed'], [1_000, 1_000, 'failed']))).toEqual([]);
  });

  it('tells an attempt that is early, late, missed, doubled, or one that nothing asked for', () => {
    expect(found(fixed, attemptsOf('a', [0, 2, 'failed'], [6, 8]))).toEqual(['early 6']);
    expect(found(fixed, attemptsOf('a', [0, 2, 'failed'], [8, 9]))).toEqual(['late 8']);
    expect(found({ ...fixed, tolerance: 1 }, attemptsOf('a', [0, 2, 'failed'], [8, 9]))).toEqual([]);
    expect(found(fixed, attemptsOf('a', [0, 2, 'failed']))).toEqual(['missed 7']);
    const two = attemptsOf('a', [0, 2, 'failed'], [7, 9]);
    expect(found(fixed, [...two, { ...two[1]! }])).toEqual(['duplicate 7']);
    expect(found(fixed, [...two, { ...two[0]! }])).toEqual(['duplicate 0']);
    expect(found(fixed, attemptsOf('a', [0, 2, 'failed'], [7, 8, 'failed'], [13, 14, 'failed'], [19, 20]))).toEqual(['phantom 19']);
    expect(found(fixed, attemptsOf('a', [0, 2], [7, 8]))).toEqual(['phantom 7']);
    expect(found(fixed, attemptsOf('a', [0, 2, 'cancelled'], [7, 8]))).toEqual(['phantom 7']);
    expect(found({ trigger: every(100), observedUntil: 95 }, two)).toEqual(['phantom 7']);
    expect(found(fixed, attemptsOf('a', [0, 2, 'failed'], [7, 8, 'failed'], [13, 14]).filter(({ attempt }) => attempt !== 2))).toEqual(['phantom 13']);
    expect(found(fixed, two.slice(1))).toEqual(['missed 0', 'phantom 7']);
    expect(found({ ...fixed, pauses: [{ from: 5, to: 9 }] }, two.slice(1))).toEqual(['missed 0', 'phantom 7']);
    expect(found(fixed, [...two.slice(1), ...logOf([0, 20])])).toEqual(['phantom 7']);
    // What it did to others is not asked.
    expect(found({ ...fixed, trigger: every(10), observedUntil: 29 }, attemptsOf('a', [0, 2], [7, 28]))).toEqual(['phantom 7']);
  });

  it('takes a run for ended that waited beside the one whose failure has ended the task', () => {
    const rules = { overlap: 'parallel', maxParallel: 2, afterFailure: 'stop', deadline: 25, retry: { maxAttempts: 2, backoff: 'fixed', delay: 8, jitter: 'equal' } } as const;
    expect(found(rules, [...attemptsOf('a', [0, 17, 'failed']), ...logOf([10, 10]), { startedAt: 20, endedAt: 20, outcome: 'failed', retryAfter: false }])).toEqual([]);
  });

  it('names the attempt, and for one that is missed the one before', () => {
    const [first] = attemptsOf('a', [0, 2, 'failed']);
    expect(checkRuns({ ...every10, ...fixed }, [first!])).toEqual([{ kind: 'missed', at: 7, due: 7, run: first }]);
    const [, second] = attemptsOf('a', [0, 2, 'failed'], [6, 8]);
    expect(checkRuns({ ...every10, ...fixed }, [first!, second!])).toEqual([{ kind: 'early', at: 6, due: 7, run: second }]);
  });

  it('knows how much of a wait is left to chance', () => {
    const waits = (jitter: 'full' | 'equal', start: number) => found({ ...fixed, retry: { maxAttempts: 2, delay: 6, jitter } }, attemptsOf('a', [0, 2, 'failed'], [start, start]));
    expect([2, 3, 8].map((start) => waits('full', start))).toEqual([[], [], []]);
    expect(waits('full', 9)).toEqual(['late 9']);
    expect([5, 8].map((start) => waits('equal', start))).toEqual([[], []]);
    expect(waits('equal', 4)).toEqual(['early 4']);
    expect(waits('equal', 9)).toEqual(['late 9']);
    // Half of 5 is 2.5; a clock that shows whole milliseconds makes 2 of that.
    expect(found({ ...fixed, retry: { maxAttempts: 2, delay: 5, jitter: 'equal' } }, attemptsOf('a', [0, 2, 'failed'], [4, 4]))).toEqual([]);
    expect(found({ ...fixed, retry: { maxAttempts: 2, delay: 5, jitter: 'equal' } }, attemptsOf('a', [0, 2, 'failed'], [3, 3]))).toEqual(['early 3']);
  });

  it('goes by what the work asked for', () => {
    const asks = (retryAfter: LoggedRun['retryAfter'], ...rest: Parameters<typeof logOf>) => found(fixed, attemptsOf('a', [0, 2, 'failed'], ...rest).map((attempt, i) => (i === 0 ? { ...attempt, retryAfter } : attempt)));
    expect(asks(20, [22, 23])).toEqual([]);
    expect(asks('20ms', [22, 23])).toEqual([]);
    expect(asks(20, [7, 23])).toEqual(['early 7']);
    expect(asks(20, [23, 24])).toEqual(['late 23']);
    expect(asks(20)).toEqual(['missed 22']);
    expect(asks(false)).toEqual([]);
    expect(asks(false, [7, 8])).toEqual(['phantom 7']);
    expect(asks(null as never, [7, 8])).toEqual([]);
  });

  it('asks for no attempt that something excuses', () => {
    const failed = attemptsOf('a', [0, 2, 'failed']);
    expect(found({ ...fixed, observedUntil: 7 }, failed)).toEqual([]);
    expect(found({ ...fixed, endedAt: 7 }, failed)).toEqual([]);
    expect(found({ ...fixed, endedAt: 8 }, failed)).toEqual(['missed 7']);
    expect(found({ ...fixed, endedAt: 6 }, attemptsOf('a', [0, 2, 'failed'], [7, 8]))).toEqual(['phantom 7']);
    expect(found({ ...fixed, deadline: 7 }, failed)).toEqual([]);
    expect(found({ ...fixed, deadline: 8 }, failed)).toEqual(['missed 7']);
    expect(found({ ...fixed, deadline: 7 }, attemptsOf('a', [0, 2, 'failed'], [7, 7]))).toEqual(['phantom 7']);
    const chancy = { ...fixed, retry: { maxAttempts: 2, delay: 6, jitter: 'full' }, deadline: 7 } as const;
    expect(found(chancy, attemptsOf('a', [0, 2, 'failed'], [6.5, 7]))).toEqual([]);
    expect(found(chancy, attemptsOf('a', [0, 2, 'failed'], [7, 7]))).toEqual(['phantom 7']);
    expect(found({ ...chancy, heldUp: [{ from: 6, to: 9 }] }, attemptsOf('a', [0, 2, 'failed'], [9, 9]))).toEqual([]);
    const pauses = [{ from: 5, to: 20 }];
    expect(found({ ...fixed, pauses }, attemptsOf('a', [0, 2, 'failed'], [20, 21]))).toEqual([]);
    expect(found({ ...fixed, pauses }, attemptsOf('a', [0, 2, 'failed'], [7, 8]))).toEqual(['phantom 7']);
    expect(found({ ...fixed, pauses }, attemptsOf('a', [0, 2, 'failed'], [21, 22]))).toEqual(['late 21']);
    expect(found({ ...fixed, pauses, deadline: 15 }, failed)).toEqual([]);
    const heldUp = [{ from: 5, to: 20 }];
    expect(found({ ...fixed, heldUp }, attemptsOf('a', [0, 2, 'failed'], [20, 21]))).toEqual([]);
    expect(found({ ...fixed, heldUp }, attemptsOf('a', [0, 2, 'failed'], [21, 22]))).toEqual(['late 21']);
    expect(found({ ...fixed, heldUp }, failed)).toEqual(['missed 7']);
    // The end of the attempt was heard of when nothing was held up any more.
    expect(found({ ...fixed, heldUp: [{ from: 1, to: 20 }] }, attemptsOf('a', [0, 2, 'failed'], [25, 26]))).toEqual([]);
  });

  it('knows that a run is in progress while it waits for its next attempt', () => {
    const retry = { maxAttempts: 2, backoff: 'fixed', delay: 12 } as const;
    expect(found({ retry, observedUntil: 29 }, [...attemptsOf('a', [0, 2, 'failed'], [14, 16]), ...logOf([20, 21])])).toEqual([]);
    expect(found({ retry, observedUntil: 29 }, [...attemptsOf('a', [0, 2, 'failed'], [14, 16]), ...logOf([10, 11], [20, 21])])).toEqual(['overlapping 10']);
    expect(found({ retry, overlap: 'queue', observedUntil: 29 }, [...attemptsOf('a', [0, 2, 'failed'], [14, 16]), ...logOf([16, 17], [20, 21])])).toEqual([]);
    expect(found({ retry, overlap: 'parallel', maxParallel: 2, observedUntil: 19 }, [...attemptsOf('a', [0, 2, 'failed'], [14, 16]), ...logOf([10, 11])])).toEqual([]);
    expect(found({ retry, overlap: 'parallel', maxParallel: 1, observedUntil: 19 }, [...attemptsOf('a', [0, 2, 'failed'], [14, 16]), ...logOf([10, 11])])).toEqual(['overlapping 10']);
    // It still waits when the log ends.
    expect(found({ retry: { ...retry, delay: 60 } }, attemptsOf('a', [0, 2, 'failed']))).toEqual([]);
    // By fixed delay, the next tick comes after the last attempt.
    expect(found({ retry, trigger: every(10, { mode: 'fixedDelay' }) }, [...attemptsOf('a', [0, 2, 'failed'], [14, 16]), ...logOf([26, 45])])).toEqual([]);
    expect(found({ retry, trigger: every(10, { mode: 'fixedDelay' }) }, [...attemptsOf('a', [0, 2, 'failed'], [14, 16]), ...logOf([12, 13])])).toEqual(['overlapping 12', 'missed 26']);
    expect(found({ retry, trigger: every(10, { mode: 'fixedDelay' }), observedUntil: 14 }, attemptsOf('a', [0, 2, 'failed']))).toEqual([]);
    // It failed at once, if its wait was too long for its deadline; or by that, as it waited for the end of the pause.
    const limited = { trigger: every(10, { mode: 'fixedDelay' }), retry: { maxAttempts: 2, delay: 6, jitter: 'full' }, deadline: 7, pauses: [{ from: 4, to: 9 }], observedUntil: 18 } as const;
    expect([12, 17].map((start) => found(limited, [...attemptsOf('a', [0, 2, 'failed']), ...logOf([start, 18])]))).toEqual([[], []]);
    expect([11, 18].map((start) => found(limited, [...attemptsOf('a', [0, 2, 'failed']), ...logOf([start, 18])]))).toEqual([['early 11'], ['late 18']]);
    // And ticks may have found it in progress, or not.
    const chancy = { retry: { maxAttempts: 2, delay: 20, jitter: 'full' }, deadline: 15, tolerance: 3, observedUntil: 19 } as const;
    expect(found(chancy, attemptsOf('a', [0, 2, 'failed']))).toEqual([]);
    expect(found(chancy, [...attemptsOf('a', [0, 2, 'failed']), ...logOf([10, 11])])).toEqual([]);
    expect(found({ ...chancy, retry: { ...chancy.retry, maxAttempts: 1 } }, attemptsOf('a', [0, 2, 'failed']))).toEqual(['missed 10']);
    // A run that waits leaves no room for another.
    expect(found({ retry, deadline: 15, tolerance: 3, observedUntil: 19 }, [...attemptsOf('a', [0, 2, 'failed']), ...logOf([10, 11])])).toEqual(['overlapping 10']);
    // It had failed at once where another one began before its deadline, so none had to wait for it after that.
    const queue = { overlap: 'queue', retry: { maxAttempts: 2, backoff: 'fixed', delay: 8, jitter: 'full' }, deadline: 25, tolerance: 3, observedUntil: 29 } as const;
    expect(found(queue, [...attemptsOf('a', [0, 19, 'failed']), ...logOf([19, 19], [23, 23])])).toEqual([]);
    expect(found(queue, [...attemptsOf('a', [0, 19, 'failed']), ...logOf([19, 19], [25, 25])])).toEqual(['late 25']);
  });

  it('knows that a newer run takes the place of one that waits', () => {
    const replace = { retry: { maxAttempts: 2, backoff: 'fixed', delay: 12 }, overlap: 'replace', observedUntil: 19 } as const;
    expect(found(replace, [...attemptsOf('a', [0, 2, 'failed']), ...attemptsOf('b', [10, 11])])).toEqual([]);
    expect(found(replace, [...attemptsOf('a', [0, 2, 'failed'], [14, 15]), ...attemptsOf('b', [10, 11])])).toEqual(['overlapping 10']);
    expect(found({ ...replace, retry: { ...replace.retry, delay: 7 } }, [...attemptsOf('a', [0, 2, 'failed']), ...attemptsOf('b', [10, 11])])).toEqual(['missed 9']);
    expect(found({ ...replace, retry: { ...replace.retry, delay: 8 } }, [...attemptsOf('a', [0, 2, 'failed']), ...attemptsOf('b', [10, 11])])).toEqual([]);
    // Nor is it sure then that it has failed, and so has ended the task.
    expect(found({ ...replace, retry: { ...replace.retry, jitter: 'full' }, deadline: 13, afterFailure: 'stop' }, [...attemptsOf('a', [0, 2, 'failed']), ...attemptsOf('b', [10, 11])])).toEqual([]);
  });

  it('takes the outcome of the last attempt for that of the run', () => {
    const stop = { retry: { maxAttempts: 2, backoff: 'fixed', delay: 3 }, afterFailure: 'stop', observedUntil: 19 } as const;
    const next = logOf([10, 11]);
    expect(found(stop, [...attemptsOf('a', [0, 2, 'failed'], [5, 6]), ...next])).toEqual([]);
    expect(found(stop, [...attemptsOf('a', [0, 2, 'failed'], [5, 6, 'failed']), ...next])).toEqual(['phantom 10']);
    expect(found(stop, attemptsOf('a', [0, 2, 'failed'], [5, 6, 'failed']))).toEqual([]);
    expect(found(stop, attemptsOf('a', [0, 2, 'failed'], [5, 6]))).toEqual(['missed 10']);
    // One that no attempt follows has failed: at once, or by its deadline.
    expect(found({ ...stop, deadline: 5 }, attemptsOf('a', [0, 2, 'failed']))).toEqual([]);
    expect(found({ ...stop, deadline: 5 }, [...attemptsOf('a', [0, 2, 'failed']), ...next])).toEqual(['phantom 10']);
    const paused = { ...stop, deadline: 8, pauses: [{ from: 4, to: 9 }] };
    expect(found(paused, [...attemptsOf('a', [0, 2, 'failed']), ...next])).toEqual(['phantom 10']);
    expect(found(paused, attemptsOf('a', [0, 2, 'failed']))).toEqual([]);
    // When a deadline has ended it, its attempt was not there yet.
    expect(found({ ...stop, retry: { ...stop.retry, delay: 0 }, deadline: 12, tolerance: 12, observedUntil: 39 }, [...attemptsOf('a', [0, 0, 'failed']), ...logOf([17, 18])])).toEqual(['phantom 17']);
    // And when another run began before its deadline, it had failed at once, and with it the task.
    for (const only of [{ overlap: 'skip' }, { overlap: 'parallel', maxParallel: 1 }] as const) {
      const equal = { ...stop, ...only, retry: { maxAttempts: 2, backoff: 'fixed', delay: 8, jitter: 'equal' }, deadline: 12, tolerance: 12, observedUntil: 39 } as const;
      expect(found(equal, [...attemptsOf('a', [9, 13, 'failed']), ...attemptsOf('b', [14, 14, 'failed'], [18, 18, 'failed'])])).toEqual(['phantom 14', 'phantom 18']);
    }
    // A failure of one run ends the wait of another.
    const parallel = { ...stop, overlap: 'parallel', observedUntil: 39, retry: { maxAttempts: 2, backoff: 'fixed', delay: 9 } } as const;
    expect(found(parallel, [...attemptsOf('a', [0, 2, 'failed'], [11, 12, 'failed']), ...attemptsOf('b', [10, 11, 'failed'])])).toEqual([]);
    expect(found(parallel, [...attemptsOf('a', [0, 2, 'failed'], [11, 12, 'failed']), ...attemptsOf('b', [10, 11, 'failed'], [20, 21])])).toEqual(['phantom 20']);
  });

  it('asks nothing of an attempt whose end is lost, but that it has one', () => {
    const log = [{ startedAt: 0, runId: 'a' }, { startedAt: 40, endedAt: 41, runId: 'a', attempt: 2 }];
    expect(found({ ...fixed, timeout: 5 }, log)).toEqual([]);
    expect(found({ ...fixed, longestRun: 20 }, log)).toEqual(['silent 0']);
  });

  it('is quick with 20,000 attempts of which each is wrong', () => {
    const attempts = Array.from({ length: 20_000 }, (_, i) => ({ startedAt: i * 1_000, endedAt: i * 1_000 + 1, outcome: 'failed' as const, runId: String(Math.floor(i / 10_000)), attempt: (i % 10_000) + 1 }));
    const long = { trigger: every(10_000_000), observedUntil: 20_000_000, retry: { maxAttempts: Infinity, delay: 500, backoff: 'fixed' } } as const;
    expect(found(long, attempts)).toHaveLength(20_000);
  });
});

describe('checkRuns, of time limits', () => {
  it('tells an attempt that goes on for longer than its timeout', () => {
    expect(found({ timeout: 3 }, good)).toEqual([]);
    expect(found({ timeout: 2 }, good)).toEqual([]);
    expect(found({ timeout: 1 }, good.slice(0, 1))).toContain('overrun 0');
    expect(found({ timeout: 1, tolerance: 1 }, good)).toEqual([]);
    expect(found({ timeout: 4 }, [...without(40), ...logOf(40)])).toEqual(['overrun 40']);
    expect(found({ timeout: 5 }, [...without(40), ...logOf(40)])).toEqual([]);
    expect(found({ timeout: 1, heldUp: [{ from: 40.5, to: 42 }], endedAt: 41, trigger: once(40) }, logOf([40, 42]))).toEqual([]);
    expect(found({ timeout: 1, heldUp: [{ from: 41.5, to: 42 }], trigger: once(40) }, logOf([40, 42]))).toEqual(['overrun 40']);
    const retry = { maxAttempts: 2, backoff: 'fixed', delay: 3 } as const;
    expect(found({ timeout: 4, retry, trigger: once(0) }, attemptsOf('a', [0, 4, 'failed'], [7, 11, 'failed']))).toEqual([]);
    expect(found({ timeout: 4, retry, trigger: once(0) }, attemptsOf('a', [0, 4, 'failed'], [7, 12, 'failed']))).toEqual(['overrun 7']);
  });

  it('tells a run that goes on for longer than its deadline', () => {
    const retry = { maxAttempts: 9, backoff: 'fixed', delay: 3 } as const;
    const limited = { deadline: 12, retry, trigger: once(0) };
    expect(found(limited, attemptsOf('a', [0, 2, 'failed'], [5, 6, 'failed'], [9, 12, 'failed']))).toEqual([]);
    expect(found(limited, attemptsOf('a', [0, 2, 'failed'], [5, 6, 'failed'], [9, 13, 'failed']))).toEqual(['overrun 0']);
    expect(found(limited, attemptsOf('a', [0, 2, 'failed'], [5, 6, 'failed'], [9, 10, 'failed']))).toEqual([]);
    expect(found(limited, attemptsOf('a', [0, 2, 'failed'], [5, 5, 'failed']))).toEqual(['missed 8']);
    expect(found({ ...limited, timeout: 12 }, logOf([0, 13]))).toEqual(['overrun 0']);
    expect(found({ ...limited, heldUp: [{ from: 11, to: 14 }] }, logOf([0, 14]))).toEqual([]);
    // A wait that is left to chance may be one that ends too late.
    const chancy = { ...limited, retry: { ...retry, delay: 20, jitter: 'full' } } as const;
    expect(found(chancy, attemptsOf('a', [0, 2, 'failed']))).toEqual([]);
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

/** What befalls an attempt: how long it takes, whether it fails, what it asks for then, and which of the waits that may be is taken. */
interface AttemptFate {
  readonly length: number;
  readonly fails: boolean;
  readonly asked: number | false | undefined;
  readonly wait: number;
  /** How late the timers are that end it, and that begin the next one. */
  readonly lags: readonly [number, number];
}

const arbitraryFate = fc.record({
  length: fc.oneof(fc.nat({ max: 4 }), fc.nat({ max: 20 })),
  fails: fc.boolean(),
  asked: fc.oneof({ weight: 8, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.constant(false as const) }, { weight: 1, arbitrary: fc.nat({ max: 15 }) }),
  wait: fc.nat(),
  lags: fc.tuple(fc.nat({ max: 12 }), fc.nat({ max: 12 })),
});

const arbitraryAttempts = fc.record({
  retry: fc.record({
    maxAttempts: fc.integer({ min: 1, max: 4 }),
    backoff: fc.constantFrom('fixed' as const, 'exponential' as const),
    delay: fc.constantFrom(0, 2, 4, 8),
    maxDelay: fc.constantFrom(6, 10, 100),
    jitter: fc.constantFrom('none' as const, 'full' as const, 'equal' as const),
  }),
  timeout: fc.constantFrom(Infinity, Infinity, 3, 8),
  deadline: fc.constantFrom(Infinity, Infinity, 12, 25),
  fates: fc.array(fc.array(arbitraryFate, { minLength: 4, maxLength: 4 }), { minLength: TICKS, maxLength: TICKS }),
});

/** The attempts of a run, and when it was over. */
function playRun(task: AttemptCase, runId: string, first: number, fates: readonly AttemptFate[]): { readonly attempts: FullAttempt[]; readonly over: number; readonly failed: boolean } {
  const { tolerance, timeout, deadline, maxAttempts } = task;
  const limit = first + deadline;
  const attempts: FullAttempt[] = [];
  let startedAt = first;
  for (const [i, { length, fails, asked, wait, lags }] of fates.entries()) {
    const [lateEnd, lateStart] = lags.map((lag) => Math.min(lag, tolerance)) as [number, number];
    const cutAt = Math.max(startedAt, Math.min(startedAt + timeout, limit) + lateEnd);
    const isCut = startedAt + length > cutAt;
    const endedAt = isCut ? cutAt : startedAt + length;
    const failed = isCut || fails;
    const attempt: FullAttempt = { runId, attempt: i + 1, startedAt, endedAt, outcome: failed ? 'failed' : 'completed', retryAfter: fails && !isCut ? asked : undefined };
    attempts.push(attempt);
    if (!failed || i + 1 === maxAttempts || attempt.retryAfter === false || (isCut && limit <= startedAt + timeout)) return { attempts, over: endedAt, failed };
    const waits = waitsAfter(task, attempt);
    const due = endedAt + waits[wait % waits.length]!;
    if (due >= limit) return { attempts, over: endedAt, failed };
    // Its deadline may come first.
    if (due + lateStart > limit + lateEnd) return { attempts, over: limit + lateEnd, failed };
    startedAt = due + lateStart;
  }
  throw new Error('There are more attempts than fates.');
}

/** The log that a scheduler leaves which keeps all promises, at a leisurely pace. */
function legalAttempts(task: AttemptCase, { delays, fates }: { readonly delays: readonly number[]; readonly fates: readonly (readonly AttemptFate[])[] }): FullAttempt[] {
  const { tolerance, overlap, maxQueued, maxParallel, afterFailure } = task;
  const runs: ({ readonly start: number } & ReturnType<typeof playRun>)[] = [];
  let end = Infinity;
  let handledAt = 0;
  for (let i = 0; i < TICKS; i++) {
    handledAt = Math.max(handledAt, i * INTERVAL + Math.min(delays[i]!, tolerance));
    const inProgress = runs.filter(({ start, over }) => start <= handledAt && over > handledAt).length;
    const inLine = runs.filter(({ start }) => start > handledAt).length;
    if (overlap === 'queue' ? inProgress > 0 && inLine >= maxQueued : inProgress >= (overlap === 'skip' ? 1 : maxParallel)) continue;
    const start = overlap === 'queue' ? Math.max(handledAt, runs.at(-1)?.over ?? 0) : handledAt;
    if (start >= end) break;
    const run = playRun(task, `run ${i}`, start, fates[i]!);
    runs.push({ start, ...run });
    if (run.failed && afterFailure === 'stop') end = Math.min(end, run.over);
  }
  return runs.flatMap(({ attempts }) => attempts).filter(({ startedAt }) => startedAt <= end);
}

type Fates = typeof arbitraryCase extends fc.Arbitrary<infer A> ? typeof arbitraryAttempts extends fc.Arbitrary<infer B> ? A & B : never : never;

/**
 * The rule counts in whole milliseconds, the checker does not: an attempt due just before its deadline, and as late as can be, leaves
 * less than two of them in which the one says no and the other can't be sure.
 */
const EDGE = 2;

describe('the checker of attempts, checked by a rule that tries everything', () => {
  const arbitrary = fc.tuple(arbitraryCase, arbitraryAttempts).map(([a, b]): Fates => ({ ...a, ...b }));
  const attemptCaseOf = (some: Fates, tolerance: number): AttemptCase => ({ ...caseOf({ ...some, tolerance }), ...some.retry, timeout: some.timeout, deadline: some.deadline });
  const checkAttempts = ({ tolerance, overlap, maxQueued, maxParallel, afterFailure, maxAttempts, backoff, delay, maxDelay, jitter, timeout, deadline }: AttemptCase, log: readonly LoggedRun[]) => checkRuns({
    trigger: every(INTERVAL), scheduledAt: 0, until: TICKS * INTERVAL, observedUntil: 10_000, tolerance, overlap, maxQueued, maxParallel, afterFailure,
    retry: { maxAttempts, backoff, delay, maxDelay, jitter }, timeout: timeout === Infinity ? undefined : timeout, deadline: deadline === Infinity ? undefined : deadline,
  }, log);

  it('gives no false alarm: not in 1,000 logs that are as they should be', () => {
    let again = 0;
    fc.assert(fc.property(arbitrary, (some) => {
      const task = attemptCaseOf(some, some.tolerance);
      const log = legalAttempts(task, some);
      again += log.filter(({ attempt }) => attempt > 1).length;
      expect(areLegalAttempts(task, log)).toBe(true);
      expect(checkAttempts(task, log)).toEqual([]);
    }), { numRuns: 1_000 });
    expect(again).toBeGreaterThan(1_000);
  });

  it.each(TOLERANCES)('finds all of more than 400 faults that were put into good logs, with a tolerance of %d ms', (tolerance) => {
    const tried = { drop: 0, double: 0, early: 0, late: 0, outcome: 0, oneMore: 0, overrun: 0 };
    const mutation = fc.constantFrom(...(Object.keys(tried) as (keyof typeof tried)[]));
    fc.assert(fc.property(arbitrary, mutation, fc.nat(), (some, kind, pick) => {
      // When a deadline ended a run that waited is in no log, and of runs side by side only the rule tries all such ends together.
      if (some.overlap === 'parallel' && some.deadline < Infinity) return;
      const task = attemptCaseOf(some, tolerance);
      const log = legalAttempts(task, some);
      const chosen = log[pick % Math.max(1, log.length)];
      if (!chosen) return;
      const ofRun = log.filter(({ runId }) => runId === chosen.runId);
      const [first, last] = [ofRun[0]!, ofRun.at(-1)!];
      const one = kind === 'oneMore' || (kind === 'overrun' && task.timeout === Infinity) ? last : chosen;
      const others = log.filter((other) => other !== one);
      const shift = kind === 'early' ? -1 : tolerance + EDGE + 1;
      const limit = task.timeout === Infinity ? first.startedAt + task.deadline : one.startedAt + task.timeout;
      if (kind === 'overrun' && limit === Infinity) return;
      const wait = Math.max(...waitsAfter(task, one));
      const mutated = {
        drop: () => others,
        double: () => [...log, { ...one }],
        early: () => [...others, { ...one, startedAt: one.startedAt + shift, endedAt: one.endedAt + shift }],
        late: () => [...others, { ...one, startedAt: one.startedAt + shift, endedAt: one.endedAt + shift }],
        outcome: () => [...others, { ...one, outcome: one.outcome === 'failed' ? 'completed' as const : 'failed' as const }],
        oneMore: () => [...log, { ...one, attempt: one.attempt + 1, startedAt: one.endedAt + wait, endedAt: one.endedAt + wait, outcome: 'completed' as const }],
        overrun: () => [...others, { ...one, endedAt: limit + tolerance + EDGE + 1 }],
      }[kind]();
      // Some are no faults: an attempt may be as good where it is now, or so near the edge of a limit that the checker leaves it be.
      if (areLegalAttempts(task, mutated) || areLegalAttempts({ ...task, tolerance: tolerance + EDGE }, mutated)) return;
      tried[kind]++;
      expect(checkAttempts(task, mutated)).not.toEqual([]);
    }), { numRuns: 1_500 });
    expect(Object.values(tried).reduce((sum, n) => sum + n)).toBeGreaterThan(400);
    expect(Math.min(...Object.values(tried))).toBeGreaterThan(5);
  });
});

/** A task whose ticks are left to chance, or follow on its runs; and what befalls it. */
const arbitraryGaps = fc.record({
  mode: fc.constantFrom('fixedRate' as const, 'fixedDelay' as const),
  jitter: fc.constantFrom(0, 0, 3, INTERVAL),
  /** Which of the instants that its jitter lets be each tick is due at, how late it is handled, and how long its run takes. */
  ticks: fc.array(fc.tuple(fc.nat(), fc.nat({ max: 12 }), fc.nat({ max: 15 })), { minLength: TICKS, maxLength: TICKS }),
});

interface Gaps {
  readonly mode: 'fixedRate' | 'fixedDelay';
  readonly jitter: number;
  readonly ticks: readonly (readonly [number, number, number])[];
}

describe('the checker of ticks that nobody knows beforehand, checked by a rule', () => {
  const checkGaps = ({ mode, jitter }: Gaps, tolerance: number, log: readonly LoggedRun[]) =>
    checkRuns({ trigger: every(INTERVAL, { mode, jitter }), scheduledAt: 0, maxRuns: TICKS, overlap: 'parallel', observedUntil: 400, tolerance }, log);
  /** From when on a tick may be due: by the grid, or after the run before it. */
  const earliest = ({ mode }: Gaps, i: number, before: LoggedRun | undefined): number => (mode === 'fixedRate' ? i * INTERVAL : before ? before.endedAt! + INTERVAL : 0);
  const isGood = (task: Gaps, tolerance: number, log: readonly LoggedRun[]): boolean => log.length === TICKS
    && [...log].sort((a, b) => a.startedAt - b.startedAt).every(({ startedAt }, i, sorted) => {
      const from = earliest(task, i, sorted[i - 1]);
      return startedAt >= from && startedAt <= from + task.jitter + tolerance;
    });
  const goodLog = (task: Gaps, tolerance: number): LoggedRun[] => {
    const log: LoggedRun[] = [];
    for (const [i, [chosen, lag, length]] of task.ticks.entries()) {
      const due = earliest(task, i, log.at(-1)) + chosen % (task.jitter + 1);
      const startedAt = Math.max(log.at(-1)?.startedAt ?? 0, due + Math.min(lag, tolerance));
      log.push({ startedAt, endedAt: startedAt + length });
    }
    return log;
  };

  it('gives no false alarm: not in 1,000 logs that are as they should be', () => {
    fc.assert(fc.property(arbitraryGaps, fc.constantFrom(...TOLERANCES), (task, tolerance) => {
      const log = goodLog(task, tolerance);
      expect(isGood(task, tolerance, log)).toBe(true);
      expect(checkGaps(task, tolerance, log)).toEqual([]);
    }), { numRuns: 1_000 });
  });

  it.each(TOLERANCES)('finds all of more than 400 faults that were put into good logs, with a tolerance of %d ms', (tolerance) => {
    const tried = { drop: 0, double: 0, early: 0, late: 0 };
    fc.assert(fc.property(arbitraryGaps, fc.constantFrom(...(Object.keys(tried) as (keyof typeof tried)[])), fc.nat({ max: TICKS - 1 }), (task, kind, index) => {
      const log = goodLog(task, tolerance);
      const { startedAt, endedAt } = log[index]!;
      const from = earliest(task, index, log[index - 1]);
      const shift = kind === 'early' ? from - 1 - startedAt : from + task.jitter + tolerance + 1 - startedAt;
      const others = log.filter((_, i) => i !== index);
      const mutated = kind === 'drop' ? others : kind === 'double' ? [...log, { startedAt, endedAt: endedAt! }] : [...others, { startedAt: startedAt + shift, endedAt: endedAt! + shift }];
      // With jitter, or a tolerance, a run that was moved may be as good as that of another tick.
      if (isGood(task, tolerance, mutated)) return;
      tried[kind]++;
      expect(checkGaps(task, tolerance, mutated)).not.toEqual([]);
    }), { numRuns: 1_000 });
    expect(Object.values(tried).reduce((sum, n) => sum + n)).toBeGreaterThan(400);
    expect(Math.min(...Object.values(tried))).toBeGreaterThan(100);
  });
});

describe('the checker of ticks that come late, checked by hand', () => {
  /** A policy, and when nothing could be handled: never at the instant of a tick. */
  const arbitraryHolds = fc.record({
    misfire: fc.record({ policy: fc.constantFrom('latest' as const, 'all' as const, 'skip' as const), grace: fc.nat({ max: 30 }), limit: fc.integer({ min: 1, max: 4 }) }),
    heldUp: fc.array(fc.tuple(fc.nat({ max: 190 }), fc.integer({ min: 1, max: 60 })), { maxLength: 4 }).map((spans) => spans.map(([from, length]) => ({ from: from + 0.5, to: from + 0.5 + length }))),
  });
  const ticks = Array.from({ length: 30 }, (_, i) => i * INTERVAL);

  /** When the runs start: for each moment at which ticks are handled, what is then due is looked at. */
  function startsOf({ misfire: { policy, grace, limit }, heldUp }: typeof arbitraryHolds extends fc.Arbitrary<infer A> ? A : never): number[] {
    const handledAt = ticks.map((due) => {
      let at = due;
      for (let span = heldUp.find(({ from, to }) => at >= from && at < to); span; span = heldUp.find(({ from, to }) => at >= from && at < to)) at = span.to;
      return at;
    });
    return [...new Set(handledAt)].flatMap((at) => {
      const gap = ticks.filter((_, i) => handledAt[i] === at);
      const isLate = at - gap[0]! > grace;
      const run = policy === 'skip' ? gap.filter((due) => at - due <= grace) : isLate ? gap.slice(policy === 'latest' ? -1 : -limit) : gap;
      return run.map(() => at);
    });
  }

  it('finds nothing in what each policy makes of them, and each run of it that is not there', () => {
    let dropped = 0;
    fc.assert(fc.property(arbitraryHolds, fc.nat(), (task, pick) => {
      const starts = startsOf(task);
      const check = (log: readonly number[]) => checkRuns({ trigger: every(INTERVAL), scheduledAt: 0, until: 300, observedUntil: 400, overlap: 'parallel', tolerance: 0, ...task }, runsAt(...log));
      expect(check(starts)).toEqual([]);
      if (starts.length === 0) return;
      dropped++;
      expect(check(starts.filter((_, i) => i !== pick % starts.length))).not.toEqual([]);
    }), { numRuns: 1_000 });
    expect(dropped).toBeGreaterThan(400);
  });
});
