// defineTask: a task as a value, for a module to export and somebody else to run.
import type { Observable } from 'rxjs';
import { readCall } from './schedule-request.js';
import type { OptionsParameter } from './schedule-options.js';
import { aFunction } from './task/check.js';
import type { Trigger } from './task/trigger.js';
import type { Work } from './task/work.js';

/** What `defineTask` returns: what `schedule` takes, as a frozen value. */
export interface TaskDefinition<A extends readonly unknown[] = readonly unknown[], T = unknown, V = never> {
  readonly work: Work<A, T>;
  readonly trigger: Trigger | Observable<V>;
  readonly options: OptionsParameter<A, T, V>[0];
}

/** The key by which a definition is known; the same in every copy of carillon. */
const definitionBrand: unique symbol = Symbol.for('carillon.task') as never;

/**
 * A task as a value: nothing runs before somebody schedules it. `npx carillon run` runs those that a module exports, each under the
 * name of its export unless the options say otherwise.
 *
 * It is typed and checked as `schedule` is. What depends on a scheduler, as whether an id is taken, is checked once it is scheduled.
 *
 * @throws InvalidArgumentError
 * @example
 * export const report = defineTask(sendReport, cron('0 9 * * MON-FRI', { timeZone: 'Europe/Berlin' }), { args: ['Office'], retry: 3 });
 */
export function defineTask<A extends readonly unknown[], T, V = never>(
  work: Work<A, T>, trigger: Trigger | Observable<V>, ...[options]: OptionsParameter<A, T, V>
): TaskDefinition<A, T, V> {
  aFunction(work, 'work');
  const read = readCall(trigger, options);
  const definition = {
    work,
    // An Observable is no data: the one that was given is the trigger.
    trigger: read.trigger.kind === 'observable' ? trigger : read.trigger,
    options: options && Object.freeze({ ...options }),
  };
  return Object.freeze(Object.defineProperty(definition, definitionBrand, { value: true })) as TaskDefinition<A, T, V>;
}

/** Whether a value was made by {@link defineTask}, of whichever copy of carillon. */
export function isTaskDefinition(value: unknown): value is TaskDefinition {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, definitionBrand);
}
