// Ticks: the only file that waits for a due time. What was due too long ago is judged here, by `misfire`.
import type { Observable, SchedulerLike, Subscription } from 'rxjs';
import { jumpsOf, type ClockJump } from '../clock/clock.js';
import { roomOf, type WaitingRoom } from '../clock/waiting-room.js';
import { InvalidArgumentError, TaskMissedError } from '../task/errors.js';
import { show } from '../task/show.js';
import type { RunId, RunReason, SkipReason } from '../task/run.js';
import type { EveryTrigger, Trigger } from '../task/trigger.js';
import { dueByDelay, isByDelay } from '../trigger/every.js';
import { justBefore } from '../trigger/rule.js';
import { ruleOf } from '../trigger/trigger.js';
import type { Desk } from './desk.js';
import { Outlet } from './outlet.js';
import type { Tick } from './overlap.js';
import type { ScheduledTask, Waker } from './scheduled-task.js';

/** What the ticks need of the engine. */
export interface TickPorts {
  readonly clock: SchedulerLike;
  readonly desk: Desk;
  /** Calls a function of the user's, so outside any step. */
  newRunId(): RunId;
  /** All tasks whose ticks are waited for. */
  tasks(): Iterable<ScheduledTask>;
  /** The wall clock was set back by so much, a negative number. */
  movedBack(by: number): void;
  /** No tick of the task will follow. */
  exhausted(task: ScheduledTask): void;
  /** Does one clock action's part as one step; what may start by it, starts right after. */
  handle(step: (task: ScheduledTask, runId: RunId) => void, task: ScheduledTask, runId: RunId): void;
}

/** How long the lateness of a tick says how things stand. */
const MINUTE_MS = 60_000;

/** Waits for the ticks of every task whose trigger is a rule: the tasks themselves are in the queue of the clock. */
export class Ticks implements Waker {
  readonly #due = new Outlet<Tick>();
  readonly #ports: TickPorts;
  readonly #jumps: Subscription;
  readonly #room: WaitingRoom;
  /** How far the wall clock was set back in all, a negative number. */
  movedBy = 0;
  #lateMs = 0;
  #lateAt = -Infinity;

  constructor(ports: TickPorts) {
    this.#ports = ports;
    this.#room = roomOf(ports.clock);
    this.#jumps = jumpsOf(ports.clock).subscribe((jump) => { this.#jumped(jump); });
  }

  /** The ticks of all tasks, as each is handled. */
  readonly due$: Observable<Tick> = this.#due.stream$;

  /** How late the latest tick was handled, in ms; 0 when there was none within the last minute. */
  get latenessMs(): number {
    return this.#ports.clock.now() - this.#lateAt > MINUTE_MS ? 0 : this.#lateMs;
  }

  /** A tick that is due by something else than a rule: an emission, or somebody's call. */
  push(tick: Tick): void {
    this.#due.next(tick);
  }

  /**
   * When the first tick is due. An instant that is past already counts; what recurs begins with the call, or its `startAt`.
   *
   * @throws InvalidArgumentError when there will be none
   */
  static first(task: ScheduledTask, trigger: Trigger): number {
    const { until } = task.policy;
    const from = Math.max(task.acceptedAt, task.anchor);
    if (isByDelay(trigger)) task.anchor = dueByDelay(trigger, from, task.tick, task.id);
    const due = Ticks.next(task, trigger, ruleOf(trigger).recurs ? justBefore(from) : -Infinity);
    if (due !== null) return due;
    if (until !== undefined) throw new InvalidArgumentError('until', until, `until has to be after the first tick, or the task would never run; got ${show(until)}.`);
    throw new InvalidArgumentError('trigger', trigger, `trigger is never due from ${new Date(from).toISOString()} on, so the task would never run; got ${show(trigger)}.`);
  }

