import { describe, expect, it, jest } from '@jest/globals';
import { marbles, type Context } from 'rxjs-marbles/jest';
import { InvalidArgumentError, TaskScheduler, every, once, withContext, type TaskOptions, type TaskStatus, type Work } from '../../src/index.js';
import { VirtualClock, eventLetters } from '../../src/testing/index.js';
import { CALLS } from '../support/picture.js';

describe('log', () => {
  function begin() {
    const clock = new VirtualClock();
    const scheduler = new TaskScheduler({ clock });
    const said: string[] = [];
    scheduler.events$.subscribe((event) => { if (event.type === 'runLogged') said.push(event.message); });
    return { clock, scheduler, said };
  }

  it('tells what a run says, and keeps it with the run; but nothing once it has its outcome', async () => {
    const { clock, scheduler, said } = begin();
    const late: (() => void)[] = [];
    const id = scheduler.schedule(withContext(({ log }) => {
      log('begun');
      log({ rows: 5 } as never);
      late.push(() => { log('too late'); });
    }), once(1));
    const told: (number | undefined)[] = [];
    scheduler.runs$(id).subscribe(({ logs }) => { told.push(logs?.length); });
    await clock.advanceBy(1);
    late[0]?.();
    expect(said).toEqual(['begun', 'an object { rows }']);
    expect(told).toEqual([undefined, 1, 2, 2]);
    expect(scheduler.getTask(id).lastRun?.logs).toEqual([{ at: 1, message: 'begun' }, { at: 1, message: 'an object { rows }' }]);
    expect(scheduler.getRuns(id)[0]?.logs).toHaveLength(2);
  });

  it('keeps the lines of all attempts of a run, and none of another run', async () => {
    const { clock, scheduler } = begin();
    const work = withContext(({ log, attempt, tick }) => {
      log(`${tick}.${attempt}`);
      if (attempt < 3) throw new Error('not yet');
    });
    const id = scheduler.schedule(work, every(100), { maxRuns: 2, retry: { maxAttempts: 3, delay: 1 } });
    await clock.advanceBy(200);
    expect(scheduler.getRuns(id).map(({ logs }) => logs?.map(({ message }) => message))).toEqual([['0.1', '0.2', '0.3'], ['1.1', '1.2', '1.3']]);
  });

  it('keeps the newest 100 lines, and of these no more than the newest 10,000 characters', async () => {
    const { clock, scheduler, said } = begin();
    const lines = (all: readonly string[]) => withContext(({ log }) => { for (const line of all) log(line); });
    const many = scheduler.schedule(lines(Array.from({ length: 250 }, (_, i) => String(i))), once(1));
    const long = scheduler.schedule(lines(['first', 'a'.repeat(6_000), 'b'.repeat(3_000), 'c'.repeat(1_000)]), once(1));
    const longest = scheduler.schedule(lines(['x'.repeat(20_000)]), once(1));
    await clock.advanceBy(1);
    const kept = (id: string) => scheduler.getRuns(id)[0]?.logs?.map(({ message }) => message);
    expect(kept(many)).toEqual(Array.from({ length: 100 }, (_, i) => String(150 + i)));
    expect(kept(long)?.map((line) => line[0])).toEqual(['a', 'b', 'c']);
    expect(kept(longest)?.[0]).toHaveLength(10_000);
    expect(said).toHaveLength(255);
  });
});

