// The simulator: plays a plot on virtual time, lets the work itself write down when it ran, and has that checked.
import { Observable } from 'rxjs';
import { TaskScheduler, withContext, type RunId, type TaskEvent, type TaskId } from '../../../src/index.js';
import { VirtualClock, VirtualThreads, checkRuns, type CheckedSchedule, type LoggedRun } from '../../../src/testing/index.js';
import type { Nature, Plot, PlottedTask } from './plot.js';
import { chanceOf, type Chance } from './random.js';

/** When a simulation begins: some instant of the wall clock. */
const BEGIN = 1_893_456_000_000;

type Log = { runId: RunId; startedAt: number; endedAt?: number; outcome?: LoggedRun['outcome'] }[];
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Played {
  readonly id: TaskId;
  readonly schedule: Mutable<CheckedSchedule>;
  readonly log: Log;
  readonly pauses: { from: number; to: number }[];
}

/** What went wrong in a simulation: nothing, if all is well. */
export async function simulate(plot: Plot): Promise<readonly string[]> {
  const problems: string[] = [];
  const chance = chanceOf(plot.seed ^ 0x5eed);
  const clock = new VirtualClock({ startAt: BEGIN });
  const scheduler = new TaskScheduler({ clock, onError: () => undefined });
  /** How far the wall clock was set back: what is logged counts on, as time does. */
  let setBack = 0;
  const elapsed = (): number => clock.now() + setBack;
  const heldUp: { from: number; to: number }[] = [];
  const played = new Map<number, Played>();
  watchOrder(scheduler, problems);
  const cancelled = new Map<RunId, { readonly taskId: TaskId; readonly startedAt: number; readonly at: number }>();
  const started = new Map<RunId, number>();
  scheduler.events$.subscribe((event) => {
    if (event.type === 'runStarted') started.set(event.runId, elapsed());
    if (event.type === 'runCancelled') cancelled.set(event.runId, { taskId: event.taskId, startedAt: started.get(event.runId) ?? NaN, at: elapsed() });
  });

  function schedule(index: number, task: PlottedTask): void {
    const { trigger: triggerFrom, options, startAt, until, nature } = task;
    const log: Log = [];
    const trigger = triggerFrom(BEGIN - setBack);
    const given = { ...options, startAt: startAt === undefined ? undefined : BEGIN - setBack + startAt, until: until === undefined ? undefined : BEGIN + until };
    const id = scheduler.schedule(workOf(nature, clock, chance, log, elapsed), trigger, given);
    // Instants of the wall clock, as elapsed time.
    const inElapsed = trigger.kind === 'once' ? { ...trigger, at: trigger.at + setBack } : trigger;
    const startElapsed = given.startAt === undefined ? undefined : given.startAt + setBack;
    const pauses: { from: number; to: number }[] = [];
    played.set(index, {
      id, log, pauses,
      schedule: { ...given, trigger: inElapsed, scheduledAt: elapsed(), startAt: startElapsed, pauses, heldUp, tolerance: 0, observedUntil: Infinity },
    });
  }

  const steps = [
    ...plot.tasks.map((task, index) => ({ at: task.at, do: async () => {
      schedule(index, task);
      await clock.advanceBy(0);
    } })),
    ...plot.deeds.map((deed) => ({
      at: deed.at,
      do: async () => {
        if ('by' in deed) {
          const from = elapsed();
          if (deed.do === 'setBack') {
            setBack += deed.by;
            // Ticks of an instant of the wall clock that is still to come have longer to wait.
            for (const { schedule } of played.values()) {
              const { trigger } = schedule;
              if (trigger.kind === 'once' && trigger.at > from) schedule.trigger = { ...trigger, at: trigger.at + deed.by };
            }
            await clock.jumpWallClock(-deed.by);
          } else {
            heldUp.push({ from, to: from + deed.by });
            if (deed.do === 'block') clock.block(deed.by);
            else await (deed.do === 'sleep' ? clock.sleep(deed.by) : clock.jumpWallClock(deed.by));
            await clock.advanceBy(0);
          }
          return;
        }
        const task = played.get(deed.task);
        if (task) act(scheduler, task, deed.do, elapsed());
      },
    })),
  ].sort((a, b) => a.at - b.at);

  for (const step of steps) {
    const ahead = BEGIN + step.at - elapsed();
    if (ahead > 0) await clock.advanceBy(ahead);
    await step.do();
  }
  await clock.advanceBy(Math.max(0, BEGIN + plot.length - elapsed()));
  const observedUntil = elapsed();
  for (const [index, { id, schedule, log, pauses }] of played) {
    for (const pause of pauses) pause.to = Math.min(pause.to, observedUntil);
    const given: CheckedSchedule = { ...schedule, observedUntil };
    if (plot.tasks[index]?.nature.kind === 'thread') lateWords(id, log, cancelled);
    for (const { kind, at, due } of checkRuns(given, log)) problems.push(`task ${index}: ${kind} at ${at - BEGIN}${due === undefined ? '' : `, due ${due - BEGIN}`}`);
    problems.push(...differences(scheduler, id, log).map((difference) => `task ${index}: ${difference}`));
  }
  await scheduler.stop({ drain: false });
  return problems;
}

