// Fake work: work that does what a test says, by hand or by a marble string.
import type { SchedulerLike, Subscription } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { InvalidArgumentError } from '../task/errors.js';
import { show } from '../task/show.js';
import { withContext, type RunContext, type Work } from '../task/work.js';

/** Options of {@link FakeWork}. */
export interface FakeWorkOptions {
  /**
   * What each call does by itself, as a marble string: `-` lets a frame go by, a letter reports progress, `|` completes with the
   * last letter's value, `#` fails; without one of the two it hangs. Groups and spaces are as in RxJS. Of several, the n-th call
   * plays the n-th, and all later ones the last.
   */
  readonly script?: string | readonly string[];
  /** What the letters of the script stand for. @default themselves */
  readonly values?: Readonly<Record<string, unknown>>;
  /** What `#` fails with. @default an Error that says so */
  readonly error?: unknown;
  /** The clock on which the script is played: the scheduler's. */
  readonly clock?: SchedulerLike;
  /** So many ms a character of the script. @default 1 */
  readonly frame?: number;
  /** Whether a call goes on when its signal aborts; else it fails at once, with the signal's reason. @default false */
  readonly ignoreAbort?: boolean;
}

/** One call of fake work. */
export class FakeCall<A extends readonly unknown[], T> {
  /** What the scheduler waits for. */
  readonly promise: Promise<T>;
  #status: 'running' | 'completed' | 'failed' | 'aborted' = 'running';
  #resolve!: (result: T) => void;
  #reject!: (error: unknown) => void;

  constructor(readonly args: A, readonly context: RunContext) {
    this.promise = new Promise<T>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Where it stands: `aborted` when it let go since its signal aborted. */
  get status(): 'running' | 'completed' | 'failed' | 'aborted' {
    return this.#status;
  }

  /** Lets it return. @throws Error when it has ended */
  complete(result: T): void {
    this.#end('completed');
    this.#resolve(result);
  }

  /** Lets it throw. @throws Error when it has ended */
  fail(error: unknown): void {
    this.#end('failed');
    this.#reject(error);
  }

  /** Lets it report progress. @throws Error when it has ended */
  progress(value: unknown): void {
    this.#refuseWhenOver('report progress');
    this.context.progress(value);
  }

  /** Lets it throw the reason of its signal, if it is still going on. */
  abort(): void {
    if (this.#status !== 'running') return;
    this.#end('aborted');
    this.#reject(this.context.signal.reason);
  }

  #end(status: 'completed' | 'failed' | 'aborted'): void {
    this.#refuseWhenOver('end again');
    this.#status = status;
  }

  #refuseWhenOver(what: string): void {
    if (this.#status !== 'running') throw new Error(`This call of the FakeWork has ${this.#status} already, so it can't ${what}.`);
  }
}

/**
 * Work that a test finishes, fails, or lets hang. It returns promises, so it is for a `VirtualClock`: within `TestScheduler.run` none settles, and
 * a `cold()` Observable is the work to take there.
 *
 * @example
 * const fake = new FakeWork<[file: string], number>();
 * const id = scheduler.scheduleOneTime(fake.work, clock.now(), { args: ['a.txt'] });
 * await clock.advanceBy(0);
 * fake.progress('half');
 * fake.complete(42);
 * await clock.advanceBy(0);
 * scheduler.getTaskResult(id); // 42
 */
export class FakeWork<A extends readonly unknown[] = [], T = unknown> {
  /** What to schedule. */
  readonly work: Work<A, Promise<T>>;
  readonly #calls: FakeCall<A, T>[] = [];
  readonly #options: FakeWorkOptions;

  /** @throws InvalidArgumentError for a script without a clock, or with a time in it such as `10ms` */
  constructor(options: FakeWorkOptions = {}) {
    const { script, clock } = options;
    const time = /\d+(\.\d+)?(ms|s|m)( |$)/.exec([script ?? []].flat().join('|'));
    if (time) throw new InvalidArgumentError('script', script, `A script counts in frames, and has no times; got ${show(time[0])}. Draw it, and set frame.`);
    if (script !== undefined && !clock) {
      throw new InvalidArgumentError('clock', clock, `A script needs a clock to be played on; got ${show(clock)}. Give the scheduler's.`);
    }
    this.#options = options;
    this.work = withContext<A, Promise<T>>((context, ...args) => this.#call(context, args));
  }

  /** Every call there was, in order. */
  get calls(): readonly FakeCall<A, T>[] {
    return this.#calls;
  }

  /** The calls that have not ended, in order. */
  get running(): readonly FakeCall<A, T>[] {
    return this.#calls.filter(({ status }) => status === 'running');
  }

  /** Completes the oldest call that has not ended. @throws Error when there is none */
  complete(result: T): void {
    this.#oldest().complete(result);
  }

  /** Fails the oldest call that has not ended. @throws Error when there is none */
  fail(error: unknown): void {
    this.#oldest().fail(error);
  }

  /** Lets the oldest call that has not ended report progress. @throws Error when there is none */
  progress(value: unknown): void {
    this.#oldest().progress(value);
  }

  #oldest(): FakeCall<A, T> {
    const call = this.#calls.find(({ status }) => status === 'running');
    if (!call) throw new Error(`No call of the FakeWork is going on: ${this.#calls.length} were made, and all have ended. Has its time come?`);
    return call;
  }

  #call(context: RunContext, args: A): Promise<T> {
    const call = new FakeCall<A, T>(args, context);
    this.#calls.push(call);
    const played = this.#play(call, this.#calls.length - 1);
    if (!this.#options.ignoreAbort) {
      context.signal.addEventListener('abort', () => {
        for (const action of played) action.unsubscribe();
        call.abort();
      }, { once: true });
    }
    return call.promise;
  }

  /** Plays the script of the n-th call. What the test has done to the call meanwhile is let be. */
  #play(call: FakeCall<A, T>, n: number): Subscription[] {
    const { script = [], clock, values, error = new Error('The FakeWork failed, as its script says.'), frame = 1 } = this.#options;
    const scripts = typeof script === 'string' ? [script] : script;
    const marbles = scripts[Math.min(n, scripts.length - 1)];
    if (marbles === undefined || !clock) return [];
    let last: unknown;
    const played: Subscription[] = [];
    // A frame of RxJS's is 10 ms, or 1 inside `TestScheduler.run`.
    const unit = TestScheduler.parseMarbles('-|')[0]?.frame ?? 1;
    for (const { frame: at, notification } of TestScheduler.parseMarbles(marbles, values, error, false, true)) {
      played.push(clock.schedule(() => {
        if (call.status !== 'running') return;
        if (notification.kind === 'N') call.progress(last = notification.value);
        else if (notification.kind === 'C') call.complete(last as T);
        else call.fail(notification.error);
      }, at / unit * frame));
    }
    return played;
  }
}
