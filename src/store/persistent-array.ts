// A sparse array with cheap, unchanging views: writing copies only the path to what is written.

const BITS = 5;
const WIDTH = 1 << BITS;

interface Branch {
  /** The edition that made this branch: only in that edition may it be written in place. */
  readonly edition: number;
  used: number;
  readonly slots: unknown[];
}

/** A view of a {@link PersistentArray} as it was: later writes don't show in it. */
export class ArrayView<V> implements Iterable<V> {
  readonly #root: Branch;
  readonly #height: number;

  constructor(root: Branch, height: number, readonly size: number) {
    this.#root = root;
    this.#height = height;
  }

  get(index: number): V | undefined {
    if (index >= WIDTH ** this.#height) return undefined;
    let node: unknown = this.#root;
    for (let level = this.#height - 1; node !== undefined && level >= 0; level--) {
      node = (node as Branch).slots[slotOf(index, level)];
    }
    return node as V | undefined;
  }

  /** The values in the order of their indices. */
  *[Symbol.iterator](): Iterator<V> {
    yield* walk<V>(this.#root, this.#height - 1);
  }

  /**
   * What is another value than in an earlier view, by its index; undefined where there is none any more. The branches that both views share are
   * passed over, so with views of one array it costs what was written in between.
   */
  *changesSince(earlier: ArrayView<V> | undefined): Generator<readonly [index: number, value: V | undefined]> {
    const height = Math.max(this.#height, earlier ? earlier.#height : 0);
    yield* compare<V>(earlier && earlier.#raised(height), this.#raised(height), height - 1, 0);
  }

  /** The root of a trie of this height that holds the same. */
  #raised(height: number): Branch {
    let root = this.#root;
    for (let own = this.#height; own < height; own++) root = { edition: root.edition, used: 1, slots: [root] };
    return root;
  }
}

/**
 * Values by index, of which {@link PersistentArray.view} gives an unchanging picture in constant time.
 *
 * A trie with 32 slots a branch, as in Clojure's vectors (Bagwell 2001, Hickey): a write after a view copies one branch
 * a level, further ones in the same edition write in place.
 */
export class PersistentArray<V> {
  #edition = 0;
  #height = 1;
  #size = 0;
  #root: Branch = branch(0);

  set(index: number, value: V): void {
    while (index >= WIDTH ** this.#height) {
      const taller = branch(this.#edition);
      if (this.#root.used > 0) [taller.slots[0], taller.used] = [this.#root, 1];
      this.#root = taller;
      this.#height++;
    }
    this.#write(index, value);
  }

  delete(index: number): void {
    if (index < WIDTH ** this.#height) this.#write(index, undefined);
  }

  view(): ArrayView<V> {
    this.#edition++;
    return new ArrayView<V>(this.#root, this.#height, this.#size);
  }

  #write(index: number, value: V | undefined): void {
    const path: Branch[] = [];
    let node = this.#root = this.#own(this.#root);
    for (let level = this.#height - 1; level > 0; level--) {
      path.push(node);
      const slot = slotOf(index, level);
      const child = node.slots[slot] as Branch | undefined;
      if (!child) node.used++;
      node.slots[slot] = child ? this.#own(child) : branch(this.#edition);
      node = node.slots[slot] as Branch;
    }
    const slot = slotOf(index, 0);
    const change = Number(value !== undefined) - Number(node.slots[slot] !== undefined);
    node.slots[slot] = value;
    node.used += change;
    this.#size += change;
    // Old indices are never used again, so an empty branch would stay for ever.
    for (let level = 1; node.used === 0 && level < this.#height; level++) {
      const parent = path[this.#height - 1 - level] as Branch;
      parent.slots[slotOf(index, level)] = undefined;
      parent.used--;
      node = parent;
    }
  }

  #own(node: Branch): Branch {
    return node.edition === this.#edition ? node : { edition: this.#edition, used: node.used, slots: node.slots.slice() };
  }
}

function branch(edition: number): Branch {
  return { edition, used: 0, slots: new Array<unknown>(WIDTH).fill(undefined) };
}

// Indices may exceed 32 bits, so no shifts.
function slotOf(index: number, level: number): number {
  return Math.floor(index / WIDTH ** level) % WIDTH;
}

function* walk<V>(node: Branch, level: number): Generator<V> {
  for (const slot of node.slots) {
    if (slot === undefined) continue;
    if (level === 0) yield slot as V;
    else yield* walk<V>(slot as Branch, level - 1);
  }
}

function* compare<V>(before: Branch | undefined, after: Branch | undefined, level: number, from: number): Generator<readonly [number, V | undefined]> {
  // No branch is written on any more once a view was taken.
  if (before === after) return;
  for (let slot = 0; slot < WIDTH; slot++) {
    const old = before?.slots[slot];
    const now = after?.slots[slot];
    if (old === now) continue;
    const index = from + slot * WIDTH ** level;
    if (level === 0) yield [index, now as V | undefined];
    else yield* compare<V>(old as Branch | undefined, now as Branch | undefined, level - 1, index);
  }
}
