// The laws of TriggerRule, by number, against a walk that goes from tick to tick.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Trigger } from '../../src/task/trigger.js';
import { after, every, once } from '../../src/trigger/index.js';
import { ruleOf, type TriggerContext } from '../../src/trigger/trigger.js';

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
  ({ trigger, context: { anchor }, instants: Array.from({ length: TICKS }, (_, k) => anchor + k * trigger.interval) }));
const onceCase = fc.record({ anchor: anchors, at: anchors }).map(({ anchor, at }): Case => ({ trigger: once(at), context: { anchor }, instants: [at] }));
const afterCase = fc.record({ anchor: anchors, trigger: fc.oneof(fc.constant(0), lengths).map(after) }).map(({ anchor, trigger }): Case =>
  ({ trigger, context: { anchor }, instants: [anchor + trigger.delay] }));

/** The doubles next to `x`, where a division is likeliest to go astray. */
const nextDown = (x: number): number => x - ulp(x);
const nextUp = (x: number): number => x + ulp(x);
const ulp = (x: number): number => (x === 0 ? Number.MIN_VALUE : 2 ** (Math.floor(Math.log2(Math.abs(x))) - 52));

/** A case and two moments within its first instants: on a tick, a hair beside it, between ticks, or before all of them. */
const kinds = { once: onceCase, after: afterCase, every: everyCase };
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

  it('4. advance is where next comes to from an instant, so many ticks on', () => {
    fc.assert(fc.property(cases, fc.nat({ max: TICKS - 1 }), fc.nat({ max: TICKS }), ({ trigger, context, instants }, k, ticks) => {
      const rule = ruleOf(trigger);
      const from = instants[Math.min(k, instants.length - 1)]!;
      let at: number | null = from;
      for (let walked = 0; walked < ticks && at !== null; walked++) at = rule.next(trigger, at, context);
      expect(rule.advance(trigger, from, ticks, context)).toBe(at);
    }), { numRuns: 500 });
  });

  it('5. all depend on their arguments alone', () => {
    fc.assert(fc.property(withMoments, ([{ trigger, context }, from, to]) => {
      const rule = ruleOf(trigger);
      const answers = () => [rule.next(trigger, from, context), rule.count(trigger, from, to, context), rule.last(trigger, to, context), rule.advance(trigger, from, 3, context)];
      const first = answers();
      rule.next(trigger, to, { anchor: context.anchor + 1 });
      expect(answers()).toEqual(first);
    }));
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
    let at = rule.next(trigger, anchor - 1, { anchor });
    // One comparison a tick, for a million calls of expect take their time.
    let k = 0;
    for (; k <= 1_000_000 && at === anchor + k * interval; k++) at = rule.next(trigger, at, { anchor });
    expect(k).toBe(1_000_001);
  });

  it('comes to the tick of any number, however large, in one step', () => {
    fc.assert(fc.property(anchors, lengths, fc.nat({ max: 1_000_000_000 }), fc.nat({ max: 1_000_000 }), (anchor, length, k, ticks) => {
      const trigger = every(length);
      const rule = ruleOf(trigger);
      const tick = (n: number) => anchor + n * trigger.interval;
      fc.pre(tick(k + ticks + 1) <= 8.64e15);
      expect(rule.last(trigger, tick(k), { anchor })).toBe(tick(k));
      expect(rule.next(trigger, tick(k), { anchor })).toBe(tick(k + 1));
      expect(rule.next(trigger, nextDown(tick(k)), { anchor })).toBe(tick(k));
      expect(rule.advance(trigger, tick(k), ticks, { anchor })).toBe(tick(k + ticks));
      expect(rule.count(trigger, tick(k), tick(k + ticks), { anchor })).toBe(ticks + 1);
      expect(rule.count(trigger, nextUp(tick(k)), nextDown(tick(k + ticks)), { anchor })).toBe(Math.max(0, ticks - 1));
    }), { numRuns: 1_000 });
  });
});
