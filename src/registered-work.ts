// Registered work: the handle of work that has a name, and defaults for the tasks that use it.
import type { TaskOptions } from './task/options.js';
import type { Work } from './task/work.js';

/** The defaults of registered work: task options, but for those that belong to one task alone. */
export type RegisteredDefaults<A extends readonly unknown[], T, In extends readonly unknown[] = A> = Omit<TaskOptions<A, T, In>, 'id' | 'ifExists' | 'signal'>;

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
