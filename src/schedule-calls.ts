// The calls that schedule: what is one and the same in every scheduler, near or far, but for who takes the request.
import type { Observable } from 'rxjs';
import type { RegisteredWork } from './registered-work.js';
import type { DurationLike } from './task/duration.js';
import type { InstantLike } from './task/instant.js';
import type { TaskId } from './task/task.js';
import type { Trigger } from './task/trigger.js';
import type { AnyWork, ArgsAreRequired, OnlyIfRequired, OptionsFor, ResultFor } from './schedule-options.js';
import type { ScheduleFacade } from './task-facade.js';
import { cron, every } from './trigger/index.js';

/** What takes a request: checks it, and gives the id of the task. */
export type Submit = (target: unknown, trigger: unknown, options: unknown) => TaskId<never>;

/** The part of a `TaskFacade` that schedules. */
export abstract class ScheduleCalls implements ScheduleFacade {
  readonly #submit: Submit;

  constructor(submit: Submit) {
    this.#submit = submit;
  }

  schedule<W extends string | RegisteredWork | AnyWork, V = never>(work: W, trigger: Trigger | Observable<V>, ...options: OptionsFor<W, V>): TaskId<ResultFor<W>>;
  /** @hidden */
  schedule<A extends readonly unknown[], Bound extends boolean = false>(work: ArgsAreRequired<A, Bound>, trigger: unknown, ...none: OnlyIfRequired<A, Bound>): TaskId<never>;
  schedule(work: unknown, trigger: unknown, options?: unknown): TaskId<never> {
    return this.#submit(work, trigger, options);
  }

  scheduleOneTime<W extends RegisteredWork | AnyWork>(work: W, runAt: InstantLike, ...options: OptionsFor<W>): TaskId<ResultFor<W>>;
  /** @hidden */
  scheduleOneTime<A extends readonly unknown[], Bound extends boolean = false>(work: ArgsAreRequired<A, Bound>, runAt: unknown, ...none: OnlyIfRequired<A, Bound>): TaskId<never>;
  scheduleOneTime(work: unknown, runAt: InstantLike, options?: unknown): TaskId<never> {
    return this.#submit(work, { kind: 'once', at: runAt }, options);
  }

  schedulePeriodic<W extends RegisteredWork | AnyWork>(work: W, interval: DurationLike, ...options: OptionsFor<W>): TaskId<ResultFor<W>>;
  /** @hidden */
  schedulePeriodic<A extends readonly unknown[], Bound extends boolean = false>(work: ArgsAreRequired<A, Bound>, interval: unknown, ...none: OnlyIfRequired<A, Bound>): TaskId<never>;
  schedulePeriodic(work: unknown, interval: DurationLike, options?: unknown): TaskId<never> {
    return this.#submit(work, every(interval), options);
  }

  scheduleCron<W extends RegisteredWork | AnyWork>(work: W, expression: string, ...options: OptionsFor<W>): TaskId<ResultFor<W>>;
  /** @hidden */
  scheduleCron<A extends readonly unknown[], Bound extends boolean = false>(work: ArgsAreRequired<A, Bound>, expression: unknown, ...none: OnlyIfRequired<A, Bound>): TaskId<never>;
  scheduleCron(work: unknown, expression: string, options?: unknown): TaskId<never> {
    return this.#submit(work, cron(expression), options);
  }
}
