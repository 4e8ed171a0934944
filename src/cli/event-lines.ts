// Event lines: what happens, as lines of a log, for a pipe or a file.
import { fileURLToPath } from 'node:url';
import type { RunId, TaskEvent } from '../index.js';
import { AS_ASKED } from '../logger.js';
import { fit, printable, width } from './cells.js';
import { counted, duration } from './numbers.js';
import { errorText, valueText } from './value-text.js';

type EventOf<T extends TaskEvent['type']> = Extract<TaskEvent, { type: T }>;

/** So much of a stack leads to where it went wrong. */
const FRAMES_SHOWN = 6;

/** Names as long as this stand in one column. */
const WIDEST_NAME = 24;

/** What is said of each event, with how long its run has taken; nothing of some. */
const TEXTS: { readonly [K in TaskEvent['type']]?: (event: EventOf<K>, took: string) => string | undefined } = {
  taskScheduled: ({ nextRunAt }) => (typeof nextRunAt === 'number' ? `due at ${iso(nextRunAt)}` : 'scheduled'),
  taskFinished: ({ status, error }) => `is over: ${status}${error ? `, ${errorText(error)}` : ''}`,
  runLogged: ({ message }) => message,
  runRetrying: ({ error, nextAttemptAt }, took) => `attempt failed${took}, the next is due at ${iso(nextAttemptAt)}: ${errorText(error)}`,
  runCompleted: ({ result }, took) => `completed${took}${result === undefined ? '' : `: ${valueText(result)}`}`,
  runFailed: ({ error }, took) => `failed${took}: ${errorText(error)}`,
  runCancelled: ({ cancelReason }, took) => `cancelled${took}${cancelReason === undefined ? '' : `: ${valueText(cancelReason)}`}`,
  ticksSkipped: ({ count, reason }) => (AS_ASKED.has(reason) ? undefined : `skipped ${counted(count, 'tick')} (${reason})`),
  ticksMissed: ({ count, reason }) => `missed ${counted(count, 'tick')} (${reason})`,
  clockJumped: ({ taskId, by }) => (taskId === undefined ? `the wall clock was set ${by < 0 ? 'back' : 'forward'} by ${duration(Math.abs(by))}` : undefined),
};

/** Makes lines of events, as they come. */
export class EventLines {
  readonly #names: ReadonlyMap<string, string>;
  readonly #column: number;
  readonly #startedAt = new Map<RunId, number>();

  /** @param names of the tasks, by their ids */
  constructor(names: ReadonlyMap<string, string>) {
    this.#names = names;
    this.#column = Math.min(WIDEST_NAME, Math.max(0, ...[...names.values()].map((name) => width(printable(name)))));
  }

  of(event: TaskEvent): string[] {
    const took = this.#time(event);
    const text = (TEXTS[event.type] as ((event: TaskEvent, took: string) => string | undefined) | undefined)?.(event, took);
    if (text === undefined) return [];
    const line = this.line(event.at, text, event.taskId);
    return event.type === 'runFailed' ? [line, ...stackLines(event.error)] : [line];
  }

  /** A line of the same look: about a task, or the whole. */
  line(at: number, text: string, taskId?: string): string {
    const name = taskId === undefined ? 'carillon' : this.#names.get(taskId) ?? taskId;
    return `${iso(at)}  ${fit(name, Math.max(this.#column, 'carillon'.length))}  ${printable(text)}`;
  }

  /** ` in 12 ms`, once a run, or an attempt, has ended. */
  #time(event: TaskEvent): string {
    switch (event.type) {
      case 'runStarted':
        this.#startedAt.set(event.runId, event.at);
        return '';
      case 'runCompleted': case 'runFailed': case 'runCancelled': case 'runRetrying': {
        const since = this.#startedAt.get(event.runId);
        this.#startedAt.delete(event.runId);
        return since === undefined ? '' : ` ${event.type === 'runCompleted' ? 'in' : 'after'} ${duration(event.at - since)}`;
      }
      default: return '';
    }
  }
}

/** Our own folder, and RxJS's, as they show in stacks: how work was called is of no use to anybody. */
const OWN = [new URL('..', import.meta.url).href, fileURLToPath(new URL('..', import.meta.url)), '/node_modules/rxjs/', '\\node_modules\\rxjs\\'];

/** Where an error comes from, and what caused it, indented. */
export function stackLines(error: Error): string[] {
  const [stack, cause] = [read(error, 'stack'), read(error, 'cause')];
  const frames = (typeof stack === 'string' ? stack : '').split('\n').filter((line) => /^\s+at /.test(line));
  const isOurs = (line: string): boolean => OWN.some((folder) => line.includes(folder));
  // What we threw ourselves begins with us: it is of use who called.
  const theirs = frames.slice(Math.max(0, frames.findIndex((line) => !isOurs(line))));
  const called = theirs.findIndex(isOurs);
  const shown = theirs.slice(0, called === -1 ? undefined : called).filter((line) => !line.includes('node:')).slice(0, FRAMES_SHOWN);
  return [
    ...shown.map((line) => `    ${printable(line.trim())}`),
    ...(cause === undefined ? [] : [`    cause: ${printable(cause instanceof Error ? errorText(cause) : valueText(cause))}`]),
  ];
}

/** An error may throw when it is looked at. */
function read(error: Error, field: 'stack' | 'cause'): unknown {
  try {
    return error[field];
  } catch {
    return undefined;
  }
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
