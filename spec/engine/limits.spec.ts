// Priorities, keys that are made of arguments, rates, and runs that wait for too long: what the pictures of docs/semantics.md don't show.
import { describe, expect, it, jest } from '@jest/globals';
import fc from '../support/properties.js';
import { TaskScheduler, after, every, once, type TaskId, type TaskSchedulerOptions } from '../../src/index.js';
import { FakeWork, VirtualClock, VirtualThreads } from '../../src/testing/index.js';

function begin(options: TaskSchedulerOptions = {}) {
  const clock = new VirtualClock();
  const onError = jest.fn();
  const scheduler = new TaskScheduler({ clock, onError, ...options });
  const starts: [id: TaskId, at: number][] = [];
  scheduler.events$.subscribe((event) => { if (event.type === 'runStarted') starts.push([event.taskId, event.at]); });
  return { clock, onError, scheduler, starts };
}

describe('priority', () => {
  it('orders those that wait, stable within one number, whenever they came', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.record({ priority: fc.integer({ min: -3, max: 3 }), at: fc.integer({ min: 1, max: 9 }) }), { maxLength: 40 }), async (tasks) => {
      const { clock, scheduler, starts } = begin({ concurrency: 1 });
      scheduler.schedule(new FakeWork({ script: '----------|', clock }).work, once(0), { id: 'first' });
      for (const [i, { priority, at }] of tasks.entries()) scheduler.schedule(() => undefined, once(at), { id: String(i), priority });
      await clock.advanceBy(20);
      const expected = tasks.map((task, i) => ({ ...task, i })).sort((a, b) => b.priority - a.priority || a.at - b.at || a.i - b.i);
      expect(starts.map(([id]) => id)).toEqual(['first', ...expected.map(({ i }) => String(i))]);
    }), { numRuns: 50 });
  });

  it('orders those that wait for a thread, too', async () => {
    const { clock, scheduler, starts } = begin();
    const fake = new FakeWork<[], void>();
    const { work } = new VirtualThreads({ clock, threads: 1 }).module({ work: fake.work });
    for (const [id, priority] of [['a', 0], ['b', 0], ['c', 5], ['d', -1]] as const) scheduler.schedule(work, after(0), { id, priority });
    for (let n = 0; n < 4; n++) {
      await clock.advanceBy(1);
      fake.complete();
    }
    await clock.advanceBy(1);
    expect(starts.map(([id]) => id)).toEqual(['a', 'c', 'b', 'd']);
  });

  it('is that of the run when it came: a change of the task leaves it', async () => {
    const { clock, scheduler, starts } = begin({ concurrency: 1 });
    scheduler.schedule(new FakeWork({ script: '----------|', clock }).work, once(0), { id: 'first' });
    for (const id of ['a', 'b']) scheduler.schedule(() => undefined, every(100), { id, startAt: 1 });
    await clock.advanceBy(5);
    scheduler.schedule(() => undefined, every(100), { id: 'b', startAt: 1, priority: 9, ifExists: 'replace' });
    await clock.advanceBy(10);
    expect(starts.map(([id]) => id)).toEqual(['first', 'a', 'b']);
  });
});

