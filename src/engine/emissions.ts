// Emissions: the ticks of a task whose trigger is an Observable. Each is handled by the clock, at the instant it came.
import { scheduleAt } from '../clock/clock.js';
import { toError } from '../task/errors.js';
import type { SkipReason } from '../task/run.js';
import type { Tick } from './overlap.js';
import type { TickPorts } from './ticks.js';
import type { Emitted, ScheduledTask } from './scheduled-task.js';

interface Emission {
  readonly task: ScheduledTask;
  readonly value: unknown;
  readonly at: number;
}

/** Listens to the triggers that are Observables. */
export class Emissions {
  readonly #ports: TickPorts;
  readonly #handle: (tick: Tick) => void;

  /** @param handle takes the ticks that are due */
  constructor(ports: TickPorts, handle: (tick: Tick) => void) {
    this.#ports = ports;
    this.#handle = handle;
  }

  /** Subscribes to the trigger. It may emit, or end, at once. */
  listen(task: ScheduledTask): void {
    task.source = task.closures.trigger$?.subscribe({
      next: (value) => { this.#emitted(task, value); },
      error: (error: unknown) => {
        [task.verdict, task.error] = ['FAILED', toError(error)];
        this.end(task);
      },
      complete: () => { this.end(task); },
    });
    // It may have ended, or the task with it, before there was a subscription to let go of.
    if (task.exhausted) task.source?.unsubscribe();
  }

  /** No emission will follow: the task ends once those are handled that came before. */
  end(task: ScheduledTask): void {
    if (task.exhausted) return;
    task.sourceEnded = true;
    if (!task.unhandled) this.#ports.desk.step(() => { this.#ports.exhausted(task); });
  }

  /** What was emitted and not handled, or swallowed by a pause, is lost: it is told of as one. */
  lose(task: ScheduledTask, reason: SkipReason): void {
    this.#lost(task, task.swallowed, 'paused');
    this.#lost(task, task.unhandled, reason);
    task.swallowed = task.unhandled = undefined;
  }

  /** What a pause has swallowed is told of as one. */
  loseSwallowed(task: ScheduledTask): void {
    this.#lost(task, task.swallowed, 'paused');
    task.swallowed = undefined;
  }

  #emitted(task: ScheduledTask, value: unknown): void {
    const at = this.#ports.clock.now();
    if (task.exhausted || task.sourceEnded) return;
    if (task.policy.until !== undefined && at >= task.policy.until) {
      this.end(task);
      return;
    }
    task.unhandled = add(task.unhandled, at);
    scheduleAt<Emission>(this.#ports.clock, this.#onDue, at, { task, value, at });
  }

  readonly #onDue = (emission: Emission | undefined): void => {
    const { task, value, at } = emission as Emission;
    // Whoever stopped the task has accounted for what was not handled.
    if (!task.unhandled) return;
    this.#ports.handle(() => {
      if (--(task.unhandled as Emitted).count === 0) task.unhandled = undefined;
      if (task.paused) task.swallowed = add(task.swallowed, at);
      else this.#handle({ task, tick: task.tick++, scheduledFor: at, reason: 'scheduled', value, runId: this.#ports.newRunId() });
      if (task.sourceEnded && !task.unhandled) this.#ports.exhausted(task);
    });
  };

  #lost(task: ScheduledTask, lost: Emitted | undefined, reason: SkipReason): void {
    if (!lost) return;
    const { tick } = task;
    task.tick += lost.count;
    this.#ports.desk.emit({ type: 'ticksSkipped', taskId: task.id, tick, from: lost.from, to: lost.to, count: lost.count, reason });
  }
}

function add(emitted: Emitted | undefined, at: number): Emitted {
  if (!emitted) return { from: at, to: at, count: 1 };
  emitted.to = at;
  emitted.count++;
  return emitted;
}
