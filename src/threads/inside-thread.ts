// In the thread: takes one call after the other from piscina, makes it, and answers. The other end is thread-workers.ts.
import process from 'node:process';
import { MessageChannel, parentPort, threadId, workerData } from 'node:worker_threads';
import { Call, makeCall, type Made, type Surroundings } from './call.js';
import { functionOf } from './callee.js';
import type { Movable } from './crossing.js';
import { errorCodec } from './error-codec.js';
import { giveWay } from './priority.js';
import { doneBy, isLoad, type Answer, type Hello, type Job, type ThreadAnswer, type ThreadData, type ToWorker } from './protocol.js';

const { cells, niceIncrement } = workerData as ThreadData;
// Elsewhere it is the whole process that has a priority.
if (process.platform === 'linux') giveWay(niceIncrement);
const { port1: port, port2: otherEnd } = new MessageChannel();
/** What the thread is at; piscina gives it one call at a time. */
const current: { call: Call | undefined } = { call: undefined };

port.on('message', ({ abort, reason }: ToWorker) => {
  if (current.call?.number === abort) current.call.controller.abort(errorCodec.unpack(reason));
});
// To wait for an abort is no reason to stay alive.
port.unref();
parentPort?.postMessage({ carillonThread: threadId, port: otherEnd } satisfies Hello, [otherEnd]);

const here: Surroundings = {
  kind: 'thread', errors: errorCodec, functionOf,
  tell: (message, moved = []) => {
    if (current.call) current.call.said = true;
    port.postMessage(message, moved);
  },
};

/** The handler that piscina calls. It never throws: what rejects there, has crashed. */
export function run(job: Job | undefined): unknown {
  if (!job) return undefined;
  const [number, place] = job;
  // It was aborted while the thread came up.
  if (Atomics.compareExchange(cells, place, 0, threadId) !== 0) return { type: 'free' } satisfies Answer;
  const call = new Call(number);
  current.call = call;
  return makeCall(job, call, here, (made) => answerTo(job, call, made));
}

function answerTo([, place, callee]: Job, call: Call, { outcome, moved }: Made): unknown {
  if (isLoad(callee)) waitForTheOthers((JSON.parse(callee) as { readonly together: number }).together);
  if (call.holds.length > 0) {
    here.tell({ call: call.number, ...outcome }, moved);
    return Promise.allSettled(call.holds).then(() => done(place, { type: 'free', said: true }));
  }
  const answer = done(place, call.said ? { ...outcome, said: true } : outcome.type === 'returned' ? [outcome.value] : outcome);
  return moved.length === 0 ? answer : movable(answer, moved);
}

/** From here on the thread is as good as free. */
function done(place: number, answer: ThreadAnswer): ThreadAnswer {
  Atomics.store(cells, place, doneBy(threadId));
  return answer;
}

/** A thread that is there only to be warm takes no second call until each of the others has one, too. */
function waitForTheOthers(together: number): void {
  const arrived = cells.length - 1;
  Atomics.add(cells, arrived, 1);
  for (let count = Atomics.load(cells, arrived); count < together; count = Atomics.load(cells, arrived)) Atomics.wait(cells, arrived, count, 1);
}

/** Piscina moves things only out of a value of its own kind. */
async function movable(answer: ThreadAnswer, moved: readonly Movable[]): Promise<unknown> {
  const { move, transferableSymbol, valueSymbol } = await import('piscina');
  return move({ [transferableSymbol]: moved, [valueSymbol]: answer } as never);
}