function act(scheduler: TaskScheduler, { id, schedule, pauses }: Played, deed: 'pause' | 'resume' | 'cancel' | 'stop', at: number): void {
  const isOver = ['COMPLETED', 'FAILED', 'CANCELLED'].includes(scheduler.getTaskStatus(id));
  const paused = pauses.find(({ to }) => to === Infinity);
  switch (deed) {
    case 'pause':
      if (!isOver && !paused && schedule.endedAt === undefined) pauses.push({ from: at, to: Infinity });
      scheduler.pauseTask(id);
      break;
    case 'resume':
      if (paused && schedule.endedAt === undefined) paused.to = at;
      scheduler.resumeTask(id);
      break;
    case 'cancel':
    case 'stop':
      if (!isOver) schedule.endedAt ??= at;
      if (deed === 'cancel') scheduler.cancelTask(id);
      else scheduler.stopTask(id);
      break;
  }
}

/** Work that writes down when it began and how it ended, by its own look at the time. */
function workOf({ kind, longest, failing }: Nature, clock: VirtualClock, chance: Chance, log: Log, elapsed: () => number) {
  // Enough for all, so that no run waits for one.
  const threads = new VirtualThreads({ clock, threads: 1_000, graceMs: 0 });
  const work = withContext<[], unknown>(({ signal, runId }) => {
    const entry: Log[number] = { runId, startedAt: elapsed() };
    log.push(entry);
    const isFailing = chance.is(failing);
    const ms = chance.whole(0, longest);
    const end = (outcome: LoggedRun['outcome']): void => {
      entry.endedAt ??= elapsed();
      entry.outcome ??= outcome;
    };
    if (kind === 'sync') {
      end(isFailing ? 'failed' : 'completed');
      if (isFailing) throw new Error('as plotted');
      return undefined;
    }
    if (kind === 'promise' || kind === 'thread') {
      return new Promise<void>((resolve, reject) => {
        const timer = clock.schedule(() => {
          end(isFailing ? 'failed' : 'completed');
          if (isFailing && kind === 'thread') threads.calls.find((call) => call.runId === runId)?.crash();
          else if (isFailing) reject(new Error('as plotted'));
          else resolve();
        }, ms);
        signal.addEventListener('abort', () => {
          timer.unsubscribe();
          // A thread that has died lets go of what it had.
          if (kind === 'thread' && isFailing && entry.outcome === 'failed') return;
          end('cancelled');
          // A promise that is settled at this very instant was not heard yet.
          entry.outcome = 'cancelled';
          reject(new Error('aborted'));
        });
      });
    }
    return new Observable<void>((subscriber) => {
      subscriber.add(clock.schedule(() => {
        end(isFailing ? 'failed' : 'completed');
        if (isFailing) subscriber.error(new Error('as plotted'));
        else subscriber.complete();
      }, ms));
      subscriber.add(() => { end('cancelled'); });
    });
  });
  return kind === 'thread' ? threads.module({ work }).work : work;
}

/** What a thread says at the very instant that its run is cancelled comes too late, and one that had not begun the run never says anything. */
function lateWords(id: TaskId, log: Log, cancelled: ReadonlyMap<RunId, { readonly taskId: TaskId; readonly startedAt: number; readonly at: number }>): void {
  for (const entry of log) if (entry.endedAt !== undefined && entry.endedAt === cancelled.get(entry.runId)?.at) entry.outcome = 'cancelled';
  for (const [runId, { taskId, startedAt, at }] of cancelled) {
    if (taskId === id && startedAt === at && !log.some((entry) => entry.runId === runId)) log.push({ runId, startedAt, endedAt: at, outcome: 'cancelled' });
  }
  log.sort((a, b) => a.startedAt - b.startedAt || (a.endedAt ?? Infinity) - (b.endedAt ?? Infinity));
}

/** Whether what the scheduler says it did is what the work did. */
function differences(scheduler: TaskScheduler, id: TaskId, log: Log): string[] {
  const { runCount, completedCount, failedCount, cancelledCount } = scheduler.getTask(id);
  const logged = (outcome: LoggedRun['outcome']): number => log.filter((run) => run.outcome === outcome).length;
  const pairs: [string, number, number][] = [
    ['runs', runCount, log.length], ['completed', completedCount, logged('completed')], ['failed', failedCount, logged('failed')], ['cancelled', cancelledCount, logged('cancelled')],
  ];
  return pairs.filter(([, told, done]) => told !== done).map(([what, told, done]) => `${what}: told of ${told}, done ${done}`);
}

/** Holds the order of events, and of each run's, against what can be. */
function watchOrder(scheduler: TaskScheduler, problems: string[]): void {
  const steps = new Map<string, TaskEvent['type']>();
  let seq = 0;
  scheduler.events$.subscribe((event) => {
    seq++;
    if (event.seq !== seq) problems.push(`event ${event.seq} came as the ${seq}th`);
    if (!('runId' in event)) return;
    const before = steps.get(event.runId);
    const mayFollow: readonly (TaskEvent['type'] | undefined)[] = event.type === 'runQueued' ? [undefined]
      : event.type === 'runStarted' || event.type === 'ticksSkipped' ? [undefined, 'runQueued'] : ['runStarted', 'runProgressed'];
    const isRight = mayFollow.includes(before);
    if (!isRight) problems.push(`${event.type} of a run after ${before ?? 'nothing'}`);
    steps.set(event.runId, event.type);
  });
}