  /** When the next tick is due after an instant; null when the task's `until` comes first. */
  static next(task: ScheduledTask, trigger: Trigger, after: number): number | null {
    const due = ruleOf(trigger).next(trigger, after, task);
    return due !== null && task.policy.until !== undefined && due >= task.policy.until ? null : due;
  }

  /** Waits for the next tick of the task. */
  arm(task: ScheduledTask): void {
    const { due } = task;
    if (due === null) this.disarm(task);
    else this.wakeAt(task, due, this);
  }

  /** Lets the task wait on the clock: for one instant at a time. */
  wakeAt(task: ScheduledTask, instant: number, waker: Waker): void {
    task.waker = waker;
    this.#room.enqueueAt(task, instant);
  }

  /** The task's policy has changed: its last tick may be nearer now, or farther than it was. */
  renew(task: ScheduledTask, trigger: Trigger): void {
    if (!isByDelay(trigger)) task.due = Ticks.next(task, trigger, task.due === null ? this.#ports.desk.at : justBefore(task.due));
    else if (task.due !== null) task.due = Ticks.next(task, trigger, -Infinity);
    else if (!task.awaitsEnd) this.#wait(task, trigger);
    task.exhausted = false;
  }

  /**
   * The tick of this number has come to its end, be it a run's or none: by fixed delay, the next one is due so long after this.
   *
   * @returns whether that is so
   */
  goOn(task: ScheduledTask, tick: number | undefined): boolean {
    if (!task.awaitsEnd || tick !== task.tick - 1) return false;
    task.awaitsEnd = false;
    if (task.exhausted || task.stoodDown) return false;
    this.#wait(task, task.trigger as EveryTrigger);
    if (task.due === null) task.exhausted = true;
    else if (!task.paused) this.arm(task);
    return true;
  }

  disarm(task: ScheduledTask): void {
    if (task.heapIndex !== -1) this.#room.dequeue(task);
  }

  /** Ticks that are due, or were while the task was paused, are lost: they are told of as one, and the grid goes on. */
  lose(task: ScheduledTask, reason: SkipReason): void {
    const now = this.#ports.desk.at;
    // In this order: of most tasks that end, the trigger need not be looked at.
    if (task.due === null || task.due > now || task.trigger.kind === 'observable') return;
    const to = ruleOf(task.trigger).last(task.trigger, notLaterThan(now, task), task);
    if (to !== null) this.#lost('ticksSkipped', task, task.trigger, to, reason);
  }

  complete(): void {
    this.#jumps.unsubscribe();
    this.#due.complete();
  }

  /** The clock has reached the instant of the task's next tick. */
  woken(task: ScheduledTask): void {
    if (!task.finished && task.due !== null) this.#ports.handle(this.#handle, task, this.#ports.newRunId());
  }

  readonly #handle = (task: ScheduledTask, runId: RunId): void => {
    const { trigger } = task;
    // Whoever made the id may have ended the task, or paused it.
    if (task.due === null || task.paused || trigger.kind === 'observable') return;
    // Only a clock that isn't ours wakes us early; law 1 holds on any.
    if (this.#ports.desk.at < task.due) this.arm(task);
    else this.#handleDue(task, trigger, runId);
  };

  #handleDue(task: ScheduledTask, trigger: Trigger, runId: RunId): void {
    this.#lateAt = this.#ports.desk.at;
    this.#lateMs = this.#lateAt - Math.max(task.due as number, task.acceptedAt);
    const reason = this.#judgeLateness(task, trigger);
    if (reason && task.due !== null) this.#tick(task, trigger, reason, runId);
    if (task.awaitsEnd) return;
    if (task.due === null) this.#ports.exhausted(task);
    else if (!task.exhausted) this.arm(task);
  }

