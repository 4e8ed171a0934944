// The simulator: plays a plot on virtual time, and has what was told and what the work wrote down checked by who knows nothing of the engine.
import { TaskScheduler, once, type RunId, type TaskId, type TaskOptions, type Trigger } from '../../../src/index.js';
import { VirtualClock, VirtualThreads, checkRuns, type CheckedSchedule } from '../../../src/testing/index.js';
import { dueOf, type Due } from './due.js';
import { Ledger } from './ledger.js';
import { isSocial, type Deed, type Plot, type PlottedOptions, type PlottedTask, type PlottedTrigger } from './plot.js';
import { chanceOf, type Chance } from './random.js';
import { termsOf } from './terms.js';
import { workOf, type Line } from './work.js';

interface Span {
  from: number;
  to: number;
}

interface Played {
  readonly id: TaskId;
  readonly task: PlottedTask;
  readonly due: Due;
  readonly log: Line[];
  readonly scheduledAt: number;
  /** How far the wall clock had been set back by then. */
  readonly setBack: number;
  readonly pauses: Span[];
  endedAt: number | undefined;
  /** It got another trigger, or other arguments, or was taken up again. */
  isChanged: boolean;
  /** How often it is still taken up as soon as it has failed. */
  retries: number;
  /** When ticks that follow the wall clock were due, as elapsed time, each as soon as that was certain. */
  readonly passed: number[];
}

/** What went wrong in a simulation: nothing, if all is well. */
export async function simulate(plot: Plot): Promise<readonly string[]> {
  return new Simulation(plot).play();
}

class Simulation {
  readonly #plot: Plot;
  readonly #chance: Chance;
  readonly #clock: VirtualClock;
  readonly #scheduler: TaskScheduler;
  readonly #threads: VirtualThreads;
  readonly #ledger: Ledger;
  readonly #played = new Map<number, Played>();
  readonly #lines = new Map<string, Line>();
  readonly #heldUp: Span[] = [];
  readonly #started = new Map<RunId, number>();
  readonly #cancelled = new Map<RunId, { readonly taskId: TaskId; readonly startedAt: number; readonly at: number }>();
  /** How far the wall clock was set back: what is logged counts on, as time does. */
  #setBack = 0;

