// How punctual periodic tasks are, as the work itself sees it.
import { setImmediate as macrotask, setTimeout as sleep } from 'node:timers/promises';
import { fineWallClock, median, quantile } from '../measure.mjs';

const PERIOD = 100;

export const title = 'Lateness: sync no-op tasks every 100 ms';
export const rounds = 3;
export const contenders = ['carillon', 'bare-rxjs', 'rxjs-interval', 'toad-scheduler', 'reference'];
export const notApplicable = { 'p-queue': 'knows no due times' };

export const columns = [
  { key: 'p50', label: 'p50, ms' },
  { key: 'p99', label: 'p99, ms', goals: [{ most: 1.3, of: 'reference' }] },
  { key: 'max', label: 'max, ms' },
  { key: 'early', label: 'early', plain: true, goals: [{ most: 0, always: true }] },
  { key: 'missed', label: 'missed', plain: true, goals: [{ most: 0, always: true }] },
  { key: 'drift', label: 'drift, ms', goals: [{ most: 1 }] },
  { key: 'cpu', label: 'CPU, s', goals: [{ most: 1.5, of: 'reference' }] },
];

export function cases({ quick, together }) {
  if (quick) return [{ n: 100, seconds: 0.5, spread: true, leadMs: 200, warmUpMs: 200 }];
  return [
    { n: 100, seconds: 10, spread: true },
    { n: 1_000, seconds: 10, spread: true },
    { n: 10_000, seconds: 10, spread: true },
    ...(together ? [{ n: 10_000, seconds: 10, spread: false }] : []),
  ];
}

/** With fewer tasks, no more than what the goals are about, and plain timers: each takes fifteen seconds. */
export function contendersIn({ n }) {
  return n < 10_000 ? ['carillon', 'rxjs-interval', 'reference'] : contenders;
}

export function label({ n, seconds, spread }) {
  return `${n.toLocaleString('en')} tasks for ${seconds} s, ${spread ? 'their phases spread' : 'all scheduled at once'}`;
}

export async function run({ open, firstTick }, { n, seconds, spread, leadMs = 1000, warmUpMs = 3000 }) {
  await compile(open);
  const scheduler = open();
  const wallClock = fineWallClock();
  const anchors = new Float64Array(n);
  const runs = new Uint32Array(n);
  const capacity = n * (seconds * 1000 / PERIOD + 1);
  const dueTimes = new Float64Array(capacity);
  const lateness = new Float64Array(capacity);
  let seen = 0;
  let early = 0;
  let from = Infinity;
  let to = Infinity;

  function tick(i) {
    const now = Date.now();
    const due = anchors[i] + (runs[i]++ + firstTick) * PERIOD;
    if (now < due) early++;
    if (due < from || due >= to || seen === capacity) return;
    dueTimes[seen] = due;
    lateness[seen++] = wallClock() - due;
  }

  await scheduleAll(n, spread ? leadMs : 0, (i) => {
    anchors[i] = Date.now();
    scheduler.every(() => tick(i), PERIOD);
  });
  globalThis.gc();
  // The first ticks compile the code, make up for the time that scheduling took, and fill what is kept of each task's runs.
  from = Date.now() + warmUpMs;
  to = from + seconds * 1000;
  await sleep(from - Date.now());
  const cpu = process.cpuUsage();
  await sleep(to - Date.now());
  const { user, system } = process.cpuUsage(cpu);
  // Who is late catches up meanwhile; who has lost a tick stays behind.
  let missed = Infinity;
  for (let left = 20; left > 0 && missed > 0; left--) {
    await sleep(PERIOD);
    missed = runsBehind(anchors, runs, firstTick);
  }
  await scheduler.close();

  const sorted = lateness.slice(0, seen).sort();
  const between = (a, b) => lateness.subarray(0, seen).filter((_, i) => dueTimes[i] >= a && dueTimes[i] < b);
  return {
    p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), max: sorted[seen - 1], early, missed,
    drift: Math.abs(median(between(to - leadMs, to)) - median(between(from, from + leadMs))), cpu: (user + system) / 1e6, ticks: seen,
  };
}

/** A call that has to be compiled takes a millisecond or two, and its ticks count from one of them: from here, nobody could tell from which. */
async function compile(open) {
  const scheduler = open();
  for (let i = 0; i < 1_000; i++) scheduler.every(() => undefined, PERIOD);
  await scheduler.close();
}

/** How many runs there are too few, of what was due a period ago. */
function runsBehind(anchors, runs, firstTick) {
  const before = Date.now() - PERIOD;
  return anchors.reduce((sum, anchor, i) => sum + Math.max(0, Math.ceil((before - anchor) / PERIOD) - firstTick - runs[i]), 0);
}

/** Spread over so many ms, so that as many are due in each; or in one go. */
async function scheduleAll(n, ms, schedule) {
  const start = Date.now();
  for (let i = 0; i < n; i++) {
    while (Date.now() - start < i * ms / n) await macrotask();
    schedule(i);
  }
}

export function failures({ early, missed }) {
  return [early && `${early} early`, missed && `${missed} missed`].filter(Boolean);
}
