import { setImmediate as macrotask } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { config, interval, timer } from 'rxjs';
import type { ClockJump } from '../../src/clock/clock.js';
import { WallClock } from '../../src/clock/wall-clock.js';
import { describeClockContract } from './clock.contract.js';

const SECOND = 1000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;
const START = Date.parse('2030-01-01T00:00:00Z');

/** What RxJS was told of as unhandled in the spec that runs. */
let unhandled: unknown[] = [];

beforeEach(() => {
  unhandled = [];
  config.onUnhandledError = (error) => unhandled.push(error);
});
afterEach(() => {
  config.onUnhandledError = null;
  jest.restoreAllMocks();
  jest.useRealTimers();
});

describe('WallClock', () => {
  describe('as a clock', () => {
    describeClockContract(() => {
      jest.useFakeTimers({ now: START });
      return {
        clock: new WallClock(),
        async elapse(ms) {
          jest.advanceTimersByTime(ms);
          return unhandled.splice(0);
        },
      };
    });
  });

  describe('on fake time', () => {
    let clock: WallClock;
    let jumps: ClockJump[];
    let log: string[];
    const note = (entry: string) => () => void log.push(entry);
    const noteTime = (entry: string) => () => void log.push(`${entry} at ${Date.now() - START}`);

    beforeEach(() => {
      jest.useFakeTimers({ now: START });
      clock = new WallClock();
      jumps = [];
      log = [];
    });

    describe('its timer', () => {
      it('is one, however much waits, and none when nothing does', () => {
        expect(jest.getTimerCount()).toBe(0);
        for (let ms = 1; ms <= 1000; ms += 1) clock.schedule(note('work'), (ms * 7) % 1009);
        expect(jest.getTimerCount()).toBe(1);
        jest.advanceTimersByTime(500);
        expect(jest.getTimerCount()).toBe(1);
        jest.advanceTimersByTime(600);
        expect(log).toHaveLength(1000);
        expect(jest.getTimerCount()).toBe(0);
      });

      it.each([0, 50])('is gone at once when all that waits for %d ms is cancelled', (ms) => {
        const actions = [clock.schedule(note('work'), ms), clock.scheduleAt(note('work'), START + ms)];
        expect(jest.getTimerCount()).toBe(1);
        actions[0]!.unsubscribe();
        expect(jest.getTimerCount()).toBe(1);
        actions[1]!.unsubscribe();
        expect(jest.getTimerCount()).toBe(0);
      });

      it('is not needed for what never comes', () => {
        clock.schedule(note('never'), Infinity);
        clock.scheduleAt(note('never'), Infinity);
        expect(jest.getTimerCount()).toBe(0);
      });

      it('is set anew only for what is due before it', () => {
        const set = jest.spyOn(globalThis, 'setTimeout');
        for (const ms of [500, 600, 500, 900]) clock.schedule(note('work'), ms);
        expect(set).toHaveBeenCalledTimes(1);
        clock.schedule(note('work'), 400);
        expect(set).toHaveBeenCalledTimes(2);
        jest.advanceTimersByTime(399);
        expect(set).toHaveBeenCalledTimes(2);
      });

      it('is set once for all that work schedules', () => {
        clock.schedule(() => {
          for (const ms of [9, 8, 7]) clock.schedule(note('work'), ms);
        });
        const set = jest.spyOn(globalThis, 'setTimeout');
        jest.advanceTimersByTime(1);
        expect(set).toHaveBeenCalledTimes(1);
      });

      it('that goes off early runs nothing and is set again', () => {
        const set = globalThis.setTimeout;
        jest.spyOn(globalThis, 'setTimeout').mockImplementation((callback, ms = 0) => set(callback, ms > 1 ? ms - 1 : ms));
        for (const ms of [5, 5.5, 9]) clock.schedule(noteTime(String(ms)), ms);
        jest.advanceTimersByTime(20);
        expect(log).toEqual(['5 at 5', '5.5 at 6', '9 at 9']);
      });

      it('goes in hops of at most a minute', () => {
        const set = jest.spyOn(globalThis, 'setTimeout');
        clock.schedule(noteTime('work'), HOUR + 0.5);
        jest.advanceTimersByTime(2 * HOUR);
        expect(log).toEqual([`work at ${HOUR + 1}`]);
        expect(set.mock.calls.map(([, ms]) => ms)).toEqual([...new Array<number>(60).fill(MINUTE), 1]);
      });

      it('is an immediate for what is due already', () => {
        const set = jest.spyOn(globalThis, 'setTimeout');
        const setNow = jest.spyOn(globalThis, 'setImmediate');
        clock.schedule(note('work'));
        clock.schedule(note('work'));
        expect([set.mock.calls.length, setNow.mock.calls.length]).toEqual([0, 1]);
      });
    });

    describe('an error', () => {
      it('is an uncaught exception when nobody takes unhandled errors', () => {
        config.onUnhandledError = null;
        const error = new Error('broken');
        clock.schedule(() => {
          throw error;
        }, 5);
        clock.schedule(note('after'), 5);
        expect(() => jest.advanceTimersByTime(10)).toThrow(error);
        expect(log).toEqual(['after']);
      });
    });

    describe('when the wall clock jumps', () => {
      const jump = (by: number): void => {
        jest.setSystemTime(Date.now() + by);
      };
      beforeEach(() => {
        clock.jumps$.subscribe((each) => jumps.push(each));
      });

      it('back, elapsed time goes on counting, and instants are waited for', () => {
        clock.schedule(note('elapsed 30 s'), 30 * SECOND);
        clock.scheduleAt(note('at 30 s'), START + 30 * SECOND);
        jest.advanceTimersByTime(10 * SECOND);
        jump(-HOUR);
        jest.advanceTimersByTime(20 * SECOND - 1);
        expect(log).toEqual([]);
        jest.advanceTimersByTime(1);
        expect(log).toEqual(['elapsed 30 s']);
        jest.advanceTimersByTime(HOUR - 1);
        expect(log).toEqual(['elapsed 30 s']);
        jest.advanceTimersByTime(1);
        expect(log).toEqual(['elapsed 30 s', 'at 30 s']);
      });

      it('back, what counts elapsed time is in order still', () => {
        for (let index = 0; index < 50; index += 1) clock.schedule(note(String(index)), MINUTE + index);
        for (let index = 0; index < 50; index += 1) clock.scheduleAt(note('wall'), START + MINUTE + index * 10);
        jump(-HOUR);
        jest.advanceTimersByTime(HOUR);
        expect(log).toEqual(Array.from({ length: 50 }, (_, index) => String(index)));
      });

      it('back, an interval keeps its pace', () => {
        interval(10 * SECOND, clock).subscribe((n) => log.push(`tick ${n}`));
        jest.advanceTimersByTime(25 * SECOND);
        jump(-DAY);
        jest.advanceTimersByTime(25 * SECOND);
        expect(log).toEqual(['tick 0', 'tick 1', 'tick 2', 'tick 3', 'tick 4']);
      });

      it('back, what waited for the wall clock before and schedules itself again counts elapsed time too', () => {
        clock.scheduleAt(function () {
          log.push('run');
          if (log.length < 2) this.schedule(undefined, 30 * SECOND);
        }, START + 5 * SECOND);
        jest.advanceTimersByTime(10 * SECOND);
        jump(-HOUR);
        jest.advanceTimersByTime(25 * SECOND);
        expect(log).toEqual(['run', 'run']);
      });

      it('forward, what is due by then runs within a minute, and nothing else moves', () => {
        clock.schedule(note('elapsed 2 h'), 2 * HOUR);
        clock.scheduleAt(note('at 2 h'), START + 2 * HOUR);
        clock.scheduleAt(note('at 4 h'), START + 4 * HOUR);
        jump(3 * HOUR);
        jest.advanceTimersByTime(MINUTE);
        expect(log).toEqual(['elapsed 2 h', 'at 2 h']);
        jest.advanceTimersByTime(HOUR - MINUTE - 1);
        expect(log).toHaveLength(2);
        jest.advanceTimersByTime(1);
        expect(log).toEqual(['elapsed 2 h', 'at 2 h', 'at 4 h']);
      });

      it.each([-HOUR, HOUR])('by %d, it tells so once, within a minute', (by) => {
        clock.schedule(note('work'), DAY);
        jest.advanceTimersByTime(90 * SECOND);
        jump(by);
        jest.advanceTimersByTime(30 * SECOND - 1);
        expect(jumps).toEqual([]);
        jest.advanceTimersByTime(1);
        expect(jumps).toEqual([{ at: START + 120 * SECOND + by, by }]);
        jest.advanceTimersByTime(10 * MINUTE);
        expect(jumps).toHaveLength(1);
      });

      it('it tells so before it runs what has become due, and lets a listener act', () => {
        const overdue = clock.scheduleAt(note('overdue'), START + HOUR);
        clock.scheduleAt(note('overdue too'), START + HOUR);
        clock.jumps$.subscribe(() => {
          log.push('jump');
          overdue.unsubscribe();
          clock.schedule(note('from the listener'));
        });
        jump(2 * HOUR);
        jest.advanceTimersByTime(MINUTE);
        expect(log).toEqual(['jump', 'overdue too', 'from the listener']);
      });

      it('while work runs, it tells so before it runs more', () => {
        clock.jumps$.subscribe(note('jump'));
        clock.schedule(() => jump(HOUR), 5);
        clock.scheduleAt(note('made due'), START + HOUR);
        clock.schedule(note('due then too'), 5);
        jest.advanceTimersByTime(10);
        expect(log).toEqual(['jump', 'due then too', 'made due']);
      });

      it.each([
        ['schedule', -HOUR],
        ['schedule', HOUR],
        ['scheduleAt', -HOUR],
        ['scheduleAt', HOUR],
      ])('the next %s after %d ms notices, and tells so soon but not at once', (how, by) => {
        clock.schedule(note('work'), DAY);
        jump(by);
        if (how === 'schedule') clock.schedule(noteTime('10 s'), 10 * SECOND);
        else clock.scheduleAt(noteTime('10 s'), START + by + 10 * SECOND);
        expect(jumps).toEqual([]);
        jest.advanceTimersByTime(0);
        expect(jumps).toEqual([{ at: START + by, by }]);
        jest.advanceTimersByTime(10 * SECOND - 1);
        expect(log).toEqual([]);
        jest.advanceTimersByTime(1);
        expect(log).toEqual([`10 s at ${10 * SECOND + by}`]);
      });

      it('back, an instant that had passed when it was scheduled does not wait for it again', () => {
        clock.schedule(note('work'), DAY);
        clock.scheduleAt(note('past'), START - 5);
        jump(-HOUR);
        jest.advanceTimersByTime(1);
        expect(log).toEqual(['past']);
      });

      it.each([
        [99, 0],
        [-99, 0],
        [100, 1],
        [-100, 1],
      ])('by %d ms, it tells of %d jumps', (by, count) => {
        clock.schedule(note('work'), HOUR);
        jump(by);
        jest.advanceTimersByTime(MINUTE);
        expect(jumps).toHaveLength(count);
      });

      it('by the 30 ms a minute of a clock that is slewed, it tells of none', () => {
        clock.schedule(note('work'), DAY);
        for (let minute = 0; minute < 60; minute += 1) {
          jest.advanceTimersByTime(MINUTE);
          jump(minute < 30 ? 30 : -30);
        }
        expect(jumps).toEqual([]);
      });

      it('while nothing waits, it is none of its business', () => {
        timer(10, clock).subscribe();
        jest.advanceTimersByTime(20);
        jump(-HOUR);
        timer(10, clock).subscribe(note('after'));
        jest.advanceTimersByTime(10);
        expect([log, jumps]).toEqual([['after'], []]);
      });

      it('a listener that throws harms nobody', () => {
        const error = new Error('broken listener');
        clock.jumps$.subscribe(() => {
          throw error;
        });
        clock.jumps$.subscribe(note('jump'));
        clock.scheduleAt(note('work'), START + HOUR);
        jump(HOUR);
        jest.advanceTimersByTime(2 * MINUTE);
        expect([log, unhandled]).toEqual([['jump', 'work'], [error]]);
      });

      it('only seemingly, for the process was held up between two readings, it tells of none', () => {
        const elapsed = performance.now.bind(performance);
        clock.schedule(note('30 s'), 30 * SECOND);
        jest.advanceTimersByTime(10 * SECOND);
        jest.spyOn(performance, 'now').mockImplementationOnce(() => elapsed() + 500);
        clock.schedule(note('20 s'), 20 * SECOND);
        jest.advanceTimersByTime(20 * SECOND - 1);
        expect([log, jumps]).toEqual([[], []]);
        jest.advanceTimersByTime(1);
        expect([log, jumps]).toEqual([['30 s', '20 s'], []]);
      });
    });
  });

  describe('a herd', () => {
    const { now: wallNow } = Date;
    const elapsedNow = performance.now.bind(performance);
    afterEach(() => {
      Date.now = wallNow;
      performance.now = elapsedNow;
    });

    it('of 100,000 lets the event loop turn every 10 ms, and runs in order', async () => {
      // 1 µs goes by each time somebody looks, so a slice is as long on every machine. (Spies would keep half a million calls.)
      let now = 1000;
      const look = () => (now += 0.001);
      performance.now = look;
      Date.now = () => START + Math.floor(look());
      const clock = new WallClock();
      const beats: number[] = [];
      const ran: number[] = [];
      await new Promise<void>((resolve) => {
        const beat = () => {
          beats.push(ran.length);
          if (ran.length < 100_000) setImmediate(beat);
          else resolve();
        };
        for (let index = 0; index < 100_000; index += 1) clock.schedule(() => ran.push(index));
        setImmediate(beat);
      });
      expect(ran).toHaveLength(100_000);
      expect(ran.every((each, index) => each === index)).toBe(true);
      const slices = beats.map((count, index) => count - (beats[index - 1] ?? 0));
      // 10 ms, and one more until the next one is seen to have begun.
      expect(Math.max(...slices)).toBeLessThanOrEqual(11_001);
      expect(beats.length).toBeGreaterThanOrEqual(10);
    });

    it('lets the event loop turn though somebody has made `Date` stand still', async () => {
      let elapsed = 1000;
      performance.now = () => elapsed;
      Date.now = () => START;
      const clock = new WallClock();
      const ran: number[] = [];
      const turns: number[] = [];
      const beat = () => {
        turns.push(ran.length);
        if (ran.length < 100) setImmediate(beat);
      };
      await new Promise<void>((resolve) => {
        for (let index = 0; index < 100; index += 1) {
          clock.schedule(() => {
            elapsed += 0.9;
            if (ran.push(index) === 100) resolve();
          });
        }
        setImmediate(beat);
      });
      expect(Math.max(...turns.map((count, index) => count - (turns[index - 1] ?? 0)))).toBeLessThanOrEqual(16);
    });

    it('lets what it has begun settle on the way', async () => {
      const clock = new WallClock();
      const settledAt: number[] = [];
      let ran = 0;
      await new Promise<void>((resolve) => {
        for (let index = 0; index < 200; index += 1) {
          clock.schedule(() => {
            ran += 1;
            void Promise.resolve().then(() => {
              settledAt[index] = ran;
              if (index === 199) resolve();
            });
          });
        }
      });
      // However the slices fall, each promise settles before many more actions have run than those of its own turn.
      expect(Math.max(...settledAt.map((at, index) => at - index))).toBeLessThanOrEqual(16);
      expect(settledAt).toHaveLength(200);
    });

    it('of slow work lets the event loop turn as well', async () => {
      const clock = new WallClock();
      let left = 20;
      let beats = 0;
      await new Promise<void>((resolve) => {
        const beat = () => {
          beats += 1;
          if (left > 0) setImmediate(beat);
          else resolve();
        };
        for (let index = 0; index < 20; index += 1) {
          clock.schedule(() => {
            left -= 1;
            spin(5);
          });
        }
        setImmediate(beat);
      });
      // 5 ms each: no more than 2 fit in a slice.
      expect(beats).toBeGreaterThanOrEqual(10);
    });
  });

  it('leaves the event loop free though work schedules itself again without end', async () => {
    const clock = new WallClock();
    let runs = 0;
    let beats = 0;
    const endless = clock.schedule(function () {
      runs += 1;
      // Without a turn of the loop this would never come to an end.
      if (runs < 1_000_000) this.schedule();
    });
    while (beats < 20) {
      await macrotask();
      beats += 1;
    }
    endless.unsubscribe();
    expect(runs).toBeLessThanOrEqual(21);
  });

  it('lets promises settle before it runs what was scheduled meanwhile', async () => {
    const clock = new WallClock();
    const log: string[] = [];
    clock.schedule(() => {
      void Promise.resolve().then(() => log.push('promise'));
      clock.schedule(() => log.push('next'));
    });
    await macrotask();
    await macrotask();
    expect(log).toEqual(['promise', 'next']);
  });

  describe('on real time', () => {
    it('is never early, over 400 samples', async () => {
      const clock = new WallClock();
      const samples = await Promise.all(
        Array.from({ length: 400 }, (_, index) => {
          const due = clock.now() + 1 + (index % 97) * 1.37;
          return new Promise<number>((resolve) => clock.scheduleAt(() => resolve(Date.now() - due), due));
        }),
      );
      expect(Math.min(...samples)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...samples)).toBeLessThan(5000);
    });

    it.each([
      [undefined, 1],
      [{ keepAlive: true }, 1],
      [{ keepAlive: false }, 0],
    ])('with the options %j holds the process by %d timers while something waits', (options, held) => {
      const before = handles();
      const clock = new WallClock(options);
      const late = clock.schedule(() => undefined, HOUR);
      expect(handles() - before).toBe(held);
      const now = clock.schedule(() => undefined);
      expect(handles() - before).toBe(held);
      now.unsubscribe();
      late.unsubscribe();
      expect(handles() - before).toBe(0);
    });
  });
});

function spin(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

/** How many timers and immediates keep this process alive. */
function handles(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout' || name === 'Immediate').length;
}
