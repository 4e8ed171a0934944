// The context of a run, for work that asks for one.
import { timing, type RunContext, type TimedContext } from '../task/work.js';
import type { AttemptPorts } from './attempt.js';
import type { Run } from './run.js';

/**
 * @param progress tells how far the run is, as long as it has no outcome
 * @param log tells what it says, as long as it has no outcome
 */
export function contextOf(run: Run, progress: RunContext['progress'], log: RunContext['log'], { letGo, timingOf }: AttemptPorts): RunContext {
  const context: TimedContext = {
    taskId: run.task.id,
    runId: run.id,
    name: run.task.policy.name,
    tick: run.tick,
    attempt: run.attempt,
    scheduledFor: run.scheduledFor,
    startedAt: run.startedAt,
    get signal() { return signalOf(run); },
    value: run.value,
    progress,
    log,
    waitUntil: (promise) => {
      // Once the slot is free there is nothing left to hold.
      if (run.phase === 'over') return;
      const rare = run.ownRare;
      rare.holds++;
      const settled = (): void => { if (--rare.holds === 0) letGo(run); };
      void Promise.resolve(promise).then(settled, settled);
    },
  };
  if (run.task.policy.timeout !== undefined) context[timing] = timingOf(run);
  return context;
}

/** Made at the first look: most work never asks. */
function signalOf(run: Run): AbortSignal {
  const rare = run.ownRare;
  rare.controller ??= new AbortController();
  if (rare.wasAborted && !rare.controller.signal.aborted) rare.controller.abort(rare.abortReason);
  return rare.controller.signal;
}
