// How fast due tasks are run, with the state and the result of every one kept and read back.
import { setImmediate as macrotask } from 'node:timers/promises';

export const title = 'Dispatch: async no-op one-time tasks due now, 100 at once, results kept';
export const rounds = 5;
export const contenders = ['carillon', 'bare-rxjs', 'p-queue', 'reference'];
export const notApplicable = { 'toad-scheduler': 'has no one-time jobs' };

export const columns = [
  { key: 'rate', label: 'tasks/s', goals: [{ least: 1, of: 'p-queue' }, { least: 3, of: 'bare-rxjs' }] },
  { key: 'schedule', label: 'schedule, µs a task' },
  { key: 'dispatch', label: 'run, µs a task' },
  { key: 'bytes', label: 'bytes a finished task' },
];

export function cases({ quick }) {
  return [{ n: quick ? 2_000 : 100_000, concurrency: 100 }];
}

export function label({ n }) {
  return `${n.toLocaleString('en')} tasks`;
}

export async function run({ open }, { n, concurrency }) {
  for (let round = 0; round < 3; round++) await dispatch(open, Math.min(n, 10_000), concurrency);
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  const { scheduler, handles, scheduling, running, ...counts } = await dispatch(open, n, concurrency);
  globalThis.gc();
  const after = process.memoryUsage().heapUsed;
  let right = 0;
  for (let i = 0; i < n; i++) {
    if (scheduler.statusOf(handles[i]) === 'COMPLETED' && await scheduler.resultOf(handles[i]) === i) right++;
  }
  await scheduler.close();
  return {
    rate: n * 1000 / (scheduling + running), schedule: scheduling * 1000 / n, dispatch: running * 1000 / n, bytes: (after - before) / n,
    ...counts, wrong: n - right,
  };
}

/** Schedules n tasks and waits until all have run; times in ms. */
export async function dispatch(open, n, concurrency) {
  const scheduler = open({ concurrency, keep: n });
  const handles = new Array(n);
  const dueTimes = new Float64Array(n);
  let ran = 0;
  let early = 0;
  let allRan;
  const end = new Promise((resolve) => { allRan = resolve; });
  const work = async (i) => {
    if (Date.now() < dueTimes[i]) early++;
    if (++ran === n) allRan();
    return i;
  };
  const from = performance.now();
  for (let i = 0; i < n; i++) {
    dueTimes[i] = Date.now();
    handles[i] = scheduler.once(work, dueTimes[i], { args: [i] });
  }
  const scheduled = performance.now();
  await end;
  // The last results are written after the last work has returned.
  await macrotask();
  const ended = performance.now();
  return { scheduler, handles, scheduling: scheduled - from, running: ended - scheduled, early, missed: Math.max(0, n - ran), twice: Math.max(0, ran - n) };
}

export function failures({ early, missed, twice, wrong }) {
  return [early && `${early} early`, missed && `${missed} missed`, twice && `${twice} twice`, wrong && `${wrong} wrong`].filter(Boolean);
}
