// The ledger: what the events of a scheduler may say, by the laws alone. It knows nothing of the engine.
import type { RunId, RunReason, TaskEvent, TaskId } from '../../../src/index.js';
import { newTask, type KnownRun, type KnownTask, type Terms } from './terms.js';
import type { Due } from './due.js';
import { nextTick, restlessness } from './rest.js';
import type { Line } from './work.js';

/** What the ledger can see for itself. Times are elapsed ones: the wall clock's, as if that had never been set back. */
export interface World {
  readonly now: () => number;
  /** How far the wall clock was set back. */
  readonly setBack: () => number;
  readonly concurrency: () => number;
  /** The end of the stretch in which nothing could be handled, if the instant falls into one; else the instant. */
  readonly lastChance: (instant: number) => number;
  /** What the work wrote down of an attempt. */
  readonly lineOf: (runId: RunId, attempt: number) => Line | undefined;
  /** Whether a thread still has a call of the run. */
  readonly isInThread: (runId: RunId) => boolean;
}

type On<T extends TaskEvent['type']> = Extract<TaskEvent, { type: T }>;

/** What follows is the same instant, by clocks that count in fractions. */
const same = (a: number, b: number): boolean => Math.abs(a - b) < 0.01;

/** Holds events against the laws, and notes what is wrong. */
export class Ledger {
  readonly problems: string[] = [];
  readonly tasks = new Map<TaskId, KnownTask>();
  readonly #world: World;
  readonly #runs = new Map<RunId, KnownRun>();
  /** When runs started, by what their rate counts. */
  readonly #starts = new Map<string, number[]>();
  #seq = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** A task is about to be scheduled. */
  expect(id: TaskId, terms: Terms): void {
    this.tasks.set(id, newTask(id, terms));
  }

  /** Something is about to be done with a task. */
  did(id: TaskId, deed: 'pause' | 'resume' | 'stop' | 'cancel' | 'run'): void {
    const task = this.tasks.get(id);
    if (!task || task.isFinished) return;
    if (deed === 'pause' || deed === 'resume') task.isPaused = deed === 'pause';
    if (deed === 'pause') task.pauses++;
    if (deed === 'pause' || deed === 'run') task.isLoose = true;
    if (deed === 'cancel') task.ending = 'cancelled';
    else if (deed === 'stop') task.ending ??= 'stopped';
    if (deed === 'stop') task.isStopped = true;
  }

  /** A task is about to get another trigger, or other arguments. @returns whether there is anything to change */
  update(id: TaskId, change: Due | 'args'): boolean {
    const task = this.tasks.get(id)!;
    const isOpen = !task.isFinished && task.ending === undefined && task.started < task.terms.maxRuns;
    if (isOpen) task.update = change;
    return isOpen;
  }

  /** A task is about to be taken up again. @returns whether it will be */
  retry(id: TaskId): boolean {
    const task = this.tasks.get(id)!;
    if (task.isFailed) task.retry = 'asked';
    return task.isFailed;
  }

