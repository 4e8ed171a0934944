import { describe, expect, it } from '@jest/globals';
import fc from '../support/properties.js';
import { IndexedHeap } from '../../src/clock/indexed-heap.js';

interface Item {
  heapIndex: number;
  readonly key: number;
  readonly order: number;
}

let order = 0;
const item = (key: number): Item => ({ heapIndex: -1, key, order: order++ });
const keys = (items: Iterable<Item>): number[] => Array.from(items, ({ key }) => key);
const inOrder = (items: readonly Item[]): Item[] => items.toSorted((a, b) => a.key - b.key || a.order - b.order);
const sorted = (numbers: readonly number[]): number[] => numbers.toSorted((a, b) => a - b);

function drain(heap: IndexedHeap<Item>): Item[] {
  const drained: Item[] = [];
  for (let next = heap.pop(); next !== undefined; next = heap.pop()) drained.push(next);
  return drained;
}

describe('IndexedHeap', () => {
  it('is empty at first', () => {
    const heap = new IndexedHeap<Item>();
    expect([heap.size, heap.firstKey, heap.peek(), heap.pop(), [...heap]]).toEqual([0, Infinity, undefined, undefined, []]);
  });

  it('gives items back in order, those of one key as they are numbered', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.integer(), fc.nat({ max: 3 }))), (numbers) => {
        const heap = new IndexedHeap<Item>();
        const items = numbers.map(item);
        for (const each of items.toReversed()) heap.push(each, each.key);
        expect(drain(heap)).toEqual(inOrder(items));
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
        const heap = new IndexedHeap<Item>();
        let model: Item[] = [];
        for (const { do: action, n } of commands) {
          if (action === 'push') {
            const pushed = item(n);
            heap.push(pushed, n);
            model.push(pushed);
          } else {
            const taken = action === 'pop' ? heap.pop() : model[n % model.length];
            if (action === 'remove' && taken !== undefined) expect(heap.remove(taken)).toBe(true);
            if (action === 'pop') expect(taken).toBe(inOrder(model)[0]);
            if (taken !== undefined) expect(taken.heapIndex).toBe(-1);
            model = model.filter((other) => other !== taken);
          }
          expect(heap.size).toBe(model.length);
          expect([heap.peek(), heap.firstKey]).toEqual([inOrder(model)[0], sorted(keys(model))[0] ?? Infinity]);
          expect(new Set(heap)).toEqual(new Set(model));
          expect(sorted(Array.from(heap, ({ heapIndex }) => heapIndex))).toEqual(model.map((_, index) => index));
        }
        expect(drain(heap)).toEqual(inOrder(model));
      }),
    );
  });

  it('stays in order when items are taken from anywhere in many levels', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 1000 }), fc.boolean()), { minLength: 60, maxLength: 400 }), (entries) => {
        const heap = new IndexedHeap<Item>();
        const items = entries.map(([key, stays]) => ({ ...item(key), stays }));
        for (const each of items) heap.push(each, each.key);
        for (const each of items) if (!each.stays) heap.remove(each);
        expect(drain(heap)).toEqual(inOrder(items.filter(({ stays }) => stays)));
      }),
    );
  });

  it('removes nothing that is not in it', () => {
    const heap = new IndexedHeap<Item>();
    const other = new IndexedHeap<Item>();
    const mine = item(1);
    const foreign = item(1);
    heap.push(mine, 1);
    other.push(foreign, 1);
    expect(heap.remove(item(1))).toBe(false);
    expect(heap.remove(foreign)).toBe(false);
    expect(heap.remove(mine)).toBe(true);
    expect(heap.remove(mine)).toBe(false);
    expect([heap.size, other.size, foreign.heapIndex]).toEqual([0, 1, 0]);
  });

  it('is in order again when all keys have changed', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer(), fc.integer())), (pairs) => {
        const heap = new IndexedHeap<Item>();
        const items = pairs.map(([key]) => item(key));
        for (const each of items) heap.push(each, each.key);
        const later = new Map(items.map((each, index) => [each, { ...each, key: pairs[index]![1] }]));
        heap.rekey((each, key) => {
          expect(key).toBe(each.key);
          return later.get(each)!.key;
        });
        for (const each of heap) expect(each.heapIndex).toBe([...heap].indexOf(each));
        expect(drain(heap).map(({ order }) => order)).toEqual(inOrder([...later.values()]).map(({ order }) => order));
      }),
    );
  });

  it('moves about log n items an operation', () => {
    let moved = 0;
    class Counted {
      readonly order = 0;
      #heapIndex = -1;

      constructor(readonly key: number) {}

      get heapIndex(): number {
        return this.#heapIndex;
      }

      set heapIndex(index) {
        moved++;
        this.#heapIndex = index;
      }
    }
    const heap = new IndexedHeap<Counted>();
    const items = Array.from({ length: 100_000 }, (_, index) => new Counted((index * 7919) % 100_003));
    for (const each of items) heap.push(each, each.key);
    for (const each of items) heap.remove(each);
    // 9 levels of 4 children, down at most once for each.
    expect(moved).toBeLessThan(100_000 * 9);
  });
});
