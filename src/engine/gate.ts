// The gate: which runs may start, by the scheduler's concurrency, their key, the limit of their work, and their rate; by priority.
import type { OperatorFunction, SchedulerLike } from 'rxjs';
import { OrderedQueue } from '../clock/ordered-queue.js';
import { Claims, NO_CLAIM } from './claims.js';
import { Limit, type Limiter } from './limiter.js';
import { Outlet, stage } from './outlet.js';
import type { Run } from './run.js';

/** What the gate needs of the engine. */
export interface GatePorts {
  readonly clock: SchedulerLike;
  /** Whether the key of the run is not known yet; then it enters once more, when it is. */
  lacksKey(run: Run): boolean;
  /** A run that had to wait for its rate may start. */
  onReady(): void;
}

/**
 * Admits runs by priority, and of one priority in the order they enter, as far as each of their limits has a free slot.
 *
 * A run passes its limiters one after the other, and keeps each place while it waits for the next; the scheduler's own slot it takes
 * last, when it is admitted. None is looked at twice, so a start costs O(log n), however many wait for other limits.
 */
export class Gate {
  readonly #ports: GatePorts;
  readonly claims: Claims;
  /** The runs that have passed their limiters. */
  readonly #ready = new OrderedQueue<Run>();
  readonly #admitted = new Outlet<Run>();
  /** How many runs may hold a slot of the scheduler's at once. */
  concurrency = Infinity;
  #taken = 0;
  #entries = 0;
  #onIdle: (() => void) | undefined;

  constructor(ports: GatePorts) {
    this.#ports = ports;
    this.claims = new Claims({
      clock: ports.clock,
      raised: (limit) => { this.#wake(limit); },
      freed: (rate) => {
        this.#wake(rate);
        ports.onReady();
      },
    });
  }

  /** The operator: runs go in as they come, and come out when they are {@link letOut}. */
  readonly admission: OperatorFunction<Run, Run> = stage((run) => { this.enter(run); }, this.#admitted);

  /** How many runs hold a slot. */
  get taken(): number {
    return this.#taken;
  }

  /** Whether a run could be admitted now. */
  get isOpen(): boolean {
    return this.#taken < this.concurrency && this.#ready.size > 0;
  }

  /** Whether the run is the very one to be admitted now. */
  isNext(run: Run): boolean {
    return this.isOpen && this.#ready.peek() === run;
  }

  /** A run comes, or comes back with its old place in the order. */
  enter(run: Run): void {
    if (run.phase !== 'retrying') run.phase = 'entered';
    run.claim = run.rare.ownClaim ?? run.task.claim;
    run.passed = 0;
    if (run.order === 0) {
      run.priority = run.task.policy.priority;
      run.order = ++this.#entries;
    }
    if (!this.#ports.lacksKey(run)) this.#advance(run);
  }

  /** A run that was not admitted gives up, or waits elsewhere. */
  leave(run: Run): void {
    const { limiters } = run.claim;
    const limiter = limiters[run.passed];
    if (!limiter) this.#ready.remove(run);
    else if (limiter.waiting.remove(run)) limiter.attend();
    this.#leaveLimiters(run, giveBack);
  }

  /** The limits of these runs are others, or their keys are: those that wait, wait for these from now on, each in its old place. */
  renew(runs: Iterable<Run>): void {
    for (const run of runs) {
      if (run.phase !== 'waiting' && run.phase !== 'entered' && run.phase !== 'retrying') continue;
      const { isAtGate } = run;
      if (isAtGate) this.leave(run);
      this.claims.forget(run);
      if (run.rare.flaw) run.ownRare.flaw = undefined;
      if (isAtGate) this.enter(run);
    }
  }

  /** A run that was admitted lets go of its slots. */
  release(run: Run): void {
    this.#taken--;
    this.#leaveLimiters(run, end);
    this.claims.forgetSome();
    if (this.#taken === 0) this.#onIdle?.();
  }

  /** True when no slot is taken any more; false when `ms` have gone by first. */
  idle(ms: number): Promise<boolean> {
    if (this.#taken === 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      const deadline = this.#ports.clock.schedule(() => { resolve(false); }, ms);
      this.#onIdle = () => {
        deadline.unsubscribe();
        resolve(true);
      };
    });
  }

  /** Gives the next run that may start its slot. */
  admit(): Run | undefined {
    if (!this.isOpen) return undefined;
    this.#taken++;
    const run = this.#ready.pop();
    if (run && run.claim !== NO_CLAIM) for (const limiter of run.claim.limiters) limiter.start();
    return run;
  }

  /** A run that was admitted, and told of, goes on to its work. */
  letOut(run: Run): void {
    this.#admitted.next(run);
  }

  #advance(run: Run): void {
    const { limiters } = run.claim;
    for (let limiter = limiters[run.passed]; limiter; limiter = limiters[++run.passed]) {
      // Who came before goes first, though there may be a place.
      if (limiter.waiting.size === 0 && limiter.take()) continue;
      limiter.waiting.push(run, keyOf(run));
      limiter.attend();
      return;
    }
    this.#ready.push(run, keyOf(run));
  }

  #leaveLimiters(run: Run, leave: (limiter: Limiter) => void): void {
    const { claim: { limiters }, passed } = run;
    run.passed = 0;
    for (let i = 0; i < passed; i++) {
      const limiter = limiters[i] as Limiter;
      leave(limiter);
      this.#wake(limiter);
      if (limiter instanceof Limit) this.claims.forgetIfIdle(limiter);
    }
  }

  /** Lets those go on that wait for a place, as far as there is one. */
  #wake(limiter: Limiter): void {
    while (limiter.waiting.size > 0 && limiter.take()) {
      const run = limiter.waiting.pop() as Run;
      run.passed++;
      this.#advance(run);
    }
    limiter.attend();
  }
}

// Functions of their own, for a closure here is made for every run.
function giveBack(limiter: Limiter): void {
  limiter.giveBack();
}

function end(limiter: Limiter): void {
  limiter.end();
}

/** In a queue the highest priority is first; and of one priority, who entered first. Never -0, which V8 makes an object for. */
function keyOf({ priority }: Run): number {
  return 0 - priority;
}
