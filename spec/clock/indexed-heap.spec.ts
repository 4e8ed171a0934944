import { describe, expect, it } from '@jest/globals';
import fc from '../support/properties.js';
import { IndexedHeap } from '../../src/clock/indexed-heap.js';

interface Item {
  heapIndex: number;
  key: number;
}

const byKey = (a: Item, b: Item): boolean => a.key < b.key;
const item = (key: number): Item => ({ heapIndex: -1, key });
const keys = (items: Iterable<Item>): number[] => Array.from(items, ({ key }) => key);
const sorted = (numbers: readonly number[]): number[] => numbers.toSorted((a, b) => a - b);

function drain(heap: IndexedHeap<Item>): number[] {
  const drained: number[] = [];
  for (let next = heap.pop(); next !== undefined; next = heap.pop()) drained.push(next.key);
  return drained;
}

describe('IndexedHeap', () => {
  it('is empty at first', () => {
    const heap = new IndexedHeap(byKey);
    expect([heap.size, heap.peek(), heap.pop(), [...heap]]).toEqual([0, undefined, undefined, []]);
  });

  it('gives items back in order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), (numbers) => {
        const heap = new IndexedHeap(byKey);
        for (const number of numbers) heap.push(item(number));
        expect(drain(heap)).toEqual(sorted(numbers));
      }),
    );
  });

  it('does as a sorted array does, whatever is put in and taken out', () => {
    const command = fc.oneof(
      { weight: 3, arbitrary: fc.record({ do: fc.constant('push' as const), n: fc.integer({ min: 0, max: 50 }) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), n: fc.nat() }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('pop' as const), n: fc.constant(0) }) },
    );
    fc.assert(
      fc.property(fc.array(command, { maxLength: 200 }), (commands) => {
        const heap = new IndexedHeap(byKey);
        let model: Item[] = [];
        for (const { do: action, n } of commands) {
          if (action === 'push') {
            const pushed = item(n);
            heap.push(pushed);
            model.push(pushed);
          } else {
            const taken = action === 'pop' ? heap.pop() : model[n % model.length];
            if (action === 'remove' && taken !== undefined) expect(heap.remove(taken)).toBe(true);
            if (action === 'pop') expect(taken?.key).toBe(sorted(keys(model))[0]);
            if (taken !== undefined) expect(taken.heapIndex).toBe(-1);
            model = model.filter((other) => other !== taken);
          }
          expect(heap.size).toBe(model.length);
          expect(heap.peek()?.key).toBe(sorted(keys(model))[0]);
          expect(new Set(heap)).toEqual(new Set(model));
          expect(sorted(Array.from(heap, ({ heapIndex }) => heapIndex))).toEqual(model.map((_, index) => index));
        }
        expect(drain(heap)).toEqual(sorted(keys(model)));
      }),
    );
  });

  it('stays in order when items are taken from anywhere in many levels', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 1000 }), fc.boolean()), { minLength: 60, maxLength: 400 }), (entries) => {
        const heap = new IndexedHeap(byKey);
        const items = entries.map(([key, stays]) => ({ ...item(key), stays }));
        for (const each of items) heap.push(each);
        for (const each of items) if (!each.stays) heap.remove(each);
        expect(drain(heap)).toEqual(sorted(keys(items.filter(({ stays }) => stays))));
      }),
    );
  });

  it('removes nothing that is not in it', () => {
    const heap = new IndexedHeap(byKey);
    const other = new IndexedHeap(byKey);
    const mine = item(1);
    const foreign = item(1);
    heap.push(mine);
    other.push(foreign);
    expect(heap.remove(item(1))).toBe(false);
    expect(heap.remove(foreign)).toBe(false);
    expect(heap.remove(mine)).toBe(true);
    expect(heap.remove(mine)).toBe(false);
    expect([heap.size, other.size, foreign.heapIndex]).toEqual([0, 1, 0]);
  });

  it('is in order again after a rebuild, when all keys have changed', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer(), fc.integer())), (pairs) => {
        const heap = new IndexedHeap(byKey);
        const items = pairs.map(([key]) => item(key));
        for (const each of items) heap.push(each);
        items.forEach((each, index) => {
          each.key = pairs[index]![1];
        });
        heap.rebuild();
        for (const each of heap) expect(each.heapIndex).toBe([...heap].indexOf(each));
        expect(drain(heap)).toEqual(sorted(pairs.map(([, key]) => key)));
      }),
    );
  });

  it('compares about log n times an operation', () => {
    let compared = 0;
    const heap = new IndexedHeap<Item>((a, b) => {
      compared += 1;
      return a.key < b.key;
    });
    const items = Array.from({ length: 100_000 }, (_, index) => item((index * 7919) % 100_003));
    for (const each of items) heap.push(each);
    for (const each of items) heap.remove(each);
    // 9 levels of 4 children, down at most once for each.
    expect(compared).toBeLessThan(100_000 * 9 * 4);
  });
});
