// The calls that schedule: what is one and the same in every scheduler, near or far, but for who takes the request.
import type { Observable } from 'rxjs';
import type { RegisteredWork } from './registered-work.js';
import type { DurationLike } from './task/duration.js';
import type { InstantLike } from './task/instant.js';
import type { TaskId } from './task/task.js';
import type { Trigger } from './task/trigger.js';
import type { ResultOf, Work } from './task/work.js';
import type { NamedOptions, OptionsParameter } from './task-facade.js';
import { cron, every, once } from './trigger/index.js';

/** What takes a request: checks it, and gives the id of the task. */
export type Submit = (target: unknown, trigger: unknown, options: unknown) => TaskId<never>;

/** The part of a `TaskFacade` that schedules. */
export abstract class ScheduleCalls {
  readonly #submit: Submit;

  constructor(submit: Submit) {
    this.#submit = submit;
  }

  schedule(name: string, trigger: Trigger | Observable<unknown>, options?: NamedOptions): TaskId;
  schedule<A extends readonly unknown[], T, Bound extends boolean, In extends readonly unknown[], V = never>(
    handle: RegisteredWork<A, T, Bound, In>, trigger: Trigger | Observable<V>, ...options: OptionsParameter<A, T, V, Bound, In>
  ): TaskId<ResultOf<T>>;
  schedule<A extends readonly unknown[], T, V = never>(
    work: Work<A, T>, trigger: Trigger | Observable<V>, ...options: OptionsParameter<A, T, V>
  ): TaskId<ResultOf<T>>;
  schedule(target: string | RegisteredWork | Work, trigger: Trigger | Observable<unknown>, options?: object): TaskId {
    return this.#submit(target, trigger, options);
  }

  scheduleOneTime<A extends readonly unknown[], T, Bound extends boolean = false, In extends readonly unknown[] = A>(
    work: Work<A, T> | RegisteredWork<A, T, Bound, In>, runAt: InstantLike, ...[options]: OptionsParameter<A, T, never, Bound, NoInfer<In>>
  ): TaskId<ResultOf<T>> {
    return this.#submit(work, once(runAt), options);
  }

  schedulePeriodic<A extends readonly unknown[], T, Bound extends boolean = false, In extends readonly unknown[] = A>(
    work: Work<A, T> | RegisteredWork<A, T, Bound, In>, interval: DurationLike, ...[options]: OptionsParameter<A, T, never, Bound, NoInfer<In>>
  ): TaskId<ResultOf<T>> {
    return this.#submit(work, every(interval), options);
  }

  scheduleCron<A extends readonly unknown[], T, Bound extends boolean = false, In extends readonly unknown[] = A>(
    work: Work<A, T> | RegisteredWork<A, T, Bound, In>, expression: string, ...[options]: OptionsParameter<A, T, never, Bound, NoInfer<In>>
  ): TaskId<ResultOf<T>> {
    return this.#submit(work, cron(expression), options);
  }
}
