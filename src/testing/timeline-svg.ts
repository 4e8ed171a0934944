// Timelines as pictures: each task a lane, each run a bar, in plain SVG that a README can show.
import { lanesOf, type Lane, type TimelineSource } from './lanes.js';
import { scaleOf, type TimelineOptions } from './timeline.js';

/** Options of {@link timelineSvg}. */
export type TimelineSvgOptions = Pick<TimelineOptions, 'from' | 'until'>;

const WIDTH = 960;
const RIGHT = 24;
const BAR = 14;
const ROW = 22;
const LANE_GAP = 10;
const TOP = 12;
const AXIS = 30;
const LEGEND = 26;
/** Of the 12 px monospace font. */
const CHARACTER = 7.3;
const LONGEST_LABEL = 32;

const COLORS = { d: '#2da44e', f: '#cf222e', x: '#8c959f', running: '#388bfd', q: '#bf8700', k: '#bf8700', m: '#cf222e' } as const;
const NAMES = { d: 'completed', f: 'failed', x: 'cancelled', running: 'in progress', q: 'queued', k: 'ticks skipped', m: 'ticks missed' } as const;
type Kind = keyof typeof COLORS;

/** A run, from its start to its end, and from when it waited. */
interface Bar {
  readonly queuedAt: number | undefined;
  readonly startedAt: number | undefined;
  endedAt: number | undefined;
  kind: Kind;
  readonly row: number;
}

interface Drawing {
  readonly label: string;
  readonly bars: readonly Bar[];
  /** Ticks that were lost. */
  readonly lost: readonly { readonly at: number; readonly kind: 'k' | 'm' }[];
  /** Its ends: more than one if it had failed, and was retried. */
  readonly ends: readonly number[];
  readonly rows: number;
}

/**
 * Draws what happened as an SVG: a lane a task, a bar a run in the colour of its outcome, runs side by side below one another.
 * Times at the bottom count from the beginning.
 *
 * @param options which time to show; by default all
 * @throws InvalidArgumentError for bad options
 *
 * @example
 * await writeFile('timeline.svg', timelineSvg(events));
 */
