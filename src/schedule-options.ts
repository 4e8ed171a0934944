// What the compiler makes of a call that schedules: which options go with this work and this trigger, and what the task's id remembers. Names of
// types are read here, in the messages of the compiler: spec/types/wrong-calls.spec.ts holds them.
import type { RegisteredWork } from './registered-work.js';
import type { OptionsBesideArgs, TaskOptions } from './task/options.js';
import type { InputSchema } from './task/input-schema.js';
import type { ResultOf, Work } from './task/work.js';

/** Any work that is a function: what it takes and gives is inferred. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- parameters without a type would be `never` by any other constraint
export type AnyWork = Work<any>;

/** The options of a task whose Observable trigger emits `V`: that may become the arguments. */
export interface EmissionOptions<A extends readonly unknown[], T, V, In extends readonly unknown[] = A> extends OptionsBesideArgs<A, T> {
  /** The arguments of each run, or a function that makes them of what the trigger emitted. */
  readonly args?: Readonly<In> | ((value: V) => Readonly<In>) | undefined;
}

/** The options of a task whose work needs arguments. */
export interface OptionsWithArgs<A extends readonly unknown[], T, Args> extends OptionsBesideArgs<A, T> {
  /** The arguments of each run (of the first one, with `carry`), or, with an Observable trigger, a function that makes them of what it emitted. */
  readonly args: Args;
}

/** The options of a task whose work takes no arguments; where the compiler can't yet tell which it takes, `In` are those. */
export interface OptionsWithoutArgs<A extends readonly unknown[], T, In extends readonly unknown[]> extends OptionsBesideArgs<A, T> {
  /** Nothing but `[]`. */
  readonly args?: readonly TakesNoArguments[] | In | undefined;
}

/** An argument of work that takes none: no value is one. */
export interface TakesNoArguments {
  readonly [impossible]: never;
}

/** The options of a task with these arguments: what an Observable trigger emits may become the arguments. */
export type ScheduleOptions<A extends readonly unknown[], T, V = never, In extends readonly unknown[] = A> =
  [V] extends [never] ? TaskOptions<A, T, In> : EmissionOptions<A, T, V, In>;

/** The last parameter of `schedule`: it may be left out unless the work needs arguments. */
export type OptionsParameter<A extends readonly unknown[], T, V = never, Bound extends boolean = false, In extends readonly unknown[] = A> =
  true extends Bound | ([] extends In ? true : false)
    ? [options?: [V, In] extends [never, readonly []] ? OptionsWithoutArgs<A, T, In> : ScheduleOptions<A, T, V, In>]
    : [options: OptionsWithArgs<A, T, [V] extends [never] ? Readonly<In> : Readonly<In> | ((value: V) => Readonly<In>)>];

/** The options of a task that is scheduled by name, whose arguments and result the compiler can't know. */
export interface NamedOptions extends Omit<TaskOptions, 'args' | 'carry' | 'inputSchema'> {
  /** The arguments of each run, or a function that makes them of what an Observable trigger emitted. */
  readonly args?: readonly unknown[] | ((value: never) => readonly unknown[]) | undefined;
  /** Makes the next run's arguments of a completed run's result and arguments. */
  readonly carry?: ((result: never, args: never) => readonly unknown[]) | undefined;
  /** Checks the arguments, in place of what the work was registered with. */
  readonly inputSchema?: InputSchema | undefined;
}

/** {@link OptionsParameter} for whatever is scheduled: a function, a handle, or a name. */
export type OptionsFor<W, V = never> =
  [W] extends [string] ? [options?: NamedOptions]
    : [W] extends [Work<infer A, infer T>] ? OptionsParameter<A, T, V>
      : [W] extends [Work<infer A, infer T> | RegisteredWork<infer A, infer T, infer Bound, infer In>] ? OptionsParameter<A, T, V, Bound, In>
        : [options?: NamedOptions];

/** What the id of a task of this work remembers: its result, unless the work is only known by name. */
export type ResultFor<W> =
  [W] extends [string] ? unknown
    : [W] extends [Work<never, infer T> | RegisteredWork<never, infer T>] ? ResultOf<T>
      : unknown;

/**
 * Work whose arguments a call leaves out, though it needs them. Nothing is assignable to it: it is there to be named by the compiler, which else
 * would only say how many arguments it expects.
 */
export type ArgsAreRequired<A extends readonly unknown[], Bound extends boolean = false> =
  (Work<A> | RegisteredWork<never, unknown, Bound, A>) & { readonly [impossible]: never };

/** What follows {@link ArgsAreRequired}: nothing; or more than any call has, when no arguments are required. */
export type OnlyIfRequired<A extends readonly unknown[], Bound extends boolean> =
  true extends Bound | ([] extends A ? true : false) ? [never, never, never] : [];

declare const impossible: unique symbol;
