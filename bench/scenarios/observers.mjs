// What a transition costs by who watches: nobody, one subscriber of all tasks, or one of each task.
import { BehaviorSubject } from 'rxjs';
import { heapBytes } from '../measure.mjs';

const HOUR = 3_600_000;

export const title = 'Observers: a transition, by who watches';
export const rounds = 3;
export const contenders = ['carillon', 'bare-rxjs'];
export const notApplicable = {};

export const columns = [
  { key: 'unwatched', label: 'nobody, µs' },
  { key: 'tasks', label: 'tasks$, µs', goal: 1 },
  { key: 'told', label: 'emissions a transition', plain: true },
  { key: 'each', label: 'task$ of each, µs' },
  { key: 'bytes', label: 'bytes a task$ subscription' },
];

export function cases({ quick }) {
  return [{ n: quick ? 1_000 : 100_000 }];
}

export function label({ n }) {
  return `${n.toLocaleString('en')} tasks`;
}

export async function run(contender, { n }) {
  const { transition, watchAll, watchEach } = contender.VirtualClock ? carillon(contender.open, n) : bareRxjs(contender.open, n);
  // Copied maps take so long that a part has to do.
  const part = contender.VirtualClock ? n : Math.min(n, 100);
  time(n, transition);
  const unwatched = time(n, transition);

  let emissions = 0;
  const watching = watchAll((map) => { emissions += map.size > 0 ? 1 : 0; });
  emissions = 0;
  const tasks = time(part, transition);
  const told = emissions / part;
  watching.unsubscribe();

  const before = await heapBytes();
  let changes = 0;
  const subscriptions = watchEach(() => { changes++; });
  const bytes = (await heapBytes() - before) / n;
  changes = 0;
  time(n, transition);
  const each = time(n, transition);
  const unheard = 2 * n - changes;
  for (const subscription of subscriptions) subscription.unsubscribe();
  return { unwatched, tasks, told, each, bytes, unheard, untold: part - emissions };
}

/** µs a transition. */
function time(n, transition) {
  globalThis.gc();
  const from = performance.now();
  for (let i = 0; i < n; i++) transition(i);
  return (performance.now() - from) * 1000 / n;
}

/** A transition: a task that waits is paused, or resumed. */
function carillon(open, n) {
  const { scheduler } = open();
  const ids = Array.from({ length: n }, () => scheduler.scheduleOneTime(() => undefined, Date.now() + HOUR));
  const isPaused = new Array(n).fill(false);
  return {
    transition: (i) => {
      if ((isPaused[i] = !isPaused[i])) scheduler.pauseTask(ids[i]);
      else scheduler.resumeTask(ids[i]);
    },
    watchAll: (see) => scheduler.tasks$.subscribe(see),
    watchEach: (see) => ids.map((id) => scheduler.task$(id).subscribe(see)),
  };
}

/** The same, as far as state goes; the map of all tasks is copied for each change, so that a held one stays as it was. */
function bareRxjs(open, n) {
  const { tasks, once } = open();
  const ids = Array.from({ length: n }, () => once(() => undefined, Date.now() + HOUR));
  const states = ids.map((id) => tasks.get(id).state);
  let all$;
  return {
    transition: (i) => {
      const state = states[i];
      const next = { ...state.value, status: state.value.status === 'PAUSED' ? 'PENDING' : 'PAUSED' };
      state.next(next);
      all$?.next(new Map(all$.value).set(ids[i], next));
    },
    watchAll: (see) => {
      all$ = new BehaviorSubject(new Map(ids.map((id, i) => [id, states[i].value])));
      const subscription = all$.subscribe(see);
      subscription.add(() => { all$ = undefined; });
      return subscription;
    },
    watchEach: (see) => states.map((state) => state.subscribe(see)),
  };
}

export function failures({ unheard, untold }) {
  return [unheard && `${unheard} transitions that task$ did not tell`, untold && `${untold} that tasks$ did not tell`].filter(Boolean);
}
