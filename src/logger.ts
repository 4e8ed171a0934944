// The logger: what happens, in lines for people, to whatever logs like `console` does.
import { callGuarded } from './engine/call-guarded.js';
import { refuse } from './task/check.js';
import type { TaskEvent } from './task/event.js';
import { show } from './task/show.js';
import type { TaskId } from './task/task.js';

/** Something that logs as `console` does, or pino, or winston. */
export interface Logger {
  /** What happens to tasks and runs. */
  debug(message: string, ...details: unknown[]): void;
  /** What work says, and the end of each task. */
  info(message: string, ...details: unknown[]): void;
  /** What is tried again, and what did not run. */
  warn(message: string, ...details: unknown[]): void;
  /** What failed for good, with the error behind the message. */
  error(message: string, ...details: unknown[]): void;
}

type Level = keyof Logger;
type Line = readonly [level: Level, text: string, error?: Error];
type EventOf<T extends TaskEvent['type']> = Extract<TaskEvent, { type: T }>;

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** Skips that are as the task's options, or its end, have it; any other means that the task can't keep up. */
export const AS_ASKED: ReadonlySet<string> = new Set(['paused', 'maxRuns', 'stopped', 'cancelled']);

/** What is logged of each event; nothing of some. */
const LINES: { readonly [K in TaskEvent['type']]: (event: EventOf<K>) => Line | undefined } = {
  taskScheduled: ({ replaced, nextRunAt }) => ['debug', `${replaced ? 'is changed' : 'scheduled'}${next(nextRunAt)}`],
  taskPaused: () => ['debug', 'paused'],
  taskResumed: ({ nextRunAt }) => ['debug', `resumed${next(nextRunAt)}`],
  taskStopping: () => ['debug', 'is stopping'],
  taskFinished: ({ status, error }) => (error ? ['error', `is over, ${status}: ${error.message}`, error] : ['info', `is over, ${status}`]),
  taskRetried: ({ nextRunAt }) => ['info', `is taken up again${next(nextRunAt)}`],
  taskRemoved: () => ['debug', 'removed'],
  runQueued: () => ['debug', 'a run waits'],
  runStarted: ({ attempt }) => ['debug', attempt === 1 ? 'a run starts' : `a run starts its attempt ${attempt}`],
  runProgressed: () => undefined,
  runLogged: ({ message }) => ['info', message],
  runRetrying: ({ error, nextAttemptAt }) => ['warn', `an attempt failed, and the next one is due at ${iso(nextAttemptAt)}: ${error.message}`, error],
  runCompleted: () => ['debug', 'a run completed'],
  runFailed: ({ error }) => ['error', `a run failed: ${error.message}`, error],
  runCancelled: ({ cancelReason }) => ['info', `a run was cancelled${cancelReason === undefined ? '' : `: ${show(cancelReason)}`}`],
  ticksSkipped: ({ count, from, reason }) => [AS_ASKED.has(reason) ? 'debug' : 'warn', `skipped ${ticks(count, from)} (${reason})`],
  ticksMissed: ({ count, from, reason }) => ['warn', `missed ${ticks(count, from)} (${reason})`],
  clockJumped: ({ taskId, by }) => (taskId === undefined ? ['warn', `the wall clock was set ${by < 0 ? 'back' : 'forward'} by ${Math.abs(by)} ms`] : undefined),
};

/** @throws InvalidArgumentError */
export function aLogger(value: unknown, field: string): unknown {
  const methods = value as Partial<Record<Level, unknown>> | null;
  const isLogger = typeof methods === 'object' && methods !== null && LEVELS.every((level) => typeof methods[level] === 'function');
  return isLogger ? value : refuse(field, value, 'an object that logs as console does: with debug(), info(), warn() and error()');
}

/**
 * Logs each batch of events once it was dispatched.
 *
 * @param nameOf the name of a task, if it has one
 */
export function logged(logger: Logger, nameOf: (taskId: TaskId) => string | undefined, dispatch: (batch: readonly TaskEvent[]) => void): (batch: readonly TaskEvent[]) => void {
  const pending: TaskEvent[] = [];
  return (batch) => {
    // Whoever hears of them may bring about others, which come after them.
    pending.push(...batch);
    dispatch(batch);
    for (let event = pending.shift(); event; event = pending.shift()) log(logger, nameOf, event);
  };
}

function log(logger: Logger, nameOf: (taskId: TaskId) => string | undefined, event: TaskEvent): void {
  const line = LINES[event.type](event as never);
  if (!line) return;
  const [level, text, error] = line;
  const subject = event.taskId === undefined ? 'carillon' : `carillon: task ${show(nameOf(event.taskId) ?? event.taskId)}`;
  callGuarded(() => { logger[level](`${subject}: ${text}`, ...(error ? [error] : [])); });
}

function next(at: number | null | undefined): string {
  return typeof at === 'number' ? `, due at ${iso(at)}` : '';
}

function ticks(count: number, from: number): string {
  return count === 1 ? `the tick of ${iso(from)}` : `${count} ticks from ${iso(from)} on`;
}

function iso(at: number): string {
  // A clock may show what no Date can.
  return Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : String(at);
}
