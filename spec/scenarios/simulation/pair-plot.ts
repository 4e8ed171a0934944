// Plots by combination: a task with these options, two rivals that share its limits, and deeds that are at random.
import type { Combination, Choices } from './pairs.js';
import type { Deed, Nature, Plot, PlottedOptions, PlottedTask, PlottedTrigger } from './plot.js';
import { chanceOf, type Chance } from './random.js';

/** Each option with its values; `trigger`, `work`, `concurrency` and `deeds` are no options, and have their part in it. */
export const CHOICES: Choices = {
  trigger: ['every', 'fixedDelay', 'after', 'observable', 'few', 'jitter'],
  work: ['quick', 'slow', 'failing', 'flaky', 'hanging', 'deaf', 'holding', 'observable', 'slow in a thread', 'flaky in a thread', 'deaf in a thread', 'holding in a thread'],
  concurrency: [1, 2, Infinity],
  overlap: [undefined, 'skip', 'queue', 'replace', 'parallel'],
  retry: [undefined, 3, { maxAttempts: 2, backoff: 'fixed', delay: 15, jitter: 'full' }, { maxAttempts: 4, delay: 5, maxDelay: 20, jitter: 'equal' }],
  timeout: [undefined, 7, 25],
  deadline: [undefined, 40],
  holdSlot: [undefined, true],
  priority: [undefined, 3, -3],
  key: [undefined, 'text', 'function'],
  keyLimit: [1, 2, Infinity],
  rateLimit: [undefined, { limit: 1, per: 30 }, { limit: 3, per: 20 }],
  expiresAfter: [undefined, 12, 60],
  maxRuns: [undefined, 1, 4],
  afterFailure: [undefined, 'stop'],
  misfire: [undefined, 'all', 'skip'],
  retries: [0, 2],
  deeds: ['none', 'pauses', 'stops', 'manual', 'time', 'changes', 'all'],
};

const NATURES: Readonly<Record<string, Nature>> = {
  quick: { kind: 'sync', inThread: false, longest: 0, failing: 0 },
  slow: { kind: 'promise', inThread: false, longest: 35, failing: 0 },
  failing: { kind: 'sync', inThread: false, longest: 0, failing: 1 },
  flaky: { kind: 'promise', inThread: false, longest: 15, failing: 0.5 },
  hanging: { kind: 'hanging', inThread: false, longest: 0, failing: 0 },
  deaf: { kind: 'deaf', inThread: false, longest: 60, failing: 0.2 },
  holding: { kind: 'holding', inThread: false, longest: 60, failing: 0.2 },
  observable: { kind: 'observable', inThread: false, longest: 40, failing: 0.3 },
  'slow in a thread': { kind: 'promise', inThread: true, longest: 35, failing: 0 },
  'flaky in a thread': { kind: 'promise', inThread: true, longest: 15, failing: 0.5 },
  'deaf in a thread': { kind: 'deaf', inThread: true, longest: 60, failing: 0.2 },
  'holding in a thread': { kind: 'holding', inThread: true, longest: 60, failing: 0.2 },
};

export function plotOfPairs(combination: Combination, seed: number): Plot {
  const chance = chanceOf(seed);
  const rivals = [1, 2].map(() => ({ ...rivalry(chance), key: combination['key'], keyLimit: combination['keyLimit'], rateLimit: combination['rateLimit'] }));
  const length = 250;
  const deeds = Array.from({ length: combination['deeds'] === 'none' ? 0 : 12 }, () => deed(chance, combination['deeds'] as string, length));
  return {
    seed, unit: 1, begin: Date.parse('2027-01-01T00:00Z'), timeZone: 'UTC', length, concurrency: combination['concurrency'] as number, threads: 2,
    tasks: [combination, ...rivals].map((own) => taskOf(own, chance)), deeds: deeds.sort((a, b) => a.at - b.at),
  };
}

function rivalry(chance: Chance): Combination {
  return { trigger: 'every', work: chance.oneOf(['quick', 'slow', 'failing', 'deaf', 'holding']), overlap: chance.oneOf(['skip', 'queue']), priority: chance.whole(-2, 2), timeout: chance.oneOf([undefined, 10]) };
}

function taskOf(own: Combination, chance: Chance): PlottedTask {
  const interval = chance.whole(5, 30);
  const triggers: Readonly<Record<string, PlottedTrigger>> = {
    every: { kind: 'every', interval }, jitter: { kind: 'every', interval, jitter: interval - 1 }, fixedDelay: { kind: 'fixedDelay', interval },
    after: { kind: 'after', delay: interval }, observable: { kind: 'observable', period: interval }, few: { kind: 'observable', period: interval, count: 2 },
  };
  const options: PlottedOptions = {
    ...Object.fromEntries(['overlap', 'retry', 'timeout', 'deadline', 'holdSlot', 'priority', 'rateLimit', 'expiresAfter', 'maxRuns', 'afterFailure'].map((name) => [name, own[name]])),
    ...(own['overlap'] === 'parallel' && { maxParallel: 3 }),
    ...(own['misfire'] !== undefined && { misfire: { policy: own['misfire'] as 'all', grace: 10 } }),
    ...(own['key'] !== undefined && { key: { is: 'shared', by: own['key'] as 'text', limit: own['keyLimit'] as number } }),
  };
  return { at: 0, trigger: triggers[own['trigger'] as string]!, options, tag: 'own', retries: own['retries'] as number | undefined, nature: NATURES[own['work'] as string]! };
}

function deed(chance: Chance, deeds: string, length: number): Deed {
  const at = chance.whole(0, length - 1) + 0.5;
  const task = chance.whole(0, 2);
  const kind = deeds === 'all' ? chance.oneOf(['pauses', 'stops', 'manual', 'time', 'changes']) : deeds;
  switch (kind) {
    case 'pauses': return { at, do: chance.oneOf(['pause', 'resume', 'resume']), task };
    case 'stops': return chance.is(0.8) ? { at, do: 'resume', task } : { at, do: chance.oneOf(['stop', 'cancel']), task };
    case 'manual': return chance.is(0.7) ? { at, do: 'run', task } : { at, do: 'concurrency', to: chance.whole(1, 4) };
    case 'changes': {
      const interval = chance.whole(5, 30);
      const trigger = chance.oneOf([{ kind: 'every', interval }, { kind: 'fixedDelay', interval }, { kind: 'after', delay: interval }, undefined] as const);
      return chance.is(0.5) ? { at, do: 'retry', task: 0 } : chance.is(0.9) ? { at, do: 'update', task: chance.whole(0, 2), trigger, after: chance.is(0.5) ? 0 : chance.whole(1, 40) } : { at, do: 'cancelTagged', tag: 'own' };
    }
    default: return { at, do: chance.oneOf(['sleep', 'block', 'setBack', 'setForward']), by: chance.whole(1, 60) };
  }
}
