import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from '../support/properties.js';
import { config, finalize, Subscription, take, type Observable } from 'rxjs';
import type { RetentionOptions } from '../../src/store/retention.js';
import { TaskStore } from '../../src/store/task-store.js';
import { newTaskPlace } from '../../src/store/task-table.js';
import { Directory } from '../../src/task/directory.js';
import { TaskNotFoundError } from '../../src/task/errors.js';
import type { TaskEvent } from '../../src/task/event.js';
import { NEW_DRAFTS, type RunRecord } from '../../src/task/run-record.js';
import { runTransition } from '../../src/task/run-state.js';
import type { RunState } from '../../src/task/run.js';
import { runSnapshot, taskSnapshot } from '../../src/task/snapshot.js';
import { transition } from '../../src/task/state.js';
import { copyOf, statusOf, type TaskRecord } from '../../src/task/task-record.js';
import type { FinalStatus, TaskId, TaskState } from '../../src/task/task.js';
import { journal, type Said } from '../task/fact.js';
import { steps } from './steps.js';

const boom = new Error('boom');

/** A store, and the facts that it is told, made by one journal. */
function newStore(retention?: RetentionOptions) {
  const unobserved: [Error, TaskEvent][] = [];
  const directory = new Directory(newTaskPlace);
  const store = new TaskStore(retention, directory, (error, event) => unobserved.push([error, event]));
  const fact = journal();
  const scheduled = (taskId: string, said: Partial<Said<'taskScheduled'>> = {}) =>
    fact('taskScheduled', { taskId, tags: [], trigger: { kind: 'every', interval: 100 }, replaced: false, nextRunAt: 0, ...said });
  const started = (taskId: string, runId: string, tick = 0) => fact('runStarted', { taskId, runId, tick, scheduledFor: 100 * tick, reason: 'scheduled', attempt: 1 });
  const queued = (taskId: string, runId: string, tick = 0) => fact('runQueued', { taskId, runId, tick, scheduledFor: 100 * tick, reason: 'scheduled' });
  const completed = (taskId: string, runId: string, result: unknown = runId) => fact('runCompleted', { taskId, runId, result });
  const failed = (taskId: string, runId: string, error = boom) => fact('runFailed', { taskId, runId, error });
  const progressed = (taskId: string, runId: string, progress: unknown) => fact('runProgressed', { taskId, runId, progress });
  const skipped = (taskId: string, tick: number, count = 1) =>
    fact('ticksSkipped', { taskId, tick, from: 100 * tick, to: 100 * (tick + count - 1), count, reason: 'overlap' });
  const finished = (taskId: string, status: FinalStatus = 'COMPLETED', error?: Error) => fact('taskFinished', { taskId, status, ...(error ? { error } : {}) });
  const removed = (taskId: string) => fact('taskRemoved', { taskId, reason: 'removed' });
  const paused = (taskId: string) => fact('taskPaused', { taskId });
  const dispatch = (...batch: TaskEvent[]) => { store.dispatch(batch); };
  return { store, directory, unobserved, fact, scheduled, queued, started, completed, failed, progressed, skipped, finished, removed, paused, dispatch };
}

/** What a stream has told so far, and how it ended. */
function record<T>(stream: Observable<T>) {
  const told: { values: T[]; end: unknown } = { values: [], end: undefined };
  const subscription = stream.subscribe({
    next: (value) => told.values.push(value),
    error: (error: unknown) => { told.end = error; },
    complete: () => { told.end = 'complete'; },
  });
  return Object.assign(told, { stop: () => { subscription.unsubscribe(); } });
}

const statuses = (told: { values: readonly (TaskState | RunState)[] }) => told.values.map(({ status }) => status);
const types = (told: { values: readonly TaskEvent[] }) => told.values.map(({ type }) => type);

describe('numbers and retention', () => {
  it('counts the events as they come, and its own among them, each right after the batch that made a task too many', () => {
    const { store, scheduled, finished, dispatch } = newStore({ tasks: 1 });
    const told = record(store.events$);
    dispatch(scheduled('a'), scheduled('b'));
    dispatch(finished('a'));
    dispatch(finished('b'), scheduled('c'));
    const last = { ...scheduled('d'), seq: 77 };
    dispatch(last);
    expect(told.values.map(({ seq, type, taskId }) => `${seq} ${type} ${taskId}`)).toEqual([
      '1 taskScheduled a', '2 taskScheduled b', '3 taskFinished a', '4 taskFinished b', '5 taskScheduled c', '6 taskRemoved a', '7 taskScheduled d',
    ]);
    expect(told.values[5]).toEqual({ v: 1, seq: 6, at: 5_000, type: 'taskRemoved', taskId: 'a', reason: 'retention' });
  });

  it('still knows a task while its end is being told, though there is no room for it', () => {
    const { store, scheduled, finished, dispatch } = newStore({ tasks: 0 });
    const seen: unknown[] = [];
    store.events$.subscribe(({ type }) => { seen.push([type, store.find('a')?.final, store.counts().COMPLETED]); });
    dispatch(scheduled('a'));
    dispatch(finished('a'));
    expect(seen).toEqual([['taskScheduled', undefined, 0], ['taskFinished', 'COMPLETED', 1], ['taskRemoved', undefined, 0]]);
    expect(() => store.record('a')).toThrow(/retention|forgotten/);
  });
});

describe('1. dispatch folds at once', () => {
  it('shows what was dispatched to every getter, without a subscriber', () => {
    const { store, scheduled, started, dispatch, completed } = newStore();
    dispatch(scheduled('a'), started('a', 'r'));
    expect(statusOf(store.record('a'))).toBe('RUNNING');
    dispatch(completed('a', 'r', 42));
    expect(store.find('a')?.past.result).toBe(42);
    expect([...store.records()].map(taskSnapshot)).toEqual([taskSnapshot(store.record('a'))]);
  });

  it('shows it inside a notification, too, though the telling has to wait', () => {
    const { store, scheduled, started, completed, paused, dispatch } = newStore();
    const seen: unknown[] = [];
    store.events$.pipe(take(1)).subscribe(() => {
      dispatch(started('a', 'r'), completed('a', 'r', 42));
      dispatch(paused('a'));
      seen.push(statusOf(store.record('a')), store.record('a').past.result, store.runs('a').length, store.counts().PAUSED);
    });
    const task = record(store.events$);
    dispatch(scheduled('a'));
    expect(seen).toEqual(['PAUSED', 42, 1, 1]);
    expect(types(task)).toEqual(['taskScheduled', 'runStarted', 'runCompleted', 'taskPaused']);
  });
});

