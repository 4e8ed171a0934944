// The command: which of its parts is asked for, and what is said when it can't be done.
import { readFileSync } from 'node:fs';
import { InvalidArgumentError } from '../index.js';
import { readArguments, suggestion, UsageError, type Given } from './arguments.js';
import { printable } from './cells.js';
import { stackLines } from './event-lines.js';
import { EXPLAIN, explainWhen } from './explain.js';
import { commandHelp, generalHelp, type Manual } from './help.js';
import { LoadError, placeOf } from './load-tasks.js';
import { next, NEXT } from './next.js';
import { EXIT } from './outcome.js';
import { run, RUN } from './run.js';

/** Where lines of text go. */
export interface Output {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}

interface Command {
  readonly manual: Manual;
  /** Does it, and gives the exit code. */
  readonly run: (given: Given, output: Output) => number | Promise<number>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  next: { manual: NEXT, run: (given, { out }) => said(next(given), out) },
  explain: { manual: EXPLAIN, run: (given, { out }) => said(explainWhen(given), out) },
  run: { manual: RUN, run },
};

/**
 * Does what the arguments ask for.
 *
 * @returns the exit code
 */
export async function command(args: readonly string[], output: Output): Promise<number> {
  const [name = '', ...rest] = args;
  const found = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (found) return perform(name, found, rest, output);
  const help = generalHelp(Object.fromEntries(Object.entries(COMMANDS).map(([each, { manual }]) => [each, manual])));
  const [topic = ''] = rest;
  if (name === 'help' && Object.hasOwn(COMMANDS, topic)) return command([topic, '--help'], output);
  if (name === '--help' || name === '-h' || name === 'help') {
    help.forEach(output.out);
    return EXIT.well;
  }
  if (name === '--version') {
    output.out(version());
    return EXIT.well;
  }
  if (name === '') {
    help.forEach(output.err);
    return EXIT.usage;
  }
  const what = name.startsWith('-') ? `there is no flag ${name}.${suggestion(name.replace(/^-+/, ''), ['help', 'version'], '--')}` : `there is no command ${name}.${suggestion(name, Object.keys(COMMANDS))}`;
  output.err(printable(`carillon: ${what} See carillon --help.`));
  return EXIT.usage;
}

async function perform(name: string, { manual, run: perform }: Command, args: readonly string[], output: Output): Promise<number> {
  try {
    const given = readArguments(args, manual.flags);
    if (!given.flags.has('help')) return await perform(given, output);
    commandHelp(name, manual).forEach(output.out);
    return EXIT.well;
  } catch (error) {
    if (error instanceof LoadError) {
      const [first = '', ...more] = error.message.split('\n');
      output.err(printable(`carillon ${name}: ${first}`));
      for (const line of more) output.err(`    ${printable(line)}`);
      whereabouts(error.cause).forEach(output.err);
      return EXIT.usage;
    }
    if (!(error instanceof UsageError || error instanceof InvalidArgumentError)) throw error;
    output.err(printable(`carillon ${name}: ${error.message} See carillon ${name} --help.`));
    return EXIT.usage;
  }
}

function said(lines: readonly string[], out: Output['out']): number {
  for (const line of lines) out(line);
  return EXIT.well;
}

/** Where it went wrong; what it was has been said. */
function whereabouts(cause: unknown): string[] {
  if (!(cause instanceof Error)) return [];
  return [...placeOf(cause).split('\n').filter((line) => line.trim() !== '').map((line) => `    ${printable(line)}`), ...stackLines(cause)];
}

function version(): string {
  // Two folders up, of the sources as of what is built.
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { readonly version: string };
  return version;
}
