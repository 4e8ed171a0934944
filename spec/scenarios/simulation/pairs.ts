// Pairs: few combinations of options, in which each value of one option meets each value of every other.
import type { Chance } from '../simulation/random.js';

/** The values of each option; undefined is to leave it out. */
export type Choices = Readonly<Record<string, readonly unknown[]>>;
export type Combination = Readonly<Record<string, unknown>>;

/** Combinations that cover all pairs of values, found greedily: each is the best of some at random, filled up by what it covers anew. */
export function pairsOf(choices: Choices, chance: Chance): readonly Combination[] {
  const names = Object.keys(choices);
  const open = new Set<string>();
  for (const [i, a] of names.entries()) {
    for (const b of names.slice(i + 1)) choices[a]!.forEach((_, x) => { choices[b]!.forEach((__, y) => open.add(pair(a, x, b, y))); });
  }
  const combinations: Combination[] = [];
  while (open.size > 0) {
    const candidates = Array.from({ length: 20 }, () => candidate(choices, names, open, chance));
    const best = candidates.reduce((a, b) => (covered(a, open).length >= covered(b, open).length ? a : b));
    const news = covered(best, open);
    // One that covers nothing new would go on for ever.
    if (news.length === 0) continue;
    for (const one of news) open.delete(one);
    combinations.push(Object.fromEntries(names.map((name) => [name, choices[name]![best.get(name)!]])));
  }
  return combinations;
}

/** Begins with a pair that is still open. */
function candidate(choices: Choices, names: readonly string[], open: ReadonlySet<string>, chance: Chance): ReadonlyMap<string, number> {
  const [a, x, b, y] = JSON.parse([...open][chance.whole(0, open.size - 1)]!) as [string, number, string, number];
  const chosen = new Map([[a, x], [b, y]]);
  for (const name of names) if (!chosen.has(name)) chosen.set(name, chance.whole(0, choices[name]!.length - 1));
  return chosen;
}

function covered(chosen: ReadonlyMap<string, number>, open: ReadonlySet<string>): readonly string[] {
  const all = [...chosen].sort(([a], [b]) => (a < b ? -1 : 1));
  return all.flatMap(([a, x], i) => all.slice(i + 1).flatMap(([b, y]) => [pair(a, x, b, y), pair(b, y, a, x)].filter((one) => open.has(one))));
}

function pair(a: string, x: number, b: string, y: number): string {
  return JSON.stringify([a, x, b, y]);
}