describe('2. notifications are told in the order of the events', () => {
  it('tells what is dispatched inside a notification after it, to every subscriber in one order', () => {
    const { store, scheduled, started, completed, dispatch } = newStore();
    dispatch(scheduled('a'));
    const log: string[] = [];
    store.events$.subscribe(({ type }) => {
      log.push(`1 ${type}`);
      if (type === 'runStarted') dispatch(completed('a', 'r'));
      log.push(`1 /${type}`);
    });
    store.task$('a').subscribe(({ status }) => log.push(`task ${status}`));
    store.events$.subscribe(({ type }) => log.push(`2 ${type}`));
    store.tasks$.subscribe((tasks) => log.push(`map ${tasks.get('a')?.status ?? ''}`));
    log.length = 0;
    dispatch(started('a', 'r'));
    expect(log).toEqual([
      '1 runStarted', '1 /runStarted', '2 runStarted', 'task RUNNING',
      '1 runCompleted', '1 /runCompleted', '2 runCompleted', 'task PENDING',
      'map PENDING',
    ]);
  });

  it('tells each with the state right after its own event, however far the store is by then', () => {
    const { store, scheduled, started, progressed, completed, dispatch } = newStore();
    dispatch(scheduled('a'));
    store.events$.pipe(take(1)).subscribe(() => {
      dispatch(progressed('a', 'r', 1));
      dispatch(progressed('a', 'r', 2));
      dispatch(completed('a', 'r'));
    });
    const task = record(store.task$('a'));
    const runs = record(store.runs$('a'));
    dispatch(started('a', 'r'));
    expect(task.values.map(({ status, progress }) => [status, progress])).toEqual([['PENDING', undefined], ['RUNNING', undefined], ['RUNNING', 1], ['RUNNING', 2], ['PENDING', 2]]);
    expect(runs.values.map(({ status, progress }) => [status, progress])).toEqual([['RUNNING', undefined], ['RUNNING', 1], ['RUNNING', 2], ['COMPLETED', 2]]);
  });

  it('tells what each kind of stream brings about after what it tells of', () => {
    for (const where of ['task$', 'runs$', 'tasks$'] as const) {
      const { store, scheduled, started, completed, dispatch } = newStore();
      dispatch(scheduled('a'));
      let done = false;
      const stream: Observable<unknown> = where === 'tasks$' ? store.tasks$ : store[where]('a');
      stream.subscribe(() => {
        if (done || statusOf(store.record('a')) !== 'RUNNING') return;
        done = true;
        dispatch(completed('a', 'r'));
      });
      const events = record(store.events$);
      const task = record(store.task$('a'));
      const maps = record(store.tasks$);
      dispatch(started('a', 'r'));
      expect([where, types(events)]).toEqual([where, ['runStarted', 'runCompleted']]);
      expect([where, statuses(task)]).toEqual([where, ['PENDING', 'RUNNING', 'PENDING']]);
      expect(maps.values.map((tasks) => tasks.get('a')?.status).at(-1)).toBe('PENDING');
    }
  });

  it('tells each subscriber of a failure in the task before it tells that the task is over', () => {
    const { store, scheduled, started, failed, finished, dispatch } = newStore();
    dispatch(scheduled('a'), started('a', 'r'));
    const log: string[] = [];
    store.task$('a').subscribe({ next: ({ status }) => log.push(status), complete: () => log.push('task$ |') });
    store.runs$('a').subscribe({ next: ({ status }) => log.push(`run ${status}`), complete: () => log.push('runs$ |') });
    dispatch(failed('a', 'r'), finished('a', 'FAILED'));
    expect(log).toEqual(['RUNNING', 'run FAILED', 'FAILED', 'task$ |', 'runs$ |']);
  });
});

describe('3. a batch is one step', () => {
  it('tells the last state of a task once a batch, and every event and run of it', () => {
    const { store, scheduled, queued, started, completed, dispatch } = newStore();
    dispatch(scheduled('a'), scheduled('b'));
    const [a, b, runs, events] = [record(store.task$('a')), record(store.task$('b')), record(store.runs$('a')), record(store.events$)];
    dispatch(queued('a', 'r'), started('a', 'r'), started('b', 's'), completed('a', 'r'));
    expect(statuses(a)).toEqual(['PENDING', 'PENDING']);
    expect(a.values[1]).toMatchObject({ completedCount: 1, result: 'r' });
    expect(statuses(b)).toEqual(['PENDING', 'RUNNING']);
    expect(statuses(runs)).toEqual(['QUEUED', 'RUNNING', 'COMPLETED']);
    expect(types(events)).toEqual(['runQueued', 'runStarted', 'runStarted', 'runCompleted']);
  });

  it('tells a state that only an earlier event of the batch changed', () => {
    const { store, fact, scheduled, paused, started, dispatch } = newStore();
    dispatch(scheduled('a'), started('a', 'r'));
    const task = record(store.task$('a'));
    // The second pause changes nothing.
    dispatch(paused('a'), fact('taskPaused', { taskId: 'a' }));
    expect(task.values.map(({ paused: now }) => now)).toEqual([false, true]);
  });

  it('tells no state of a task that nothing changed', () => {
    const { store, scheduled, paused, queued, dispatch, fact } = newStore();
    dispatch(scheduled('a'), scheduled('b'));
    const [task, maps] = [record(store.task$('a')), record(store.tasks$)];
    dispatch(paused('a'));
    dispatch(queued('a', 'r'));
    dispatch(queued('a', 's'), queued('b', 't'));
    dispatch(fact('clockJumped', { by: 60_000 }));
    dispatch();
    expect([task.values.length, maps.values.length]).toEqual([2, 2]);
  });

  it('tells of all tasks once a batch, and once for all that it brings about', () => {
    const { store, scheduled, started, completed, dispatch } = newStore();
    const maps = record(store.tasks$);
    dispatch(scheduled('a'), scheduled('b'), scheduled('c'));
    expect(maps.values.map(({ size }) => size)).toEqual([0, 3]);
    store.events$.subscribe(({ type, taskId }) => { if (type === 'runStarted') dispatch(completed(taskId, 'r')); });
    dispatch(started('a', 'r'));
    expect(maps.values.map(({ size }) => size)).toEqual([0, 3, 3]);
    expect(maps.values[2]?.get('a')).toMatchObject({ completedCount: 1, status: 'PENDING' });
  });

  it('tells the last state of a task that is forgotten in the same batch', () => {
    const { store, scheduled, started, completed, finished, removed, dispatch } = newStore();
    dispatch(scheduled('a'), started('a', 'r'));
    const [task, maps] = [record(store.task$('a')), record(store.tasks$)];
    dispatch(completed('a', 'r', 42), finished('a'), removed('a'));
    expect(statuses(task)).toEqual(['RUNNING', 'COMPLETED']);
    expect([task.values[1]?.result, task.end]).toEqual([42, 'complete']);
    expect(maps.values.map((tasks) => tasks.has('a'))).toEqual([true, false]);
  });

  it('keeps apart two tasks that bear one id in one batch', () => {
    const { store, scheduled, finished, removed, started, dispatch } = newStore();
    dispatch(scheduled('a', { name: 'old' }));
    const [old, maps] = [record(store.task$('a')), record(store.tasks$)];
    dispatch(finished('a', 'CANCELLED'), removed('a'), scheduled('a', { name: 'young' }), started('a', 'r'));
    expect(old.values.map(({ name, status }) => [name, status])).toEqual([['old', 'PENDING'], ['old', 'CANCELLED']]);
    expect(old.end).toBe('complete');
    expect(maps.values.map((tasks) => tasks.get('a')?.name)).toEqual(['old', 'young']);
    expect(record(store.task$('a')).values).toMatchObject([{ name: 'young', status: 'RUNNING' }]);
  });
});

