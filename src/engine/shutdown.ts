// Shutdown: how the runs in progress come to their end when a scheduler stops.
import { SchedulerStoppedError } from '../task/errors.js';
import type { Desk } from './desk.js';
import type { StopCommand, StopReport } from './engine.js';
import type { Runs } from './runs.js';
import type { ScheduledTask } from './scheduled-task.js';

/** How long work that asked for it may hold a stop up, unless that says otherwise. */
const LET_GO_MS = 5_000;

/**
 * Waits for the runs in progress until the deadline, then aborts them.
 *
 * @param tasks all that are not over
 * @param before the outcomes up to the call of `stop()`
 * @returns what became of them; `pending` is for the caller to count
 */
export async function shutDown(
  runs: Runs, tasks: Iterable<ScheduledTask>, desk: Desk, { drain, deadline, letGo = LET_GO_MS }: StopCommand, before: Readonly<Runs['outcomes']>,
): Promise<Omit<StopReport, 'pending'>> {
  const deadlineHit = drain && !await runs.gate.idle(deadline);
  const aborted = [...tasks].flatMap(({ live }) => [...live].filter((run) => run.phase === 'started'));
  // Stop cancels no task: one whose run is aborted here keeps its status, unless it was to end anyway.
  const keeping = new Set(aborted.map(({ task }) => task).filter(({ verdict }) => verdict === undefined));
  for (const task of keeping) task.keepsStatus = true;
  desk.step(() => {
    for (const run of aborted) runs.conclude(run, { type: 'cancelled', reason: new SchedulerStoppedError('The run was aborted') });
    // From now on it has to be asked to end.
    for (const task of keeping) task.keepsStatus = task.exhausted = false;
  });
  await runs.gate.idle(letGo);
  await microtasks(() => aborted.every((run) => !run.isWorking));
  const goOn = aborted.filter((run) => run.isWorking || run.phase !== 'over');
  // Work may hold on to a slot, too, though its run had its outcome long before.
  const abandoned = goOn.filter((run) => run.phase === 'over').length + runs.gate.taken;
  return {
    completed: runs.outcomes.completed - before.completed,
    failed: runs.outcomes.failed - before.failed,
    cancelled: runs.outcomes.cancelled - before.cancelled - goOn.length,
    abandoned,
    deadlineHit,
  };
}

/** Work that honours its abort shows it within a few turns of the microtask queue; no clock is asked, for it may be virtual. */
async function microtasks(done: () => boolean): Promise<void> {
  for (let turn = 0; turn < 50 && !done(); turn++) await Promise.resolve();
}
