// Cold tasks: a task as an Observable of its runs, made anew for each subscription of the engine and the store alone.
import { randomUUID } from 'node:crypto';
import { Observable, type SchedulerLike, type Subscriber } from 'rxjs';
import { assemble } from '../assembly.js';
import { WallClock } from '../clock/wall-clock.js';
import { ScheduledTask } from '../engine/scheduled-task.js';
import { Ticks } from '../engine/ticks.js';
import { failureReport } from '../failure-report.js';
import { readRequest, type Request, type RequestContext } from '../schedule-request.js';
import { checkSchedulerOptions } from '../scheduler-options.js';
import { newTaskPlace } from '../store/task-table.js';
import { aFunction } from '../task/check.js';
import { REGISTERED_OPTIONS, checkOptions, type TaskOptions } from '../task/options.js';
import type { RunState } from '../task/run.js';
import type { Trigger } from '../task/trigger.js';
import type { ResultOf, Work } from '../task/work.js';

/** What tells tasks apart, or weighs them against each other, has no effect on one that is alone. */
const IDLE_OPTIONS = ['id', 'ifExists', 'tags', 'priority', 'concurrencyKey', 'concurrencyLimit'] as const;
const COLD_OPTIONS: ReadonlySet<string> = new Set(
  [...REGISTERED_OPTIONS, 'signal', 'clock'].filter((name) => !(IDLE_OPTIONS as readonly string[]).includes(name)),
);

/**
 * The options of a task that is an Observable of its own: those of any task, but for what tells it apart from others (`id`, `ifExists`, `tags`) or
 * weighs it against them (`priority`, `concurrencyKey`, `concurrencyLimit`), and its clock.
 */
export type ColdTaskOptions<A extends readonly unknown[] = never, T = unknown> = Omit<TaskOptions<A, T>, (typeof IDLE_OPTIONS)[number]> & {
  /** What owns time: any RxJS scheduler that waits. `TestScheduler`, or a `VirtualClock`, makes it virtual. @default a new WallClock */
  readonly clock?: SchedulerLike | undefined;
};

/** The last parameter of `runOnce`, `runEvery` and `runCron`: it may be left out unless the work needs arguments. */
export type ColdOptionsParameter<A extends readonly unknown[], T> = [] extends A
  ? [options?: ColdTaskOptions<A, T>]
  : [options: ColdTaskOptions<A, T> & { readonly args: Readonly<A> }];

/** @throws InvalidArgumentError */
export function coldTask<A extends readonly unknown[], T>(
  work: Work<A, T>, trigger: Trigger, given: ColdTaskOptions<A, T> | undefined,
): Observable<RunState<ResultOf<T>>> {
  aFunction(work, 'work');
  checkOptions(given, COLD_OPTIONS);
  const { clock: own, ...options } = given ?? {};
  const { clock = new WallClock(), defaults } = checkSchedulerOptions({ clock: own });
  const context: RequestContext = {
    registered: new Map(), defaults, now: () => clock.now(), isKnown: () => false,
    newIds: { forCall: randomUUID, forTick: randomUUID, areRandom: true },
  };
  const request = (): Request => readRequest(work, trigger, options, context);
  refuseIfNeverDue(request(), clock);
  // Read anew by each subscription: the task has an id and a context of its own, and its signal may have aborted since.
  return new Observable<RunState<ResultOf<T>>>((subscriber) => { run(request(), clock, subscriber); });
}

/** Whether something is a trigger of one of these kinds; what is none, the function that makes one has to check. */
export function isOfKind<K extends Trigger['kind']>(value: unknown, ...kinds: readonly K[]): value is Extract<Trigger, { kind: K }> {
  return typeof value === 'object' && value !== null && 'kind' in value && kinds.includes(value.kind as K);
}

/** Subscribing is a call like any other: no work starts inside. */
function run({ command, bound }: Request, clock: SchedulerLike, subscriber: Subscriber<RunState<never>>): void {
  const report = failureReport(undefined);
  // What fails after the subscriber has left is nobody's.
  const { registry, engine, store } = assemble({
    clock, newRunId: randomUUID, random: Math.random, retention: { tasks: 0, runs: 0 }, report, reportsUnobserved: false, logger: undefined,
  });
  subscriber.add(() => {
    engine.execute({ type: 'cancelTask', taskId: command.taskId, reason: undefined });
    engine.stop({ drain: false, deadline: 0, letGo: 0 }).catch(report);
  });
  registry.bind(command.taskId, bound);
  engine.execute(command);
  (store.runs$(command.taskId) as Observable<RunState<never>>).subscribe(subscriber);
  engine.start();
}

/** What the engine would refuse at each subscription, is refused at the call. */
function refuseIfNeverDue({ command, bound }: Request, clock: SchedulerLike): void {
  Ticks.first(new ScheduledTask(newTaskPlace(command.taskId), command, bound, clock.now()), command.trigger as Trigger);
}
