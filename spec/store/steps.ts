// Counts what a call comes by, so that a spec can tell a cost without a watch.

const ITERATORS = {
  map: Object.getPrototypeOf(new Map().values()) as object, set: Object.getPrototypeOf(new Set().values()) as object,
  array: Object.getPrototypeOf([].values()) as object, generator: Object.getPrototypeOf(Object.getPrototypeOf((function* () { yield 0; })())) as object,
};

/** How many elements `call` comes by: the steps of all iterators, what arrays copy or look through, and what objects are made of. */
export function steps(call: () => void): number {
  let count = 0;
  const restore: (() => void)[] = [];
  function tap(target: object, name: string, cost: (self: unknown, args: readonly unknown[]) => number): void {
    const original = Reflect.get(target, name) as (...args: unknown[]) => unknown;
    const set = (value: unknown) => Object.defineProperty(target, name, { value, configurable: true, writable: true });
    set(function (this: unknown, ...args: unknown[]) {
      count += cost(this, args);
      return Reflect.apply(original, this, args);
    });
    restore.push(() => set(original));
  }
  for (const prototype of Object.values(ITERATORS)) tap(prototype, 'next', () => 1);
  for (const name of ['slice', 'map', 'filter', 'forEach', 'concat', 'splice', 'shift', 'indexOf', 'includes', 'find', 'sort']) {
    tap(Array.prototype, name, (self) => (self as unknown[]).length);
  }
  tap(Map.prototype, 'forEach', (self) => (self as Map<unknown, unknown>).size);
  tap(Set.prototype, 'forEach', (self) => (self as Set<unknown>).size);
  tap(Object, 'entries', (_, [object]) => Reflect.ownKeys(object as object).length);
  try {
    call();
  } finally {
    for (const undo of restore) undo();
  }
  return count;
}
