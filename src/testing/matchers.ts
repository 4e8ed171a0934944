// Matchers for jest and vitest: what happened, held against what a test says.
import { InvalidArgumentError } from '../task/errors.js';
import type { RunState, RunStatus } from '../task/run.js';
import { show } from '../task/show.js';
import type { TaskState, TaskStatus } from '../task/task.js';
import { lanesOf, type Lane, type TimelineSource } from './lanes.js';
import { columnsOf, marblesOf, parseTimeline, scaleOf, type Scale, type TimelineOptions } from './timeline.js';

/** The matchers, as `expect` has them; `R` is what each returns. To be merged into the types of your test runner. */
export interface CarillonMatchers<R = void> {
  /** Whether what happened is what the timeline says, mark by mark. Trailing `-` say nothing. */
  toMatchTimeline(expected: string, options?: TimelineOptions): R;
  /** Whether among the runs, as `getRuns` returns them, one has all these fields; a value may be an asymmetric matcher. */
  toHaveRun(expected: Partial<Record<keyof RunState, unknown>>): R;
  /** Whether a task, or a run, has this status. */
  toHaveStatus(status: TaskStatus | RunStatus): R;
}

const STATUSES: readonly (TaskStatus | RunStatus)[] = ['PENDING', 'RUNNING', 'PAUSED', 'COMPLETED', 'FAILED', 'CANCELLED', 'QUEUED', 'RETRYING', 'SKIPPED', 'MISSED'];
const RUN_FIELDS: readonly (keyof RunState)[] = [
  'runId', 'taskId', 'tick', 'status', 'scheduledFor', 'queuedAt', 'startedAt', 'finishedAt', 'attempt', 'nextAttemptAt', 'reason', 'progress',
  'result', 'error', 'cancelReason', 'skipReason', 'count', 'lastScheduledFor',
];

/** What a matcher needs of its test runner. */
interface Runner {
  equals(a: unknown, b: unknown): boolean;
}

interface Verdict {
  readonly pass: boolean;
  readonly message: () => string;
}

/**
 * The matchers of {@link CarillonMatchers}, for `expect.extend`, which jest and vitest have in common.
 *
 * @example
 * expect.extend(matchers);
 * expect(events).toMatchTimeline('s---d---s---(d|)');
 */
export const matchers = Object.freeze({
  /** See {@link CarillonMatchers.toMatchTimeline}. */
  toMatchTimeline(received: TimelineSource, expected: string, options?: TimelineOptions): Verdict {
    const { lanes, from } = lanesOf(received);
    const scale = scaleOf(options, from);
    const wanted = parseTimeline(expected, { frame: scale.frame, from: scale.from });
    const pairs = paired(lanes, wanted, scale);
    const pass = pairs.every(({ difference }) => difference === undefined);
    return { pass, message: () => timelineMessage(pairs, scale, pass) };
  },

  /** See {@link CarillonMatchers.toHaveRun}. */
  toHaveRun(this: Runner, received: readonly RunState[], expected: Partial<Record<keyof RunState, unknown>>): Verdict {
    if (!Array.isArray(received)) throw new InvalidArgumentError('received', received, `toHaveRun() needs the runs of a task, as getRuns() returns them; got ${show(received)}.`);
    const unknown = Object.keys(expected).find((field) => !RUN_FIELDS.includes(field as keyof RunState));
    if (unknown !== undefined) throw new InvalidArgumentError('expected', unknown, `A run has no field ${show(unknown)}. It has: ${RUN_FIELDS.join(', ')}.`);
    const fields = Object.entries(expected) as [keyof RunState, unknown][];
    const runs: readonly RunState[] = received;
    const pass = runs.some((run) => fields.every(([field, value]) => this.equals(run[field], value)));
    const wanted = fields.map(([field, value]) => `${field}: ${show(value)}`).join(', ');
    const shown = runs.map((run) => `  ${fields.map(([field]) => `${field}: ${show(run[field])}`).join(', ')}`);
    return {
      pass,
      message: () => [`Expected ${pass ? 'no run' : 'a run'} with { ${wanted} }. There ${runs.length === 1 ? 'was one run' : `were ${runs.length} runs`}:`, ...shown].join('\n'),
    };
  },

  /** See {@link CarillonMatchers.toHaveStatus}. */
  toHaveStatus(received: TaskState | RunState, status: TaskStatus | RunStatus): Verdict {
    if (typeof (received as unknown) !== 'object' || typeof (received as TaskState | null)?.status !== 'string') {
      throw new InvalidArgumentError('received', received, `toHaveStatus() needs a task, as getTask() returns it, or a run; got ${show(received)}.`);
    }
    if (!STATUSES.includes(status)) throw new InvalidArgumentError('status', status, `There is no status ${show(status)}. There are: ${STATUSES.join(', ')}.`);
    const what = 'runId' in received ? `the run ${received.runId}` : `the task ${received.name === undefined ? received.id : show(received.name)}`;
    const why = received.error ? `, with the error ${show(received.error)}` : '';
    const pass = received.status === status;
    return { pass, message: () => `Expected ${what} ${pass ? 'not ' : ''}to be ${status}; it is ${received.status}${why}.` };
  },
});

