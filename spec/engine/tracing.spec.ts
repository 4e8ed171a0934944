// Tracing: what Node's diagnostics channels tell of an attempt.
import { AsyncLocalStorage } from 'node:async_hooks';
import { tracingChannel, type TracingChannelSubscribers } from 'node:diagnostics_channel';
import { afterEach, describe, expect, it } from '@jest/globals';
import { of } from 'rxjs';
import { TaskScheduler, after, every, once, type RunTrace } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/index.js';

const channels = tracingChannel<unknown, RunTrace>('carillon.run');
let told: string[] = [];
const listener: TracingChannelSubscribers<RunTrace> = {
  start: ({ name, attempt }) => { told.push(`start ${name} ${attempt}`); },
  end: () => { told.push('end'); },
  asyncStart: () => { told.push('asyncStart'); },
  asyncEnd: ({ outcome, result }) => { told.push(`asyncEnd ${outcome} ${String(result)}`); },
  error: ({ error }) => { told.push(`error ${(error as Error).message}`); },
};

function begin() {
  channels.subscribe(listener);
  const clock = new VirtualClock();
  return { clock, scheduler: new TaskScheduler({ clock, onError: () => undefined }) };
}

afterEach(() => {
  channels.unsubscribe(listener);
  told = [];
});

describe('tracing', () => {
  it.each<[string, () => unknown]>([
    ['a value', () => 5],
    ['a promise', () => Promise.resolve(5)],
    ['an Observable', () => of(4, 5)],
  ])('tells of work that returns %s, from its start to its end', async (_what, work) => {
    const { clock, scheduler } = begin();
    scheduler.schedule(work, once(1), { name: 'five' });
    await clock.advanceBy(1);
    expect(told).toEqual(['start five 1', 'end', 'asyncStart', 'asyncEnd completed 5']);
  });

  it('tells of each attempt, and of what it failed with', async () => {
    const { clock, scheduler } = begin();
    scheduler.schedule(() => { throw new Error('no'); }, once(1), { name: 'never', retry: { maxAttempts: 2, delay: 1 } });
    await clock.advanceBy(10);
    const attempt = (n: number): string[] => [`start never ${n}`, 'end', 'error no', 'asyncStart', 'asyncEnd failed undefined'];
    expect(told).toEqual([...attempt(1), ...attempt(2)]);
  });

  it('tells of a run that is cancelled, and of one that times out', async () => {
    const { clock, scheduler } = begin();
    const forever = () => new Promise(() => undefined);
    const cancelled = scheduler.schedule(forever, after(1), { name: 'a' });
    await clock.advanceBy(1);
    scheduler.cancelTask(cancelled);
    scheduler.schedule(forever, after(1), { name: 'b', timeout: 5 });
    await clock.advanceBy(10);
    expect(told.filter((line) => line !== 'asyncStart' && line !== 'end').map((line) => line.slice(0, 14)))
      .toEqual(['start a 1', 'asyncEnd cance', 'start b 1', 'error The task', 'asyncEnd faile']);
  });

  it('calls the work in the stores that are bound to its start, as a span is', async () => {
    const { clock, scheduler } = begin();
    const span = new AsyncLocalStorage<unknown>();
    channels.start.bindStore(span, ({ name, runId }) => `${name} ${runId}`);
    const ids = ['a', 'b'].map((name) => scheduler.schedule(async () => {
      await Promise.resolve();
      return span.getStore();
    }, every(10), { name }));
    await clock.advanceBy(1);
    channels.start.unbindStore(span);
    expect(ids.map((id) => scheduler.getTaskResult(id))).toEqual(ids.map((id, i) => `${'ab'[i]} ${scheduler.getTask(id).lastRun?.runId}`));
  });

  it('takes up with the next attempt once somebody listens, and leaves off when nobody does', async () => {
    const { clock, scheduler } = begin();
    channels.unsubscribe(listener);
    scheduler.schedule(() => 1, every(10), { name: 'tick' });
    await clock.advanceBy(1);
    channels.subscribe(listener);
    await clock.advanceBy(10);
    channels.unsubscribe(listener);
    await clock.advanceBy(10);
    expect(told).toEqual(['start tick 1', 'end', 'asyncStart', 'asyncEnd completed 1']);
  });
});