describe('a concurrencyKey that is made of the arguments', () => {
  const keyed = { concurrencyKey: (customer: string) => customer };

  it('lets the runs of one key go one after the other, and those of others at once', async () => {
    const { clock, scheduler, starts } = begin();
    const { work } = new FakeWork<[string], void>({ script: '----|', clock });
    for (const [id, customer] of [['a', 'x'], ['b', 'y'], ['c', 'x'], ['d', 'x']] as const) scheduler.schedule(work, once(1), { id, args: [customer], ...keyed });
    await clock.advanceBy(100);
    expect(starts).toEqual([['a', 1], ['b', 1], ['c', 5], ['d', 9]]);
  });

  it('is asked with the arguments of each run, as carry and emissions make them', async () => {
    const { clock, scheduler } = begin();
    const asked: unknown[] = [];
    const concurrencyKey = (n: number): string => {
      asked.push(n);
      return String(n);
    };
    scheduler.schedule((n: number) => n, every(10), { args: [0], carry: (n) => [n + 1], concurrencyKey, maxRuns: 3 });
    const { of } = await import('rxjs');
    scheduler.schedule((n: number) => n, of('7', '8'), { args: (text) => [Number(text)], concurrencyKey });
    await clock.advanceBy(100);
    expect(asked).toEqual([0, 7, 8, 1, 2]);
  });

  it.each<[string, () => string, string]>([
    ['throws', () => { throw new Error('no key'); }, 'no key'],
    ['returns no text', () => 5 as never, 'concurrencyKey() needs a string of 1 to 255 characters; got 5.'],
  ])('decides: fails the run for which it %s, and no other', async (_what, concurrencyKey, message) => {
    const { clock, scheduler } = begin();
    const bad = scheduler.schedule(() => 'done', once(1), { concurrencyKey });
    const good = scheduler.schedule(() => 'done', once(1), { concurrencyKey: () => 'key' });
    await clock.advanceBy(10);
    expect(scheduler.getTask(bad)).toMatchObject({ status: 'FAILED', runCount: 1, error: { message } });
    expect(scheduler.getTaskResult(good)).toBe('done');
  });

  it('fails a run whose key has another limit, naming both', async () => {
    const { clock, scheduler } = begin();
    const { work } = new FakeWork({ script: '----|', clock });
    scheduler.schedule(work, once(1), { concurrencyKey: 'key', concurrencyLimit: 3 });
    const id = scheduler.schedule(work, once(2), { concurrencyKey: () => 'key', concurrencyLimit: 2 });
    await clock.advanceBy(10);
    expect(scheduler.getTaskError(id)?.message).toBe('The concurrencyKey "key" has the limit 3 already; got 2. Give all that share a key one limit.');
  });

  it('may end the task from within', async () => {
    const { clock, scheduler } = begin();
    const id: TaskId = scheduler.schedule(() => 1, once(5), { concurrencyKey: () => { scheduler.cancelTask(id); return 'x'; } });
    await clock.advanceBy(10);
    expect(scheduler.getTask(id)).toMatchObject({ status: 'CANCELLED', runCount: 0, skippedCount: 1 });
  });

  it('holds back a run whose task is paused from within', async () => {
    const { clock, scheduler } = begin();
    const id: TaskId = scheduler.schedule(() => 1, every(5), { concurrencyKey: () => { scheduler.pauseTask(id); return 'x'; } });
    await clock.advanceBy(10);
    expect(scheduler.getTask(id)).toMatchObject({ status: 'PAUSED', runCount: 0 });
    scheduler.resumeTask(id);
    await clock.advanceBy(0);
    expect(scheduler.getTask(id)).toMatchObject({ runCount: 1 });
  });

  it('lets go of the key when a run was dropped, or retried and done', async () => {
    const { clock, scheduler } = begin();
    let failures = 1;
    const flaky = (_: string): void => { if (failures-- > 0) throw new Error('once'); };
    const id = scheduler.schedule(flaky, once(1), { args: ['x'], ...keyed, retry: { maxAttempts: 2, delay: 5 } });
    const { work } = new FakeWork<[string], void>({ script: '--|', clock });
    const dropped = scheduler.schedule(work, every(100), { args: ['y'], ...keyed });
    scheduler.schedule(work, once(0), { args: ['y'], ...keyed });
    await clock.advanceBy(0);
    scheduler.cancelTask(dropped);
    await clock.advanceBy(50);
    expect(scheduler.getTaskStatus(id)).toBe('COMPLETED');
    // With another limit: it is refused as long as anybody holds the key.
    for (const key of ['x', 'y']) scheduler.schedule(() => 1, after(0), { concurrencyKey: key, concurrencyLimit: 7 });
  });
});

