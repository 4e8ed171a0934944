// In the thread: takes one call after the other from piscina, makes it, and answers. The other end is thread-workers.ts.
import { MessageChannel, parentPort, threadId, workerData } from 'node:worker_threads';
import { Call, makeCall } from './call.js';
import { type Movable } from './crossing.js';
import { functionOf } from './callee.js';
import { errorCodec } from './packed-error.js';
import type { Answer, FromWorker, Hello, Job, ThreadData, ToWorker } from './protocol.js';

const { cells } = workerData as ThreadData;
const { port1: port, port2: otherEnd } = new MessageChannel();
/** What the thread is at; piscina gives it one call at a time. */
const current: { call: Call | undefined } = { call: undefined };

port.on('message', ({ abort, reason }: ToWorker) => {
  if (current.call?.number === abort) current.call.controller.abort(errorCodec.unpack(reason));
});
// To wait for an abort is no reason to stay alive.
port.unref();
parentPort?.postMessage({ carillonThread: threadId, port: otherEnd } satisfies Hello, [otherEnd]);

/** The handler that piscina calls. It never throws: what rejects there, has crashed. */
export async function run(job: Job): Promise<unknown> {
  // It was aborted while the thread came up.
  if (Atomics.compareExchange(cells, job.place, 0, threadId) !== 0) return { type: 'free' } satisfies Answer;
  const call = new Call(job.call);
  current.call = call;
  const tell = (message: FromWorker): void => {
    call.said = true;
    port.postMessage(message);
  };
  const { outcome, moved } = await makeCall(job, call, { kind: 'thread', errors: errorCodec, functionOf, tell });
  if ('load' in job.callee) waitForTheOthers();
  if (call.holds.length > 0) {
    port.postMessage({ call: job.call, ...outcome } satisfies FromWorker, moved);
    await Promise.allSettled(call.holds);
    return { type: 'free', said: true } satisfies Answer;
  }
  const answer: Answer = call.said ? { ...outcome, said: true } : outcome;
  return moved.length === 0 ? answer : movable(answer, moved);
}

/** A thread that is there only to be warm takes no second call until each of the others has one, too. */
function waitForTheOthers(): void {
  for (let cell = 0; cell < cells.length; cell++) while (Atomics.load(cells, cell) === 0) Atomics.wait(cells, cell, 0, 1);
}

/** Piscina moves things only out of a value of its own kind. */
async function movable(answer: Answer, moved: readonly Movable[]): Promise<unknown> {
  const { move, transferableSymbol, valueSymbol } = await import('piscina');
  return move({ [transferableSymbol]: moved, [valueSymbol]: answer } as never);
}
