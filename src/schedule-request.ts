// Reads what `schedule` was given: checks all of it, and parts it into a command of plain data and what is none.
import { isObservable } from 'rxjs';
import { currentContext } from './engine/async-context.js';
import { NO_CLOSURES, type Bound, type Closures } from './engine/scheduled-task.js';
import type { NewIds } from './new-id.js';
import { RegisteredWork } from './registered-work.js';
import type { ScheduleTask } from './task/command.js';
import { DuplicateTaskError, DuplicateWorkError, InvalidArgumentError, WorkNotFoundError } from './task/errors.js';
import { refuse, refuseWork, text, type UncheckedOptions } from './task/check.js';
import { validArgs, type InputSchema } from './task/input-schema.js';
import { REGISTERED_OPTIONS, checkOptions } from './task/options.js';
import { keyFunctionOf, resolvePolicy, retryOf } from './task/policy.js';
import { retryFunctionsOf } from './task/retry.js';
import { show } from './task/show.js';
import type { TaskId } from './task/task.js';
import type { ObservableTrigger, Trigger } from './task/trigger.js';
import { contextualWorkOf, type Work } from './task/work.js';
import { checkTrigger, ruleOf } from './trigger/trigger.js';

/** What `register` was given, checked. */
export interface Registration {
  readonly handle: RegisteredWork;
  readonly work: Work;
  readonly defaults: UncheckedOptions;
}

/** What the request is read against. */
export interface RequestContext {
  readonly registered: Map<string, Registration>;
  readonly defaults: UncheckedOptions;
  readonly now: () => number;
  readonly newIds: NewIds;
  readonly isKnown: (id: TaskId) => boolean;
}

/** A request to schedule a task, checked. */
export interface Request {
  /** With `replace` when a task with this id is known. */
  readonly command: ScheduleTask;
  readonly bound: Bound;
  /** A task with this id is known, and is to stay as it is. */
  readonly keepsKnown: boolean;
}

const OBSERVABLE: ObservableTrigger = Object.freeze({ kind: 'observable' });
const NO_ARGS: readonly unknown[] = Object.freeze([]);

/** Takes work in under a name. @throws InvalidArgumentError, DuplicateWorkError */
export function register(registered: Map<string, Registration>, name: unknown, work: unknown, defaults: unknown): RegisteredWork {
  const handle = new RegisteredWork(text(name, 'name'));
  if (typeof work !== 'function') refuseWork(work, 'a function');
  const checked = checkOptions(defaults, REGISTERED_OPTIONS, 'defaults');
  const { args, inputSchema } = checked;
  // Kept as they were given, for the call may have another schema.
  if (inputSchema && Array.isArray(args)) validArgs(inputSchema as InputSchema, args, 'defaults.args');
  if (registered.has(handle.name)) throw new DuplicateWorkError(handle.name);
  registered.set(handle.name, { handle, work: work as Work, defaults: checked });
  return handle;
}

/**
 * Refuses the instant 0: on a clock that starts there, as virtual ones do, it is an instant like any other; else it is a mistake.
 *
 * @throws InvalidArgumentError
 */
export function refuseEpoch(trigger: Trigger | ObservableTrigger | undefined, now: () => number): void {
  if (trigger?.kind !== 'once' || trigger.at !== 0 || now() <= 0) return;
  throw new InvalidArgumentError('runAt', 0, 'runAt 0 is 1 January 1970, which is hardly meant. Give a Date, epoch milliseconds, or after() for a delay.');
}

