// What it costs to wait: memory, and the calls that schedule and cancel.
import { heapBytes, microseconds } from '../measure.mjs';

const HOUR = 3_600_000;

export const title = 'Pending: one-time tasks due in 1 to 24 hours';
export const rounds = 5;
export const contenders = ['carillon', 'bare-rxjs', 'reference'];
export const notApplicable = { 'p-queue': 'knows no due times', 'toad-scheduler': 'has no one-time jobs' };

export const columns = [
  { key: 'bytes', label: 'bytes a task', goal: 1 },
  { key: 'schedule', label: 'schedule, µs', goal: 1 },
  { key: 'cancel', label: 'cancel, µs', goal: 1 },
  { key: 'left', label: 'left when cancelled, kB' },
  { key: 'leftAtEnd', label: 'left at the end, kB' },
];

export function cases({ quick, million }) {
  if (quick) return [{ n: 2_000 }];
  return [{ n: 100_000 }, { n: 100_000, options: true }, ...(million ? [{ n: 1_000_000 }] : [])];
}

export function label({ n, options }) {
  return `${n.toLocaleString('en')} tasks${options ? ' with name, tags and args' : ''}`;
}

export async function run({ open }, { n, options: hasOptions = false }) {
  const work = () => undefined;
  const now = Date.now();
  const dueTimes = Array.from({ length: n }, () => now + HOUR + Math.random() * 23 * HOUR);
  const handles = new Array(n).fill(undefined);
  for (let round = 0; round < 5; round++) warmUp(open, work);
  const before = await heapBytes();

  let scheduler = open();
  const schedule = microseconds(n, () => {
    for (let i = 0; i < n; i++) {
      handles[i] = scheduler.once(work, dueTimes[i], hasOptions ? { name: `task ${i}`, tags: ['some', 'tags'], args: [i, 'argument'] } : undefined);
    }
  });
  const pending = await heapBytes();
  const allPending = handles.every((handle) => scheduler.statusOf(handle) === 'PENDING');

  const cancel = microseconds(n, () => {
    for (const handle of handles) scheduler.cancel(handle);
  });
  handles.fill(undefined);
  const cancelled = await heapBytes();

  await scheduler.close();
  scheduler = undefined;
  const end = await heapBytes();
  return {
    bytes: (pending - before) / n, schedule, cancel, left: (cancelled - before) / 1000, leftAtEnd: (end - before) / 1000, allPending,
  };
}

/** So that compiling the code is not part of what is measured; with more tasks than carillon keeps of those that are finished. */
function warmUp(open, work) {
  const scheduler = open();
  const handles = Array.from({ length: 15_000 }, (_, i) => scheduler.once(work, Date.now() + HOUR + i));
  for (const handle of handles) scheduler.cancel(handle);
  void scheduler.close();
}

export function failures({ allPending }) {
  return allPending ? [] : ['a task that waits is not PENDING'];
}
