// What became of the tasks: exit codes, and words.
import { describe, expect, it } from '@jest/globals';
import { exitCode, outcomeLines, outcomeReport, type End, type Outcome } from '../../src/cli/outcome.js';
import type { TaskState } from '../../src/index.js';

const facts = {
  tags: [], paused: false, stopping: false, scheduledAt: 0, runCount: 1, completedCount: 0, failedCount: 0, cancelledCount: 0, skippedCount: 0, missedCount: 0,
};
const completed: TaskState = { ...facts, id: 'good', name: 'good', status: 'COMPLETED', finishedAt: 1, completedCount: 1 };
const failed: TaskState = { ...facts, id: 'bad', name: 'b\nad', status: 'FAILED', finishedAt: 1, failedCount: 1, error: Object.assign(new RangeError('too far'), { stack: 'RangeError: too far\n    at /a.ts:1:1' }) };
const cancelled: TaskState = { ...facts, id: 'off', status: 'CANCELLED', finishedAt: 1 };
const failing: TaskState = { ...facts, id: 'daily', status: 'PENDING', error: new Error('this time') };
const drained = { completed: 0, failed: 0, cancelled: 0, abandoned: 0, pending: 0, deadlineHit: false };
const cut = { ...drained, cancelled: 2, abandoned: 1, deadlineHit: true };

describe('exitCode', () => {
  it.each<[code: number, end: End, stop: Outcome['stop'], tasks: TaskState[]]>([
    [0, 'done', drained, [completed, cancelled]],
    [0, 'idle', drained, [failing]],
    [1, 'done', drained, [completed, failed]],
    [0, 'SIGINT', drained, [completed, failing]],
    [0, 'SIGTERM', drained, [completed]],
    [1, 'SIGTERM', drained, [failed]],
    [130, 'SIGINT', cut, [completed]],
    [143, 'SIGTERM', cut, [failed]],
    [1, 'done', cut, [completed]],
    [141, 'SIGPIPE', drained, [failed]],
  ])('is %i after %s', (code, end, stop, tasks) => {
    expect(exitCode({ end, stop, tasks })).toBe(code);
  });
});

describe('outcomeLines', () => {
  const tally = { tasks: { scheduled: 4, completed: 1, failed: 1, cancelled: 1 }, runs: { started: 1005, completed: 1003, failed: 1, cancelled: 1 }, lost: { skipped: 0, missed: 0 }, open: 1 };

  it('count tasks and runs, and say which tasks have failed, and why', () => {
    expect(outcomeLines({ end: 'done', tookMs: 2500, stop: drained, tasks: [completed, failed, failing], tally }, { stacks: true })).toEqual([
      'All tasks have ended, after 2.5 s',
      '  tasks: 1 completed, 1 failed, 1 cancelled, 1 not ended',
      '  runs: 1,003 completed, 1 failed, 1 cancelled',
      '  b\\nad failed: RangeError: too far',
      '    at /a.ts:1:1',
    ]);
  });

  it('tell of lost ticks, and of runs that the deadline broke off', () => {
    const none = { ...tally, runs: { ...tally.runs, completed: 0, failed: 0, cancelled: 0 }, lost: { skipped: 3, missed: 1 } };
    expect(outcomeLines({ end: 'SIGTERM', tookMs: 0, stop: cut, tasks: [], tally: none }, { stacks: false }).filter((_, i) => i !== 1)).toEqual([
      'Stopped by SIGTERM, after 0 ms',
      '  runs: none',
      '  ticks that never ran: 3 skipped, 1 missed',
      '  at the deadline 3 runs were aborted, and 1 went on all the same',
    ]);
  });

  it('are, as data, the report', () => {
    expect(outcomeReport({ end: 'SIGINT', tookMs: 7, stop: cut, tasks: [failed], tally })).toEqual({
      v: 1, type: 'report', end: 'SIGINT', tookMs: 7, exitCode: 130, stop: cut,
      tasks: [{ id: 'bad', name: 'b\nad', status: 'FAILED', runCount: 1, completedCount: 0, failedCount: 1, cancelledCount: 0, skippedCount: 0, missedCount: 0, error: failed.error }],
    });
  });
});
