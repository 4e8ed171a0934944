// A queue in order of keys: what comes in order already stands in line, all else goes through a heap.
import { IndexedHeap } from './indexed-heap.js';

/** An item keeps its place in the field `heapIndex`: -1 when it is in no queue. */
interface Item {
  heapIndex: number;
}

/** So many places may lie empty before those behind move up. */
const SLACK = 64;
/** Places are counted on as the line goes by, and anew before they outgrow V8's small integers. */
const LAST_PLACE = 2 ** 30;

/**
 * A priority queue with removal, for items that mostly come in their order: the ticks of tasks with one interval, runs as they
 * enter the gate. Those are put in and taken out in constant time, where a heap of 100,000 takes some 0.6 µs; the others
 * cost what they cost in an {@link IndexedHeap}.
 *
 * The line holds what was not before the item that came last, the heap all else, and the first of the two heads is the first
 * item. In the line an item's `heapIndex` is -2 for place 0, -3 for place 1, and so on.
 */
export class OrderedQueue<T extends Item> implements Iterable<T> {
  readonly #before: (a: T, b: T) => boolean;
  readonly #heap: IndexedHeap<T>;
  readonly #line: (T | undefined)[] = [];
  /** The place of what is first in the array of the line. */
  #base = 0;
  /** Where in the array the line begins; it ends at its end. Neither of the two is an empty place. */
  #head = 0;
  #inLine = 0;

  constructor(before: (a: T, b: T) => boolean) {
    this.#before = before;
    this.#heap = new IndexedHeap(before);
  }

  /** How many items are in it. */
  get size(): number {
    return this.#heap.size + this.#inLine;
  }

  /** The first item, which stays in. */
  peek(): T | undefined {
    const top = this.#heap.peek();
    if (this.#inLine === 0) return top;
    const first = this.#line[this.#head] as T;
    return top !== undefined && this.#before(top, first) ? top : first;
  }

  /** Puts an item in. It must not be in a queue already. */
  push(item: T): void {
    const line = this.#line;
    if (this.#inLine > 0) {
      const last = line[line.length - 1] as T;
      if (this.#before(item, last)) {
        if (this.#inLine > 1) {
          this.#heap.push(item);
          return;
        }
        // A line of one is no line yet: or else one item that is due in a year would keep all others in the heap.
        this.#leaveLine(last);
        this.#heap.push(last);
      }
    }
    item.heapIndex = -2 - this.#base - line.length;
    line.push(item);
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

  /** Puts all items in order again after their keys have changed; O(n). */
  rebuild(): void {
    for (const item of this.#line) if (item) this.#heap.push(item);
    this.#clearLine();
    this.#heap.rebuild();
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
    while (line[line.length - 1] === undefined) line.pop();
    if (line.length - this.#head > SLACK + 2 * this.#inLine || this.#base > LAST_PLACE) this.#moveUp();
    else if (this.#head > SLACK + this.#inLine) this.#cutOff();
  }

  /** Lets go of the places that the line has left behind. */
  #cutOff(): void {
    this.#line.splice(0, this.#head);
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
      line[place++] = item;
    }
    line.length = place;
    this.#base = this.#head = 0;
  }

  #clearLine(): void {
    // One by one, for to set the length costs as much as to take out ten; and mostly it is one.
    while (this.#line.length > 0) this.#line.pop();
    this.#base = this.#head = this.#inLine = 0;
  }
}
