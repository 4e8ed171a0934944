import { describe, expect, it } from '@jest/globals';
import fc from '../support/properties.js';
import type { TaskEvent } from '../../src/task/event.js';
import { NO_DETAIL, type RunDetail, type RunRecord } from '../../src/task/run-record.js';
import { isOver, joinLost, runTransition } from '../../src/task/run-state.js';
import type { RunStatus, SkipReason } from '../../src/task/run.js';
import { journal } from './fact.js';

const fact = journal();
const of = { taskId: 'a', runId: 'r' };
const origin = { tick: 3, scheduledFor: 100, reason: 'scheduled' } as const;
const error = new Error('boom');

const queued = fact('runQueued', { ...of, ...origin });
const started = fact('runStarted', { ...of, ...origin, attempt: 1 });
const progressed = fact('runProgressed', { ...of, progress: 0.5 });
const retrying = fact('runRetrying', { ...of, error, nextAttemptAt: 9_000 });
const startedAgain = fact('runStarted', { ...of, ...origin, attempt: 2 });
const completed = fact('runCompleted', { ...of, result: 42 });
const failed = fact('runFailed', { ...of, error });
const cancelled = fact('runCancelled', { ...of, cancelReason: 'enough' });
const dropped = fact('ticksSkipped', { ...of, tick: 3, from: 100, to: 100, count: 1, reason: 'stopped' });

/** What the events make of a run, each record frozen, so that a write would throw. */
function after(...events: readonly TaskEvent[]): RunRecord | undefined {
  let run: RunRecord | undefined;
  for (const event of events) {
    run = Object.freeze(runTransition(run, event));
    Object.freeze(run?.detail);
  }
  return run;
}

const blank = {
  shared: false, snapshot: undefined,
  word0: 0, word1: 0, word2: 0, word3: 0,
  ...of, ...origin, queuedAt: NaN, startedAt: NaN, finishedAt: NaN, attempt: 0, result: undefined, detail: NO_DETAIL,
};

describe('runTransition', () => {
  it.each<[string, readonly TaskEvent[], Partial<RunRecord>, Partial<RunDetail>]>([
    ['waits', [queued], { status: 'QUEUED', queuedAt: queued.at }, {}],
    ['starts at once', [started], { status: 'RUNNING', startedAt: started.at, attempt: 1 }, {}],
    ['starts after it waited', [queued, started], { status: 'RUNNING', queuedAt: queued.at, startedAt: started.at, attempt: 1 }, {}],
    ['gets on', [started, progressed], { status: 'RUNNING', startedAt: started.at, attempt: 1 }, { progress: 0.5 }],
    ['is to be tried again', [started, retrying], { status: 'RETRYING', startedAt: started.at, attempt: 1 }, { error, nextAttemptAt: 9_000 }],
    ['is tried again', [started, retrying, startedAgain], { status: 'RUNNING', startedAt: startedAgain.at, attempt: 2 }, { error }],
    ['completes', [started, completed], { status: 'COMPLETED', startedAt: started.at, attempt: 1, finishedAt: completed.at, result: 42 }, {}],
    ['fails', [started, failed], { status: 'FAILED', startedAt: started.at, attempt: 1, finishedAt: failed.at }, { error }],
    ['is cancelled', [started, cancelled], { status: 'CANCELLED', startedAt: started.at, attempt: 1, finishedAt: cancelled.at }, { cancelReason: 'enough' }],
    ['is dropped while it waits', [queued, dropped],
      { status: 'SKIPPED', queuedAt: queued.at, finishedAt: dropped.at }, { skipReason: 'stopped', count: 1, lastScheduledFor: 100 }],
  ])('%s', (_what, events, expected, detail) => {
    expect(after(...events)).toEqual({ ...blank, ...expected, detail: { ...NO_DETAIL, ...detail } });
  });

  it('makes one record of lost ticks, named by the task and the first of them', () => {
    const skipped = fact('ticksSkipped', { taskId: 'a', tick: 3, from: 100, to: 400, count: 4, reason: 'overlap' });
    const missed = fact('ticksMissed', { taskId: 'a', tick: 3, from: 100, to: 400, count: 4, reason: 'late' });
    const record = { ...blank, runId: 'a#3' };
    const detail = { ...NO_DETAIL, count: 4, lastScheduledFor: 400 };
    expect(after(skipped)).toEqual({ ...record, status: 'SKIPPED', finishedAt: skipped.at, detail: { ...detail, skipReason: 'overlap' } });
    expect(after(missed)).toEqual({ ...record, status: 'MISSED', finishedAt: missed.at, detail: { ...detail, skipReason: 'late' } });
  });

  it('keeps a run by hand that is dropped a run by hand', () => {
    const manual = { scheduledFor: 100, reason: 'manual' } as const;
    const drop = fact('ticksSkipped', { ...of, from: 100, to: 100, count: 1, reason: 'overlap' });
    expect(after(drop)).toMatchObject({ runId: 'r', tick: undefined, reason: 'manual', status: 'SKIPPED' });
    expect(after(fact('runQueued', { ...of, ...manual }), drop)).toMatchObject({ runId: 'r', tick: undefined, reason: 'manual', status: 'SKIPPED' });
  });

  it.each<TaskEvent>([
    fact('taskScheduled', { taskId: 'a', tags: [], trigger: { kind: 'once', at: 5 }, replaced: false }),
    fact('taskPaused', { taskId: 'a' }), fact('taskResumed', { taskId: 'a' }), fact('taskStopping', { taskId: 'a' }),
    fact('taskFinished', { taskId: 'a', status: 'COMPLETED' }), fact('taskRemoved', { taskId: 'a', reason: 'removed' }), fact('clockJumped', { by: 5 }),
  ])('makes no run of $type', (event) => {
    expect(runTransition(undefined, event)).toBeUndefined();
    expect(runTransition(after(started), event)).toBeUndefined();
  });
});