describe('4. who joins inside a notification', () => {
  /** Joins inside the telling of `progress 1`, when 2 and 3 are folded already and 4 is still to come. */
  function join<T>(streamOf: (store: TaskStore) => Observable<T>, from: 'events$' | 'task$' | 'tasks$' | 'runs$') {
    const { store, scheduled, started, progressed, dispatch } = newStore();
    dispatch(scheduled('a'), started('a', 'r'));
    let told: ReturnType<typeof record<T>> | undefined;
    const host: Observable<unknown> = from === 'events$' || from === 'tasks$' ? store[from] : store[from]('a');
    host.subscribe(() => {
      if (told || store.record('a').past.progress !== 1) return;
      dispatch(progressed('a', 'r', 2));
      dispatch(progressed('a', 'r', 3));
      told = record(streamOf(store));
      dispatch(progressed('a', 'r', 4));
    });
    dispatch(progressed('a', 'r', 1));
    dispatch(progressed('a', 'r', 5));
    return told!.values;
  }
  const progress = ({ progress: value }: { progress?: unknown }) => value;

  it.each(['events$', 'task$', 'tasks$', 'runs$'] as const)('gets the newest state, then only newer ones (inside %s)', (from) => {
    expect(join((store) => store.task$('a'), from).map(progress)).toEqual([3, 4, 5]);
    expect(join((store) => store.runs$('a'), from).map(progress)).toEqual([4, 5]);
    expect(join((store) => store.events$, from).map((event) => progress(event as { progress: unknown }))).toEqual([4, 5]);
  });

  it.each(['events$', 'task$', 'tasks$', 'runs$'] as const)('gets the newest map, then only newer ones (inside %s)', (from) => {
    expect(join((store) => store.tasks$, from).map((tasks) => progress(tasks.get('a')!))).toEqual([3, 4, 5]);
  });

  it('gets no map twice when nothing has changed since it joined', () => {
    const { store, scheduled, dispatch } = newStore();
    let maps: ReturnType<typeof record<ReadonlyMap<TaskId, TaskState>>> | undefined;
    store.events$.subscribe(() => { maps ??= record(store.tasks$); });
    dispatch(scheduled('a'));
    expect(maps?.values.map(({ size }) => size)).toEqual([1]);
  });

  it('sees a task finished that is, and it completes at once, before that is told', () => {
    const { store, scheduled, started, completed, finished, dispatch } = newStore();
    dispatch(scheduled('a'));
    const log: string[] = [];
    const listen = (who: string, stream: Observable<TaskState | RunState>) =>
      stream.subscribe({ next: ({ status }) => log.push(`${who} ${status}`), complete: () => log.push(`${who} |`) });
    listen('early', store.task$('a'));
    store.events$.pipe(take(1)).subscribe(() => {
      dispatch(completed('a', 'r'), finished('a'));
      listen('late', store.task$('a'));
      listen('late run', store.runs$('a'));
    });
    dispatch(started('a', 'r'));
    expect(log).toEqual(['early PENDING', 'late COMPLETED', 'late |', 'late run |', 'early RUNNING', 'early COMPLETED', 'early |']);
  });

  it('misses nothing that its own handler brings about at the first value', () => {
    const { store, scheduled, paused, started, dispatch } = newStore();
    dispatch(scheduled('a'));
    let dispatched = false;
    const log: string[] = [];
    store.task$('a').subscribe(({ status }) => {
      log.push(`<${status}`);
      if (!dispatched) {
        dispatched = true;
        dispatch(paused('a'));
        dispatch(started('a', 'r'));
      }
      log.push(`${status}>`);
    });
    expect(log).toEqual(['<PENDING', 'PENDING>', '<PAUSED', 'PAUSED>', '<RUNNING', 'RUNNING>']);
    const sizes: number[] = [];
    store.tasks$.subscribe(({ size }) => {
      sizes.push(size);
      if (size < 3) dispatch(scheduled(`more ${size}`));
    });
    expect(sizes).toEqual([1, 2, 3]);
  });

  it('is told after another newcomer whose first value brings something about', () => {
    const { store, scheduled, paused, dispatch } = newStore();
    dispatch(scheduled('a'));
    const inner: ReturnType<typeof record<TaskState>>[] = [];
    const atFirst: unknown[] = [];
    store.tasks$.pipe(take(1)).subscribe(() => {
      inner.push(record(store.task$('a')));
      dispatch(paused('a'));
      inner.push(record(store.task$('a')));
      atFirst.push(...inner.map(statuses));
    });
    expect(atFirst).toEqual([['PENDING'], ['PAUSED']]);
    expect(inner.map(statuses)).toEqual([['PENDING', 'PAUSED'], ['PAUSED']]);
  });
});

describe('5. the cost of a dispatch', () => {
  /** What a run costs in a store of so many tasks, and the end of a task, with a subscriber of each kind, or without. */
  function cost(tasks: number, watched: boolean): number[] {
    const { store, scheduled, started, completed, finished, removed, dispatch } = newStore({ tasks: Infinity });
    const subscriptions = watched ? [store.tasks$.subscribe(), store.events$.subscribe()] : [];
    for (let n = 0; n < tasks; n++) {
      dispatch(scheduled(`t${n}`));
      if (n % 2 === 0) dispatch(finished(`t${n}`));
      if (watched && n % 10 === 0) subscriptions.push(store.task$(`t${n}`).subscribe());
    }
    const [id, other] = [`t${tasks - 1}`, `t${tasks - 2}`];
    if (watched) subscriptions.push(store.task$(id).subscribe(), store.runs$(id).subscribe());
    const measured = [
      () => dispatch(scheduled('new')), () => dispatch(started(id, 'r')), () => dispatch(completed(id, 'r')),
      () => dispatch(started(id, 's'), completed(id, 's'), finished(id)), () => dispatch(removed(other)),
    ].map(steps);
    for (const subscription of subscriptions) subscription.unsubscribe();
    return measured;
  }

  it.each([[false], [true]])('does not grow with the number of tasks (watched: %p)', (watched) => {
    // Between 1,024 and 32,768 tasks the tries behind the maps are equally tall; and the newest task stands in the same slot.
    expect(cost(2_000 + 16 * 1_024, watched)).toEqual(cost(2_000, watched));
    expect(Math.max(...cost(2_000, watched))).toBeLessThan(watched ? 1_000 : 100);
  });

  it('counts what it should: a copy of all tasks would show', () => {
    const tasks = new Map(Array.from({ length: 500 }, (_, n) => [n, n] as const));
    for (const copy of [() => new Map(tasks), () => [...tasks.values()], () => Array.from(tasks), () => [...tasks.keys()].slice(1)]) {
      expect(steps(() => { copy(); })).toBeGreaterThanOrEqual(500);
    }
  });
});