  hear(event: TaskEvent): void {
    if (event.seq !== ++this.#seq) this.problems.push(`event ${event.seq} came as the ${this.#seq}th`);
    const task = event.taskId === undefined ? undefined : this.tasks.get(event.taskId);
    if (!task) return;
    if (!same(event.at + this.#world.setBack(), this.#world.now())) this.#note(event, `comes at ${this.#world.now()}`);
    switch (event.type) {
      case 'runQueued': this.#queued(task, event); break;
      case 'runStarted': this.#started(task, event); break;
      case 'runRetrying': this.#retrying(event); break;
      case 'runCompleted': case 'runFailed': case 'runCancelled': this.#ended(task, event); break;
      case 'ticksSkipped': case 'ticksMissed': this.#lost(task, event); break;
      case 'taskFinished': this.#finished(task, event); break;
      case 'taskScheduled': if (event.replaced) this.#updated(task, event); break;
      case 'taskRetried': this.#retried(task, event); break;
      default: break;
    }
  }

  /** The clock is at rest: whatever could happen by now has happened. */
  rest(): void {
    for (const what of restlessness(this.#world, [...this.tasks.values()], this.#starts)) this.problems.push(`at rest at ${this.#world.now()}: ${what}`);
  }

  /** All is over: every run that started has ended. */
  close(): void {
    for (const { id, status, task } of this.#runs.values()) if (status !== 'over') this.problems.push(`${task.id}: the run ${id} is ${status} for good`);
  }

  #queued(task: KnownTask, event: On<'runQueued'>): void {
    if (this.#runs.has(event.runId)) this.#note(event, 'is queued twice');
    const run = this.#newRun(task, event);
    run.queuedAt = this.#world.now();
    const { overlap, room, maxQueued } = task.terms;
    const going = inProgress(task) + this.#holding(task);
    const waiting = [...task.runs].filter(({ status }) => status === 'queued').length;
    if (task.isLoose) return;
    const isWithin = overlap === 'skip' ? going + waiting <= 1 : overlap === 'parallel' ? going + waiting <= room
      : overlap === 'replace' ? waiting <= 1 : waiting <= maxQueued + (going === 0 ? 1 : 0);
    if (!isWithin) this.#note(event, `is queued as one of ${waiting}, with ${going} in progress`);
  }

  #started(task: KnownTask, event: On<'runStarted'>): void {
    const run = this.#runs.get(event.runId) ?? this.#newRun(task, event);
    const now = this.#world.now();
    const { terms } = task;
    if (run.status !== 'queued' && run.status !== 'retrying') this.#note(event, `starts though it is ${run.status}`);
    if (event.attempt !== run.attempt + 1 || event.attempt > terms.maxAttempts) this.#note(event, `is attempt ${event.attempt} of ${terms.maxAttempts}, after ${run.attempt}`);
    if (task.isPaused && !run.isManual) this.#note(event, 'starts in a pause');
    if (mayNotGoOn(run)) this.#note(event, `starts though its task has ${task.ending}`);
    if (run.status === 'retrying' && now < run.nextAttemptAt - 0.01) this.#note(event, `is tried again ${run.nextAttemptAt - now} ms early`);
    if (event.attempt === 1) {
      task.counts.started++;
      run.firstStart = now;
      if (!run.isManual && ++task.started > terms.maxRuns) this.#note(event, `is a run more than ${terms.maxRuns}`);
      if (now > this.#world.lastChance((run.queuedAt ?? now) + terms.expiresAfter)) this.#note(event, `has waited since ${run.queuedAt}`);
    }
    this.#checkPriority(event, run);
    if (event.attempt === 1) run.version = task.version;
    Object.assign(run, { status: 'running', start: now, attempt: event.attempt });
    this.#checkLimits(event, task);
  }

  #retrying(event: On<'runRetrying'>): void {
    const run = this.#attemptEnded(event);
    if (!run) return;
    const { task, attempt, firstStart } = run;
    const nextAttemptAt = event.nextAttemptAt + this.#world.setBack();
    const asked = this.#isTimeout(event) ? undefined : this.#world.lineOf(run.id, attempt)?.retryAfter;
    const [least, most] = typeof asked === 'number' ? [asked, asked] : task.terms.wait(attempt);
    const wait = nextAttemptAt - this.#world.now();
    if (asked === false || attempt >= task.terms.maxAttempts || mayNotGoOn(run)) this.#note(event, `is to be tried again after attempt ${attempt}`);
    if (wait < least - 0.01 || wait > most + 0.01) this.#note(event, `is to be tried again in ${wait} ms, and should wait from ${least} to ${most}`);
    if (nextAttemptAt >= firstStart + task.terms.deadline) this.#note(event, 'is to be tried again after its deadline');
    Object.assign(run, { status: 'retrying', nextAttemptAt });
  }

  #ended(task: KnownTask, event: On<'runCompleted' | 'runFailed' | 'runCancelled'>): void {
    const before = this.#runs.get(event.runId)?.status;
    const run = event.type === 'runFailed' ? this.#attemptEnded(event) : this.#ending(event);
    if (!run) return;
    const now = this.#world.now();
    if (event.type === 'runCompleted' && this.#world.lineOf(run.id, run.attempt)?.outcome !== 'completed') this.#note(event, 'is completed, and its work is not');
    if (event.type === 'runCancelled' && task.ending !== 'cancelled' && task.terms.overlap !== 'replace') this.#note(event, 'is cancelled by nobody');
    if (event.type === 'runFailed' && before === 'running') this.#checkFinal(event, run);
    if (now > this.#world.lastChance(run.firstStart + task.terms.deadline)) this.#note(event, `took ${now - run.firstStart} ms in all, and may take ${task.terms.deadline}`);
    task.counts[event.type === 'runCompleted' ? 'completed' : event.type === 'runFailed' ? 'failed' : 'cancelled']++;
    task.lastFailed = event.type === 'runFailed';
    if (task.lastFailed && task.terms.endsByFailure) task.ending ??= 'failed';
    this.#over(run);
  }

  /** A run that failed for good might have been tried again. */
  #checkFinal(event: On<'runFailed'>, run: KnownRun): void {
    const { id, task, attempt, firstStart } = run;
    const { maxAttempts, wait, deadline } = task.terms;
    const isTimeout = this.#isTimeout(event);
    const asked = isTimeout ? undefined : this.#world.lineOf(id, attempt)?.retryAfter;
    if (attempt >= maxAttempts || asked === false || mayNotGoOn(run)) return;
    const latest = this.#world.now() + (typeof asked === 'number' ? asked : wait(attempt)[1]);
    if (latest < firstStart + deadline && !(isTimeout && this.#world.now() >= firstStart + deadline)) this.#note(event, `fails for good with attempt ${attempt} of ${maxAttempts}`);
  }

  /** An attempt has failed, or a run did that waited for its next one. */
  #attemptEnded(event: On<'runRetrying' | 'runFailed'>): KnownRun | undefined {
    const run = this.#ending(event);
    if (!run) return undefined;
    const { timeout, deadline } = run.task.terms;
    const now = this.#world.now();
    if (run.status === 'retrying' && mayNotGoOn(run)) return run;
    if (this.#isTimeout(event)) {
      const isTime = same(now, this.#world.lastChance(run.start + timeout)) || same(now, this.#world.lastChance(run.firstStart + deadline));
      if (!isTime) this.#note(event, `has timed out at ${now}, started at ${run.start} and ${run.firstStart}`);
    } else if (run.status === 'running' && this.#world.lineOf(run.id, run.attempt)?.outcome !== 'failed') this.#note(event, 'has failed, and its work has not');
    else if (run.status === 'retrying') this.#note(event, 'fails while it waits for its next attempt');
    return run;
  }

  #isTimeout({ error }: On<'runRetrying' | 'runFailed'>): boolean {
    return error.name === 'TaskTimeoutError';
  }

  /** What every end has in common. */
  #ending(event: On<'runCompleted' | 'runFailed' | 'runCancelled' | 'runRetrying'>): KnownRun | undefined {
    const run = this.#runs.get(event.runId);
    if (!run || (run.status !== 'running' && (run.status !== 'retrying' || event.type === 'runRetrying'))) {
      this.#note(event, `ends though it is ${run?.status ?? 'unknown'}`);
      return undefined;
    }
    const now = this.#world.now();
    if (run.status === 'running' && now > this.#world.lastChance(run.start + run.task.terms.timeout)) this.#note(event, `took ${now - run.start} ms, and may take ${run.task.terms.timeout}`);
    if (run.status === 'running') run.task.held.add({ run, attempt: run.attempt });
    return run;
  }

  #lost(task: KnownTask, event: On<'ticksSkipped' | 'ticksMissed'>): void {
    const now = this.#world.now();
    task.counts[event.type === 'ticksSkipped' ? 'skipped' : 'missed'] += event.count;
    const run = event.runId === undefined ? undefined : this.#runs.get(event.runId);
    this.#checkReason(task, event, run);
    if (task.retry && event.tick === undefined && !run) this.#note(event, 'drops the run that should take it up again');
    if (event.reason === 'expired' || event.reason === 'late') if (isSingle(task.terms) && !run?.isManual && (event.tick ?? NaN) >= task.base) task.ending ??= 'missed';
    if (run) {
      if (run.status !== 'queued') this.#note(event, `is dropped though it is ${run.status}`);
      this.#over(run);
      return;
    }
    if (event.tick === undefined) return;
    if (event.count < 1) this.#note(event, `are ${event.count}`);
    this.#account(task, event, event.tick, event.count, event.from, event.to);
    task.lastEnd = now;
    if (event.reason === 'late') task.lostAt = now;
  }

  #checkReason(task: KnownTask, event: On<'ticksSkipped' | 'ticksMissed'>, run: KnownRun | undefined): void {
    const { terms: { overlap, room, maxQueued, maxRuns, expiresAfter }, ending } = task;
    const waiting = [...task.runs].filter(({ status }) => status === 'queued').length;
    const going = inProgress(task) + this.#holding(task, true);
    const isRight: Readonly<Record<typeof event.reason, () => boolean>> = {
      overlap: () => overlap === 'skip' && going + waiting > 0,
      queueFull: () => overlap === 'queue' && waiting >= maxQueued,
      maxParallel: () => overlap === 'parallel' && going + waiting >= room,
      replaced: () => (overlap === 'replace' && run !== undefined) || (run === undefined && task.update !== undefined),
      // It is told of as the pause ends.
      paused: () => task.pauses > 0,
      maxRuns: () => task.started >= maxRuns,
      stopped: () => ending !== undefined,
      cancelled: () => ending === 'cancelled',
      expired: () => run?.queuedAt !== undefined && this.#world.now() >= run.queuedAt + expiresAfter,
      late: () => this.#isMisfire(task, event),
    };
    if (!isRight[event.reason]()) this.#note(event, `${event.count} are lost for ${event.reason}, with ${going} in progress and ${waiting} waiting`);
  }

  /** Whether these are the ticks that `misfire` gives up. */
  #isMisfire({ base, terms: { due, misfire: { policy, grace, limit } } }: KnownTask, { tick = NaN, count, from, to, at }: On<'ticksSkipped' | 'ticksMissed'>): boolean {
    if (at - from <= grace) return false;
    if (policy === 'skip') return at - to > grace;
    if (due.by === 'end' || due.jitter > 0) return true;
    const now = due.by === 'wall' ? at : this.#world.now();
    let left = 0;
    const behind = tick + count - base;
    for (let next = due.instants(behind); next !== undefined && next <= now; next = due.instants(behind + ++left)) if (left > limit) break;
    return left === (policy === 'latest' ? 1 : limit);
  }

  #finished(task: KnownTask, event: On<'taskFinished'>): void {
    for (const { id, status } of task.runs) this.#note(event, `has ended, and its run ${id} is ${status}`);
    task.isFinished = true;
    task.isFailed = event.status === 'FAILED';
    const { ending, lastFailed } = task;
    const status = ending === 'cancelled' ? 'CANCELLED' : ending === 'failed' || ending === 'missed' || lastFailed ? 'FAILED' : 'COMPLETED';
    if (event.status !== status && ending !== 'stopped') this.#note(event, `is ${event.status}, and should be ${status}`);
    if (ending === 'stopped' && event.status !== 'CANCELLED' && event.status !== status) this.#note(event, `was stopped, and is ${event.status}`);
  }

  #updated(task: KnownTask, event: On<'taskScheduled'>): void {
    const { update } = task;
    task.update = undefined;
    if (!update) this.#note(event, 'is changed by nobody');
    else if (update === 'args') task.version++;
    else {
      const next = nextTick(this.#world, task);
      if (next !== undefined && next <= this.#world.now() - task.terms.due.jitter) this.#note(event, `has forgotten that tick ${task.ticks} was due at ${next}`);
      this.#takeUp(task, { ...update, flaws: [] }, task.ticks);
    }
    this.#checkNext(task, event);
  }

  #retried(task: KnownTask, event: On<'taskRetried'>): void {
    if (task.retry !== 'asked' || !task.isFailed) this.#note(event, 'is taken up again by nobody');
    Object.assign(task, { isFinished: false, isFailed: false, isStopped: false, isPaused: false, isLoose: true, ending: undefined, retry: 'told', lastFailed: true });
    const { terms: { due } } = task;
    if (due.by === 'end') {
      this.#takeUp(task, due, task.ticks - 1);
      task.lastEnd = this.#world.now();
    } else {
      // The time between was nobody's: it goes on with the next tick, unless that was due before.
      let n = task.ticks - task.base;
      for (let at = this.#dueOf(due, n); at !== undefined && at + due.jitter <= this.#world.now(); at = this.#dueOf(due, ++n));
      const [at, told] = [this.#dueOf(due, n), (event.nextRunAt ?? NaN) + this.#world.setBack()];
      // With jitter, it may have been due already, or not.
      if (at !== undefined && at <= this.#world.now() && !(told <= at + due.jitter)) n++;
      this.#takeUp(task, due, task.ticks - n);
    }
    this.#checkNext(task, event);
  }

  /** From now on a tick of this number is the first of this trigger. */
  #takeUp(task: KnownTask, due: Due, base: number): void {
    Object.assign(task, { terms: { ...task.terms, due, scheduledAt: this.#world.now() }, base, excused: task.ticks - 1, lostAt: undefined });
  }

  /** What is told of the next tick. */
  #checkNext(task: KnownTask, event: On<'taskScheduled' | 'taskRetried'>): void {
    const { due, maxRuns } = task.terms;
    const isLast = task.started >= maxRuns;
    const next = isLast || due.by === 'itself' ? undefined : due.by === 'end' ? nextTick(this.#world, task) : this.#dueBy(task, task.ticks);
    const told = typeof event.nextRunAt === 'number' ? event.nextRunAt + this.#world.setBack() : undefined;
    const isRight = next === undefined || told === undefined ? next === told : told >= next - due.jitter - 0.01 && told <= next + due.jitter + 0.01;
    if (!isRight) this.#note(event, `says that its next tick is due at ${told}, and it is at ${next}`);
  }

  #newRun(task: KnownTask, event: On<'runQueued' | 'runStarted'>): KnownRun {
    const { runId: id, tick, reason } = event;
    const run: KnownRun = { id, task, tick, isManual: reason === 'manual', status: 'queued', queuedAt: undefined, firstStart: NaN, start: NaN, attempt: 0, nextAttemptAt: NaN, version: NaN };
    if (run.isManual && task.retry === 'told') task.retry = undefined;
    this.#runs.set(id, run);
    task.runs.add(run);
    if (tick !== undefined) {
      this.#checkLateness(task, event, tick, reason);
      this.#account(task, event, tick, 1, event.scheduledFor, event.scheduledFor);
      task.lastEnd = undefined;
    }
    return run;
  }

  /** A run that comes late has the reason that `misfire` gives it, and no other has. */
  #checkLateness(task: KnownTask, event: On<'runQueued' | 'runStarted'>, tick: number, reason: RunReason): void {
    const { due, scheduledAt, misfire: { grace, policy, limit } } = task.terms;
    const now = this.#world.now();
    const lateness = event.at - event.scheduledFor;
    if (lateness < 0) this.#note(event, `is ${-lateness} ms early`);
    // What is due once in a pause waits for the end of it.
    if (due.by === 'itself' || (task.isLoose && isSingle(task.terms))) return;
    const isLate = Math.min(lateness, now - scheduledAt) > grace;
    // The ticks before it may have been late, and it comes in their place.
    const isForOthers = policy === 'latest' ? task.lostAt === now : policy === 'all' && tick <= task.excused;
    if (due.jitter > 0) return;
    if ((reason === 'catchUp') !== (isLate || isForOthers)) this.#note(event, `is ${reason}, ${lateness} ms late`);
    // Of what is late, the newest is made up for; `tooOld` would be the one so many ticks before it.
    const tooOld = policy === 'skip' ? 0 : policy === 'latest' ? 1 : limit;
    if (isLate && !isForOthers && (tooOld === 0 || (this.#dueBy(task, tick + tooOld) ?? Infinity) <= now)) this.#note(event, `is made up for, ${lateness} ms late`);
  }

  /** By when a tick is due, as an elapsed time. */
  #dueBy({ terms: { due }, base }: KnownTask, tick: number): number | undefined {
    return this.#dueOf(due, tick - base);
  }

  /** By when the nth tick of a trigger is. */
  #dueOf(due: Due, n: number): number | undefined {
    const instant = due.instants(n);
    return instant === undefined ? undefined : due.by === 'wall' ? instant + this.#world.setBack() : instant;
  }

  /** Ticks are accounted for in their order, each once, and each is due when its trigger says so. */
  #account(task: KnownTask, event: TaskEvent, first: number, count: number, from: number, to: number): void {
    if (first !== task.ticks) this.#note(event, `accounts for tick ${first}, and ${task.ticks} is next`);
    const { due } = task.terms;
    for (const [n, told] of [[first, from], [first + count - 1, to]] as const) {
      const expected = due.by === 'end' && n > task.base ? (task.lastEnd ?? NaN) + due.delay : this.#dueBy(task, n);
      const elapsed = told + this.#world.setBack();
      if (due.by !== 'itself' && !(expected !== undefined && elapsed >= expected - 0.01 && elapsed <= expected + due.jitter + 0.01)) this.#note(event, `says that tick ${n} was due at ${elapsed}, and it was at ${expected}`);
    }
    task.ticks = first + count;
    const now = this.#world.now();
    // One that comes too late lets all that are due by then be made up for.
    const isLate = Math.min(event.at - from, now - task.terms.scheduledAt) > task.terms.misfire.grace;
    if (isLate) while ((this.#dueBy(task, task.excused + 1) ?? Infinity) <= now) task.excused++;
  }

  #over(run: KnownRun): void {
    run.status = 'over';
    run.task.runs.delete(run);
    if (run.tick !== undefined && run.tick === run.task.ticks - 1) run.task.lastEnd = this.#world.now();
  }

  /** How many attempts of the task hold a slot though their run has gone on: surely, or perhaps. */
  #holding({ held }: KnownTask, isPerhaps = false, isAlways = false): number {
    // A run that goes on with its next attempt has its place already.
    return [...held].filter(({ run: { id, status }, attempt }) => {
      if (status !== 'over' && !isAlways) return false;
      const line = this.#world.lineOf(id, attempt);
      if (!isPerhaps) return line?.isHolding && line.settledAt === undefined;
      return line?.settledAt === undefined || line.settledAt === this.#world.now() || this.#world.isInThread(id);
    }).length;
  }

  #checkPriority(event: TaskEvent, run: KnownRun): void {
    const { terms } = run.task;
    if (hasClaims(terms)) return;
    for (const { terms: others, runs, isPaused, ...other } of this.tasks.values()) {
      if (others.priority <= terms.priority || hasClaims(others) || isPaused || other.id === run.task.id) continue;
      const isWaiting = [...runs].some(({ status }) => status === 'queued') && [...runs].every(({ status }) => status === 'queued') && ![...other.held].length;
      if (isWaiting) this.#note(event, `of priority ${terms.priority} starts before ${other.id} of ${others.priority}`);
    }
  }

  #checkLimits(event: TaskEvent, task: KnownTask): void {
    const tasks = [...this.tasks.values()];
    const running = (of: readonly KnownTask[]): number => of.reduce((sum, one) => sum + [...one.runs].filter(({ status }) => status === 'running').length + this.#holding(one, false, true), 0);
    const { terms: { key, keyLimit, rate, room, threads }, id } = task;
    const limits: [what: string, number, number][] = [
      ['', running(tasks), this.#world.concurrency()], [' of its task', inProgress(task) + this.#holding(task), room],
      [' with its key', running(tasks.filter(({ terms }) => terms.key === key)), key === undefined ? Infinity : keyLimit],
      [' in threads', running(tasks.filter(({ terms }) => terms.threads < Infinity)), threads],
    ];
    for (const [what, are, may] of limits) if (are > may) this.#note(event, `is one of ${are}${what} at once, of ${may}`);
    if (!rate) return;
    const starts = this.#starts.get(rate.of) ?? [];
    this.#starts.set(rate.of, starts);
    const now = this.#world.now();
    starts.push(now);
    const first = starts[starts.length - 1 - rate.limit];
    if (first !== undefined && now - first < rate.per - 0.01) this.#note(event, `of ${id} starts ${now - first} ms after the one ${rate.limit} before it, of ${rate.per}`);
  }

  #note(event: TaskEvent, what: string): void {
    this.problems.push(`${event.at} ms, ${event.taskId} ${event.type} ${'runId' in event ? event.runId ?? '' : ''}: ${what}${event.type === 'runFailed' || event.type === 'runRetrying' ? ` (${event.error.name}: ${event.error.message})` : ''}`);
  }
}

function inProgress({ runs }: KnownTask): number {
  return [...runs].filter(({ status }) => status === 'running' || status === 'retrying').length;
}

/** Whether its task has come to its end; a run that somebody asked for, or that another trigger did, goes on when all that was missed is the task's only tick. */
function mayNotGoOn({ task: { ending, isStopped, base }, isManual, tick = NaN }: KnownRun): boolean {
  return ending !== undefined && !(ending === 'missed' && (isManual || tick < base) && !isStopped);
}

/** Whether it is due once. */
function isSingle({ due: { by, instants } }: Terms): boolean {
  return (by === 'elapsed' || by === 'wall') && instants(1) === undefined;
}

function hasClaims({ key, rate, threads }: Terms): boolean {
  return key !== undefined || rate !== undefined || threads < Infinity;
}
