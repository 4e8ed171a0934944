// What the scenarios measure with.
import { setImmediate as macrotask } from 'node:timers/promises';

/** Bytes in use on the heap, after collection. */
export async function heapBytes() {
  // What a promise or a finalizer still holds is let go of between the two.
  globalThis.gc();
  await macrotask();
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

/** Microseconds that the call takes, per item. */
export function microseconds(items, call) {
  const from = performance.now();
  call();
  return (performance.now() - from) * 1000 / items;
}

/** The value below which that share of the sorted values lies. */
export function quantile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

export function median(values) {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Reads the wall clock to the microsecond: `Date.now()` moves in whole milliseconds. */
export function fineWallClock() {
  let offset = -Infinity;
  // Whoever is interrupted sees the wall clock move too late, so the earliest of many looks is right.
  for (let look = 0; look < 20; look++) {
    const start = Date.now();
    let flip;
    while ((flip = Date.now()) === start);
    offset = Math.max(offset, flip - performance.now());
  }
  return () => performance.now() + offset;
}
