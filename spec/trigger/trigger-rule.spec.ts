// The laws of TriggerRule, by number, against a walk that goes from tick to tick.
import { describe, expect, it } from '@jest/globals';
import fc from '../support/properties.js';
import type { Trigger } from '../../src/task/trigger.js';
import { after, anyOf, calendar, cron, every, except, once } from '../../src/trigger/index.js';
import { justBefore, type TriggerContext } from '../../src/trigger/rule.js';
import { ruleOf } from '../../src/trigger/trigger.js';

/** Ticks that the properties look at, at most. */
const TICKS = 60;

interface Case {
  readonly trigger: Trigger;
  readonly context: TriggerContext;
  /** The first instants, as the trigger's words say. */
  readonly instants: readonly number[];
}

const anchors = fc.oneof(
  fc.constantFrom(0, 1_798_794_000_000, 2 ** 31, 8.64e15 - 1e12),
  fc.integer({ min: 0, max: 4_000_000_000_000 }),
  fc.double({ min: 1, max: 4e12, noNaN: true }),
);
const lengths = fc.oneof(
  fc.constantFrom(1, 1.1, 1.5, 1 / 3 + 1, Math.PI, 100, 86_400_000, 2 ** 31),
  fc.integer({ min: 1, max: 10_000_000 }),
  fc.double({ min: 1, max: 1_000_000, noNaN: true }),
);

const everyCase = fc.record({ anchor: anchors, trigger: lengths.map(every) }).map(({ anchor, trigger }): Case =>
  ({ trigger, context: { id: 'task', anchor }, instants: Array.from({ length: TICKS }, (_, k) => anchor + k * trigger.interval) }));
const onceCase = fc.record({ anchor: anchors, at: anchors }).map(({ anchor, at }): Case => ({ trigger: once(at), context: { id: 'task', anchor }, instants: [at] }));
const afterCase = fc.record({ anchor: anchors, trigger: fc.oneof(fc.constant(0), lengths).map(after) }).map(({ anchor, trigger }): Case =>
  ({ trigger, context: { id: 'task', anchor }, instants: [anchor + trigger.delay] }));

const delayCase = fc.record({ anchor: anchors, interval: lengths }).map(({ anchor, interval }): Case =>
  ({ trigger: every(interval, { mode: 'fixedDelay' }), context: { id: 'task', anchor }, instants: [anchor] }));
/** Whole numbers; what the instants are, every.spec.ts says. */
const jitterCase = fc.record({ anchor: fc.integer({ min: 0, max: 4e12 }), interval: fc.integer({ min: 1, max: 1_000_000 }), share: fc.double({ min: 0.01, max: 1, noNaN: true }), id: fc.string() })
  .map(({ anchor, interval, share, id }): Case => walk(every(interval, { jitter: interval * share }), { id, anchor }));

function walk(trigger: Trigger, context: TriggerContext): Case {
  const instants: number[] = [];
  for (let at = ruleOf(trigger).next(trigger, justBefore(context.anchor), context); at !== null && instants.length < TICKS; at = ruleOf(trigger).next(trigger, at, context)) instants.push(at);
  return { trigger, context, instants };
}

/** The doubles next to `x`, where a division is likeliest to go astray. */
const nextDown = (x: number): number => x - ulp(x);
const nextUp = (x: number): number => x + ulp(x);
const ulp = (x: number): number => (x === 0 ? Number.MIN_VALUE : 2 ** (Math.floor(Math.log2(Math.abs(x))) - 52));

/** A case and two moments within its first instants: on a tick, a hair beside it, between ticks, or before all of them. */
const kinds = { once: onceCase, after: afterCase, every: everyCase, 'every with jitter': jitterCase, 'every by fixed delay': delayCase };
function moments({ instants }: Case): fc.Arbitrary<number> {
  const on = fc.nat({ max: Math.max(0, instants.length - 3) }).map((k) => instants[k]!);
  const first = instants[0]!;
  const last = instants[Math.max(0, instants.length - 3)]!;
  return fc.oneof(on, on.map(nextDown), on.map(nextUp), fc.double({ min: first, max: last + 1, noNaN: true }), fc.integer({ min: -5, max: -1 }).map((n) => first + n * 1_000));
}