interface Pair {
  readonly label: string;
  readonly received: string;
  readonly expected: string;
  /** Where they first differ, in words; undefined when they don't. */
  readonly difference: string | undefined;
}

/** Each lane beside the one of the same label; one without a label beside the only one there is. */
function paired(received: readonly Lane[], expected: readonly Lane[], scale: Scale): readonly Pair[] {
  const [only] = expected;
  if (only?.label === '' && expected.length === 1 && received.length <= 1) return [pairOf(received[0]?.label ?? '', received[0] ?? { label: '', marks: [] }, only, scale)];
  // Hand-made lanes may share a label: the first goes with the first, and so on.
  const numbered = (lanes: readonly Lane[]): ReadonlyMap<string, Lane> =>
    new Map(lanes.map((lane, i) => [`${lanes.slice(0, i).filter(({ label }) => label === lane.label).length} ${lane.label}`, lane]));
  const [got, wanted] = [numbered(received), numbered(expected)];
  return [...new Set([...wanted.keys(), ...got.keys()])].map((key) => pairOf(key.slice(key.indexOf(' ') + 1), got.get(key), wanted.get(key), scale));
}

function pairOf(label: string, received: Lane | undefined, expected: Lane | undefined, scale: Scale): Pair {
  const written = (lane: Lane | undefined): string => (lane ? marblesOf(lane.marks, scale) || '-' : '(no such lane)');
  return { label, received: written(received), expected: written(expected), difference: differenceOf(received, expected, scale) };
}

function differenceOf(received: Lane | undefined, expected: Lane | undefined, scale: Scale): string | undefined {
  if (!received || !expected) return received ? 'the timeline has no such lane' : 'there is no such lane';
  const [got, wanted] = [columnsOf(received.marks, scale), columnsOf(expected.marks, scale)];
  const i = Array.from({ length: Math.max(got.length, wanted.length) }, (_, n) => n)
    .find((n) => got[n]?.column !== wanted[n]?.column || got[n]?.letters !== wanted[n]?.letters);
  if (i === undefined) return undefined;
  const column = Math.min(got[i]?.column ?? Infinity, wanted[i]?.column ?? Infinity);
  const at = (columns: typeof got): string => (columns[i]?.column === column ? columns[i].letters : 'nothing');
  return `in frame ${column}, at ${scale.from + column * scale.frame} ms: expected ${at(wanted)}, received ${at(got)}`;
}

function timelineMessage(pairs: readonly Pair[], { frame }: Scale, pass: boolean): string {
  const width = Math.max(0, ...pairs.map(({ label }) => label.length));
  const lines = pairs.flatMap(({ label, expected, received, difference }) => {
    const name = label.padEnd(width === 0 ? 0 : width + 2);
    if (difference === undefined) return [`${name}as expected  ${received}`];
    const gap = ' '.repeat(name.length);
    let same = 0;
    while (same < expected.length && expected[same] === received[same]) same++;
    return [`${name}expected     ${expected}`, `${gap}received     ${received}`, `${gap}             ${' '.repeat(same)}^ ${difference}`];
  });
  return [`Expected what happened ${pass ? 'not ' : ''}to match the timeline (a character is ${frame} ms):`, '', ...lines].join('\n');
}