describe('task$ and runs$', () => {
  it('give an error for an id that is unknown, or forgotten, and say which', () => {
    const { store, scheduled, finished, removed, dispatch } = newStore();
    dispatch(scheduled('b'), finished('b'), removed('b'));
    for (const [id, forgotten] of [['a', false], ['b', true], ['__proto__', false]] as const) {
      for (const stream of [store.task$(id), store.runs$(id)]) expect(record<unknown>(stream).end).toEqual(new TaskNotFoundError(id, forgotten));
      expect(() => store.record(id)).toThrow(new TaskNotFoundError(id, forgotten));
      expect(() => store.runs(id)).toThrow(TaskNotFoundError);
      expect(store.find(id)).toBeUndefined();
    }
  });

  it('look for the task when they are subscribed to, each time anew', () => {
    const { store, scheduled, paused, dispatch } = newStore();
    const stream = store.task$('a');
    dispatch(scheduled('a'));
    expect(statuses(record(stream))).toEqual(['PENDING']);
    dispatch(paused('a'));
    expect(statuses(record(stream))).toEqual(['PAUSED']);
  });

  it('tell of one task only', () => {
    const { store, scheduled, started, dispatch } = newStore();
    dispatch(scheduled('a'), scheduled('b'));
    const [a, runs] = [record(store.task$('a')), record(store.runs$('a'))];
    dispatch(started('b', 'r'));
    expect([a.values.length, runs.values.length]).toEqual([1, 0]);
  });

  it('tell nothing more to one who has gone, and everything to one who stays', () => {
    const { store, scheduled, started, completed, dispatch } = newStore();
    dispatch(scheduled('a'));
    const [gone, stays] = [record(store.task$('a')), record(store.task$('a'))];
    gone.stop();
    dispatch(started('a', 'r'));
    stays.stop();
    const comes = record(store.task$('a'));
    dispatch(completed('a', 'r'));
    expect([gone, stays, comes].map(statuses)).toEqual([['PENDING'], ['PENDING', 'RUNNING'], ['RUNNING', 'PENDING']]);
  });

  it('can be left at the first value', () => {
    const { store, scheduled, paused, dispatch } = newStore();
    dispatch(scheduled('a'));
    const [task, maps] = [record(store.task$('a').pipe(take(1))), record(store.tasks$.pipe(take(1)))];
    dispatch(paused('a'));
    expect([statuses(task), task.end, maps.values.length, maps.end]).toEqual([['PENDING'], 'complete', 1, 'complete']);
    expect(maps.values[0]?.get('a')?.status).toBe('PENDING');
  });
});

describe('tasks$', () => {
  it('gives maps that never change, in the order of scheduling', () => {
    const { store, scheduled, started, finished, removed, dispatch } = newStore();
    const maps = record(store.tasks$);
    dispatch(scheduled('b'));
    dispatch(scheduled('a'));
    dispatch(finished('b'));
    dispatch(removed('b'));
    dispatch(scheduled('b'), started('b', 'r'));
    expect(maps.values.map((tasks) => [...tasks].map(([id, { status }]) => `${id} ${status}`))).toEqual([
      [], ['b PENDING'], ['b PENDING', 'a PENDING'], ['b COMPLETED', 'a PENDING'], ['a PENDING'], ['a PENDING', 'b RUNNING'],
    ]);
    expect(maps.values.map((tasks) => tasks.get('b')?.status)).toEqual([undefined, 'PENDING', 'PENDING', 'COMPLETED', undefined, 'RUNNING']);
  });

  it('has the states that getters and task$ give', () => {
    const { store, scheduled, dispatch } = newStore();
    dispatch(scheduled('a'));
    const state = record(store.tasks$).values[0]?.get('a');
    expect(state).toBe(record(store.task$('a')).values[0]);
    expect(state).toBe([...store.records()].map(taskSnapshot)[0]);
  });

  it('starts right for one who comes after everybody has gone', () => {
    const { store, scheduled, paused, dispatch } = newStore();
    dispatch(scheduled('a'));
    record(store.tasks$).stop();
    dispatch(scheduled('b'), paused('a'));
    const maps = record(store.tasks$);
    dispatch(scheduled('c'));
    expect(maps.values.map((tasks) => [...tasks].map(([id, { status }]) => `${id} ${status}`))).toEqual([
      ['a PAUSED', 'b PENDING'], ['a PAUSED', 'b PENDING', 'c PENDING'],
    ]);
  });
});

