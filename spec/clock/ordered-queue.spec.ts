import { describe, expect, it } from '@jest/globals';
import fc from '../support/properties.js';
import { OrderedQueue } from '../../src/clock/ordered-queue.js';

interface Item {
  heapIndex: number;
  key: number;
  readonly order: number;
}

const before = (a: Item, b: Item): boolean => a.key < b.key || (a.key === b.key && a.order < b.order);
const inOrder = (items: readonly Item[]): Item[] => items.toSorted((a, b) => a.key - b.key || a.order - b.order);

/** A queue that counts how often it compares, and makes its items. */
function counted() {
  let compared = 0;
  let order = 0;
  const queue = new OrderedQueue<Item>((a, b) => {
    compared++;
    return before(a, b);
  });
  const push = (key: number): Item => {
    const item: Item = { heapIndex: -1, key, order: order++ };
    queue.push(item);
    return item;
  };
  /** How often it compares while `call` is called. */
  const cost = (call: () => void): number => {
    const from = compared;
    call();
    return compared - from;
  };
  return { queue, push, cost };
}

describe('OrderedQueue', () => {
  it('is empty at first', () => {
    const { queue } = counted();
    expect([queue.size, queue.peek(), queue.pop(), [...queue]]).toEqual([0, undefined, undefined, []]);
  });

  it('does as a sorted array does, whatever is put in, taken out and moved', () => {
    const command = fc.oneof(
      // As clocks see them: mostly later than all before, sometimes anywhere.
      { weight: 4, arbitrary: fc.record({ do: fc.constant('pushLater' as const), n: fc.nat({ max: 3 }) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('push' as const), n: fc.nat({ max: 100 }) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), n: fc.nat() }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('pop' as const), n: fc.constant(0) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('rebuild' as const), n: fc.integer({ min: -20, max: 20 }) }) },
    );
    fc.assert(
      fc.property(fc.array(command, { maxLength: 400 }), (commands) => {
        const { queue, push } = counted();
        let model: Item[] = [];
        let latest = 0;
        for (const { do: action, n } of commands) {
          if (action === 'pushLater') model.push(push(latest += n));
          else if (action === 'push') model.push(push(n));
          else if (action === 'rebuild') {
            // Every third item moves, so that the order changes.
            for (const item of model) if (item.order % 3 === 0) item.key += n;
            queue.rebuild();
          } else {
            const taken = action === 'pop' ? queue.pop() : model[n % model.length];
            if (action === 'pop') expect(taken).toBe(inOrder(model)[0]);
            if (action === 'remove' && taken) expect([queue.remove(taken), queue.remove(taken)]).toEqual([true, false]);
            if (taken) expect(taken.heapIndex).toBe(-1);
            model = model.filter((other) => other !== taken);
          }
          expect([queue.size, queue.peek()]).toEqual([model.length, inOrder(model)[0]]);
          expect(new Set(queue)).toEqual(new Set(model));
        }
        expect(model.map(() => queue.pop())).toEqual(inOrder(model));
      }),
    );
  });

  it('compares a few times only, however many there are, when all come in their order', () => {
    const { queue, push, cost } = counted();
    expect(cost(() => { for (let n = 0; n < 10_000; n++) push(n); })).toBe(9_999);
    expect(cost(() => { for (let n = 0; n < 10_000; n++) expect(queue.pop()?.key).toBe(n); })).toBe(0);
  });

  it('does so when one item is far behind all others, too', () => {
    const { queue, push, cost } = counted();
    push(1e9);
    expect(cost(() => { for (let n = 0; n < 10_000; n++) push(n); })).toBeLessThan(10_010);
    expect(cost(() => { for (let n = 0; n < 10_000; n++) expect(queue.pop()?.key).toBe(n); })).toBe(10_000);
    expect(queue.pop()?.key).toBe(1e9);
  });

  it('keeps no room for what has gone, from wherever it was taken', () => {
    const { queue, push } = counted();
    const last = Array.from({ length: 20_000 }, (_, n) => push(n)).filter((item, n) => n % 1_000 === 999 || !queue.remove(item));
    expect(last.map(() => queue.pop())).toEqual(last);
    // A window that moves on for ever, with a gap in it here and there.
    const first = push(0);
    for (let n = 1; n < 100_000; n++) {
      const item = push(n);
      if (n % 7 === 0) queue.remove(item);
      else if (n > 100) queue.pop();
    }
    expect(first.heapIndex).toBe(-1);
    expect(queue.size).toBeLessThan(200);
    // Where an item stands tells how long the line is that holds it.
    expect(Math.max(...Array.from(queue, ({ heapIndex }) => -heapIndex)) - Math.min(...Array.from(queue, ({ heapIndex }) => -heapIndex))).toBeLessThan(500);
  });

  it('refuses to take out what is in no queue', () => {
    const { queue, push } = counted();
    push(1);
    expect(queue.remove({ heapIndex: -1, key: 1, order: 9 })).toBe(false);
    expect(queue.remove({ heapIndex: -2, key: 1, order: 9 })).toBe(false);
    expect(queue.size).toBe(1);
  });
});
