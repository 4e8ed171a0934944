// The asynchronous context: work that is due once goes on in that of its call; what recurs runs in nobody's.
import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Observable } from 'rxjs';
import { TaskScheduler, after, every, once, withContext } from '../../src/index.js';

const request = new AsyncLocalStorage<string>();
let scheduler: TaskScheduler;

afterEach(() => scheduler.stop({ drain: false }));

describe('an AsyncLocalStorage', () => {
  it('holds in work that is due once what it held at the call that scheduled it', async () => {
    scheduler = new TaskScheduler();
    const look = (): string | undefined => request.getStore();
    const ids = ['a', 'b', 'c'].map((name) => request.run(name, () => scheduler.schedule(look, after(5))));
    ids.push(request.run('d', () => scheduler.scheduleOneTime(look, Date.now() + 5)), scheduler.schedule(look, once(Date.now() + 5)));
    expect(await Promise.all(ids.map((id) => scheduler.result(id)))).toEqual(['a', 'b', 'c', 'd', undefined]);
  });

  it('holds it in all of the work: behind an await, in an Observable, with a context, and in a further attempt', async () => {
    scheduler = new TaskScheduler();
    const works = {
      awaiting: async () => {
        await Promise.resolve();
        return request.getStore();
      },
      observable: () => new Observable<unknown>((subscriber) => {
        subscriber.next(request.getStore());
        subscriber.complete();
      }),
      contextual: withContext(() => request.getStore()),
      retried: withContext(({ attempt }) => {
        if (attempt < 3) throw new Error('again');
        return request.getStore();
      }),
    };
    const ids = Object.entries(works).map(([name, work]) => request.run(name, () => scheduler.schedule(work as () => unknown, after(1), { retry: { maxAttempts: 3, delay: 1 } })));
    expect(await Promise.all(ids.map((id) => scheduler.result(id)))).toEqual(Object.keys(works));
  });

  it('holds nothing in work that recurs, whoever scheduled it, woke the clock, or asked for a run', async () => {
    scheduler = new TaskScheduler();
    const seen: unknown[] = [];
    const look = (): void => { seen.push(request.getStore()); };
    const ids = request.run('caller', () => [scheduler.schedule(look, every(5), { maxRuns: 3 }), scheduler.schedule(look, every('1h'), { startAt: Date.now() + 3_600_000 })]);
    request.run('another', () => { scheduler.runTask(ids[1]!); });
    await scheduler.whenSettled(ids[0]!);
    expect(seen).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('does not leak from one task into another, though both start in one turn', async () => {
    scheduler = new TaskScheduler();
    const seen: unknown[] = [];
    const at = Date.now() + 5;
    const leaky = request.run('leaky', () => scheduler.scheduleOneTime(() => { request.enterWith('entered'); }, at));
    const other = scheduler.scheduleOneTime(() => { seen.push(request.getStore()); }, at);
    const named = request.run('named', () => scheduler.scheduleOneTime(() => { seen.push(request.getStore()); }, at));
    await Promise.all([leaky, other, named].map((id) => scheduler.whenSettled(id)));
    expect(seen).toEqual([undefined, 'named']);
  });
});