describe('carry', () => {
  type Count = Work<[n: number]>;
  type Carry = Pick<TaskOptions<[n: number]>, 'carry'>;
  const next: Carry = { carry: (result) => [Number(result)] };
  const failsOn = (bad: number) => (n: number): number => { if (n === bad) throw new Error('bad'); return n + 1; };
  const slowly = (m: Context): Count => (n) => m.cold('----(r|)', { r: n + 1 });

  /** Results are digits. */
  it.each<[title: string, work: (m: Context) => Count, options: Partial<TaskOptions<[number]>>, calls: string, results: string, status: TaskStatus]>([
    ['makes the next run’s arguments of a result', () => (n) => n + 1, { ...next, maxRuns: 3 },
      '', '1----2----(3|)', 'COMPLETED'],
    ['without it every run has the same', () => (n) => n + 1, { maxRuns: 3 },
      '', '1----1----(1|)', 'COMPLETED'],
    ['after a run that failed the arguments stay', () => failsOn(1), { ...next, maxRuns: 3 },
      '', '1---------|', 'FAILED'],
    ['holds for what an Observable results in', slowly, { ...next, maxRuns: 3 },
      '', '----1----2----(3|)', 'COMPLETED'],
    ['a run that waited gets them when it starts', (m) => (n) => m.cold('-------(r|)', { r: n + 1 }), { ...next, overlap: 'queue', maxRuns: 3 },
      '', '-------1------2------(3|)', 'COMPLETED'],
    ['is fed by a run by hand, too', () => (n) => n + 1, { ...next, maxRuns: 2 },
      '-N', '12---(3|)', 'COMPLETED'],
    ['is not fed by a run that was cancelled', slowly, { ...next, overlap: 'replace', maxRuns: 3 },
      '--N', '---------1----(2|)', 'COMPLETED'],
  ])('%s', (_title, work, options, calls, results, status) => {
    let seen: TaskStatus | undefined;
    marbles((m) => {
      const scheduler = new TaskScheduler({ clock: m.scheduler, onError: () => undefined });
      m.expect(scheduler.results$('task')).toBeObservable(results, { 1: 1, 2: 2, 3: 3 });
      scheduler.schedule(work(m), every(5), { ...options, args: [0], id: 'task' });
      scheduler.task$('task').subscribe((task) => { seen = task.status; });
      m.hot<string>(calls).subscribe((call) => CALLS[call]?.(scheduler, 'task'));
    })();
    expect(seen).toBe(status);
  });

  it('is given the result and the arguments of that very run', async () => {
    const clock = new VirtualClock();
    const scheduler = new TaskScheduler({ clock });
    const carry = jest.fn((sum: number, [, step]: readonly [n: number, step: number]): [number, number] => [sum, step]);
    scheduler.schedule(async (n: number, step: number) => n + step, every(10), { args: [0, 2], carry });
    await clock.advanceTo(25);
    expect(carry.mock.calls).toEqual([[2, [0, 2]], [4, [2, 2]], [6, [4, 2]]]);
  });

  it.each<[title: string, carry: () => [number], error: unknown]>([
    ['throws', () => { throw new RangeError('no more'); }, new RangeError('no more')],
    ['returns no array', () => 1 as never, expect.any(InvalidArgumentError)],
  ])('fails the run when it %s; the task goes on with the arguments it had', async (_title, carry, error) => {
    const clock = new VirtualClock();
    const scheduler = new TaskScheduler({ clock, onError: () => undefined });
    const work = jest.fn((n: number) => n + 1);
    const id = scheduler.schedule(work, every(10), { args: [5], carry });
    await clock.advanceTo(15);
    expect(work.mock.calls).toEqual([[5], [5]]);
    expect(scheduler.getTask(id)).toMatchObject({ status: 'PENDING', failedCount: 2, completedCount: 0, error });
    expect(scheduler.getTask(id)).not.toHaveProperty('result');
    expect(scheduler.getRuns(id)[0]).toMatchObject({ status: 'FAILED', error });
  });
});

describe('a run that fails', () => {
  it.each<[title: string, options: TaskOptions<[]>, works: readonly string[], expected: string, status: TaskStatus]>([
    ['changes nothing for the next', { maxRuns: 3 },
      ['--|', '--#', '--|'],       's-d--s-f--s-(d|)',  'COMPLETED'],
    ['fails the task if it is the last', { maxRuns: 3 },
      ['--|', '--|', '--#'],       's-d--s-d--s-(f|)',  'FAILED'],
    ['fails the task if it is the last one before until', { until: 6 },
      ['--|', '--#'],              's-d--s-(f|)',       'FAILED'],
    ['ends the task with afterFailure: stop', { afterFailure: 'stop', maxRuns: 9 },
      ['--|', '--#'],              's-d--s-(f|)',       'FAILED'],
    ['and drops what waits', { afterFailure: 'stop', overlap: 'queue', maxRuns: 9 },
      ['-------#'],                's----q-(fk|)',      'FAILED'],
    ['and lets those beside it finish', { afterFailure: 'stop', overlap: 'parallel', maxRuns: 9 },
      ['-------#', '---------|'],  's----s-f------(d|)', 'FAILED'],
    ['decides: of runs side by side, the one that ends last is the last', { overlap: 'parallel', maxRuns: 2 },
      ['-----------#', '--|'],     's----s-d---(f|)',   'FAILED'],
  ])('%s', (_title, options, works, expected, status) => {
    let seen: TaskStatus | undefined;
    marbles((m) => {
      const scheduler = new TaskScheduler({ clock: m.scheduler });
      let run = 0;
      m.expect(scheduler.events$.pipe(eventLetters('task'))).toBeObservable(expected);
      scheduler.schedule(() => m.cold(works[Math.min(run++, works.length - 1)] ?? ''), every(5), { ...options, id: 'task' });
      scheduler.task$('task').subscribe((task) => { seen = task.status; });
    })();
    expect(seen).toBe(status);
  });
});

