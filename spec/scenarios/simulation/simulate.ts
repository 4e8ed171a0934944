// The simulator: plays a plot on virtual time, and has what was told and what the work wrote down checked by who knows nothing of the engine.
import { TaskScheduler, once, type RunId, type TaskId, type TaskOptions } from '../../../src/index.js';
import { VirtualClock, VirtualThreads, checkRuns, type CheckedSchedule } from '../../../src/testing/index.js';
import { dueOf, type Due } from './due.js';
import { Ledger } from './ledger.js';
import { isSocial, type Deed, type Plot, type PlottedOptions, type PlottedTask } from './plot.js';
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
  readonly pauses: Span[];
  endedAt: number | undefined;
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
      this.#ledger.rest();
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
      this.#ledger.rest();
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
      id, ...optionsOf(options), startAt: startAt === undefined ? undefined : begin - this.#setBack + startAt, until: until === undefined ? undefined : begin + until,
    } as TaskOptions<[]>);
    this.#scheduler.task$(id).subscribe({ error: (error: unknown) => this.#ledger.problems.push(`the stream of ${id} errs: ${String(error)}`) });
    this.#played.set(index, { id, task, due, log, scheduledAt: this.#elapsed(), pauses: [], endedAt: undefined, passed: [] });
  }

  async #do(deed: Deed): Promise<void> {
    if (deed.do === 'concurrency') {
      this.#scheduler.concurrency = deed.to;
      await this.#clock.advanceBy(0);
    } else if ('by' in deed) await this.#bend(deed.do, deed.by);
    else {
      const played = this.#played.get(deed.task);
      if (!played) return;
      this.#act(played, deed.do);
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
    if (!isOver) this.#ledger.did(id, deed);
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
        if (!isOver) played.endedAt ??= at;
        if (deed === 'cancel') this.#scheduler.cancelTask(id);
        else this.#scheduler.stopTask(id);
        break;
    }
  }

  /** What the work of a task that stands alone wrote down, against the schedule. */
  #check(played: Played): void {
    const { id, task, due, log, scheduledAt, pauses, endedAt, passed } = played;
    const { begin } = this.#plot;
    if (due.by === 'itself') return;
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
    if (taskId === id && startedAt === at && !log.some((entry) => entry.runId === runId)) log.push({ runId, attempt: 1, startedAt, endedAt: at, outcome: 'cancelled', settledAt: at, isHolding: false });
  }
  log.sort((a, b) => a.startedAt - b.startedAt || (a.endedAt ?? Infinity) - (b.endedAt ?? Infinity));
}
