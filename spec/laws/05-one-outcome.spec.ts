import { describe, expect, it } from '@jest/globals';
import { NEVER, Observable } from 'rxjs';
import { after, every, TaskScheduler, withContext, type RunContext, type TaskEvent, type TaskSchedulerOptions } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/index.js';

/** One run in progress, and everything that may end it. */
async function openRun(options: TaskSchedulerOptions = {}) {
  const clock = new VirtualClock();
  const scheduler = new TaskScheduler({ clock, onError: () => {}, ...options });
  const events: TaskEvent[] = [];
  scheduler.events$.subscribe((event) => events.push(event));
  const controller = new AbortController();
  const calls: { resolve: (value: string) => void; reject: (error: unknown) => void; context: RunContext }[] = [];
  const work = withContext((context) => new Promise<string>((resolve, reject) => { calls.push({ context, resolve, reject }); }));
  const id = scheduler.schedule(work, every(1_000), { overlap: 'replace', signal: controller.signal });
  await clock.advanceBy(0);
  const call = calls[0]!;
  return { clock, scheduler, events, controller, calls, call, id, work };
}

type OpenRun = Awaited<ReturnType<typeof openRun>>;

const CAUSES: Record<string, (run: OpenRun) => unknown> = {
  finish: ({ call }) => { call.resolve('done'); },
  fail: ({ call }) => { call.reject(new Error('no luck')); },
  cancel: ({ scheduler, id }) => scheduler.cancelTask(id),
  abort: ({ controller }) => { controller.abort(); },
  replace: ({ scheduler, id }) => scheduler.runTask(id),
  shutdown: ({ scheduler }) => void scheduler.stop({ drain: false }),
};
const OUTCOME: Record<string, string> = {
  finish: 'runCompleted', fail: 'runFailed', cancel: 'runCancelled', abort: 'runCancelled', replace: 'runCancelled', shutdown: 'runCancelled',
};

function permutations(of: readonly string[]): string[][] {
  return of.length <= 1 ? [[...of]] : of.flatMap((first) => permutations(of.filter((other) => other !== first)).map((rest) => [first, ...rest]));
}

/** The outcomes of each run that started, by the run's id. */
function outcomes(events: readonly TaskEvent[]): Map<string, string[]> {
  const byRun = new Map<string, string[]>();
  for (const event of events) {
    if (event.type === 'runStarted') byRun.set(event.runId, []);
    if (event.type === 'runCompleted' || event.type === 'runFailed' || event.type === 'runCancelled') byRun.get(event.runId)!.push(event.type);
  }
  return byRun;
}

