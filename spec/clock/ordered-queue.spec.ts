import { describe, expect, it } from '@jest/globals';
import fc from '../support/properties.js';
import { OrderedQueue } from '../../src/clock/ordered-queue.js';

class Item {
  #heapIndex = -1;

  constructor(public key: number, readonly order: number, readonly moved: () => void) {}

  get heapIndex(): number {
    return this.#heapIndex;
  }

  set heapIndex(index) {
    this.moved();
    this.#heapIndex = index;
  }
}

const inOrder = (items: readonly Item[]): Item[] => items.toSorted((a, b) => a.key - b.key || a.order - b.order);

/** A queue that counts how often an item gets a place, or loses it, and makes its items. */
function counted() {
  let moved = 0;
  let order = 0;
  const queue = new OrderedQueue<Item>();
  const newItem = (key: number): Item => new Item(key, order++, () => { moved++; });
  const push = (key: number): Item => {
    const item = newItem(key);
    queue.push(item, key);
    return item;
  };
  /** How many moves there are while `call` is called. */
  const cost = (call: () => void): number => {
    const from = moved;
    call();
    return moved - from;
  };
  return { queue, newItem, push, cost };
}

describe('OrderedQueue', () => {
  it('is empty at first', () => {
    const { queue } = counted();
    expect([queue.size, queue.firstKey, queue.peek(), queue.pop(), [...queue]]).toEqual([0, Infinity, undefined, undefined, []]);
  });

  it('does as a sorted array does, whatever is put in, taken out and moved', () => {
    const command = fc.oneof(
      // As clocks see them: mostly later than all before, sometimes anywhere.
      { weight: 4, arbitrary: fc.record({ do: fc.constant('pushLater' as const), n: fc.nat({ max: 3 }) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('push' as const), n: fc.nat({ max: 100 }) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), n: fc.nat() }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('pop' as const), n: fc.constant(0) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('rekey' as const), n: fc.integer({ min: -20, max: 20 }) }) },
    );
    fc.assert(
      fc.property(fc.array(command, { maxLength: 400 }), (commands) => {
        const { queue, push } = counted();
        let model: Item[] = [];
        let latest = 0;
        for (const { do: action, n } of commands) {
          if (action === 'pushLater') model.push(push(latest += n));
          else if (action === 'push') model.push(push(n));
          else if (action === 'rekey') {
            // Every third item moves, so that the order changes.
            queue.rekey((item, key) => {
              expect(key).toBe(item.key);
              return item.order % 3 === 0 ? item.key += n : key;
            });
          } else {
            const taken = action === 'pop' ? queue.pop() : model[n % model.length];
            if (action === 'pop') expect(taken).toBe(inOrder(model)[0]);
            if (action === 'remove' && taken) expect([queue.remove(taken), queue.remove(taken)]).toEqual([true, false]);
            if (taken) expect(taken.heapIndex).toBe(-1);
            model = model.filter((other) => other !== taken);
          }
          const first = inOrder(model)[0];
          expect([queue.size, queue.firstKey]).toEqual([model.length, first?.key ?? Infinity]);
          expect(queue.peek()).toBe(first);
          expect(new Set(Array.from(queue, ({ order }) => order))).toEqual(new Set(model.map(({ order }) => order)));
        }
        expect(model.map(() => queue.pop()?.order)).toEqual(inOrder(model).map(({ order }) => order));
      }),
    );
  });

  it('moves none but the one that it is about, however many there are, when all come in their order', () => {
    const { queue, push, cost } = counted();
    expect(cost(() => { for (let n = 0; n < 10_000; n++) push(n); })).toBe(10_000);
    expect(cost(() => { for (let n = 0; n < 10_000; n++) expect(queue.pop()?.key).toBe(n); })).toBe(10_000);
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
    expect(last.map(() => queue.pop()?.order)).toEqual(last.map(({ order }) => order));
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

  it('goes on as before when a long line has run empty, to whichever end', () => {
    const { queue, push } = counted();
    for (const isBackwards of [false, true, false]) {
      const items = Array.from({ length: 500 }, (_, n) => push(n));
      for (const item of isBackwards ? items.toReversed().slice(0, -1) : items.slice(0, -1)) queue.remove(item);
      // The one that is left makes way for one that is due before it.
      const before = push(-1);
      expect([queue.size, queue.firstKey, queue.pop()?.order, queue.pop()?.order, queue.pop()]).toEqual([2, -1, before.order, isBackwards ? items[0]?.order : items.at(-1)?.order, undefined]);
    }
  });

  it('refuses to take out what is in no queue', () => {
    const { queue, newItem, push } = counted();
    push(1);
    const foreign = newItem(1);
    expect(queue.remove(foreign)).toBe(false);
    foreign.heapIndex = -2;
    expect(queue.remove(foreign)).toBe(false);
    expect(queue.size).toBe(1);
  });
});
