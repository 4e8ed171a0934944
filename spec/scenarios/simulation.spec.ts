// Simulations: tasks under deeds on virtual time, by seeds and by all pairs of options, and checkers that know nothing of the engine.
import { describe, expect, it } from '@jest/globals';
import { FAULTS } from './simulation/faults.js';
import { CHOICES, plotOfPairs } from './simulation/pair-plot.js';
import { pairsOf } from './simulation/pairs.js';
import type { Plot } from './simulation/plot.js';
import { inThreads, plotOf } from './simulation/random-plot.js';
import { chanceOf } from './simulation/random.js';
import { simulate } from './simulation/simulate.js';

/**
 * `CARILLON_SIMULATIONS=100000 npx jest spec/scenarios/simulation -t seeds` plays more; `CARILLON_SEED=7` begins elsewhere. Of the
 * pairs of options, `CARILLON_PAIRS=100` plays more rounds.
 */
const SEEDS = Number(process.env['CARILLON_SIMULATIONS'] ?? 100);
const ROUNDS = Number(process.env['CARILLON_PAIRS'] ?? 2);
const FIRST = Number(process.env['CARILLON_SEED'] ?? 1);

const HOUR = 3_600_000;

/** What went wrong in some plots, each by the name that plays it again. */
async function wrongIn(plots: Iterable<readonly [name: string, plot: Plot]>): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const [name, plot] of plots) {
    const problems = await simulate(plot).catch((error: unknown) => [String(error instanceof Error ? error.stack : error)]);
    if (problems.length > 0) wrong.push(`${name}: ${problems.slice(0, 3).join('; ')}`);
  }
  return wrong;
}

function* seeds(toPlot: (seed: number) => Plot): Generator<readonly [string, Plot]> {
  for (let seed = FIRST; seed < FIRST + SEEDS; seed++) yield [`seed ${seed}`, toPlot(seed)];
}

function* pairs(round: number): Generator<readonly [string, Plot]> {
  for (const [i, combination] of pairsOf(CHOICES, chanceOf(round)).entries()) yield [`round ${round}, ${i}: ${JSON.stringify(combination)}`, plotOfPairs(combination, round * 1_000 + i)];
}

describe('a simulation', () => {
  it(`finds nothing wrong under ${SEEDS} seeds`, async () => {
    expect((await wrongIn(seeds(plotOf))).slice(0, 20)).toEqual([]);
  }, HOUR);

  it(`finds nothing wrong in threads that die, under ${SEEDS} seeds`, async () => {
    expect((await wrongIn(seeds((seed) => inThreads(plotOf(seed))))).slice(0, 20)).toEqual([]);
  }, HOUR);

  it(`finds nothing wrong with any pair of options, in ${ROUNDS} rounds`, async () => {
    const wrong: string[] = [];
    for (let round = FIRST; round < FIRST + ROUNDS; round++) wrong.push(...await wrongIn(pairs(round)));
    expect(wrong.slice(0, 20)).toEqual([]);
  }, HOUR);

  it('is the same for the same seed', async () => {
    expect(plotOf(5)).toEqual(plotOf(5));
    expect(await simulate(plotOf(5))).toEqual(await simulate(plotOf(5)));
  });

  it('plays each value of an option with each of every other', () => {
    const combinations = pairsOf(CHOICES, chanceOf(1));
    const names = Object.keys(CHOICES);
    for (const [i, a] of names.entries()) {
      for (const b of names.slice(i + 1)) {
        const met = new Set(combinations.map((combination) => JSON.stringify([String(combination[a]), combination[b]])));
        expect(met.size).toBe(new Set(CHOICES[a]!.flatMap((x) => CHOICES[b]!.map((y) => JSON.stringify([String(x), y])))).size);
      }
    }
  });

  const ofAllKinds = [...pairs(1)].flatMap(([, paired], i) => [plotOf(i), inThreads(plotOf(i)), paired]);

  it.each(Object.keys(FAULTS))('finds out when %s', async (name) => {
    const takeOut = FAULTS[name]?.();
    try {
      for (const plot of ofAllKinds) {
        // An engine that is broken enough says so itself.
        const problems = await simulate(plot).catch((error: unknown) => [String(error)]);
        if (problems.length > 0) return;
      }
      throw new Error('Nobody noticed.');
    } finally {
      takeOut?.();
    }
  });
});

