// A queue in order of keys: what comes in order already stands in line, all else goes through a heap.
import { IndexedHeap, type HeapItem } from './indexed-heap.js';

/** So many places may lie empty before those behind move up. */
const SLACK = 64;
/** Places are counted on as the line goes by, and anew before they outgrow V8's small integers. */
const LAST_PLACE = 2 ** 30;

/**
 * A priority queue with removal, for items that mostly come in their order: the ticks of tasks with one interval, runs as they
 * enter the gate. Those are put in and taken out in constant time, where a heap of 100,000 takes some 0.6 µs; the others
 * cost what they cost in an {@link IndexedHeap}. The lowest key is first, and of one key the lowest `order`.
 *
 * The line holds what was not before the item that came last, the heap all else, and the first of the two heads is the first
 * item. In the line an item's `heapIndex` is -2 for place 0, -3 for place 1, and so on; out of the queue it is -1.
 */
export class OrderedQueue<T extends HeapItem> implements Iterable<T> {
  readonly #heap = new IndexedHeap<T>();
  #line: (T | undefined)[] = [];
  /** The keys of those in the line. */
  #keys: number[] = [];
  /** The place of what is first in the array of the line. */
  #base = 0;
  /** Where in the array the line begins; it ends at its end. Neither of the two is an empty place. */
  #head = 0;
  #inLine = 0;
  /** How long the arrays were, at most. */
  #room = 0;

  /** How many items are in it. */
  get size(): number {
    return this.#heap.size + this.#inLine;
  }

  /** The key of the first item; Infinity when there is none. */
  get firstKey(): number {
    const top = this.#heap.firstKey;
    return this.#inLine === 0 ? top : Math.min(top, this.#keys[this.#head] as number);
  }

  /** The first item, which stays in. */
  peek(): T | undefined {
    const top = this.#heap.peek();
    if (this.#inLine === 0) return top;
    const first = this.#line[this.#head] as T;
    if (top === undefined) return first;
    return isBefore(this.#heap.firstKey, top, this.#keys[this.#head] as number, first) ? top : first;
  }

  /** Puts an item in. It must not be in a queue already. */
  push(item: T, key: number): void {
    if (this.#inLine > 0) {
      const last = this.#line[this.#line.length - 1] as T;
      const lastKey = this.#keys[this.#line.length - 1] as number;
      if (isBefore(key, item, lastKey, last)) {
        if (this.#inLine > 1) {
          this.#heap.push(item, key);
          return;
        }
        // A line of one is no line yet: or else one item that is due in a year would keep all others in the heap.
        this.#leaveLine(last);
        this.#heap.push(last, lastKey);
      }
    }
    item.heapIndex = -2 - this.#base - this.#line.length;
    this.#line.push(item);
    this.#keys.push(key);
    if (this.#line.length > this.#room) this.#room = this.#line.length;
    this.#inLine++;
  }

  /** Takes the first item out. */
  pop(): T | undefined {
    const first = this.peek();
    if (first !== undefined) this.remove(first);
    return first;
  }

  /** Takes this item out; false when it was not in. */
  remove(item: T): boolean {
    if (item.heapIndex >= 0) return this.#heap.remove(item);
    if (item.heapIndex === -1 || this.#line[this.#indexOf(item)] !== item) return false;
    this.#leaveLine(item);
    return true;
  }

  /** Gives each item another key; O(n). */
  rekey(keyOf: (item: T, key: number) => number): void {
    for (const [index, item] of this.#line.entries()) if (item) this.#heap.push(item, this.#keys[index] as number);
    this.#clearLine();
    this.#heap.rekey(keyOf);
  }

  /** The items, in no particular order. */
  *[Symbol.iterator](): Iterator<T> {
    for (const item of this.#line) if (item) yield item;
    yield* this.#heap;
  }

  #indexOf(item: T): number {
    return -2 - item.heapIndex - this.#base;
  }

  #leaveLine(item: T): void {
    const line = this.#line;
    line[this.#indexOf(item)] = undefined;
    item.heapIndex = -1;
    if (--this.#inLine === 0) {
      this.#clearLine();
      return;
    }
    while (line[this.#head] === undefined) this.#head++;
    while (line[line.length - 1] === undefined) this.#dropLast();
    if (line.length - this.#head > SLACK + 2 * this.#inLine || this.#base > LAST_PLACE) this.#moveUp();
    else if (this.#head > SLACK + this.#inLine) this.#cutOff();
  }

  /** Lets go of the places that the line has left behind. */
  #cutOff(): void {
    this.#line.splice(0, this.#head);
    this.#keys.splice(0, this.#head);
    this.#base += this.#head;
    this.#head = 0;
  }

  /** Closes the gaps that items have left which were taken out. */
  #moveUp(): void {
    const line = this.#line;
    let place = 0;
    for (let from = this.#head; from < line.length; from++) {
      const item = line[from];
      if (item === undefined) continue;
      item.heapIndex = -2 - place;
      this.#keys[place] = this.#keys[from] as number;
      line[place++] = item;
    }
    line.length = this.#keys.length = place;
    this.#base = this.#head = 0;
  }

  #clearLine(): void {
    if (this.#room > SLACK) {
      // Arrays stay as large as they were.
      this.#line = [];
      this.#keys = [];
      this.#room = 0;
    }
    // One by one, for to set the length costs as much as to take out ten; and mostly it is one.
    while (this.#line.length > 0) this.#dropLast();
    this.#base = this.#head = this.#inLine = 0;
  }

  #dropLast(): void {
    this.#line.pop();
    this.#keys.pop();
  }
}

function isBefore(aKey: number, a: HeapItem, bKey: number, b: HeapItem): boolean {
  return aKey < bKey || (aKey === bKey && a.order < b.order);
}
