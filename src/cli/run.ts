// `carillon run`: runs the tasks that a module exports, and shows what becomes of them.
import process from 'node:process';
import { filter, firstValueFrom, fromEvent, map, merge, share, skip, take } from 'rxjs';
import { CarillonError, TaskScheduler, WallClock } from '../index.js';
import { durationMs } from '../task/duration.js';
import type { Work } from '../task/work.js';
import { UsageError, wholeNumber, type Given } from './arguments.js';
import type { Manual } from './help.js';
import { loadTasks, type ExportedTasks } from './load-tasks.js';
import { EXIT, exitCode, type End } from './outcome.js';
import { divertStdout, showRun } from './show-run.js';
import { Tally } from './tally.js';

export const RUN: Manual = {
  usage: '<file> [task…]',
  about: 'runs the tasks that a module exports',
  flags: {
    deadline: { value: '<duration>', about: 'how long runs go on after a signal (default: 10s)' },
    concurrency: { value: '<n>', about: 'how many runs at once (default: any number)' },
    json: { about: 'prints events, and a report at the end, as JSON lines' },
  },
  notes: [
    'It runs all of them, or those that are named.',
    'The module exports what defineTask() returns:',
    '',
    "  import { defineTask, every } from 'carillon';",
    "  export const hello = defineTask(() => 'Hello!', every('5s'));",
    '',
    'After Ctrl-C or SIGTERM nothing more starts, and the runs in progress may end.',
    'A second one ends at once.',
    '',
    'Exit codes:  0         no task has failed, and no run was broken off',
    '             1         a task has failed',
    '             2         nothing was run: wrong usage, or a file that can\'t load',
    '             130, 143  the deadline, or a second signal, broke runs off',
  ],
};

/** @throws UsageError, LoadError, InvalidArgumentError */
export async function run({ positionals, flags }: Given): Promise<number> {
  const [file, ...names] = positionals;
  if (file === undefined) throw new UsageError('say which file: a module that exports tasks, as tasks.ts.');
  const deadline = durationMs(flags.get('deadline') ?? '10s', '--deadline');
  const limit = flags.get('concurrency');
  const concurrency = limit === undefined ? undefined : wholeNumber(limit, '--concurrency');
  const writeJson = flags.has('json') ? divertStdout() : undefined;
  const tasks = await loadTasks(file, names);
  await rehearse(tasks);

  const clock = new WallClock();
  const scheduler = new TaskScheduler({ clock, concurrency, autoStart: false });
  const tally = new Tally(clock.now());
  scheduler.events$.subscribe((event) => { tally.add(event); });
  const view = showRun(scheduler, { tally, file, names: namesOf(tasks), writeJson });

  const signals$ = merge(...(['SIGINT', 'SIGTERM'] as const).map((signal) => fromEvent(process, signal).pipe(map((): End => signal)))).pipe(share());
  signals$.pipe(take(1)).subscribe(() => { view.print('Stopping, once what is in progress has ended. Again, to end at once.'); });
  signals$.pipe(skip(1)).subscribe((signal) => { process.exit(signal === 'SIGINT' ? EXIT.sigint : EXIT.sigterm); });
  const end$ = merge(
    signals$,
    fromEvent(process.stdout, 'error').pipe(map((): End => 'SIGPIPE')),
    scheduler.events$.pipe(filter(() => tally.open === 0), map((): End => 'done')),
    // Tasks that wait for Observables don't keep a process alive: those have to.
    fromEvent(process, 'beforeExit').pipe(map((): End => 'idle')),
  );
  const ended = firstValueFrom<End, End>(end$, { defaultValue: 'done' });
  schedule(scheduler, tasks);
  scheduler.start();
  const end = await ended;
  const stop = await scheduler.stop({ deadline });
  const outcome = { end, tookMs: clock.now() - tally.startedAt, stop, tasks: scheduler.getTasks(), tally };
  await view.conclude(outcome);
  return exitCode(outcome);
}

function namesOf(tasks: ExportedTasks): ReadonlyMap<string, string> {
  return new Map([...tasks].map(([name, { options }]) => [options?.id ?? name, options?.name ?? name]));
}

/** What can't be scheduled is found out before anything is shown. A scheduler that was never started subscribes to no Observable. */
async function rehearse(tasks: ExportedTasks): Promise<void> {
  const scheduler = new TaskScheduler({ autoStart: false, keepAlive: false });
  try {
    schedule(scheduler, tasks);
  } finally {
    await scheduler.stop();
  }
}

function schedule(scheduler: TaskScheduler, tasks: ExportedTasks): void {
  for (const [name, { work, trigger, options }] of tasks) {
    try {
      // What the types said of arguments was said where it was defined.
      scheduler.schedule(work as Work<[]>, trigger, { ...options, id: options?.id ?? name, name: options?.name ?? name } as object);
    } catch (error) {
      if (!(error instanceof CarillonError)) throw error;
      throw new UsageError(`the task ${name} can't be scheduled: ${error.message}`, { cause: error });
    }
  }
}
