// The main job: `npm start [-- folder]`
//
// Runs the three examples of the README. Beside them, in threads, it hashes every file under the folder, each as a task of its own,
// and counts primes for a second or more, while a heartbeat measures how late the event loop is. Without a folder it takes this
// project's own tree, node_modules included, .git left out. In a terminal it shows a live table, into a pipe it writes plain lines;
// in the end it sums up.
//
// Exit codes: 0 every task came to its end (a file that can't be read is a failure of its task, reported and counted, not of the job)
//             1 a run started early or has no outcome: a bug of the scheduler
//             2 there is no such folder
//             130 or 143 Ctrl-C or SIGTERM: what was in progress was let finish; a second one aborts it
//             141 whoever read the output left
import { TaskScheduler, WallClock } from 'carillon';
import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import process, { argv, env, exit, stderr, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';
import { filter, firstValueFrom, from, fromEvent, map, merge, share, skip, switchMap, take } from 'rxjs';
import { printable } from '../../src/cli/cells.js';
import { liveTable } from '../../src/cli/live-table.js';
import { Screen } from '../../src/cli/screen.js';
import { valueText } from '../../src/cli/value-text.js';
import { FILE, hashText, type FileHash } from './file-hash.js';
import { scheduleHeartbeat } from './heartbeat.js';
import { IN_VIEW } from './in-view.js';
import { JobTally } from './job-tally.js';
import { logLines } from './log-lines.js';
import { scheduleFiles } from './schedule-files.js';
import { schedulePrimes } from './schedule-primes.js';
import { stopped, summary } from './summary.js';
import { scheduleExamples } from './three-examples.js';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

const [, , folder] = argv;
const root = resolve(folder ?? PROJECT);
try {
  await readdir(root);
} catch (error) {
  stderr.write(`Can't list the folder ${printable(root)}: ${printable((error as Error).message)}\n`);
  exit(2);
}
stdout.on('error', () => { exit(141); });

const clock = new WallClock();
const scheduler = new TaskScheduler({ clock });
const tally = new JobTally(scheduler.now());
scheduler.events$.subscribe((event) => { tally.add(event); });

const isTerminal = stdout.isTTY && env['TERM'] !== 'dumb';
const write = (line: string): void => { stdout.write(`${line}\n`); };
const view = isTerminal
  ? liveTable(scheduler, {
    tally, clock, screen: new Screen(stdout), isPinned: ({ tags }) => tags.includes(IN_VIEW),
    resultText: (result, { tags }) => (tags.includes(FILE) ? hashText(result as FileHash) : valueText(result)),
  })
  : logLines(scheduler, tally, write);

const interrupts$ = merge(
  fromEvent(process, 'SIGINT').pipe(map(() => 130)),
  fromEvent(process, 'SIGTERM').pipe(map(() => 143)),
).pipe(share());
const leaving = new AbortController();
interrupts$.pipe(take(1)).subscribe(() => {
  leaving.abort();
  view.print('Stopping, once what is in progress has ended. Again, to abort it.');
});
interrupts$.pipe(skip(1)).subscribe(() => {
  for (const task of scheduler.getTasks({ status: 'RUNNING' })) scheduler.cancelTask(task.id, 'interrupted');
});

scheduleExamples(scheduler, view.print);
const heartbeat = scheduleHeartbeat(scheduler);
schedulePrimes(scheduler);
const leaveOut = folder === undefined ? ['.git'] : [];
const finished$ = from(scheduleFiles(scheduler, root, { leaveOut, signal: leaving.signal })).pipe(
  // The tally has seen each event by the time it comes by here. After the last task's end, the next is the heartbeat's.
  switchMap(() => scheduler.events$),
  filter(() => tally.open === 0),
  map(() => 0),
);

const code = await firstValueFrom(merge(interrupts$, finished$), { defaultValue: 0 });
scheduler.stopTask(heartbeat);
const report = await scheduler.stop();
await view.closed;

const isInterrupted = code !== 0;
for (const line of [...(isInterrupted ? stopped(report) : []), ...summary(tally, Date.now())]) write(line);
const isAccountedFor = tally.early === 0 && tally.running === 0;
process.exitCode = isAccountedFor ? code : 1;
// Nothing keeps the process alive now, unless a read hangs (on a network disk that is gone): it mustn't hold up who wants to leave.
if (isInterrupted) exit();
