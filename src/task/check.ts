// Checks: what a value that a user gave has to be, and the error that says so.
import { InvalidArgumentError } from './errors.js';
import { nearest } from './nearest.js';
import { show } from './show.js';

/** An option bag of any origin, before it has been checked. */
export type UncheckedOptions = Readonly<Record<string, unknown>>;

/** Returns what is kept of a value, or throws. */
export type Check = (value: unknown, field: string) => unknown;

const NO_OPTIONS: UncheckedOptions = Object.freeze({});

/** Checks every entry of a bag that has a value. @throws InvalidArgumentError naming what it doesn't know */
export function checkBag(
  bag: unknown, checks: Readonly<Record<string, Check>>, where: string, allowed: ReadonlySet<string> = new Set(Object.keys(checks)),
): UncheckedOptions {
  if (bag === undefined) return NO_OPTIONS;
  if (typeof bag !== 'object' || bag === null || Array.isArray(bag)) refuse(where, bag, 'an object');
  const checked: Record<string, unknown> = {};
  for (const name of Object.keys(bag)) {
    const value = (bag as UncheckedOptions)[name];
    if (!allowed.has(name)) {
      const near = Object.hasOwn(checks, name) ? undefined : nearest(name, allowed);
      const why = Object.hasOwn(checks, name) ? `can't be given in ${where}` : `is not an option of ${where}`;
      throw new InvalidArgumentError(name, value, `${show(name)} ${why}.${near === undefined ? '' : ` Did you mean ${near}?`} There are: ${[...allowed].sort().join(', ')}.`);
    }
    const check = checks[name];
    if (value !== undefined && check) checked[name] = check(value, where === 'options' ? name : `${where}.${name}`);
  }
  return checked;
}

/** A check for a whole number of at least `least`, or Infinity. */
export function count(least: 0 | 1): Check {
  return (value, field) => value === Infinity || (Number.isSafeInteger(value) && (value as number) >= least)
    ? value
    : refuse(field, value, `a whole number of at least ${least}, or Infinity`);
}

/** A check for true or false. */
export function aBoolean(value: unknown, field: string): boolean {
  return typeof value === 'boolean' ? value : refuse(field, value, 'true or false');
}

/** A check for one of a few words. */
export function oneOf(...words: readonly string[]): Check {
  return (value, field) => words.includes(value as string) ? value : refuse(field, value, `one of ${words.map((word) => `'${word}'`).join(', ')}`);
}

/** A check for a string of 1 to 255 characters. */
export function text(value: unknown, field: string): string {
  return typeof value === 'string' && value.length >= 1 && value.length <= 255 ? value : refuse(field, value, 'a string of 1 to 255 characters');
}

/** Throws what a failed check says. */
export function refuse(field: string, value: unknown, need: string): never {
  throw new InvalidArgumentError(field, value, `${field} needs ${need}; got ${show(value)}.`);
}

/** A check for a function. */
export function aFunction(value: unknown, field: string): unknown {
  return typeof value === 'function' ? value : refuse(field, value, 'a function');
}
