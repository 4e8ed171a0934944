// The ledger: what the events of a scheduler may say, by the laws alone. It knows nothing of the engine.
import type { TaskEvent, TaskId } from '../../../src/index.js';

/** What is known of a task from the call that scheduled it. Times in ms. */
export interface Terms {
  readonly overlap: 'skip' | 'queue' | 'replace' | 'parallel';
  readonly maxParallel: number;
  readonly maxRuns: number;
  readonly maxAttempts: number;
  readonly timeout: number;
  readonly deadline: number;
  readonly expiresAfter: number;
  readonly key: string | undefined;
  readonly keyLimit: number;
  readonly rate: { readonly limit: number; readonly per: number } | undefined;
}

interface KnownRun {
  readonly taskId: TaskId;
  readonly isManual: boolean;
  status: 'queued' | 'running' | 'retrying' | 'over';
  queuedAt: number | undefined;
  firstStart: number | undefined;
  start: number;
  attempt: number;
  nextAttemptAt: number;
}

/** Holds events against the laws, and notes what is wrong. */
export class Ledger {
  readonly problems: string[] = [];
  readonly counts = new Map<TaskId, { started: number; completed: number; failed: number; cancelled: number; skipped: number; missed: number }>();
  /** While a clock jumps or the loop stands still, what ends by time ends late. */
  isPunctual = true;
  readonly #terms: ReadonlyMap<TaskId, Terms>;
  readonly #concurrency: () => number;
  readonly #runs = new Map<string, KnownRun>();
  readonly #ticks = new Map<TaskId, Set<number>>();
  readonly #scheduled = new Map<TaskId, number>();
  readonly #starts = new Map<string, number[]>();

  constructor(terms: ReadonlyMap<TaskId, Terms>, concurrency: () => number) {
    this.#terms = terms;
    this.#concurrency = concurrency;
  }

