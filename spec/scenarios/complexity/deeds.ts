// What is done, and counted, among however many tasks: each situation is a scheduler of its own, on virtual time.
import { Subject } from 'rxjs';
import type * as Carillon from '../../../src/index.js';
import type * as Testing from '../../../src/testing/index.js';

/** A time far from what is measured. */
const FAR = 1e9;

/** What a deed may cost more among more tasks. All else is to stay as it is. */
export interface Growth {
  /** So many times something goes the way through a heap. */
  readonly heap?: number;
  /** So many times the map of `tasks$` is told anew: what was written since is copied, with the way to it. */
  readonly maps?: number;
}

/** What a situation is made with. */
export interface Stage extends Pick<typeof Carillon, 'TaskScheduler' | 'after' | 'every'>, Pick<typeof Testing, 'VirtualClock'> {
  /** How many tasks there are. */
  readonly tasks: number;
  /** How many of each deed are counted. */
  readonly times: number;
  /** Does it, and counts: a deed that is done so many times. */
  count(deed: string, times: number, act: () => unknown, growth?: Growth): Promise<void>;
}

/** From 0 up to `tasks`, each once, in a fixed disorder: 7,919 is a prime that divides none of the numbers of tasks. */
const scattered = (i: number, { tasks }: Stage): number => (i * 7_919) % tasks;

function open({ TaskScheduler, VirtualClock }: Stage, options: Carillon.TaskSchedulerOptions = {}) {
  const clock = new VirtualClock();
  const scheduler = new TaskScheduler({ clock, ...options });
  return { clock, scheduler };
}

type Opened = ReturnType<typeof open>;

/** Some of the tasks, from all over: for another `turn`, others. What was done to them has moved them in the clock's heap. */
function some({ times }: Stage, ids: readonly Carillon.TaskId[], turn: 0 | 1 | 2 | 3): readonly Carillon.TaskId[] {
  const step = ids.length / times;
  return Array.from({ length: times }, (_, i) => ids[Math.floor(i * step) + turn]!);
}

/** Schedules tasks that wait for times in disorder, so that the clock's heap is as high as it gets. */
function schedulePending(stage: Stage, { scheduler }: Opened, ids: Carillon.TaskId[], upTo = stage.tasks): readonly Carillon.TaskId[] {
  while (ids.length < upTo) ids.push(scheduler.schedule(() => 1, stage.after(FAR + scattered(ids.length, stage))));
  return ids;
}

/** Who listens, and is told. */
interface Watching {
  readonly maps?: number;
  readonly watch?: (id: Carillon.TaskId) => unknown;
}

/** The deeds that every situation with tasks that wait has in common. */
async function changes(stage: Stage, what: string, { clock, scheduler }: Opened, ids: readonly Carillon.TaskId[], { maps = 0, watch = () => undefined }: Watching = {}): Promise<void> {
  const { times } = stage;
  const [each, others] = [some(stage, ids, 0), some(stage, ids, 1)];
  await stage.count(`pauseTask${what}`, times, () => { for (const id of each) scheduler.pauseTask(id); }, { heap: 1, maps });
  await stage.count(`resumeTask${what}`, times, () => { for (const id of each) scheduler.resumeTask(id); }, { heap: 1, maps });
  for (let i = 0; i < times; i++) watch(scheduler.schedule(() => 1, stage.after(1 + i)));
  await stage.count(`a run, from PENDING to COMPLETED${what}`, times, () => clock.advanceBy(times), { heap: 1, maps: 2 * maps });
  await stage.count(`cancelTask${what}`, times, () => { for (const id of others) scheduler.cancelTask(id); }, { heap: 1, maps });
}