export function timelineSvg(source: TimelineSource, options?: TimelineSvgOptions): string {
  const { lanes, from: begin } = lanesOf(source);
  const { from, until } = scaleOf(options, begin);
  const marks = lanes.flatMap((lane) => lane.marks.map(({ at }) => at)).filter((at) => at < until);
  const newest = marks.reduce((to, at) => Math.max(to, at), from);
  // A little more than there is, so that what is in progress is seen to be.
  const to = until === Infinity ? from + Math.max(1, newest - from) * 1.03 : until;
  const drawings = lanes.map((lane) => drawingOf(lane, from, to));
  const left = 24 + CHARACTER * Math.min(LONGEST_LABEL, Math.max(0, ...lanes.map(({ label }) => label.length)));
  const x = (at: number): number => round(left + ((Math.min(Math.max(at, from), to) - from) / (to - from)) * (WIDTH - RIGHT - left));
  const parts: string[] = [];
  let y = TOP;
  for (const [i, drawing] of drawings.entries()) {
    const height = drawing.rows * ROW + LANE_GAP;
    if (i % 2 === 0) parts.push(`<rect x="0" y="${y}" width="${WIDTH}" height="${height}" class="lane"/>`);
    parts.push(...laneParts(drawing, y + LANE_GAP / 2, x, to));
    y += height;
  }
  parts.push(...axisParts(from, to, y, x), ...legendParts(drawings, y + AXIS, left));
  const height = y + AXIS + LEGEND;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="12">`,
    // Grey that is legible on white and on black: an image doesn't know its page.
    '<style>text{fill:#7d8590}.lane{fill:#7d8590;fill-opacity:.08}.grid{stroke:#7d8590;stroke-opacity:.25}.end{stroke:#7d8590;stroke-width:2}</style>',
    ...parts,
    '</svg>',
  ].join('\n');
}

/** Pairs what began with what ended: by their runs where those are known, else first come, first served. */
function drawingOf({ label, marks }: Lane, from: number, to: number): Drawing {
  const bars: Bar[] = [];
  const lost: { at: number; kind: 'k' | 'm' }[] = [];
  const queued: { at: number; runId: string | undefined }[] = [];
  const open: { bar: Bar; runId: string | undefined }[] = [];
  const ends: number[] = [];
  for (const { at, letter, runId } of marks) {
    if (at >= to) continue;
    const own = <T extends { readonly runId: string | undefined }>(all: T[]): T | undefined => {
      const index = Math.max(runId === undefined ? 0 : all.findIndex((one) => one.runId === runId), runId === undefined ? 0 : -1);
      return index < 0 ? undefined : all.splice(index, 1)[0];
    };
    if (letter === 'q') queued.push({ at, runId });
    else if (letter === 's') {
      const taken = new Set(open.map(({ bar }) => bar.row));
      let row = 0;
      while (taken.has(row)) row++;
      const bar: Bar = { queuedAt: own(queued)?.at, startedAt: at, endedAt: undefined, kind: 'running', row };
      bars.push(bar);
      open.push({ bar, runId });
    } else if (letter === 'd' || letter === 'f' || letter === 'x' || letter === 'r') {
      const bar = own(open)?.bar;
      // An attempt that is followed by another has failed.
      if (bar) [bar.endedAt, bar.kind] = [at, letter === 'r' ? 'f' : letter];
    } else if (letter === 'k' || letter === 'm') {
      const dropped = runId === undefined ? undefined : own(queued);
      if (dropped) bars.push({ queuedAt: dropped.at, startedAt: undefined, endedAt: at, kind: 'q', row: 0 });
      lost.push({ at, kind: letter });
    } else if (letter === '|' && at >= from) ends.push(at);
  }
  for (const { at } of queued) bars.push({ queuedAt: at, startedAt: undefined, endedAt: undefined, kind: 'q', row: 0 });
  const shown = bars.filter((bar) => (bar.endedAt ?? to) >= from);
  return { label, bars: shown, lost: lost.filter(({ at }) => at >= from), ends, rows: Math.max(1, ...shown.map(({ row }) => row + 1)) };
}

function laneParts({ label, bars, lost, ends, rows }: Drawing, y: number, x: (at: number) => number, to: number): string[] {
  const shown = label.length > LONGEST_LABEL ? `${label.slice(0, LONGEST_LABEL - 1)}…` : label;
  const parts = [`<text x="12" y="${y + ROW / 2 + 4}">${escaped(shown)}</text>`];
  for (const { queuedAt, startedAt, endedAt: end, kind, row } of bars) {
    const middle = y + row * ROW + ROW / 2;
    if (queuedAt !== undefined) {
      // Below the bars, for there is nearly always one in progress meanwhile.
      const below = middle + BAR / 2 + 2.5;
      parts.push(`<line x1="${x(queuedAt)}" y1="${below}" x2="${x(startedAt ?? end ?? to)}" y2="${below}" stroke="${COLORS.q}" stroke-width="3" stroke-dasharray="3 2"/>`);
    }
    if (startedAt === undefined) continue;
    const width = Math.max(3, round(x(end ?? to) - x(startedAt)));
    const open = end === undefined ? ` fill-opacity=".45" stroke="${COLORS[kind]}" stroke-dasharray="3 2"` : '';
    parts.push(`<rect x="${x(startedAt)}" y="${middle - BAR / 2}" width="${width}" height="${BAR}" rx="3" fill="${COLORS[kind]}"${open}/>`);
  }
  for (const { at, kind } of lost) parts.push(lossMark(x(at), y + ROW / 2, kind));
  for (const at of ends) parts.push(`<line x1="${x(at)}" y1="${y - 1}" x2="${x(at)}" y2="${y + rows * ROW + 1}" class="end"/>`);
  return parts;
}

/** A ring for ticks that were skipped, a cross for ticks that were missed, on a ground that sets it off a bar. */
function lossMark(x: number, y: number, kind: 'k' | 'm'): string {
  if (kind === 'k') return `<circle cx="${x}" cy="${y}" r="4.5" fill="#fff" stroke="${COLORS.k}" stroke-width="2"/>`;
  return `<path d="M${x - 4} ${y - 4}l8 8m0-8l-8 8" stroke="#fff" stroke-width="5"/><path d="M${x - 4} ${y - 4}l8 8m0-8l-8 8" stroke="${COLORS.m}" stroke-width="2"/>`;
}

const STEPS_MS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500], ...[1, 2, 5, 10, 15, 30].map((s) => s * 1_000), ...[1, 2, 5, 10, 15, 30].map((m) => m * 60_000),
  ...[1, 2, 3, 6, 12].map((h) => h * 3_600_000), ...[1, 2, 7, 14, 30, 90, 365].map((d) => d * 86_400_000),
];

function axisParts(from: number, to: number, y: number, x: (at: number) => number): string[] {
  const step = STEPS_MS.find((ms) => (to - from) / ms <= 10) ?? (to - from) / 10;
  const parts: string[] = [];
  for (let at = 0; at <= to - from; at += step) {
    const at_ = x(from + at);
    parts.push(`<line x1="${at_}" y1="${TOP}" x2="${at_}" y2="${y + 4}" class="grid"/>`, `<text x="${at_}" y="${y + 18}" text-anchor="middle">${elapsed(at, step)}</text>`);
  }
  return parts;
}

/** A time since the beginning, in the largest unit that the step is a whole number of. */
function elapsed(ms: number, step: number): string {
  const [unit, size] = ([['d', 86_400_000], ['h', 3_600_000], ['min', 60_000], ['s', 1_000]] as const).find(([, one]) => step % one === 0) ?? ['ms', 1];
  return `${round(ms / size)} ${unit}`;
}

function legendParts(drawings: readonly Drawing[], y: number, left: number): string[] {
  const seen = new Set<Kind>(drawings.flatMap(({ bars, lost }) => [
    ...bars.flatMap(({ kind, queuedAt }): Kind[] => (queuedAt === undefined ? [kind] : [kind, 'q'])), ...lost.map(({ kind }) => kind),
  ]));
  let x = left;
  return (Object.keys(NAMES) as Kind[]).filter((kind) => seen.has(kind)).map((kind) => {
    const [middle, name] = [y + 10, NAMES[kind]];
    const sample = kind === 'k' || kind === 'm' ? lossMark(x + 6, middle, kind)
      : kind === 'q' ? `<line x1="${x}" y1="${middle}" x2="${x + 12}" y2="${middle}" stroke="${COLORS.q}" stroke-width="3" stroke-dasharray="3 2"/>`
        : `<rect x="${x}" y="${middle - 5}" width="12" height="10" rx="2" fill="${COLORS[kind]}"${kind === 'running' ? ` fill-opacity=".45" stroke="${COLORS[kind]}" stroke-dasharray="3 2"` : ''}/>`;
    const part = `${sample}<text x="${x + 18}" y="${middle + 4}">${name}</text>`;
    x += 18 + name.length * CHARACTER + 20;
    return part;
  });
}

function round(n: number): number {
  return Math.round(n * 100) / 100;
}

/** Fit for XML, which knows neither control characters nor halves of surrogates. */
function escaped(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, '\ufffd').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
