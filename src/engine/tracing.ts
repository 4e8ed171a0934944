// Tracing: each attempt is told on Node's diagnostics channels, for who measures or draws spans. Where nobody listens it costs a look.
import { tracingChannel } from 'node:diagnostics_channel';
import type { RunTrace } from '../task/trace.js';
import type { Outcome, Run } from './run.js';

type TraceDraft = { -readonly [F in keyof RunTrace]: RunTrace[F] };

const channels = tracingChannel<RunTrace>('carillon.run');

/** Whether anybody listens. */
export function isTraced(): boolean {
  return channels.hasSubscribers;
}

/** Calls the work between `start` and `end`, in the stores that are bound to `start`. */
export function traced<T>(run: Run, call: () => T): T {
  const { task: { id: taskId, policy: { name } }, id: runId, attempt, scheduledFor, startedAt } = run;
  const trace: RunTrace = { taskId, runId, name, attempt, scheduledFor, startedAt };
  run.ownRare.trace = trace;
  return channels.start.runStores(trace, () => {
    try {
      return call();
    } finally {
      channels.end.publish(trace);
    }
  });
}

/** The attempt has ended. */
export function traceEnd(trace: TraceDraft, outcome: Outcome): void {
  trace.outcome = outcome.type;
  if (outcome.type === 'completed') trace.result = outcome.result;
  if (outcome.type === 'failed') {
    trace.error = outcome.error;
    channels.error.publish(trace);
  }
  channels.asyncStart.publish(trace);
  channels.asyncEnd.publish(trace);
}
