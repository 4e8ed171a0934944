import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { map, Observable, timer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { after, every, TaskScheduler, withContext, type TaskState } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/index.js';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));

/** What reads the time, or waits for it, in code (comments and strings apart). */
const TIME = /\bDate\.now\b|\bnew Date\(\)|\bDate\(\)|\bperformance\b|\bhrtime\b|\bset(?:Timeout|Interval|Immediate)\b|\bAbortSignal\.timeout\b|node:timers|node:perf_hooks|\b(?:async|asap|animationFrame)Scheduler\b|\bprocess\.(?:uptime|nextTick)\b|\bqueueMicrotask\b/;

/** The operators of RxJS that wait, which without a clock wait by asyncScheduler. */
const WAITING = /\b(?:timer|interval|delay|debounceTime|throttleTime|auditTime|sampleTime|bufferTime|windowTime|timeout|timeInterval|timestamp)\(/;

function code(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '').replace(/'(?:[^'\\\n]|\\.)*'/g, (text) => (text.startsWith("'node:") ? text : "''"));
}

afterEach(() => { jest.restoreAllMocks(); });

describe('11. Time is injected', () => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

  it('reads and waits for time nowhere but in the clock', () => {
    const outside = files.filter((file) => !file.startsWith('clock'));
    expect(outside.length).toBeGreaterThan(20);
    const offences = outside.flatMap((file) => code(readFileSync(join(SRC, file), 'utf8')).split('\n')
      .filter((line) => TIME.test(line) || (WAITING.test(line) && !line.includes(', clock)'))).map((line) => `${relative('.', file)}: ${line.trim()}`));
    expect(offences).toEqual([]);
    // And the search finds what there is to find.
    const inClock = files.filter((file) => file.startsWith('clock') && TIME.test(code(readFileSync(join(SRC, file), 'utf8'))));
    expect(inClock.sort()).toEqual(expect.arrayContaining(['clock/jump-watch.ts', 'clock/settler.ts', 'clock/wall-clock.ts']));
  });

  it('never asks the real time when the clock is another', async () => {
    const asked = [jest.spyOn(Date, 'now'), jest.spyOn(performance, 'now'), jest.spyOn(globalThis, 'setTimeout'), jest.spyOn(globalThis, 'setInterval')];
    const clock = new VirtualClock({ startAt: 1_000 });
    const scheduler = new TaskScheduler({ clock });
    const id = scheduler.schedulePeriodic(() => 1, 10, { overlap: 'queue' });
    scheduler.schedule(() => new Promise(() => {}), after(5));
    await clock.advanceBy(100);
    scheduler.pauseTask(id);
    scheduler.resumeTask(id);
    const stopped = scheduler.stop({ deadline: 50 });
    await clock.advanceBy(50);
    await stopped;
    expect(asked.map((spy) => spy.mock.calls.length)).toEqual([0, 0, 0, 0]);
    const { scheduledAt, lastRun } = scheduler.getTask(id);
    expect([scheduledAt, lastRun?.startedAt, scheduler.now()]).toEqual([1_000, 1_100, 1_150]);
  });

  it('is all virtual on TestScheduler: status, overlap, pause and deadline at their frames', () => {
    const clock = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
    clock.run(({ expectObservable, cold }) => {
      const scheduler = new TaskScheduler({ clock });
      const letter = ({ status, paused }: TaskState): string => (paused ? 'U' : status.charAt(0));
      //   ticks              t---t---t---t-
      const work = cold('     --|           ');
      const pause = cold('    -------u-r|   ');
      const expected = '      R-P-R-PU-P--R-(C|)';
      const id = scheduler.schedulePeriodic(() => work, 4, { until: 14 });
      pause.subscribe((what) => { if (what === 'u') scheduler.pauseTask(id); else scheduler.resumeTask(id); });
      expectObservable(scheduler.task$(id).pipe(map(letter))).toBe(expected);
    });
  });

  it('hands the same clock to what users build on it', async () => {
    const clock = new VirtualClock();
    const scheduler = new TaskScheduler({ clock });
    const work = withContext(({ startedAt }) => new Observable<number>((subscriber) => timer(7, clock).subscribe(() => {
      subscriber.next(scheduler.now() - startedAt);
      subscriber.complete();
    })));
    const id = scheduler.schedule(work, every(10), { maxRuns: 2 });
    await clock.advanceBy(17);
    expect(scheduler.getTask(id)).toMatchObject({ status: 'COMPLETED', result: 7, finishedAt: 17 });
  });
});