describe('runs', () => {
  it('are those that are over, oldest first, and then those that are not', () => {
    const { store, scheduled, queued, started, completed, dispatch } = newStore();
    dispatch(scheduled('a'), started('a', 'r0'), started('a', 'r1', 1), queued('a', 'r2', 2), completed('a', 'r1'));
    expect(store.runs('a').map(({ runId, status }) => `${runId} ${status}`)).toEqual(['r1 COMPLETED', 'r0 RUNNING', 'r2 QUEUED']);
    expect(Object.isFrozen(store.runs('a'))).toBe(true);
    dispatch(completed('a', 'r0'));
    expect(store.runs('a').map(({ runId }) => runId)).toEqual(['r1', 'r0', 'r2']);
  });

  it('show nothing of a run that was let go of, and that one stays as it was for who looked', () => {
    const { store, scheduled, started, completed, dispatch } = newStore({ runs: 1 });
    dispatch(scheduled('a'), started('a', 'r0'), completed('a', 'r0'));
    const [first] = store.runs('a');
    dispatch(started('a', 'r1', 1), completed('a', 'r1'));
    dispatch(started('a', 'r2', 2));
    expect(store.runs('a').map(({ runId, status }) => `${runId} ${status}`)).toEqual(['r1 COMPLETED', 'r2 RUNNING']);
    expect(first).toMatchObject({ runId: 'r0', status: 'COMPLETED', result: 'r0' });
  });

  it('are kept as many as retention says, the newest', () => {
    for (const [runs, kept] of [[0, []], [1, ['r4']], [3, ['r2', 'r3', 'r4']], [9, ['r0', 'r1', 'r2', 'r3', 'r4']]] as const) {
      const { store, scheduled, started, completed, dispatch } = newStore({ runs });
      dispatch(scheduled('a'));
      for (let n = 0; n < 5; n++) dispatch(started('a', `r${n}`, n), completed('a', `r${n}`));
      expect(store.runs('a').map(({ runId }) => runId)).toEqual(kept);
      dispatch(started('a', 'live', 5));
      expect(store.runs('a').map(({ runId }) => runId)).toEqual([...kept, 'live']);
    }
  });

  it('have the ids that they were given, whatever these look like', () => {
    const { store, scheduled, started, completed, dispatch } = newStore();
    const ids = ['0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9', 'FFFFFFFF-4E5F-4071-8293-A4B5C6D7E8F9', 'ffffffff-ffff-4fff-bfff-ffffffffffff', '0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8fg', 'r'];
    dispatch(scheduled('a'));
    for (const id of ids) {
      dispatch(started('a', id), completed('a', id));
      expect(taskSnapshot(store.record('a')).lastRun?.runId).toBe(id);
    }
    expect(store.runs('a').map(({ runId }) => runId)).toEqual(ids);
  });

  it('side by side, with UUIDs, leave the last one that started the last', () => {
    const { store, scheduled, started, completed, dispatch } = newStore();
    const [first, second] = ['0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9', 'ffffffff-ffff-4fff-bfff-ffffffffffff'];
    dispatch(scheduled('a'), started('a', first, 0), started('a', second, 1), completed('a', second, 'of the second'), completed('a', first, 'of the first'));
    expect(taskSnapshot(store.record('a')).lastRun).toMatchObject({ runId: second, result: 'of the second' });
  });

  it('keeps the last one that started, though it has gone from those that are kept', () => {
    const { store, scheduled, queued, started, completed, dispatch } = newStore({ runs: 1 });
    dispatch(scheduled('a'), started('a', 'early', 0), started('a', 'last', 1));
    dispatch(completed('a', 'last', 'of the last'), completed('a', 'early'));
    dispatch(queued('a', 'waits', 2));
    expect(taskSnapshot(store.record('a')).lastRun).toMatchObject({ runId: 'last', tick: 1, status: 'COMPLETED', result: 'of the last' });
  });

  it('have one record for ticks that were lost in a row', () => {
    const { store, scheduled, skipped, dispatch } = newStore();
    dispatch(scheduled('a'));
    for (let tick = 0; tick < 10; tick++) dispatch(skipped('a', tick));
    dispatch(skipped('a', 20, 5));
    expect(store.runs('a').map(({ tick, count, lastScheduledFor }) => [tick, count, lastScheduledFor])).toEqual([[0, 10, 900], [20, 5, 2_400]]);
    expect(store.record('a').past.skippedCount).toBe(15);
  });
});

describe('counts', () => {
  it('are those of the tasks by status and of the runs that are not over, whatever happens', () => {
    const { store, scheduled, queued, started, completed, failed, finished, removed, paused, skipped, dispatch, fact } = newStore();
    const none = { PENDING: 0, RUNNING: 0, PAUSED: 0, COMPLETED: 0, FAILED: 0, CANCELLED: 0, queued: 0, inProgress: 0 };
    expect(store.counts()).toEqual(none);
    dispatch(scheduled('a'), scheduled('b'), scheduled('c'), scheduled('d'));
    dispatch(started('a', 'r'), started('a', 's'), queued('b', 't'), paused('c'), finished('d'));
    expect(store.counts()).toEqual({ ...none, RUNNING: 1, PENDING: 1, PAUSED: 1, COMPLETED: 1, inProgress: 2, queued: 1 });
    dispatch(failed('a', 'r'), fact('runCancelled', { taskId: 'a', runId: 's' }), finished('a', 'FAILED'), started('b', 't'), skipped('b', 1), removed('d'));
    expect(store.counts()).toEqual({ ...none, FAILED: 1, RUNNING: 1, PAUSED: 1, inProgress: 1 });
    dispatch(completed('b', 't'), finished('b'), finished('c', 'CANCELLED'), removed('a'), removed('b'), removed('c'));
    expect(store.counts()).toEqual(none);
  });
});

describe('a failure that nobody observes', () => {
  it('is reported once, with its event', () => {
    const { unobserved, scheduled, started, failed, finished, dispatch } = newStore();
    const failure = (dispatch(scheduled('a'), started('a', 'r')), failed('a', 'r'));
    dispatch(failure, finished('a', 'FAILED'));
    expect(unobserved).toEqual([[boom, failure]]);
  });

  it('is reported for the task when no run of its own failed', () => {
    const { unobserved, scheduled, finished, dispatch } = newStore();
    dispatch(scheduled('a'));
    const end = finished('a', 'FAILED', boom);
    dispatch(end);
    expect(unobserved).toEqual([[boom, end]]);
  });

  it.each<[string, (store: TaskStore) => Observable<unknown>]>([
    ['task$', (store) => store.task$('a')], ['runs$', (store) => store.runs$('a')], ['tasks$', (store) => store.tasks$], ['events$', (store) => store.events$],
  ])('is no such failure while somebody subscribes to %s, and is one again afterwards', (_name, streamOf) => {
    const { store, unobserved, scheduled, started, failed, dispatch } = newStore();
    dispatch(scheduled('a'), started('a', 'r'), started('a', 's'));
    const told = record(streamOf(store));
    dispatch(failed('a', 'r'));
    expect(unobserved).toEqual([]);
    told.stop();
    dispatch(failed('a', 's'));
    expect(unobserved).toHaveLength(1);
  });

  it('is reported though somebody watches another task', () => {
    const { store, unobserved, scheduled, started, failed, dispatch } = newStore();
    dispatch(scheduled('a'), scheduled('b'), started('a', 'r'));
    record(store.task$('b'));
    dispatch(failed('a', 'r'));
    expect(unobserved).toHaveLength(1);
  });
});

