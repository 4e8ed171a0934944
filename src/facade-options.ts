// What the facade's calls take besides task options, and what `stats` gives: types and checks.
import type { StopCommand } from './engine/engine.js';
import { aBoolean, checkBag, count, oneOf, refuse, text } from './task/check.js';
import { durationMs, type DurationLike } from './task/duration.js';
import { InvalidArgumentError } from './task/errors.js';
import type { RunId } from './task/run.js';
import { statusOf, type TaskRecord } from './task/task-record.js';
import type { TaskId, TaskStatus } from './task/task.js';
import type { Trigger } from './task/trigger.js';
import { checkTrigger } from './trigger/trigger.js';

/** Which tasks: those that fulfil all that is given. */
export interface TaskFilter {
  readonly status?: TaskStatus | undefined;
  readonly name?: string | undefined;
  readonly tag?: string | undefined;
}

/** Which tasks to list, and how many of them. */
export interface TaskQuery extends TaskFilter {
  /** How many at most, from 1. @default Infinity */
  readonly limit?: number | undefined;
  /** Only those that were scheduled after the task with this id, as the last one of the page before. */
  readonly after?: TaskId | undefined;
}

/** What to change of a task: its trigger, its arguments, or both. */
export interface TaskUpdate<A extends readonly unknown[] = readonly unknown[]> {
  /** Any trigger by time. Its ticks count from the call, as if the task were scheduled now. */
  readonly trigger?: Trigger | undefined;
  /** The arguments of all runs from the next one on. */
  readonly args?: A | undefined;
}

/** How many known tasks there are in each status, and how many runs; and whether the scheduler keeps up. */
export interface SchedulerStats {
  readonly tasks: Readonly<Record<TaskStatus, number>>;
  /** Runs that wait for an earlier run, a slot, or the end of a pause. */
  readonly queuedRuns: number;
  readonly runsInProgress: number;
  /**
   * How late the latest tick was handled, in ms: more than a few when the event loop is blocked, or has too much to do. 0 when no tick was
   * due within the last minute.
   */
  readonly latenessMs: number;
}

/** What a run by hand may be given. */
export interface RunTaskOptions {
  /** Its id: any string of 1 to 255 characters that no run has which the task still keeps. @default a UUID */
  readonly runId?: RunId | undefined;
}

/** How to stop. */
export interface StopOptions {
  /** Whether to wait for the runs in progress. @default true */
  readonly drain?: boolean | undefined;
  /** How long to wait for them; then they are aborted. @default '10s' */
  readonly deadline?: DurationLike | undefined;
}

/** How long `stop()` waits for the runs in progress, unless it is told. */
const STOP_DEADLINE_MS = 10_000;

const STOP_CHECKS = {
  drain: aBoolean,
  deadline: (value: unknown, field: string) => durationMs(value as DurationLike, field),
};

const FILTER_CHECKS = {
  status: oneOf('PENDING', 'RUNNING', 'PAUSED', 'COMPLETED', 'FAILED', 'CANCELLED'),
  name: text,
  tag: text,
};

const QUERY_CHECKS = { ...FILTER_CHECKS, limit: count(1), after: text };

const UPDATE_CHECKS = {
  trigger: (value: unknown, field: string) => checkTrigger(value) ?? refuse(field, value, 'a trigger by time, as every() or cron(); schedule one that is an Observable anew, with ifExists: "replace"'),
  args: (value: unknown, field: string) => (Array.isArray(value) ? value as readonly unknown[] : refuse(field, value, 'an array of arguments')),
};

/** @throws InvalidArgumentError */
export function checkStop(options: unknown): StopCommand {
  return { drain: true, deadline: STOP_DEADLINE_MS, ...checkBag(options, STOP_CHECKS, 'options') };
}

/** @throws InvalidArgumentError */
export function checkRunTask(options: unknown): RunTaskOptions {
  return checkBag(options, { runId: text }, 'options');
}

/** @throws InvalidArgumentError */
export function checkUpdate(update: unknown): TaskUpdate {
  const checked = checkBag(update, UPDATE_CHECKS, 'update');
  if (Object.keys(checked).length === 0) refuse('update', update, 'a trigger or args, or both');
  return checked;
}

/** @throws InvalidArgumentError */
export function checkQuery(query: unknown): TaskQuery {
  return checkBag(query, QUERY_CHECKS, 'query');
}

/**
 * A filter that asks for something: for who forgets a tag would hit all tasks.
 *
 * @throws InvalidArgumentError
 */
export function checkNarrowFilter(filter: unknown): TaskFilter {
  const checked = checkBag(filter, FILTER_CHECKS, 'filter');
  if (Object.keys(checked).length > 0) return checked;
  throw new InvalidArgumentError('filter', filter, 'filter has to say which tasks: { tag }, { name } or { status }. To cancel whatever is in progress, stop() the scheduler.');
}

/** The first so many of the tasks that fulfil all that is asked. */
export function askedFor(tasks: Iterable<TaskRecord>, { status, name, tag, limit = Infinity }: TaskQuery): TaskRecord[] {
  const found: TaskRecord[] = [];
  for (const task of tasks) {
    const fits = (status === undefined || statusOf(task) === status)
      && (name === undefined || task.name === name)
      && (tag === undefined || task.tags.includes(tag));
    if (fits && found.push(task) >= limit) break;
  }
  return found;
}
