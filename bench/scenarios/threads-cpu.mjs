// How fast threads get work done that needs a processor, and how punctual the main thread stays meanwhile.
import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../measure.mjs';

const BEAT = 10;

export const title = 'Threads, CPU: tasks that keep a processor busy, in two threads, while the main thread beats every 10 ms';
export const rounds = 5;
export const contenders = ['carillon', 'piscina', 'workerpool', 'bare-workers', 'sleeping-workers', 'inline', 'idle'];
export const notApplicable = {};
export const base = 'piscina';

export const columns = [
  { key: 'rate', label: 'tasks/s', goals: [{ least: 0.97, of: base }] },
  { key: 'p99', label: 'beat late, p99, ms', goals: [{ most: 1.3, of: 'idle' }] },
  { key: 'missed', label: 'missed', plain: true },
];

export function cases({ quick }) {
  return [{ n: quick ? 10 : 200, ms: 20, threads: 2 }];
}

export function label({ n, ms }) {
  return `${n} tasks of ${ms} ms`;
}

export async function run({ openThreads }, { n, ms, threads }) {
  const { call, schedule = call, close } = await openThreads({ threads, name: 'spin' });
  // Enough that all threads have had some.
  await beating(schedule, Math.max(n / 10, 2 * threads), ms, threads);
  globalThis.gc();
  const { took, ran, lateness } = await beating(schedule, n, ms, threads);
  await close();
  // Who has nothing to run misses nothing.
  return { rate: ran * 1000 / took, p99: quantile(lateness, 0.99), missed: schedule ? n - ran : 0 };
}

/** Starts n tasks at once and waits for all, or just as long as they should take; how late each beat was meanwhile, sorted, in ms. */
async function beating(start, n, ms, threads) {
  const lateness = [];
  const from = performance.now();
  let last = from;
  const beat = () => {
    const now = performance.now();
    lateness.push(now - last - BEAT);
    last = now;
  };
  const timer = setInterval(beat, BEAT);
  const outcomes = start ? await Promise.allSettled(Array.from({ length: n }, () => start(ms))) : await sleep(n * ms / threads, []);
  const took = performance.now() - from;
  clearInterval(timer);
  // One that is due and has not come is late, too.
  if (performance.now() - last > BEAT) beat();
  return { took, ran: outcomes.filter(({ value }) => value === ms).length, lateness: Float64Array.from(lateness).sort() };
}

export function failures({ missed }) {
  return missed ? [`${missed} missed`] : [];
}