describe('5. One outcome', () => {
  const names = Object.keys(CAUSES);
  // Every order of three of them says what every order of all six would: who comes third has lost already.
  const triples = names.flatMap((a) => names.flatMap((b) => names.map((c) => [a, b, c]))).filter((triple) => new Set(triple).size === 3);

  it.each(triples)('is the first cause’s: %s, %s, %s', async (...causes) => {
    const run = await openRun();
    for (const cause of causes) {
      if (cause === 'replace' && outcomes(run.events).get(run.call.context.runId)!.length > 0) continue;
      CAUSES[cause]!(run);
      await run.clock.advanceBy(0);
    }
    expect(outcomes(run.events).get(run.call.context.runId)).toEqual([OUTCOME[causes[0]!]]);
    await stopAndCheck(run);
  });

  it.each(permutations(names.filter((name) => name !== 'replace')).map((causes) => [causes.join(', '), causes] as const))(
    'is one, when all comes in one breath: %s', async (_, causes) => {
      const run = await openRun();
      for (const cause of causes) CAUSES[cause]!(run);
      await run.clock.advanceBy(0);
      // A promise is heard of a moment after it has settled; a command counts at once.
      expect(outcomes(run.events).get(run.call.context.runId)).toEqual(['runCancelled']);
      await stopAndCheck(run);
    },
  );

  async function stopAndCheck({ clock, scheduler, events, id }: OpenRun): Promise<void> {
    const stopped = scheduler.stop({ drain: false });
    await clock.advanceBy(10_000);
    await stopped;
    for (const outcome of outcomes(events).values()) expect(outcome).toHaveLength(1);
    const { runCount, completedCount, failedCount, cancelledCount } = scheduler.getTask(id);
    expect(runCount).toBe(completedCount + failedCount + cancelledCount);
    expect(runCount).toBe(outcomes(events).size);
  }

  it('is cancelled, and the work is never called, when who hears of the start cancels', async () => {
    for (const how of ['cancelTask', 'signal', 'stop'] as const) {
      const clock = new VirtualClock();
      const scheduler = new TaskScheduler({ clock });
      const controller = new AbortController();
      let called = 0;
      const id = scheduler.schedule(() => { called++; }, after(1), { signal: controller.signal });
      const types: string[] = [];
      scheduler.events$.subscribe(({ type }) => {
        types.push(type);
        if (type !== 'runStarted') return;
        if (how === 'cancelTask') scheduler.cancelTask(id);
        else if (how === 'signal') controller.abort();
        else void scheduler.stop({ drain: false });
      });
      await clock.advanceBy(1);
      expect([how, called, types.filter((type) => type.startsWith('run'))]).toEqual([how, 0, ['runStarted', 'runCancelled']]);
      expect(scheduler.getTask(id)).toMatchObject({ runCount: 1, cancelledCount: 1 });
    }
  });

  it('is decided at once: a getter in the same breath sees it', async () => {
    const { scheduler, id } = await openRun();
    expect(scheduler.cancelTask(id)).toBe(true);
    expect(scheduler.getTask(id)).toMatchObject({ status: 'CANCELLED', cancelledCount: 1 });
    expect(scheduler.stats()).toMatchObject({ runsInProgress: 0 });
  });

  it('comes before what the work does when it hears its signal', async () => {
    const { scheduler, clock, call, id } = await openRun();
    call.context.signal.addEventListener('abort', () => {
      call.context.progress('too late');
      call.reject(new Error('aborted'));
    });
    scheduler.cancelTask(id, 'enough');
    await clock.advanceBy(0);
    expect(scheduler.getTask(id)).toMatchObject({ status: 'CANCELLED', failedCount: 0, cancelReason: 'enough' });
    expect(scheduler.getTask(id)).not.toHaveProperty('progress');
  });

  it('lets go of an Observable at once, even of one that emits without pause', async () => {
    const clock = new VirtualClock();
    const scheduler = new TaskScheduler({ clock });
    let pulled = 0;
    const endless = new Observable<number>((subscriber) => {
      while (!subscriber.closed && pulled < 1_000) subscriber.next(++pulled);
    });
    const id = scheduler.schedule(() => endless, after(0));
    scheduler.task$(id).subscribe((task) => { if (task.progress === 3) scheduler.cancelTask(id); });
    await clock.advanceBy(0);
    expect([pulled, scheduler.getTaskStatus(id)]).toEqual([3, 'CANCELLED']);
  });

  it('unsubscribes from an Observable when the run is cancelled', async () => {
    const clock = new VirtualClock();
    const scheduler = new TaskScheduler({ clock });
    let subscribed = 0;
    const counted = new Observable<never>(() => {
      subscribed++;
      return () => { subscribed--; };
    });
    const id = scheduler.schedule(() => counted, after(0));
    await clock.advanceBy(0);
    expect(subscribed).toBe(1);
    scheduler.cancelTask(id);
    expect(subscribed).toBe(0);
  });

  describe('the slot', () => {
    /** A scheduler with one slot, a run that has it, and one that waits. */
    async function openSlot() {
      const run = await openRun({ concurrency: 1 });
      const next = run.scheduler.schedule(() => NEVER, after(0));
      await run.clock.advanceBy(0);
      expect(run.scheduler.getRuns(next)[0]?.status).toBe('QUEUED');
      return { ...run, isFree: (): boolean => run.scheduler.getTaskStatus(next) === 'RUNNING' };
    }

    it('is free at once when the work ignores its abort', async () => {
      const { scheduler, clock, id, isFree } = await openSlot();
      scheduler.cancelTask(id);
      await clock.advanceBy(0);
      expect(isFree()).toBe(true);
    });

    it.each(['resolve', 'reject'] as const)('is free when all that waitUntil got has settled (%s)', async (end) => {
      const { scheduler, clock, call, id, isFree } = await openSlot();
      const ends: (() => void)[] = [];
      const holding = (): Promise<void> => new Promise((resolve, reject) => { ends.push(end === 'resolve' ? resolve : reject); });
      call.context.waitUntil(holding());
      call.context.waitUntil(holding());
      scheduler.cancelTask(id);
      expect(scheduler.getTask(id)).toMatchObject({ status: 'CANCELLED', cancelledCount: 1 });
      await clock.advanceBy(0);
      ends[0]!();
      await clock.advanceBy(0);
      expect(isFree()).toBe(false);
      ends[1]!();
      await clock.advanceBy(0);
      expect(isFree()).toBe(true);
    });

    it('can be held from within the abort listener', async () => {
      const { scheduler, clock, call, id, isFree } = await openSlot();
      let letGo = (): void => {};
      call.context.waitUntil(new Promise<void>((resolve) => {
        call.context.signal.addEventListener('abort', () => { letGo = resolve; });
      }));
      scheduler.cancelTask(id);
      await clock.advanceBy(0);
      expect(isFree()).toBe(false);
      letGo();
      await clock.advanceBy(0);
      expect(isFree()).toBe(true);
    });

    it('keeps the run that replaces it waiting', async () => {
      const { clock, calls, call } = await openRun();
      let letGo = (): void => {};
      call.context.waitUntil(new Promise<void>((resolve) => { letGo = resolve; }));
      await clock.advanceBy(1_000);
      expect([call.context.signal.aborted, calls.length]).toEqual([true, 1]);
      letGo();
      await clock.advanceBy(0);
      expect(calls).toHaveLength(2);
    });

    it('is held no longer by a waitUntil that comes too late', async () => {
      const { scheduler, clock, call, id, isFree } = await openSlot();
      scheduler.cancelTask(id);
      call.context.waitUntil(new Promise(() => {}));
      await clock.advanceBy(0);
      expect(isFree()).toBe(true);
    });
  });
});