describe('a rateLimit', () => {
  it('keeps no thread from others while a run waits for it', async () => {
    const { clock, scheduler, starts } = begin();
    const { work } = new VirtualThreads({ clock, threads: 1 }).module({ work: new FakeWork({ script: '-|', clock }).work });
    scheduler.schedule(work, every(10), { id: 'rated', rateLimit: { limit: 1, per: 50 } });
    scheduler.schedule(work, after(20), { id: 'other' });
    await clock.advanceBy(55);
    expect(starts).toEqual([['rated', 0], ['other', 20], ['rated', 50]]);
  });

  it('lets no stretch of its length have more starts, and wastes none', async () => {
    await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 20 }), fc.array(fc.nat({ max: 60 }), { maxLength: 30 }), async (limit, per, arrivals) => {
      const { clock, scheduler, starts } = begin();
      for (const [i, at] of arrivals.entries()) scheduler.schedule(() => undefined, once(at), { id: `${i}`, concurrencyKey: 'api', concurrencyLimit: Infinity, rateLimit: { limit, per } });
      await clock.advanceBy(100_000);
      const times = starts.map(([, at]) => at);
      // The plainest of schedulers: each as soon as the one `limit` before it is so long ago.
      const expected: number[] = [];
      for (const at of [...arrivals].sort((a, b) => a - b)) expected.push(Math.max(at, expected.at(-1) ?? 0, (expected[expected.length - limit] ?? -Infinity) + per));
      expect(times).toEqual(expected);
      expect(clock.waiting).toBe(0);
    }), { numRuns: 100 });
  });

  it('holds though its tasks come and go, each done before the next comes', async () => {
    const { clock, scheduler, starts } = begin();
    for (let n = 0; n < 5; n++) {
      scheduler.schedule(() => undefined, after(0), { concurrencyKey: 'api', rateLimit: { limit: 2, per: 10 } });
      await clock.advanceBy(1);
    }
    await clock.advanceBy(100);
    expect(starts.map(([, at]) => at)).toEqual([0, 1, 10, 11, 20]);
  });

  it('is one for each key that is made of arguments, and forgotten when nobody is held up by it', async () => {
    const { clock, scheduler, starts } = begin();
    const options = { concurrencyKey: (key: string) => key, concurrencyLimit: Infinity, rateLimit: { limit: 1, per: 10 } };
    for (const [id, key] of [['a', 'x'], ['b', 'x'], ['c', 'y']] as const) scheduler.schedule((_key: string) => undefined, once(0), { id, args: [key], ...options });
    await clock.advanceBy(50);
    expect(starts).toEqual([['a', 0], ['c', 0], ['b', 10]]);
    for (let n = 0; n < 1_000; n++) scheduler.schedule((_key: string) => undefined, after(0), { args: [`key ${n}`], ...options });
    await clock.advanceBy(50);
    expect(starts).toHaveLength(1_003);
  });

  it('counts each attempt', async () => {
    const { clock, scheduler, starts } = begin();
    scheduler.schedule(() => { throw new Error('x'); }, once(0), { rateLimit: { limit: 1, per: 10 }, retry: { maxAttempts: 3, delay: 1 } });
    await clock.advanceBy(100);
    expect(starts.map(([, at]) => at)).toEqual([0, 10, 20]);
  });

  it('goes on when the wall clock is set back', async () => {
    const { clock, scheduler } = begin({ clock: undefined });
    const virtual = new VirtualClock({ startAt: '2027-01-01T12:00Z' });
    const other = new TaskScheduler({ clock: virtual });
    const id = other.schedule(() => undefined, every('1s'), { rateLimit: { limit: 1, per: '10s' }, overlap: 'queue' });
    await virtual.advanceBy('5s');
    await virtual.jumpWallClock({ hours: -1 });
    await virtual.advanceBy('20s');
    expect(other.getTask(id).runCount).toBe(3);
    await Promise.all([scheduler.stop(), other.stop(), clock.advanceBy(0)]);
  });

  it('leaves nothing behind when what waited is dropped, or the scheduler stops', async () => {
    const { clock, scheduler } = begin();
    const ids = [1, 2, 3].map(() => scheduler.schedule(() => undefined, once(0), { concurrencyKey: 'api', concurrencyLimit: Infinity, rateLimit: { limit: 1, per: '1h' } }));
    await clock.advanceBy(1);
    scheduler.cancelTask(ids[1]!);
    expect(clock.waiting).toBe(1);
    await scheduler.stop();
    expect(clock.waiting).toBe(0);
  });

  it('is refused when its key has another, naming both', () => {
    const { scheduler } = begin({ autoStart: false });
    scheduler.schedule(() => undefined, every('1h'), { concurrencyKey: 'api', rateLimit: { limit: 1, per: '1s' } });
    expect(() => scheduler.schedule(() => undefined, every('1h'), { concurrencyKey: 'api', rateLimit: { limit: 2, per: '1s' } }))
      .toThrow('The concurrencyKey "api" has the rateLimit 1 per 1000 ms already; got 2 per 1000 ms. Give all that share a key one rate.');
    expect(scheduler.getTasks()).toHaveLength(1);
  });

  it.each<[object, string]>([
    [{ limit: 0, per: 1 }, 'rateLimit.limit needs a whole number of at least 1, or Infinity; got 0.'],
    [{ limit: 1, per: 0 }, 'rateLimit.per needs a duration of more than 0 ms; got 0.'],
    [{ limit: 1 }, "rateLimit needs both a limit and what it is per, as { limit: 10, per: '1s' }; got an object { limit }."],
  ])('refuses %j', (rateLimit, message) => {
    expect(() => begin().scheduler.schedule(() => undefined, every(1), { rateLimit: rateLimit as never })).toThrow(message);
  });
});

