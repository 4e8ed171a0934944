// The ticks that a schedule lets expect, each with when it could be handled, and when it had to be.
import { dueInstants, type Due, type Span } from './due-instants.js';
import type { Rules } from './rules.js';

/** A tick, as it is expected. */
export interface Tick {
  /** When it was due; with jitter, at the earliest. */
  readonly due: number;
  /** When it could be handled. */
  readonly ready: number;
  /** When it had to be. */
  readonly by: number;
  /** Whether it has to run, if its policy lets it; else it may. */
  readonly sure: boolean;
}

/** A tick by itself, whatever else was due. */
export interface LoneTick extends Tick {
  /** Whether it may have been handled so late that `misfire` decided on it; with 'skip' it is lost then. */
  readonly mayBeLate: boolean;
}

/** The ticks that count, each with when it could be handled. */
export function expectedTicks(rules: Rules, over: Span): readonly Tick[] {
  const { misfire: { policy, limit }, observedUntil } = rules;
  const ticks: LoneTick[] = [];
  for (const due of dueInstants(rules)) {
    if (due.from > Math.min(over.to, observedUntil)) break;
    const tick = loneTick(rules, due, over);
    if (tick && tick.ready <= over.to) ticks.push(tick);
  }
  // Of the ticks that are due by the time that a late one is handled, so many are made up for: the newest.
  const most = policy === 'latest' ? 1 : limit;
  let lateBy = -Infinity;
  return ticks.map((tick, i) => {
    if (policy === 'skip') return tick;
    if (tick.mayBeLate) lateBy = Math.max(lateBy, tick.by);
    const newer = ticks[i + most];
    return newer && newer.due <= lateBy ? { ...tick, sure: false } : tick;
  });
}

/** A tick that is due then; undefined if a pause has swallowed it. */
export function loneTick(rules: Rules, { from, to, sure }: Due, over: Span): LoneTick | undefined {
  const { trigger, pauses, heldUp, tolerance, misfire: { policy, grace } } = rules;
  // A single tick waits for the end of a pause, where one of a grid is lost.
  const isSingle = trigger.kind === 'once' || trigger.kind === 'after';
  const spans = isSingle ? [...pauses, ...heldUp] : heldUp;
  const by = isSingle ? latestStart(to, rules) : lastChance(to, heldUp) + tolerance;
  const touching = isSingle ? [] : pauses.filter((pause) => pause.from <= by && pause.to >= from);
  if (touching.some((pause) => pause.from < from && pause.to > to)) return undefined;
  /** From when on a tick is late; what waited for the end of a pause, no sooner than then. */
  const lateFrom = (due: number, handled: number): number => (isSingle ? pauses.reduce((at, pause) => (pause.to <= handled ? Math.max(at, pause.to) : at), due) : due);
  const delays = [from, ...heldUp.filter((span) => span.from > from && span.from <= to).map((span) => span.from)].map((due) => {
    const handled = lastChance(due, spans);
    return handled - lateFrom(due, handled);
  });
  const mayBeLate = Math.max(...delays) + tolerance > grace;
  return {
    due: from,
    ready: goneThrough(from, spans, (span, at) => at > span.from && at < span.to),
    by: policy === 'skip' ? Math.min(by, lateFrom(to, by - tolerance) + grace) : by,
    // When a pause begins or ends before the tick had to be handled, it can't be told what came first.
    sure: sure && touching.length === 0 && by < over.from && !(mayBeLate && policy === 'skip'),
    mayBeLate,
  };
}

/** The instant, or the end of the spans that it falls into, one after the other. */
function goneThrough(instant: number, spans: readonly Span[], isIn: (span: Span, at: number) => boolean): number {
  let at = instant;
  for (let span = spans.find((one) => isIn(one, at)); span; span = spans.find((one) => isIn(one, at))) at = span.to;
  return at;
}

/** What is to happen at the instant happens then at the latest: at the edges of a span it can't be told what came first. */
export function lastChance(instant: number, spans: readonly Span[]): number {
  return goneThrough(instant, spans, ({ from, to }, at) => at >= from && at < to);
}

/** When that has to start which may from an instant on, and in no pause. */
export function latestStart(instant: number, { pauses, heldUp, tolerance }: Rules): number {
  const spans = [...pauses, ...heldUp];
  let at = lastChance(instant, spans);
  // A pause that begins before it had to start may have come first.
  const isNext = ({ from, to }: Span): boolean => from > at && from <= at + tolerance && to > from;
  for (let pause = pauses.find(isNext); pause; pause = pauses.find(isNext)) at = lastChance(pause.to, spans);
  return at + tolerance;
}
