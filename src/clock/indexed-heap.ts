// A heap whose items know their place in it, so that any of them can be taken out as cheaply as the first.

/** Four children a node: half the levels of a binary heap, and the children of a node share a cache line. */
const ARITY = 4;

/**
 * A priority queue with `peek` in O(1), and `push`, `pop` and `remove` of any item in O(log n).
 *
 * It writes each item's place to its `heapIndex`, so an item can be in one heap at a time. Items that are neither before
 * nor after each other come out in no particular order: a `before` that breaks ties makes it first in, first out.
 *
 * @example
 * ```ts
 * const heap = new IndexedHeap<{ heapIndex: number; due: number }>((a, b) => a.due < b.due);
 * heap.push({ heapIndex: -1, due: 20 });
 * heap.push({ heapIndex: -1, due: 10 });
 * heap.pop()?.due; // 10
 * ```
 */
export class IndexedHeap<T extends { heapIndex: number }> implements Iterable<T> {
  readonly #items: T[] = [];
  readonly #before: (a: T, b: T) => boolean;

  constructor(before: (a: T, b: T) => boolean) {
    this.#before = before;
  }

  /** How many items are in it. */
  get size(): number {
    return this.#items.length;
  }

  /** The first item, which stays in. */
  peek(): T | undefined {
    // Reading past the end of an array makes V8 treat every read at this place as slow.
    return this.#items.length === 0 ? undefined : this.#items[0];
  }

  /** Puts an item in. It must not be in a heap already. */
  push(item: T): void {
    this.#items.push(item);
    this.#rise(item, this.#items.length - 1);
  }

  /** Takes the first item out. */
  pop(): T | undefined {
    const first = this.peek();
    if (first !== undefined) this.remove(first);
    return first;
  }

  /** Takes this item out; false when it was not in. */
  remove(item: T): boolean {
    const index = item.heapIndex;
    if (index < 0 || index >= this.#items.length || this.#items[index] !== item) return false;
    // Array#pop gives memory back as the array empties, where setting an index or keeping a count would not.
    const last = this.#items.pop();
    item.heapIndex = -1;
    if (last !== undefined && last !== item) {
      // The last item may belong above the gap as well as below: it comes from another branch.
      this.#rise(last, index);
      if (last.heapIndex === index) this.#sink(last, index);
    }
    return true;
  }

  /** Puts all items in order again after their keys have changed; O(n). */
  rebuild(): void {
    const items = this.#items;
    for (let index = Math.floor((items.length - 2) / ARITY); index >= 0; index -= 1) {
      const item = items[index];
      if (item !== undefined) this.#sink(item, index);
    }
  }

  /** The items, in no particular order. */
  [Symbol.iterator](): Iterator<T> {
    return this.#items.values();
  }

  #rise(item: T, from: number): void {
    const items = this.#items;
    let index = from;
    while (index > 0) {
      const parentIndex = Math.floor((index - 1) / ARITY);
      const parent = items[parentIndex];
      if (parent === undefined || !this.#before(item, parent)) break;
      items[index] = parent;
      parent.heapIndex = index;
      index = parentIndex;
    }
    items[index] = item;
    item.heapIndex = index;
  }

  #sink(item: T, from: number): void {
    const items = this.#items;
    const size = items.length;
    let index = from;
    for (;;) {
      const firstChild = index * ARITY + 1;
      if (firstChild >= size) break;
      const end = Math.min(firstChild + ARITY, size);
      let bestIndex = firstChild;
      let best = items[firstChild];
      for (let childIndex = firstChild + 1; childIndex < end; childIndex += 1) {
        const child = items[childIndex];
        if (child !== undefined && best !== undefined && this.#before(child, best)) {
          best = child;
          bestIndex = childIndex;
        }
      }
      if (best === undefined || !this.#before(best, item)) break;
      items[index] = best;
      best.heapIndex = index;
      index = bestIndex;
    }
    items[index] = item;
    item.heapIndex = index;
  }
}
