// Remote calls: asks a scheduler in another thread, and gives each answer to whoever asked.
import { setMaxListeners } from 'node:events';
import { Observable, type Subscriber } from 'rxjs';
import type { Transferable } from 'node:worker_threads';
import type { TaskId } from '../task/task.js';
import { because } from './crash.js';
import { ConnectionClosedError, NotSerializableError } from './errors.js';
import { unpackError } from './error-codec.js';
import { packError } from './packed-error.js';
import { Link, type SchedulerPort } from './remote-link.js';
import { CALLS, STREAMS, type CallName, type FromScheduler, type StreamName, type ToScheduler } from './remote-protocol.js';

/** A call that is not answered yet. */
interface Waiting {
  readonly name: CallName;
  /** The task that it is about, if it is about one. */
  readonly about: TaskId | undefined;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** A subscription that has not ended. */
interface Following {
  readonly name: StreamName;
  readonly about: TaskId | undefined;
  readonly subscriber: Subscriber<unknown>;
}

interface Unsent {
  readonly message: ToScheduler;
  readonly moved: readonly Transferable[];
}

export class RemoteCalls {
  readonly #link: Link<ToScheduler, FromScheduler>;
  readonly #waiting = new Map<number, Waiting>();
  readonly #following = new Map<number, Following>();
  /** By how many of them a task is waited for. */
  readonly #awaited = new Map<TaskId, number>();
  readonly #signals = new WeakMap<AbortSignal, number>();
  readonly #forgotten = new FinalizationRegistry<number>((signal) => { this.#post({ carillon: 'forget', signal }); });
  readonly #ended = new AbortController();
  /** What was asked for before the scheduler was served, if it would be lost. */
  #unsent: Unsent[] | undefined = [];
  #last = 0;
  #isClosing = false;

  /** @throws InvalidArgumentError */
  constructor(port: SchedulerPort) {
    this.#link = new Link(port, (message) => { this.#take(message); }, () => { this.#end(); });
    if (this.#link.isPatient) this.#unsent = undefined;
    else this.#link.post({ carillon: 'connect' });
    // Each signal of the user's is listened to until then.
    setMaxListeners(0, this.#ended.signal);
  }

  /** Whether it was this side that ended it. */
  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** Streams complete. Calls that are not answered reject. */
  close(): void {
    if (this.#link.isOpen) this.#isClosing = true;
    this.#link.close();
  }

  /**
   * @param about the task that it is about
   * @returns rejects with what the call is refused with
   * @throws ConnectionClosedError; NotSerializableError when the arguments can't be sent
   */
  call(name: CallName, args: readonly unknown[], about: TaskId | undefined, moved: readonly Transferable[] = []): Promise<unknown> {
    if (!this.#link.isOpen) throw new ConnectionClosedError(`${name}() can't be called`, about);
    const call = ++this.#last;
    this.#post({ carillon: 'call', call, name, args }, moved);
    this.#wait(about);
    return new Promise((resolve, reject) => { this.#waiting.set(call, { name, about, resolve, reject }); });
  }

  stream(name: StreamName, about?: TaskId): Observable<unknown> {
    return new Observable((subscriber) => {
      if (!this.#link.isOpen) throw new ConnectionClosedError(`${name} can't be subscribed to`, about);
      const stream = ++this.#last;
      this.#post({ carillon: 'subscribe', stream, name, id: about });
      this.#wait(about);
      this.#following.set(stream, { name, about, subscriber });
      return () => {
        this.#waitNoMore(about);
        // When it is the other side that ended it, that has nothing to end any more.
        if (this.#following.delete(stream)) this.#post({ carillon: 'unsubscribe', stream });
      };
    });
  }

  /** Whether somebody waits for something about a task, and so will get to know what is wrong with it. */
  isAwaited(id: TaskId): boolean {
    return this.#awaited.has(id);
  }

  /** The number that stands for a signal there; when it aborts, so does what stands for it. */
  numberOf(signal: AbortSignal): number {
    const known = this.#signals.get(signal);
    if (known !== undefined) return known;
    const number = ++this.#last;
    this.#signals.set(signal, number);
    this.#forgotten.register(signal, number);
    // It must not hold what it is registered with.
    const abort = ({ target }: Event): void => {
      this.#post({ carillon: 'abort', signal: number, reason: packError((target as AbortSignal).reason) });
    };
    signal.addEventListener('abort', abort, { once: true, signal: this.#ended.signal });
    return number;
  }

  #wait(about: TaskId | undefined): void {
    this.#link.hold();
    if (about !== undefined) this.#awaited.set(about, (this.#awaited.get(about) ?? 0) + 1);
  }

  #waitNoMore(about: TaskId | undefined): void {
    this.#link.letGo();
    // Once it is over, who waited then gets to know so.
    if (about === undefined || !this.#link.isOpen) return;
    const others = (this.#awaited.get(about) ?? 0) - 1;
    if (others > 0) this.#awaited.set(about, others);
    else this.#awaited.delete(about);
  }

  /** What is asked before somebody serves, waits. It is copied or moved at once all the same. */
  #post(message: ToScheduler, moved: readonly Transferable[] = []): void {
    if (!this.#link.isOpen) return;
    if (!this.#unsent) {
      this.#link.post(message, moved);
      return;
    }
    try {
      this.#unsent.push(structuredClone({ message, moved }, { transfer: [...moved] as never }));
    } catch (cause) {
      throw new NotSerializableError('args', `The call can't be sent to another thread: ${because(cause)}`, { cause });
    }
  }

  #take(message: FromScheduler): void {
    switch (message.carillon) {
      case 'served': {
        const unsent = this.#unsent ?? [];
        this.#unsent = undefined;
        for (const { message: late, moved } of unsent) this.#post(late, moved);
        break;
      }
      case 'answer': {
        const { value } = message;
        this.#answered(message.call, ({ name, resolve }) => { resolve(CALLS[name].unpack(value as never)); });
        break;
      }
      case 'refusal': {
        const { error } = message;
        this.#answered(message.call, ({ reject }) => { reject(unpackError(error)); });
        break;
      }
      case 'next': {
        const following = this.#following.get(message.stream);
        following?.subscriber.next(STREAMS[following.name].unpack(message.value as never));
        break;
      }
      case 'end': {
        const { subscriber } = this.#following.get(message.stream) ?? {};
        this.#following.delete(message.stream);
        if (message.error) subscriber?.error(unpackError(message.error));
        else subscriber?.complete();
        break;
      }
      case 'close': break;
    }
  }

  #answered(call: number, settle: (waiting: Waiting) => void): void {
    const waiting = this.#waiting.get(call);
    if (!waiting) return;
    settle(waiting);
    this.#waiting.delete(call);
    this.#waitNoMore(waiting.about);
  }

  #end(): void {
    this.#ended.abort();
    for (const [call, { name, about }] of this.#waiting) {
      this.#answered(call, ({ reject }) => { reject(new ConnectionClosedError(`${name}() was not answered`, about)); });
    }
    for (const [stream, { name, about, subscriber }] of this.#following) {
      this.#following.delete(stream);
      if (this.#isClosing) subscriber.complete();
      else subscriber.error(new ConnectionClosedError(`${name} was cut off`, about));
    }
  }
}
