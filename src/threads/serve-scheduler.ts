// Serving: gives a scheduler to another thread. The other end is connect-scheduler.ts.
import { Observable, tap, throwError, type Subscription } from 'rxjs';
import { InvalidArgumentError } from '../task/errors.js';
import { refuse } from '../task/check.js';
import { show } from '../task/show.js';
import { isThenable } from '../task/thenable.js';
import type { TaskId } from '../task/task.js';
import type { TaskFacade } from '../task-facade.js';
import { unpackError } from './error-codec.js';
import { packError } from './packed-error.js';
import { Link, type SchedulerPort } from './remote-link.js';
import {
  CALLS, STREAMS, type CallArguments, type CallName, type FromScheduler, type StreamName, type TaskChanges, type ToScheduler,
} from './remote-protocol.js';

/** A scheduler that is served to one thread. */
export interface ServedScheduler extends Disposable {
  /** Ends it: whoever is connected gets `ConnectionClosedError`. The tasks are the scheduler's, and go on. */
  close(): void;
}

/**
 * Gives a scheduler to another thread, which uses it by {@link connectScheduler}. It ends with either thread, or by `close()`.
 *
 * The port alone does not keep this thread alive; `port.ref()` does.
 *
 * @param port whose other end the other thread has; or a `Worker`, whose `parentPort` it is there
 * @throws InvalidArgumentError
 *
 * @example
 * serveScheduler(scheduler, new Worker(new URL('./worker.js', import.meta.url)));
 */
export function serveScheduler(scheduler: TaskFacade, port: SchedulerPort): ServedScheduler {
  if (typeof (scheduler as TaskFacade | undefined)?.schedule !== 'function') refuse('scheduler', scheduler, 'a TaskScheduler, or another TaskFacade');
  return new SchedulerServer(scheduler, port);
}

class SchedulerServer implements ServedScheduler {
  readonly #scheduler: TaskFacade;
  readonly #link: Link<FromScheduler, ToScheduler>;
  readonly #streams = new Map<number, Subscription>();
  /** What stands for the caller's signals here. */
  readonly #signals = new Map<number, AbortController>();

  constructor(scheduler: TaskFacade, port: SchedulerPort) {
    this.#scheduler = scheduler;
    this.#link = new Link(port, (message) => { this.#take(message); }, () => { this.#end(); });
    this.#link.post({ carillon: 'served' });
  }

  close(): void {
    this.#link.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #take(message: ToScheduler): void {
    switch (message.carillon) {
      case 'connect': this.#link.post({ carillon: 'served' }); break;
      case 'call': this.#call(message.call, message.name, message.args); break;
      case 'subscribe': this.#subscribe(message.stream, message.name, message.id); break;
      case 'unsubscribe': this.#streams.get(message.stream)?.unsubscribe(); break;
      case 'abort': this.#signals.get(message.signal)?.abort(unpackError(message.reason)); break;
      case 'forget': this.#signals.delete(message.signal); break;
      case 'close': break;
    }
  }

  /** What is answered at once is sent at once: before whatever happens next. */
  #call(call: number, name: CallName, args: readonly unknown[]): void {
    const answer = (value: unknown): void => {
      this.#post((careful) => ({ carillon: 'answer', call, value: CALLS[name].pack(value as never, careful) }));
    };
    const refuseIt = (error: unknown): void => { this.#link.post({ carillon: 'refusal', call, error: packError(error) }); };
    try {
      const made = this.#make(name, args);
      if (isThenable(made)) Promise.resolve(made).then(answer).catch(refuseIt);
      else answer(made);
    } catch (error) {
      refuseIt(error);
    }
  }

  #make(name: CallName, args: readonly unknown[]): unknown {
    const scheduler = this.#scheduler;
    switch (name) {
      case 'schedule': {
        const [work, trigger, options, signal] = args as CallArguments['schedule'];
        return scheduler.whenAccepted(scheduler.schedule(work, trigger as never, signal === undefined ? options : { ...options, signal: this.#signal(signal) }));
      }
      case 'runTask': {
        const [id, runId] = args as CallArguments['runTask'];
        scheduler.runTask(id, { runId });
        return scheduler.whenAccepted(id);
      }
      case 'stopTask': case 'cancelTask': {
        const [id, reason] = args as CallArguments['cancelTask'];
        return scheduler[name](id, unpackError(reason));
      }
      case 'cancelTasks': {
        const [filter, reason] = args as CallArguments['cancelTasks'];
        return scheduler.cancelTasks(filter, unpackError(reason));
      }
      default:
        if (!Object.hasOwn(CALLS, name)) throw new InvalidArgumentError('call', name, `There is no call ${show(name)} that this carillon serves.`);
        return (scheduler[name] as (...given: readonly unknown[]) => unknown)(...args);
    }
  }

  #signal(number: number): AbortSignal {
    const controller = this.#signals.get(number) ?? new AbortController();
    this.#signals.set(number, controller);
    return controller.signal;
  }

  #subscribe(stream: number, name: StreamName, id: TaskId | undefined): void {
    const end = (error?: unknown): void => { this.#link.post({ carillon: 'end', stream, error: error === undefined ? undefined : packError(error) }); };
    const next = (value: unknown): void => {
      this.#post((careful) => ({ carillon: 'next', stream, value: STREAMS[name].pack(value as never, careful) }));
    };
    // What can't be sent ends the stream, and nothing else.
    const subscription = this.#stream(name, id as TaskId).pipe(tap(next)).subscribe({ error: end, complete: end });
    this.#streams.set(stream, subscription);
    subscription.add(() => { this.#streams.delete(stream); });
  }

  #stream(name: StreamName, id: TaskId): Observable<unknown> {
    switch (name) {
      case 'tasks$': return changesOf(this.#scheduler);
      case 'events$': return this.#scheduler.events$;
      case 'task$': case 'runs$': case 'results$': return this.#scheduler[name](id);
      default: return throwError(() => new InvalidArgumentError('stream', name, `There is no stream ${show(name)} that this carillon serves.`));
    }
  }

  /** What can't be sent, is looked at more closely. */
  #post(make: (careful: boolean) => FromScheduler): void {
    try {
      this.#link.post(make(false));
    } catch {
      this.#link.post(make(true));
    }
  }

  #end(): void {
    for (const subscription of this.#streams.values()) subscription.unsubscribe();
    this.#signals.clear();
  }
}

/** What `tasks$` tells, as what has changed since: so a change costs the same, however many tasks there are. */
function changesOf({ tasks$, events$ }: TaskFacade): Observable<TaskChanges> {
  return new Observable((subscriber) => {
    /** The tasks that something happened to, and whether one of them went meanwhile. */
    const touched = new Map<TaskId, boolean>();
    let isFirst = true;
    subscriber.add(events$.subscribe(({ type, taskId }) => {
      if (taskId !== undefined) touched.set(taskId, touched.get(taskId) === true || type === 'taskRemoved');
    }));
    subscriber.add(tasks$.subscribe({
      next: (tasks) => {
        const now = isFirst ? [...tasks.values()] : [...touched.keys()].flatMap((id) => tasks.get(id) ?? []);
        const gone = isFirst ? [] : [...touched].filter(([, went]) => went).map(([id]) => id);
        isFirst = false;
        touched.clear();
        subscriber.next({ gone, now });
      },
      error: (error: unknown) => { subscriber.error(error); },
      complete: () => { subscriber.complete(); },
    }));
  });
}
