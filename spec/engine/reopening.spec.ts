// retryTask, at the edges: what a task that has failed goes on with.
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Observable, Subject } from 'rxjs';
import { TaskScheduler, after, cron, every, once, type TaskEvent, type TaskId } from '../../src/index.js';
import { FakeWork, VirtualClock } from '../../src/testing/index.js';

let clock: VirtualClock;
let scheduler: TaskScheduler;
let events: TaskEvent[];
let unobserved: string[];

beforeEach(() => {
  clock = new VirtualClock();
  unobserved = [];
  scheduler = new TaskScheduler({ clock, retention: { tasks: 3 }, onError: ({ message }) => { unobserved.push(message); } });
  events = [];
});
afterEach(() => scheduler.stop({ drain: false }));

const follow = (): void => { scheduler.events$.subscribe((event) => { events.push(event); }); };
const fail = (): never => { throw new Error('no luck'); };
/** Fails the first time, and then no more. */
const failsOnce = (): (() => number) => {
  let calls = 0;
  return () => { if (++calls === 1) fail(); return calls; };
};

describe('retryTask', () => {
  it('is told as such, between two ends', async () => {
    follow();
    const id = scheduler.schedule(failsOnce(), after(0));
    await clock.advanceBy(0);
    scheduler.retryTask(id);
    await clock.advanceBy(0);
    expect(events.map(({ type }) => type)).toEqual([
      'taskScheduled', 'runStarted', 'runFailed', 'taskFinished', 'taskRetried', 'runQueued', 'runStarted', 'runCompleted', 'taskFinished',
    ]);
    expect(scheduler.stats().tasks).toMatchObject({ COMPLETED: 1, FAILED: 0, PENDING: 0 });
  });

  it('starts no work inside the call', async () => {
    const fake = new FakeWork<[], undefined>();
    const id = scheduler.schedule(fake.work, after(0));
    await clock.advanceBy(0);
    fake.fail(new Error('no luck'));
    await clock.advanceBy(0);
    scheduler.retryTask(id);
    expect(fake.calls).toHaveLength(1);
    expect(scheduler.getTaskStatus(id)).toBe('PENDING');
    await clock.advanceBy(0);
    expect(fake.calls).toHaveLength(2);
  });

  it('makes a run with all its attempts anew', async () => {
    const fake = new FakeWork<[], string>();
    const id = scheduler.schedule(fake.work, after(0), { retry: { maxAttempts: 2, delay: 10 } });
    await clock.advanceBy(0);
    for (let attempt = 0; attempt < 3; attempt++) {
      fake.fail(new Error('no luck'));
      await clock.advanceBy(10);
      if (attempt === 1) scheduler.retryTask(id);
      await clock.advanceBy(0);
    }
    fake.complete('at last');
    await clock.advanceBy(0);
    expect(scheduler.getRuns(id).map(({ attempt, status }) => [attempt, status])).toEqual([[2, 'FAILED'], [2, 'COMPLETED']]);
  });

  it('may fail again, and be retried again', async () => {
    const id = scheduler.schedule(fail, after(0));
    for (let time = 0; time < 3; time++) {
      await clock.advanceBy(5);
      expect(scheduler.getTask(id)).toMatchObject({ status: 'FAILED', failedCount: time + 1 });
      expect(scheduler.retryTask(id)).toBe(true);
      expect(scheduler.retryTask(id)).toBe(false);
    }
    await clock.advanceBy(0);
    expect(unobserved).toHaveLength(4);
  });

  it('of a task that missed its only tick makes up for it', async () => {
    const id = scheduler.schedule(() => 'done', once(100), { misfire: { policy: 'skip', grace: 10 } });
    clock.block(500);
    await clock.advanceBy(0);
    expect(scheduler.getTask(id)).toMatchObject({ status: 'FAILED', missedCount: 1 });
    scheduler.retryTask(id);
    await clock.advanceBy(0);
    expect(scheduler.getTask(id)).toMatchObject({ status: 'COMPLETED', result: 'done', missedCount: 1 });
  });

  it('leaves a task without a tick left to its one more run', async () => {
    const id = scheduler.schedule(failsOnce(), every(10), { maxRuns: 1 });
    const ended = scheduler.schedule(failsOnce(), every(10), { until: 5 });
    await clock.advanceBy(30);
    for (const one of [id, ended]) {
      scheduler.retryTask(one);
      expect(scheduler.getTask(one)).not.toHaveProperty('nextRunAt');
    }
    await clock.advanceBy(30);
    for (const one of [id, ended]) expect(scheduler.getTask(one)).toMatchObject({ status: 'COMPLETED', runCount: 2 });
  });

  it('by fixed delay waits anew', async () => {
    const id = scheduler.schedule(failsOnce(), every(100, { mode: 'fixedDelay' }), { afterFailure: 'stop' });
    await clock.advanceBy(30);
    scheduler.retryTask(id);
    await clock.advanceBy(100);
    expect(scheduler.getRuns(id).map(({ tick, scheduledFor }) => [tick, scheduledFor])).toEqual([[0, 0], [undefined, 30], [1, 130]]);
  });

  it('subscribes to an Observable trigger again that failed, or was left', async () => {
    const sources: Subject<string>[] = [];
    const trigger = new Observable<string>((subscriber) => {
      const source = new Subject<string>();
      sources.push(source);
      return source.subscribe(subscriber);
    });
    const broken = scheduler.schedule((value: string) => value, trigger, { args: (value) => [value] });
    const left = scheduler.schedule(failsOnce(), trigger, { afterFailure: 'stop' });
    await clock.advanceBy(0);
    sources[0]!.error(new Error('the line is dead'));
    sources[1]!.next('a');
    await clock.advanceBy(0);
    expect(scheduler.getTasks().map(({ status }) => status)).toEqual(['FAILED', 'FAILED']);
    expect(sources[1]!.observed).toBe(false);
    expect([scheduler.retryTask(left), scheduler.retryTask(broken)]).toEqual([true, true]);
    sources[2]!.next('b');
    await clock.advanceBy(0);
    expect(scheduler.getTask(left)).toMatchObject({ status: 'PENDING', completedCount: 2 });
    sources[3]!.next('c');
    sources[3]!.complete();
    await clock.advanceBy(0);
    expect(scheduler.getTask(broken)).toMatchObject({ status: 'COMPLETED', result: 'c' });
  });

  it('leaves an Observable trigger alone that has completed', async () => {
    let subscriptions = 0;
    const trigger = new Observable<number>((subscriber) => {
      subscriptions++;
      subscriber.next(1);
      subscriber.complete();
    });
    const id = scheduler.schedule(failsOnce(), trigger);
    await clock.advanceBy(0);
    expect(scheduler.getTaskStatus(id)).toBe('FAILED');
    scheduler.retryTask(id);
    await clock.advanceBy(0);
    expect([scheduler.getTaskStatus(id), subscriptions]).toEqual(['COMPLETED', 1]);
  });

  it('takes its place among those with the same key again', async () => {
    const fake = new FakeWork<[], undefined>();
    const id = scheduler.schedule(fake.work, after(0), { concurrencyKey: 'k' });
    await clock.advanceBy(0);
    fake.fail(new Error('no luck'));
    await clock.advanceBy(0);
    scheduler.schedule(fake.work, after(0), { concurrencyKey: 'k' });
    await clock.advanceBy(0);
    scheduler.retryTask(id);
    await clock.advanceBy(0);
    expect(fake.running).toHaveLength(1);
    fake.complete(undefined);
    await clock.advanceBy(0);
    expect(fake.running).toHaveLength(1);
    expect(scheduler.getTaskStatus(id)).toBe('RUNNING');
  });

  it('is refused when its key has got another limit meanwhile', async () => {
    const id = scheduler.schedule(fail, after(0), { concurrencyKey: 'k', concurrencyLimit: 2 });
    await clock.advanceBy(0);
    scheduler.schedule(() => 1, every(10), { concurrencyKey: 'k', concurrencyLimit: 3 });
    const before = scheduler.getTask(id);
    expect(() => scheduler.retryTask(id)).toThrow('The concurrencyKey "k" has the limit 3 already');
    expect(scheduler.getTask(id)).toEqual(before);
  });

  it('heeds the signal of the task again; has nothing to do once that has aborted', async () => {
    const controller = new AbortController();
    const fake = new FakeWork<[], undefined>();
    const [one, other] = [scheduler.schedule(fake.work, after(0), { signal: controller.signal }), scheduler.schedule(fail, after(0), { signal: controller.signal })];
    await clock.advanceBy(0);
    fake.fail(new Error('no luck'));
    await clock.advanceBy(0);
    scheduler.retryTask(one);
    await clock.advanceBy(0);
    controller.abort('enough');
    expect(scheduler.getTask(one)).toMatchObject({ status: 'CANCELLED', cancelReason: 'enough' });
    expect(scheduler.retryTask(other)).toBe(false);
    expect(scheduler.getTaskStatus(other)).toBe('FAILED');
  });

  it('ends a pause that the task has failed in', async () => {
    const fake = new FakeWork<[], undefined>();
    const id = scheduler.schedule(fake.work, every(100), { afterFailure: 'stop' });
    await clock.advanceBy(0);
    scheduler.pauseTask(id);
    fake.fail(new Error('no luck'));
    await clock.advanceBy(0);
    scheduler.retryTask(id);
    await clock.advanceBy(0);
    fake.complete(undefined);
    await clock.advanceBy(0);
    expect(scheduler.getTask(id)).toMatchObject({ status: 'PENDING', paused: false, nextRunAt: 100 });
  });

  it('takes the task out of those that retention may forget', async () => {
    const fake = new FakeWork<[], undefined>();
    const id = scheduler.schedule(fake.work, after(0));
    await clock.advanceBy(0);
    fake.fail(new Error('no luck'));
    await clock.advanceBy(0);
    scheduler.retryTask(id);
    await clock.advanceBy(0);
    const others = Array.from({ length: 4 }, () => scheduler.schedule(() => 1, after(0)));
    await clock.advanceBy(0);
    expect(scheduler.getTaskStatus(id)).toBe('RUNNING');
    expect(() => scheduler.getTask(others[0]!)).toThrow('was forgotten');
    fake.complete(undefined);
    await clock.advanceBy(0);
    expect(scheduler.getTaskStatus(id)).toBe('COMPLETED');
    expect(() => scheduler.getTask(others[1]!)).toThrow('was forgotten');
  });

  it('knows nothing of a task that was removed, or replaced', async () => {
    const [removed, replaced]: TaskId[] = [scheduler.schedule(fail, after(0)), scheduler.schedule(fail, after(0), { id: 'x' })];
    await clock.advanceBy(0);
    scheduler.removeTask(removed!);
    scheduler.schedule(() => 1, after(50), { id: 'x', ifExists: 'replace' });
    expect(() => scheduler.retryTask(removed!)).toThrow('was forgotten');
    expect(scheduler.retryTask(replaced!)).toBe(false);
    await clock.advanceBy(50);
    expect(scheduler.getTask('x')).toMatchObject({ status: 'COMPLETED', runCount: 1 });
  });

  it('inside the notification of the end leaves who subscribes there to the next end', async () => {
    const id = scheduler.schedule(failsOnce(), after(0));
    const first: string[] = [];
    const second: string[] = [];
    const retry = (): void => {
      scheduler.retryTask(id);
      scheduler.task$(id).subscribe({ next: ({ status }) => { second.push(status); }, complete: () => { second.push('|'); } });
    };
    scheduler.events$.subscribe(({ type }) => { if (type === 'taskFinished' && second.length === 0) retry(); });
    scheduler.task$(id).subscribe({ next: ({ status }) => { first.push(status); }, complete: () => { first.push('|'); } });
    await clock.advanceBy(0);
    expect(first).toEqual(['PENDING', 'RUNNING', 'FAILED', '|']);
    expect(second).toEqual(['PENDING', 'RUNNING', 'COMPLETED', '|']);
  });

  it('is drained by stop as any run is', async () => {
    const fake = new FakeWork<[], undefined>();
    const id = scheduler.schedule(fake.work, after(0));
    await clock.advanceBy(0);
    fake.fail(new Error('no luck'));
    await clock.advanceBy(0);
    scheduler.retryTask(id);
    await clock.advanceBy(0);
    const stopped = scheduler.stop();
    fake.complete(undefined);
    await clock.advanceBy(0);
    expect(await stopped).toMatchObject({ completed: 1, pending: 0 });
    expect(scheduler.getTaskStatus(id)).toBe('COMPLETED');
  });

  it('waits for the slot that the failed run still holds, whatever `overlap` says', async () => {
    const calls: ((result: string) => void)[] = [];
    const id = scheduler.schedule(() => new Promise<string>((resolve) => { calls.push(resolve); }), after(0), { timeout: 10, holdSlot: true });
    let retries = 0;
    scheduler.events$.subscribe((event) => { if (event.type === 'taskFinished' && ++retries < 5) scheduler.retryTask(id); });
    await clock.advanceBy(15);
    expect(scheduler.getTask(id)).toMatchObject({ status: 'PENDING', failedCount: 1, skippedCount: 0 });
    expect([retries, calls.length, scheduler.stats().queuedRuns]).toEqual([1, 1, 1]);
    calls[0]!('too late');
    await clock.advanceBy(0);
    calls[1]!('done');
    await clock.advanceBy(0);
    expect(scheduler.getTask(id)).toMatchObject({ status: 'COMPLETED', result: 'done', runCount: 2 });
  });

  it('leaves an Observable trigger before it subscribes to it again', async () => {
    const source = new Subject<number>();
    let open = 0;
    const trigger = new Observable<number>((subscriber) => {
      expect(++open).toBe(1);
      subscriber.add(() => { open--; });
      return source.subscribe(subscriber);
    });
    const id = scheduler.schedule(failsOnce(), trigger, { afterFailure: 'stop', overlap: 'parallel' });
    scheduler.events$.subscribe(({ type }) => {
      if (type !== 'taskFinished' || scheduler.getTask(id).runCount > 1) return;
      scheduler.retryTask(id);
      source.next(2);
    });
    await clock.advanceBy(0);
    source.next(1);
    await clock.advanceBy(0);
    expect([open, scheduler.getTask(id).runCount]).toEqual([1, 3]);
    source.next(3);
    await clock.advanceBy(0);
    expect(scheduler.getTask(id)).toMatchObject({ status: 'PENDING', runCount: 4 });
  });

  it('goes on with the only tick of a task that a run by hand has stopped before', async () => {
    const work = failsOnce();
    const [id, late] = [work, failsOnce()].map((each) => scheduler.schedule(each, once(100), { afterFailure: 'stop' }));
    for (const one of [id!, late!]) scheduler.runTask(one);
    await clock.advanceBy(50);
    scheduler.retryTask(id!);
    expect(scheduler.getTask(id!)).toMatchObject({ nextRunAt: 100 });
    await clock.advanceBy(60);
    expect(scheduler.getRuns(id!).map(({ reason, scheduledFor }) => [reason, scheduledFor])).toEqual([['manual', 0], ['manual', 50], ['scheduled', 100]]);
    scheduler.retryTask(late!);
    await clock.advanceBy(100);
    expect(scheduler.getTask(late!)).toMatchObject({ status: 'COMPLETED', runCount: 2 });
  });

  it('never repeats an instant, though the wall clock was set back meanwhile', async () => {
    const [second, moved] = [scheduler.schedule(failsOnce(), cron('* * * * * *'), { afterFailure: 'stop', startAt: 3_000 }), scheduler.schedule(failsOnce(), every(1_000), { afterFailure: 'stop', startAt: 3_000 })];
    await clock.advanceBy(3_200);
    await clock.jumpWallClock(-2_500);
    for (const id of [second, moved]) scheduler.retryTask(id);
    // One waits for the wall clock; the other counts elapsed time.
    expect([second, moved].map((id) => scheduler.getTask(id).nextRunAt)).toEqual([4_000, 1_500]);
    await clock.advanceBy(3_400);
    expect(scheduler.getRuns(second).map(({ scheduledFor }) => scheduledFor)).toEqual([3_000, 700, 4_000]);
    expect(scheduler.getRuns(moved).map(({ scheduledFor }) => scheduledFor)).toEqual([3_000, 700, 1_500, 2_500, 3_500]);
  });

  it('after the wall clock was set back still tells late ticks from others', async () => {
    const id = scheduler.schedule(failsOnce(), every(100), { afterFailure: 'stop', misfire: { policy: 'skip', grace: 10 }, startAt: 1_000 });
    await clock.advanceBy(1_000);
    await clock.jumpWallClock(-900);
    scheduler.retryTask(id);
    await clock.advanceBy(50);
    clock.block(80);
    await clock.advanceBy(0);
    expect(scheduler.getTask(id)).toMatchObject({ missedCount: 1 });
    expect(scheduler.stats().latenessMs).toBe(30);
  });

  it('does not make the task start more often than its rate allows', async () => {
    const work = jest.fn(fail);
    const id = scheduler.schedule(work, after(0), { rateLimit: { limit: 1, per: 1_000 } });
    await clock.advanceBy(100);
    await clock.jumpWallClock(-50);
    scheduler.retryTask(id);
    await clock.advanceBy(899);
    expect(work).toHaveBeenCalledTimes(1);
    await clock.advanceBy(1);
    expect(work).toHaveBeenCalledTimes(2);
  });

  it('of a task that never ran leaves it FAILED when the run expires', async () => {
    scheduler.concurrency = 1;
    const id = scheduler.schedule(() => 'done', once(100), { misfire: { policy: 'skip', grace: 10 }, expiresAfter: 50 });
    clock.block(500);
    await clock.advanceBy(0);
    scheduler.schedule(() => new Promise(() => undefined), after(0));
    await clock.advanceBy(0);
    scheduler.retryTask(id);
    await clock.advanceBy(50);
    expect(scheduler.getTask(id)).toMatchObject({ status: 'FAILED', runCount: 0, error: { name: 'TaskMissedError' } });
  });

  it('may be called by whoever makes its id, or stop the scheduler there', async () => {
    let meddle: (() => void) | undefined;
    let made = 0;
    const other = new TaskScheduler({ clock, onError: () => undefined, newId: () => { const [call] = [meddle]; meddle = undefined; call?.(); return `n${made++}`; } });
    const id = other.schedule(fail, after(0), { id: 'x' });
    await clock.advanceBy(0);
    meddle = () => other.retryTask(id);
    expect([other.retryTask(id), other.getTask(id).status, other.stats().queuedRuns]).toEqual([false, 'PENDING', 1]);
    await clock.advanceBy(0);
    meddle = () => { void other.stop(); };
    expect(() => other.retryTask(id)).toThrow(expect.objectContaining({ code: 'SCHEDULER_STOPPED' }));
  });

  it('inside the notification of the end finds a task that retention keeps none of', async () => {
    const scarce = new TaskScheduler({ clock, retention: { tasks: 0, runs: 0 } });
    const id = scarce.schedule(failsOnce(), after(0));
    const seen: string[] = [];
    scarce.events$.subscribe(({ type }) => {
      seen.push(type);
      if (type === 'taskFinished' && seen.filter((one) => one === type).length === 1) scarce.retryTask(id);
    });
    await clock.advanceBy(0);
    expect(seen).toEqual(['runStarted', 'runFailed', 'taskFinished', 'taskRetried', 'runQueued', 'runStarted', 'runCompleted', 'taskFinished', 'taskRemoved']);
    expect(() => scarce.getTask(id)).toThrow('was forgotten');
    await scarce.stop();
  });
});
