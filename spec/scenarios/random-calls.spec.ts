import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from '../support/properties.js';
import { config } from 'rxjs';
import { OPS, PLACES, SABOTAGE, World, type Call } from './random-calls/world.js';

/** More by the environment, for a longer watch: CARILLON_SEEDS=100. */
const SEEDS = Number(process.env['CARILLON_SEEDS'] ?? 3);
const CALLS = 10_000;
/** At most; half of it on average. */
const CALLS_A_WORLD = 200;

const calls = fc.array(
  fc.record<Call>({ place: fc.constantFrom(...PLACES), op: fc.constantFrom(...OPS), seed: fc.nat() }, { noNullPrototype: true }),
  { minLength: 1, maxLength: CALLS_A_WORLD, size: 'max' },
);

const unhandled: unknown[] = [];

beforeAll(() => {
  config.onUnhandledError = (error: unknown) => { if (error !== SABOTAGE) unhandled.push(error); };
});
afterAll(() => { config.onUnhandledError = null; });

async function problemsOf(played: readonly Call[], autoStart: boolean): Promise<readonly string[]> {
  unhandled.length = 0;
  const world = new World(autoStart);
  await world.play(played);
  // RxJS reports what nobody handles from a timer of its own.
  await new Promise((resolve) => { setTimeout(resolve); });
  return [...world.ledger.problems, ...unhandled.map((error) => `unhandled: ${String(error)}`)];
}

describe('10,000 random calls', () => {
  it.each(Array.from({ length: SEEDS }, (_, seed) => seed))('from wherever a user can call break no law (seed %i)', async (seed) => {
    await fc.assert(
      fc.asyncProperty(calls, fc.boolean(), async (played, late) => { expect(await problemsOf(played, !late)).toEqual([]); }),
      // Rather an example that is not the shortest than none at all.
      { seed, numRuns: 2 * CALLS / CALLS_A_WORLD, interruptAfterTimeLimit: 60_000, markInterruptAsFailure: true },
    );
  }, 120_000);
});