describe.each(Object.entries(kinds))('the rule of %s', (_kind, cases) => {
  const withMoments = cases.chain((each) => fc.tuple(fc.constant(each), moments(each), moments(each)));

  it('1. next is the first instant strictly after `after`, or null', () => {
    fc.assert(fc.property(withMoments, ([{ trigger, context, instants }, moment]) => {
      const expected = instants.find((instant) => instant > moment) ?? null;
      expect(ruleOf(trigger).next(trigger, moment, context)).toBe(expected);
    }), { numRuns: 500 });
  });

  it('1. next begins with the first instant, from however long before', () => {
    fc.assert(fc.property(cases, ({ trigger, context, instants }) => {
      for (const from of [-Infinity, -1e15, nextDown(instants[0]!)]) expect(ruleOf(trigger).next(trigger, from, context)).toBe(instants[0]);
    }));
  });

  it('2. count is how many instants next walks from `from` to `to`, both included', () => {
    fc.assert(fc.property(withMoments, ([{ trigger, context }, from, to]) => {
      const rule = ruleOf(trigger);
      let walked = 0;
      for (let at = rule.next(trigger, -Infinity, context); at !== null && at <= to; at = rule.next(trigger, at, context)) if (at >= from) walked++;
      expect(rule.count(trigger, from, to, context)).toBe(walked);
    }), { numRuns: 500 });
  });

  it('3. last is the latest instant that is not after `to`, or null', () => {
    fc.assert(fc.property(withMoments, ([{ trigger, context, instants }, to]) => {
      expect(ruleOf(trigger).last(trigger, to, context)).toBe(instants.findLast((instant) => instant <= to) ?? null);
    }), { numRuns: 500 });
  });

  it('4. back is where last comes to from an instant, so many ticks back, or null', () => {
    fc.assert(fc.property(cases, fc.nat({ max: TICKS - 1 }), fc.nat({ max: TICKS }), ({ trigger, context, instants }, k, ticks) => {
      const from = Math.min(k, instants.length - 1);
      expect(ruleOf(trigger).back(trigger, instants[from]!, ticks, context)).toBe(instants[from - ticks] ?? null);
    }), { numRuns: 500 });
  });

  it('5. all depend on their arguments alone', () => {
    fc.assert(fc.property(withMoments, ([{ trigger, context }, from, to]) => {
      const rule = ruleOf(trigger);
      const answers = () => [rule.next(trigger, from, context), rule.count(trigger, from, to, context), rule.last(trigger, to, context), rule.back(trigger, from, 3, context)];
      const first = answers();
      rule.next(trigger, to, { id: 'other', anchor: context.anchor + 1 });
      expect(answers()).toEqual(first);
    }));
  });
});

const zones = fc.constantFrom('UTC', 'America/New_York', 'Europe/Berlin', 'Australia/Lord_Howe', 'America/Sao_Paulo', 'Asia/Kathmandu', 'Africa/Casablanca');
const crons = fc.record({
  expression: fc.constantFrom('*/7 * * * *', '0 0 * * *', '30 2 * * *', '15 1-3 * * *', '*/20 30 1 * * *', '0 12 1 * *', '0 9 * * MON-FRI', '0 0 L * *', '* * 2 * * SUN', '0 0 29 2 *'),
  timeZone: zones,
}).map(({ expression, timeZone }) => cron(expression, { timeZone }));
const calendars = fc.record({ delta: fc.constantFrom({ days: 1 }, { months: 1 }, { years: 1 }, { weeks: 2 }, { months: 1, days: 3 }, { months: 7 }), timeZone: zones })
  .map(({ delta, timeZone }) => calendar(delta, { timeZone }));
const byWallClock = {
  cron: crons,
  calendar: calendars,
  anyOf: fc.tuple(crons, calendars).map((both) => anyOf(...both)),
  except: fc.tuple(crons, fc.constantFrom(cron('* * * * MON,TUE'), ['2026-03-08', '2026-10-31', '2026-11-01', '2027-04-04', '2027-01-01'], [new Date('2027-01-01T00:00Z'), '2027-01-01']))
    .map(([trigger, them]) => except(trigger, them, { timeZone: 'America/New_York' })),
};