  #tick(task: ScheduledTask, trigger: Trigger, reason: RunReason, runId: RunId): void {
    const scheduledFor = task.due as number;
    task.due = Ticks.next(task, trigger, scheduledFor);
    task.awaitsEnd = isByDelay(trigger);
    this.push({ task, tick: task.tick++, scheduledFor, reason, value: undefined, runId });
  }

  /** Loses what `misfire` doesn't make up for. The reason of the run that the tick now due causes; undefined for none. */
  #judgeLateness(task: ScheduledTask, trigger: Trigger): RunReason | undefined {
    const now = this.#ports.desk.at;
    const due = task.due as number;
    const { grace, policy, limit } = task.policy.misfire;
    if (task.excusedUntil !== undefined && due <= task.excusedUntil) return 'catchUp';
    // A task can't be late before it was there: what was past already at the call runs at once.
    if (now - Math.max(due, task.acceptedAt) <= grace) return 'scheduled';
    const rule = ruleOf(trigger);
    const newest = rule.last(trigger, notLaterThan(now, task), task) as number;
    const count = rule.count(trigger, due, newest, task);
    switch (policy) {
      case 'latest': {
        if (count > 1) this.#lost('ticksMissed', task, trigger, rule.last(trigger, justBefore(newest), task) as number, 'late');
        return 'catchUp';
      }
      case 'all': {
        if (count > limit) this.#lost('ticksMissed', task, trigger, rule.back(trigger, newest, limit, task) as number, 'late');
        task.excusedUntil = newest;
        return 'catchUp';
      }
      case 'skip': {
        this.#lost('ticksMissed', task, trigger, rule.last(trigger, notLaterThan(Math.max(due, justBefore(now - grace)), task), task) as number, 'late');
        if (!rule.recurs && task.due === null) {
          [task.verdict, task.error] = ['FAILED', new TaskMissedError(task.id, due, now - due)];
        }
        return undefined;
      }
    }
  }

  /** Tells of the ticks from the next one to the one due at `to` as lost, and goes on behind them. */
  #lost(type: 'ticksSkipped' | 'ticksMissed', task: ScheduledTask, trigger: Trigger, to: number, reason: SkipReason): void {
    const from = task.due as number;
    const rule = ruleOf(trigger);
    const count = rule.count(trigger, from, to, task);
    const { tick } = task;
    task.tick += count;
    task.due = Ticks.next(task, trigger, to);
    if (isByDelay(trigger)) this.#wait(task, trigger);
    this.#ports.desk.emit({ type, taskId: task.id, tick, from, to, count, reason, nextRunAt: task.due });
  }

  /** By fixed delay: the next tick is due so long from now on. */
  #wait(task: ScheduledTask, trigger: EveryTrigger): void {
    task.anchor = dueByDelay(trigger, this.#ports.desk.at, task.tick, task.id);
    task.due = Ticks.next(task, trigger, -Infinity);
  }

  /** Ticks that count elapsed time move along when the wall clock is set back; the others wait for it. */
  #jumped({ by }: ClockJump): void {
    this.#ports.desk.step(() => {
      this.#ports.desk.emit({ type: 'clockJumped', by });
      if (by > 0) return;
      this.movedBy += by;
      this.#ports.movedBack(by);
      for (const task of this.#ports.tasks()) {
        task.acceptedAt += by;
        for (const { rare: { deadline } } of task.live) if (deadline) deadline.at += by;
        if (task.trigger.kind === 'observable' || !ruleOf(task.trigger).countsElapsedTime) continue;
        if (task.excusedUntil !== undefined) task.excusedUntil += by;
        if (task.due === null) continue;
        task.anchor += by;
        task.due += by;
        if (task.heapIndex !== -1) this.arm(task);
        this.#ports.desk.emit({ type: 'clockJumped', taskId: task.id, by, nextRunAt: task.due });
      }
    });
  }
}

/** `instant`, or the last moment before the task's `until`, whichever comes first. */
function notLaterThan(instant: number, task: ScheduledTask): number {
  return task.policy.until === undefined ? instant : Math.min(instant, justBefore(task.policy.until));
}
