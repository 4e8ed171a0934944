// The context of a run, for work that asks for one.
import type { RunContext } from '../task/work.js';
import type { Run } from './run.js';

/**
 * @param progress tells how far the run is, as long as it has no outcome
 * @param log tells what it says, as long as it has no outcome
 * @param letGo is called when the last promise given to `waitUntil` has settled
 */
export function contextOf(run: Run, progress: RunContext['progress'], log: RunContext['log'], letGo: (run: Run) => void): RunContext {
  return {
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
      run.holds++;
      const settled = (): void => { if (--run.holds === 0) letGo(run); };
      void Promise.resolve(promise).then(settled, settled);
    },
  };
}

/** Made at the first look: most work never asks. */
function signalOf(run: Run): AbortSignal {
  run.controller ??= new AbortController();
  if (run.wasAborted && !run.controller.signal.aborted) run.controller.abort(run.abortReason);
  return run.controller.signal;
}