describe('a subscriber that throws', () => {
  const { onUnhandledError } = config;
  beforeEach(() => { jest.useFakeTimers(); });
  afterEach(() => {
    jest.useRealTimers();
    config.onUnhandledError = onUnhandledError;
  });

  it.each<[string, (store: TaskStore) => Observable<unknown>]>([
    ['task$', (store) => store.task$('a')], ['runs$', (store) => store.runs$('a')], ['tasks$', (store) => store.tasks$], ['events$', (store) => store.events$],
  ])('of %s spares the others and the store, and is reported as RxJS reports it', (_name, streamOf) => {
    const reported: unknown[] = [];
    config.onUnhandledError = (error) => reported.push(error);
    const { store, scheduled, started, completed, dispatch } = newStore();
    dispatch(scheduled('a'));
    let calls = 0;
    streamOf(store).subscribe(() => {
      calls++;
      throw boom;
    });
    const [task, runs, maps, events] = [record(store.task$('a')), record(store.runs$('a')), record(store.tasks$), record(store.events$)];
    dispatch(started('a', 'r'));
    dispatch(completed('a', 'r'));
    expect(statuses(task)).toEqual(['PENDING', 'RUNNING', 'PENDING']);
    expect(statuses(runs)).toEqual(['RUNNING', 'COMPLETED']);
    expect(maps.values).toHaveLength(3);
    expect(types(events)).toEqual(['runStarted', 'runCompleted']);
    jest.runAllTimers();
    expect(calls).toBeGreaterThanOrEqual(2);
    expect(reported).toEqual(Array.from({ length: calls }, () => boom));
  });
});

describe('complete', () => {
  it('completes every stream, also for who comes later, and getters keep answering', () => {
    const { store, scheduled, started, dispatch } = newStore();
    dispatch(scheduled('a'), started('a', 'r'));
    const streams = () => [store.task$('a'), store.runs$('a'), store.tasks$, store.events$].map((stream) => record<unknown>(stream));
    const early = streams();
    store.complete();
    expect(early.map(({ end }) => end)).toEqual(Array(4).fill('complete'));
    const late = streams();
    expect(late.map(({ end }) => end)).toEqual(Array(4).fill('complete'));
    expect(late.map(({ values }) => values.length)).toEqual([1, 0, 1, 0]);
    expect([statusOf(store.record('a')), store.runs('a').length, store.counts().RUNNING]).toEqual(['RUNNING', 1, 1]);
  });
});

describe('memory', () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;

  /** Whether nothing holds what is referred to any more. */
  async function isGone(reference: WeakRef<object>): Promise<boolean> {
    // A WeakRef holds on until the job that made it, or looked at it, is over.
    await new Promise(setImmediate);
    collectGarbage();
    return reference.deref() === undefined;
  }

  /** A task that ran and finished; a reference to its result. */
  function ran({ dispatch, scheduled, started, completed, finished }: ReturnType<typeof newStore>, id: string): WeakRef<object> {
    const result = { rows: new Array<number>(1_000) };
    dispatch(scheduled(id), started(id, `${id}/r`), completed(id, `${id}/r`, result), finished(id));
    return new WeakRef(result);
  }

  it('holds the result of a task as long as the task is known', async () => {
    const world = newStore();
    const result = ran(world, 'a');
    expect(await isGone(result)).toBe(false);
    expect(world.store.record('a').past.result).toBe(result.deref());
  });

  it('holds nothing of a task that was removed', async () => {
    const world = newStore();
    const result = ran(world, 'a');
    ran(world, 'b');
    world.dispatch(world.removed('a'));
    expect(await isGone(result)).toBe(true);
    expect(world.store.find('b')).toBeDefined();
  });

  it('holds nothing of a task that retention had removed', async () => {
    const world = newStore({ tasks: 1 });
    const results = ['a', 'b', 'c'].map((id) => ran(world, id));
    expect([await isGone(results[0]!), await isGone(results[1]!), await isGone(results[2]!)]).toEqual([true, true, false]);
  });

  it('holds nothing of a run that retention had removed', async () => {
    const { dispatch, scheduled, started, completed } = newStore({ runs: 1 });
    dispatch(scheduled('a'));
    const result = (n: number) => {
      const value = { rows: new Array<number>(1_000) };
      dispatch(started('a', `r${n}`), completed('a', `r${n}`, value));
      return new WeakRef(value);
    };
    const results = [result(0), result(1), result(2)];
    expect([await isGone(results[0]!), await isGone(results[1]!), await isGone(results[2]!)]).toEqual([true, true, false]);
  });

  it('holds nothing for tasks$ once nobody subscribes to it', async () => {
    const world = newStore();
    const told = record(world.store.tasks$);
    const result = ran(world, 'a');
    told.stop();
    told.values.length = 0;
    record(world.store.tasks$.pipe(take(1))).values.length = 0;
    world.dispatch(world.removed('a'));
    expect(await isGone(result)).toBe(true);
  });

  it('holds no subscriber that has gone', async () => {
    const { store, scheduled, dispatch } = newStore();
    dispatch(scheduled('a'));
    const subscribeAndGo = () => {
      const handlers = [() => undefined, () => undefined, () => undefined, () => undefined];
      const streams: Observable<unknown>[] = [store.task$('a'), store.runs$('a'), store.tasks$, store.events$];
      for (const [n, stream] of streams.entries()) stream.subscribe(handlers[n]).unsubscribe();
      return handlers.map((handler) => new WeakRef(handler));
    };
    const references = subscribeAndGo();
    for (const reference of references) expect(await isGone(reference)).toBe(true);
    expect(store.record('a').id).toBe('a');
  });
});

