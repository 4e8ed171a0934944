// A heap whose items know their place in it, so that any of them can be taken out as cheaply as the first.

/** Four children a node: half the levels of a binary heap, and the children of a node share a cache line. */
const ARITY = 4;

/** Room for so many items is never given back. */
const LEAST_ROOM = 1_024;

/** What waits in a heap. */
export interface HeapItem {
  /** Its place; -1 when it is in none. */
  heapIndex: number;
  /** What decides between two of one key: the lower one is first. */
  readonly order: number;
}

/**
 * A priority queue with `peek` in O(1), and `push`, `pop` and `remove` of any item in O(log n). The lowest key is first.
 *
 * It writes each item's place to its `heapIndex`, so an item can be in one heap at a time. The keys are in an array beside the items: those
 * are many and far apart in memory, and to compare two of them takes as long as to find one.
 *
 * @example
 * ```ts
 * const heap = new IndexedHeap<{ heapIndex: number; order: number }>();
 * heap.push({ heapIndex: -1, order: 0 }, 20);
 * heap.push({ heapIndex: -1, order: 1 }, 10);
 * heap.pop()?.order; // 1
 * ```
 */
export class IndexedHeap<T extends HeapItem> implements Iterable<T> {
  #items: T[] = [];
  #keys: number[] = [];
  /** How many items there were, at most, since room was last given back. */
  #room = LEAST_ROOM;

  /** How many items are in it. */
  get size(): number {
    return this.#items.length;
  }

  /** The key of the first item; Infinity when there is none. */
  get firstKey(): number {
    return this.#keys.length === 0 ? Infinity : this.#keys[0] as number;
  }

  /** The first item, which stays in. */
  peek(): T | undefined {
    // Reading past the end of an array makes V8 treat every read at this place as slow.
    return this.#items.length === 0 ? undefined : this.#items[0];
  }

  /** Puts an item in. It must not be in a heap already. */
  push(item: T, key: number): void {
    this.#items.push(item);
    this.#keys.push(key);
    if (this.#items.length > this.#room) this.#room = this.#items.length;
    this.#rise(item, key, this.#items.length - 1);
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
    const last = this.#items.pop();
    const key = this.#keys.pop() as number;
    item.heapIndex = -1;
    if (last !== undefined && last !== item) {
      // The last item may belong above the gap as well as below: it comes from another branch.
      this.#rise(last, key, index);
      if (last.heapIndex === index) this.#sink(last, key, index);
    }
    if (this.#items.length * 4 < this.#room && this.#room > LEAST_ROOM) this.#giveBackRoom();
    return true;
  }

  /** To take an item out of an array leaves the array as large as it was. */
  #giveBackRoom(): void {
    this.#items = this.#items.slice();
    this.#keys = this.#keys.slice();
    this.#room = Math.max(LEAST_ROOM, this.#items.length);
  }

  /** Gives each item another key; O(n). */
  rekey(keyOf: (item: T, key: number) => number): void {
    const items = this.#items;
    const keys = this.#keys;
    for (const [index, item] of items.entries()) keys[index] = keyOf(item, keys[index] as number);
    for (let index = Math.floor((items.length - 2) / ARITY); index >= 0; index -= 1) {
      const item = items[index];
      if (item !== undefined) this.#sink(item, keys[index] as number, index);
    }
  }

  /** The items, in no particular order. */
  [Symbol.iterator](): Iterator<T> {
    return this.#items.values();
  }

  #rise(item: T, key: number, from: number): void {
    const items = this.#items;
    const keys = this.#keys;
    let index = from;
    while (index > 0) {
      const parentIndex = Math.floor((index - 1) / ARITY);
      const parentKey = keys[parentIndex] as number;
      if (parentKey < key) break;
      const parent = items[parentIndex] as T;
      if (parentKey === key && parent.order < item.order) break;
      items[index] = parent;
      keys[index] = parentKey;
      parent.heapIndex = index;
      index = parentIndex;
    }
    items[index] = item;
    keys[index] = key;
    item.heapIndex = index;
  }

  #sink(item: T, key: number, from: number): void {
    const items = this.#items;
    const keys = this.#keys;
    const size = items.length;
    let index = from;
    for (;;) {
      const firstChild = index * ARITY + 1;
      if (firstChild >= size) break;
      const end = Math.min(firstChild + ARITY, size);
      let bestIndex = firstChild;
      let bestKey = keys[firstChild] as number;
      for (let childIndex = firstChild + 1; childIndex < end; childIndex += 1) {
        const childKey = keys[childIndex] as number;
        if (childKey < bestKey || (childKey === bestKey && isBefore(items, childIndex, bestIndex))) {
          bestKey = childKey;
          bestIndex = childIndex;
        }
      }
      if (bestKey > key) break;
      const best = items[bestIndex] as T;
      if (bestKey === key && best.order > item.order) break;
      items[index] = best;
      keys[index] = bestKey;
      best.heapIndex = index;
      index = bestIndex;
    }
    items[index] = item;
    keys[index] = key;
    item.heapIndex = index;
  }
}

function isBefore(items: readonly HeapItem[], a: number, b: number): boolean {
  return (items[a] as HeapItem).order < (items[b] as HeapItem).order;
}
