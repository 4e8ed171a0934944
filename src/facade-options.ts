// What the facade's calls take besides task options: a filter, the id of a run, and how to stop.
import type { StopCommand } from './engine/engine.js';
import type { RunTaskOptions, TaskFilter } from './task-facade.js';
import { durationMs, type DurationLike } from './task/duration.js';
import { aBoolean, checkBag, oneOf, text } from './task/check.js';
import type { TaskState } from './task/task.js';

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

/** @throws InvalidArgumentError */
export function checkStop(options: unknown): StopCommand {
  return { drain: true, deadline: STOP_DEADLINE_MS, ...checkBag(options, STOP_CHECKS, 'options') };
}

/** @throws InvalidArgumentError */
export function checkRunTask(options: unknown): RunTaskOptions {
  return checkBag(options, { runId: text }, 'options');
}

/**
 * Whether a task fulfils all that a filter asks.
 *
 * @throws InvalidArgumentError
 */
export function checkFilter(filter: unknown): (task: TaskState) => boolean {
  const { status, name, tag } = checkBag(filter, FILTER_CHECKS, 'filter') as TaskFilter;
  return (task) => (status === undefined || task.status === status)
    && (name === undefined || task.name === name)
    && (tag === undefined || task.tags.includes(tag));
}
