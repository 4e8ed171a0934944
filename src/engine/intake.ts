// The intake: how the engine takes a task on, and what happens when one with its id is there already.
import type { ScheduleTask, UpdateTask } from '../task/command.js';
import type { Directory, Place } from '../task/directory.js';
import { InvalidArgumentError } from '../task/errors.js';
import { validArgs } from '../task/input-schema.js';
import type { Trigger } from '../task/trigger.js';
import { ruleOf, sameTrigger } from '../trigger/trigger.js';
import type { AbortSignals } from './abort-signals.js';
import { ownClaims, wantedBy } from './claims.js';
import type { Desk } from './desk.js';
import type { Emissions } from './emissions.js';
import type { Ending } from './ending.js';
import type { Registry } from './registry.js';
import type { Runs } from './runs.js';
import { ScheduledTask, recurs } from './scheduled-task.js';
import { Ticks } from './ticks.js';

/** What the intake needs of the engine. */
export interface IntakePorts {
  readonly desk: Desk;
  readonly registry: Registry;
  readonly directory: Directory<Place<ScheduledTask>>;
  readonly signals: AbortSignals;
  readonly ticks: Ticks;
  readonly emissions: Emissions;
  readonly runs: Runs;
  readonly ending: Ending;
  /** Whether triggers count already. */
  isStarted(): boolean;
}

/** Takes tasks on. */
export class Intake {
  readonly #ports: IntakePorts;

  constructor(ports: IntakePorts) {
    this.#ports = ports;
  }

  /** @throws InvalidArgumentError before anything has changed */
  schedule(command: ScheduleTask): void {
    const { desk, registry, directory, ending, signals } = this.#ports;
    const { taskId, trigger, policy, replace } = command;
    const bound = registry.take(taskId);
    // One that replaces nothing is new: to look for it would take as long as all the rest.
    const known = replace ? directory.find(taskId) : undefined;
    const old = known?.task;
    const place = known ?? directory.newPlace(taskId);
    const task = new ScheduledTask(place, command, bound, desk.at);
    if (trigger.kind !== 'observable') task.due = Ticks.first(task, trigger);
    task.claim = this.#ports.runs.gate.claims.claim(wantedBy(task, policy.concurrencyKey), () => (old ? ownClaims(old) : []));
    // A limit that was raised may have let somebody in.
    this.#ports.runs.starts.admitSoon();
    if (old && isSameSchedule(old, task)) {
      this.#renew(old, task);
      return;
    }
    if (replace) {
      if (old) ending.cancelTask(old, 'replaced');
      desk.emit({ type: 'taskRemoved', taskId, reason: 'replaced' });
    }
    if (!known) directory.add(place);
    place.task = task;
    this.#tellScheduled(task, false, task.due);
    signals.heed(task);
    if (this.#ports.isStarted()) this.begin(task);
  }

  /**
   * What the task's schema makes of these arguments.
   *
   * @throws InvalidArgumentError
   */
  static validArgs({ closures: { argsOf, inputSchema }, title }: ScheduledTask, given: readonly unknown[]): readonly unknown[] {
    if (argsOf) throw new InvalidArgumentError('args', given, `args have no effect: those of ${title} are made of what its trigger emits. Schedule it anew, with ifExists: 'replace'.`);
    return inputSchema ? validArgs(inputSchema, given) : given;
  }

  /**
   * Gives the task another trigger, other arguments, or both.
   *
   * @returns false when nothing more can come of it but the runs that there are
   * @throws InvalidArgumentError before anything has changed
   */
  update(task: ScheduledTask, { trigger, args }: UpdateTask): boolean {
    if (task.stopping || task.verdict || task.stoodDown || task.started >= task.policy.maxRuns) return false;
    if (trigger) this.#retime(task, trigger);
    if (args) task.args = args;
    this.#tellScheduled(task, true, task.due);
    return true;
  }

  /** The ticks of another trigger, from now on. */
  #retime(task: ScheduledTask, trigger: Trigger): void {
    const { desk } = this.#ports;
    if (task.trigger.kind === 'observable') {
      throw new InvalidArgumentError('trigger', trigger, `trigger can't take the place of the Observable that is that of ${task.title}. Schedule it anew, with ifExists: 'replace'.`);
    }
    const anew = new ScheduledTask(task.place, { trigger, policy: task.policy, args: task.args }, task, desk.at);
    anew.due = Ticks.first(anew, trigger);
    this.#adopt(task, anew);
  }

