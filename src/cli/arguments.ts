// The arguments of a command: which flags it has, and what the user gave of them.
import { parseArgs } from 'node:util';
import { nearest } from '../task/nearest.js';

/** The command can't be understood; the message is one line that says why. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A flag as `--help` tells of it. */
export interface Flag {
  /** What its value is called, if it takes one. */
  readonly value?: string;
  readonly about: string;
}

/** What a user gave. */
export interface Given {
  readonly positionals: readonly string[];
  /** Each flag with its value, or '' when it takes none. */
  readonly flags: ReadonlyMap<string, string>;
}

/** Flags that every command has. */
export const COMMON_FLAGS: Readonly<Record<string, Flag>> = { help: { about: 'shows this' } };

/** @throws UsageError at a flag that there isn't, one that lacks its value, and one that takes none */
export function readArguments(args: readonly string[], ownFlags: Readonly<Record<string, Flag>>): Given {
  const known: Readonly<Record<string, Flag>> = { ...ownFlags, ...COMMON_FLAGS };
  const { tokens } = parseArgs({
    args: [...args], strict: false, tokens: true, allowPositionals: true,
    options: Object.fromEntries(Object.entries(known).map(([name, { value }]) => [
      name, { type: value === undefined ? 'boolean' : 'string', ...(name === 'help' && { short: 'h' }) },
    ])),
  });
  const positionals: string[] = [];
  const flags = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const flag = Object.hasOwn(known, token.name) ? known[token.name] : undefined;
    if (!flag) throw new UsageError(`there is no flag ${token.rawName}.${suggestion(token.name, Object.keys(known), '--')}`);
    flags.set(token.name, valueOf(token, flag));
  }
  return { positionals, flags };
}

/** ` Did you mean --count?`, or nothing. */
export function suggestion(name: string, candidates: Iterable<string>, prefix = ''): string {
  // Of a single letter, any other is near.
  const near = name.length === 1 ? undefined : nearest(name, candidates);
  return near === undefined ? '' : ` Did you mean ${prefix}${near}?`;
}

/** A whole number that a flag gives. @throws UsageError */
export function wholeNumber(text: string, flag: string, most = Number.MAX_SAFE_INTEGER): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= most) return value;
  throw new UsageError(`${flag} needs a whole number of at least 1${most < Number.MAX_SAFE_INTEGER ? ` and at most ${most}` : ''}; got ${JSON.stringify(text)}.`);
}

function valueOf({ rawName, value, inlineValue }: { rawName: string; value?: string | undefined; inlineValue?: boolean | undefined }, flag: Flag): string {
  if (flag.value === undefined) {
    if (value !== undefined) throw new UsageError(`${rawName} takes no value; got ${JSON.stringify(value)}.`);
    return '';
  }
  if (value === undefined || value === '') throw new UsageError(`${rawName} needs a value: ${rawName} ${flag.value}.`);
  // What follows is a flag itself, as a rule.
  if (value.startsWith('-') && inlineValue !== true) throw new UsageError(`${rawName} needs a value; got ${value}. If that is what you mean, write ${rawName}=${value}.`);
  return value;
}
