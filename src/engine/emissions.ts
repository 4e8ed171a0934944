// Emissions: the ticks of a task whose trigger is an Observable. Each is handled by the clock, at the instant it came.
import { scheduleAt } from '../clock/clock.js';
import { toError } from '../task/errors.js';
import type { SkipReason } from '../task/run.js';
import type { Emission, Listening, ScheduledTask, Waker } from './scheduled-task.js';
import type { Ticks, TickPorts } from './ticks.js';

/** Listens to the triggers that are Observables. */
export class Emissions implements Waker {
  readonly #ports: TickPorts;
  readonly #ticks: Ticks;

  constructor(ports: TickPorts, ticks: Ticks) {
    this.#ports = ports;
    this.#ticks = ticks;
  }

  /** Subscribes to the trigger. It may emit, or end, at once. */
  listen(task: ScheduledTask): void {
    if (task.exhausted || task.stoodDown) return;
    const listening: Listening = { source: undefined, ended: undefined, emitted: undefined, handling: undefined, swallowed: undefined };
    task.listening = listening;
    listening.source = task.closures.trigger$?.subscribe({
      next: (value) => { this.#emitted(task, listening, value); },
      error: (error: unknown) => {
        if (task.exhausted || task.listening !== listening) return;
        [task.verdict, task.error] = ['FAILED', toError(error)];
        this.#end(task, listening, 'failed');
      },
      complete: () => { this.#end(task, listening, 'completed'); },
    });
    // The task may have ended before there was a subscription to let go of.
    if (hasEnded(task) || task.listening !== listening) listening.source?.unsubscribe();
    else this.endAtUntil(task);
  }

  /** Sees to it that the trigger ends at the task's `until`. */
  endAtUntil(task: ScheduledTask): void {
    const { clock } = this.#ports;
    const { listening, policy: { until } } = task;
    this.#ticks.disarm(task);
    if (!listening || until === undefined || task.exhausted) return;
    // A clock that isn't ours may wake us early.
    if (clock.now() >= until) this.#end(task, listening, 'completed');
    else this.#ticks.wakeAt(task, until, this);
  }

  /** The clock has reached the task's `until`. */
  woken(task: ScheduledTask): void {
    this.endAtUntil(task);
  }

  /** What was emitted and not handled is lost: it is told of as one, and so is what a pause has swallowed. */
  lose(task: ScheduledTask, reason: SkipReason): void {
    this.loseSwallowed(task);
    const emitted = task.listening?.emitted;
    if (!task.listening || !emitted) return;
    this.#lost(task, emitted.first.at, emitted.last.at, emitted.count, reason);
    task.listening.emitted = undefined;
    task.listening.handling?.unsubscribe();
  }

  loseSwallowed(task: ScheduledTask): void {
    const swallowed = task.listening?.swallowed;
    if (!task.listening || !swallowed) return;
    this.#lost(task, swallowed.from, swallowed.to, swallowed.count, 'paused');
    task.listening.swallowed = undefined;
  }

  /** No emission will follow: the task ends once those are handled that came before. */
  #end(task: ScheduledTask, listening: Listening, how: NonNullable<Listening['ended']>): void {
    if (task.exhausted || task.listening !== listening) return;
    listening.ended = how;
    if (!listening.emitted) this.#ports.desk.step(() => { this.#ports.exhausted(task); });
  }

  #emitted(task: ScheduledTask, listening: Listening, value: unknown): void {
    const at = this.#ports.clock.now();
    // One that was left may not know it yet, and the task may have got another meanwhile.
    if (hasEnded(task) || listening.ended || task.listening !== listening) return;
    if (task.policy.until !== undefined && at >= task.policy.until) {
      this.#end(task, listening, 'completed');
      return;
    }
    const emission: Emission = { value, at, next: undefined };
    const { emitted } = listening;
    if (emitted) {
      emitted.last = emitted.last.next = emission;
      emitted.count++;
    } else {
      listening.emitted = { first: emission, last: emission, count: 1 };
      this.#handleSoon(task, listening);
    }
  }

  // One action at a time, so that a task which ends has one to cancel, however much was emitted.
  #handleSoon(task: ScheduledTask, listening: Listening): void {
    const { clock } = this.#ports;
    listening.handling = scheduleAt(clock, () => { this.#handleFirst(task, listening); }, clock.now());
  }

  #handleFirst(task: ScheduledTask, listening: Listening): void {
    const id = this.#ports.newRunId();
    const { emitted } = listening;
    if (!emitted) return;
    const { value, at, next } = emitted.first;
    if (next) {
      emitted.first = next;
      emitted.count--;
      this.#handleSoon(task, listening);
    } else {
      listening.emitted = undefined;
    }
    this.#ports.handle((task, runId) => {
      if (task.paused) swallow(listening, at);
      else this.#ticks.push({ task, tick: task.tick++, scheduledFor: at, reason: 'scheduled', value, runId });
      if (listening.ended && !listening.emitted) this.#ports.exhausted(task);
    }, task, id);
  }

  #lost(task: ScheduledTask, from: number, to: number, count: number, reason: SkipReason): void {
    const { tick } = task;
    task.tick += count;
    this.#ports.desk.emit({ type: 'ticksSkipped', taskId: task.id, tick, from, to, count, reason });
  }
}

// A function, for a trigger that is subscribed to may end its own task, which the compiler can't know.
function hasEnded(task: ScheduledTask): boolean {
  return task.exhausted || task.stoodDown;
}

function swallow(listening: Listening, at: number): void {
  listening.swallowed ??= { from: at, to: at, count: 0 };
  listening.swallowed.to = at;
  listening.swallowed.count++;
}
