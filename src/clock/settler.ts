// The settler: waits until all promises have settled that can, and turns the event loop only when it must.
import { AsyncResource } from 'node:async_hooks';
import process from 'node:process';
import { setImmediate as macrotask } from 'node:timers/promises';

// Taken before anybody fakes it, as jest's fake timers do.
const nextTick = process.nextTick.bind(process);

/** After so many times the event loop turns in any case, for timers, signals and I/O are not to wait for a day of virtual time. */
const MOST_WITHOUT_TURN = 1_000;

/**
 * Lets promises settle, however long their chains, and callbacks of `process.nextTick` with them.
 *
 * A turn of the event loop does it, and takes 1 to 30 µs, by the machine and its mood. But Node runs a callback of `nextTick` once no microtask is
 * left, so that is as good when nobody else has put one there meanwhile. Whether somebody has, the async ids tell: Node counts
 * them up by one for each callback, timer and the like that is made.
 */
export class Settler {
  /** The newest async id when this settled last. */
  #newest = NaN;
  #withoutTurn = 0;

  async settle(): Promise<void> {
    const expected = this.#newest + 2; // for the callback, and for the resource that tells the id
    await new Promise<void>((resolve) => { nextTick(resolve); });
    this.#newest = newestId();
    if (this.#newest === expected && ++this.#withoutTurn < MOST_WITHOUT_TURN) return;
    this.#withoutTurn = 0;
    await macrotask();
    this.#newest = newestId();
  }
}

function newestId(): number {
  return new AsyncResource('carillon', { requireManualDestroy: true }).asyncId();
}
