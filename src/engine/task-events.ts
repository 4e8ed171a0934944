// What happens to every task, as one expression.
import type { Observable, OperatorFunction } from 'rxjs';
import type { Tick } from './overlap.js';
import type { Run, RunSignal } from './run.js';

/**
 * Ticks become runs, and runs become outcomes.
 *
 * The stream never errors: a failure is an outcome. All tasks share it, so a task that waits costs no stream at all.
 *
 * @param ticks$ the due moments of all tasks
 * @param overlap exhaust, concat, switch or merge, by the policy of each task
 * @param gate concurrency and keys: what comes out has its slot, and has been told of as started
 * @param attempts `mergeMap((run) => attempt(run))`, and as the gate limits what comes in, it never queues
 */
export function runSignals(
  ticks$: Observable<Tick>, overlap: OperatorFunction<Tick, Run>, gate: OperatorFunction<Run, Run>, attempts: OperatorFunction<Run, RunSignal>,
): Observable<RunSignal> {
  return ticks$.pipe(overlap, gate, attempts);
}
