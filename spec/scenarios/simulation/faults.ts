// Faults: ways in which an engine could be broken, put into ours for a while, to see whether the simulator finds them.
import { Claims, NO_CLAIM } from '../../../src/engine/claims.js';
import { Desk } from '../../../src/engine/desk.js';
import { Gate } from '../../../src/engine/gate.js';
import { LocalEngine } from '../../../src/engine/local-engine.js';
import { Overlap } from '../../../src/engine/overlap.js';
import { Rate } from '../../../src/engine/rate.js';
import { Reopening } from '../../../src/engine/reopening.js';
import { Retries } from '../../../src/engine/retries.js';
import { Runs } from '../../../src/engine/runs.js';
import { Ticks } from '../../../src/engine/ticks.js';
import { TimeLimits } from '../../../src/engine/time-limits.js';
import { TaskTable } from '../../../src/store/task-table.js';
import type { Command, ScheduleTask } from '../../../src/task/command.js';
import type { TaskPolicy } from '../../../src/task/policy.js';
import type { TaskDraft } from '../../../src/task/task-record.js';
import { WorkerCall } from '../../../src/threads/worker-call.js';

/** A fault: puts itself in, and returns how to take it out again. */
export type Fault = () => () => void;

/** Puts something else in the place of a method. */
function replace<T extends object, K extends keyof T>(target: T, method: K, make: (original: T[K]) => T[K]): () => void {
  const original = target[method];
  target[method] = make(original);
  return () => { target[method] = original; };
}

const withPolicy = (change: (policy: TaskPolicy) => Partial<TaskPolicy>): Fault => () => onCommand((command) =>
  (command.type === 'scheduleTask' ? { ...command, policy: { ...command.policy, ...change(command.policy) } } satisfies ScheduleTask : command));

/** Changes what the engine is asked; undefined for nothing, of which it says that it was done. */
function onCommand(change: (command: Command) => Command | undefined): () => void {
  return replace(LocalEngine.prototype, 'execute', (execute) => function (this: LocalEngine, command) {
    const changed = change(command);
    return changed ? execute.call(this, changed) : true;
  });
}

const ignoring = (type: Command['type']): Fault => () => onCommand((command) => (command.type === type ? undefined : command));

/** Shifts each tick of a grid. */
const shifted = (by: number): Fault => () => replace(Ticks, 'next', (next) => (task, trigger, after) => {
  const due = next(task, trigger, trigger.kind === 'every' ? after - by : after);
  return due === null || trigger.kind !== 'every' ? due : due + by;
});

const onPush = (change: (push: typeof Ticks.prototype.push, ticks: Ticks, tick: Parameters<typeof Ticks.prototype.push>[0], n: number) => void): Fault => () => {
  let n = 0;
  return replace(Ticks.prototype, 'push', (push) => function (this: Ticks, tick) { change(push, this, tick, n++); });
};

/** Puts a fault in for as long as a task is taken up again. */
const whileRetrying = (fault: Fault): Fault => () => replace(Reopening.prototype, 'retry', (retry) => function (this: Reopening, taskId, runId) {
  const takeOut = fault();
  try {
    return retry.call(this, taskId, runId);
  } finally {
    takeOut();
  }
});

