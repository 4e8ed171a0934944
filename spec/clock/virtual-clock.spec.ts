import { setTimeout as realDelay } from 'node:timers/promises';
import { describe, expect, it, jest } from '@jest/globals';
import { interval, take } from 'rxjs';
import { VirtualClock } from '../../src/clock/virtual-clock.js';
import { InvalidArgumentError, TaskScheduler, every, type TaskEvent } from '../../src/index.js';
import { describeClockContract } from './clock.contract.js';

describe('VirtualClock', () => {
  describe('as a clock', () => {
    describeClockContract(() => {
      const clock = new VirtualClock({ startAt: 1_000_000 });
      const errorsUntil = async (target: number): Promise<unknown[]> => {
        try {
          await clock.advanceTo(target);
          return [];
        } catch (error) {
          return [error, ...(await errorsUntil(target))];
        }
      };
      return { clock, elapse: (ms) => errorsUntil(clock.now() + ms) };
    });
  });

  it('starts at 0, or at the instant given', () => {
    expect(new VirtualClock().now()).toBe(0);
    expect(new VirtualClock({ startAt: 12.5 }).now()).toBe(12.5);
    expect(new VirtualClock({ startAt: new Date('2030-01-01T00:00:00Z') }).now()).toBe(1_893_456_000_000);
    expect(new VirtualClock({ startAt: { epochMilliseconds: 5 } }).now()).toBe(5);
    expect(new VirtualClock({ startAt: '2026-03-08T00:00-05:00' }).now()).toBe(Date.UTC(2026, 2, 8, 5));
  });

  it('refuses to start at no instant, and says so', () => {
    for (const startAt of [NaN, new Date('tomorrow'), Infinity, -1, 'tomorrow', '2026-03-08T00:00', {} as Date]) {
      expect(() => new VirtualClock({ startAt })).toThrow(expect.objectContaining({ name: 'InvalidArgumentError', field: 'startAt', value: startAt }));
    }
  });

  it('stands still by itself', async () => {
    const clock = new VirtualClock();
    const work = jest.fn();
    const waiting = clock.schedule(work);
    await realDelay(5);
    expect([clock.now(), work.mock.calls.length]).toEqual([0, 0]);
    waiting.unsubscribe();
  });

  it('shows each instant while it passes it, and the target in the end', async () => {
    const clock = new VirtualClock();
    const seen: number[] = [];
    for (const ms of [5, 2.5, 9]) clock.schedule(() => seen.push(clock.now()), ms);
    await clock.advanceTo(new Date(7));
    expect([seen, clock.now()]).toEqual([[2.5, 5], 7]);
    await clock.advanceBy(2);
    expect([seen, clock.now()]).toEqual([[2.5, 5, 9], 9]);
  });

  it('moves by a duration and to an instant as they are written elsewhere', async () => {
    const clock = new VirtualClock({ startAt: '2026-03-08T00:00Z' });
    const from = clock.now();
    const passed: number[] = [];
    const move = async (call: Promise<void>) => { await call; passed.push(clock.now() - from); };
    await move(clock.advanceBy('24h'));
    await move(clock.advanceBy({ minutes: 1, seconds: 30 }));
    await move(clock.advanceTo('2026-03-10T00:00:00.500+01:00'));
    await move(clock.advanceTo(new Date('2026-03-10T00:00Z')));
    expect(passed).toEqual([86_400_000, 86_490_000, 2 * 86_400_000 - 3_600_000 + 500, 2 * 86_400_000]);
  });

  it.each<[string, (clock: VirtualClock) => Promise<void>, string]>([
    ['back', (clock) => clock.advanceTo(99),
      "advanceTo(instant) can't go back to 99: the clock shows 100. Give a later instant, or set the wall clock back with jumpWallClock()."],
    ['to NaN', (clock) => clock.advanceTo(NaN), 'advanceTo(instant) needs a valid instant, 1970 or later; got NaN.'],
    ['to Infinity', (clock) => clock.advanceTo(Infinity), 'advanceTo(instant) needs a valid instant, 1970 or later; got Infinity.'],
    ['to no time of day', (clock) => clock.advanceTo('2030-01-01'), 'advanceTo(instant) needs a date and a time that exist'],
    ['by less than nothing', (clock) => clock.advanceBy(-1), 'advanceBy(duration) needs a finite duration of 0 ms or more; got -1.'],
    ['by NaN', (clock) => clock.advanceBy(NaN), 'advanceBy(duration) needs a finite duration of 0 ms or more; got NaN.'],
    ['by Infinity', (clock) => clock.advanceBy(Infinity), 'advanceBy(duration) needs a finite duration of 0 ms or more; got Infinity.'],
    ['by a number in a text', (clock) => clock.advanceBy('100'), "advanceBy(duration) can't be read as a duration"],
    ['with a limit of 0', (clock) => clock.runToIdle({ limit: 0 }), 'runToIdle() needs a limit that is a whole number of at least 1, or Infinity; got 0.'],
    ['with a limit of 1.5', (clock) => clock.runToIdle({ limit: 1.5 }), 'runToIdle() needs a limit that is a whole number of at least 1, or Infinity; got 1.5.'],
    ['to sleep for less than nothing', (clock) => clock.sleep(-1), 'sleep(duration) needs a finite duration of 0 ms or more; got -1.'],
    ['a jump of NaN', (clock) => clock.jumpWallClock(NaN), 'jumpWallClock(by) needs a finite duration'],
  ])('refuses to go %s, and stays where it is', async (_, move, message) => {
    const clock = new VirtualClock({ startAt: 100 });
    const work = jest.fn();
    clock.schedule(work);
    await expect(move(clock)).rejects.toThrow(InvalidArgumentError);
    await expect(move(clock)).rejects.toThrow(message);
    expect([clock.now(), work.mock.calls.length]).toEqual([100, 0]);
    await clock.advanceBy(0);
    expect(work).toHaveBeenCalledTimes(1);
  });

  describe('promises', () => {
    it('settle at one instant before the next one comes', async () => {
      const clock = new VirtualClock();
      const log: string[] = [];
      for (const ms of [1, 2]) {
        clock.schedule(() => {
          log.push(`runs at ${ms}`);
          void deep(500).then(() => log.push(`settles at ${clock.now()}`));
        }, ms);
      }
      await clock.advanceTo(2);
      expect(log).toEqual(['runs at 1', 'settles at 1', 'runs at 2', 'settles at 2']);
    });

    it('schedule more for the instant at which they settle', async () => {
      const clock = new VirtualClock();
      const log: string[] = [];
      clock.schedule(() => {
        void deep(50).then(() => {
          clock.schedule(() => {
            void deep(50).then(() => clock.schedule(() => log.push(`at ${clock.now()}`)));
          });
        });
      }, 1);
      clock.schedule(() => log.push('next instant'), 2);
      await clock.advanceTo(2);
      expect(log).toEqual(['at 1', 'next instant']);
    });

    it.each<[string, (clock: VirtualClock) => Promise<void>]>([
      ['advanceTo', (clock) => clock.advanceTo(1)],
      ['advanceBy', (clock) => clock.advanceBy(1)],
      ['runToIdle', (clock) => clock.runToIdle()],
    ])('settle before the first step of %s', async (_, move) => {
      const clock = new VirtualClock();
      const work = jest.fn();
      void deep(50).then(() => clock.schedule(work, 1));
      await move(clock);
      expect(work).toHaveBeenCalledTimes(1);
    });

    it('settle after all that is due at one instant has run, what was added to it included', async () => {
      const clock = new VirtualClock();
      const log: string[] = [];
      clock.schedule(() => {
        void Promise.resolve().then(() => log.push('promise'));
        clock.schedule(() => log.push('added'));
      });
      await clock.advanceBy(0);
      expect(log).toEqual(['added', 'promise']);
    });

    it('settle under jest’s fake timers too', async () => {
      jest.useFakeTimers();
      try {
        const clock = new VirtualClock();
        const values: number[] = [];
        interval(10, clock).pipe(take(3)).subscribe((value) => values.push(value));
        await clock.runToIdle();
        expect([values, clock.now()]).toEqual([[0, 1, 2], 30]);
      } finally {
        jest.useRealTimers();
      }
    });
  });

  describe('a jump of the wall clock', () => {
    /** What a clock at 1,000 runs and tells when it jumps at 1,010, and when. */
    async function jumped(jump: (clock: VirtualClock) => Promise<void>) {
      const clock = new VirtualClock({ startAt: 1_000 });
      const log: string[] = [];
      const note = (entry: string) => () => void log.push(`${entry} at ${clock.now()}`);
      clock.jumps$.subscribe(({ at, by }) => log.push(`jump by ${by} to ${at}`));
      clock.schedule(note('after 20 ms'), 20);
      clock.scheduleAt(note('when it shows 1,030'), 1_030);
      await clock.advanceBy(10);
      await jump(clock);
      log.push(`then ${clock.now()}`);
      await clock.runToIdle();
      return log;
    }

    it.each<[string, (clock: VirtualClock) => Promise<void>, readonly string[]]>([
      ['forward makes due what is due by then, in its order, and is told first', (clock) => clock.jumpWallClock('1s'),
        ['jump by 1000 to 2010', 'after 20 ms at 2010', 'when it shows 1,030 at 2010', 'then 2010']],
      ['forward leaves what is not due where it is', (clock) => clock.jumpWallClock(5),
        ['jump by 5 to 1015', 'then 1015', 'after 20 ms at 1020', 'when it shows 1,030 at 1030']],
      ['back moves along what counts elapsed time, and no instant', (clock) => clock.jumpWallClock({ milliseconds: -500 }),
        ['jump by -500 to 510', 'then 510', 'after 20 ms at 520', 'when it shows 1,030 at 1030']],
      ['by nothing is none', (clock) => clock.jumpWallClock(0), ['then 1010', 'after 20 ms at 1020', 'when it shows 1,030 at 1030']],
      ['is what the sleep of the machine looks like', (clock) => clock.sleep('1s'),
        ['jump by 1000 to 2010', 'after 20 ms at 2010', 'when it shows 1,030 at 2010', 'then 2010']],
    ])('%s', async (_, jump, expected) => {
      expect(await jumped(jump)).toEqual(expected);
    });

    it('goes through a scheduler as a real one does: what it missed is told, and the grid goes on', async () => {
      const clock = new VirtualClock();
      const scheduler = new TaskScheduler({ clock });
      const events: TaskEvent[] = [];
      scheduler.events$.subscribe((event) => events.push(event));
      const id = scheduler.schedule(() => undefined, every('1s'));
      await clock.advanceBy(500);
      await clock.sleep('10s');
      expect(events.filter(({ type }) => type === 'clockJumped' || type === 'ticksMissed')).toMatchObject([{ by: 10_000 }, { from: 1_000, to: 9_000, count: 9 }]);
      expect(scheduler.getTask(id)).toMatchObject({ completedCount: 2, missedCount: 9, nextRunAt: 11_000 });
      await scheduler.stop();
    });
  });

  describe('overlapping moves', () => {
    it('take turns in the order called', async () => {
      const clock = new VirtualClock();
      const log: string[] = [];
      interval(10, clock).pipe(take(5)).subscribe((n) => log.push(`tick ${n} at ${clock.now()}`));
      const moved = [clock.advanceBy(10), clock.advanceTo(30), clock.advanceBy(5), clock.runToIdle()].map((move, index) =>
        move.then(() => log.push(`move ${index} ends at ${clock.now()}`)),
      );
      expect(clock.now()).toBe(0);
      await Promise.all(moved);
      expect(log).toEqual([
        'tick 0 at 10',
        'move 0 ends at 10',
        'tick 1 at 20',
        'tick 2 at 30',
        'move 1 ends at 30',
        'move 2 ends at 35',
        'tick 3 at 40',
        'tick 4 at 50',
        'move 3 ends at 50',
      ]);
    });

    it('do not fail for the failure of the one before', async () => {
      const clock = new VirtualClock();
      const moves = await Promise.allSettled([clock.advanceBy(NaN), clock.advanceBy(5)]);
      expect(moves.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
      expect(clock.now()).toBe(5);
    });

    it('may be called from inside work', async () => {
      const clock = new VirtualClock();
      let inner: Promise<void> | undefined;
      clock.schedule(() => {
        inner = clock.advanceBy(100);
      }, 5);
      await clock.advanceTo(10);
      await inner;
      expect(clock.now()).toBe(110);
    });
  });

  it('rejects with the error of an action, and leaves the others due', async () => {
    const clock = new VirtualClock();
    const error = new Error('broken');
    const work = jest.fn(() => clock.now());
    clock.schedule(() => {
      throw error;
    }, 5);
    clock.schedule(work, 5);
    await expect(clock.advanceTo(10)).rejects.toBe(error);
    expect([clock.now(), work.mock.calls.length]).toEqual([5, 0]);
    await clock.advanceBy(0);
    expect(work).toHaveReturnedWith(5);
  });

  describe('runToIdle', () => {
    it('goes on until nothing waits, and leaves what waits for ever', async () => {
      const clock = new VirtualClock();
      const never = jest.fn();
      const ends: number[] = [];
      clock.schedule(never, Infinity);
      clock.schedule(() => void Promise.resolve().then(() => clock.schedule(() => ends.push(clock.now()), 1000)), 7);
      await clock.runToIdle();
      expect([ends, clock.now(), never.mock.calls.length]).toEqual([[1007], 1007, 0]);
      await clock.runToIdle();
      expect(clock.now()).toBe(1007);
    });

    it('gives up on a schedule that never ends, and says the way out', async () => {
      const clock = new VirtualClock();
      const ticks = interval(10, clock).subscribe();
      await expect(clock.runToIdle({ limit: 25 })).rejects.toThrow(
        'an endless schedule: 25 actions have run, and more are due at 260. Stop what repeats or give it a delay; ' +
          'advanceBy() moves past a task that repeats for ever; runToIdle({ limit }) lets more run.',
      );
      ticks.unsubscribe();
      await clock.runToIdle({ limit: 1 });
      expect(clock.now()).toBe(260);
    });

    it('says which task it was', async () => {
      const clock = new VirtualClock();
      const scheduler = new TaskScheduler({ clock });
      scheduler.schedule(() => undefined, every('1s'), { id: 'a', name: 'poll the queue' });
      await expect(clock.runToIdle({ limit: 10 })).rejects.toThrow('10 actions have run, the last one for the task "poll the queue" (a), and more are due at 10000. Stop');
      await scheduler.stop();
    });

    it('lets exactly as many run as the limit says', async () => {
      const clock = new VirtualClock();
      interval(10, clock).pipe(take(25)).subscribe();
      await clock.runToIdle({ limit: 25 });
      expect(clock.now()).toBe(250);
    });
  });

  it('gives up, however it is moved, when one instant never ends', async () => {
    const clock = new VirtualClock();
    clock.schedule(function () {
      this.schedule();
    }, 5);
    await expect(clock.advanceBy(10)).rejects.toThrow('an endless schedule: 1000000 actions have run, and more are due at 5.');
  }, 30_000);

  it('runs 100,000 actions in the time of a spec', async () => {
    const clock = new VirtualClock();
    const ran: number[] = [];
    for (let index = 0; index < 100_000; index += 1) clock.schedule(() => ran.push(clock.now()), (index * 7919) % 1009);
    await clock.runToIdle();
    expect(ran).toHaveLength(100_000);
    expect(ran.every((at, index) => index === 0 || at >= ran[index - 1]!)).toBe(true);
  });
});

/** A promise that takes so many microtasks to settle. */
async function deep(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
}

describe('VirtualClock.block', () => {
  it('shows the later time at once, and runs late what was due meanwhile, each in its order', async () => {
    const clock = new VirtualClock();
    const seen: string[] = [];
    const note = (what: string): void => { seen.push(`${what} at ${clock.now()}`); };
    clock.schedule(() => {
      note('blocks');
      clock.block('40ms');
      note('goes on');
    }, 10);
    for (const due of [40, 20, 60]) clock.schedule(() => { note(`due ${due}`); }, due);
    await clock.advanceBy(100);
    expect(seen).toEqual(['blocks at 10', 'goes on at 50', 'due 20 at 50', 'due 40 at 50', 'due 60 at 60']);
    expect(clock.now()).toBe(100);
  });

  it('may last beyond the end of the move, which then ends there', async () => {
    const clock = new VirtualClock();
    let ran = false;
    clock.schedule(() => { clock.block(500); }, 10);
    clock.schedule(() => { ran = true; }, 200);
    await clock.advanceBy(100);
    expect([clock.now(), ran]).toEqual([510, false]);
    await clock.advanceBy(0);
    expect([clock.now(), ran]).toEqual([510, true]);
  });

  it('is no jump of the wall clock', async () => {
    const clock = new VirtualClock();
    let jumps = 0;
    clock.jumps$.subscribe(() => { jumps++; });
    clock.block(5_000);
    await clock.advanceBy(5);
    expect([clock.now(), jumps]).toEqual([5_005, 0]);
  });

  it.each([-1, NaN, 'soon'])('refuses %p', (duration) => {
    expect(() => { new VirtualClock().block(duration); }).toThrow(/^block\(duration\) /);
  });
});
