// Limiters: what a run has to pass before the scheduler's own slot. One is a limit of a key, or of threads; the other, a rate.
import { OrderedQueue } from '../clock/ordered-queue.js';
import type { Run } from './run.js';

/** Gives places to runs. Those that find none wait in its queue. */
export interface Limiter {
  /** How many tasks, and runs, use it. */
  users: number;
  readonly waiting: OrderedQueue<Run>;
  /** Takes a place for a run, if there is one. */
  take(): boolean;
  /** A run that has not started gives its place back. */
  giveBack(): void;
  /** A run that has a place starts. */
  start(): void;
  /** A run that had started lets go of its slots. */
  end(): void;
  /** The queue may have changed. */
  attend(): void;
}

/** Of the runs with this key, at most `limit` hold a slot at once. */
export class Limit implements Limiter {
  users = 0;
  taken = 0;
  readonly waiting = new OrderedQueue<Run>();

  constructor(readonly key: string, public limit: number) {}

  take(): boolean {
    if (this.taken >= this.limit) return false;
    this.taken++;
    return true;
  }

  giveBack(): void {
    this.taken--;
  }

  start(): void {
    // It has its place until it ends.
  }

  end(): void {
    this.taken--;
  }

  attend(): void {
    // It waits for nothing but its runs.
  }
}
