// What happens to every task, as one expression.
import { filter, mergeMap, type Observable, type OperatorFunction } from 'rxjs';
import { attempt } from './attempt.js';
import type { Tick } from './overlap.js';
import type { Run, RunSignal } from './run.js';

/**
 * Ticks become runs, and runs become outcomes.
 *
 * The stream never errors: a failure is an outcome. All tasks share it, so a task that waits costs no stream at all.
 *
 * @param ticks$ the due moments of all tasks
 * @param overlap exhaust, concat, switch or merge, by the policy of each task
 * @param gate concurrency and keys: only what may start comes out, so the `mergeMap` behind it never queues
 * @param begin tells that a run starts; false when it was cancelled by who heard of that
 * @param letGo is called when a run's work lets go of its slot later than its outcome
 */
export function runSignals(
  ticks$: Observable<Tick>,
  overlap: OperatorFunction<Tick, Run>,
  gate: OperatorFunction<Run, Run>,
  begin: (run: Run) => boolean,
  letGo: (run: Run) => void,
): Observable<RunSignal> {
  return ticks$.pipe(
    overlap,
    gate,
    filter(begin),
    mergeMap((run) => attempt(run, letGo)),
  );
}
