// The assembly: engine and store put together. Nowhere else do they meet.
import type { SchedulerLike } from 'rxjs';
import { LocalEngine } from './engine/local-engine.js';
import { Registry } from './engine/registry.js';
import type { ScheduledTask } from './engine/scheduled-task.js';
import { failureContext, type FailureReport } from './failure-report.js';
import { logged, type Logger } from './logger.js';
import type { RetentionOptions } from './store/retention.js';
import { TaskStore } from './store/task-store.js';
import { newTaskPlace, type TaskPlace } from './store/task-table.js';
import { Directory } from './task/directory.js';
import type { TaskEvent } from './task/event.js';
import type { RunId } from './task/run.js';
import type { TaskId } from './task/task.js';

/** What the parts need. */
export interface AssemblyOptions {
  readonly clock: SchedulerLike;
  readonly newRunId: () => RunId;
  readonly random: () => number;
  readonly retention: RetentionOptions | undefined;
  /** Gets what has no other home. */
  readonly report: FailureReport;
  /** Whether it gets each failure that nobody observes, too. */
  readonly reportsUnobserved: boolean;
  readonly logger: Logger | undefined;
}

/** The parts that a task lives in: its work is bound to the registry, commands go to the engine, and what they bring about is in the store. */
export interface Assembly {
  readonly registry: Registry;
  readonly engine: LocalEngine;
  readonly store: TaskStore;
}

/** Makes them, each event of the engine dispatched to the store. */
export function assemble({ clock, newRunId, random, retention, report, reportsUnobserved, logger }: AssemblyOptions): Assembly {
  const directory = new Directory<TaskPlace<ScheduledTask>>(newTaskPlace);
  const registry = new Registry();
  const nameOf = (id: TaskId): string | undefined => store.find(id)?.name;
  const store = new TaskStore(retention, directory, (error, event) => {
    if (reportsUnobserved) report(error, failureContext(event, nameOf(event.taskId ?? '')));
  });
  const engine = new LocalEngine({ clock, registry, directory, newRunId, random, report });
  const dispatch = (batch: readonly TaskEvent[]): void => { store.dispatch(batch); };
  engine.batches$.subscribe({ next: logger ? logged(logger, nameOf, dispatch) : dispatch, complete: () => { store.complete(); } });
  return { registry, engine, store };
}
