// Shapes: what the values of a field look like, be it a step, a stretch or a list, however they were written.
import { and } from './phrases.js';

/** Values in the order of their field, as one can say them. */
export type Shape =
  | { readonly kind: 'all' }
  | { readonly kind: 'one'; readonly value: number }
  /** Four and more at one distance; or fewer, if the distance is the same from the last to the first of the next round, too. */
  | { readonly kind: 'step'; readonly step: number; readonly first: number; readonly last: number; readonly goesRound: boolean }
  /** Stretches without a gap, each from one value to another. */
  | { readonly kind: 'runs'; readonly runs: readonly (readonly [from: number, to: number])[] };

/** @param size how many values the field can have */
export function shapeOf(values: readonly number[], size: number): Shape {
  const [first = 0, second = first] = values;
  const last = values.at(-1) ?? first;
  if (values.length === size) return { kind: 'all' };
  if (values.length === 1) return { kind: 'one', value: first };
  const step = second - first;
  const isEven = step > 1 && values.every((value, i) => value === first + i * step);
  const goesRound = isEven && values.length * step === size;
  if (goesRound || (isEven && values.length >= 4)) return { kind: 'step', step, first, last, goesRound };
  return { kind: 'runs', runs: runsOf(values) };
}

/** Stretches of values that follow each other. */
export function runsOf(values: readonly number[]): readonly (readonly [number, number])[] {
  const runs: [number, number][] = [];
  for (const value of values) {
    const run = runs.at(-1);
    if (run?.[1] === value - 1) run[1] = value;
    else runs.push([value, value]);
  }
  return runs;
}

/** Values as a list in which three and more that follow each other are a range. */
export function listOf(runs: readonly (readonly [number, number])[], say: (value: number) => string): string {
  return and(runs.flatMap(([from, to]) => to - from < 2 ? Array.from({ length: to - from + 1 }, (_, i) => say(from + i)) : [`${say(from)} to ${say(to)}`]));
}
