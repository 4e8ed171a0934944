// One end of a link between threads: sends and takes messages by a port, and notices when the other end is gone.
import { MessagePort, Worker, parentPort, type Transferable } from 'node:worker_threads';
import { refuse } from '../task/options.js';
import { NotSerializableError } from './errors.js';

/**
 * What links two threads: a `MessagePort`, of which the other thread has the other end; or, of a worker of your own, the `Worker` here
 * and `parentPort` there.
 */
export type SchedulerPort = MessagePort | Worker;

/** Every message of ours bears this mark, so that a port may carry others as well. */
interface Message { readonly carillon: string }

/** @typeParam Sent what this end sends */
export class Link<Sent extends Message, Received extends Message> {
  readonly #port: SchedulerPort;
  readonly #onMessage: (message: Received) => void;
  readonly #onEnd: () => void;
  #holds = 0;
  #isOpen = true;

  /**
   * @param onEnd called once, when either end has closed, or its thread has ended
   * @throws InvalidArgumentError
   */
  constructor(port: SchedulerPort, onMessage: (message: Received) => void, onEnd: () => void) {
    if (!(port instanceof MessagePort) && !(port instanceof Worker)) refuse('port', port, 'a MessagePort, or a Worker');
    this.#port = port;
    this.#onMessage = onMessage;
    this.#onEnd = onEnd;
    port.on('message', this.#take);
    // What can't be read is lost, and somebody may wait for it.
    port.on('messageerror', this.#end);
    port.on(port instanceof Worker ? 'exit' : 'close', this.#end);
    if (port instanceof MessagePort) port.unref();
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** @throws NotSerializableError */
  post(message: Sent, moved: readonly Transferable[] = []): void {
    try {
      this.#port.postMessage(message, moved);
    } catch (cause) {
      throw new NotSerializableError('args', `The call can't be sent to another thread: ${(cause as Error).message}`, { cause });
    }
  }

  /** Keeps this thread alive until it is let go as often: somebody waits for an answer. */
  hold(): void {
    if (this.#holds++ === 0 && this.#port instanceof MessagePort) this.#port.ref();
  }

  letGo(): void {
    if (--this.#holds === 0 && this.#port instanceof MessagePort) this.#port.unref();
  }

  /** Ends it for both sides. A port that was made for it is closed. */
  close(): void {
    if (!this.#isOpen) return;
    this.#port.postMessage({ carillon: 'close' } satisfies Message);
    this.#end();
  }

  readonly #take = (message: unknown): void => {
    if (typeof message !== 'object' || message === null || !('carillon' in message)) return;
    if (message.carillon === 'close') this.#end();
    else this.#onMessage(message as Received);
  };

  readonly #end = (): void => {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#port.off('message', this.#take).off('messageerror', this.#end).off(this.#port instanceof Worker ? 'exit' : 'close', this.#end);
    if (this.#port instanceof MessagePort && this.#port !== parentPort) this.#port.close();
    this.#onEnd();
  };
}
