// Outcomes: the event that tells of one, and whether the work is still at it.
import type { TaskEvent, TaskEventBody } from '../task/event.js';
import type { Outcome, Run } from './run.js';

type OutcomeEvent = Extract<TaskEventBody, { type: 'runCompleted' | 'runFailed' | 'runCancelled' }> & Partial<Pick<TaskEvent, 'v' | 'seq' | 'at'>>;

/** The event that tells of an outcome. */
export function outcomeEvent({ id: runId, task: { id: taskId } }: Run, outcome: Outcome): OutcomeEvent {
  switch (outcome.type) {
    // It holds a place for its stamp already, as what happens to every run does.
    case 'completed': return { v: 1, seq: 0, at: 0, type: 'runCompleted', taskId, runId, result: outcome.result };
    case 'failed': return { type: 'runFailed', taskId, runId, error: outcome.error };
    case 'cancelled': return { type: 'runCancelled', taskId, runId, cancelReason: outcome.reason };
  }
}

/** Why the work is to let go, when it has not ended by itself. */
export function reasonToAbort(outcome: Outcome): { readonly reason: unknown } | undefined {
  if (outcome.type === 'cancelled') return { reason: outcome.reason };
  return outcome.type === 'failed' && outcome.isTimeout ? { reason: outcome.error } : undefined;
}
