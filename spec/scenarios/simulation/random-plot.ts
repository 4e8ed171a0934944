// Plots at random: what a seed makes. A later policy, fault or trigger is a line here, and one in the rules of the ledger.
import type { Deed, Nature, Plot, PlottedOptions, PlottedTask, PlottedTrigger } from './plot.js';
import { chanceOf, type Chance } from './random.js';
import { WALL_TRIGGERS } from './due.js';

const MINUTE = 60_000;
const TAGS = ['a', 'b', 'c', 'd', 'e', 'f'] as const;

/** Days around which clocks are changed, in zones that each do it in their own way. */
const CHANGES = [
  ['America/New_York', '2026-03-08'], ['America/New_York', '2026-11-01'], ['Australia/Lord_Howe', '2026-04-05'], ['Australia/Lord_Howe', '2026-10-04'],
  ['Africa/Cairo', '2026-04-24'], ['Africa/Cairo', '2026-10-30'], ['America/Sao_Paulo', '2018-11-04'], ['America/Sao_Paulo', '2018-02-18'], ['Pacific/Chatham', '2026-09-27'],
] as const;

/** Some units of time, as milliseconds. */
type Units = (units: number) => number;

export function plotOf(seed: number): Plot {
  const chance = chanceOf(seed);
  // Either some seconds, or two days around a change of the clocks.
  const isDays = chance.is(0.25);
  const unit = isDays ? MINUTE : 1;
  const units: Units = (n) => n * unit;
  const [timeZone, day] = isDays ? chance.oneOf(CHANGES) : ['UTC', '2030-01-01'] as const;
  const length = units(3_000);
  // An `until` is an instant of the wall clock, so a jump of it changes which ticks come first.
  const jumps = chance.is(0.4);
  // Either each task for itself, or all of them wait for each other.
  const isSocial = chance.is(0.5);
  const tasks = Array.from({ length: chance.whole(2, 6) }, () => taskOf(chance, units, length, isDays, jumps, isSocial));
  const deeds = Array.from({ length: chance.whole(0, isSocial ? 16 : 8) }, (): Deed => {
    const at = units(chance.whole(1, 2_999) + 0.5);
    const task = chance.whole(0, tasks.length - 1);
    if (chance.is(0.25)) return changeOf(chance, at, task, tasks[task]!, units, length, isDays);
    if (isSocial && chance.is(0.4)) return chance.is(0.7) ? { at, do: 'run', task } : { at, do: 'concurrency', to: chance.whole(1, 4) };
    if (chance.is(0.6)) return { at, do: chance.oneOf(['pause', 'pause', 'resume', 'resume', 'resume', 'cancel', 'stop'] as const), task };
    return { at, do: chance.oneOf(jumps ? ['block', 'sleep', 'setForward', 'setBack'] as const : ['block', 'sleep'] as const), by: units(chance.whole(1, 400)) };
  });
  return {
    seed, unit, timeZone, length, tasks, begin: isDays ? Date.parse(day) - 720 * MINUTE : Date.parse(day),
    concurrency: isSocial ? chance.oneOf([1, 2, 3, Infinity]) : Infinity, threads: isSocial ? 2 : 1_000,
    deeds: deeds.sort((a, b) => a.at - b.at),
  };
}

function changeOf(chance: Chance, at: number, task: number, { trigger, startAt, until }: PlottedTask, units: Units, length: number, isDays: boolean): Deed {
  const isUpdate = chance.is(0.5);
  if (!isUpdate) return chance.is(0.8) ? { at, do: 'retry', task } : { at, do: 'cancelTagged', tag: chance.oneOf(TAGS) };
  const after = chance.is(0.5) ? 0 : units(chance.whole(1, 200));
  if (trigger.kind === 'observable' || chance.is(0.2)) return { at, do: 'update', task, trigger: undefined, after };
  const interval = units(chance.oneOf([20, 50, 75, 100, 250, 333]));
  const isBounded = startAt !== undefined || until !== undefined;
  const other: PlottedTrigger = isBounded ? { kind: 'every', interval } : triggerOf(chance, interval, length, isDays);
  return { at, do: 'update', task, trigger: other.kind === 'observable' ? { kind: 'every', interval } : other, after };
}

/** The same, with all that waits in threads. */
export function inThreads(plot: Plot): Plot {
  return { ...plot, tasks: plot.tasks.map((task) => (isWaiting(task.nature) ? { ...task, nature: { ...task.nature, inThread: true } } : task)) };
}

function isWaiting({ kind }: Nature): boolean {
  return kind === 'promise' || kind === 'hanging' || kind === 'deaf' || kind === 'holding';
}

