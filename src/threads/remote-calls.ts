// Remote calls: asks a scheduler in another thread, and gives each answer to whoever asked.
import { Observable, type Subscriber } from 'rxjs';
import type { Transferable } from 'node:worker_threads';
import type { TaskId } from '../task/task.js';
import { ConnectionClosedError } from './errors.js';
import { packError, unpackError } from './packed-error.js';
import { Link, type SchedulerPort } from './remote-link.js';
import { CALLS, STREAMS, type CallName, type FromScheduler, type StreamName, type ToScheduler } from './remote-protocol.js';

/** A call that is not answered yet. */
interface Waiting {
  readonly name: CallName;
  /** The task that it is about, if it is about one. */
  readonly about: unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** A subscription that has not ended. */
interface Following {
  readonly name: StreamName;
  readonly about: TaskId | undefined;
  readonly subscriber: Subscriber<unknown>;
}

export class RemoteCalls {
  readonly #link: Link<ToScheduler, FromScheduler>;
  readonly #waiting = new Map<number, Waiting>();
  readonly #following = new Map<number, Following>();
  readonly #signals = new WeakMap<AbortSignal, number>();
  readonly #forgotten = new FinalizationRegistry<number>((signal) => { if (this.isOpen) this.#link.post({ carillon: 'forget', signal }); });
  #last = 0;
  #isClosing = false;

  /** @throws InvalidArgumentError */
  constructor(port: SchedulerPort) {
    this.#link = new Link(port, (message) => { this.#take(message); }, () => { this.#end(); });
  }

  get isOpen(): boolean {
    return this.#link.isOpen;
  }

  /** Whether it was this side that ended it. */
  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** Streams complete. Calls that are not answered reject. */
  close(): void {
    if (this.isOpen) this.#isClosing = true;
    this.#link.close();
  }

  /**
   * @param about the task that it is about
   * @returns rejects with what the call is refused with
   * @throws ConnectionClosedError; NotSerializableError when the arguments can't be sent
   */
  call(name: CallName, args: readonly unknown[], about: TaskId | undefined, moved: readonly Transferable[] = []): Promise<unknown> {
    if (!this.isOpen) throw new ConnectionClosedError(`${name}() can't be called`, about);
    const call = ++this.#last;
    this.#link.post({ carillon: 'call', call, name, args }, moved);
    this.#link.hold();
    return new Promise((resolve, reject) => { this.#waiting.set(call, { name, about, resolve, reject }); });
  }

  stream(name: StreamName, about?: TaskId): Observable<unknown> {
    return new Observable((subscriber) => {
      if (!this.isOpen) throw new ConnectionClosedError(`${name} can't be subscribed to`, about);
      const stream = ++this.#last;
      this.#link.post({ carillon: 'subscribe', stream, name, id: about });
      this.#link.hold();
      this.#following.set(stream, { name, about, subscriber });
      return () => {
        this.#link.letGo();
        // When it is the other side that ended it, that has nothing to end any more.
        if (this.#following.delete(stream) && this.isOpen) this.#link.post({ carillon: 'unsubscribe', stream });
      };
    });
  }

  /** Whether somebody waits for something about a task, and so will get to know what is wrong with it. */
  isAwaited(id: TaskId): boolean {
    return [...this.#waiting.values(), ...this.#following.values()].some(({ about }) => about === id);
  }

  /** The number that stands for a signal there; when it aborts, so does what stands for it. */
  numberOf(signal: AbortSignal): number {
    let number = this.#signals.get(signal);
    if (number === undefined) {
      const abort = number = ++this.#last;
      this.#signals.set(signal, number);
      this.#forgotten.register(signal, number);
      signal.addEventListener('abort', () => {
        if (this.isOpen) this.#link.post({ carillon: 'abort', signal: abort, reason: packError(signal.reason) });
      }, { once: true });
    }
    return number;
  }

  #take(message: FromScheduler): void {
    switch (message.carillon) {
      case 'answer': {
        const waiting = this.#answered(message.call);
        waiting?.resolve(CALLS[waiting.name].unpack(message.value as never));
        break;
      }
      case 'refusal': this.#answered(message.call)?.reject(unpackError(message.error)); break;
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

  #answered(call: number): Waiting | undefined {
    const waiting = this.#waiting.get(call);
    if (this.#waiting.delete(call)) this.#link.letGo();
    return waiting;
  }

  #end(): void {
    for (const [call, { name, about, reject }] of this.#waiting) {
      this.#answered(call);
      reject(new ConnectionClosedError(`${name}() was not answered`, about as TaskId | undefined));
    }
    for (const [stream, { name, about, subscriber }] of this.#following) {
      this.#following.delete(stream);
      if (this.#isClosing) subscriber.complete();
      else subscriber.error(new ConnectionClosedError(`${name} was cut off`, about));
    }
  }
}
