// The ledger: what must be true of any scheduler's events, worked out from nothing but the events and what was asked for.
import type { SkipReason, TaskEvent, TaskState } from '../../../src/index.js';

/** What one call of `schedule` asked for. Its number is the task's name, so that events lead back to it. */
export interface Spec {
  readonly id: string;
  readonly trigger: { readonly kind: 'once' | 'after' | 'every'; readonly ms: number } | { readonly kind: 'observable' };
  readonly startAt: number | undefined;
  readonly until: number;
  readonly maxRuns: number;
  readonly afterFailure: 'continue' | 'stop';
  readonly overlap: 'skip' | 'queue' | 'replace' | 'parallel';
  readonly maxQueued: number;
  readonly maxParallel: number;
  readonly grace: number;
  readonly key: string | undefined;
}

interface RunEntry {
  readonly id: string;
  readonly tick: number | undefined;
  readonly life: Life;
  status: 'queued' | 'running' | 'over' | 'dropped';
}

/** One task from its `taskScheduled` to the end: an id that is used again has another life. */
export class Life {
  readonly runs = new Map<string, RunEntry>();
  readonly looks: string[] = [];
  readonly counts = { completed: 0, failed: 0, cancelled: 0, skipped: 0, missed: 0 };
  readonly specs: Spec[];
  paused = false;
  stopping = false;
  final: string | undefined;
  inProgress = 0;
  progress: unknown;
  /** Runs that count for `maxRuns`. */
  started = 0;
  /** Ticks that were heard of, numbered from 0 without a gap, and those of them that came to their end. */
  heardOf = 0;
  accounted = 0;
  /** Ticks that were heard of before one that comes before them: two events of one instant may be told in either order. */
  readonly ahead = new Set<number>();
  /** Places on the grid that were no ticks, since `maxRuns` or `until` had ended them before new ones let them go on. */
  passedOver = 0;
  /** When no tick could follow any more, and whether that was `maxRuns`. */
  ticksEndedAt: number | undefined;
  ranOut = false;
  /** A delay that is over counts from the newest call: when that was, and which tick it is. */
  delay: { readonly from: number; readonly tick: number };
  /** How often it was taken up again. */
  retries = 0;
  /** A nearer `until` came when it may have been past already; or its only tick was past when it was taken up again. */
  isCutShort = false;

  constructor(spec: Spec, readonly scheduledAt: number) {
    this.specs = [spec];
    this.delay = { from: scheduledAt, tick: 0 };
  }

  get spec(): Spec {
    return this.specs.at(-1) as Spec;
  }

  get status(): string {
    return this.final ?? (this.inProgress > 0 ? 'RUNNING' : this.paused ? 'PAUSED' : 'PENDING');
  }

  look(): string {
    const { completed, failed, cancelled, skipped, missed } = this.counts;
    return lookOf(this.status, this.paused, this.stopping, completed + failed + cancelled + this.inProgress, completed, failed, cancelled, skipped, missed, this.progress);
  }

  /** When the tick of that number is due. */
  dueOf(tick: number): number {
    const { trigger, startAt } = this.specs[0] as Spec;
    switch (trigger.kind) {
      case 'once': return trigger.ms;
      case 'after': return tick < this.delay.tick ? -Infinity : this.delay.from + trigger.ms;
      case 'every': {
        const anchor = startAt ?? this.scheduledAt;
        return anchor + (Math.max(0, Math.ceil((this.scheduledAt - anchor) / trigger.ms)) + tick + this.passedOver) * trigger.ms;
      }
      default: return NaN;
    }
  }

  /** How many ticks were due by then. */
  dueBy(instant: number): number {
    let ticks = 0;
    const most = this.spec.trigger.kind === 'every' ? Infinity : this.delay.tick + 1;
    while (ticks < most && this.dueOf(ticks) <= instant && this.dueOf(ticks) < this.spec.until) ticks++;
    return ticks;
  }
}