  /** From now on the ticks are those of the trigger that this one would have. What was due before and not handled, is skipped. */
  #adopt(task: ScheduledTask, { trigger, anchor, acceptedAt, due }: ScheduledTask): void {
    const { ticks } = this.#ports;
    ticks.lose(task, task.paused && recurs(task) ? 'paused' : 'replaced');
    ticks.disarm(task);
    [task.trigger, task.anchor, task.acceptedAt, task.due] = [trigger, anchor, acceptedAt, due];
    task.excusedUntil = undefined;
    task.exhausted = task.awaitsEnd = false;
    if (this.#ports.isStarted()) this.begin(task);
  }

  /** The task's trigger begins to count. */
  begin(task: ScheduledTask): void {
    const { desk, ticks, emissions } = this.#ports;
    if (task.trigger.kind === 'observable') desk.afterwards(() => { emissions.listen(task); });
    else if (!task.paused) ticks.arm(task);
  }

  /** New work and options for a task whose trigger is the same: its grid, its counts and its runs go on. */
  #renew(task: ScheduledTask, anew: ScheduledTask): void {
    const { policy, args, work, context, closures, claim } = anew;
    const { signals, ticks, runs, ending } = this.#ports;
    const { trigger } = task;
    runs.gate.claims.disclaim(task.claim);
    signals.forget(task);
    // With carry, the arguments are the task's own once it has run.
    if (!closures.carry || task.started === 0) task.args = args;
    [task.policy, task.work, task.context, task.closures, task.claim] = [policy, work, context, closures, claim];
    signals.heed(task);
    runs.gate.renew([...task.live, ...task.waiting]);
    // Whoever came back may start, and so may one behind, where more may be in progress at once.
    runs.overlap.letNextGo(task);
    runs.starts.admitSoon();
    if (trigger.kind === 'after' && task.due === null) {
      // Its tick is over, so there is none to keep: this call is not lost.
      this.#adopt(task, anew);
    } else if (trigger.kind !== 'observable' && ruleOf(trigger).recurs) {
      ticks.renew(task, trigger);
      if (this.#ports.isStarted() && !task.paused) ticks.arm(task);
    }
    const hasHadAllRuns = task.started >= policy.maxRuns;
    this.#tellScheduled(task, true, hasHadAllRuns ? null : task.due);
    if (hasHadAllRuns || (trigger.kind !== 'observable' && task.due === null && !task.awaitsEnd)) ending.endTicks(task, 'maxRuns');
    if (hasHadAllRuns) runs.overlap.dropQueued(task, 'maxRuns', false);
    if (trigger.kind === 'observable') this.#goOn(task);
    ending.finishIfDone(task);
  }

  /** A task that had had all its runs may have some left, as long as its Observable has not ended. */
  #goOn(task: ScheduledTask): void {
    if (task.exhausted && task.listening && !task.listening.ended && task.started < task.policy.maxRuns) {
      task.exhausted = false;
      if (this.#ports.isStarted()) this.begin(task);
    } else this.#ports.emissions.endAtUntil(task);
  }

  #tellScheduled({ id, policy, trigger }: ScheduledTask, replaced: boolean, nextRunAt: number | null): void {
    const { name, tags } = policy;
    this.#ports.desk.emit({ v: 1, seq: 0, at: 0, type: 'taskScheduled', taskId: id, name, tags, trigger, replaced, nextRunAt });
  }
}

/** Whether a task that takes the place of another is due by the same rule, and the other is not on its way to an end. */
function isSameSchedule(old: ScheduledTask, task: ScheduledTask): boolean {
  if (old.stopping || old.verdict || old.policy.startAt !== task.policy.startAt) return false;
  return old.trigger.kind === 'observable' || task.trigger.kind === 'observable'
    ? old.closures.trigger$ === task.closures.trigger$
    : sameTrigger(old.trigger, task.trigger);
}
