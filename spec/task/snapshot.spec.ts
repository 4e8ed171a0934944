import { describe, expect, it } from '@jest/globals';
import { runTransition } from '../../src/task/run-state.js';
import { runSnapshot, taskSnapshot } from '../../src/task/snapshot.js';
import { transition } from '../../src/task/state.js';
import { copyOf, type TaskRecord } from '../../src/task/task-record.js';
import { journal } from './fact.js';

const fact = journal();
const scheduled = fact('taskScheduled', { taskId: 'a', tags: ['x'], trigger: { kind: 'every', interval: 100 }, replaced: false, nextRunAt: 100 });
const started = fact('runStarted', { taskId: 'a', runId: 'r', tick: 0, scheduledFor: 100, reason: 'scheduled', attempt: 1, nextRunAt: 200 });
const run = runTransition(undefined, started)!;
const pending = transition(undefined, scheduled)!;
const running = transition(pending, started, run)!;

describe('taskSnapshot', () => {
  it('leaves out what has no value, and what only the store needs', () => {
    expect(Object.entries(taskSnapshot(pending))).toEqual(Object.entries({
      id: 'a', tags: ['x'], status: 'PENDING', paused: false, stopping: false, scheduledAt: scheduled.at, nextRunAt: 100, runCount: 0,
      completedCount: 0, failedCount: 0, cancelledCount: 0, skippedCount: 0, missedCount: 0,
    }));
  });

  it('keeps values that are falsy and no undefined', () => {
    const task: TaskRecord = {
      ...copyOf(pending), nextRunAt: 0, final: 'CANCELLED', finishedAt: 0, past: { ...pending.past, progress: 0, result: null, cancelReason: '' },
    };
    expect(taskSnapshot(task)).toMatchObject({ nextRunAt: 0, progress: 0, result: null, cancelReason: '', finishedAt: 0 });
  });

  it('says the status, the runs that started, and the last of them', () => {
    const task: TaskRecord = { ...copyOf(running), past: { ...running.past, completedCount: 2, failedCount: 3, cancelledCount: 4, inProgress: 5 } };
    expect(taskSnapshot(task)).toMatchObject({ status: 'RUNNING', runCount: 14 });
    expect(taskSnapshot(task).lastRun).toBe(runSnapshot(run));
  });

  it('is frozen, and one object for one record', () => {
    const state = taskSnapshot(running);
    expect([Object.isFrozen(state), Object.isFrozen(state.lastRun)]).toEqual([true, true]);
    expect(taskSnapshot(running)).toBe(state);
    expect(taskSnapshot(copyOf(running))).not.toBe(state);
  });

  it('lets the result and the error be as they are', () => {
    const result = { rows: [1] };
    const error = new Error('boom');
    const state = taskSnapshot({ ...copyOf(running), past: { ...running.past, result, error, progress: result } });
    expect([state.result, state.error, state.progress]).toEqual([result, error, result]);
    expect([state.result === result, state.error === error, Object.isFrozen(result), Object.isFrozen(error)]).toEqual([true, true, false, false]);
  });
});

describe('runSnapshot', () => {
  it('leaves out what has no value', () => {
    expect(runSnapshot(run)).toStrictEqual({
      runId: 'r', taskId: 'a', tick: 0, status: 'RUNNING', scheduledFor: 100, startedAt: started.at, attempt: 1, reason: 'scheduled',
    });
  });

  it('is frozen, and one object for one record', () => {
    expect(Object.isFrozen(runSnapshot(run))).toBe(true);
    expect(runSnapshot(run)).toBe(runSnapshot(run));
  });
});
