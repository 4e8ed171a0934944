// Workers: what a pool needs of the threads, or the processes, that make its calls.
import type { PackedError } from './packed-error.js';
import type { Answer, FromWorker, ToWorker } from './protocol.js';
import type { WorkerCall } from './worker-call.js';

/** How a worker ended. */
export interface Exit {
  readonly code: number | undefined;
  /** The signal that ended it; a thread has none. */
  readonly signal: string | undefined;
}

/** One thread or process, which makes one call at a time. */
export interface PoolWorker {
  readonly exited: Promise<Exit>;
  send(message: ToWorker): void;
  /** Ends it, whatever it is at. */
  end(): void;
}

/** How errors, and reasons of aborts, get to workers and back. */
export interface ErrorCodec {
  readonly pack: (thrown: unknown) => PackedError;
  readonly unpack: (packed: PackedError) => unknown;
}

/** All workers of a pool. */
export interface Workers {
  readonly errors: ErrorCodec;
  /** How many calls may be given to them at once: more than there are workers, where one can have its next call before its answer is heard. */
  readonly places: number;
  /** Gives a call to a worker, a new one if all others are busy. What comes of it the listener is told, and never before this returns. */
  give(call: WorkerCall): void;
  /** The worker that has the call, or had it when it died. */
  holderOf(call: WorkerCall): PoolWorker | undefined;
  /** Takes a call back that no worker has. False when one has it. */
  withdraw(call: WorkerCall): boolean;
  /** Ends all workers. The next call starts new ones. */
  end(): Promise<void>;
}

/** Who is told of what workers do. */
export interface WorkersListener {
  /** A worker has said something of the call that it has. */
  readonly heard: (message: FromWorker) => void;
  /** The answer to a call. What its worker has said of it was heard before. */
  readonly answered: (call: WorkerCall, answer: Answer) => void;
  /** Its worker has died under a call, or there was none for it, or it can't be sent. */
  readonly broke: (call: WorkerCall, error: unknown) => void;
  /** A worker has become free, and its answer is about to be heard. It may have its next call now. */
  readonly freed: () => void;
  /** A worker has died before it could take a call, and there is no other. */
  readonly didNotComeUp: (cause: unknown) => void;
}