describe.each(Object.entries(byWallClock))('the rule of %s', (_kind, triggers) => {
  const days = fc.constantFrom('2026-03-07T12:00Z', '2026-10-31T12:00Z', '2027-04-03T00:00Z', '2018-11-03T00:00Z', '2027-01-30T23:59:59.999Z').map((text) => Date.parse(text));
  const cases = fc.record({ trigger: triggers, anchor: days }).map(({ trigger, anchor }) => walk(trigger, { id: 'task', anchor })).filter(({ instants }) => instants.length > 4);
  const within = ({ instants }: Case) => fc.integer({ min: instants[0]!, max: instants.at(-1)! - 1 });
  const withMoments = cases.chain((each) => fc.tuple(fc.constant(each), fc.oneof(within(each), fc.constantFrom(...each.instants)), fc.oneof(within(each), fc.constantFrom(...each.instants))));

  it('agrees with itself: what next walks is what count, last and back tell of', () => {
    fc.assert(fc.property(withMoments, fc.nat({ max: TICKS }), ([{ trigger, context, instants }, from, to], ticks) => {
      const rule = ruleOf(trigger);
      for (const moment of [justBefore(from), from]) {
        expect(rule.next(trigger, moment, context)).toBe(instants.find((instant) => instant > moment) ?? rule.next(trigger, instants.at(-1)!, context));
      }
      expect(rule.count(trigger, from, to, context)).toBe(instants.filter((instant) => instant >= from && instant <= to).length);
      const last = instants.findLastIndex((instant) => instant <= to);
      expect(rule.last(trigger, to, context)).toBe(instants[last]);
      if (ticks <= last) expect(rule.back(trigger, instants[last]!, ticks, context)).toBe(instants[last - ticks]);
    }), { numRuns: 100 });
  });
});

describe('the rule of every, far out', () => {
  it.each([
    ['whole, on a real date', 100, 1_798_794_000_000],
    ['fractional, on a real date', 1_000 / 3, 1_798_794_000_123.25],
    ['the smallest, at the end of days', 1, 8.64e15 - 2e6],
  ])('never drifts: tick k is anchor + k * interval, a million times over (%s)', (_what, length, anchor) => {
    const trigger = every(length);
    const { interval } = trigger;
    const rule = ruleOf(trigger);
    let at = rule.next(trigger, anchor - 1, { id: 'task', anchor });
    // One comparison a tick, for a million calls of expect take their time.
    let k = 0;
    for (; k <= 1_000_000 && at === anchor + k * interval; k++) at = rule.next(trigger, at, { id: 'task', anchor });
    expect(k).toBe(1_000_001);
  });

  it('comes to the tick of any number, however large, in one step', () => {
    fc.assert(fc.property(anchors, lengths, fc.nat({ max: 1_000_000_000 }), fc.nat({ max: 1_000_000 }), (anchor, length, k, ticks) => {
      const trigger = every(length);
      const rule = ruleOf(trigger);
      const tick = (n: number) => anchor + n * trigger.interval;
      fc.pre(tick(k + ticks + 1) <= 8.64e15);
      expect(rule.last(trigger, tick(k), { id: 'task', anchor })).toBe(tick(k));
      expect(rule.next(trigger, tick(k), { id: 'task', anchor })).toBe(tick(k + 1));
      expect(rule.next(trigger, nextDown(tick(k)), { id: 'task', anchor })).toBe(tick(k));
      expect(rule.back(trigger, tick(k + ticks), ticks, { id: 'task', anchor })).toBe(tick(k));
      expect(rule.count(trigger, tick(k), tick(k + ticks), { id: 'task', anchor })).toBe(ticks + 1);
      expect(rule.count(trigger, nextUp(tick(k)), nextDown(tick(k + ticks)), { id: 'task', anchor })).toBe(Math.max(0, ticks - 1));
    }), { numRuns: 1_000 });
  });
});
