// The world: one scheduler, and callers of it everywhere that a user's code may be called.
import { Observable, Subject, concat, of, pairwise, range, take, throwError, type Subscription } from 'rxjs';
import {
  CarillonError, DuplicateTaskError, InvalidArgumentError, SchedulerStoppedError, TaskFinishedError, TaskNotFoundError, TaskScheduler, after, every, once,
  withContext, type StopReport, type TaskId, type TaskState, type Trigger,
} from '../../../src/index.js';
import type { Clock } from '../../../src/clock/clock.js';
import { VirtualClock } from '../../../src/testing/index.js';
import { Ledger, lookOfState, type Spec } from './ledger.js';

/** Where a call is made from: outside, right after the call before it, or inside something that the scheduler calls. */
export const PLACES = ['outside', 'then', 'events$', 'tasks$', 'task$', 'runs$', 'work', 'carry', 'args', 'abort', 'trigger', 'teardown', 'settled', 'onError'] as const;

/** What is called; more often than others what makes more happen. */
export const OPS = [
  'schedule', 'schedule', 'schedule', 'schedule', 'schedule', 'pause', 'pause', 'resume', 'resume', 'run', 'run', 'run', 'retry', 'retry', 'retry', 'cancelTagged', 'stopTask', 'cancel', 'cancel', 'remove',
  'concurrency', 'emit', 'emit', 'emit', 'endTrigger', 'abort', 'block', 'block', 'watch', 'await', 'throw', 'start', 'stop',
] as const;

/** One call: the details are drawn from its seed. */
export interface Call {
  readonly place: (typeof PLACES)[number];
  readonly op: (typeof OPS)[number];
  readonly seed: number;
}

const RETENTION = { tasks: 4, runs: 3 };
const IDS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const;
const OVERLAPS = ['skip', 'queue', 'replace', 'parallel'] as const;
/** An error that the test itself throws where RxJS will report it. */
export const SABOTAGE = new Error('sabotage');

interface Source {
  readonly trigger$: Observable<number>;
  /** How often it is subscribed to, at the moment and in all. */
  open: number;
  subscribed: number;
  emitted: number;
  /** Of those, the ones that came while the ledger had not heard all: whether their tasks were at their end, it can't tell. */
  unclear: number;
  readonly subject: Subject<number>;
}

interface Watch {
  readonly id: string;
  readonly states: TaskState[];
  over: boolean;
}

export class World {
  readonly ledger = new Ledger();
  readonly #virtual = new VirtualClock();
  readonly #scheduler: TaskScheduler;
  readonly #actions = new Set<Subscription>();
  readonly #sources: Source[] = [];
  readonly #sourceOf = new Map<Spec, Source>();
  readonly #watches: Watch[] = [];
  readonly #aborts: AbortController[] = [new AbortController(), new AbortController()];
  readonly #awaited: Promise<unknown>[] = [];
  readonly #completed = new Set<string>();
  #reports: Promise<StopReport>[] = [];
  #pending: Call[] = [];
  #notifying = 0;
  #runsAtStop = 0;
  #ids = 0;

