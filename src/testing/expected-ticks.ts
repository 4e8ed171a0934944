// The ticks that a schedule lets expect, each with when it could be handled, and when it had to be.
import type { Rules } from './check-runs.js';
import { dueInstants, type Span } from './due-instants.js';

/** A tick, as it is expected. */
export interface Tick {
  readonly due: number;
  /** When it could be handled. */
  readonly ready: number;
  /** When it had to be. */
  readonly by: number;
  /** Whether it has to run, if its policy lets it; else it may. */
  readonly sure: boolean;
}

/** The ticks that count, each with when it could be handled. */
export function expectedTicks({ trigger, scheduledAt, startAt, until, observedUntil, pauses, heldUp, tolerance }: Rules, over: number): readonly Tick[] {
  const ticks: Tick[] = [];
  for (const due of dueInstants({ trigger, scheduledAt, startAt, until })) {
    if (due > Math.min(over, observedUntil)) break;
    const isGrid = trigger.kind === 'every';
    const pause = isGrid && pauses.find(({ from, to }) => due >= from && due <= to);
    if (pause && due > pause.from && due < pause.to) continue;
    // A single tick waits for the end of a pause, where one of a grid is lost.
    const spans = isGrid ? heldUp : [...pauses, ...heldUp];
    const ready = goneThrough(due, spans, ({ from, to }, at) => at > from && at < to);
    const by = lastChance(due, spans) + tolerance;
    // Of the ticks that were held up together, it is the newest that has to be made up for.
    const before = ticks.at(-1);
    if (before?.by === by) ticks[ticks.length - 1] = { ...before, sure: false };
    // At the very instant at which a pause begins or ends, it can't be told what came first.
    if (ready <= over) ticks.push({ due, ready, by, sure: !pause && by < over });
  }
  return ticks;
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
