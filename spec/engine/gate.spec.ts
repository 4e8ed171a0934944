import { describe, expect, it } from '@jest/globals';
import { firstValueFrom, Subject } from 'rxjs';
import { marbles, type Context } from 'rxjs-marbles/jest';
import { TaskScheduler, WallClock, every, once, withContext, type TaskEvent, type TaskOptions } from '../../src/index.js';
import { workBrand } from '../../src/task/work.js';
import { VirtualClock, eventLetters, timeline } from '../../src/testing/index.js';

/** One-time tasks, called a, b, c…: when each is due, what its run does, its options, and what should come of it. */
type Rows = readonly (readonly [runAt: number, work: string, options: TaskOptions<[]>, expected: string])[];

/** Lets all of them be scheduled in their order, and calls what is to be called at its time. */
function play(m: Context, concurrency: number, rows: Rows, calls: Readonly<Record<number, (scheduler: TaskScheduler) => unknown>> = {}): void {
  const scheduler = new TaskScheduler({ clock: m.scheduler, concurrency });
  for (const [i, [, , , expected]] of rows.entries()) m.expect(scheduler.events$.pipe(eventLetters('abcd'.charAt(i)))).toBeObservable(expected);
  for (const [i, [runAt, work, options]] of rows.entries()) scheduler.schedule(() => m.cold(work), once(runAt), { ...options, id: 'abcd'.charAt(i) });
  for (const [at, call] of Object.entries(calls)) m.scheduler.schedule(() => call(scheduler), Number(at));
}

const db: TaskOptions<[]> = { concurrencyKey: 'database' };
const db2: TaskOptions<[]> = { concurrencyKey: 'database', concurrencyLimit: 2 };
const disk: TaskOptions<[]> = { concurrencyKey: 'disk' };

describe('concurrency', () => {
  it.each<[title: string, concurrency: number, rows: Rows]>([
    ['without a limit all start when they are due', Infinity, [
      [0, '----|', {}, 's---(d|)'],
      [0, '----|', {}, 's---(d|)'],
      [1, '----|', {}, '-s---(d|)'],
    ]],
    ['of 1: one after the other', 1, [
      [0, '--|', {}, 's-(d|)'],
      [0, '--|', {}, 'q-s-(d|)'],
      [0, '--|', {}, 'q---s-(d|)'],
    ]],
    ['of 2: whichever ends first makes room', 2, [
      [0, '------|', {}, 's-----(d|)'],
      [0, '----|',   {}, 's---(d|)'],
      [0, '----|',   {}, 'q---s---(d|)'],
      [1, '----|',   {}, '-q----s---(d|)'],
    ]],
    ['admits in the order in which the runs came', 1, [
      [4, '---|', {}, '----q----s--(d|)'],
      [1, '---|', {}, '-q-s--(d|)'],
      [0, '---|', {}, 's--(d|)'],
      [2, '---|', {}, '--q---s--(d|)'],
    ]],
    ['a run that fails makes room like any other', 1, [
      [0, '--#', {}, 's-(f|)'],
      [0, '--|', {}, 'q-s-(d|)'],
    ]],
  ])('%s', (_title, concurrency, rows) => { marbles((m) => { play(m, concurrency, rows); })(); });

  it('may be raised and lowered at any time: who runs is let be', marbles((m) => {
    play(m, 1, [
      [0, '--------|', {}, 's-------(d|)'],
      [0, '--------|', {}, 'q-s-------(d|)'],
      [0, '--------|', {}, 'q-s-------(d|)'],
      [0, '--------|', {}, 'q---------s-------(d|)'],
    ], {
      2: (scheduler) => (scheduler.concurrency = 3),
      4: (scheduler) => (scheduler.concurrency = 1),
    });
  }));

  it('holds for the runs of one task, too', marbles((m) => {
    const work     =  '-----|';
    const expected = 's--q-(ds)-(d|)';
    const scheduler = new TaskScheduler({ clock: m.scheduler, concurrency: 1 });
    m.expect(scheduler.events$.pipe(eventLetters('task'))).toBeObservable(expected);
    scheduler.schedule(() => m.cold(work), every(3), { overlap: 'parallel', maxRuns: 2, until: 4, id: 'task' });
  }));

  it('gives a slot back only when the work has let go of it', async () => {
    const clock = new VirtualClock();
    const scheduler = new TaskScheduler({ clock, concurrency: 1 });
    const events: TaskEvent[] = [];
    scheduler.events$.subscribe((event) => events.push(event));
    const release = new Subject<void>();
    scheduler.schedule(withContext(({ waitUntil }) => {
      waitUntil(firstValueFrom(release, { defaultValue: undefined }));
      return new Promise(() => undefined);
    }), once(0), { id: 'a' });
    scheduler.schedule(() => 'done', once(1), { id: 'b' });
    clock.schedule(() => { scheduler.cancelTask('a'); }, 3);
    clock.schedule(() => { release.next(); }, 8);
    await clock.advanceBy(10);
    expect(timeline(events, { from: 0 })).toBe('a  s--(x|)\nb  -q------(sd|)');
  });
});

