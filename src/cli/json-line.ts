// JSON lines: any value as one line of JSON, errors and what JSON has no word for included.
import { show } from '../task/show.js';

/** What is deeper is hardly meant to be read. */
const DEEPEST = 50;

/** What stands in many places is written in each; but a few objects that hold one another twice, forty deep, would be more than memory holds. */
const MOST_REPEATS = 100_000;

/** Which objects were written already, and how often any of them was again. */
interface Seen {
  readonly objects: Set<object>;
  repeats: number;
}

/** One line of JSON. Errors become `{ name, message, stack, … }`, bigints text, Maps and Sets arrays; a circle, and what can't be read, is shown as text. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(plain(value, [], { objects: new Set(), repeats: 0 }) ?? null);
}

function plain(value: unknown, within: readonly object[], seen: Seen): unknown {
  switch (typeof value) {
    case 'bigint': case 'symbol': return String(value);
    case 'function': return undefined;
    case 'object': return value === null ? null : plainObject(value, within, seen);
    default: return value;
  }
}

function plainObject(value: object, within: readonly object[], seen: Seen): unknown {
  if (within.includes(value)) return '(circular)';
  if (within.length === DEEPEST) return show(value);
  if (seen.objects.has(value) && ++seen.repeats > MOST_REPEATS) return show(value);
  seen.objects.add(value);
  const inside = [...within, value];
  const each = (part: unknown): unknown => plain(part, inside, seen);
  try {
    if (value instanceof Error) return plainError(value, each);
    if (Array.isArray(value)) return value.map(each);
    if (value instanceof Map) return [...value].map(each);
    if (value instanceof Set) return [...value].map(each);
    if ('toJSON' in value && typeof value.toJSON === 'function') return each((value as { toJSON: () => unknown }).toJSON());
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, each(part)]));
  } catch {
    // A getter, or a proxy, may throw when it is looked at.
    return show(value);
  }
}

function plainError(error: Error, each: (part: unknown) => unknown): unknown {
  const { name, message, stack, cause } = error;
  const own = Object.entries(error).filter(([key]) => !['name', 'message', 'stack', 'cause', 'errors'].includes(key));
  return {
    name, message, stack, ...Object.fromEntries(own.map(([key, part]) => [key, each(part)])),
    ...(cause !== undefined && { cause: each(cause) }),
    ...('errors' in error && { errors: each(error.errors) }),
  };
}