describe('whatever happens', () => {
  type World = ReturnType<typeof newStore>;
  const statusNow = ({ store }: World, id: string) => { const task = store.find(id); return task && statusOf(task); };
  const live = ({ store }: World, id: string) => (store.find(id) ? store.runs(id).find(({ status }) => status === 'RUNNING')?.runId : undefined);
  const isLive = (world: World, id: string) => live(world, id) !== undefined;

  /** What may happen to a task where it stands. */
  const happenings: readonly { can(world: World, id: string): boolean; fact(world: World, id: string, n: number): TaskEvent }[] = [
    { can: ({ store }, id) => !store.find(id)?.final, fact: ({ store, scheduled }, id) => scheduled(id, { replaced: store.find(id) !== undefined }) },
    { can: ({ store }, id) => store.find(id) !== undefined && !store.find(id)?.final, fact: ({ started }, id, n) => started(id, `r${n}`, n) },
    { can: isLive, fact: (world, id) => world.completed(id, live(world, id)!) },
    { can: isLive, fact: (world, id) => world.failed(id, live(world, id)!) },
    { can: isLive, fact: (world, id, n) => world.progressed(id, live(world, id)!, n) },
    { can: (world, id) => statusNow(world, id) === 'PENDING', fact: ({ paused }, id) => paused(id) },
    { can: (world, id) => ['PENDING', 'PAUSED'].includes(statusNow(world, id) ?? ''), fact: ({ finished }, id) => finished(id) },
    { can: ({ store }, id) => Boolean(store.find(id)?.final), fact: ({ removed }, id) => removed(id) },
  ];
  const happen = (world: World, id: string, happening: number, n: number): TaskEvent | undefined =>
    happenings[happening]!.can(world, id) ? happenings[happening]!.fact(world, id, n) : undefined;

  const plan = fc.record({
    actions: fc.array(fc.record({ id: fc.constantFrom('a', 'b', 'c'), happening: fc.nat({ max: happenings.length - 1 }), inside: fc.nat({ max: 4 }) }), { maxLength: 60 }),
    joinAt: fc.nat({ max: 60 }),
  });

  it('tells every subscriber the same: all that came after he did, in order, without a gap, and the maps agree with the events', () => {
    fc.assert(fc.property(plan, ({ actions, joinAt }) => {
      const world = newStore();
      const { store, dispatch } = world;
      const seqs: number[] = [];
      const late: number[] = [];
      let next = 0;
      let newest = 0;
      let joinedAt = Infinity;
      const perform = () => {
        const { id, happening } = actions[next++]!;
        const event = happen(world, id, happening, next);
        newest = event?.seq ?? newest;
        if (event) dispatch(event);
        if (next !== joinAt || joinedAt !== Infinity) return;
        joinedAt = newest;
        store.events$.subscribe(({ seq }) => late.push(seq));
      };
      /** Acts inside notifications, as the plan says, of each kind of stream. */
      const nest = (where: number) => { if (actions[next]?.inside === where) perform(); };
      const maps: { map: ReadonlyMap<TaskId, TaskState>; then: readonly TaskState[] }[] = [];
      store.events$.subscribe(({ seq }) => { seqs.push(seq); nest(0); });
      store.events$.subscribe(() => { nest(1); });
      store.tasks$.subscribe((map) => {
        const states = [...store.records()].map(taskSnapshot);
        maps.push({ map, then: states });
        nest(2);
      });
      while (next < actions.length) perform();
      expect(seqs).toEqual(seqs.map((_, n) => n + 1));
      expect(late).toEqual(seqs.filter((seq) => seq > joinedAt));
      for (const { map, then } of maps) expect([...map.values()]).toEqual(then);
      expect([...maps.at(-1)!.map.values()]).toEqual([...store.records()].map(taskSnapshot));
    }), { numRuns: 200 });
  });

  /** What a record says, without anybody holding it. */
  const plain = (task: TaskRecord): TaskRecord => {
    const copy = copyOf(task);
    return { ...copy, past: { ...copy.past, lastRun: copy.past.lastRun && NEW_DRAFTS.of(copy.past.lastRun) } };
  };

  it('is what the pure fold makes of the events, and nothing that was looked at ever changes', () => {
    const look = fc.constantFrom('task', 'runs', 'maps', 'nothing', 'nothing');
    const step = fc.record({ id: fc.constantFrom('a', 'b'), happening: fc.nat({ max: happenings.length - 1 }), look, watch: fc.boolean() });
    fc.assert(fc.property(fc.array(step, { maxLength: 80 }), (plan) => {
      // With one run kept of each task, records serve again and again.
      const world = newStore({ runs: 1 });
      const { store } = world;
      const pure = new Map<string, { task: TaskRecord | undefined; runs: Map<string, RunRecord> }>();
      const seen: (readonly [now: unknown, then: unknown])[] = [];
      const see = (value: unknown) => { seen.push([value, structuredClone(value)]); };
      for (const [n, { id, happening, look, watch }] of plan.entries()) {
        const event = happen(world, id, happening, n);
        if (!event) continue;
        world.dispatch(event);
        const { task, runs = new Map<string, RunRecord>() } = pure.get(id) ?? {};
        const runId = 'runId' in event ? event.runId ?? '' : '';
        const run = runTransition(runs.get(runId), event);
        if (run) runs.set(runId, run);
        const next = transition(task, event, run);
        pure.set(id, { task: next, runs: next ? runs : new Map<string, RunRecord>() });
        const record = store.find(id);
        expect(record && plain(record)).toEqual(next && plain(next));
        if (watch && record && !record.final) store.runs$(id).pipe(take(2)).subscribe(see);
        if (look === 'task' && record) {
          see(taskSnapshot(record));
          expect(taskSnapshot(record)).toEqual(taskSnapshot(plain(record)));
        }
        if (look === 'runs' && record) {
          see(store.runs(id));
          for (const state of store.runs(id)) expect(state).toEqual(runSnapshot(NEW_DRAFTS.of(runs.get(state.runId)!)));
        }
        if (look === 'maps') store.tasks$.pipe(take(2)).subscribe((map) => { for (const state of map.values()) see(state); });
      }
      for (const [now, then] of seen) expect(now).toEqual(then);
    }), { numRuns: 300 });
  });

  it('tells of one task the states that its events make, each newer than the one before', () => {
    fc.assert(fc.property(plan, ({ actions }) => {
      const world = newStore();
      const { store, dispatch } = world;
      dispatch(world.scheduled('a'));
      const task = record(store.task$('a'));
      const expected = [taskSnapshot(store.record('a'))];
      for (const [n, { happening }] of actions.entries()) {
        if (happening === happenings.length - 1) continue;
        const event = happen(world, 'a', happening, n);
        if (event) dispatch(event);
        const now = taskSnapshot(store.record('a'));
        if (now !== expected.at(-1)) expected.push(now);
      }
      expect(task.values).toEqual(expected);
      expect(task.values.every((state, n) => state === expected[n])).toBe(true);
      expect(task.end).toBe(store.record('a').final ? 'complete' : undefined);
    }));
  });
});

