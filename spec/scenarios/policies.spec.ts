// Policies against each other: each value of an option meets each value of every other, and a ledger holds the laws against what is told.
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Claims, NO_CLAIM } from '../../src/engine/claims.js';
import { Rate } from '../../src/engine/rate.js';
import { Retries } from '../../src/engine/retries.js';
import type { Run } from '../../src/engine/run.js';
import { Runs } from '../../src/engine/runs.js';
import { TimeLimits } from '../../src/engine/time-limits.js';
import { pairsOf } from './policies/pairs.js';
import { CHOICES, play } from './policies/world.js';
import { chanceOf } from './simulation/random.js';

/** `CARILLON_POLICIES=1000 npx jest spec/scenarios/policies` plays more; `CARILLON_SEED=7` begins elsewhere. */
const ROUNDS = Number(process.env['CARILLON_POLICIES'] ?? 3);
const FIRST = Number(process.env['CARILLON_SEED'] ?? 1);

describe('all pairs of options', () => {
  it('are all of them', () => {
    const combinations = pairsOf(CHOICES, chanceOf(1));
    const names = Object.keys(CHOICES);
    for (const [i, a] of names.entries()) {
      for (const b of names.slice(i + 1)) {
        const met = new Set(combinations.map((combination) => JSON.stringify([String(combination[a]), combination[b]])));
        expect(met.size).toBe(new Set(CHOICES[a]!.flatMap((x) => CHOICES[b]!.map((y) => JSON.stringify([String(x), y])))).size);
      }
    }
  });

  it(`keep the laws, in ${ROUNDS} rounds`, async () => {
    const wrong: string[] = [];
    for (let round = FIRST; round < FIRST + ROUNDS; round++) {
      for (const [i, combination] of pairsOf(CHOICES, chanceOf(round)).entries()) {
        const seed = round * 1_000 + i;
        const problems = await play(combination, seed);
        if (problems.length > 0) wrong.push(`seed ${seed}, ${JSON.stringify(combination)}: ${problems.slice(0, 3).join('; ')}`);
      }
    }
    expect(wrong.slice(0, 10)).toEqual([]);
  }, 3_600_000);
});

/** Faults of the engine, each of which the ledger has to find. */
const FAULTS: Readonly<Record<string, () => unknown>> = {
  'a rate lets anybody pass': () => jest.spyOn(Rate.prototype, 'promise').mockReturnValue(true),
  'nothing times out': () => jest.spyOn(TimeLimits.prototype, 'started').mockReturnValue(undefined),
  'there is always one more attempt': () => jest.spyOn(Retries.prototype, 'delayAfter').mockImplementation(({ task }: Run) => (task.stopping || task.finished ? undefined : 5)),
  'attempts follow at once': () => {
    // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called as a method again
    const { follow } = Retries.prototype;
    jest.spyOn(Retries.prototype, 'follow').mockImplementation(function (this: Retries, run, error, delay) {
      follow.call(this, run, error, delay);
      const next = run.successor!;
      next.isDue = true;
      run.successor = next.predecessor = undefined;
      this.enterIfReady(next);
    });
  },
  'keys have no limits': () => jest.spyOn(Claims.prototype, 'claim').mockReturnValue(NO_CLAIM),
  'a run that waits for its next attempt has no end': () => {
    // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called as a method again
    const { conclude } = Runs.prototype;
    jest.spyOn(Runs.prototype, 'conclude').mockImplementation(function (this: Runs, run, outcome) { if (run.phase !== 'retrying') conclude.call(this, run, outcome); });
  },
};

describe('the ledger', () => {
  afterEach(() => { jest.restoreAllMocks(); });

  it.each(Object.keys(FAULTS))('finds out when %s', async (name) => {
    FAULTS[name]!();
    let found = 0;
    for (const [i, combination] of pairsOf(CHOICES, chanceOf(1)).entries()) {
      if (found > 0) break;
      // A faulty engine may also fall over its own feet.
      try {
        found += (await play(combination, 1_000 + i)).length;
      } catch {
        found++;
      }
    }
    expect(found).toBeGreaterThan(0);
  });
});
