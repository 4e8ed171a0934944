// One end of a link between threads: sends and takes messages by a port, and notices when the other end is gone.
import { MessagePort, Worker, parentPort, receiveMessageOnPort, type Transferable } from 'node:worker_threads';
import { refuse } from '../task/check.js';
import { NotSerializableError } from './errors.js';

/**
 * What links two threads: a `MessagePort`, of which the other thread has the other end; or, of a worker of your own, the `Worker` here
 * and `parentPort` there.
 */
export type SchedulerPort = MessagePort | Worker;

/** Every message of ours bears this mark, so that a port may carry others as well. */
interface Message { readonly carillon: string }

/** Two links by one port would take each other's messages. */
const inUse = new WeakSet<SchedulerPort>();

function isMarked(message: unknown): message is Message {
  return typeof message === 'object' && message !== null && 'carillon' in message;
}

/** Whether the port keeps its thread alive; one that is closed does not. */
function isHeld(port: MessagePort): boolean {
  return (port as MessagePort & { readonly hasRef: () => boolean }).hasRef();
}

/** @typeParam Sent what this end sends */
export class Link<Sent extends Message, Received extends Message> {
  readonly #port: SchedulerPort;
  readonly #onMessage: (message: Received) => void;
  readonly #onEnd: () => void;
  #holds = 0;
  /** Whether it was for somebody else that the port kept this thread alive. */
  #wasHeld = false;
  #isOpen = true;

  /**
   * @param onMessage what it throws for is no message of ours, and ends the link
   * @param onEnd called once, when either end has closed, or its thread has ended
   * @throws InvalidArgumentError
   */
  constructor(port: SchedulerPort, onMessage: (message: Received) => void, onEnd: () => void) {
    if (!(port instanceof MessagePort) && !(port instanceof Worker)) refuse('port', port, 'a MessagePort, or a Worker');
    if (inUse.has(port)) refuse('port', port, 'a port that no other scheduler is served or used by');
    this.#port = port;
    this.#onMessage = onMessage;
    this.#onEnd = onEnd;
    if (port === parentPort) this.#takeWhatIsThere(port);
    const isListenedTo = port.listenerCount('message') > 0;
    port.on('message', this.#take);
    // To listen holds a port that is open.
    if (port instanceof Worker ? port.threadId < 0 : !isListenedTo && !isHeld(port)) {
      port.off('message', this.#take);
      refuse('port', port, port instanceof Worker ? 'a Worker that has not ended' : 'a port that is open at both ends');
    }
    inUse.add(port);
    // What can't be read is lost, and who waits for it would wait for ever.
    port.on('messageerror', this.#close);
    port.on(port instanceof Worker ? 'exit' : 'close', this.#end);
    if (port instanceof MessagePort && !isListenedTo) port.unref();
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Whether what is sent waits until the other end listens. What is sent to a `Worker` object or from its thread before that, is lost. */
  get isPatient(): boolean {
    return this.#port instanceof MessagePort && this.#port !== parentPort;
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
    if (this.#holds++ > 0 || !(this.#port instanceof MessagePort)) return;
    this.#wasHeld = isHeld(this.#port);
    this.#port.ref();
  }

  letGo(): void {
    if (--this.#holds === 0 && this.#port instanceof MessagePort && !this.#wasHeld) this.#port.unref();
  }

  /** Ends it for both sides. A port that was made for it is closed. */
  close(): void {
    this.#close();
  }

  /** Whoever is served from the start need not wait for a turn of the loop to know so. What else is there, is told as soon as somebody may listen. */
  #takeWhatIsThere(port: MessagePort): void {
    const others: unknown[] = [];
    for (let received = receiveMessageOnPort(port); received; received = receiveMessageOnPort(port)) {
      if (isMarked(received.message)) this.#take(received.message);
      else others.push(received.message);
    }
    void Promise.resolve(others).then((messages) => { for (const message of messages) port.emit('message', message); });
  }

  readonly #take = (message: unknown): void => {
    if (!isMarked(message)) return;
    if (message.carillon === 'close') {
      this.#end();
      return;
    }
    try {
      this.#onMessage(message as Received);
    } catch {
      this.#close();
    }
  };

  readonly #close = (): void => {
    if (!this.#isOpen) return;
    this.#port.postMessage({ carillon: 'close' } satisfies Message);
    this.#end();
  };

  readonly #end = (): void => {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    inUse.delete(this.#port);
    this.#port.off('message', this.#take).off('messageerror', this.#close).off(this.#port instanceof Worker ? 'exit' : 'close', this.#end);
    if (this.#port instanceof MessagePort && this.#port !== parentPort) this.#port.close();
    this.#onEnd();
  };
}