describe('many who watch one task', () => {
  const { onUnhandledError } = config;
  afterEach(() => { config.onUnhandledError = onUnhandledError; });

  /** A store with a task that runs, and how many times its progress is told to those who `watch`. */
  function running() {
    const world = newStore();
    let n = 0;
    world.dispatch(world.scheduled('a'), world.started('a', 'r'));
    return { ...world, progress: () => { world.dispatch(world.progressed('a', 'r', ++n)); } };
  }

  it('are told in the order they came, whichever of the streams they chose', () => {
    const { store, progress } = running();
    const log: string[] = [];
    store.runs$('a').subscribe(() => log.push('run 1'));
    store.task$('a').subscribe(({ progress: now }) => { if (now !== undefined) log.push('task 2'); });
    const third = store.runs$('a').subscribe(() => log.push('run 3'));
    store.task$('a').subscribe(({ progress: now }) => { if (now !== undefined) log.push('task 4'); });
    progress();
    expect(log.splice(0)).toEqual(['run 1', 'task 2', 'run 3', 'task 4']);
    third.unsubscribe();
    store.runs$('a').subscribe(() => log.push('run 5'));
    progress();
    expect(log).toEqual(['run 1', 'task 2', 'task 4', 'run 5']);
  });

  it('get one state, made once, and a getter and a map give the same', () => {
    const { store, progress } = running();
    const maps = record(store.tasks$);
    const watchers = Array.from({ length: 3 }, () => record(store.task$('a')));
    progress();
    const state = taskSnapshot(store.record('a'));
    expect([...watchers.map(({ values }) => values.at(-1)), maps.values.at(-1)?.get('a')].every((seen) => seen === state)).toBe(true);
    expect(state).toMatchObject({ progress: 1, lastRun: { progress: 1 } });
  });

  it('are each told nothing more once another has made them leave, and all others go on, whoever leaves', () => {
    const size = 5;
    // Whoever stands at `host` makes leave those that the bits of `gone` name, itself among them, and as many newcomers come.
    for (let host = 0; host < size; host++) {
      for (let gone = 0; gone < 2 ** size; gone++) {
        const { store, progress } = running();
        const log: string[] = [];
        const leaves = (n: number) => (gone & (1 << n)) !== 0;
        const come = (who: string) => store.runs$('a').subscribe(() => log.push(who));
        let first = true;
        const subscriptions = Array.from({ length: size }, (_, n) => store.runs$('a').subscribe(() => {
          log.push(`${n}`);
          if (n !== host || !first) return;
          first = false;
          for (const [other, subscription] of subscriptions.entries()) if (leaves(other)) subscription.unsubscribe();
          for (const [other] of subscriptions.entries()) if (leaves(other)) come(`new ${other}`);
        }));
        progress();
        const all = Array.from({ length: size }, (_, n) => n);
        expect(log.splice(0)).toEqual(all.filter((n) => n <= host || !leaves(n)).map(String));
        progress();
        expect(log).toEqual([...all.filter((n) => !leaves(n)).map(String), ...all.filter(leaves).map((n) => `new ${n}`)]);
      }
    }
  });

  it('go on being told after the store itself has forgotten another task, and told of that', () => {
    const { store, scheduled, started, finished, dispatch } = newStore({ tasks: 0 });
    dispatch(scheduled('a'), scheduled('b'));
    const [task, events] = [record(store.task$('a')), record(store.events$)];
    dispatch(finished('b'));
    dispatch(started('a', 'r'));
    expect(types(events)).toEqual(['taskFinished', 'taskRemoved', 'runStarted']);
    expect(statuses(task)).toEqual(['PENDING', 'RUNNING']);
  });

  it('are spared by one who throws, and by one whose own teardown does', () => {
    jest.useFakeTimers();
    try {
      const reported: unknown[] = [];
      config.onUnhandledError = (error) => reported.push(error);
      const { store, scheduled, completed, finished, dispatch } = running();
      const before = record(store.task$('a'));
      store.task$('a').subscribe().add(() => { throw boom; });
      store.task$('a').pipe(finalize(() => { throw boom; })).subscribe();
      store.runs$('a').subscribe({ complete: () => { throw boom; } });
      const after = record(store.task$('a'));
      dispatch(completed('a', 'r'), finished('a'));
      expect([before, after].map(({ end }) => end)).toEqual(['complete', 'complete']);
      dispatch(scheduled('b'));
      expect(statuses(record(store.task$('b')))).toEqual(['PENDING']);
      jest.runAllTimers();
      expect(reported).toEqual([expect.objectContaining({ errors: [boom] }), expect.objectContaining({ errors: [boom] }), boom]);
    } finally {
      jest.useRealTimers();
    }
  });

  it('are spared by what RxJS takes for a subscriber of its own and is none, from its first value on', () => {
    jest.useFakeTimers();
    try {
      const reported: unknown[] = [];
      config.onUnhandledError = (error) => reported.push(error);
      const { store, progress } = running();
      const rude = Object.assign(new Subscription(), { next: () => { throw boom; }, error: jest.fn(), complete: () => undefined });
      store.task$('a').subscribe(rude);
      const task = record(store.task$('a'));
      progress();
      expect(task.values.map((state) => state.progress)).toEqual([undefined, 1]);
      expect(rude.error.mock.calls).toEqual([[boom]]);
      jest.runAllTimers();
      expect(reported).toEqual([boom]);
    } finally {
      jest.useRealTimers();
    }
  });

  it('all complete with the scheduler, though some of them throw or leave meanwhile', () => {
    jest.useFakeTimers();
    try {
      const reported: unknown[] = [];
      config.onUnhandledError = (error) => reported.push(error);
      const { store } = running();
      store.task$('a').subscribe({ complete: () => { left.stop(); throw boom; } }).add(() => { throw boom; });
      const left = record(store.task$('a'));
      const last = record(store.runs$('a'));
      store.complete();
      expect([left.end, last.end]).toEqual([undefined, 'complete']);
      jest.runAllTimers();
      expect(reported).toEqual([boom, expect.objectContaining({ errors: [boom] })]);
    } finally {
      jest.useRealTimers();
    }
  });

  it('cost each other nothing when they come and go, and leave nothing', () => {
    const { store, directory, progress } = running();
    const cost = (others: number) => {
      const subscriptions = Array.from({ length: others }, () => store.task$('a').subscribe());
      const measured = steps(() => { store.task$('a').subscribe().unsubscribe(); });
      // In any order: the last, the first, and then every third.
      for (const from of [others - 1, 0, 1, 2]) for (let n = from; n < others; n += 3) subscriptions[n]?.unsubscribe();
      for (const subscription of subscriptions) subscription.unsubscribe();
      return measured;
    };
    expect(cost(10_000)).toBe(cost(10));
    for (let n = 0; n < 1_000; n++) store.runs$('a').subscribe().unsubscribe();
    const watching = record(store.task$('a'));
    progress();
    expect(watching.values).toHaveLength(2);
    watching.stop();
    expect([...directory].map(({ watchers }) => watchers)).toEqual([undefined]);
  });
});

describe('a task that is retried', () => {
  it('goes on for one who came between the end and the telling of it', () => {
    const { store, scheduled, started, failed, finished, fact, dispatch } = newStore();
    dispatch(scheduled('a'), started('a', 'r'));
    const early = record(store.task$('a'));
    let late: ReturnType<typeof record<TaskState>> | undefined;
    store.runs$('a').subscribe(({ status }) => {
      if (status !== 'FAILED') return;
      dispatch(fact('taskRetried', { taskId: 'a', nextRunAt: 7 }));
      late = record(store.task$('a'));
    });
    dispatch(failed('a', 'r'), finished('a', 'FAILED'));
    expect([statuses(early), early.end]).toEqual([['RUNNING', 'FAILED'], 'complete']);
    expect([statuses(late!), late?.end]).toEqual([['PENDING'], undefined]);
    dispatch(started('a', 's'));
    expect(statuses(late!)).toEqual(['PENDING', 'RUNNING']);
  });
});
