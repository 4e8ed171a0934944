// An attempt: the work called once; what it returns, in whatever way, becomes exactly one end.
import { Observable, catchError, concat, defer, finalize, isObservable, map, of, type OperatorFunction } from 'rxjs';
import { InvalidArgumentError, toError } from '../task/errors.js';
import { show } from '../task/show.js';
import { isThenable } from '../task/thenable.js';
import { messageOf, type ContextualWork, type Timing } from '../task/work.js';
import type { AsyncContext } from './async-context.js';
import { contextOf } from './context.js';
import { Outlet, stage } from './outlet.js';
import type { Ended, Run, RunSignal } from './run.js';
import { isTraced, traced } from './tracing.js';

type Tell = (signal: RunSignal) => void;

/** What the attempts need of the engine. */
export interface AttemptPorts {
  /** The last promise given to the context's `waitUntil` has settled. */
  readonly letGo: (run: Run) => void;
  /** The count of the attempt's time, for work that has to wait elsewhere. */
  readonly timingOf: (run: Run) => Timing;
}

/**
 * The operator: runs go in, and what is heard of each comes out.
 *
 * It says `mergeMap((run) => defer(work).pipe(map(completed), catchError(failed), take(1)))`, and that by hand as far as
 * plain values and promises go: it runs for every run, and those operators cost more than all the rest of it. Work that has
 * lost its run is let go of if it is an Observable. A promise can't be let go of, so its end is still noted; nobody hears it.
 */
export function attempts(ports: AttemptPorts): OperatorFunction<Run, RunSignal> {
  const signals = new Outlet<RunSignal>();
  const tell: Tell = (signal) => { signals.next(signal); };
  return stage((run) => { attempt(run, tell, ports); }, signals);
}

function attempt(run: Run, tell: Tell, ports: AttemptPorts): void {
  // Whoever heard that it starts may have cancelled it; and so may whoever made its arguments, or the work itself.
  if (hasEnded(run)) return;
  run.isWorking = true;
  let returned: unknown;
  try {
    if (run.rare.flaw) throw run.rare.flaw;
    run.args ??= argsOf(run);
    if (hasEnded(run)) {
      stopWorking(run, ports);
      return;
    }
    returned = call(run, tell, ports);
    if (isObservable(returned)) {
      if (hasEnded(run)) stopWorking(run, ports);
      else follow(returned, run, tell, ports);
      return;
    }
    if (isThenable(returned)) {
      void settled(returned).then((result) => { complete(run, tell, result); }, (thrown: unknown) => { fail(run, tell, thrown); });
      return;
    }
  } catch (thrown) {
    fail(run, tell, thrown);
    return;
  }
  complete(run, tell, returned);
}

/** The work has ended, though it has no say any more: its slot may wait for that. */
function stopWorking(run: Run, { letGo }: AttemptPorts): void {
  run.isWorking = false;
  letGo(run);
}

function complete(run: Run, tell: Tell, result: unknown): void {
  run.isWorking = false;
  tell({ type: 'completed', run, result });
}

function fail(run: Run, tell: Tell, thrown: unknown): void {
  run.isWorking = false;
  tell({ type: 'failed', run, error: toError(thrown) });
}

/** The arguments of a run: those of its task, or what is made of what its trigger emitted. */
export function argsOf(run: Run): readonly unknown[] {
  const { argsOf: make } = run.task.closures;
  return make ? checkArgs(make(run.value), 'args') : run.task.args;
}

function hasEnded(run: Run): boolean {
  return run.phase !== 'started';
}

/** Calls the work, in the context of the call that scheduled it once, and between what is traced. */
function call(run: Run, tell: Tell, ports: AttemptPorts): unknown {
  return run.task.context || isTraced() ? callInside(run, tell, ports) : callWork(run, tell, ports);
}

// Closures stand in functions of their own: what they close over is made as the function is entered, and so for every run.
function callInside(run: Run, tell: Tell, ports: AttemptPorts): unknown {
  const { context } = run.task;
  const toCall = (): unknown => callIn(context, () => callWork(run, tell, ports));
  return isTraced() ? traced(run, toCall) : toCall();
}

function callIn<T>(context: AsyncContext | undefined, toCall: () => T): T {
  return context ? context.runInAsyncScope(toCall) : toCall();
}

function callWork(run: Run, tell: Tell, ports: AttemptPorts): unknown {
  const { args = [], task: { work } } = run;
  return typeof work === 'function' ? work(...(args as never)) : callContextual(work, args, run, tell, ports);
}

function callContextual(work: ContextualWork, args: readonly unknown[], run: Run, tell: Tell, ports: AttemptPorts): unknown {
  const progress = (value: unknown): void => { tell({ type: 'progressed', run, progress: value }); };
  const log = (message: string): void => { tell({ type: 'logged', run, message: messageOf(message) }); };
  return work.run(contextOf(run, progress, log, ports), args);
}

/** Each value is progress; the last one is the result. */
function follow(source: Observable<unknown>, run: Run, tell: Tell, ports: AttemptPorts): void {
  let result: unknown;
  const progress = source.pipe(map((value): RunSignal => {
    result = value;
    return { type: 'progressed', run, progress: value };
  }));
  const signals = concat(progress, defer(() => of<RunSignal>({ type: 'completed', run, result }))).pipe(
    catchError((thrown: unknown) => of<RunSignal>({ type: 'failed', run, error: toError(thrown) })),
    finalize(() => { stopWorking(run, ports); }),
  );
  // Known to the run before anything is emitted, for it may be cancelled by who hears of that.
  const source$ = new Observable<RunSignal>((subscriber) => {
    run.ownRare.following = subscriber;
    return callIn(run.task.context, () => signals.subscribe(subscriber));
  });
  source$.subscribe(tell);
}

/** Makes a promise of any thenable, which guards against one that settles twice or throws. */
function settled(thenable: PromiseLike<unknown>): Promise<unknown> {
  return thenable instanceof Promise ? thenable : Promise.resolve(thenable);
}

/** What `carry`, or `args` as a function, returned: it becomes the arguments of a run, so it has to be an array. */
function checkArgs(args: unknown, field: 'args' | 'carry'): readonly unknown[] {
  if (Array.isArray(args)) return args;
  throw new InvalidArgumentError(field, args, `${field} must return an array of arguments; got ${show(args)}.`);
}

/** Makes the next run's arguments of a result. A `carry` that throws, or returns none, fails the run. */
export function carried(run: Run, ended: Ended): Ended {
  const { carry } = run.task.closures;
  if (!carry || ended.type !== 'completed') return ended;
  try {
    return { type: 'completed', result: ended.result, nextArgs: checkArgs(carry(ended.result, run.args ?? []), 'carry') };
  } catch (thrown) {
    return { type: 'failed', error: toError(thrown) };
  }
}