describe('expiresAfter', () => {
  it('drops what waits behind a run of its own task, and is counted as missed', async () => {
    const { clock, scheduler } = begin();
    const { work } = new FakeWork({ script: '----------|', clock });
    const id = scheduler.schedule(work, every(4), { overlap: 'queue', maxQueued: 5, expiresAfter: 3 });
    await clock.advanceBy(13);
    expect(scheduler.getTask(id)).toMatchObject({ runCount: 2, missedCount: 1 });
    expect(scheduler.getRuns(id)).toContainEqual(expect.objectContaining({ status: 'MISSED', skipReason: 'expired', tick: 1, finishedAt: 7 }));
  });

  it('fails a task that was due once, with a TaskMissedError that names it', async () => {
    const { clock, scheduler } = begin({ concurrency: 1 });
    scheduler.schedule(new FakeWork({ script: '----------|', clock }).work, once(0));
    const id = scheduler.schedule(() => 1, once(1), { expiresAfter: 3 });
    await clock.advanceBy(100);
    expect(scheduler.getTask(id)).toMatchObject({ status: 'FAILED', finishedAt: 4, missedCount: 1, runCount: 0, error: { code: 'TASK_MISSED' } });
    expect(scheduler.getTaskError(id)?.message).toContain("waited until it was 3 ms late, which its expiresAfter doesn't allow.");
  });

  it('lets the next one of the task start in its place at once', async () => {
    const { clock, scheduler, starts } = begin();
    const { work } = new FakeWork({ script: '----------|', clock });
    // The second tick has waited too long at the very instant at which the rate has room again.
    scheduler.schedule(work, every(8), { id: 'task', overlap: 'queue', maxQueued: 3, rateLimit: { limit: 1, per: 30 }, expiresAfter: 22 });
    await clock.advanceBy(31);
    expect(starts).toEqual([['task', 0], ['task', 30]]);
  });

  it('is over when the run starts, and is none for a further attempt', async () => {
    const { clock, scheduler } = begin({ concurrency: 1 });
    const blocker = new FakeWork({ script: '--|', clock }).work;
    scheduler.schedule(blocker, once(0));
    let failures = 1;
    const id = scheduler.schedule(() => { if (failures-- > 0) throw new Error('once'); return new Promise(() => undefined); }, once(1), { expiresAfter: 3, retry: { maxAttempts: 2, delay: 1 } });
    scheduler.schedule(new FakeWork({ script: '----------|', clock }).work, once(2));
    await clock.advanceBy(100);
    expect(scheduler.getTask(id)).toMatchObject({ status: 'RUNNING', missedCount: 0 });
    expect(clock.waiting).toBe(0);
  });
});

