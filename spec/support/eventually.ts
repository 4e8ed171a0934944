// Waiting for what real threads do: until it has come true, never for a time.
import { setTimeout as pause } from 'node:timers/promises';

/** Resolves once `done` is true; rejects after ten seconds. */
export async function eventually(done: () => boolean, what = 'it'): Promise<void> {
  const start = performance.now();
  while (!done()) {
    if (performance.now() - start > 10_000) throw new Error(`${what} has not come true within ten seconds`);
    await pause(2);
  }
}
