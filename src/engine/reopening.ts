// Reopening: a task that has failed is taken up again, as it was left.
import type { Place } from '../task/directory.js';
import type { RunId } from '../task/run.js';
import type { TaskId } from '../task/task.js';
import type { Trigger } from '../task/trigger.js';
import { isByDelay } from '../trigger/every.js';
import { justBefore } from '../trigger/rule.js';
import { ruleOf } from '../trigger/trigger.js';
import { NO_CLAIM, wantedBy } from './claims.js';
import type { Intake, IntakePorts } from './intake.js';
import { recurs, type ScheduledTask } from './scheduled-task.js';
import { Ticks } from './ticks.js';

/** Takes up tasks that have failed. */
export class Reopening {
  readonly #ports: IntakePorts;
  readonly #intake: Intake;
  /** Tasks that have failed, for as long as the store knows of them: who forgets the place, forgets the task. */
  readonly #failed = new WeakMap<Place<ScheduledTask>, ScheduledTask>();
  /** The next tick of those that a failure has stopped: when it was due, and how far the clock had been set back by then. */
  readonly #left = new WeakMap<ScheduledTask, { readonly due: number | null; readonly movedBy: number }>();

  constructor(ports: IntakePorts, intake: Intake) {
    this.#ports = ports;
    this.#intake = intake;
  }

  /** A run of the task has failed: the tick that this may keep from coming is remembered. */
  leave(task: ScheduledTask): void {
    const { due, trigger, policy } = task;
    if (policy.afterFailure !== 'stop' || task.finished || task.stopping || trigger.kind === 'observable') return;
    // What is due once, and was so already, is lost for good.
    const isAhead = due === null ? task.awaitsEnd : recurs(task) || due > this.#ports.desk.at;
    if (isAhead) this.#left.set(task, { due, movedBy: this.#ports.ticks.movedBy });
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
    const { desk, directory, runs, signals } = this.#ports;
    const place = directory.find(taskId);
    const task = place && this.#failed.get(place);
    if (!place || !task || task.closures.signal?.aborted) return false;
    // A rate that is the task's own remembers its starts; those of keys are found by these.
    const own = { ...NO_CLAIM, rate: task.claim.rate?.key === undefined ? task.claim.rate : undefined };
    task.claim = runs.gate.claims.claim(wantedBy(task, task.policy.concurrencyKey), () => [own]);
    this.#failed.delete(place);
    place.task = task;
    task.finished = task.stopping = task.paused = false;
    task.error = task.verdict = task.excusedUntil = undefined;
    // As it stands until a run says otherwise: the one that follows may expire.
    task.lastFailed = true;
    task.acceptedAt = desk.at;
    this.#goOn(task);
    desk.emit({ type: 'taskRetried', taskId, nextRunAt: task.due });
    signals.heed(task);
    if (!task.exhausted && this.#ports.isStarted()) this.#intake.begin(task);
    // One that was aborted may still have its slot; this one waits for that, whatever `overlap` says, or it would have failed again at once.
    runs.overlap.take({ task, runId, tick: undefined, scheduledFor: desk.at, reason: 'manual', value: undefined });
    runs.starts.admitSoon();
    return true;
  }

  /** Whether further ticks will come, and when the next one is due. */
  #goOn(task: ScheduledTask): void {
    const mayRun = task.started < task.policy.maxRuns;
    const left = this.#left.get(task);
    this.#left.delete(task);
    if (task.trigger.kind === 'observable') this.#listenAgain(task, mayRun);
    else if (mayRun && left) this.#rejoin(task, task.trigger, left.due, this.#ports.ticks.movedBy - left.movedBy);
  }

  /** An Observable that has completed has told all; one that has failed may be asked again. */
  #listenAgain(task: ScheduledTask, mayRun: boolean): void {
    const { listening } = task;
    task.exhausted = !mayRun || listening?.ended === 'completed';
    if (task.exhausted || !listening) return;
    task.listening = undefined;
    // Inside the notification of the task's end, it has not been left yet.
    this.#ports.desk.afterwards(() => { listening.source?.unsubscribe(); });
  }

  /** The grid goes on with the first tick that is not over, moved along with the clock where that was set back meanwhile. */
  #rejoin(task: ScheduledTask, trigger: Trigger, left: number | null, movedBy: number): void {
    const { ticks, desk } = this.#ports;
    task.awaitsEnd = false;
    if (isByDelay(trigger)) {
      ticks.renew(task, trigger);
    } else if (left !== null) {
      const by = ruleOf(trigger).countsElapsedTime ? movedBy : 0;
      task.anchor += by;
      task.due = Ticks.next(task, trigger, Math.max(desk.at, justBefore(left + by)));
    }
    task.exhausted = task.due === null;
  }
}
