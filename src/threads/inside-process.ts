// In a process of a pool: takes one call after the other, makes it, and answers. The other end is process-worker.ts.
import process from 'node:process';
import { Call, makeCall } from './call.js';
import { functionOf } from './callee.js';
import { errorCodec } from './error-codec.js';
import { giveWay } from './priority.js';
import type { FromProcess, Job, ToProcess } from './protocol.js';

const [, , niceIncrement] = process.argv;
giveWay(Number(niceIncrement));
const current: { call: Call | undefined } = { call: undefined };

process.on('message', (message: ToProcess) => {
  if (!('abort' in message)) void run(message);
  else if (current.call?.number === message.abort) current.call.controller.abort(errorCodec.unpack(message.reason));
});
// Nobody is left to make calls for.
process.on('disconnect', () => { process.exit(); });
tell('up');

async function run(job: Job): Promise<void> {
  const [number] = job;
  const call = new Call(number);
  current.call = call;
  const { outcome } = await makeCall(job, call, { kind: 'process', errors: errorCodec, functionOf, tell });
  if (call.holds.length === 0) {
    tell({ type: 'answer', answer: outcome });
    return;
  }
  tell({ call: number, ...outcome });
  await Promise.allSettled(call.holds);
  tell({ type: 'answer', answer: { type: 'free' } });
}

function tell(message: FromProcess): void {
  // When the other side is gone, `disconnect` follows.
  process.send?.(message, () => undefined);
}
