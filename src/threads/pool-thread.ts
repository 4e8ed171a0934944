// One thread of a pool, seen from outside: the port to what it does, and its end.
import { receiveMessageOnPort, type MessagePort, type Worker } from 'node:worker_threads';
import type { FromThread, ToThread } from './protocol.js';

/** A thread, from its start to its exit. */
export class PoolThread {
  readonly id: number;
  /** Undefined until the thread has exited. */
  exitCode: number | undefined;
  readonly exited: Promise<void>;
  readonly #worker: Worker;
  readonly #heard: (message: FromThread) => void;
  #port: MessagePort | undefined;

  /**
   * @param heard gets what the thread sends while it has a call
   * @param gone is called once it has exited, after the last that it sent was heard
   */
  constructor(worker: Worker, heard: (message: FromThread) => void, gone: (thread: PoolThread) => void) {
    this.id = worker.threadId;
    this.#worker = worker;
    this.#heard = heard;
    this.exited = new Promise((resolve) => {
      worker.once('exit', (code) => {
        this.exitCode = code;
        this.drain();
        this.#port?.close();
        gone(this);
        resolve();
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
    // While the thread has a call, piscina's own port keeps the process alive.
    port.unref();
  }

  send(message: ToThread): void {
    this.#port?.postMessage(message);
  }

  /** Ends the thread, whatever it is at. */
  end(): void {
    void this.#worker.terminate();
  }

  /** Hears at once what the thread has sent until now. */
  drain(): void {
    if (!this.#port) return;
    for (let received = receiveMessageOnPort(this.#port); received; received = receiveMessageOnPort(this.#port)) {
      this.#heard(received.message as FromThread);
    }
  }
}