  hear(event: TaskEvent): void {
    const { taskId } = event;
    const terms = taskId === undefined ? undefined : this.#terms.get(taskId);
    if (taskId === undefined || !terms) return;
    const counts = this.counts.get(taskId) ?? { started: 0, completed: 0, failed: 0, cancelled: 0, skipped: 0, missed: 0 };
    this.counts.set(taskId, counts);
    switch (event.type) {
      case 'runQueued': {
        if (this.#runs.has(event.runId)) this.#note(event, 'is queued twice');
        this.#runs.set(event.runId, { taskId, isManual: event.reason === 'manual', status: 'queued', queuedAt: event.at, firstStart: undefined, start: NaN, attempt: 0, nextAttemptAt: NaN });
        break;
      }
      case 'runStarted': {
        const run = this.#runs.get(event.runId) ?? { taskId, isManual: event.reason === 'manual', status: 'queued', queuedAt: undefined, firstStart: undefined, start: NaN, attempt: 0, nextAttemptAt: NaN };
        this.#runs.set(event.runId, run);
        if (event.at < event.scheduledFor) this.#note(event, `is ${event.scheduledFor - event.at} ms early`);
        if (run.status !== 'queued' && run.status !== 'retrying') this.#note(event, `starts though it is ${run.status}`);
        if (event.attempt !== run.attempt + 1) this.#note(event, `is attempt ${event.attempt} after ${run.attempt}`);
        if (event.attempt > terms.maxAttempts) this.#note(event, `is attempt ${event.attempt} of ${terms.maxAttempts}`);
        if (run.status === 'retrying' && event.at < run.nextAttemptAt) this.#note(event, `is tried again ${run.nextAttemptAt - event.at} ms early`);
        if (event.attempt === 1) {
          counts.started++;
          run.firstStart = event.at;
          if (event.tick !== undefined) this.#tick(event, taskId, event.tick, 1);
          if (event.tick !== undefined) this.#scheduled.set(taskId, (this.#scheduled.get(taskId) ?? 0) + 1);
          if ((this.#scheduled.get(taskId) ?? 0) > terms.maxRuns) this.#note(event, `is a run more than ${terms.maxRuns}`);
          if (this.isPunctual && run.queuedAt !== undefined && event.at - run.queuedAt > terms.expiresAfter) this.#note(event, `has waited for ${event.at - run.queuedAt} ms`);
        }
        Object.assign(run, { status: 'running', start: event.at, attempt: event.attempt });
        this.#checkLimits(event, taskId, terms);
        break;
      }
      case 'runRetrying': {
        const run = this.#ended(event, terms, 'retrying');
        if (run) run.nextAttemptAt = event.nextAttemptAt;
        break;
      }
      case 'runCompleted':
      case 'runFailed':
      case 'runCancelled': {
        this.#ended(event, terms, 'over');
        counts[event.type === 'runCompleted' ? 'completed' : event.type === 'runFailed' ? 'failed' : 'cancelled']++;
        break;
      }
      case 'ticksSkipped':
      case 'ticksMissed': {
        counts[event.type === 'ticksSkipped' ? 'skipped' : 'missed'] += event.count;
        if (event.count < 1) this.#note(event, `are ${event.count}`);
        const run = event.runId === undefined ? undefined : this.#runs.get(event.runId);
        if (run && run.status !== 'queued') this.#note(event, `is dropped though it is ${run.status}`);
        if (run) run.status = 'over';
        if (event.tick !== undefined) this.#tick(event, taskId, event.tick, event.count);
        break;
      }
      case 'taskFinished': {
        for (const [id, run] of this.#runs) if (run.taskId === taskId && run.status !== 'over') this.#note(event, `has ended, and its run ${id} is ${run.status}`);
        break;
      }
      default: break;
    }
  }

  /** Once all is over: every tick is accounted for, and every run that started has ended. */
  close(): void {
    for (const [taskId, ticks] of this.#ticks) for (let n = 0; n < ticks.size; n++) if (!ticks.has(n)) this.problems.push(`${taskId}: tick ${n} of ${ticks.size} is not accounted for`);
    for (const [id, { status, taskId }] of this.#runs) if (status !== 'over') this.problems.push(`${taskId}: the run ${id} is ${status} for good`);
  }

  #ended(event: Extract<TaskEvent, { runId: string }>, terms: Terms, status: 'retrying' | 'over'): KnownRun | undefined {
    const run = this.#runs.get(event.runId);
    if (!run || (run.status !== 'running' && (run.status !== 'retrying' || status === 'retrying'))) {
      this.#note(event, `ends though it is ${run?.status ?? 'unknown'}`);
      return undefined;
    }
    if (this.isPunctual) {
      if (run.status === 'running' && event.at - run.start > terms.timeout) this.#note(event, `took ${event.at - run.start} ms, and may take ${terms.timeout}`);
      if (event.at - (run.firstStart ?? NaN) > terms.deadline) this.#note(event, `took ${event.at - (run.firstStart ?? NaN)} ms in all, and may take ${terms.deadline}`);
    }
    run.status = status;
    return run;
  }

  #tick(event: TaskEvent, taskId: TaskId, first: number, count: number): void {
    const ticks = this.#ticks.get(taskId) ?? new Set();
    this.#ticks.set(taskId, ticks);
    for (let n = first; n < first + count; n++) {
      if (ticks.has(n)) this.#note(event, `accounts for tick ${n} again`);
      ticks.add(n);
    }
  }

  #checkLimits(event: TaskEvent, taskId: TaskId, terms: Terms): void {
    const all = [...this.#runs.values()];
    const running = all.filter(({ status }) => status === 'running');
    if (running.length > this.#concurrency()) this.#note(event, `is one of ${running.length} at once, of ${this.#concurrency()}`);
    const own = all.filter((run) => run.taskId === taskId && (run.status === 'running' || run.status === 'retrying')).length;
    const most = terms.overlap === 'parallel' ? terms.maxParallel : 1;
    if (own > most) this.#note(event, `is one of ${own} of its task at once, of ${most}`);
    const { key, keyLimit, rate } = terms;
    const sharing = running.filter((run) => key !== undefined && this.#terms.get(run.taskId)?.key === key).length;
    if (sharing > keyLimit) this.#note(event, `is one of ${sharing} with its key at once, of ${keyLimit}`);
    if (!rate) return;
    const starts = this.#starts.get(key ?? taskId) ?? [];
    this.#starts.set(key ?? taskId, starts);
    starts.push(event.at);
    const first = starts[starts.length - 1 - rate.limit];
    if (first !== undefined && event.at - first < rate.per) this.#note(event, `starts ${event.at - first} ms after the one ${rate.limit} before it, of ${rate.per}`);
  }

  #note(event: TaskEvent, what: string): void {
    this.problems.push(`${event.at} ms, ${event.taskId} ${event.type} ${'runId' in event ? event.runId ?? '' : ''}: ${what}`);
  }
}
