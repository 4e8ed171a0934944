import { describe, expect, it } from '@jest/globals';
import { Observable, of, Subject } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { after, every, once, TaskScheduler, type TaskSchedulerOptions } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/index.js';

/** A scheduler whose work notes whether it was started from inside something of the caller's. */
function open(options: TaskSchedulerOptions = {}) {
  const clock = new VirtualClock({ startAt: 1_000 });
  const scheduler = new TaskScheduler({ clock, onError: () => {}, ...options });
  let inside = '';
  const starts: string[] = [];
  const ends: (() => void)[] = [];
  const start = (): void => { starts.push(inside === '' ? 'by the clock' : `inside ${inside}`); };
  const quick = (): void => { start(); };
  /** Work that goes on until it is ended. */
  const held = (): Promise<void> => new Promise((resolve) => { start(); ends.push(resolve); });
  const during = <T>(what: string, call: () => T): T => {
    const outer = inside;
    inside = what;
    try {
      return call();
    } finally {
      inside = outer;
    }
  };
  return { clock, scheduler, starts, ends, quick, held, during };
}

type Opened = ReturnType<typeof open>;

const CALLS: [string, (opened: Opened) => (() => unknown) | Promise<() => unknown>, TaskSchedulerOptions?][] = [
  ['schedule(once(past))', ({ scheduler, quick }) => () => scheduler.schedule(quick, once(1))],
  ['schedule(once(now))', ({ scheduler, quick }) => () => scheduler.schedule(quick, once(1_000))],
  ['schedule(after(0))', ({ scheduler, quick }) => () => scheduler.schedule(quick, after(0))],
  ['schedule(every)', ({ scheduler, quick }) => () => scheduler.schedule(quick, every(10_000))],
  ['schedule(an Observable that emits at once)', ({ scheduler, quick }) => () => scheduler.schedule(quick, of(1))],
  ['scheduleOneTime', ({ scheduler, quick }) => () => scheduler.scheduleOneTime(quick, 1)],
  ['schedulePeriodic', ({ scheduler, quick }) => () => scheduler.schedulePeriodic(quick, 10_000)],
  ['start', ({ scheduler, quick }) => {
    scheduler.schedule(quick, after(0));
    return () => { scheduler.start(); };
  }, { autoStart: false }],
  ['runTask', ({ scheduler, quick }) => {
    const id = scheduler.schedule(quick, after(10_000));
    return () => scheduler.runTask(id);
  }],
  ['resumeTask', async ({ scheduler, clock, quick }) => {
    const id = scheduler.schedule(quick, after(10));
    scheduler.pauseTask(id);
    await clock.advanceBy(20);
    return () => scheduler.resumeTask(id);
  }],
  ['resumeTask with a run that waited', async ({ scheduler, clock, held, ends }) => {
    const id = scheduler.schedule(held, every(10), { overlap: 'queue', maxRuns: 2 });
    await clock.advanceBy(10);
    scheduler.pauseTask(id);
    ends[0]!();
    await clock.advanceBy(0);
    return () => scheduler.resumeTask(id);
  }],
  ['ifExists: replace', async ({ scheduler, clock, held, quick }) => {
    scheduler.schedule(held, every(10), { id: 'x' });
    await clock.advanceBy(0);
    return () => scheduler.schedule(quick, after(0), { id: 'x', ifExists: 'replace' });
  }],
  ['a concurrency that grows', async ({ scheduler, clock, held, quick }) => {
    scheduler.schedule(held, after(0));
    scheduler.schedule(quick, after(0));
    await clock.advanceBy(0);
    return () => { scheduler.concurrency = 2; };
  }, { concurrency: 1 }],
  ['cancelTask that frees a slot', async ({ scheduler, clock, held, quick }) => {
    const id = scheduler.schedule(held, after(0));
    scheduler.schedule(quick, after(0));
    await clock.advanceBy(0);
    return () => scheduler.cancelTask(id);
  }, { concurrency: 1 }],
  ['abort() of a signal that frees a slot', async ({ scheduler, clock, held, quick }) => {
    const controller = new AbortController();
    scheduler.schedule(held, after(0), { signal: controller.signal });
    scheduler.schedule(quick, after(0));
    await clock.advanceBy(0);
    return () => { controller.abort(); };
  }, { concurrency: 1 }],
  ['the trigger’s emission', ({ scheduler, quick }) => {
    const source = new Subject<number>();
    scheduler.schedule(quick, source);
    return () => { source.next(1); };
  }],
];

