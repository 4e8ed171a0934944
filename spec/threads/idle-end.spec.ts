// The end of idle threads: not before idleTimeout is over, and nothing that comes meanwhile is lost.
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { transfer } from 'carillon/threads';
import { WallClock } from '../../src/clock/wall-clock.js';
import { IdleEnd, type Usable } from '../../src/threads/idle-end.js';
import { inThreads } from '../support/workers.js';

afterEach(() => { jest.restoreAllMocks(); });

/** Calls something right after a thread was ended, and long before it has exited. */
function asOneEnds<T>(call: () => Promise<T>): Promise<{ readonly called: Promise<T> }> {
  // eslint-disable-next-line @typescript-eslint/unbound-method
  const { terminate } = Worker.prototype;
  return new Promise((resolve) => {
    jest.spyOn(Worker.prototype, 'terminate').mockImplementationOnce(function (this: Worker) {
      setImmediate(() => { resolve({ called: call() }); });
      return terminate.call(this);
    });
  });
}

describe('idle threads', () => {
  it('end though others have calls all the time', async () => {
    const { add, preload } = inThreads({ threads: 4, idleTimeout: 500 });
    await preload();
    const ends = jest.spyOn(Worker.prototype, 'terminate');
    while (ends.mock.contexts.length < 3) expect(await add(1, 2)).toBe(3);
    expect(new Set(ends.mock.contexts).size).toBe(3);
  });

  it('get no call any more as they end, so that what moves to a thread is not lost', async () => {
    const { fill, add } = inThreads({ threads: 1, idleTimeout: 0 });
    const ending = asOneEnds(() => {
      const buffer = new ArrayBuffer(8);
      return fill(transfer(buffer, [buffer]));
    });
    await add(1, 2);
    const { called } = await ending;
    expect((await called).byteLength).toBe(8);
  });

  it('leave no call behind that came as they ended, when no other thread can start', async () => {
    const flag = join(mkdtempSync(join(tmpdir(), 'carillon-')), 'flag');
    const exits = `import { existsSync } from 'node:fs'; if (existsSync(${JSON.stringify(flag)})) process.exit(7);`;
    const { add } = inThreads({ threads: 1, idleTimeout: 0, execArgv: ['--import', `data:text/javascript,${encodeURIComponent(exits)}`] });
    const ending = asOneEnds(() => {
      writeFileSync(flag, '');
      return add(3, 4);
    });
    await add(1, 2);
    const { called } = await ending;
    await expect(called).rejects.toMatchObject({ code: 'WORKER_CRASHED' });
  });
});

describe('the look for idle workers', () => {
  const looks = () => jest.spyOn(WallClock.prototype, 'schedule');
  const worker = (): Usable => ({ usedAt: 0 });

  it('is one, however many calls there are', () => {
    const schedule = looks();
    const idleEnd = new IdleEnd<Usable>(60_000, () => [], () => undefined);
    for (let i = 0; i < 100; i++) idleEnd.used(worker());
    expect(schedule).toHaveBeenCalledTimes(1);
    idleEnd.stop();
  });

  it('comes again soon when it can\'t be told who is idle, and not a whole idleTimeout later', async () => {
    const schedule = looks();
    const one = worker();
    const answers = [undefined, undefined, [one]];
    const ended = await new Promise((resolve) => { new IdleEnd<Usable>(50, () => answers.shift(), resolve).used(one); });
    expect([ended === one, answers, schedule.mock.calls.map(([, delay]) => delay)]).toEqual([true, [], [50, 10, 10]]);
  });

  it('holds nothing once all workers are ended, and begins anew with the next call', () => {
    const schedule = looks();
    const idleEnd = new IdleEnd<Usable>(60_000, () => [], () => undefined);
    idleEnd.used(worker());
    idleEnd.stop();
    expect(schedule.mock.results[0]?.value).toMatchObject({ closed: true });
    idleEnd.used(undefined);
    expect(schedule).toHaveBeenCalledTimes(2);
    idleEnd.stop();
  });

  it('is never, with an idleTimeout of Infinity', () => {
    const schedule = looks();
    new IdleEnd<Usable>(Infinity, () => [], () => undefined).used(worker());
    expect(schedule).not.toHaveBeenCalled();
  });
});
