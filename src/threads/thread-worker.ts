// One thread of a pool, seen from outside: the port to what it does, and its end.
import { receiveMessageOnPort, type MessagePort, type Worker } from 'node:worker_threads';
import type { FromWorker, ToWorker } from './protocol.js';
import type { Exit, PoolWorker } from './workers.js';

/** A thread, from its start to its exit. */
export class ThreadWorker implements PoolWorker {
  readonly id: number;
  readonly exited: Promise<Exit>;
  usedAt = 0;
  /** It was ended from here, and is not to get another call. */
  isEnded = false;
  readonly #worker: Worker;
  readonly #heard: (message: FromWorker) => void;
  #port: MessagePort | undefined;

  /**
   * @param heard gets what the thread sends while it has a call
   * @param gone is called once it has exited, after the last that it sent was heard
   */
  constructor(worker: Worker, heard: (message: FromWorker) => void, gone: () => void) {
    this.id = worker.threadId;
    this.#worker = worker;
    this.#heard = heard;
    // Piscina lets the process end while a thread comes up that a call waits for.
    this.hold();
    this.exited = new Promise((resolve) => {
      worker.once('exit', (code) => {
        this.drain();
        this.#port?.close();
        gone();
        resolve({ code, signal: undefined });
      });
    });
  }

  /** Whether the thread has come up. */
  get isUp(): boolean {
    return this.#port !== undefined;
  }

  /** The thread has come up, and sent its port. */
  connect(port: MessagePort): void {
    this.#port = port;
    port.on('message', this.#heard);
    port.unref();
  }

  /** The process is to stay alive for as long as the thread does. */
  hold(): void {
    this.#worker.ref();
  }

  /** It is no reason to keep the process alive any more; while it has a call, piscina's own port is. */
  letGo(): void {
    this.#worker.unref();
  }

  send(message: ToWorker): void {
    this.#port?.postMessage(message);
  }

  /** Hears at once what the thread has sent until now. */
  drain(): void {
    if (!this.#port) return;
    for (let received = receiveMessageOnPort(this.#port); received; received = receiveMessageOnPort(this.#port)) {
      this.#heard(received.message as FromWorker);
    }
  }

  end(): void {
    this.isEnded = true;
    this.hold();
    void this.#worker.terminate();
  }
}
