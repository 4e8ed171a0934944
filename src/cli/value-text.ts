// Values as text on one line: what a task resulted in, or said.
import { inspect } from 'node:util';
import { show } from '../task/show.js';

/** A text as it is; anything else as `console.log` would show it, short and on one line. */
export function valueText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === undefined) return '';
  try {
    if (value instanceof Error) return errorText(value);
    return inspect(value, { depth: 1, breakLength: Infinity, compact: true, maxArrayLength: 10, maxStringLength: 200 });
  } catch {
    // A value may have an opinion of its own on how it is shown, and throw.
    return 'a value that cannot be shown';
  }
}

/** `RangeError: Division by zero` */
export function errorText(error: Error): string {
  try {
    const { name, message }: { readonly name: unknown; readonly message: unknown } = error;
    return message === '' ? String(name) : `${String(name)}: ${String(message)}`;
  } catch {
    // So may an error; and what it has for a name need not be text.
    return show(error);
  }
}