/** @throws InvalidArgumentError, WorkNotFoundError, DuplicateTaskError */
export function readRequest(target: unknown, when: unknown, options: unknown, context: RequestContext): Request {
  const { work, name, defaults } = readTarget(target, context.registered);
  const { trigger, call } = readCall(when, options);
  refuseEpoch(trigger, context.now);
  const policy = resolvePolicy(call, defaults, context.defaults, trigger === OBSERVABLE ? 'observable' : 'time');
  const given = call['args'] ?? defaults['args'];
  const inputSchema = (call['inputSchema'] ?? defaults['inputSchema']) as InputSchema | undefined;
  const carry = call['carry'] ?? defaults['carry'];
  const { args, argsOf } = readArgs(given, inputSchema);
  if (argsOf && trigger !== OBSERVABLE) refuse('args', given, 'an array with this trigger (a function makes arguments of what an Observable trigger emits)');
  if (argsOf && call['carry']) {
    throw new InvalidArgumentError('carry', carry, 'carry has no effect when args is a function: each run gets its arguments of what the trigger emits. Leave one of them out.');
  }
  const retry = retryOf(call, defaults, context.defaults);
  const id = call['id'] as string | undefined;
  const taskId = id ?? context.newIds.forCall();
  // To look a random id up takes as long as to make one, and finds nothing.
  const isKnown = (id !== undefined || !context.newIds.areRandom) && context.isKnown(taskId);
  const ifExists = call['ifExists'] ?? 'error';
  if (isKnown && ifExists === 'error') throw new DuplicateTaskError(taskId);
  return {
    command: { type: 'scheduleTask', taskId, work: name, trigger, policy, args, replace: isKnown },
    bound: {
      work,
      context: trigger.kind === 'once' || trigger.kind === 'after' ? currentContext() : undefined,
      closures: closuresOf({
        argsOf, inputSchema, retry: retry && retryFunctionsOf(retry), keyOf: keyFunctionOf(call, defaults, context.defaults),
        carry: argsOf ? undefined : carry as Closures['carry'], trigger$: isObservable(when) ? when : undefined, signal: call['signal'] as AbortSignal | undefined,
      }),
    },
    keepsKnown: isKnown && ifExists === 'keep',
  };
}

function closuresOf(closures: Closures): Closures {
  const { argsOf, inputSchema, retry, keyOf, carry, trigger$, signal } = closures;
  return argsOf ?? inputSchema ?? retry ?? keyOf ?? carry ?? trigger$ ?? signal ? closures : NO_CLOSURES;
}

/** Arguments, or what makes them of an emission. */
function readArgs(given: unknown, schema: InputSchema | undefined): { readonly args: readonly unknown[]; readonly argsOf: Closures['argsOf'] } {
  if (typeof given !== 'function') {
    const args = given === undefined ? NO_ARGS : given as readonly unknown[];
    return { args: schema ? validArgs(schema, args) : args, argsOf: undefined };
  }
  const argsOf = given as (value: unknown) => unknown;
  if (!schema) return { args: NO_ARGS, argsOf };
  return { args: NO_ARGS, argsOf: (value) => {
    const made = argsOf(value);
    // What is no array is refused as without a schema.
    return Array.isArray(made) ? validArgs(schema, made) : made;
  } };
}

function readTarget(target: unknown, registered: RequestContext['registered']): { work: Bound['work']; name?: string; defaults: UncheckedOptions } {
  if (typeof target === 'function') return { work: callable(target as Work), defaults: checkOptions(undefined) };
  const name = target instanceof RegisteredWork ? target.name : target;
  if (typeof name !== 'string') return refuseWork(target, 'a function, or work that was registered');
  const registration = registered.get(name);
  if (!registration) throw new WorkNotFoundError(name);
  if (typeof target !== 'string' && registration.handle !== target) {
    throw new InvalidArgumentError('work', target, `work was registered with another scheduler; register ${show(name)} with this one.`);
  }
  return { work: callable(registration.work), name, defaults: registration.defaults };
}

function callable(work: Work): Bound['work'] {
  return contextualWorkOf(work) ?? work;
}

/**
 * Trigger and options, as far as they can be checked by themselves: whatever the work, the scheduler and its time.
 *
 * @throws InvalidArgumentError
 */
export function readCall(when: unknown, options: unknown): { readonly trigger: Trigger | ObservableTrigger; readonly call: UncheckedOptions } {
  const trigger = isObservable(when) ? OBSERVABLE : checkTrigger(when) ?? refuse('trigger', when, 'once(), after(), every(), cron(), calendar(), anyOf(), except() or an Observable');
  const call = checkOptions(options);
  if (call['startAt'] !== undefined) refuseStart(trigger, call['startAt']);
  return { trigger, call };
}

/** Refuses a `startAt` that would have no effect. */
function refuseStart(trigger: Trigger | ObservableTrigger, startAt: unknown): void {
  if (trigger.kind === 'observable' || !ruleOf(trigger).recurs) {
    throw new InvalidArgumentError('startAt', startAt, `startAt is when a trigger begins that is due again and again, and this one isn't; got ${show(startAt)}.`);
  }
  if ('startAt' in trigger) {
    throw new InvalidArgumentError('startAt', startAt, `startAt is given by the trigger already; got ${show(startAt)}. Leave one of them out.`);
  }
}
