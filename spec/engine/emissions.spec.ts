import { describe, expect, it } from '@jest/globals';
import { EMPTY, Observable, Subject, of, throwError } from 'rxjs';
import { marbles } from 'rxjs-marbles/jest';
import { TaskScheduler, withContext, type TaskOptions } from '../../src/index.js';
import { VirtualClock, eventLetters } from '../../src/testing/index.js';

describe('emissions', () => {
  it.each<[title: string, emitted: string, work: string, options: Partial<TaskOptions<[]>>, expected: string]>([
    ['each one runs the work',              '-a--b---|',    '--|',   {},                                '-s-ds-d-|'],
    ['a burst runs in order',               '-(abc|)',      '-----|', {},                               '-(sqq)(ds)-(ds)-(d|)'],
    ['a burst runs side by side',           '-(abc|)',      '-----|', { overlap: 'parallel' },          '-(sss)(ddd|)'],
    ['a burst runs for the first one',      '-(abc|)',      '-----|', { overlap: 'skip' },              '-(skk)(d|)'],
    ['a burst runs for the last one',       '-(abc|)',      '-------|', { overlap: 'replace' },         '-(sxsxs)(d|)'],
    ['completes: nothing was emitted',      '-----|',       '--|',   {},                                '-----|'],
    ['completes: the run may finish',       '-a-|',         '----|', {},                                '-s---(d|)'],
    ['completes: so may those that wait',   '-a-b|',        '----|', {},                                '-s-q-(ds)(d|)'],
    ['errors: the run may finish',          '-a-#',         '----|', {},                                '-s---(d|)'],
    ['errors: nobody runs',                 '-a---#',       '--|',   {},                                '-s-d-|'],
    ['maxRuns: listens no longer',          '-a--b--c--d-', '--|',   { maxRuns: 2 },                    '-s-ds-(d|)'],
    ['until: what comes then is none',      '-a---b---c',   '--|',   { until: 5 },                      '-s-d-|'],
    ['until: ends the task by itself',      '-a-',          '--|',   { until: 7 },                      '-s-d---|'],
  ])('%s', (_title, emitted, work, options, expected) => {
    marbles((m) => {
      const scheduler = new TaskScheduler({ clock: m.scheduler });
      m.expect(scheduler.events$.pipe(eventLetters('task'))).toBeObservable(expected);
      scheduler.schedule(() => m.cold(work), m.hot(emitted), { ...options, id: 'task' });
    })();
  });

  it.each<[title: string, emitted: string, options: Partial<TaskOptions<[]>>, subscribed: string]>([
    ['completes',                  '-a--|', {},                 '^---!'],
    ['errors',                     '-a--#', {},                 '^---!'],
    ['has had all its runs',       '-a--b', { maxRuns: 2 },     '^---!'],
    ['is at its end',              '-a--b', { until: 4 },       '^---!'],
  ])('the trigger is let go of when it %s', (_title, emitted, options, subscribed) => {
    marbles((m) => {
      const scheduler = new TaskScheduler({ clock: m.scheduler, onError: () => undefined });
      const trigger = m.hot(emitted);
      m.expect(trigger).toHaveSubscriptions(subscribed);
      scheduler.schedule(() => undefined, trigger, options);
    })();
  });

  it.each<[title: string, steer: (scheduler: TaskScheduler) => void]>([
    ['cancelled', (scheduler) => { scheduler.cancelTask('task'); }],
    ['stopped', (scheduler) => { scheduler.stopTask('task'); }],
    ['left behind by a scheduler that stops', (scheduler) => { void scheduler.stop(); }],
  ])('the trigger is let go of when the task is %s', (_title, steer) => {
    marbles((m) => {
      const scheduler = new TaskScheduler({ clock: m.scheduler });
      const trigger = m.hot('-a--b--c');
      m.expect(trigger).toHaveSubscriptions('^-----!');
      scheduler.schedule(() => undefined, trigger, { id: 'task' });
      m.scheduler.schedule(() => { steer(scheduler); }, 6);
    })();
  });

  it('fails with the very error that the trigger errors with', async () => {
    const clock = new VirtualClock();
    const scheduler = new TaskScheduler({ clock });
    const error = new Error('the bus is gone');
    const id = scheduler.schedule(() => 'done', new Observable((bus) => {
      bus.next(1);
      bus.error(error);
    }));
    const settled = scheduler.whenSettled(id);
    await clock.runToIdle();
    expect(await settled).toMatchObject({ status: 'FAILED', completedCount: 1 });
    expect(scheduler.getTaskError(id)).toBe(error);
  });

  it('hands what was emitted to the work: by args, or as the value of its context', marbles((m) => {
    const emitted  = '-a--b-|';
    const expected = '-A--B-|';
    const scheduler = new TaskScheduler({ clock: m.scheduler });
    const byArgs = scheduler.schedule((letter: string) => letter.toUpperCase(), m.hot(emitted), { args: (value: string): [string] => [value] });
    const byContext = scheduler.schedule(withContext(({ value }) => String(value).toUpperCase()), m.hot(emitted));
    m.expect(scheduler.results$(byArgs)).toBeObservable(expected);
    m.expect(scheduler.results$(byContext)).toBeObservable(expected);
  }));

  it('fails the run, not the task, when args throws', marbles((m) => {
    const emitted  = '-a---b---|';
    const expected = '-(sf)(sd)|';
    const scheduler = new TaskScheduler({ clock: m.scheduler });
    m.expect(scheduler.events$.pipe(eventLetters('task'))).toBeObservable(expected);
    scheduler.schedule((letter: string) => letter, m.hot(emitted), {
      id: 'task', args: (value: string): [string] => { if (value === 'a') throw new Error('no such letter'); return [value]; },
    });
  }));

  it('may be emitted while it is subscribed to: nothing starts inside the call', async () => {
    const clock = new VirtualClock();
    const scheduler = new TaskScheduler({ clock });
    let ran = 0;
    const id = scheduler.schedule(() => ++ran, of(1, 2, 3));
    expect([ran, scheduler.getTaskStatus(id)]).toEqual([0, 'PENDING']);
    await clock.runToIdle();
    expect([ran, scheduler.getTaskStatus(id)]).toEqual([3, 'COMPLETED']);
  });

  it.each<[title: string, trigger: Observable<never>, status: string]>([
    ['completes', EMPTY, 'COMPLETED'],
    ['errors', throwError(() => new Error('gone')), 'FAILED'],
  ])('may end while it is subscribed to: %s', async (_title, trigger, status) => {
    const scheduler = new TaskScheduler({ clock: new VirtualClock(), onError: () => undefined });
    expect(scheduler.getTaskStatus(scheduler.schedule(() => undefined, trigger))).toBe(status);
  });

  it('are bounded: a thousand may wait, unless it is said', async () => {
    const clock = new VirtualClock();
    const scheduler = new TaskScheduler({ clock });
    const bus = new Subject<number>();
    const id = scheduler.schedule(() => new Promise(() => undefined), bus);
    for (let i = 0; i < 1_005; i++) bus.next(i);
    await clock.advanceBy(0);
    expect(scheduler.stats()).toMatchObject({ runsInProgress: 1, queuedRuns: 1_000 });
    expect(scheduler.getTask(id).skippedCount).toBe(4);
    expect(scheduler.getRuns(id)[0]).toMatchObject({ status: 'SKIPPED', skipReason: 'queueFull', count: 4 });
  });

  it('that a pause swallows are told of as one on resume, and the subscription stays', marbles((m) => {
    const emitted    = '-a--b-c--d--|';
    const subscribed = '^-----------!';
    const calls      = '---P---R';
    const expected   = '-sd----k-sd-|';
    const scheduler = new TaskScheduler({ clock: m.scheduler });
    const trigger = m.hot(emitted);
    m.expect(trigger).toHaveSubscriptions(subscribed);
    m.expect(scheduler.events$.pipe(eventLetters('task'))).toBeObservable(expected);
    scheduler.schedule(() => m.cold('-|'), trigger, { id: 'task' });
    m.hot(calls).subscribe((call) => (call === 'P' ? scheduler.pauseTask('task') : scheduler.resumeTask('task')));
  }));

  it('go on when a replacement allows more runs, as long as their Observable does', async () => {
    const clock = new VirtualClock();
    const scheduler = new TaskScheduler({ clock });
    const source$ = new Subject<number>();
    const slow = (): Promise<void> => new Promise((resolve) => { clock.schedule(() => { resolve(); }, 5); });
    scheduler.schedule(slow, source$, { id: 'a', maxRuns: 1 });
    source$.next(1);
    await clock.advanceBy(1);
    scheduler.schedule(slow, source$, { id: 'a', maxRuns: 2, ifExists: 'replace' });
    await clock.advanceBy(20);
    expect(scheduler.getTaskStatus('a')).toBe('PENDING');
    source$.next(2);
    await clock.advanceBy(20);
    expect(scheduler.getTask('a')).toMatchObject({ status: 'COMPLETED', completedCount: 2 });
    expect([source$.observed, clock.waiting]).toEqual([false, 0]);
  });

  it('leave nothing waiting for an `until` that comes after their end', async () => {
    const clock = new VirtualClock();
    const scheduler = new TaskScheduler({ clock });
    const source$ = new Subject<number>();
    const slow = (): Promise<void> => new Promise((resolve) => { clock.schedule(() => { resolve(); }, 10); });
    scheduler.schedule(slow, source$, { id: 'a' });
    source$.next(1);
    source$.complete();
    await clock.advanceBy(1);
    scheduler.schedule(slow, source$, { id: 'a', ifExists: 'replace', until: 3_600_000 });
    await clock.advanceBy(20);
    expect([scheduler.getTaskStatus('a'), clock.waiting]).toEqual(['COMPLETED', 0]);
  });
});
