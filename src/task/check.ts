// Checks: what a value that a user gave has to be, and the error that says so.
import { InvalidArgumentError } from './errors.js';
import { nearest } from './nearest.js';
import { show } from './show.js';
import { isThenable } from './thenable.js';

/** An option bag of any origin, before it has been checked. */
export type UncheckedOptions = Readonly<Record<string, unknown>>;

/** Returns what is kept of a value, or throws. */
export type Check = (value: unknown, field: string) => unknown;

const NO_OPTIONS: UncheckedOptions = Object.freeze({});

/**
 * Checks every entry of a bag that has a value.
 *
 * @param allowed the names that it may hold, if not all that there are
 * @param elsewhere of names that it doesn't know, where they belong
 * @throws InvalidArgumentError naming what it doesn't know
 */
export function checkBag(
  bag: unknown, checks: Readonly<Record<string, Check>>, where: string,
  allowed?: ReadonlySet<string>, elsewhere: Readonly<Record<string, string>> = {},
): UncheckedOptions {
  if (bag === undefined) return NO_OPTIONS;
  if (typeof bag !== 'object' || bag === null || Array.isArray(bag)) refuse(where, bag, 'an object');
  const checked: Record<string, unknown> = {};
  for (const name of Object.keys(bag)) {
    const value = (bag as UncheckedOptions)[name];
    if (allowed ? !allowed.has(name) : !Object.hasOwn(checks, name)) throw unknownOption(name, value, checks, where, allowed, elsewhere);
    const check = checks[name];
    if (value !== undefined && check) checked[name] = check(value, where === 'options' ? name : `${where}.${name}`);
  }
  return checked;
}

function unknownOption(
  name: string, value: unknown, checks: object, where: string, allowed: ReadonlySet<string> = new Set(Object.keys(checks)), elsewhere: Readonly<Record<string, string>>,
): InvalidArgumentError {
  const why = Object.hasOwn(checks, name) ? `can't be given in ${where}` : `is not an option of ${where}`;
  const hint = Object.hasOwn(checks, name) ? '' : hintFor(nearest(name, [...allowed, ...Object.keys(elsewhere)]), elsewhere);
  return new InvalidArgumentError(name, value, `${show(name)} ${why}.${hint} There are: ${[...allowed].sort().join(', ')}.`);
}

function hintFor(near: string | undefined, elsewhere: Readonly<Record<string, string>>): string {
  return near === undefined ? '' : ` ${elsewhere[near] ?? `Did you mean ${near}?`}`;
}

/** A check for a whole number of at least `least`, or Infinity. */
export function count(least: 0 | 1): Check {
  return (value, field) => value === Infinity || (Number.isSafeInteger(value) && (value as number) >= least)
    ? value
    : refuse(field, value, `a whole number of at least ${least}, or Infinity`);
}

/** A check for a whole number from 1 up to some bound. */
export function countUpTo(most: number): Check {
  return (value, field) => Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= most
    ? value
    : refuse(field, value, `a whole number from 1 to ${most}`);
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
  return isText(value) ? value : refuse(field, value, 'a string of 1 to 255 characters');
}

/** As {@link text}, of each entry of an array. */
export function texts(value: unknown, field: string): readonly string[] {
  if (!Array.isArray(value)) return refuse(field, value, 'an array of strings');
  return Object.freeze(value.map((entry: unknown, i) => isText(entry) ? entry : text(entry, `${field}[${i}]`)));
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length >= 1 && value.length <= 255;
}

/** Throws what a failed check says. */
export function refuse(field: string, value: unknown, need: string): never {
  throw new InvalidArgumentError(field, value, `${field} needs ${need}; got ${show(value)}.`);
}

/** A check for a function. */
export function aFunction(value: unknown, field: string): unknown {
  return typeof value === 'function' ? value : refuse(field, value, 'a function');
}

/** A check for a signal that can still abort. */
export function aSignal(value: unknown, field: string): AbortSignal {
  const signal = value as AbortSignal;
  if (typeof value !== 'object' || value === null || typeof signal.aborted !== 'boolean' || typeof signal.addEventListener !== 'function') {
    return refuse(field, value, 'an AbortSignal');
  }
  if (signal.aborted) {
    throw new InvalidArgumentError(field, value, `${field} is aborted already (${show(signal.reason)}), so the task would never run. Check signal.aborted first.`);
  }
  return signal;
}

/** Throws what is said of work that is none. */
export function refuseWork(value: unknown, need: string): never {
  if (!isThenable(value)) refuse('work', value, need);
  throw new InvalidArgumentError('work', value, `work needs ${need}; got a promise, so the call was made already. Give the function itself, and its arguments by args.`);
}
