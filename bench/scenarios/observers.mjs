// What a transition costs by who watches: nobody, one subscriber of all tasks, or one of each task.
import { BehaviorSubject } from 'rxjs';
import { heapBytes, median, microseconds } from '../measure.mjs';

const HOUR = 3_600_000;

export const title = 'Observers: a transition, by who watches';
export const rounds = 3;
export const contenders = ['carillon', 'bare-rxjs'];
export const notApplicable = {};

// The same however many tasks there are, but for the caches that 100,000 of them miss: as much as a plain build's, that nobody watches.
const flat = [{ most: 1.25, of: 'first case', beside: 'bare-rxjs', by: 'unwatched' }];

export const columns = [
  { key: 'unwatched', label: 'nobody, µs', goals: flat },
  { key: 'each', label: 'task$ of each, µs', goals: flat },
  { key: 'eachAdds', label: 'task$ adds, µs', plain: true, goals: [{ most: 1 }] },
  { key: 'tasks', label: 'tasks$, µs', goals: flat },
  { key: 'tasksAdds', label: 'tasks$ adds, µs', plain: true, goals: [{ most: 4 }] },
  { key: 'told', label: 'emissions a transition', plain: true, goals: [{ least: 1, always: true }] },
  { key: 'bytes', label: 'bytes a task$ subscription' },
];

export function cases({ quick }) {
  return quick ? [{ n: 500, transitions: 1_000 }] : [1_000, 100_000].map((n) => ({ n, transitions: 100_000 }));
}

export function label({ n }) {
  return `${n.toLocaleString('en')} tasks`;
}

export async function run(contender, { n, transitions }) {
  const play = contender.VirtualClock ? carillon(contender.open, n) : bareRxjs(contender.open, n);
  // Copied maps take so long that a part has to do.
  const part = contender.VirtualClock ? transitions : Math.ceil(transitions / 2_500);
  const bytes = await subscriptionBytes(play, n);
  const looks = [];
  let unheard = 0;
  let untold = 0;
  // One after the other, and more than once, since a difference is looked for; the first look compiles the code.
  for (let look = 0; look < 4; look++) {
    const unwatched = time(play, n, transitions);
    const each = watched(play, n, transitions, (see) => play.watchEach(see));
    const tasks = watched(play, n, part, (see) => [play.watchAll(see)]);
    looks.push({
      unwatched, each: each.cost, eachAdds: each.cost - unwatched, tasks: tasks.cost, tasksAdds: tasks.cost - unwatched, told: tasks.heard / part,
    });
    unheard += Math.abs(transitions - each.heard);
    untold += Math.abs(part - tasks.heard);
  }
  const middle = Object.keys(looks[0]).map((key) => [key, median(looks.slice(1).map((look) => look[key]))]);
  return { ...Object.fromEntries(middle), bytes, unheard, untold };
}

/** µs a transition while somebody watches, and how much was heard of. */
function watched(play, n, transitions, watch) {
  let heard = 0;
  const subscriptions = watch(() => { heard++; });
  // What is told at once is no change.
  heard = 0;
  const cost = time(play, n, transitions);
  for (const subscription of subscriptions) subscription.unsubscribe();
  return { cost, heard };
}

/** µs a transition. */
function time({ transition }, n, transitions) {
  globalThis.gc();
  return microseconds(transitions, () => {
    for (let i = 0; i < transitions; i++) transition(i % n);
  });
}

async function subscriptionBytes({ watchEach }, n) {
  const before = await heapBytes();
  const subscriptions = watchEach(() => undefined);
  const bytes = (await heapBytes() - before) / n;
  for (const subscription of subscriptions) subscription.unsubscribe();
  return bytes;
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