/** By their names: schedulers with tasks of one kind, and what is done there. */
export const SITUATIONS = {
  async pending(stage: Stage) {
    const { times } = stage;
    const opened = open(stage);
    const { clock, scheduler } = opened;
    const ids: Carillon.TaskId[] = [];
    const last = Math.min(stage.tasks, 5_000);
    schedulePending(stage, opened, ids, stage.tasks - last);
    await stage.count('schedule', last, () => schedulePending(stage, opened, ids), { heap: 1 });
    const each = some(stage, ids, 0);
    await stage.count('getTaskStatus', times, () => { for (const id of each) scheduler.getTaskStatus(id); });
    await stage.count('getTask', times, () => { for (const id of each) scheduler.getTask(id); });
    await stage.count('getTaskResult', times, () => { for (const id of each) scheduler.getTaskResult(id); });
    await stage.count('getRuns', times, () => { for (const id of each) scheduler.getRuns(id); });
    await stage.count('stats', times, () => { for (let i = 0; i < times; i++) scheduler.stats(); });
    await stage.count('task$, and its end', times, () => { for (const id of each) scheduler.task$(id).subscribe().unsubscribe(); });
    await stage.count('updateTask', times, () => { for (const id of some(stage, ids, 2)) scheduler.updateTask(id, { trigger: stage.after(FAR) }); }, { heap: 1 });
    await stage.count('runTask, and its run', times, () => {
      for (const id of each) scheduler.runTask(id);
      return clock.advanceBy(0);
    });
    await changes(stage, '', opened, ids);
    await stage.count('removeTask', times, () => { for (const id of some(stage, ids, 1)) scheduler.removeTask(id); });
    await stage.count('stopTask', times, () => { for (const id of some(stage, ids, 3)) scheduler.stopTask(id); }, { heap: 1 });
  },

  async watched(stage: Stage) {
    const opened = open(stage);
    const ids = schedulePending(stage, opened, []);
    const watch = (id: Carillon.TaskId): unknown => opened.scheduler.task$(id).subscribe();
    for (const id of ids) watch(id);
    await changes(stage, ', each with a subscriber of task$', opened, ids, { watch });
  },

  async map(stage: Stage) {
    const opened = open(stage);
    const ids = schedulePending(stage, opened, []);
    opened.scheduler.tasks$.subscribe();
    await changes(stage, ', with a subscriber of tasks$', opened, ids, { maps: 1 });
  },

  async retention(stage: Stage) {
    const { times } = stage;
    const opened = open(stage, { retention: { tasks: stage.tasks } });
    const { clock, scheduler } = opened;
    const { after } = stage;
    for (let i = 0; i < stage.tasks + 1_000; i++) scheduler.cancelTask(scheduler.schedule(() => 1, after(FAR)));
    for (let i = 0; i < times; i++) scheduler.schedule(() => 1, after(1 + i));
    await stage.count('a run that lets go of a finished task', times, () => clock.advanceBy(times));
  },

  async recurring(stage: Stage) {
    const { times } = stage;
    const { clock, scheduler } = open(stage);
    let runs = 0;
    for (let i = 0; i < stage.tasks; i++) {
      scheduler.schedule(() => ++runs, stage.every(stage.tasks + scattered(i, stage)), { startAt: 1 + scattered(i + 1, stage) });
    }
    await stage.count('a tick of a recurring task', times, () => clock.advanceBy(times), { heap: 1 });
    if (runs !== times) throw new Error(`${runs} runs`);
  },

  async 'in line'(stage: Stage) {
    const { times } = stage;
    const { clock, scheduler } = open(stage);
    for (let i = 0; i < stage.tasks; i++) scheduler.schedule(() => 1, stage.every(stage.tasks), { startAt: 1 + i });
    await stage.count('a tick of a recurring task, of those with one interval', times, () => clock.advanceBy(times));
  },

  async concurrency(stage: Stage) {
    const { times } = stage;
    const { clock, scheduler } = open(stage, { concurrency: 1 });
    let end = (): void => undefined;
    const work = (): Promise<void> => new Promise((resolve) => { end = resolve; });
    const ids = Array.from({ length: stage.tasks }, (_, i) => scheduler.schedule(work, stage.after(0), { priority: scattered(i, stage) }));
    await clock.advanceBy(0);
    const each = some(stage, ids, 0).filter((id) => scheduler.getTaskStatus(id) === 'PENDING');
    await stage.count('cancelTask of a run that waits for concurrency', each.length, () => { for (const id of each) scheduler.cancelTask(id); }, { heap: 1 });
    await stage.count('the next run of those that wait for concurrency', times / 2, async () => {
      for (let i = 0; i < times / 2; i++) {
        end();
        await clock.advanceBy(0);
      }
    }, { heap: 1 });
  },

  async key(stage: Stage) {
    const { times } = stage;
    const { clock, scheduler } = open(stage);
    let end = (): void => undefined;
    const work = (): Promise<void> => new Promise((resolve) => { end = resolve; });
    for (let i = 0; i < stage.tasks; i++) scheduler.schedule(work, stage.after(0), { concurrencyKey: 'the same' });
    await clock.advanceBy(0);
    await stage.count('the next run of those that wait for a key', times, async () => {
      for (let i = 0; i < times; i++) {
        end();
        await clock.advanceBy(0);
      }
    });
  },

  async overlap(stage: Stage) {
    const { times } = stage;
    const { clock, scheduler } = open(stage);
    let end = (): void => undefined;
    const source = new Subject<number>();
    scheduler.schedule(() => new Promise<void>((resolve) => { end = resolve; }), source, { overlap: 'queue', maxQueued: Infinity });
    for (let i = 0; i < stage.tasks; i++) source.next(i);
    await clock.advanceBy(0);
    await stage.count('the next run of those that wait in their task', times, async () => {
      for (let i = 0; i < times; i++) {
        end();
        await clock.advanceBy(0);
      }
    });
  },
};

export type SituationName = keyof typeof SITUATIONS;
