// A herd: very many tasks due at one instant. When the last one starts, and for how long nothing else could run.
import { setTimeout as sleep } from 'node:timers/promises';
import { fineWallClock } from '../measure.mjs';

export const title = 'Herd: sync no-op one-time tasks, all due at one instant';
export const rounds = 5;
export const contenders = ['carillon', 'bare-rxjs', 'reference'];
export const notApplicable = { 'p-queue': 'knows no due times', 'toad-scheduler': 'has no one-time jobs' };
export const base = 'reference';

export const columns = [
  { key: 'first', label: 'first start, ms late', plain: true },
  { key: 'last', label: 'last start, ms late', goals: [{ most: 2, of: 'reference' }] },
  { key: 'blocked', label: 'loop blocked for, ms', goals: [{ most: 25 }] },
  { key: 'early', label: 'early', plain: true },
  { key: 'missed', label: 'missed', plain: true, goals: [{ most: 0, always: true }] },
  { key: 'twice', label: 'twice', plain: true, goals: [{ most: 0, always: true }] },
];

export function cases({ quick }) {
  return [quick ? { n: 2_000, leadMs: 300 } : { n: 100_000, leadMs: 3_000 }];
}

export function label({ n }) {
  return `${n.toLocaleString('en')} tasks`;
}

export async function run({ open }, { n, leadMs }) {
  // So that compiling the code is not part of what is measured.
  for (let round = 0; round < 3; round++) await herd(open, Math.min(n, 10_000), 300);
  return herd(open, n, leadMs);
}

async function herd(open, n, leadMs) {
  const scheduler = open();
  const wallClock = fineWallClock();
  const due = Date.now() + leadMs;
  const starts = new Uint8Array(n);
  let left = n;
  let early = 0;
  let first;
  let last;
  const work = (i) => {
    if (Date.now() < due) early++;
    last = wallClock();
    first ??= last;
    if (starts[i]++ === 0) left--;
  };
  for (let i = 0; i < n; i++) scheduler.once(work, due, { args: [i] });
  if (Date.now() > due) throw new Error('Scheduling took longer than there was time for.');
  globalThis.gc();

  const longestTurn = watchLoop();
  await sleep(due - Date.now());
  // What has not run after this is lost.
  for (let wait = 100; wait > 0 && left > 0; wait--) await sleep(50);
  // One that runs twice does so a little later.
  await sleep(100);
  const blocked = longestTurn();
  await scheduler.close();
  return { first: first - due, last: last - due, blocked, early, missed: left, twice: starts.reduce((sum, times) => sum + Math.max(0, times - 1), 0) };
}

/**
 * Watches the event loop turn, by a chain of `setImmediate`: each is called once a turn, so that between two of them
 * lies all that ran meanwhile, whoever ran it; collection of garbage, too. Nothing of carillon's has a part in it.
 * Ends when asked for the longest turn, in ms.
 */
function watchLoop() {
  let longest = 0;
  let at = performance.now();
  let immediate = setImmediate(look);
  function look() {
    const now = performance.now();
    longest = Math.max(longest, now - at);
    at = now;
    immediate = setImmediate(look);
  }
  return () => {
    clearImmediate(immediate);
    return Math.max(longest, performance.now() - at);
  };
}

export function failures({ early, missed, twice }) {
  return [early && `${early} early`, missed && `${missed} missed`, twice && `${twice} twice`].filter(Boolean);
}