describe('12. The caller never waits', () => {
  it.each(CALLS.map(([what, prepare, options = {}]) => [what, prepare, options] as const))('no work starts inside %s; it does right after, at that instant', async (what, prepare, options) => {
    const opened = open(options);
    const { clock, starts, during } = opened;
    const call = await prepare(opened);
    const before = starts.length;
    const at = clock.now();
    during(what, call);
    expect(starts).toHaveLength(before);
    await clock.advanceBy(0);
    expect(starts.slice(before)).toEqual(['by the clock']);
    expect(clock.now()).toBe(at);
  });

  it('no work starts inside a notification, whatever is called there', async () => {
    const opened = open({ concurrency: 3 });
    const { clock, scheduler, starts, quick, held, ends, during } = opened;
    const source = new Subject<number>();
    const told = new Set<string>();
    const meddle = (type: string): void => {
      during(`a notification of ${type}`, () => {
        if (told.has(type)) return;
        told.add(type);
        const before = starts.length;
        const id = scheduler.schedule(quick, after(0));
        scheduler.runTask(id);
        scheduler.pauseTask(id);
        scheduler.resumeTask(id);
        source.next(1);
        scheduler.concurrency += 1;
        expect([type, starts.length]).toEqual([type, before]);
      });
    };
    scheduler.schedule(quick, source);
    scheduler.events$.subscribe(({ type }) => { meddle(type); });
    scheduler.tasks$.subscribe(() => { meddle('tasks$'); });
    const id = scheduler.schedule(held, every(10), { overlap: 'queue' });
    scheduler.task$(id).subscribe(() => { meddle('task$'); });
    await clock.advanceBy(30);
    ends[0]!();
    await clock.advanceBy(30);
    scheduler.stopTask(id);
    scheduler.cancelTask(id);
    await clock.advanceBy(30);
    expect(told.size).toBeGreaterThan(10);
    expect(starts.length).toBeGreaterThan(told.size);
    expect(new Set(starts)).toEqual(new Set(['by the clock']));
  });

  it('no work starts inside another’s', async () => {
    const { clock, scheduler, starts, quick, during } = open();
    scheduler.schedule(() => {
      during('work', () => {
        scheduler.schedule(quick, after(0));
        scheduler.runTask(scheduler.schedule(quick, after(10)));
      });
    }, after(0));
    await clock.advanceBy(0);
    expect(starts).toEqual(['by the clock', 'by the clock']);
  });

  it('no trigger is made to wait by the work: it has emitted all before the first run', async () => {
    const { clock, scheduler, starts, quick } = open();
    const startsSeen: number[] = [];
    scheduler.schedule(quick, new Observable<number>((subscriber) => {
      for (let i = 0; i < 3; i++) {
        subscriber.next(i);
        startsSeen.push(starts.length);
      }
    }));
    await clock.advanceBy(0);
    expect([startsSeen, starts.length]).toEqual([[0, 0, 0], 3]);
  });

  it('starts at the same frame on TestScheduler', () => {
    const clock = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
    clock.run(({ expectObservable, hot }) => {
      const scheduler = new TaskScheduler({ clock });
      const source = hot('    --a--b--|');
      const id = scheduler.schedule((value: string) => value.toUpperCase(), source, { args: (value) => [value] });
      const results = '       --A--B--|';
      expectObservable(scheduler.results$(id)).toBe(results);
    });
  });
});
