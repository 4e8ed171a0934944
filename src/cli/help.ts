// Help: what a command does, in lines of text.
import { COMMON_FLAGS, type Flag } from './arguments.js';

/** A command as `--help` tells of it. */
export interface Manual {
  /** What follows its name. */
  readonly usage: string;
  /** A sentence for the list of commands. */
  readonly about: string;
  readonly flags: Readonly<Record<string, Flag>>;
  /** What else is to be known of it, examples included. */
  readonly notes: readonly string[];
}

/** The help of one command. */
export function commandHelp(name: string, { usage, about, flags, notes }: Manual): string[] {
  const rows = Object.entries({ ...flags, ...COMMON_FLAGS })
    .map(([flag, { value, about: what }]): readonly [string, string] => [`--${flag}${value === undefined ? '' : ` ${value}`}`, what]);
  return [`carillon ${name} ${usage} [flags]`, '', `It ${about}.`, '', ...columns(rows), '', ...notes];
}

/** The help of them all. */
export function generalHelp(manuals: Readonly<Record<string, Manual>>): string[] {
  return [
    'carillon: background tasks for Node.js',
    '',
    ...columns(Object.entries(manuals).map(([name, { usage, about }]): readonly [string, string] => [`carillon ${name} ${usage}`, about])),
    '',
    ...columns([['carillon <command> --help', 'more on a command'], ['carillon --version', 'which version this is']]),
  ];
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const widest = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(widest)}  ${right}`);
}
