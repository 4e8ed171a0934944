// Registered work: work that has a name, and defaults for the tasks that use it.
import type { UncheckedOptions, TaskOptions } from './task/options.js';
import type { Work } from './task/work.js';

declare const workTypes: unique symbol;

/** The defaults of registered work: task options, but for those that belong to one task alone. */
export type RegisteredDefaults<A extends readonly unknown[], T> = Omit<TaskOptions<A, T>, 'id' | 'ifExists' | 'signal'>;

/**
 * What `register` returns: schedule by it, and arguments and result are inferred from the work.
 *
 * @typeParam Bound whether the defaults hold the arguments, so that the call needs none
 */
export class RegisteredWork<A extends readonly unknown[] = never, T = unknown, Bound extends boolean = boolean> {
  declare readonly [workTypes]?: [Work<A, T>, Bound];
  readonly #work: object;
  readonly #defaults: UncheckedOptions;

  /** @internal */
  constructor(readonly name: string, work: object, defaults: UncheckedOptions) {
    this.#work = work;
    this.#defaults = defaults;
  }

  /** @internal */
  static partsOf(handle: RegisteredWork): { readonly work: object; readonly defaults: UncheckedOptions } {
    return { work: handle.#work, defaults: handle.#defaults };
  }
}
