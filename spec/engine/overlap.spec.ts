import { describe, expect, it } from '@jest/globals';
import { firstValueFrom, Subject } from 'rxjs';
import { marbles } from 'rxjs-marbles/jest';
import { TaskScheduler, every, once, withContext, type TaskEvent, type TaskOptions } from '../../src/index.js';
import { VirtualClock, eventLetters, timeline } from '../../src/testing/index.js';

describe('overlap', () => {
  const due       = '--t----t----t----t----------------------t|';
  const work      =   '-----------|';
  it.each<[options: Partial<TaskOptions<[]>>, expected: string]>([
    [{ overlap: 'skip' },
                    '--s----k----kd---s----------d-----------s----------(d|)'],
    [{ overlap: 'queue', maxQueued: 0 },
                    '--s----k----kd---s----------d-----------s----------(d|)'],
    [{ overlap: 'queue', maxQueued: 1 },
                    '--s----q----k(ds)q------(ds)-------d----s----------(d|)'],
    [{ overlap: 'queue', maxQueued: 2 },
                    '--s----q----q(ds)q------(ds)-------(ds)-q-----(ds)-------(d|)'],
    [{ overlap: 'replace' },
                    '--s----(xs)-(xs)-(xs)-------d-----------s----------(d|)'],
    [{ overlap: 'parallel' },
                    '--s----s----sd---sd----d----d-----------s----------(d|)'],
    [{ overlap: 'parallel', maxParallel: 1 },
                    '--s----k----kd---s----------d-----------s----------(d|)'],
    [{ overlap: 'parallel', maxParallel: 2 },
                    '--s----s----kd---sd---------d-----------s----------(d|)'],
  ])('%j', (options, expected) => {
    marbles((m) => {
      const scheduler = new TaskScheduler({ clock: m.scheduler });
      m.expect(scheduler.events$.pipe(eventLetters('task'))).toBeObservable(expected);
      scheduler.schedule(() => m.cold(work), m.hot(due), { ...options, id: 'task' });
    })();
  });

  it('is skip by itself, for a trigger that is a rule', marbles((m) => {
    const task =     '----|';
    const expected = 's--kd-s---(d|)';
    const scheduler = new TaskScheduler({ clock: m.scheduler });
    m.expect(scheduler.events$.pipe(eventLetters('task'))).toBeObservable(expected);
    scheduler.schedule(() => m.cold(task), every(3), { maxRuns: 2, id: 'task' });
  }));

  it('is queue by itself, for a trigger that is an Observable', marbles((m) => {
    const emitted  = '-t-t-|';
    const task     =  '----|';
    const expected = '-s-q-(ds)(d|)';
    const scheduler = new TaskScheduler({ clock: m.scheduler });
    m.expect(scheduler.events$.pipe(eventLetters('task'))).toBeObservable(expected);
    scheduler.schedule(() => m.cold(task), m.hot(emitted), { id: 'task' });
  }));

  it('replace lets go of the Observable that the older run is', marbles((m) => {
    const emitted  = '-t---t---t|';
    const task     =  '------|';
    const subs =    ['-^---!',
                     '-----^---!',
                     '---------^-----!'];
    const scheduler = new TaskScheduler({ clock: m.scheduler });
    const runs = m.cold(task);
    m.expect(runs).toHaveSubscriptions(subs);
    scheduler.schedule(() => runs, m.hot(emitted), { overlap: 'replace', id: 'task' });
  }));

  it('queues, and runs in the order of the ticks', marbles((m) => {
    const emitted  = '(abc)--|';
    const expected = '---a--b--(c|)';
    const scheduler = new TaskScheduler({ clock: m.scheduler });
    scheduler.schedule((value: string) => m.cold('---(r|)', { r: value }), m.hot(emitted), { args: (value: string): [string] => [value], id: 'task' });
    m.expect(scheduler.results$('task')).toBeObservable(expected);
  }));

  it('is judged when the clock handles the tick: a run that ends at that instant, and sooner, is over', marbles((m) => {
    const task     = '-----|';
    const expected = 's----(ds)-(d|)';
    const scheduler = new TaskScheduler({ clock: m.scheduler });
    m.expect(scheduler.events$.pipe(eventLetters('task'))).toBeObservable(expected);
    scheduler.schedule(() => m.cold(task), m.hot('t----t|'), { overlap: 'skip', id: 'task' });
  }));

  it('judges each task by itself', marbles((m) => {
    const a        = 's---k-(d|)';
    const b        = '--s---k-(d|)';
    const scheduler = new TaskScheduler({ clock: m.scheduler });
    m.expect(scheduler.events$.pipe(eventLetters('a'))).toBeObservable(a);
    m.expect(scheduler.events$.pipe(eventLetters('b'))).toBeObservable(b);
    scheduler.schedule(() => m.cold('------|'), every(4), { until: 6, id: 'a' });
    scheduler.schedule(() => m.cold('------|'), every(4), { startAt: 2, until: 8, id: 'b' });
  }));

  it('counts a run that waits for a slot as one in progress', marbles((m) => {
    const a        = 's-----(d|)';
    const b        = '-q---ks-----(d|)';
    const scheduler = new TaskScheduler({ clock: m.scheduler, concurrency: 1 });
    m.expect(scheduler.events$.pipe(eventLetters('a'))).toBeObservable(a);
    m.expect(scheduler.events$.pipe(eventLetters('b'))).toBeObservable(b);
    scheduler.schedule(() => m.cold('------|'), once(0), { id: 'a' });
    scheduler.schedule(() => m.cold('------|'), every(4), { startAt: 1, until: 6, id: 'b' });
  }));

  it.each<[reason: string, options: Partial<TaskOptions<[]>>]>([
    ['overlap', { overlap: 'skip' }],
    ['queueFull', { overlap: 'queue', maxQueued: 0 }],
    ['maxParallel', { overlap: 'parallel', maxParallel: 1 }],
  ])('says why a tick is skipped: %s', async (reason, options) => {
    const clock = new VirtualClock();
    const scheduler = new TaskScheduler({ clock });
    scheduler.schedule(() => new Promise(() => undefined), every(5), { ...options, id: 'task' });
    await clock.advanceBy(12);
    expect(scheduler.getRuns('task').filter(({ status }) => status === 'SKIPPED'))
      .toMatchObject([{ skipReason: reason, tick: 1, scheduledFor: 5, lastScheduledFor: 10, count: 2 }]);
  });

  it('replace: the new one starts when the older one is released, and only the newest waits for that', async () => {
    const clock = new VirtualClock();
    const scheduler = new TaskScheduler({ clock });
    const events: TaskEvent[] = [];
    scheduler.events$.subscribe((event) => events.push(event));
    const release = new Subject<void>();
    const holding = withContext(({ waitUntil, tick }) => {
      if (tick === 0) waitUntil(firstValueFrom(release, { defaultValue: undefined }));
      return new Promise(() => undefined);
    });
    scheduler.schedule(holding, every(6), { overlap: 'replace', until: 13, id: 'task' });
    clock.schedule(() => { release.next(); }, 18);
    await clock.advanceBy(20);
    expect(timeline(events, { until: 20 })).toBe(
      'task  s-----(xq)--(kq)--s-');
    expect(events.filter(({ type }) => type === 'ticksSkipped')).toMatchObject([{ tick: 1, reason: 'replaced' }]);
    expect(events.filter(({ type }) => type === 'runCancelled')).toMatchObject([{ cancelReason: 'replaced' }]);
  });
});
