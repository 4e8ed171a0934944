// What V8's coverage does not see: how many elements the functions of the engine itself touch, as `splice` and `new Map(other)` do.
import { serialize } from 'node:v8';

type Method = (this: unknown, ...args: unknown[]) => unknown;
type Arrayish = ArrayLike<unknown>;

let touched = 0;

/** From now on counts the elements that native functions touch. @returns how many there were since it was asked last */
export function countNatives(): () => number {
  const arrays = Array.prototype;
  const typedArrays = Object.getPrototypeOf(Uint8Array.prototype) as object;
  // What a search has passed, until it found.
  for (const name of ['indexOf', 'includes'] as const) {
    for (const prototype of [arrays, typedArrays]) {
      const { indexOf } = prototype as { indexOf: Method };
      wrap(prototype, name, (_, self, args) => {
        const index = indexOf.apply(self, args) as number;
        return index < 0 ? (self as Arrayish).length : index + 1;
      });
    }
  }
  for (const name of ['shift', 'unshift', 'copyWithin', 'fill', 'reverse', 'sort', 'toSorted', 'toReversed', 'with', 'join', 'lastIndexOf']) {
    for (const prototype of [arrays, typedArrays]) wrap(prototype, name, (_, self) => (self as Arrayish).length);
  }
  for (const name of ['slice', 'concat', 'flat', 'toSpliced']) {
    for (const prototype of [arrays, typedArrays]) wrap(prototype, name, (result) => (result as Arrayish).length);
  }
  for (const name of ['forEach', 'map', 'filter', 'some', 'every', 'find', 'findIndex', 'findLast', 'findLastIndex', 'flatMap', 'reduce', 'reduceRight']) {
    for (const prototype of [arrays, typedArrays, Map.prototype, Set.prototype]) wrapVisitor(prototype, name);
  }
  wrapSplice(arrays);
  wrap(typedArrays, 'set', (_, __, [source]) => (source as Arrayish).length);
  wrap(Array, 'from', (result) => (result as Arrayish).length);
  for (const name of ['keys', 'values', 'entries', 'getOwnPropertyNames']) wrap(Object, name, (result) => (result as Arrayish).length);
  wrap(Reflect, 'ownKeys', (result) => (result as Arrayish).length);
  const { keys } = Object;
  wrap(Object, 'assign', (_, __, [, ...sources]) => sources.reduce((sum: number, source) => sum + keys(source ?? {}).length, 0));
  wrap(Object, 'freeze', (result) => (Array.isArray(result) ? result.length : 0));
  wrap(JSON, 'stringify', (result) => (typeof result === 'string' ? result.length : 0));
  wrap(JSON, 'parse', (_, __, [text]) => String(text).length);
  wrap(globalThis, 'structuredClone', (result) => serialize(result).length);
  // Once these are not the engine's own any more, for-of, spreading, Array.from and `new Map(…)` all go through them.
  for (const iterable of [[], new Map(), new Set()] as Iterable<unknown>[]) {
    replace(Object.getPrototypeOf(iterable[Symbol.iterator]()) as object, 'next', (original) => function () {
      touched += 1;
      return original.call(this);
    });
  }
  return () => {
    const sum = touched;
    touched = 0;
    return sum;
  };
}

/** @param size says how many elements a call has touched, after it; not to be counted itself */
function wrap(target: object, name: string, size: (result: unknown, self: unknown, args: unknown[]) => number): void {
  replace(target, name, (original) => function (...args) {
    const result = original.apply(this, args);
    const before = touched;
    touched = before + size(result, this, args);
    return result;
  });
}

/** One that calls a function for each element, until that says it is enough. */
function wrapVisitor(target: object, name: string): void {
  replace(target, name, (original) => function (...args) {
    const visit = args[0] as Method;
    if (typeof visit === 'function') {
      args[0] = function (this: unknown, ...each: unknown[]) {
        touched += 1;
        return visit.apply(this, each);
      };
    }
    return original.apply(this, args);
  });
}

/** It moves all that is behind what it takes out and puts in. */
function wrapSplice(target: object): void {
  replace(target, 'splice', (original) => function (...args) {
    const { length } = this as Arrayish;
    const start = Math.trunc(Number(args[0]));
    const from = start < 0 ? Math.max(0, length + start) : Math.min(start, length);
    const removed = original.apply(this, args) as Arrayish;
    const inserted = Math.max(0, args.length - 2);
    touched += removed.length + inserted + (removed.length === inserted ? 0 : length - from - removed.length);
    return removed;
  });
}

function replace(target: object, name: string, make: (original: Method) => Method): void {
  const original = (target as Record<string, Method | undefined>)[name];
  // Not every Node has all of them.
  if (original) Object.defineProperty(target, name, { value: make(original), writable: true, configurable: true });
}
