import { describe, expect, it } from '@jest/globals';
import { TaskScheduler, every, type TaskOptions } from '../../src/index.js';
import { FakeWork, VirtualClock, type FakeWorkOptions } from '../../src/testing/index.js';

/** Fake work that runs once at 0, or by `options`, and what is known of its task. */
async function scheduled(fakeOptions: FakeWorkOptions = {}, options: TaskOptions<[]> = { maxRuns: 1 }) {
  const clock = new VirtualClock();
  const scheduler = new TaskScheduler({ clock, onError: () => undefined });
  const fake = new FakeWork<[], string>({ clock, ...fakeOptions });
  const id = scheduler.schedule(fake.work, every(10), options);
  const progress: unknown[] = [];
  scheduler.events$.subscribe((event) => { if (event.type === 'runProgressed') progress.push([clock.now(), event.progress]); });
  await clock.advanceBy(0);
  const runs = () => scheduler.getRuns(id).map(({ status, startedAt, finishedAt }) => [status, startedAt, finishedAt]);
  return { clock, scheduler, fake, id, progress, runs };
}

describe('FakeWork', () => {
  it('hangs until the test completes it', async () => {
    const { clock, scheduler, fake, id, progress, runs } = await scheduled();
    await clock.advanceBy('1h');
    expect(scheduler.getTaskStatus(id)).toBe('RUNNING');
    fake.progress('half');
    fake.complete('whole');
    await clock.advanceBy(0);
    expect([progress, runs(), scheduler.getTaskResult(id)]).toEqual([[[3_600_000, 'half']], [['COMPLETED', 0, 3_600_000]], 'whole']);
    expect(fake.calls.map(({ status }) => status)).toEqual(['completed']);
  });

  it('fails as the test says, with anything at all', async () => {
    const { clock, scheduler, fake, id } = await scheduled();
    fake.fail(undefined);
    await clock.advanceBy(0);
    expect([scheduler.getTaskStatus(id), scheduler.getTaskError(id)?.message]).toEqual(['FAILED', 'Work threw undefined, which is no Error. Throw an Error to keep its stack.']);
  });

  it('tells what it was called with, each call by itself', async () => {
    const clock = new VirtualClock();
    const scheduler = new TaskScheduler({ clock });
    const fake = new FakeWork<[file: string, size: number], string>();
    const id = scheduler.schedule(fake.work, every(10), { args: ['a.txt', 5], overlap: 'parallel', maxRuns: 2 });
    await clock.advanceTo(10);
    expect(fake.calls.map(({ args, context: { tick, startedAt } }) => [args, tick, startedAt])).toEqual([[['a.txt', 5], 0, 0], [['a.txt', 5], 1, 10]]);
    fake.calls[1]!.complete('second');
    expect(fake.running).toEqual([fake.calls[0]]);
    fake.complete('first');
    await clock.advanceBy(0);
    expect(scheduler.getRuns(id).map(({ tick, result }) => [tick, result])).toEqual([[1, 'second'], [0, 'first']]);
  });

  it.each<[title: string, options: FakeWorkOptions, until: number, runs: readonly unknown[], progress: readonly unknown[]]>([
    ['completes by its script', { script: '--|' }, 5, [['COMPLETED', 0, 2]], []],
    ['fails by its script', { script: '---#' }, 5, [['FAILED', 0, 3]], []],
    ['reports progress by its script', { script: '-a-(bc)|', values: { a: 1, b: 2, c: 3 } }, 9, [['COMPLETED', 0, 7]], [[1, 1], [3, 2], [3, 3]]],
    ['hangs by its script', { script: '-a' }, 1_000, [['RUNNING', 0, undefined]], [[1, 'a']]],
    ['takes a character for as long as is said', { script: '-|', frame: 250 }, 300, [['COMPLETED', 0, 250]], []],
  ])('%s', async (_title, options, until, expectedRuns, expectedProgress) => {
    const { clock, runs, progress } = await scheduled(options);
    await clock.advanceTo(until);
    expect([runs(), progress]).toEqual([expectedRuns, expectedProgress]);
  });

  it('plays the n-th script in the n-th call, and the last one in all later ones', async () => {
    const { clock, runs } = await scheduled({ script: ['-|', '--#', '---|'] }, { maxRuns: 4 });
    await clock.advanceTo(100);
    expect(runs()).toEqual([['COMPLETED', 0, 1], ['FAILED', 10, 12], ['COMPLETED', 20, 23], ['COMPLETED', 30, 33]]);
  });

  it('lets the test overrule its script', async () => {
    const { clock, scheduler, fake, id } = await scheduled({ script: '-----#' });
    fake.complete('by hand');
    await clock.advanceTo(20);
    expect([scheduler.getTaskStatus(id), scheduler.getTaskResult(id)]).toEqual(['COMPLETED', 'by hand']);
  });

  it('lets go when its run is aborted', async () => {
    const { clock, scheduler, fake, id } = await scheduled({ script: '-----|' });
    scheduler.cancelTask(id, 'enough');
    await clock.advanceTo(20);
    expect([fake.calls[0]!.status, fake.calls[0]!.context.signal.reason]).toEqual(['aborted', 'enough']);
    await expect(fake.calls[0]!.promise).rejects.toBe('enough');
    expect(await scheduler.stop()).toMatchObject({ abandoned: 0 });
  });

  it('ignores the abort if it is to, and is abandoned', async () => {
    const { scheduler, fake } = await scheduled({ ignoreAbort: true });
    expect(await scheduler.stop({ drain: false })).toMatchObject({ cancelled: 0, abandoned: 1 });
    expect(fake.calls[0]!.status).toBe('running');
    fake.complete('too late');
  });

  it('says so when there is nothing to finish', async () => {
    const { fake } = await scheduled();
    fake.complete('done');
    expect(() => { fake.complete('again'); }).toThrow(new Error('No call of the FakeWork is going on: 1 were made, and all have ended. Has its time come?'));
    expect(() => { fake.calls[0]!.fail('again'); }).toThrow(new Error("This call of the FakeWork has completed already, so it can't end again."));
    expect(() => { fake.calls[0]!.progress(1); }).toThrow(new Error("This call of the FakeWork has completed already, so it can't report progress."));
  });

  it('refuses a time in a script, which could not be told from frames', () => {
    expect(() => new FakeWork({ script: ['-|', '10ms |'], clock: new VirtualClock() })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', field: 'script' }));
  });

  it('refuses a script without a clock', () => {
    expect(() => new FakeWork({ script: '-|' })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', field: 'clock' }));
  });
});