describe('isOver', () => {
  it.each<[RunStatus, boolean]>([
    ['QUEUED', false], ['RUNNING', false], ['RETRYING', false],
    ['COMPLETED', true], ['FAILED', true], ['CANCELLED', true], ['SKIPPED', true], ['MISSED', true],
  ])('%s: %p', (status, over) => {
    expect(isOver({ ...blank, status })).toBe(over);
  });
});

describe('joinLost', () => {
  const lost = (tick: number | undefined, count: number, reason: SkipReason = 'overlap', type: 'ticksSkipped' | 'ticksMissed' = 'ticksSkipped') =>
    after(fact(type, { taskId: 'a', tick, from: 100 * (tick ?? 0), to: 100 * ((tick ?? 0) + count - 1), count, reason, ...(tick === undefined ? { runId: 'm' } : {}) }))!;

  it('makes one record of ticks in a row that were lost for one reason', () => {
    const first = lost(3, 2);
    const second = lost(5, 4);
    expect(joinLost(first, second)).toEqual({ ...first, finishedAt: second.finishedAt, detail: { ...first.detail, count: 6, lastScheduledFor: 800 } });
  });

  it('joins piece by piece to what they are as a whole', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 10 }), (counts) => {
      let tick = 0;
      const pieces = counts.map((count) => lost((tick += count) - count, count));
      const joined = pieces.reduce((first, second) => joinLost(first, second)!);
      expect(joined).toEqual({ ...lost(0, tick), finishedAt: pieces.at(-1)!.finishedAt });
    }));
  });

  it.each<[string, RunRecord, RunRecord]>([
    ['there is a gap', lost(3, 2), lost(6, 1)],
    ['they overlap', lost(3, 2), lost(4, 1)],
    ['the second comes before', lost(5, 1), lost(3, 2)],
    ['the reasons differ', lost(3, 2), lost(5, 1, 'paused')],
    ['one is skipped and one missed', lost(3, 2, 'late', 'ticksSkipped'), lost(5, 2, 'late', 'ticksMissed')],
    ['the first is a run by hand', lost(undefined, 1), lost(1, 1)],
    ['the second is a run by hand', lost(3, 1), lost(undefined, 1)],
    ['the first waited', after(queued, { ...dropped, reason: 'overlap' })!, lost(4, 1)],
    ['the second waited', lost(2, 1), after(queued, { ...dropped, reason: 'overlap' })!],
    ['the first ran', after(started, completed)!, lost(4, 1)],
    ['both ran', after(started, completed)!, { ...after(started, completed)!, tick: 4 }],
  ])('joins nothing when %s', (_what, first, second) => {
    expect(joinLost(first, second)).toBeUndefined();
  });
});
