// The end of workers that have had no call for a while: one look in that time, however many calls are made.
import type { Subscription } from 'rxjs';
import { WallClock } from '../clock/wall-clock.js';

/** A worker without a call has no part in keeping the process alive. */
const clock = new WallClock({ keepAlive: false });

/** When it can't be told who is idle, to look again so soon takes next to nothing. */
const SOON_MS = 10;

/** A worker, and when it was used last. */
export interface Usable {
  usedAt: number;
}

/** Ends workers that were not used for so long. A timer for each call costs more than a tenth of a call. */
export class IdleEnd<W extends Usable> {
  readonly #idleMs: number;
  readonly #idle: () => readonly W[] | undefined;
  readonly #end: (worker: W) => void;
  #next: Subscription | undefined;

  /** @param idle those that have no call now; undefined when that can't be told at this moment */
  constructor(idleMs: number, idle: () => readonly W[] | undefined, end: (worker: W) => void) {
    this.#idleMs = idleMs;
    this.#idle = idle;
    this.#end = end;
  }

  /** A worker has come up, or done a call; or a call has ended that had none. */
  used(worker: W | undefined): void {
    if (worker) worker.usedAt = clock.now();
    this.#lookIn(this.#idleMs);
  }

  /** All are being ended. Until one is used again, there is nothing to look at. */
  stop(): void {
    this.#next?.unsubscribe();
    this.#next = undefined;
  }

  #lookIn(ms: number): void {
    if (ms !== Infinity) this.#next ??= clock.schedule(this.#look, ms);
  }

  readonly #look = (): void => {
    this.#next = undefined;
    const now = clock.now();
    const idle = this.#idle();
    let next = idle ? Infinity : SOON_MS;
    for (const worker of idle ?? []) {
      const left = worker.usedAt + this.#idleMs - now;
      // Should the wall clock be set back, it is no longer than another idleMs.
      if (left > 0) next = Math.min(next, left, this.#idleMs);
      else this.#end(worker);
    }
    this.#lookIn(next);
  };
}