describe('limits that change', () => {
  it('by a replacement of the task, hold its own runs not against it, though each has its own key', async () => {
    const { clock, scheduler } = begin();
    const { work } = new FakeWork({ script: '--------------------|', clock });
    const options = { id: 'a', overlap: 'parallel', concurrencyKey: () => 'k', ifExists: 'replace' } as const;
    scheduler.schedule(work, every(10), { ...options, concurrencyLimit: 1 });
    await clock.advanceBy(5);
    scheduler.schedule(work, every(10), { ...options, concurrencyLimit: 2 });
    await clock.advanceBy(10);
    expect(scheduler.getTask('a')).toMatchObject({ failedCount: 0, runCount: 2 });
  });

  it('keep what has started, when it is a rate: of one task, and of a key', async () => {
    for (const key of [{}, { concurrencyKey: 'k' }]) {
      const { clock, scheduler, starts } = begin();
      for (let i = 0; i < 6; i++) {
        scheduler.schedule(() => 1, every(4), { id: 'a', ...key, ifExists: 'replace', overlap: 'queue', rateLimit: { limit: 1, per: i % 2 === 0 ? 100 : 101 } });
        await clock.advanceBy(4);
      }
      expect(starts).toEqual([['a', 0]]);
    }
  });

  it('keep what has started, when tasks come one after the other with one key and other rates', async () => {
    const { clock, scheduler, starts } = begin();
    for (let i = 0; i < 5; i++) {
      scheduler.schedule(() => 1, after(0), { concurrencyKey: 'k', rateLimit: { limit: 1, per: 100 + i }, expiresAfter: 5 });
      await clock.advanceBy(10);
    }
    expect(starts.map(([, at]) => at)).toEqual([0]);
  });

  const replacing = { id: 'a', ifExists: 'replace', overlap: 'parallel' } as const;

  it('bind the runs that wait already, when it is a rate', async () => {
    const { clock, scheduler, starts } = begin();
    const options = { ...replacing, concurrencyKey: 'api', concurrencyLimit: Infinity };
    scheduler.schedule(() => 1, every(1), { ...options, rateLimit: { limit: 2, per: 10 } });
    await clock.advanceBy(9);
    scheduler.schedule(() => 1, every(1), { ...options, rateLimit: { limit: 1, per: 10 } });
    await clock.advanceBy(42);
    expect(starts.map(([, at]) => at)).toEqual([0, 1, 11, 21, 31, 41, 51]);
  });

  it('count the places that were promised under a rate before', async () => {
    const { clock, scheduler, starts } = begin({ concurrency: 1 });
    scheduler.schedule(new FakeWork({ script: '----------|', clock }).work, once(0), { id: 'first' });
    for (const per of [100, 101]) {
      scheduler.schedule(() => 1, every(3), { ...replacing, startAt: 1, rateLimit: { limit: 1, per } });
      await clock.advanceBy(1);
    }
    await clock.advanceBy(50);
    expect(starts).toEqual([['first', 0], ['a', 10]]);
  });

  it('let in whoever waits, when a rate is raised', async () => {
    const { clock, scheduler, starts } = begin();
    scheduler.schedule(() => 1, every(1), { ...replacing, rateLimit: { limit: 1, per: 1_000 } });
    await clock.advanceBy(5);
    scheduler.schedule(() => 1, every(1), { ...replacing, rateLimit: { limit: 3, per: 1_000 } });
    await clock.advanceBy(5);
    expect(starts.map(([, at]) => at)).toEqual([0, 5, 5]);
  });

  it('hold what a run has claimed, and waits with in a pause, not against it', async () => {
    const { clock, scheduler } = begin({ concurrency: 1 });
    scheduler.schedule(new FakeWork({ script: '-----|', clock }).work, once(0));
    const options = { id: 'a', ifExists: 'replace', concurrencyKey: () => 'k', startAt: 1 } as const;
    scheduler.schedule(() => 1, every(100), { ...options, concurrencyLimit: 1 });
    await clock.advanceBy(2);
    scheduler.pauseTask('a');
    scheduler.schedule(() => 1, every(100), { ...options, concurrencyLimit: 2 });
    scheduler.runTask('a');
    await clock.advanceBy(50);
    expect(scheduler.getTask('a')).toMatchObject({ failedCount: 0, completedCount: 1 });
  });

  it('are no other limits when a key is made no longer, but is the same', async () => {
    const { clock, scheduler, starts } = begin();
    const { work } = new FakeWork({ script: '-----|', clock });
    scheduler.schedule(work, every(2), { ...replacing, startAt: 0, concurrencyKey: () => 'k', concurrencyLimit: 1 });
    await clock.advanceBy(3);
    scheduler.schedule(work, every(2), { ...replacing, startAt: 0, concurrencyKey: 'k', concurrencyLimit: 2 });
    await clock.advanceBy(1);
    expect(starts.map(([, at]) => at)).toEqual([0, 3]);
  });

  it('are those of the new key for runs that wait: none starts beside another one that has it', async () => {
    const { clock, scheduler, starts } = begin({ concurrency: 2 });
    const { work } = new FakeWork({ script: '----------|', clock });
    scheduler.schedule(work, once(0), { id: 'db', concurrencyKey: 'db' });
    scheduler.schedule(new FakeWork({ script: '-----|', clock }).work, once(0), { id: 'other' });
    scheduler.schedule(work, every(100), { id: 'a', startAt: 1 });
    await clock.advanceBy(2);
    scheduler.schedule(work, every(100), { id: 'a', startAt: 1, concurrencyKey: 'db', ifExists: 'replace' });
    await clock.advanceBy(20);
    expect(starts).toEqual([['db', 0], ['other', 0], ['a', 10]]);
  });

  it('are those of new work in a thread for runs that wait, and no longer those of the old', async () => {
    const { clock, scheduler, starts } = begin({ concurrency: 2 });
    const { work } = new VirtualThreads({ clock, threads: 1 }).module({ work: new FakeWork({ script: '----------|', clock }).work });
    scheduler.schedule(work, once(0), { id: 'busy' });
    scheduler.schedule(work, every(100), { id: 'a', startAt: 1 });
    await clock.advanceBy(2);
    scheduler.schedule(() => 1, every(100), { id: 'a', startAt: 1, ifExists: 'replace' });
    await clock.advanceBy(1);
    expect(starts).toEqual([['busy', 0], ['a', 2]]);
  });

  it('let more of those start that wait, when overlap allows it now', async () => {
    const { clock, scheduler, starts } = begin();
    const { work } = new FakeWork({ script: '----------|', clock });
    scheduler.schedule(work, every(2), { id: 'a', overlap: 'queue', maxQueued: 2 });
    await clock.advanceBy(5);
    scheduler.schedule(work, every(2), { id: 'a', overlap: 'parallel', ifExists: 'replace' });
    await clock.advanceBy(0);
    expect(starts.map(([, at]) => at)).toEqual([0, 5, 5]);
  });
});
