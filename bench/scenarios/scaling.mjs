// How the cost of a task grows with their number.
import { microseconds } from '../measure.mjs';
import { dispatch } from './dispatch.mjs';

const HOUR = 3_600_000;
const LEAST = 1_000;

export const title = 'Scaling: cost of a task by their number; the factor is against 1,000 tasks';
export const rounds = 3;
export const contenders = ['carillon', 'reference'];
export const notApplicable = { 'bare-rxjs': "mergeMap's backlog makes it quadratic", 'p-queue': 'see dispatch', 'toad-scheduler': 'has no one-time jobs' };
export const against = 'first case';

// Flat, as far as the machine lets anything be: what the bare heap costs more as it grows is caches that miss, and collection.
const goals = [{ most: 1.25, of: 'first case', beside: 'reference' }];

export const columns = [
  { key: 'schedule', label: 'schedule, µs', goals },
  { key: 'cancel', label: 'cancel, µs', goals },
  { key: 'dispatch', label: 'schedule and run when due, µs', goals },
];

export function cases({ quick }) {
  return (quick ? [LEAST, 2_000] : [LEAST, 100_000, 1_000_000]).map((n) => ({ n, quick }));
}

export function label({ n }) {
  return `${n.toLocaleString('en')} tasks`;
}

export async function run({ open }, { n, quick = false }) {
  // Small numbers often, so that every case does as much, and compiling the code counts for little.
  const times = quick ? 1 : Math.max(1, 100_000 / n);
  const warmUp = quick ? 100 : 20_000;
  scheduleAndCancel(open, warmUp);
  await runAll(open, warmUp);
  let schedule = 0;
  let cancel = 0;
  let run = 0;
  let early = 0;
  for (let i = 0; i < times; i++) {
    const costs = scheduleAndCancel(open, n);
    schedule += costs.schedule / times;
    cancel += costs.cancel / times;
  }
  globalThis.gc();
  for (let i = 0; i < times; i++) {
    const result = await runAll(open, n);
    run += result.cost / times;
    early += result.early;
  }
  return { schedule, cancel, dispatch: run, early };
}

function scheduleAndCancel(open, n) {
  const scheduler = open();
  const work = () => undefined;
  const now = Date.now();
  const handles = new Array(n);
  const schedule = microseconds(n, () => {
    for (let i = 0; i < n; i++) handles[i] = scheduler.once(work, now + HOUR + Math.random() * 23 * HOUR);
  });
  const cancel = microseconds(n, () => {
    for (const handle of handles) scheduler.cancel(handle);
  });
  void scheduler.close();
  return { schedule, cancel };
}

async function runAll(open, n) {
  const { scheduler, scheduling, running, early } = await dispatch(open, n, 100);
  await scheduler.close();
  return { cost: (scheduling + running) * 1000 / n, early };
}

export function failures({ early }) {
  return early ? [`${early} early`] : [];
}
