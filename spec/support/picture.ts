// Pictures: a few aligned rows of marbles, of which some say what is given and the others what comes of it.
import { runInNewContext } from 'node:vm';
import { Observable, lastValueFrom, type ObservableNotification, type SchedulerLike, type Subscriber } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { DoNotRetry, RetryAfter, TaskScheduler, triggers, type TaskEvent, type TaskId, type TaskStatus, type TaskUpdate, type Trigger } from '../../src/index.js';
import { STATUS_LETTERS, VirtualClock, timeline, type Mark, type TimelineOptions } from '../../src/testing/index.js';

/**
 * One behaviour, drawn. Each row is a label, marbles, and perhaps a note.
 *
 * Given: `work`, what each run does (the n-th row is the n-th run, the last one all later runs), and `promise`, the same by a
 * promise that goes on when it is aborted; `emits`, the Observable that is the trigger (`emissions` in the code); `call`, what is
 * called ({@link CALLS}, or a digit to set the scheduler's concurrency); `loop`, when the event loop is blocked (`B`); `clock`, what
 * the wall clock shows, a digit to the base of 36 for each column: the columns are time that has gone by, wherever it is set.
 * Drawn anew: `tick`, when ticks were due (where there is no `clock`); `task$`, the statuses that it tells ({@link STATUS_LETTERS}); `result`, what `results$`
 * tells; and by any other label the timeline of the task with that id, its note being its final status.
 */
export interface Picture {
  /** Schedules the task, once for each task that has a row. This very code is run. */
  readonly code: string;
  readonly rows: string;
  /** What `U` calls, as code. */
  readonly update?: string;
  /** So many ms a character. @default 1 */
  readonly frame?: number;
  readonly concurrency?: number;
}

/** What the letters of a `call` row call. */
export const CALLS: Readonly<Record<string, (scheduler: TaskScheduler, id: TaskId, codes?: { readonly again: () => void; readonly update: () => void }) => unknown>> = {
  A: (_scheduler, _id, codes) => codes?.again(),
  U: (_scheduler, _id, codes) => codes?.update(),
  P: (scheduler, id) => scheduler.pauseTask(id),
  R: (scheduler, id) => scheduler.resumeTask(id),
  T: (scheduler, id) => scheduler.retryTask(id),
  N: (scheduler, id) => scheduler.runTask(id),
  S: (scheduler, id) => scheduler.stopTask(id),
  C: (scheduler, id) => scheduler.cancelTask(id),
  X: (scheduler) => scheduler.stop(),
};

const GIVEN = ['work', 'promise', 'emits', 'call', 'loop', 'clock'];
const VIRTUAL = ['promise', 'loop', 'clock'];
const DRAWN = ['tick', 'task$', 'result'];

interface Row {
  readonly label: string;
  readonly marbles: string;
}

interface Played {
  readonly events: readonly TaskEvent[];
  readonly statuses: readonly Mark[];
  readonly results: readonly Mark[];
  readonly finals: ReadonlyMap<TaskId, TaskStatus>;
}

/** A picture as a document shows it: its code, and its rows without the indent. */
export function textOf({ code, update, rows, frame, concurrency }: Picture): string {
  const tasks = tasksOf(rowsOf(rows));
  const remark = frame === undefined ? tasks.length > 1 ? `  // as ${tasks.join(', ')}` : '' : `  // one character is ${frame} ms`;
  const head = concurrency === undefined ? '' : `scheduler.concurrency = ${concurrency}\n`;
  const later = update === undefined ? '' : `\n${update}  // at U`;
  return `${head}${code}${remark}${later}\n\n${dedent(rows)}`;
}

/** Whether a `TestScheduler` can't play it: promises don't settle there, and its clock is neither blocked nor set. */
export function needsVirtualClock({ rows }: Picture): boolean {
  return rowsOf(rows).some(({ label }) => VIRTUAL.includes(label));
}

