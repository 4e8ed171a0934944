// The end of workers that have had no call for a while: one look in that time, however many calls are made.
import { WallClock } from '../clock/wall-clock.js';

/** A worker without a call has no part in keeping the process alive. */
const clock = new WallClock({ keepAlive: false });

/** A worker, and when it was used last. */
export interface Usable {
  usedAt: number;
}

/** Ends workers that were not used for so long. A timer for each call costs more than a tenth of a call. */
export class IdleEnd<W extends Usable> {
  readonly #idleMs: number;
  readonly #idle: () => readonly W[];
  readonly #end: (worker: W) => void;
  #isToLook = false;

  /** @param idle those that have no call now */
  constructor(idleMs: number, idle: () => readonly W[], end: (worker: W) => void) {
    this.#idleMs = idleMs;
    this.#idle = idle;
    this.#end = end;
  }

  /** A worker has come up, or done a call; or a call has ended that had none. */
  used(worker: W | undefined): void {
    if (worker) worker.usedAt = clock.now();
    this.#lookIn(this.#idleMs);
  }

  #lookIn(ms: number): void {
    if (this.#isToLook || ms === Infinity) return;
    this.#isToLook = true;
    clock.schedule(this.#look, ms);
  }

  readonly #look = (): void => {
    this.#isToLook = false;
    const now = clock.now();
    let next = Infinity;
    for (const worker of this.#idle()) {
      const left = worker.usedAt + this.#idleMs - now;
      // Should the wall clock be set back, it is no longer than another idleMs.
      if (left > 0) next = Math.min(next, left, this.#idleMs);
      else this.#end(worker);
    }
    this.#lookIn(next);
  };
}
