// One task that computes for a second or more. In a thread of its own, it makes no beat of the heart late.
import { after, type TaskScheduler } from 'carillon';
import { workerModule } from 'carillon/threads';
import { count } from '../../src/cli/numbers.js';
import { IN_VIEW } from './in-view.js';
import type * as primes from './primes.js';

/** Marks the task that computes for long. */
export const HEAVY = 'heavy';

const BELOW = 4_000_000;

const { countPrimes } = workerModule<typeof primes>(new URL('./primes.js', import.meta.url), { threads: 1 });

export function schedulePrimes(scheduler: TaskScheduler): void {
  scheduler.schedule(countPrimes, after('500ms'), { args: [BELOW], name: `count primes below ${count(BELOW)}`, tags: [IN_VIEW, HEAVY] });
}
