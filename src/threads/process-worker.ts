// One process of a pool, seen from outside: its channel, the call that it has, and its end.
import type { ChildProcess } from 'node:child_process';
import { NotSerializableError } from './errors.js';
import { packError } from './packed-error.js';
import type { Answer, FromProcess, FromWorker, ToProcess, ToWorker } from './protocol.js';
import type { WorkerCall } from './worker-call.js';
import type { Exit, PoolWorker } from './workers.js';

/** A call, and how to say what became of it. */
interface Made {
  readonly call: WorkerCall;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** A process, from its start to its exit. */
export class ProcessWorker implements PoolWorker {
  readonly exited: Promise<Exit>;
  /** Whether the process has come up. */
  isUp = false;
  /** It was ended from here. */
  isEnded = false;
  /** Why it could not even be started. */
  startError: Error | undefined;
  usedAt = 0;
  readonly #process: ChildProcess;
  #current: Made | undefined;

  /**
   * @param place the one in its pool whose calls it makes
   * @param heard gets what the process sends while it has a call
   */
  constructor(readonly place: number, process: ChildProcess, heard: (message: FromWorker) => void) {
    this.#process = process;
    process.on('message', (message: FromProcess | null) => {
      if (message === 'up') this.#cameUp();
      // Work may send something of its own, for nobody.
      else if (typeof message !== 'object' || message === null) return;
      else if (message.type === 'answer') this.#answered(message.answer);
      else heard(message);
    });
    this.exited = new Promise((resolve) => {
      const gone = (exit: Exit, error: Error): void => {
        const current = this.#current;
        this.#current = undefined;
        if (current) {
          current.call.lostTo = this;
          current.reject(error);
        }
        resolve(exit);
      };
      process.once('exit', (code, signal) => {
        gone({ code: code ?? undefined, signal: signal ?? undefined }, new Error(signal ? `it was ended by ${signal}` : `it exited with code ${String(code)}`));
      });
      // Of a process that was never there, no exit tells; of one that was, it tells more.
      process.on('error', (error) => {
        if (process.pid !== undefined) return;
        this.startError = error;
        gone({ code: undefined, signal: undefined }, error);
      });
    });
    this.#hold(false);
  }

  get isBusy(): boolean {
    return this.#current !== undefined;
  }

  /** Makes a call. Rejects when the process dies under it. */
  make(call: WorkerCall): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#current = { call, resolve, reject };
      this.#hold(true);
      if (this.isUp) this.#send(call);
    });
  }

  /** Takes a call back that the process, which is only coming up, has not got yet. */
  withdraw(call: WorkerCall): boolean {
    if (this.isUp || this.#current?.call !== call) return false;
    this.#answered({ type: 'free' });
    return true;
  }

  send(message: ToWorker): void {
    this.#process.send(message satisfies ToProcess, () => undefined);
  }

  end(): void {
    this.isEnded = true;
    // Whoever waits for its exit is to live to see it.
    this.#process.ref();
    this.#process.kill('SIGKILL');
  }

  #cameUp(): void {
    if (this.isUp) return;
    this.isUp = true;
    if (this.#current) this.#send(this.#current.call);
  }

  #send({ job }: WorkerCall): void {
    try {
      this.#process.send(job satisfies ToProcess, (error) => { if (error) this.#refused(error); });
    } catch (error) {
      this.#refused(error as Error);
    }
  }

  /** What can't be sent. When that is for the channel's sake, the process is on its way out, and its exit tells why. */
  #refused(error: Error): void {
    if (!this.#process.connected) return;
    this.#answered({ type: 'threw', error: packError(new NotSerializableError('args', `The call can't be sent to a process: ${error.message}`, { cause: error })) });
  }

  #answered(answer: Answer): void {
    const current = this.#current;
    this.#current = undefined;
    this.#hold(false);
    current?.resolve(answer);
  }

  /** A process without a call is no reason for this one to stay alive. */
  #hold(isBusy: boolean): void {
    if (isBusy) {
      this.#process.ref();
      this.#process.channel?.ref();
    } else {
      this.#process.unref();
      this.#process.channel?.unref();
    }
  }
}
