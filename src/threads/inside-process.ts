// In a process of a pool: takes one call after the other, makes it, and answers. The other end is process-worker.ts.
import process from 'node:process';
import { Call, makeCall } from './call.js';
import { functionOf } from './callee.js';
import { errorCodec } from './error-codec.js';
import { giveWay } from './priority.js';
import type { FromProcess, Job, Outcome, ToProcess } from './protocol.js';

const [, , niceIncrement] = process.argv;
giveWay(Number(niceIncrement));
const current: { call: Call | undefined } = { call: undefined };

process.on('message', (message: ToProcess) => {
  if (!('abort' in message)) run(message);
  else if (current.call?.number === message.abort) current.call.controller.abort(errorCodec.unpack(message.reason));
});
// Nobody is left to make calls for.
process.on('disconnect', () => { process.exit(); });
tell('up');

function run(job: Job): void {
  const [number] = job;
  const call = new Call(number);
  current.call = call;
  void makeCall(job, call, { kind: 'process', errors: errorCodec, functionOf, tell }, ({ outcome }) => answer(call, outcome));
}

async function answer({ number, holds }: Call, outcome: Outcome): Promise<void> {
  if (holds.length === 0) {
    tell({ type: 'answer', answer: outcome });
    return;
  }
  tell({ call: number, ...outcome });
  await Promise.allSettled(holds);
  tell({ type: 'answer', answer: { type: 'free' } });
}

function tell(message: FromProcess): void {
  // When the other side is gone, `disconnect` follows.
  process.send?.(message, () => undefined);
}