  constructor(plot: Plot) {
    this.#plot = plot;
    this.#chance = chanceOf(plot.seed ^ 0x5eed);
    this.#clock = new VirtualClock({ startAt: plot.begin });
    this.#threads = new VirtualThreads({ clock: this.#clock, threads: plot.threads, graceMs: 0 });
    this.#scheduler = new TaskScheduler({ clock: this.#clock, concurrency: plot.concurrency, onError: () => undefined, random: () => this.#chance.whole(0, 999) / 1_000 });
    this.#ledger = new Ledger({
      now: this.#elapsed,
      setBack: () => this.#setBack,
      concurrency: () => this.#scheduler.concurrency,
      lastChance: (instant) => this.#heldUp.find(({ from, to }) => instant >= from && instant < to)?.to ?? instant,
      lineOf: (runId, attempt) => this.#lines.get(`${runId} ${attempt}`),
      isInThread: (runId) => this.#threads.calls.some((call) => call.runId === runId),
    });
    this.#scheduler.events$.subscribe((event) => {
      if (event.type === 'runStarted') this.#started.set(event.runId, this.#elapsed());
      if (event.type === 'runCancelled') this.#cancelled.set(event.runId, { taskId: event.taskId, startedAt: this.#started.get(event.runId) ?? NaN, at: this.#elapsed() });
      this.#ledger.hear(event);
      if (event.type !== 'taskFinished' || event.status !== 'FAILED') return;
      for (const played of this.#played.values()) if (played.id === event.taskId && played.retries-- > 0) this.#retry(played);
    });
  }

  async play(): Promise<readonly string[]> {
    const { tasks, deeds, length, begin, unit } = this.#plot;
    const steps = [
      ...tasks.map((task, index) => ({ at: task.at, do: async () => {
        // The loop may have been blocked until between two units of time.
        await this.#goOn(Math.ceil((this.#elapsed() - begin) / unit) * unit);
        this.#schedule(index, task);
        await this.#clock.advanceBy(0);
      } })),
      ...deeds.map((deed) => ({ at: deed.at, do: () => this.#do(deed) })),
    ].sort((a, b) => a.at - b.at);
    for (const step of steps) {
      await this.#goOn(step.at);
      await step.do();
      this.#rest();
    }
    await this.#goOn(length);
    for (const [index, played] of this.#played) if (!isSocial(this.#plot, index)) this.#check(played);
    await this.#windDown();
    return this.#ledger.problems;
  }

  readonly #elapsed = (): number => this.#clock.now() + this.#setBack;

  /** Moves on, in steps, and looks around after each. */
  async #goOn(to: number): Promise<void> {
    const { begin, unit } = this.#plot;
    for (let left = begin + to - this.#elapsed(); left > 0; left = begin + to - this.#elapsed()) {
      await this.#clock.advanceBy(Math.min(left, unit * this.#chance.whole(1, 15)));
      this.#rest();
    }
  }

  /** Whatever could happen by now has; and what the scheduler says of its tasks is what it has told of them. */
  #rest(): void {
    this.#ledger.rest();
    for (const { id } of this.#played.values()) {
      const state = this.#scheduler.getTask(id);
      const { isFinished, terms: { due }, ticks, base } = this.#ledger.tasks.get(id)!;
      if (isFinished !== 'finishedAt' in state || isFinished !== ['COMPLETED', 'FAILED', 'CANCELLED'].includes(state.status)) this.#ledger.problems.push(`${id} is ${state.status}, and ${isFinished ? '' : 'not '}over`);
      const next = due.by === 'elapsed' ? due.instants(ticks - base) : undefined;
      if (state.nextRunAt !== undefined && next !== undefined && !(state.nextRunAt + this.#setBack >= next - 0.01 && state.nextRunAt + this.#setBack <= next + due.jitter + 0.01)) {
        this.#ledger.problems.push(`${id} says that it is due at ${state.nextRunAt + this.#setBack}, and it is at ${next}`);
      }
    }
  }

  #schedule(index: number, task: PlottedTask): void {
    const { options, startAt, until, nature } = task;
    const { begin } = this.#plot;
    const id = `task ${index}`;
    const log: Line[] = [];
    const due = dueOf(this.#plot, task, this.#clock.now(), this.#elapsed(), this.#clock);
    this.#ledger.expect(id, termsOf(this.#plot, task, id, due, this.#elapsed()));
    const write = (line: Line): void => {
      log.push(line);
      this.#lines.set(`${line.runId} ${line.attempt}`, line);
    };
    const place = { clock: this.#clock, threads: this.#threads, chance: this.#chance, unit: this.#plot.unit, holdSlot: options.holdSlot ?? false, elapsed: this.#elapsed, write };
    this.#scheduler.schedule(workOf(nature, place), due.trigger as never, {
      id, args: [0], tags: task.tag === undefined ? [] : [task.tag], ...optionsOf(options), startAt: startAt === undefined ? undefined : begin - this.#setBack + startAt, until: until === undefined ? undefined : begin + until,
    } as TaskOptions<[number]> & { readonly args: [number] });
    this.#scheduler.task$(id).subscribe({ error: (error: unknown) => this.#ledger.problems.push(`the stream of ${id} errs: ${String(error)}`) });
    this.#played.set(index, { id, task, due, log, scheduledAt: this.#elapsed(), setBack: this.#setBack, pauses: [], endedAt: undefined, isChanged: false, retries: task.retries ?? 0, passed: [] });
  }

  async #do(deed: Deed): Promise<void> {
    if (deed.do === 'concurrency') {
      this.#scheduler.concurrency = deed.to;
      await this.#clock.advanceBy(0);
    } else if ('by' in deed) await this.#bend(deed.do, deed.by);
    else if (deed.do === 'cancelTagged') {
      for (const played of this.#played.values()) if (played.task.tag === deed.tag) this.#endsNow(played, 'cancel');
      this.#scheduler.cancelTasks({ tag: deed.tag });
      await this.#clock.advanceBy(0);
    } else {
      const played = this.#played.get(deed.task);
      if (!played) return;
      if (deed.do === 'retry') this.#retry(played);
      else if (deed.do === 'update') {
        this.#heldUp.push({ from: this.#elapsed(), to: this.#elapsed() + deed.after });
        this.#clock.block(deed.after);
        this.#update(played, deed.trigger);
      }
      else this.#act(played, deed.do);
      await this.#clock.advanceBy(0);
    }
  }

  async #bend(how: 'block' | 'sleep' | 'setForward' | 'setBack', by: number): Promise<void> {
    const from = this.#elapsed();
    if (how === 'setBack') {
      this.#settleWallTicks();
      this.#setBack += by;
      await this.#clock.jumpWallClock(-by);
      return;
    }
    this.#heldUp.push({ from, to: from + by });
    if (how === 'block') this.#clock.block(by);
    else await (how === 'sleep' ? this.#clock.sleep(by) : this.#clock.jumpWallClock(by));
    await this.#clock.advanceBy(0);
  }

  /** Ticks that follow the wall clock have longer to wait when that is set back; so these that have passed are written down first. */
  #settleWallTicks(): void {
    for (const { due: { by, instants }, passed } of this.#played.values()) {
      if (by !== 'wall') continue;
      for (let next = instants(passed.length); next !== undefined && next <= this.#clock.now(); next = instants(passed.length)) passed.push(next + this.#setBack);
    }
  }

  #act(played: Played, deed: 'pause' | 'resume' | 'cancel' | 'stop' | 'run'): void {
    const { id, pauses } = played;
    const at = this.#elapsed();
    const isOver = ['COMPLETED', 'FAILED', 'CANCELLED'].includes(this.#scheduler.getTaskStatus(id));
    const paused = pauses.find(({ to }) => to === Infinity);
    if (!isOver && deed !== 'cancel' && deed !== 'stop') this.#ledger.did(id, deed);
    switch (deed) {
      case 'pause':
        if (!isOver && !paused && played.endedAt === undefined) pauses.push({ from: at, to: Infinity });
        this.#scheduler.pauseTask(id);
        break;
      case 'resume':
        if (paused && played.endedAt === undefined) paused.to = at;
        this.#scheduler.resumeTask(id);
        break;
      case 'run':
        if (!isOver) this.#scheduler.runTask(id);
        break;
      case 'cancel':
      case 'stop':
        this.#endsNow(played, deed);
        if (deed === 'cancel') this.#scheduler.cancelTask(id);
        else this.#scheduler.stopTask(id);
        break;
    }
  }

  #endsNow(played: Played, how: 'cancel' | 'stop'): void {
    if (['COMPLETED', 'FAILED', 'CANCELLED'].includes(this.#scheduler.getTaskStatus(played.id))) return;
    this.#ledger.did(played.id, how);
    played.endedAt ??= this.#elapsed();
  }

  #retry(played: Played): void {
    const { id } = played;
    const isFailed = this.#ledger.retry(id);
    if (isFailed) played.isChanged = true;
    if (this.#scheduler.retryTask(id) !== isFailed) this.#ledger.problems.push(`retryTask of ${id} says ${!isFailed}`);
  }

  #update(played: Played, trigger: PlottedTrigger | undefined): void {
    const { id, task, setBack } = played;
    // Where a grid begins, is an instant of the wall clock.
    const startAt = task.startAt === undefined ? undefined : task.startAt + this.#setBack - setBack;
    // An Observable can't be exchanged.
    const due = trigger && task.trigger.kind !== 'observable' ? dueOf(this.#plot, { ...task, trigger, startAt }, this.#clock.now(), this.#elapsed(), this.#clock) : undefined;
    // One that would never be due is refused.
    if (due && due.instants(0) === undefined) return;
    const known = this.#ledger.tasks.get(id)!;
    const isOpen = this.#ledger.update(id, due ?? 'args');
    if (isOpen) played.isChanged = true;
    const isChanged = this.#scheduler.updateTask(id, due ? { trigger: due.trigger as Trigger } : { args: [known.version + 1] });
    if (isChanged !== isOpen) this.#ledger.problems.push(`updateTask of ${id} says ${isChanged}`);
  }

  /** What the work of a task that stands alone wrote down, against the schedule. */
  #check(played: Played): void {
    const { id, task, due, log, scheduledAt, pauses, endedAt, isChanged, passed } = played;
    const { begin } = this.#plot;
    if (due.by === 'itself' || isChanged) return;
    this.#settleWallTicks();
    const observedUntil = this.#elapsed();
    const upcoming = due.instants(passed.length);
    const instants = upcoming === undefined ? passed : [...passed, upcoming + this.#setBack];
    const { startAt, until } = task;
    const given = task.trigger.kind === 'once' ? once(instants[0]!) : instants;
    const trigger = due.by === 'wall' ? given : due.trigger as CheckedSchedule['trigger'];
    if (task.nature.inThread) lateWords(id, log, this.#cancelled);
    const { maxRuns, overlap, maxQueued, maxParallel, afterFailure, misfire, retry, timeout, deadline } = task.options;
    const schedule: CheckedSchedule = {
      maxRuns, overlap, maxQueued, maxParallel, afterFailure, misfire, retry, timeout, deadline, trigger, scheduledAt, observedUntil, endedAt, heldUp: this.#heldUp, tolerance: 0.01,
      pauses: pauses.map(({ from, to }) => ({ from, to: Math.min(to, observedUntil) })),
      startAt: startAt === undefined ? undefined : begin + startAt, until: until === undefined ? undefined : begin + until,
    };
    const lines = log.map(({ runId, attempt, startedAt, endedAt, outcome, retryAfter }) => ({ runId, attempt, startedAt, endedAt, outcome, retryAfter }));
    for (const { kind, at, due } of checkRuns(schedule, lines)) this.#ledger.problems.push(`${id}: ${kind} at ${at - begin}${due === undefined ? '' : `, due ${due - begin}`}`);
  }

  /** Lets all come to an end, after which nothing may be left. */
  async #windDown(): Promise<void> {
    const { unit, tasks } = this.#plot;
    const { problems } = this.#ledger;
    this.#scheduler.concurrency = 1_000;
    for (const played of this.#played.values()) played.retries = 0;
    for (const deed of ['resume', 'stop'] as const) for (const played of this.#played.values()) this.#act(played, deed);
    await this.#clock.advanceBy(5_000 * unit);
    this.#ledger.rest();
    const { queuedRuns, runsInProgress } = this.#scheduler.stats();
    if (queuedRuns > 0) problems.push(`${queuedRuns} runs wait for ever`);
    const isEndless = tasks.some(({ nature, options }) => nature.kind === 'hanging' && options.timeout === undefined && options.deadline === undefined);
    if (runsInProgress > 0 && !isEndless) problems.push(`${runsInProgress} runs are in progress for ever`);
    for (const played of this.#played.values()) this.#act(played, 'cancel');
    const stopped = this.#scheduler.stop({ deadline: 0 });
    await this.#clock.advanceBy(60_000);
    await stopped;
    this.#ledger.close();
    if (this.#clock.waiting > 0) problems.push(`${this.#clock.waiting} actions of the clock are left`);
    for (const { id } of this.#played.values()) {
      const { runCount, completedCount, failedCount, cancelledCount, skippedCount, missedCount } = this.#scheduler.getTask(id);
      const { started, completed, failed, cancelled, skipped, missed } = this.#ledger.tasks.get(id)!.counts;
      const told = [started, completed, failed, cancelled, skipped, missed].join();
      const kept = [runCount, completedCount, failedCount, cancelledCount, skippedCount, missedCount].join();
      if (told !== kept) problems.push(`${id} counts ${kept}, and events tell of ${told}`);
    }
  }
}

function optionsOf({ key, ...options }: PlottedOptions): TaskOptions<[]> {
  if (!key) return options;
  return { ...options, concurrencyKey: key.by === 'function' ? () => key.is : key.is, concurrencyLimit: key.limit };
}

/** What a thread says at the very instant that its run is cancelled comes too late, and one that had not begun the run never says anything. */
function lateWords(id: TaskId, log: Line[], cancelled: ReadonlyMap<RunId, { readonly taskId: TaskId; readonly startedAt: number; readonly at: number }>): void {
  const last = new Map(log.map((line) => [line.runId, line]));
  for (const line of last.values()) if (line.endedAt !== undefined && line.endedAt === cancelled.get(line.runId)?.at) line.outcome = 'cancelled';
  for (const [runId, { taskId, startedAt, at }] of cancelled) {
    if (taskId === id && startedAt === at && !log.some((entry) => entry.runId === runId)) log.push({ runId, attempt: 1, startedAt, version: NaN, endedAt: at, outcome: 'cancelled', settledAt: at, isHolding: false });
  }
  log.sort((a, b) => a.startedAt - b.startedAt || (a.endedAt ?? Infinity) - (b.endedAt ?? Infinity));
}
