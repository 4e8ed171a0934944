// An attempt: the work called once, as an Observable that never errors and ends with exactly one outcome.
import { Observable, catchError, concat, defer, finalize, isObservable, map, of } from 'rxjs';
import { InvalidArgumentError, toError } from '../task/errors.js';
import { show } from '../task/show.js';
import { contextOf } from './context.js';
import type { Outcome, Run, RunSignal } from './run.js';

/**
 * Calls the work of a run and tells what becomes of it.
 *
 * It says `defer(work).pipe(map(completed), catchError(failed), take(1))`, and that by hand: it runs for every run, and
 * five operators cost more than the work. Whatever happens first (the work's end, its failure, or the engine completing
 * the attempt since the run was cancelled) closes the subscriber, so nothing later is heard. Unsubscribing lets go of
 * an Observable; a promise can't be let go of, so its end is still noted.
 *
 * @param letGo is called when the last promise given to the context's `waitUntil` has settled
 */
export function attempt(run: Run, letGo: (run: Run) => void): Observable<RunSignal> {
  return new Observable<RunSignal>((subscriber) => {
    run.attempt = subscriber;
    const end = (outcome: Outcome): void => {
      run.workEnded = true;
      subscriber.next({ type: 'ended', run, outcome });
      subscriber.complete();
    };
    const fail = (thrown: unknown): void => { end({ type: 'failed', error: toError(thrown) }); };
    try {
      const returned = call(run, (progress) => { subscriber.next({ type: 'progressed', run, progress }); }, letGo);
      if (isObservable(returned)) {
        // Work may have cancelled its own task before it returned; then there is nothing to subscribe for.
        if (subscriber.closed) run.workEnded = true;
        else follow(returned, run).subscribe(subscriber);
      } else if (isThenable(returned)) void settled(returned).then((result) => { end({ type: 'completed', result }); }, fail);
      else end({ type: 'completed', result: returned });
    } catch (thrown) {
      fail(thrown);
    }
  });
}

function call(run: Run, report: (progress: unknown) => void, letGo: (run: Run) => void): unknown {
  const { work, argsOf } = run.task.closures;
  run.args = argsOf ? checkArgs(argsOf(run.value), 'args') : run.task.args;
  return typeof work === 'function' ? work(...(run.args as never)) : work.run(contextOf(run, report, letGo), run.args);
}

/** Each value is progress; the last one is the result. */
function follow(source: Observable<unknown>, run: Run): Observable<RunSignal> {
  let result: unknown;
  const progress = source.pipe(map((value): RunSignal => {
    result = value;
    return { type: 'progressed', run, progress: value };
  }));
  const ended = (outcome: Outcome): Observable<RunSignal> => of({ type: 'ended', run, outcome });
  return concat(progress, defer(() => ended({ type: 'completed', result }))).pipe(
    catchError((thrown: unknown) => ended({ type: 'failed', error: toError(thrown) })),
    finalize(() => { run.workEnded = true; }),
  );
}

/** Makes a promise of any thenable, which guards against one that settles twice or throws. */
function settled(thenable: PromiseLike<unknown>): Promise<unknown> {
  return thenable instanceof Promise ? thenable : Promise.resolve(thenable);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (typeof value === 'object' || typeof value === 'function') && value !== null
    && 'then' in value && typeof value.then === 'function';
}

/** What `carry`, or `args` as a function, returned: it becomes the arguments of a run, so it has to be an array. */
export function checkArgs(args: unknown, field: 'args' | 'carry'): readonly unknown[] {
  if (Array.isArray(args)) return args;
  throw new InvalidArgumentError(field, args, `${field} must return an array of arguments; got ${show(args)}.`);
}
