// Reopening: a task that has failed is taken up again, as it was left.
import type { Place } from '../task/directory.js';
import type { RunId } from '../task/run.js';
import type { TaskId } from '../task/task.js';
import { wantedBy } from './claims.js';
import type { Intake, IntakePorts } from './intake.js';
import { recurs, type ScheduledTask } from './scheduled-task.js';

/** Takes up tasks that have failed. */
export class Reopening {
  readonly #ports: IntakePorts;
  readonly #intake: Intake;
  /** Tasks that have failed, for as long as the store knows of them: who forgets the place, forgets the task. */
  readonly #failed = new WeakMap<Place<ScheduledTask>, ScheduledTask>();

  constructor(ports: IntakePorts, intake: Intake) {
    this.#ports = ports;
    this.#intake = intake;
  }

  /** The task has failed. */
  keep(task: ScheduledTask): void {
    this.#failed.set(task.place, task);
  }

  /**
   * One more run, now; and the trigger goes on, if it has a tick left.
   *
   * @returns false when the task has not failed, or its signal has aborted
   * @throws InvalidArgumentError when its concurrency key has got another limit meanwhile
   */
  retry(taskId: TaskId, runId: RunId): boolean {
    const { desk, directory, runs, signals, ticks, ending } = this.#ports;
    const place = directory.find(taskId);
    const task = place && this.#failed.get(place);
    if (!place || !task || task.closures.signal?.aborted) return false;
    task.claim = runs.gate.claims.claim(wantedBy(task, task.policy.concurrencyKey));
    this.#failed.delete(place);
    place.task = task;
    task.finished = task.stopping = task.paused = false;
    task.error = task.verdict = undefined;
    this.#goOn(task);
    desk.emit({ type: 'taskRetried', taskId, nextRunAt: task.due });
    signals.heed(task);
    if (!task.exhausted && this.#ports.isStarted()) this.#intake.begin(task);
    ticks.push({ task, runId, tick: undefined, scheduledFor: desk.at, reason: 'manual', value: undefined });
    runs.starts.admitSoon();
    // The run was skipped, if one that was aborted still has its slot.
    ending.finishIfDone(task);
    return true;
  }

  /** Whether further ticks will come, and when the next one is due. */
  #goOn(task: ScheduledTask): void {
    const { trigger, policy, listening } = task;
    const mayRun = task.started < policy.maxRuns;
    if (trigger.kind === 'observable') {
      // One that has completed has told all; one that has failed may be asked again.
      task.exhausted = !mayRun || listening?.ended === 'completed';
    } else if (mayRun && recurs(task)) {
      task.awaitsEnd = false;
      this.#ports.ticks.renew(task, trigger);
      task.exhausted = task.due === null;
    }
  }
}
