// Lanes: what happened to each task, as marks in the order they were made; the common ground of timelines, pictures and matchers.
import { InvalidArgumentError } from '../task/errors.js';
import type { TaskEvent } from '../task/event.js';
import type { RunId, RunState } from '../task/run.js';
import { show } from '../task/show.js';
import type { TaskId, TaskState } from '../task/task.js';
import { EVENT_LETTERS } from './letters.js';

/** One thing that happened: a letter of `EVENT_LETTERS`, or `|` for the end of the task. */
export interface Mark {
  /** When: epoch ms. */
  readonly at: number;
  readonly letter: string;
  /** The run that it happened to, where that is known. */
  readonly runId?: RunId | undefined;
}

/** What happened to one task. */
export interface Lane {
  /** What the lane is called: the task's name if no other has it, else its id; empty when there is one lane only, and it needs no name. */
  readonly label: string;
  /** In the order they happened. */
  readonly marks: readonly Mark[];
}

/**
 * Where a timeline comes from:
 *
 * - the events of a scheduler, as `events$` told them: a lane a task, exact to the order within one instant
 * - the runs of a task, as `getRuns` returns them: one lane without a label. Of a run that was retried they know the latest attempt alone;
 *   events know all
 * - a scheduler: a lane a task, from the runs that it still keeps of each
 * - lanes, such as `parseTimeline` returns
 *
 * Runs don't say in which order things happened at one instant: drawn is first what ended, then ticks that were lost, then runs
 * that wait, then runs that start.
 */
export type TimelineSource = readonly TaskEvent[] | readonly RunState[] | readonly Lane[] | RunKeeper;

/** What a timeline needs of a scheduler. */
export interface RunKeeper {
  /** Its tasks. */
  getTasks(): readonly TaskState[];
  /** The runs of one of them that are kept. */
  getRuns(id: TaskId): readonly RunState[];
}

/** The lanes of a source, and the instant at which it begins. @throws InvalidArgumentError when it is none */
export function lanesOf(source: TimelineSource): { readonly lanes: readonly Lane[]; readonly from: number } {
  if (!isSource(source)) refuse(source);
  if ('getTasks' in source) return ofScheduler(source);
  const first: unknown = source[0];
  if (source.length === 0) return { lanes: [], from: 0 };
  if (typeof first !== 'object' || first === null) refuse(source);
  if ('marks' in first) return { lanes: checkedLanes(source as readonly Lane[]), from: 0 };
  if (!('at' in first && 'type' in first) && !('scheduledFor' in first)) refuse(source);
  if ('type' in first) return { lanes: ofEvents(source as readonly TaskEvent[]), from: first.at as number };
  const runs = source as readonly RunState[];
  return { lanes: [{ label: '', marks: ofRuns(runs) }], from: runs.reduce((from, run) => Math.min(from, run.scheduledFor), Infinity) };
}

function isSource(source: unknown): boolean {
  return typeof source === 'object' && source !== null && (Array.isArray(source) || 'getTasks' in source);
}

function refuse(source: unknown): never {
  const hint = source instanceof Promise ? ' Await it.' : '';
  throw new InvalidArgumentError('source', source, `A timeline needs the events of a scheduler, the runs of a task, lanes, or a scheduler; got ${show(source)}.${hint}`);
}

function checkedLanes(lanes: readonly Lane[]): readonly Lane[] {
  for (const { label, marks } of lanes) {
    if (typeof label !== 'string' || !Array.isArray(marks)) refuse(lanes);
    for (const { at, letter } of marks as readonly Mark[]) {
      if (!Number.isFinite(at)) throw new InvalidArgumentError('at', at, `A mark needs the epoch ms at which it was made; got ${show(at)}.`);
      if (!/^[^-(),\s]$/.test(letter)) throw new InvalidArgumentError('letter', letter, `A mark needs one letter that is no sign of a timeline's own; got ${show(letter)}.`);
    }
  }
  return lanes;
}

function ofScheduler(scheduler: RunKeeper): { readonly lanes: readonly Lane[]; readonly from: number } {
  const tasks = scheduler.getTasks();
  const labels = labelsOf(new Map(tasks.map(({ id, name }) => [id, name])));
  const lanes = tasks.map((task) => {
    const end = 'finishedAt' in task ? [{ at: task.finishedAt, letter: '|' }] : [];
    return { label: labels.get(task.id) ?? task.id, marks: [...ofRuns(scheduler.getRuns(task.id)), ...end] };
  });
  return { lanes, from: tasks.length === 0 ? 0 : tasks.reduce((from, { scheduledAt }) => Math.min(from, scheduledAt), Infinity) };
}

function ofEvents(events: readonly TaskEvent[]): readonly Lane[] {
  const names = new Map<TaskId, string | undefined>();
  const marks = new Map<TaskId, Mark[]>();
  for (const event of events) {
    const { taskId, at, type } = event;
    if (taskId === undefined) continue;
    if (!marks.has(taskId)) marks.set(taskId, []);
    names.set(taskId, type === 'taskScheduled' ? event.name : names.get(taskId));
    const letter = type === 'taskFinished' ? '|' : EVENT_LETTERS[type];
    if (letter !== undefined) marks.get(taskId)?.push({ at, letter, runId: 'runId' in event ? event.runId : undefined });
  }
  const labels = labelsOf(names);
  return [...marks].map(([id, own]) => ({ label: labels.get(id) ?? id, marks: own }));
}

const OUTCOMES: Readonly<Partial<Record<RunState['status'], string>>> = { COMPLETED: 'd', FAILED: 'f', CANCELLED: 'x', SKIPPED: 'k', MISSED: 'm' };

function ofRuns(runs: readonly RunState[]): readonly Mark[] {
  const marks: (Mark & { readonly rank: number })[] = [];
  for (const { runId, status, queuedAt, startedAt, finishedAt } of runs) {
    if (queuedAt !== undefined) marks.push({ at: queuedAt, letter: 'q', runId, rank: 2 });
    if (startedAt !== undefined) marks.push({ at: startedAt, letter: 's', runId, rank: 3 });
    const letter = OUTCOMES[status];
    // A run that ends where it began ends after all that begins there with it.
    const isShort = finishedAt === (startedAt ?? queuedAt);
    if (finishedAt !== undefined && letter) marks.push({ at: finishedAt, letter, runId, rank: isShort ? 3 : startedAt === undefined ? 1 : 0 });
  }
  return marks.sort((a, b) => a.at - b.at || a.rank - b.rank).map(({ at, letter, runId }) => ({ at, letter, runId }));
}

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/** What to call each task: its name, unless several have it, or one has it for its id. A task that is alone needs no id that nobody gave it. */
function labelsOf(names: ReadonlyMap<TaskId, string | undefined>): ReadonlyMap<TaskId, string> {
  const taken = new Map<string, number>();
  for (const name of names.values()) if (name !== undefined) taken.set(name, (taken.get(name) ?? 0) + 1);
  return new Map([...names].map(([id, name]) => [id, name !== undefined && name !== '' && taken.get(name) === 1 && !names.has(name) ? name : names.size === 1 && UUID.test(id) ? '' : id]));
}
