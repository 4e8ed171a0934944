import { describe, expect, it } from '@jest/globals';
import fc from '../support/properties.js';
import { PersistentArray, type ArrayView } from '../../src/store/persistent-array.js';
import { steps } from './steps.js';

/** A view, and what the model held when it was taken. */
interface Picture {
  readonly view: ArrayView<string>;
  readonly model: ReadonlyMap<number, string>;
}

function expectSame({ view, model }: Picture, probes: Iterable<number>): void {
  expect(view.size).toBe(model.size);
  expect([...view]).toEqual([...model].sort(([a], [b]) => a - b).map(([, value]) => value));
  for (const index of probes) expect(view.get(index)).toBe(model.get(index));
}

/** Indices about the sizes at which the trie gets taller, and far beyond what 32 bits hold. */
const indices = fc.oneof(
  fc.nat({ max: 70 }),
  fc.constantFrom(0, 31, 32, 33, 1_023, 1_024, 1_025, 32_767, 32_768, 32_769, 2 ** 20, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 40 + 31),
  fc.nat({ max: 40_000 }),
);
const commands = fc.array(fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('set' as const), index: indices, value: fc.string() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('delete' as const), index: indices, value: fc.constant('') }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('view' as const), index: fc.constant(0), value: fc.constant('') }) },
), { maxLength: 120 });

describe('PersistentArray', () => {
  it('does as a map does, and a view that was taken never changes', () => {
    fc.assert(fc.property(commands, (all) => {
      const array = new PersistentArray<string>();
      const model = new Map<number, string>();
      const pictures: Picture[] = [{ view: array.view(), model: new Map() }];
      for (const { do: action, index, value } of all) {
        if (action === 'set') {
          array.set(index, value);
          model.set(index, value);
        } else if (action === 'delete') {
          array.delete(index);
          model.delete(index);
        } else pictures.push({ view: array.view(), model: new Map(model) });
      }
      pictures.push({ view: array.view(), model });
      const probes = new Set([...all.map(({ index }) => index), 5, 2 ** 50]);
      for (const picture of pictures) expectSame(picture, probes);
    }), { numRuns: 200 });
  });

  it('says what has changed since an earlier view, or since a later one, or of another array', () => {
    fc.assert(fc.property(commands, commands, (all, others) => {
      const pictures = [all, others].flatMap((these) => {
        const array = new PersistentArray<string>();
        const model = new Map<number, string>();
        const taken: Picture[] = [];
        for (const { do: action, index, value } of these) {
          if (action === 'set') {
            array.set(index, value);
            model.set(index, value);
          } else if (action === 'delete') {
            array.delete(index);
            model.delete(index);
          } else taken.push({ view: array.view(), model: new Map(model) });
        }
        return [...taken, { view: array.view(), model }].slice(-4);
      });
      for (const { view, model } of pictures) {
        expect([...view.changesSince(undefined)]).toEqual([...model].sort(([a], [b]) => a - b));
        for (const earlier of pictures) {
          const places = [...new Set([...model.keys(), ...earlier.model.keys()])].sort((a, b) => a - b);
          const changed = places.filter((index) => model.get(index) !== earlier.model.get(index));
          expect([...view.changesSince(earlier.view)]).toEqual(changed.map((index) => [index, model.get(index)]));
        }
      }
    }), { numRuns: 100 });
  });

  it('says so at the cost of the changes, not of what there is', () => {
    const array = new PersistentArray<number>();
    for (let index = 0; index < 100_000; index++) array.set(index, index);
    const before = array.view();
    for (const index of [7, 99_999, 100_000]) array.set(index, -1);
    array.delete(50_000);
    const after = array.view();
    let changed: unknown;
    expect(steps(() => { changed = [...after.changesSince(before)]; })).toBeLessThan(200);
    expect(changed).toEqual([[7, -1], [50_000, undefined], [99_999, -1], [100_000, -1]]);
    expect([...after.changesSince(after)]).toEqual([]);
  });

  it('grows past 32, 1,024 and 32,768 values, and the views before the growth stay as they were', () => {
    const array = new PersistentArray<number>();
    const views: ArrayView<number>[] = [];
    const sizes = new Set([0, 1, 31, 32, 33, 1_023, 1_024, 1_025, 32_767, 32_768, 32_769]);
    for (let index = 0; index <= 33_000; index++) {
      if (sizes.has(index)) views.push(array.view());
      array.set(index, index);
    }
    expect(views.map(({ size }) => size)).toEqual([...sizes]);
    for (const view of views) {
      expect([...view]).toEqual(Array.from({ length: view.size }, (_, index) => index));
      expect([view.get(view.size - 1), view.get(view.size)]).toEqual([view.size > 0 ? view.size - 1 : undefined, undefined]);
    }
  });

  it('may be emptied and go on with later indices, as a store does', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 100, max: 3_000 }), (kept, count) => {
      const array = new PersistentArray<number>();
      for (let index = 0; index < count; index++) {
        array.set(index, index);
        if (index % 100 === 0) array.view();
        if (index >= kept) array.delete(index - kept);
      }
      expect([...array.view()]).toEqual(Array.from({ length: kept }, (_, k) => count - kept + k));
      for (let index = count - kept; index < count; index++) array.delete(index);
      expect([array.view().size, [...array.view()]]).toEqual([0, []]);
    }), { numRuns: 20 });
  });

  it('keeps no branch in which nothing is left, on any level', () => {
    const array = new PersistentArray<number>();
    for (let index = 0; index < 100_000; index++) {
      array.set(index, index);
      if (index >= 10) array.delete(index - 10);
    }
    const view = array.view();
    // Four levels of 32 slots, and at most two branches of each; a hundred left behind would show.
    expect(steps(() => { for (const _value of view); })).toBeLessThan(500);
  });

  it('does nothing when what is deleted is not there', () => {
    const array = new PersistentArray<string>();
    array.delete(5);
    array.delete(5_000_000);
    array.set(1_000, 'a');
    array.delete(40);
    array.delete(999);
    array.delete(1_000);
    array.delete(1_000);
    expect([array.view().size, [...array.view()]]).toEqual([0, []]);
  });

  it('gives the same view to two loops at once', () => {
    const array = new PersistentArray<number>();
    for (let index = 0; index < 100; index++) array.set(index, index);
    const view = array.view();
    const first = view[Symbol.iterator]();
    first.next();
    expect([...view]).toHaveLength(100);
    expect(first.next().value).toBe(1);
  });
});
