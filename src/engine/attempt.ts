// An attempt: the work called once, as an Observable that never errors and ends with exactly one outcome.
import { Observable, catchError, concat, defer, finalize, isObservable, map, of, type Subscriber } from 'rxjs';
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
    try {
      run.args = argsOf(run);
      // Whoever made the arguments may have cancelled the task.
      if (hasEnded(run)) return;
      const returned = call(run, subscriber, letGo);
      if (isObservable(returned)) {
        // Work may have cancelled its own task before it returned; then there is nothing to subscribe for.
        if (hasEnded(run)) run.workEnded = true;
        else follow(returned, run).subscribe(subscriber);
      } else if (isThenable(returned)) {
        void settled(returned).then(
          (result) => { end(run, subscriber, { type: 'completed', result }); },
          (thrown: unknown) => { end(run, subscriber, { type: 'failed', error: toError(thrown) }); },
        );
      } else {
        end(run, subscriber, { type: 'completed', result: returned });
      }
    } catch (thrown) {
      end(run, subscriber, { type: 'failed', error: toError(thrown) });
    }
  });
}

function end(run: Run, subscriber: Subscriber<RunSignal>, outcome: Outcome): void {
  run.workEnded = true;
  subscriber.next({ type: 'ended', run, outcome });
  subscriber.complete();
}

function argsOf(run: Run): readonly unknown[] {
  const { argsOf: make } = run.task.closures;
  return make ? checkArgs(make(run.value), 'args') : run.task.args;
}

function hasEnded(run: Run): boolean {
  return run.phase !== 'started';
}

function call(run: Run, subscriber: Subscriber<RunSignal>, letGo: (run: Run) => void): unknown {
  const { args, task: { closures: { work } } } = run;
  if (typeof work === 'function') return work(...(args as never));
  return work.run(contextOf(run, (progress) => { subscriber.next({ type: 'progressed', run, progress }); }, letGo), args);
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