function lookOf(...facts: readonly unknown[]): string {
  return facts.map(String).join(' ');
}

/** A state as the ledger's own fold shows it. */
export function lookOfState(task: TaskState): string {
  return lookOf(task.status, task.paused, task.stopping, task.runCount, task.completedCount, task.failedCount, task.cancelledCount, task.skippedCount, task.missedCount, task.progress);
}

/** Hears every event in order, and notes each broken promise. */
export class Ledger {
  readonly problems: string[] = [];
  readonly specs: Spec[] = [];
  /** The known tasks, in the order they were scheduled. */
  readonly known = new Map<string, Life>();
  readonly lives: Life[] = [];
  readonly outcomesSinceStop = { completed: 0, failed: 0, cancelled: 0 };
  concurrency = Infinity;
  keyLimits: Readonly<Record<string, number>> = {};
  stoppedAt: number | undefined;
  /** Runs whose slot is taken, and how many promises hold each. */
  readonly #busy = new Set<RunEntry>();
  readonly #holds = new Map<string, number>();
  #seq = 0;
  #at = 0;

  note(problem: string): void {
    this.problems.push(`${problem} [seq ${this.#seq}, at ${this.#at}]`);
  }

  /** A run's work asked for its slot to be held. */
  hold(runId: string): () => void {
    this.#holds.set(runId, (this.#holds.get(runId) ?? 0) + 1);
    return () => {
      this.#holds.set(runId, (this.#holds.get(runId) ?? 0) - 1);
      for (const run of this.#busy) if (run.id === runId) this.#freeIfOver(run);
    };
  }

  hear(event: TaskEvent): void {
    if (event.seq !== this.#seq + 1) this.note(`the event after ${this.#seq} is ${event.seq}`);
    if (event.at < this.#at) this.note(`the event ${event.seq} is of ${event.at}, before ${this.#at}`);
    [this.#seq, this.#at] = [event.seq, event.at];
    if (event.taskId === undefined || event.type === 'clockJumped') {
      this.note(`nothing jumped: ${event.type}`);
    } else if (event.type === 'taskScheduled') {
      this.#scheduled(event);
    } else {
      const life = this.known.get(event.taskId);
      if (!life) this.note(`${event.type} of the unknown task ${event.taskId}`);
      else this.#heard(life, event);
    }
  }

  /** All is told that has happened. */
  pause(): void {
    for (const { ahead, heardOf, spec } of this.known.values()) if (ahead.size > 0) this.note(`${spec.id} has the ticks ${[...ahead].join()}, and nothing is heard of ${heardOf}`);
  }

  /** The end: after `stop()` has resolved. */
  close(): void {
    for (const life of this.lives) if (life.final === undefined) this.#checkTicks(life, life.ticksEndedAt ?? Infinity);
    for (const { final, inProgress, specs: [first] } of this.lives) {
      if (inProgress > 0) this.note(`${final ?? 'a task without final status'} ${first?.id ?? ''} has ${inProgress} runs without outcome`);
    }
  }

  #scheduled({ taskId, name, replaced, at }: Extract<TaskEvent, { type: 'taskScheduled' }>): void {
    const spec = this.specs[Number(name)] as Spec;
    const known = this.known.get(taskId);
    if ((known !== undefined) !== replaced) this.note(`${taskId} is scheduled ${replaced ? 'again' : 'anew'}, and is ${known ? 'known' : 'unknown'}`);
    if (known) {
      const hadLastTick = known.ranOut || known.dueOf(known.heardOf) >= known.spec.until;
      if (spec.until < known.spec.until) known.isCutShort = true;
      known.specs.push(spec);
      if (known.started >= spec.maxRuns) this.#ticksEnd(known, at, true);
      else if (hadLastTick && spec.trigger.kind === 'every') this.#goOn(known, at);
      else if (spec.trigger.kind === 'after' && (known.heardOf > known.delay.tick || known.ranOut)) this.#delayAnew(known, at);
      // It listens again.
      else if (known.ranOut && spec.trigger.kind === 'observable') [known.ticksEndedAt, known.ranOut] = [undefined, false];
    } else {
      const life = new Life(spec, at);
      life.looks.push(life.look());
      this.known.set(taskId, life);
      this.lives.push(life);
    }
  }

  #delayAnew(life: Life, from: number): void {
    [life.ticksEndedAt, life.ranOut] = [undefined, false];
    life.delay = { from, tick: life.heardOf };
  }

  /** There are runs left again: the grid goes on behind this instant. */
  #goOn(life: Life, at: number): void {
    [life.ticksEndedAt, life.ranOut] = [undefined, false];
    while (life.dueOf(life.heardOf) <= at && life.dueOf(life.heardOf) < life.spec.until) life.passedOver++;
  }

  #heard(life: Life, event: Exclude<TaskEvent, { type: 'taskScheduled' | 'clockJumped' }>): void {
    const { taskId } = event;
    if (life.final !== undefined && event.type !== 'taskRemoved' && event.type !== 'taskRetried') this.note(`${event.type} of ${taskId}, which is ${life.final}`);
    switch (event.type) {
      case 'taskPaused': life.paused = true; break;
      case 'taskResumed':
        life.paused = false;
        if (life.spec.trigger.kind === 'every' && life.ticksEndedAt === undefined && !life.isCutShort && life.dueBy(Math.min(event.at, this.stoppedAt ?? Infinity)) > life.heardOf) {
          this.note(`${taskId} resumes, and has not skipped what was due at ${life.dueOf(life.heardOf)}`);
        }
        break;
      case 'taskStopping':
        life.stopping = true;
        this.#ticksEnd(life, event.at);
        break;
      case 'taskFinished': this.#finished(life, event.status, event.at); break;
      case 'taskRetried': this.#retried(life, event.at); break;
      case 'taskRemoved':
        if (life.final === undefined) this.note(`${taskId} is removed without a final status`);
        this.known.delete(taskId);
        break;
      case 'runQueued':
        this.#newRun(life, event, 'queued');
        this.#checkQueue(life);
        break;
      case 'runStarted': this.#started(life, event); break;
      case 'runProgressed':
        this.#runIn(life, event.runId, event.type);
        life.progress = event.progress;
        break;
      case 'runCompleted': this.#ended(life, event, 'completed'); break;
      case 'runFailed':
        this.#ended(life, event, 'failed');
        if (life.spec.afterFailure === 'stop') this.#ticksEnd(life, event.at);
        break;
      case 'runCancelled': this.#ended(life, event, 'cancelled'); break;
      case 'ticksSkipped':
      case 'ticksMissed': this.#lost(life, event); break;
      case 'runRetrying': this.note('there is no retry'); break;
    }
    life.looks.push(life.look());
  }