/** By what each is. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  'overlap is ignored': withPolicy(() => ({ overlap: 'parallel', maxParallel: Infinity })),
  'a tick is doubled now and then': onPush((push, ticks, tick, n) => {
    push.call(ticks, tick);
    if (n % 7 === 6) push.call(ticks, { ...tick, runId: `${tick.runId}-again` });
  }),
  'a tick is lost now and then': onPush((push, ticks, tick, n) => { if (n % 7 !== 6) push.call(ticks, tick); }),
  'runs are early by 1 ms': shifted(-1),
  'runs are late by 1 ms': shifted(1),
  'a cancel is lost': ignoring('cancelTask'),
  'a stop is lost': ignoring('stopTask'),
  'a pause is lost': ignoring('pauseTask'),
  'a resume is lost': ignoring('resumeTask'),
  'maxRuns counts one too many': withPolicy(({ maxRuns }) => ({ maxRuns: maxRuns + 1 })),
  'maxRuns counts one too few': withPolicy(({ maxRuns }) => ({ maxRuns: Math.max(1, maxRuns - 1) })),
  'one run too many may be queued': withPolicy(({ maxQueued }) => ({ maxQueued: maxQueued + 1 })),
  'one run too few may be in progress': withPolicy(({ overlap, maxParallel }) => (overlap === 'parallel' ? { maxParallel: Math.max(1, maxParallel - 1) } : {})),
  'a failure does not end a task that it should end': withPolicy(() => ({ afterFailure: 'continue' })),
  'until is not heeded': withPolicy(() => ({ until: undefined })),
  'the grid drifts': () => replace(Ticks, 'next', (next) => (task, trigger, after) => {
    const due = next(task, trigger, after);
    if (due !== null && trigger.kind === 'every' && task.tick > 0) task.anchor += 1;
    return due;
  }),
  'misfire makes up for nothing': withPolicy(({ misfire }) => ({ misfire: { ...misfire, policy: 'skip' } })),
  'misfire makes up for everything': withPolicy(({ misfire }) => ({ misfire: { ...misfire, policy: 'all', limit: 1_000 } })),
  'a tick by the wall clock is a minute late': () => replace(Ticks, 'next', (next) => (task, trigger, after) => {
    const due = next(task, trigger, trigger.kind === 'cron' ? after - 60_000 : after);
    return due === null || trigger.kind !== 'cron' ? due : due + 60_000;
  }),
  'by fixed delay, ticks are early by 1 ms': () => replace(Ticks.prototype, 'goOn', (goOn) => function (this: Ticks, task, tick) {
    const goesOn = goOn.call(this, task, tick);
    if (goesOn && task.due !== null) task.due -= 1;
    return goesOn;
  }),
  'nothing is tried again': withPolicy(() => ({ retry: undefined })),
  'there is one more attempt': withPolicy(({ retry }) => ({ retry: retry && { ...retry, maxAttempts: retry.maxAttempts + 1 } })),
  'waits before the next attempt are not what they should be': () => replace(Retries.prototype, 'delayAfter', (delayAfter) => function (this: Retries, run, error) {
    const delay = delayAfter.call(this, run, error);
    return delay === undefined ? undefined : delay * 1.5 + 1;
  }),
  'attempts follow at once': () => replace(Retries.prototype, 'follow', (follow) => function (this: Retries, run, error, delay) {
    follow.call(this, run, error, delay);
    const next = run.rare.successor!;
    next.ownRare.isDue = true;
    run.ownRare.successor = next.ownRare.predecessor = undefined;
    this.enterIfReady(next);
  }),
  'a run that waits for its next attempt has no end': () => replace(Runs.prototype, 'conclude', (conclude) => function (this: Runs, run, outcome) {
    if (run.phase !== 'retrying') conclude.call(this, run, outcome);
  }),
  'nothing times out': () => replace(TimeLimits.prototype, 'started', () => () => undefined),
  'attempts may take a little longer': withPolicy(({ timeout }) => ({ timeout: timeout === undefined ? undefined : timeout + 1 })),
  'the deadline is that of each attempt': withPolicy(({ timeout, deadline }) => ({ timeout: deadline ?? timeout, deadline: undefined })),
  'holdSlot holds nothing': withPolicy(() => ({ holdSlot: false })),
  'slots are held by work that lets go': withPolicy(() => ({ holdSlot: true })),
  'priorities are turned around': withPolicy(({ priority }) => ({ priority: -priority })),
  'keys have no limits': () => replace(Claims.prototype, 'claim', () => () => NO_CLAIM),
  'a rate lets anybody pass': () => replace(Rate.prototype, 'take', () => () => true),
  'a rate forgets to let those on that wait': () => replace(Rate.prototype, 'attend', () => () => undefined),
  'nobody is told that a key is free': () => replace(Gate.prototype, 'release', (release) => function (this: Gate, run) {
    const { claim } = run;
    run.claim = { ...claim, limiters: [] };
    for (const limiter of claim.limiters) limiter.end();
    run.passed = 0;
    release.call(this, run);
  }),
  'runs wait for as long as they like': withPolicy(() => ({ expiresAfter: undefined })),
  'a slot that is free is found with the next tick only': () => replace(Overlap.prototype, 'released', (released) => function (this: Overlap, run) {
    const { task } = run;
    const { policy } = task;
    // As if there were no room.
    task.policy = { ...policy, maxParallel: 0, overlap: 'parallel' };
    released.call(this, run);
    task.policy = policy;
  }),
  'queued runs never get their turn': withPolicy(({ overlap }) => (overlap === 'queue' ? { overlap: 'skip' } : {})),
  'a thread that dies has succeeded': () => replace(WorkerCall.prototype, 'fail', () => function (this: WorkerCall) { this.settle({ type: 'returned', value: undefined }); }),
  'an update is lost': ignoring('updateTask'),
  'an update changes no arguments': () => onCommand((command) => (command.type === 'updateTask' ? { ...command, args: undefined } : command)),
  'an update takes another interval': () => onCommand((command) => (
    command.type === 'updateTask' && command.trigger?.kind === 'every' ? { ...command, trigger: { ...command.trigger, interval: command.trigger.interval + 1 } } : command)),
  'an update forgets the tick that was due': () => replace(Ticks.prototype, 'lose', (lose) => function (this: Ticks, task, reason) { if (reason !== 'replaced') lose.call(this, task, reason); }),
  'a retry is lost': ignoring('retryTask'),
  'a retry is lost while the slot is held': () => replace(Overlap.prototype, 'take', (take) => function (this: Overlap, tick) { if (tick.task.live.size === 0) take.call(this, tick); }),
  'a retry does not claim its key again': whileRetrying(() => replace(Claims.prototype, 'claim', () => () => NO_CLAIM)),
  'a retry forgets what its rate has counted': whileRetrying(() => replace(Claims.prototype, 'claim', (claim) => function (this: Claims, wanted) { return claim.call(this, wanted); })),
  'a retry leaves the trigger as it was stopped': () => replace(Reopening.prototype, 'leave', () => () => undefined),
  'a retry begins the grid anew': whileRetrying(() => replace(Ticks, 'next', (next) => (task, trigger, after) => {
    if (trigger.kind === 'every') task.anchor = after;
    return next(task, trigger, after);
  })),
  'a retry subscribes again to an Observable that has completed': () => replace(Reopening.prototype, 'keep', (keep) => function (this: Reopening, task) {
    if (task.listening) task.listening.ended = 'failed';
    keep.call(this, task);
  }),
  'a task that is taken up again still says when it had ended': () => replace(TaskTable.prototype, 'fold', (fold) => function (this: TaskTable, event) {
    const entry = fold.call(this, event);
    if (event.type === 'taskRetried' && entry) (entry.record as TaskDraft).finishedAt = event.at;
    return entry;
  }),
  'tasks are not found by their tag': ignoring('cancelTasks'),
  'events are told out of order': () => replace(Desk.prototype, 'emit', (emit) => {
    let held: Parameters<typeof emit>[0] | undefined;
    return function (this: Desk, body) {
      if (held) {
        const late = held;
        held = undefined;
        emit.call(this, body);
        emit.call(this, late);
      } else if (body.type === 'runQueued') held = body;
      else emit.call(this, body);
    };
  }),
};