describe('concurrencyKey', () => {
  it.each<[title: string, concurrency: number, rows: Rows]>([
    ['one at a time, across tasks, unless a limit is said', Infinity, [
      [0, '----|', db, 's---(d|)'],
      [0, '----|', db, 'q---s---(d|)'],
      [2, '----|', db, '--q-----s---(d|)'],
    ]],
    ['as many at a time as the limit says', Infinity, [
      [0, '----|', db2, 's---(d|)'],
      [0, '----|', db2, 's---(d|)'],
      [2, '----|', db2, '--q-s---(d|)'],
    ]],
    ['each key by itself', Infinity, [
      [0, '----|', db,   's---(d|)'],
      [0, '----|', disk, 's---(d|)'],
      [1, '----|', db,   '-q--s---(d|)'],
      [1, '----|', disk, '-q--s---(d|)'],
    ]],
    ['who waits for a key takes no slot from others', 2, [
      [0, '----|', db, 's---(d|)'],
      [0, '----|', db, 'q---s---(d|)'],
      [0, '----|', {}, 's---(d|)'],
    ]],
    ['the scheduler’s concurrency holds as well, in the order in which the runs came', 1, [
      [0, '----|', {}, 's---(d|)'],
      [0, '----|', db, 'q---s---(d|)'],
      [0, '----|', db, 'q-------s---(d|)'],
      [0, '----|', {}, 'q-----------s---(d|)'],
    ]],
  ])('%s', (_title, concurrency, rows) => { marbles((m) => { play(m, concurrency, rows); })(); });

  it('is free again for other limits once no task uses it', marbles((m) => {
    const scheduler = new TaskScheduler({ clock: m.scheduler });
    const first  = '-s-(d|)';
    const second = '-----s-(d|)';
    m.expect(scheduler.events$.pipe(eventLetters('first'))).toBeObservable(first);
    m.expect(scheduler.events$.pipe(eventLetters('second'))).toBeObservable(second);
    scheduler.schedule(() => m.cold('--|'), once(1), { ...db, id: 'first' });
    m.scheduler.schedule(() => scheduler.schedule(() => m.cold('--|'), once(5), { ...db2, id: 'second' }), 4);
  }));

  it.each<[call: string, (scheduler: TaskScheduler) => void]>([
    ['cancelled', (scheduler) => scheduler.cancelTask('between')],
    ['stopped', (scheduler) => scheduler.stopTask('between')],
    ['paused', (scheduler) => scheduler.pauseTask('between')],
  ])('lets in who waits for a slot that a run gives up when it is %s while it waits for another', async (_call, call) => {
    const clock = new VirtualClock();
    const scheduler = new TaskScheduler({ clock });
    const hang = () => new Promise(() => undefined);
    const limited = Object.defineProperty((): void => undefined, workBrand, { value: { run: () => undefined, limit: { key: 'disk', limit: 1 } } });
    scheduler.schedule(hang, once(1), { ...disk, id: 'holder' });
    scheduler.schedule(limited, once(2), { ...db, id: 'between' });
    scheduler.schedule(() => 'in', once(3), { ...db, id: 'last' });
    await clock.advanceTo(5);
    expect(scheduler.getRuns('last')).toMatchObject([{ status: 'QUEUED' }]);
    call(scheduler);
    await clock.advanceBy(0);
    expect(scheduler.getRuns('last')).toMatchObject([{ status: 'COMPLETED', startedAt: 5 }]);
    await scheduler.stop({ drain: false });
  });

  it('lets those that wait in while a herd of ticks comes, and not after it only', async () => {
    const clock = new WallClock();
    const scheduler = new TaskScheduler({ clock, concurrency: 5 });
    let ran = 0;
    let ranBeforeTheLast: number | undefined;
    await new Promise<void>((resolve) => {
      const at = Date.now();
      const work = async () => {
        await Promise.resolve();
        if (++ran === 2_000) resolve();
      };
      for (let n = 1; n < 2_000; n++) scheduler.scheduleOneTime(work, at);
      const last = scheduler.scheduleOneTime(work, at);
      scheduler.events$.subscribe(({ taskId }) => { if (taskId === last) ranBeforeTheLast ??= ran; });
    });
    // Five slots, which are free again a few turns of sixteen ticks later.
    expect(ranBeforeTheLast).toBeGreaterThan(100);
    await scheduler.stop();
  });

  it('lets in who waits for it when replace raises it', async () => {
    const clock = new VirtualClock();
    const scheduler = new TaskScheduler({ clock });
    const bus = new Subject<number>();
    const options = { ...db, id: 'task', overlap: 'parallel', ifExists: 'replace' } as const;
    const hang = () => new Promise(() => undefined);
    scheduler.schedule(hang, bus, options);
    bus.next(1);
    bus.next(2);
    await clock.advanceBy(0);
    expect(scheduler.stats()).toMatchObject({ runsInProgress: 1, queuedRuns: 1 });
    scheduler.schedule(hang, bus, { ...options, concurrencyLimit: 2 });
    await clock.advanceBy(0);
    expect(scheduler.stats()).toMatchObject({ runsInProgress: 2, queuedRuns: 0 });
    await scheduler.stop({ drain: false });
  });
});