/** Plays a picture on RxJS's `TestScheduler` and draws it anew. */
export function drawnOnTestScheduler(picture: Picture): string {
  const clock = new TestScheduler(() => undefined);
  const played = clock.run(() => play(picture, clock));
  return textOf({ ...picture, rows: draw(picture, played) });
}

/** Plays a picture on a `VirtualClock` and draws it anew. */
export async function drawnOnVirtualClock(picture: Picture): Promise<string> {
  const { rows, frame = 1 } = picture;
  const clock = new VirtualClock();
  const played = play(picture, clock);
  for (const shown of rowsOf(rows).find(({ label }) => label === 'clock')?.marbles ?? '') {
    await clock.jumpWallClock(parseInt(shown, 36) * frame - clock.now());
    await clock.advanceBy(frame);
  }
  await clock.runToIdle();
  return textOf({ ...picture, rows: draw(picture, played) });
}

function play({ code, update = '', rows: drawn, concurrency = Infinity, frame = 1 }: Picture, clock: SchedulerLike): Played {
  const rows = rowsOf(drawn);
  const all = (label: string): string[] => rows.filter((row) => row.label === label).map(({ marbles }) => marbles);
  const tasks = tasksOf(rows);
  const [first = ''] = tasks;
  let jumped = 0;
  if (clock instanceof VirtualClock) clock.jumps$.subscribe(({ by }) => { jumped += by; });
  const scheduler = new TaskScheduler({ clock, concurrency, onError: () => undefined, random: () => 0.5 });
  const [events, statuses, results, finals] = [[] as TaskEvent[], [] as Mark[], [] as Mark[], new Map<TaskId, TaskStatus>()];
  scheduler.events$.subscribe((event) => {
    events.push({ ...event, at: event.at - jumped });
    if (event.type === 'taskFinished') finals.set(event.taskId, event.status);
  });
  for (const marbles of all('loop')) {
    for (const { 0: busy, index } of marbles.matchAll(/B+/g)) clock.schedule(() => { block(clock, busy.length * frame); }, index * frame);
  }
  for (const marbles of all('call')) {
    sourceOf(marbles, frame, clock).subscribe((letter) => {
      if (/\d/.test(letter)) scheduler.concurrency = Number(letter);
      else CALLS[letter]?.(scheduler, first, { again: () => { scheduleAs(first); }, update: () => { runInNewContext(update, { id: first, updateTask, ...triggers }); } });
    });
  }
  const works = rows.filter(({ label }) => label === 'work' || label === 'promise');
  let runs = 0;
  const work = () => {
    const { label, marbles } = works[Math.min(runs++, works.length - 1)] ?? { label: 'work', marbles: '|' };
    const source = sourceOf(marbles, frame, clock);
    return label === 'work' ? source : lastValueFrom(source, { defaultValue: undefined });
  };
  function scheduleAs(id: TaskId): void {
    const schedule = (what: () => unknown, when: Trigger, options?: object): TaskId => scheduler.schedule(what, when, { ...options, id });
    runInNewContext(code, { id, schedule, work, RetryAfter, DoNotRetry, ...triggers, emissions: sourceOf(all('emits')[0] ?? '', frame, clock) });
  }
  function updateTask(id: TaskId, change: TaskUpdate): void { scheduler.updateTask(id, change); }
  for (const id of tasks) scheduleAs(id);
  const mark = (marks: Mark[], letter: string) => marks.push({ at: clock.now() - jumped, letter });
  scheduler.task$(first).subscribe({ next: ({ status }) => mark(statuses, STATUS_LETTERS[status]), complete: () => mark(statuses, '|') });
  scheduler.results$(first).subscribe({ next: (result) => mark(results, String(result)), complete: () => mark(results, '|') });
  // What lies behind the picture is no part of it, and may be endless.
  const stop = (): void => {
    // A wall clock that is set forward takes the delay along.
    const left = widthOf(rows) * frame - (clock.now() - jumped);
    if (left > 0) clock.schedule(stop, left);
    else void scheduler.stop({ drain: false });
  };
  stop();
  return { events, statuses, results, finals };
}

