// Emissions: the ticks of a task whose trigger is an Observable. Each is handled by the clock, at the instant it came.
import { scheduleAt } from '../clock/clock.js';
import { toError } from '../task/errors.js';
import type { SkipReason } from '../task/run.js';
import type { Emission, ScheduledTask } from './scheduled-task.js';
import type { Ticks, TickPorts } from './ticks.js';

/** Listens to the triggers that are Observables. */
export class Emissions {
  readonly #ports: TickPorts;
  readonly #ticks: Ticks;

  constructor(ports: TickPorts, ticks: Ticks) {
    this.#ports = ports;
    this.#ticks = ticks;
  }

  /** Subscribes to the trigger. It may emit, or end, at once. */
  listen(task: ScheduledTask): void {
    task.source = task.closures.trigger$?.subscribe({
      next: (value) => { this.#emitted(task, value); },
      error: (error: unknown) => {
        if (task.exhausted) return;
        [task.verdict, task.error] = ['FAILED', toError(error)];
        this.end(task);
      },
      complete: () => { this.end(task); },
    });
    // The task may have ended before there was a subscription to let go of.
    if (task.exhausted) task.source?.unsubscribe();
    else this.#endAtUntil(task);
  }

  /** No emission will follow: the task ends once those are handled that came before. */
  end(task: ScheduledTask): void {
    if (task.exhausted) return;
    task.sourceEnded = true;
    if (!task.emitted) this.#ports.desk.step(() => { this.#ports.exhausted(task); });
  }

  /** What was emitted and not handled is lost: it is told of as one, and so is what a pause has swallowed. */
  lose(task: ScheduledTask, reason: SkipReason): void {
    this.loseSwallowed(task);
    const { emitted } = task;
    if (emitted) this.#lost(task, emitted.first.at, emitted.last.at, emitted.count, reason);
    task.emitted = undefined;
    task.handling?.unsubscribe();
  }

  loseSwallowed(task: ScheduledTask): void {
    const { swallowed } = task;
    if (swallowed) this.#lost(task, swallowed.from, swallowed.to, swallowed.count, 'paused');
    task.swallowed = undefined;
  }

  #endAtUntil(task: ScheduledTask): void {
    const { clock } = this.#ports;
    const { until } = task.policy;
    if (until === undefined) return;
    // A clock that isn't ours may wake us early.
    if (clock.now() >= until) this.end(task);
    else task.wait = scheduleAt(clock, () => { this.#endAtUntil(task); }, until);
  }

  #emitted(task: ScheduledTask, value: unknown): void {
    const at = this.#ports.clock.now();
    if (task.exhausted || task.sourceEnded) return;
    if (task.policy.until !== undefined && at >= task.policy.until) {
      this.end(task);
      return;
    }
    const emission: Emission = { value, at, next: undefined };
    if (task.emitted) {
      task.emitted.last = task.emitted.last.next = emission;
      task.emitted.count++;
    } else {
      task.emitted = { first: emission, last: emission, count: 1 };
      this.#handleSoon(task);
    }
  }

  // One action at a time, so that a task which ends has one to cancel, however much was emitted.
  #handleSoon(task: ScheduledTask): void {
    task.handling = scheduleAt(this.#ports.clock, this.#handle, this.#ports.clock.now(), task);
  }

  readonly #handle = (task: ScheduledTask | undefined): void => {
    const emitted = task?.emitted;
    if (!task || !emitted) return;
    const { value, at, next } = emitted.first;
    if (next) {
      emitted.first = next;
      emitted.count--;
      this.#handleSoon(task);
    } else {
      task.emitted = undefined;
    }
    this.#ports.handle(() => {
      if (task.paused) swallow(task, at);
      else this.#ticks.push({ task, tick: task.tick++, scheduledFor: at, reason: 'scheduled', value, runId: this.#ports.newRunId() });
      if (task.sourceEnded && !task.emitted) this.#ports.exhausted(task);
    });
  };

  #lost(task: ScheduledTask, from: number, to: number, count: number, reason: SkipReason): void {
    const { tick } = task;
    task.tick += count;
    this.#ports.desk.emit({ type: 'ticksSkipped', taskId: task.id, tick, from, to, count, reason });
  }
}

function swallow(task: ScheduledTask, at: number): void {
  task.swallowed ??= { from: at, to: at, count: 0 };
  task.swallowed.to = at;
  task.swallowed.count++;
}
