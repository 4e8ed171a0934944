// A rate limit: of the runs that share it, at most so many start within any stretch of time of its length.
import type { SchedulerLike, Subscription } from 'rxjs';
import { OrderedQueue } from '../clock/ordered-queue.js';
import type { RateLimit } from '../task/rate-limit.js';
import type { Limiter } from './limiter.js';
import type { Run } from './run.js';

/**
 * A sliding window: a start is remembered until it is `per` ms ago. A run that may start soon has its place in it promised, so it
 * finds it though it has to wait for another slot; a start costs O(1), however many wait.
 */
export class Rate implements Limiter {
  users = 0;
  /** The runs that wait for it. */
  readonly waiting = new OrderedQueue<Run>();
  readonly #clock: SchedulerLike;
  readonly #freed: (rate: Rate) => void;
  /** When the last runs started, in order; those before `#first` are forgotten. */
  readonly #starts: number[] = [];
  #first = 0;
  #promised = 0;
  #wait: Subscription | undefined;

  /**
   * @param key undefined when it is that of a single task
   * @param freed is called when one of them may go on
   */
  constructor(readonly key: string | undefined, public limit: RateLimit, clock: SchedulerLike, freed: (rate: Rate) => void) {
    this.#clock = clock;
    this.#freed = freed;
  }

  /** Whether it holds nobody up. */
  get isIdle(): boolean {
    this.#forget();
    return this.#starts.length === this.#first && this.#promised === 0 && this.waiting.size === 0;
  }

  /** Promises a place to a run, if there is one. */
  take(): boolean {
    this.#forget();
    if (this.#starts.length - this.#first + this.#promised >= this.limit.limit) return false;
    this.#promised++;
    return true;
  }

  /** A run gives back what it was promised. */
  giveBack(): void {
    this.#promised--;
  }

  /** A run starts that was promised a place. */
  start(): void {
    this.#promised--;
    this.#starts.push(this.#clock.now());
    this.attend();
  }

  end(): void {
    // What counts is when it started.
  }

  /** Lets from now on so many start; whoever has started, or was promised a place, counts on. */
  change(limit: RateLimit): void {
    if (limit.limit === this.limit.limit && limit.per === this.limit.per) return;
    this.limit = limit;
    this.#wait?.unsubscribe();
    this.#wait = undefined;
    this.#freed(this);
  }

  /** Waits for the first start to be forgotten, as long as runs wait for that. */
  attend(): void {
    const first = this.#starts[this.#first];
    if (this.waiting.size === 0) {
      this.#wait?.unsubscribe();
      this.#wait = undefined;
    } else if (!this.#wait && first !== undefined) {
      this.#wait = this.#clock.schedule(() => {
        this.#wait = undefined;
        this.#freed(this);
      }, first + this.limit.per - this.#clock.now());
    }
  }

  /** The wall clock was set: what started so long ago, still did. */
  moved(by: number): void {
    for (let i = this.#first; i < this.#starts.length; i++) (this.#starts[i] as number) += by;
  }

  #forget(): void {
    const past = this.#clock.now() - this.limit.per;
    while (this.#first < this.#starts.length && (this.#starts[this.#first] as number) <= past) this.#first++;
    // Half of it may be rubbish, so that each start is moved up once.
    if (this.#first > 16 && this.#first > this.#starts.length / 2) {
      this.#starts.splice(0, this.#first);
      this.#first = 0;
    }
  }
}
