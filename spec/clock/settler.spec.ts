import { AsyncLocalStorage } from 'node:async_hooks';
import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { interval } from 'rxjs';
import { Settler } from '../../src/clock/settler.js';
import { VirtualClock } from '../../src/testing/index.js';

/** Ways to get to an end without I/O and timers. */
const WAYS: Readonly<Record<string, () => Promise<unknown>>> = {
  'a chain of 10,000 promises': async () => {
    for (let i = 0; i < 10_000; i++) await Promise.resolve();
  },
  'callbacks of nextTick, each put there by a promise': async () => {
    for (let i = 0; i < 50; i++) await new Promise<void>((resolve) => { process.nextTick(resolve); });
  },
  'nested callbacks of nextTick': () => new Promise<void>((resolve) => {
    const deeper = (left: number): void => { process.nextTick(() => { if (left > 0) deeper(left - 1); else resolve(); }); };
    deeper(50);
  }),
  'a stream in memory': async () => {
    await Readable.from(Array.from({ length: 200 }, (_, i) => String(i))).toArray();
  },
  'promises in a context of their own': () => new AsyncLocalStorage<number>().run(1, async () => {
    for (let i = 0; i < 100; i++) await Promise.resolve();
  }),
  'microtasks': () => new Promise<void>((resolve) => { queueMicrotask(() => { queueMicrotask(resolve); }); }),
};

describe('Settler', () => {
  // Once it has turned the event loop, and once it has seen that it needn't.
  it.each(Object.keys(WAYS).flatMap((way) => [[way, 0], [way, 3]] as const))('lets %s settle, after %d times of nothing', async (way, before) => {
    const settler = new Settler();
    for (let i = 0; i < before; i++) await settler.settle();
    let settled = false;
    void WAYS[way]?.().then(() => { settled = true; });
    await settler.settle();
    expect(settled).toBe(true);
  });

  it('lets what settles before it settle in the order in which it came', async () => {
    const clock = new VirtualClock();
    const order: string[] = [];
    interval(10, clock).subscribe((n) => void (async () => {
      for (let i = 0; i < 20; i++) await new Promise<void>((resolve) => { process.nextTick(resolve); });
      order.push(`${n} at ${clock.now()}`);
    })());
    await clock.advanceBy(30);
    expect(order).toEqual(['0 at 10', '1 at 20', '2 at 30']);
  });

  it('turns the event loop now and then, so that timers and I/O get their turn however far time goes', async () => {
    const clock = new VirtualClock();
    let turns = 0;
    const turn = (): void => { turns++; immediate = setImmediate(turn); };
    let immediate = setImmediate(turn);
    interval(1, clock).subscribe();
    await clock.advanceBy(20_000);
    clearImmediate(immediate);
    expect(turns).toBeGreaterThanOrEqual(20);
  });
});