function taskOf(chance: Chance, units: Units, length: number, isDays: boolean, jumps: boolean, isSocial: boolean): PlottedTask {
  const interval = units(chance.oneOf([20, 50, 75, 100, 250, 333]));
  const trigger = triggerOf(chance, interval, length, isDays);
  // With jitter, it can't be told which tick of a grid that is older than the task is its first.
  const isGrid = trigger.kind === 'every' && trigger.jitter === undefined;
  const policies = policiesOf(chance, units, interval);
  const options: PlottedOptions = { ...overlapOf(chance), ...policies, ...(isSocial && socialOf(chance, units)) };
  const canEnd = options.timeout !== undefined || options.deadline !== undefined;
  return {
    at: chance.is(0.5) ? 0 : units(chance.whole(0, 800)),
    trigger,
    options,
    tag: chance.oneOf(TAGS),
    retries: chance.is(0.3) ? chance.whole(1, 3) : 0,
    startAt: isGrid && chance.is(0.3) ? units(chance.whole(0, 1_500)) : undefined,
    until: !jumps && isGrid && chance.is(0.3) ? units(chance.whole(1_600, 3_000)) : undefined,
    nature: {
      kind: chance.oneOf(['sync', 'promise', 'promise', 'observable', 'deaf', ...(isSocial ? ['holding'] as const : []), ...(canEnd ? ['hanging'] as const : [])]),
      inThread: false,
      longest: chance.oneOf([0, Math.floor(interval / 2), interval, 2 * interval, 4 * interval]),
      failing: chance.oneOf([0, 0, 0.1, 0.5]),
    },
  };
}

function triggerOf(chance: Chance, interval: number, length: number, isDays: boolean): PlottedTrigger {
  const jitter = chance.is(0.2) ? Math.floor(interval / chance.oneOf([2, 5])) : undefined;
  const due = chance.whole(0, length);
  switch (chance.oneOf(['every', 'every', 'every', 'once', 'after', 'fixedDelay', 'wall', 'observable'] as const)) {
    case 'every': return { kind: 'every', interval, jitter };
    case 'fixedDelay': return { kind: 'fixedDelay', interval, jitter };
    case 'once': return { kind: 'once', at: due };
    case 'after': return { kind: 'after', delay: due };
    case 'wall': return { kind: 'wall', name: chance.oneOf(isDays ? Object.keys(WALL_TRIGGERS) : ['each second']) };
    case 'observable': return { kind: 'observable', period: interval, count: chance.is(0.3) ? chance.whole(1, 5) : undefined };
  }
}

function overlapOf(chance: Chance): PlottedOptions {
  const overlap = chance.oneOf(['skip', 'queue', 'replace', 'parallel'] as const);
  const limits = overlap === 'queue' ? { maxQueued: chance.whole(1, 3) } : overlap === 'parallel' ? { maxParallel: chance.whole(1, 4) } : {};
  return { overlap, ...limits };
}

function policiesOf(chance: Chance, units: Units, interval: number): PlottedOptions {
  const fails = chance.is(0.4);
  const backoff = chance.oneOf(['fixed', 'exponential'] as const);
  const retry = {
    maxAttempts: chance.whole(2, 4), backoff, delay: chance.oneOf([0, units(7), units(30)]), jitter: chance.oneOf(['none', 'none', 'full', 'equal'] as const),
    ...(chance.is(0.3) && { maxDelay: units(40) }),
  };
  return {
    maxRuns: chance.is(0.3) ? chance.whole(1, 12) : undefined,
    afterFailure: chance.is(0.3) ? 'stop' : undefined,
    retry: fails ? retry : undefined,
    timeout: chance.is(0.3) ? chance.oneOf([units(11), Math.floor(interval / 2) + 1, 2 * interval + 1]) : undefined,
    deadline: chance.is(0.2) ? units(chance.oneOf([23, 90, 400])) : undefined,
    misfire: chance.is(0.4) ? { policy: chance.oneOf(['latest', 'all', 'skip'] as const), grace: units(chance.oneOf([0, 40])), ...(chance.is(0.3) && { limit: 2 }) } : undefined,
  };
}

function socialOf(chance: Chance, units: Units): PlottedOptions {
  // Who shares a key has to agree on its limits, so each key has its own.
  const keys = { two: { limit: 2, rateLimit: undefined }, one: { limit: 1, rateLimit: undefined }, rated: { limit: 2, rateLimit: { limit: 2, per: units(60) } } };
  const is = chance.oneOf(['two', 'one', 'rated'] as const);
  const own = { limit: chance.whole(1, 3), per: units(chance.whole(20, 120)) };
  return {
    priority: chance.is(0.5) ? chance.whole(-2, 2) : undefined,
    expiresAfter: chance.is(0.2) ? units(chance.oneOf([13, 120])) : undefined,
    holdSlot: chance.is(0.2) ? true : undefined,
    ...(chance.is(0.4) ? { key: { is, by: chance.oneOf(['text', 'function'] as const), limit: keys[is].limit }, rateLimit: keys[is].rateLimit } : { rateLimit: chance.is(0.2) ? own : undefined }),
  };
}
