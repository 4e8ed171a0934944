// Registered work: the handle of work that has a name, and defaults for the tasks that use it.
import type { InputSchema } from './task/input-schema.js';
import type { OptionsBesideArgs, PolicyOptions, TaskOptions } from './task/options.js';
import type { Work } from './task/work.js';

/** The defaults of registered work: task options, but for those that belong to one task alone. */
export interface RegisteredDefaults<A extends readonly unknown[], T, In extends readonly unknown[] = A>
  extends Omit<TaskOptions<A, T, In>, 'id' | 'ifExists' | 'signal' | 'inputSchema'> {
  /** Checks the arguments, by any Standard Schema of all of them as an array; the work gets what that makes of them. */
  readonly inputSchema?: InputSchema<In, A> | undefined;
}

/**
 * What `register` takes besides name and work, as the compiler infers it: the work's parameters may be what the `inputSchema` makes of the
 * arguments.
 *
 * @typeParam Args the arguments, if they are bound
 */
export interface WorkDefaults<A extends readonly unknown[], T, In extends readonly unknown[], Args> extends PolicyOptions {
  /** The arguments of each run (of the first one, with `carry`), for a call that gives none. */
  readonly args?: Args;
  /** Checks the arguments, and makes of them what the work gets. */
  readonly inputSchema?: InputSchema<In, A> | undefined;
  /** As of any task, but for a function: its parameters are those of the work. */
  readonly concurrencyKey?: NoInfer<OptionsBesideArgs<A, T>['concurrencyKey']>;
  /** Makes the next run's arguments of a completed run's result and arguments. If it throws, that run failed. */
  readonly carry?: NoInfer<OptionsBesideArgs<A, T>['carry']>;
}

/**
 * What `register` returns: schedule by it, and arguments and result are inferred from the work.
 *
 * @typeParam Bound whether the defaults hold the arguments, so that the call needs none
 * @typeParam In the arguments that a call gives; the `inputSchema` makes those of the work of them
 */
export class RegisteredWork<A extends readonly unknown[] = never, T = unknown, Bound extends boolean = boolean, In extends readonly unknown[] = A> {
  /** For the compiler only; private, since any function has a name and would pass for a handle. */
  private declare readonly types: [work: Work<A, T>, bound: Bound, input: (...args: In) => void] | undefined;

  constructor(readonly name: string) {}
}