describe('maxRuns', () => {
  it.each<[title: string, options: TaskOptions<[]>, work: string, expected: string]>([
    ['drops a run that waits when the last one starts', { overlap: 'queue', maxQueued: 2, maxRuns: 2 },
      '------------|',  's----q----q-(dsk)-------(d|)'],
    ['counts a run that is replaced, for it has started', { overlap: 'replace', maxRuns: 2 },
      '-------|',       's----(xs)---(d|)'],
    ['counts each of those side by side', { overlap: 'parallel', maxRuns: 2 },
      '-------|',       's----s-d----(d|)'],
  ])('%s', (_title, options, work, expected) => {
    marbles((m) => {
      const scheduler = new TaskScheduler({ clock: m.scheduler });
      m.expect(scheduler.events$.pipe(eventLetters('task'))).toBeObservable(expected);
      scheduler.schedule(() => m.cold(work), every(5), { ...options, id: 'task' });
    })();
  });
});

describe('the start of a run that its tick lets start', () => {
  /** A task at 10 ms, and what was told of it and called, in order. */
  function watched(options: TaskOptions<[]> = {}) {
    const clock = new VirtualClock();
    const scheduler = new TaskScheduler({ clock });
    const log: string[] = [];
    const id = scheduler.schedulePeriodic(() => { log.push('work'); }, 10, { startAt: 10, ...options });
    return { clock, scheduler, log, id };
  }

  it('is told before the work is called', async () => {
    const { clock, scheduler, log } = watched();
    scheduler.events$.subscribe(({ type }) => log.push(type));
    await clock.advanceTo(10);
    expect(log).toEqual(['runStarted', 'work', 'runCompleted']);
  });

  it('is one with what else the tick brings about: one state is told for both', async () => {
    const { clock, scheduler, log, id } = watched({ maxRuns: 1, overlap: 'queue' });
    scheduler.task$(id).subscribe(({ status, nextRunAt }) => log.push(`${status} ${String(nextRunAt)}`));
    await clock.advanceTo(10);
    expect(log).toEqual(['PENDING 10', 'RUNNING undefined', 'work', 'COMPLETED undefined']);
  });

  it.each<[call: 'cancelTask' | 'pauseTask' | 'stopTask', expected: readonly string[]]>([
    ['cancelTask', ['runStarted', 'runCancelled', 'taskFinished']],
    ['stopTask', ['runStarted', 'taskStopping', 'work', 'runCompleted', 'taskFinished']],
    ['pauseTask', ['runStarted', 'taskPaused', 'work', 'runCompleted']],
  ])('leaves no room between tick and start: %s by who hears of it comes after both', async (call, expected) => {
    const { clock, scheduler, log, id } = watched();
    scheduler.events$.subscribe(({ type }) => {
      log.push(type);
      if (type === 'runStarted') scheduler[call](id);
    });
    await clock.advanceTo(10);
    expect(log).toEqual(expected);
  });

  it('is called off with the scheduler, if that is stopped by who hears of it', async () => {
    const { clock, scheduler, log } = watched();
    let report: unknown;
    scheduler.events$.subscribe(({ type }) => {
      log.push(type);
      if (type === 'runStarted') void scheduler.stop({ drain: false }).then((stopped) => { report = stopped; });
    });
    await clock.advanceTo(10);
    expect(log).toEqual(['runStarted', 'runCancelled']);
    expect(report).toEqual({ completed: 0, failed: 0, cancelled: 1, abandoned: 0, pending: 1, deadlineHit: false });
  });
});