  #retried(life: Life, at: number): void {
    if (life.final !== 'FAILED') this.note(`${life.spec.id} is taken up again, and is ${String(life.final)}`);
    if (this.stoppedAt !== undefined) this.note(`${life.spec.id} is taken up again after the stop`);
    life.retries++;
    [life.final, life.ticksEndedAt, life.ranOut] = [undefined, undefined, false];
    if (life.started >= life.spec.maxRuns) this.#ticksEnd(life, at, true);
    else if (life.spec.trigger.kind === 'every') this.#goOn(life, at);
    else if (life.heardOf === 0 && life.dueOf(0) <= at) life.isCutShort = true;
  }

  #newRun(life: Life, { runId, tick, scheduledFor, at }: Extract<TaskEvent, { type: 'runQueued' | 'runStarted' }>, status: RunEntry['status']): RunEntry {
    if (life.runs.has(runId)) this.note(`the run ${runId} is there already`);
    if (tick !== undefined) this.#tick(life, tick, scheduledFor);
    if (at < scheduledFor) this.note(`${life.spec.id} is early: tick ${String(tick)} due at ${scheduledFor}`);
    const run: RunEntry = { id: runId, tick, life, status };
    life.runs.set(runId, run);
    return run;
  }

  #tick(life: Life, tick: number, scheduledFor: number, count = 1): void {
    const { id, trigger, until } = life.spec;
    for (let number = tick; number < tick + count; number++) {
      if (number < life.heardOf || life.ahead.has(number)) this.note(`${id} has the tick ${number} twice`);
      life.ahead.add(number);
    }
    while (life.ahead.delete(life.heardOf)) life.heardOf++;
    if (trigger.kind !== 'observable' && scheduledFor !== life.dueOf(tick)) this.note(`${id} is off its grid: tick ${tick} at ${scheduledFor}, not ${life.dueOf(tick)}`);
    if (scheduledFor >= until) this.note(`${id} has a tick at ${scheduledFor}, not before ${until}`);
  }

  #started(life: Life, event: Extract<TaskEvent, { type: 'runStarted' }>): void {
    const run = life.runs.get(event.runId) ?? this.#newRun(life, event, 'queued');
    if (run.status !== 'queued') this.note(`the run ${run.id} starts though it is ${run.status}`);
    if (run.tick !== event.tick) this.note(`the run ${run.id} changed its tick`);
    if (this.stoppedAt !== undefined) this.note(`the run ${run.id} starts after the stop`);
    if (life.paused && event.reason !== 'manual') this.note(`the run ${run.id} starts though ${life.spec.id} is paused`);
    this.#checkLimits(life);
    run.status = 'running';
    this.#busy.add(run);
    life.inProgress++;
    life.progress = undefined;
    if (run.tick !== undefined) life.accounted++;
    if (event.reason === 'manual') return;
    if (++life.started > life.spec.maxRuns) this.note(`${life.spec.id} has ${life.started} runs of ${life.spec.maxRuns}`);
    if (life.started >= life.spec.maxRuns) this.#ticksEnd(life, event.at, true);
  }

  #checkQueue(life: Life): void {
    const { id, overlap, maxQueued, maxParallel } = life.spec;
    // Those that a pause holds back leave room for as many that somebody asks for by hand.
    const most = { skip: 2, queue: maxQueued + 2, replace: 2, parallel: 2 * maxParallel }[overlap];
    if (this.#queued(life) > most) this.note(`${id} (${overlap}) has ${this.#queued(life)} queued`);
  }

  #checkLimits(life: Life): void {
    const { id, key, overlap, maxParallel } = life.spec;
    const busy = [...this.#busy];
    if (busy.length >= this.concurrency) this.note(`${id} starts beside ${busy.length}, and concurrency is ${this.concurrency}`);
    const withKey = busy.filter((run) => run.life.spec.key === key).length;
    if (key !== undefined && withKey >= (this.keyLimits[key] ?? Infinity)) this.note(`${id} starts beside ${withKey} of the key ${key}`);
    const ofTask = busy.filter((run) => run.life === life).length;
    if (ofTask >= (overlap === 'parallel' ? maxParallel : 1)) this.note(`${id} (${overlap}) starts beside ${ofTask} of its own`);
  }

  #runIn(life: Life, runId: string, what: string): RunEntry | undefined {
    const run = life.runs.get(runId);
    if (run?.status !== 'running') this.note(`${what} of the run ${runId}, which is ${run?.status ?? 'unknown'}`);
    return run;
  }

  #ended(life: Life, { runId }: { readonly runId: string }, outcome: 'completed' | 'failed' | 'cancelled'): void {
    const run = this.#runIn(life, runId, outcome);
    life.inProgress--;
    life.counts[outcome]++;
    if (this.stoppedAt !== undefined) this.outcomesSinceStop[outcome]++;
    if (!run) return;
    run.status = 'over';
    this.#freeIfOver(run);
  }

  #freeIfOver(run: RunEntry): void {
    if (run.status === 'over' && (this.#holds.get(run.id) ?? 0) === 0) this.#busy.delete(run);
  }

  #lost(life: Life, { type, runId, tick, from, to, count, reason, at }: Extract<TaskEvent, { type: 'ticksSkipped' | 'ticksMissed' }>): void {
    life.counts[type === 'ticksMissed' ? 'missed' : 'skipped'] += count;
    if ((type === 'ticksMissed') !== (reason === 'late')) this.note(`${type} for the reason ${reason}`);
    if (reason === 'late' && at - from <= life.spec.grace) this.note(`${life.spec.id} missed what was ${at - from} late`);
    this.#checkReason(life, reason, runId !== undefined && tick === undefined);
    if (to > at || count < 1) this.note(`${type} of ${count} ticks until ${to}`);
    const run = runId === undefined ? undefined : life.runs.get(runId);
    if (run) {
      if (run.status !== 'queued' || run.tick !== tick || count !== 1) this.note(`the run ${run.id} is dropped though it is ${run.status}`);
      run.status = 'dropped';
    } else if (tick !== undefined) {
      this.#tick(life, tick, from, count);
      if (life.spec.trigger.kind !== 'observable' && to !== life.dueOf(tick + count - 1)) this.note(`${life.spec.id} lost ${count} ticks from ${from}, but until ${to}`);
    }
    if (tick !== undefined) life.accounted += count;
  }

  #checkReason(life: Life, reason: SkipReason, isManual: boolean): void {
    const { id, overlap, maxQueued, maxParallel } = life.spec;
    const queued = this.#queued(life);
    const inTheWay = queued + [...this.#busy].filter((run) => run.life === life).length;
    const holds: Readonly<Record<SkipReason, boolean>> = {
      overlap: overlap === 'skip' && inTheWay > 0,
      queueFull: overlap === 'queue' && queued >= maxQueued,
      maxParallel: overlap === 'parallel' && inTheWay >= maxParallel,
      replaced: overlap === 'replace',
      paused: life.paused && !isManual,
      // A lower maxRuns may be told after what it drops.
      maxRuns: life.started > 0,
      // Who stops or cancels is outside what events tell.
      stopped: true, cancelled: true, late: !isManual,
      // There are no such tasks here.
      expired: false,
    };
    // Who asks for a run inside a notification may come between a tick and the start of its run.
    if (!holds[reason] && !(isManual && reason !== 'paused')) this.note(`${id} (${overlap}) lost a tick as ${reason}, with ${queued} queued of ${inTheWay} in the way`);
  }

  #queued(life: Life): number {
    return [...life.runs.values()].filter(({ status }) => status === 'queued').length;
  }

  #finished(life: Life, status: string, at: number): void {
    for (const run of life.runs.values()) if (run.status === 'queued' || run.status === 'running') this.note(`${life.spec.id} is ${status}, and its run ${run.id} is ${run.status}`);
    this.#ticksEnd(life, at);
    this.#checkTicks(life, life.ticksEndedAt ?? at);
    [life.final, life.paused, life.stopping] = [status, false, false];
  }

  #ticksEnd(life: Life, at: number, ranOut = false): void {
    if (life.ticksEndedAt === undefined) [life.ticksEndedAt, life.ranOut] = [at, ranOut];
  }

  #checkTicks(life: Life, endedAt: number): void {
    const { id, trigger } = life.spec;
    if (life.accounted !== life.heardOf) this.note(`${id} has ${life.heardOf} ticks, of which ${life.accounted} are accounted for`);
    if (trigger.kind === 'observable' || life.ranOut || life.isCutShort) return;
    const end = Math.min(endedAt, this.stoppedAt ?? Infinity);
    const due = life.dueBy(end);
    if (life.heardOf !== due) this.note(`${id} had ${due} ticks by ${end}, and ${life.heardOf} are accounted for`);
  }
}