  constructor(autoStart: boolean) {
    this.ledger.keyLimits = { one: 1, two: 2 };
    this.#scheduler = new TaskScheduler({
      clock: this.#clock(), autoStart, retention: RETENTION, newId: () => `n${this.#ids++}`, onError: () => { this.#inside('onError'); },
    });
    this.#scheduler.events$.subscribe({ next: (event) => { this.ledger.hear(event); }, complete: () => this.#completed.add('events$') });
    this.#scheduler.events$.subscribe(() => { this.#inside('events$', true); });
    this.#scheduler.tasks$.subscribe({ next: (tasks) => { this.#checkMap(tasks); this.#inside('tasks$', true); }, complete: () => this.#completed.add('tasks$') });
  }

  /** Makes the calls, each from its place, and then stops. */
  async play(calls: readonly Call[]): Promise<void> {
    this.#pending = [...calls];
    for (let call = this.#pending[0]; call; call = this.#pending[0]) {
      for (let patience = 0; patience < 8 && this.#pending[0] === call && call.place !== 'outside'; patience++) await this.#virtual.advanceBy(1 + (call.seed + patience) % 7);
      if (this.#pending[0] === call) this.#callNext();
      this.#checkGetters();
      if (call.seed % 4 === 0) await this.#virtual.advanceBy(call.seed % 11);
      if (call.seed % 4 === 0) this.#checkGetters();
    }
    await this.#virtual.advanceBy(50);
    this.#checkGetters();
    await this.#end();
  }

  async #end(): Promise<void> {
    this.#stop(100, true);
    await this.#virtual.advanceBy(20_000);
    const reports = await Promise.all(this.#reports);
    const { completed, failed, cancelled } = this.ledger.outcomesSinceStop;
    const pending = this.ledger.lives.filter(({ final }) => final === undefined).length;
    for (const report of reports) {
      this.#expect(report === reports[0], 'each stop has the same report');
      // Of what was told since, some may have happened before: stop may be called in between.
      this.#expect(report.completed <= completed && report.failed <= failed && report.cancelled + report.abandoned <= cancelled && report.pending === pending
        && report.completed + report.failed + report.cancelled + report.abandoned === this.#runsAtStop,
      `the report of ${this.#runsAtStop} runs is ${JSON.stringify(report)}; told: ${completed} completed, ${failed} failed, ${cancelled} cancelled, ${pending} pending`);
    }
    this.ledger.close();
    this.#checkGetters();
    this.#expect(this.#actions.size === 0, `${this.#actions.size} actions are left in the clock`);
    this.#expect(this.#completed.size === 2, `only ${[...this.#completed].join()} completed`);
    for (const source of this.#sources) this.#checkSource(source);
    for (const watch of this.#watches) this.#checkWatch(watch);
    await Promise.all(this.#awaited);
  }

  /** The clock that the scheduler gets, on the virtual one: it knows which actions still wait. */
  #clock(): Clock {
    const virtual = this.#virtual;
    const track = <T>(schedule: (work: (state?: T) => void) => Subscription, work: (state?: T) => void): Subscription => {
      const action = schedule((state) => {
        this.#actions.delete(action);
        work(state);
      });
      this.#actions.add(action);
      action.add(() => this.#actions.delete(action));
      return action;
    };
    return {
      jumps$: virtual.jumps$,
      now: () => virtual.now(),
      schedule: (work, delay, state) => track((tracked) => virtual.schedule(tracked, delay, state), work as never),
      scheduleAt: (work, due, state) => track((tracked) => virtual.scheduleAt(tracked, due, state), work as never),
    };
  }

  /** Somebody is called back, and may make the next call from here. */
  #inside(place: Call['place'], mayThrow = false): void {
    if (this.#pending[0]?.place !== place) return;
    const isNotified = mayThrow || place === 'onError';
    if (isNotified) this.#notifying++;
    const isSabotage = this.#callNext();
    if (isNotified) this.#notifying--;
    if (isSabotage && mayThrow) throw SABOTAGE;
  }

  /** Makes the next call, and those right after it; true when the caller is to throw, too. */
  #callNext(): boolean {
    let isSabotage = false;
    do {
      const call = this.#pending.shift() as Call;
      isSabotage ||= call.op === 'throw';
      try {
        this.#call(call);
      } catch (error) {
        if (!isAnAnswer(error)) this.ledger.note(`${call.op} threw ${String(error)}`);
      }
    } while (this.#pending[0]?.place === 'then');
    return isSabotage;
  }

  #call({ op, seed }: Call): void {
    const draw = drawer(seed);
    const known = this.#scheduler.getTasks().map(({ id }) => id);
    const id = draw(8) === 0 || known.length === 0 ? IDS[draw(IDS.length)] as string : known[draw(known.length)] as string;
    switch (op) {
      case 'schedule': this.#schedule(draw); break;
      case 'pause': this.#scheduler.pauseTask(id); break;
      case 'resume': this.#scheduler.resumeTask(id); break;
      case 'run': this.#scheduler.runTask(id); break;
      case 'stopTask': this.#scheduler.stopTask(id, 'enough'); break;
      case 'cancel': this.#scheduler.cancelTask(id, 'no more'); break;
      case 'cancelTagged': this.#scheduler.cancelTasks({ tag: OVERLAPS[draw(4)] }, 'no more'); break;
      case 'retry': {
        const failed = this.#scheduler.getTasks({ status: 'FAILED' });
        const task = failed[draw(failed.length)];
        this.#scheduler.retryTask(task?.id ?? id);
        break;
      }
      case 'remove': this.#scheduler.removeTask(id); break;
      case 'concurrency':
        this.ledger.concurrency = [1, 2, 3, 5, Infinity][draw(5)] as number;
        this.#scheduler.concurrency = this.ledger.concurrency;
        break;
      case 'emit': this.#sources[draw(this.#sources.length)]?.subject.next(seed); break;
      case 'endTrigger': {
        const subject = this.#sources[draw(this.#sources.length)]?.subject;
        if (draw(3) === 0) subject?.error(new Error('the trigger broke'));
        else subject?.complete();
        break;
      }
      case 'abort': {
        const at = draw(this.#aborts.length);
        const aborted = this.#aborts[at] as AbortController;
        this.#aborts[at] = new AbortController();
        aborted.abort('aborted');
        break;
      }
      case 'block': this.#virtual.block([3, 20, 60][draw(3)] as number); break;
      case 'watch': this.#watch(id); break;
      case 'await':
        this.#awaited.push(this.#scheduler.whenSettled(id).then(
          () => { this.#inside('settled'); },
          (error: unknown) => { this.#expect(isAnAnswer(error), `whenSettled rejects with ${String(error)}`); },
        ));
        break;
      case 'throw': break;
      case 'start': this.#scheduler.start(); break;
      case 'stop':
        // Rarely, or all that follows would be refused.
        if (draw(12) === 0) this.#stop([0, 30, 10_000][draw(3)] as number, draw(2) === 0);
        break;
    }
  }

  #stop(deadline: number, drain: boolean): void {
    if (this.ledger.stoppedAt === undefined) this.#runsAtStop = this.#scheduler.stats().runsInProgress;
    this.ledger.stoppedAt ??= this.#virtual.now();
    this.#reports.push(this.#scheduler.stop({ deadline, drain }));
  }

  #schedule(draw: (sides: number) => number): void {
    const now = this.#virtual.now();
    const at = draw(IDS.length + 2);
    const id = IDS[at] ?? `n${this.#ids}`;
    const overlap = OVERLAPS[at % 4] as Spec['overlap'];
    // What an id was scheduled with before is often asked for again, so that `replace` finds an unchanged trigger.
    const before = this.ledger.specs.filter((spec) => spec.id === id).at(-1);
    const isSame = before !== undefined && draw(3) > 0;
    const spec: Spec = {
      id, overlap,
      trigger: isSame ? before.trigger : [
        { kind: 'every', ms: 3 + draw(20) } as const, { kind: 'observable' } as const, { kind: 'after', ms: draw(40) } as const, { kind: 'once', ms: Math.max(1, now - 20 + draw(60)) } as const,
      ][draw(4)] as Spec['trigger'],
      startAt: undefined,
      until: isSame ? before.until : draw(4) === 0 ? now + draw(90) : Infinity,
      maxRuns: draw(3) === 0 ? 1 + draw(4) : Infinity,
      afterFailure: draw(4) === 0 ? 'stop' : 'continue',
      maxQueued: 3, maxParallel: 2,
      grace: [0, 10, 1_000][draw(3)] as number,
      key: [undefined, 'one', 'two'][at % 3],
    };
    const withStart = spec.trigger.kind === 'every' ? { ...spec, startAt: isSame ? before.startAt : draw(3) === 0 ? Math.max(0, now - 20 + draw(60)) : undefined } : spec;
    this.#submit(withStart, draw, isSame ? before : undefined);
  }

  #submit(spec: Spec, draw: (sides: number) => number, same: Spec | undefined): void {
    const name = String(this.ledger.specs.push(spec) - 1);
    let trigger: Trigger | Observable<number>;
    switch (spec.trigger.kind) {
      case 'once': trigger = once(spec.trigger.ms); break;
      case 'after': trigger = after(spec.trigger.ms); break;
      case 'every': trigger = every(spec.trigger.ms); break;
      case 'observable': {
        const source = (same && this.#sourceOf.get(same)) ?? this.#source(spec, draw(3));
        this.#sourceOf.set(spec, source);
        trigger = source.trigger$;
      }
    }
    const isObservable = spec.trigger.kind === 'observable';
    const fn = draw(3);
    const work = this.#work(draw);
    this.#scheduler.schedule(work, trigger, {
      ...(spec.id.startsWith('n') ? {} : { id: spec.id }),
      name, tags: [spec.overlap], overlap: spec.overlap, maxRuns: spec.maxRuns, afterFailure: spec.afterFailure,
      ifExists: (['error', 'keep', 'replace', 'replace', 'replace'] as const)[draw(5)],
      misfire: { grace: spec.grace, policy: (['latest', 'all', 'skip'] as const)[draw(3)], limit: 1 + draw(4) },
      ...(spec.overlap === 'queue' ? { maxQueued: spec.maxQueued } : {}),
      ...(spec.overlap === 'parallel' ? { maxParallel: spec.maxParallel } : {}),
      ...(spec.startAt === undefined ? {} : { startAt: spec.startAt }),
      ...(spec.until === Infinity ? {} : { until: spec.until }),
      ...(spec.key === undefined ? {} : { concurrencyKey: spec.key, concurrencyLimit: this.ledger.keyLimits[spec.key] }),
      ...(draw(3) === 0 ? { signal: (this.#aborts[draw(2)] as AbortController).signal } : {}),
      ...(fn === 0 ? { carry: (_: unknown, args: readonly number[]): number[] => { this.#inside('carry'); return args.map((n) => n + 1); } } : {}),
      ...(fn === 1 && isObservable ? { args: (n: unknown): number[] => { this.#inside('args'); return [Number(n)]; } } : { args: [1] }),
    });
  }

  #source(spec: Spec, kind: number): Source {
    const subject = new Subject<number>();
    const source: Source = {
      subject, open: 0, subscribed: 0, emitted: 0, unclear: 0,
      trigger$: new Observable<number>((subscriber) => {
        source.open++;
        source.subscribed++;
        subscriber.add(() => {
          source.open--;
          this.#inside('teardown');
        });
        this.#inside('trigger');
        const emissions = kind === 0 ? concat(of(1, 2, 3), subject) : kind === 1 ? subject : range(0, spec.id.charCodeAt(0) % 3);
        subscriber.add(emissions.subscribe({
          next: (value) => {
            if (this.#notifying > 0) source.unclear++;
            if (this.#notifying > 0 || this.#isTick(source, spec, subscriber.closed)) source.emitted++;
            subscriber.next(value);
          },
          error: (error: unknown) => { subscriber.error(error); },
          complete: () => { subscriber.complete(); },
        }));
      }),
    };
    this.#sources.push(source);
    return source;
  }

  /** Whether an emission is a tick: its task must not have had its last one. */
  #isTick(source: Source, { id, until }: Spec, closed: boolean): boolean {
    const life = this.ledger.known.get(id);
    // Another task may have this id by now.
    const task = this.#scheduler.getTasks().find((known) => known.id === id && this.#sourceOf.get(this.ledger.specs[Number(known.name)] as Spec) === source);
    return !closed && this.ledger.stoppedAt === undefined && task?.stopping === false && !isFinal(task)
      && life?.ticksEndedAt === undefined && this.#virtual.now() < until;
  }

  #work(draw: (sides: number) => number): (...args: number[]) => unknown {
    const ms = 1 + draw(30);
    const later = <T>(value: T, delay = ms): Promise<T> => new Promise((resolve) => { this.#virtual.schedule(() => { resolve(value); }, delay); });
    const called = (): void => { this.#inside('work'); };
    switch (draw(11)) {
      case 0: return (n) => { called(); return n; };
      // eslint would rather have an Error thrown; that is what is tested.
      case 1: return (n) => { called(); return Promise.reject([new Error('broken'), null, 'text'][n % 3]); };
      case 2: return () => { called(); throw new Error('at once'); };
      case 3: return async (n) => { called(); await later(n); called(); return n; };
      case 4: return async (n) => { called(); await later(n); called(); throw new Error('later'); };
      case 5: return () => { called(); return new Promise(() => undefined); };
      case 6: return () => { called(); return range(0, 3); };
      case 7: return (n) => { called(); return concat(of(n), throwError(() => new Error('of an Observable'))); };
      case 8: return () => new Observable<number>((subscriber) => {
        called();
        subscriber.next(0);
        subscriber.add(this.#virtual.schedule(() => { subscriber.next(1); called(); subscriber.complete(); }, ms));
        subscriber.add(() => { this.#inside('teardown'); });
      });
      case 9: return withContext(async ({ signal, runId, waitUntil, progress }, ...args: number[]) => {
        const letGo = this.ledger.hold(runId);
        waitUntil(later(0, ms * 2).then(letGo));
        signal.addEventListener('abort', () => { this.#inside('abort'); });
        called();
        progress(args[0]);
        await later(0);
        progress('half');
        called();
        return args[0];
      });
      default: return withContext(({ signal, progress }) => new Promise((_, reject) => {
        called();
        progress(ms);
        signal.addEventListener('abort', () => { this.#inside('abort'); reject(signal.reason as Error); });
      }));
    }
  }

  #watch(id: TaskId): void {
    const watch: Watch = { id, states: [], over: false };
    this.#scheduler.task$(id).subscribe({
      next: (state) => {
        watch.states.push(state);
        this.#inside('task$', true);
      },
      error: (error: unknown) => { this.#expect(error instanceof TaskNotFoundError, `task$ of ${id} errors with ${String(error)}`); },
      complete: () => { watch.over = true; },
    });
    if (watch.states.length > 0) this.#watches.push(watch);
    // Others may act before a later map gets here; the first is the newest, wherever one subscribes.
    this.#scheduler.tasks$.pipe(take(1)).subscribe((tasks) => { this.#checkMap(tasks); });
    this.#scheduler.tasks$.pipe(take(5), pairwise()).subscribe(([before, after]) => { this.#checkOrder(before, after); });
    this.#scheduler.runs$(id).subscribe({ next: () => { this.#inside('runs$', true); }, error: () => undefined });
  }

  #expect(holds: boolean, otherwise: string): void {
    if (!holds) this.ledger.note(otherwise);
  }

  /** Outside, all has been told: the getters show what the ledger's fold does, and nothing more is kept than should be. */
  #checkGetters(): void {
    this.ledger.pause();
    const tasks = this.#scheduler.getTasks();
    const lives = [...this.ledger.known];
    const shown = tasks.map((task) => `${task.id}: ${lookOfState(task)}`).join('\n');
    const folded = lives.map(([id, life]) => `${id}: ${life.look()}`).join('\n');
    this.#expect(shown === folded, `getters show\n${shown}\nand the events say\n${folded}`);
    for (const task of tasks) {
      const { id, runCount, completedCount, failedCount, cancelledCount } = task;
      const life = this.ledger.known.get(id);
      const runs = this.#scheduler.getRuns(id);
      const open = runs.filter(({ status }) => status === 'QUEUED' || status === 'RUNNING').length;
      const inProgress = runs.filter(({ status }) => status === 'RUNNING').length;
      this.#expect(runCount === completedCount + failedCount + cancelledCount + inProgress, `${id} breaks the law of runCount`);
      this.#expect(open === [...life?.runs.values() ?? []].filter(({ status }) => status === 'queued' || status === 'running').length, `${id} shows ${open} open runs`);
      this.#expect(runs.length - open <= RETENTION.runs, `${id} keeps ${runs.length - open} runs`);
    }
    const finished = tasks.filter(isFinal).length;
    this.#expect(finished <= RETENTION.tasks, `${finished} finished tasks are kept`);
    const { runsInProgress } = this.#scheduler.stats();
    this.#expect(runsInProgress === lives.reduce((sum, [, life]) => sum + life.inProgress, 0), `stats say ${runsInProgress} runs`);
  }

  #checkMap(tasks: ReadonlyMap<TaskId, TaskState>): void {
    const states = this.#scheduler.getTasks();
    this.#expect(tasks.size === states.length && states.every((state) => tasks.get(state.id) === state), 'tasks$ is not the newest map');
  }

  #checkOrder(before: ReadonlyMap<TaskId, TaskState>, after: ReadonlyMap<TaskId, TaskState>): void {
    const total = (task: TaskState): number => task.runCount + task.completedCount + task.failedCount + task.cancelledCount + task.skippedCount + task.missedCount;
    for (const task of after.values()) {
      const earlier = before.get(task.id);
      if (earlier?.scheduledAt === task.scheduledAt && earlier.name === task.name) this.#expect(total(earlier) <= total(task), `tasks$ went back for ${task.id}`);
    }
  }

  #checkSource({ open, subscribed, emitted, unclear, trigger$ }: Source): void {
    const lives = this.ledger.lives.filter(({ specs: [first] }) => first && this.#sourceOf.get(first)?.trigger$ === trigger$);
    const heardOf = lives.reduce((sum, life) => sum + life.heardOf, 0);
    this.#expect(open === 0, `a trigger has ${open} subscriptions left`);
    this.#expect(subscribed <= lives.reduce((sum, { retries, specs }) => sum + retries + specs.length, 0), `a trigger of ${lives.length} tasks was subscribed to ${subscribed} times`);
    this.#expect(heardOf <= emitted && heardOf >= emitted - unclear, `a trigger of ${lives.map(({ spec }) => spec.id).join()} emitted ${emitted} times, and ${heardOf} are accounted for`);
  }

  /** What a watcher was told is what a getter would have shown: in order, each once, and the last one to the end. */
  #checkWatch({ id, states, over }: Watch): void {
    const life = this.ledger.lives.find(({ specs }) => specs.some((spec) => this.ledger.specs[Number(states[0]?.name)] === spec));
    const looks = life?.looks ?? [];
    let at = 0;
    for (const [index, state] of states.entries()) {
      const found = looks.indexOf(lookOfState(state), at);
      this.#expect(found >= 0, `task$ of ${id} told at ${index}: ${lookOfState(state)}, which never was after ${String(looks[at])}`);
      this.#expect(state !== states[index - 1], `task$ of ${id} told one state twice`);
      at = Math.max(at, found);
    }
    this.#expect(over, `task$ of ${id} is not complete`);
    // One that failed may have been taken up again since.
    if (life && states.at(-1)?.status !== 'FAILED') this.#expect(looks.at(-1) === lookOfState(states.at(-1) as TaskState), `task$ of ${id} ended before its last state`);
  }
}

function isFinal(task: TaskState): boolean {
  return 'finishedAt' in task;
}

/** What a call may answer with, whenever it is made. */
function isAnAnswer(error: unknown): boolean {
  return error instanceof TaskNotFoundError || error instanceof TaskFinishedError || error instanceof DuplicateTaskError || error instanceof SchedulerStoppedError
    || (error instanceof InvalidArgumentError && error.field === 'until') || (error instanceof CarillonError && error.code === 'TASK_CANCELLED');
}

/** Dice that fall as the seed says: mulberry32, by Tommy Ettinger. */
function drawer(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state + 0x6D2B79F5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % Math.max(1, sides);
  };
}
