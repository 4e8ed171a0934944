// What one writes by hand on RxJS: a `timer` or `interval` a task, one `mergeMap` that limits how many run, and a
// `BehaviorSubject` a task for its state.
import { BehaviorSubject, EMPTY, Subject, catchError, defer, interval, mergeMap, of, tap, timer } from 'rxjs';
import { newId } from './new-id.mjs';

export const firstTick = 1;

export function open({ concurrency = Infinity, clock } = {}) {
  const tasks = new Map();
  const due$ = new Subject();
  const running = due$.pipe(mergeMap(run, concurrency)).subscribe();

  function run({ state, work, args, oneTime }) {
    return defer(() => {
      state.next({ ...state.value, status: 'RUNNING', runCount: state.value.runCount + 1, startedAt: Date.now() });
      const result = work(...args);
      return result instanceof Promise ? result : of(result);
    }).pipe(
      tap((result) => state.next({ ...state.value, status: oneTime ? 'COMPLETED' : 'PENDING', result, finishedAt: Date.now() })),
      catchError((error) => {
        state.next({ ...state.value, status: 'FAILED', error, finishedAt: Date.now() });
        return EMPTY;
      }),
    );
  }

  function add(trigger$, oneTime, work, { args = [], name, tags } = {}) {
    const id = newId();
    const state = new BehaviorSubject({
      id, name, tags, status: 'PENDING', runCount: 0, startedAt: undefined, finishedAt: undefined, result: undefined, error: undefined,
    });
    const task = { state, work, args, oneTime, subscription: undefined };
    task.subscription = trigger$.subscribe(() => due$.next(task));
    tasks.set(id, task);
    return id;
  }

  return {
    tasks,
    once: (work, at, options) => add(timer(new Date(at)), true, work, options),
    every: (work, ms) => add(interval(ms, clock), false, work),
    cancel: (id) => {
      const { state, subscription } = tasks.get(id);
      subscription.unsubscribe();
      state.next({ ...state.value, status: 'CANCELLED', finishedAt: Date.now() });
      state.complete();
      return tasks.delete(id);
    },
    statusOf: (id) => tasks.get(id).state.value.status,
    resultOf: (id) => tasks.get(id).state.value.result,
    close: () => {
      for (const { subscription } of tasks.values()) subscription.unsubscribe();
      running.unsubscribe();
    },
  };
}
