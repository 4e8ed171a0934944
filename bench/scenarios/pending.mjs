// What it costs to wait: memory, and the calls that schedule and cancel.
import { heapBytes, microseconds } from '../measure.mjs';

const HOUR = 3_600_000;

export const title = 'Pending: one-time tasks due in 1 to 24 hours';
export const rounds = 3;
export const contenders = ['carillon', 'bare-rxjs', 'reference'];
export const notApplicable = { 'p-queue': 'knows no due times', 'toad-scheduler': 'has no one-time jobs' };

export const columns = [
  { key: 'bytes', label: 'bytes a task', goals: [{ most: 700 }] },
  { key: 'schedule', label: 'schedule, µs', goals: [{ most: 4 }] },
  { key: 'cancel', label: 'cancel, µs', goals: [{ most: 1.5 }] },
  { key: 'left', label: 'left when cancelled, kB', plain: true },
  // However many there were: what is left is no task, but room that an array has to spare, and what the heap differs by from one time to the next.
  { key: 'leftOfNone', label: 'with none kept, kB', plain: true, goals: [{ most: 500, over: 'reference' }] },
  { key: 'leftAtEnd', label: 'left at the end, kB', plain: true, goals: [{ most: 500 }] },
];

export function cases({ quick }) {
  return quick ? [{ n: 2_000 }, { n: 2_000, options: true }] : [{ n: 100_000 }, { n: 100_000, options: true }, { n: 1_000_000 }];
}

export function label({ n, options }) {
  return `${n.toLocaleString('en')} tasks${options ? ' with name, tags, args, retry and timeout' : ''}`;
}

const work = () => undefined;

export async function run({ open }, { n, options: hasOptions = false }) {
  const now = Date.now();
  const dueTimes = Array.from({ length: n }, () => now + HOUR + Math.random() * 23 * HOUR);
  const handles = new Array(n).fill(undefined);
  for (let round = 0; round < 5; round++) warmUp(open);
  const before = await heapBytes();

  let scheduler = open();
  const schedule = microseconds(n, () => {
    for (let i = 0; i < n; i++) {
      handles[i] = scheduler.once(work, dueTimes[i], hasOptions ? optionsOf(i) : undefined);
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
    bytes: (pending - before) / n, schedule, cancel, left: (cancelled - before) / 1000, leftAtEnd: (end - before) / 1000,
    leftOfNone: await leftOfNone(open, dueTimes), allPending,
  };
}

/** What a scheduler that keeps no finished task holds on to when all were cancelled, in kB. */
async function leftOfNone(open, dueTimes) {
  const handles = new Array(dueTimes.length).fill(undefined);
  const before = await heapBytes();
  const scheduler = open({ keep: 0 });
  for (let i = 0; i < dueTimes.length; i++) handles[i] = scheduler.once(work, dueTimes[i]);
  for (const handle of handles) scheduler.cancel(handle);
  handles.fill(undefined);
  const left = (await heapBytes() - before) / 1000;
  await scheduler.close();
  return left;
}

/** New objects for each task, as a user's call would have them. */
function optionsOf(i) {
  return { name: `task ${i}`, tags: ['some', 'tags'], args: [i, 'argument'], retry: { maxAttempts: 3, delay: 1_000 }, timeout: 30_000 };
}

/** So that compiling the code is not part of what is measured; with more tasks than carillon keeps of those that are finished. */
function warmUp(open) {
  const scheduler = open();
  const handles = Array.from({ length: 15_000 }, (_, i) => scheduler.once(work, Date.now() + HOUR + i));
  for (const handle of handles) scheduler.cancel(handle);
  void scheduler.close();
}

export function failures({ allPending }) {
  return allPending ? [] : ['a task that waits is not PENDING'];
}