function draw({ rows: drawn, frame = 1 }: Picture, { events, statuses, results, finals }: Played): string {
  const rows = rowsOf(drawn);
  const width = widthOf(rows);
  const scale: TimelineOptions = { frame, from: 0, until: width * frame };
  const [first = ''] = tasksOf(rows);
  const row = (marks: readonly Mark[]): string => timeline([{ label: '', marks }], scale);
  const ticks = row(dueTimes(events, first));
  const redrawn = rows.map(({ label, marbles }) => {
    switch (label) {
      case 'tick': return finals.has(first) ? ticks.replace(/-+$/, '') : ticks;
      case 'task$': return row(statuses);
      case 'result': return row(results);
      default: return GIVEN.includes(label) ? marbles : timeline(events.filter(({ taskId }) => taskId === label), scale).split(/ +/)[1] ?? '';
    }
  });
  const labelWidth = Math.max(...rows.map(({ label }) => label.length));
  const noteAt = Math.max(...redrawn.map((marbles, i) => (finals.has(rows[i]?.label ?? '') ? marbles.length : 0)));
  return rows.map(({ label }, i) => `${label.padEnd(labelWidth)}  ${(redrawn[i] ?? '').padEnd(noteAt)}  ${finals.get(label) ?? ''}`.trimEnd()).join('\n');
}

/** The ticks of one task, each a `t` at the instant that it was due. */
function dueTimes(events: readonly TaskEvent[], id: TaskId): readonly Mark[] {
  const due = new Set<number>();
  for (const event of events) {
    if (event.taskId !== id || !('tick' in event) || event.tick === undefined) continue;
    if ('scheduledFor' in event) due.add(event.scheduledFor);
    // Lost ticks in a row are those of a grid, so they lie evenly.
    else for (let i = 0; i < event.count; i++) due.add(event.from + (i * (event.to - event.from)) / Math.max(1, event.count - 1));
  }
  return [...due].sort((a, b) => a - b).map((at) => ({ at, letter: 't' }));
}

function dedent(rows: string): string {
  return rows.trim().split('\n').map((line) => line.trim()).join('\n');
}

function rowsOf(rows: string): readonly Row[] {
  return dedent(rows).split('\n').map((line) => {
    const [label = '', marbles = ''] = line.split(/\s+/);
    return { label, marbles };
  });
}

function tasksOf(rows: readonly Row[]): readonly TaskId[] {
  return rows.map(({ label }) => label).filter((label) => !GIVEN.includes(label) && !DRAWN.includes(label));
}

/** How many columns there are: as many as the longest row has. */
function widthOf(rows: readonly Row[]): number {
  return Math.max(...rows.map(({ marbles }) => marbles.length));
}

function block(clock: SchedulerLike, ms: number): void {
  if (!(clock instanceof VirtualClock)) throw new Error('Only a VirtualClock can be blocked');
  clock.block(ms);
}

/** The Observable that a row of marbles draws, on any clock. */
function sourceOf(marbles: string, frame: number, clock: SchedulerLike): Observable<string> {
  const messages = TestScheduler.parseMarbles(marbles, undefined, new Error('as drawn'), false, true);
  // A column is 10 frames outside of run(), and 1 inside.
  const column = TestScheduler.parseMarbles('-|', undefined, undefined, false, true)[0]?.frame ?? 1;
  return new Observable((subscriber) => {
    for (const { frame: at, notification } of messages) {
      subscriber.add(clock.schedule(() => { tell(subscriber, notification); }, (at / column) * frame));
    }
  });
}

function tell(subscriber: Subscriber<string>, notification: ObservableNotification<string>): void {
  if (notification.kind === 'N') subscriber.next(notification.value);
  else if (notification.kind === 'E') subscriber.error(notification.error);
  else subscriber.complete();
}
