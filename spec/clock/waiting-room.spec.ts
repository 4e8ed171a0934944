import { describe, expect, it, jest } from '@jest/globals';
import { VirtualTimeScheduler, asyncScheduler } from 'rxjs';
import type { WaitingAction } from '../../src/clock/clock-action.js';
import type { ClockWork } from '../../src/clock/clock.js';
import { VirtualClock } from '../../src/clock/virtual-clock.js';
import { roomOf } from '../../src/clock/waiting-room.js';
import { WallClock } from '../../src/clock/wall-clock.js';
import { TaskScheduler, every } from '../../src/index.js';

/** Notes when it is woken. */
class Sleeper implements WaitingAction {
  heapIndex = -1;
  wakeAt = Infinity;
  order = 0;
  onWallClock = false;
  readonly title = 'sleeper';
  readonly woken: number[] = [];
  onRun: (() => void) | undefined;

  constructor(private readonly now: () => number) {}

  run(): void {
    this.woken.push(this.now());
    this.onRun?.();
  }
}

/** A clock of the user's own making. */
class LateClock extends VirtualClock {
  override scheduleAt<T>(work: ClockWork<T>, due: number, state?: T) {
    return super.scheduleAt(work, due + 5, state);
  }
}

describe('roomOf', () => {
  describe.each([
    ['a VirtualClock', () => new VirtualClock()],
    ['a clock that knows only delays', () => new VirtualTimeScheduler()],
  ])('%s', (_name, open) => {
    const advance = async (clock: VirtualClock | VirtualTimeScheduler) => {
      if (clock instanceof VirtualClock) await clock.advanceBy(1_000);
      else clock.flush();
    };

    it('wakes what waits at its instant, once', async () => {
      const clock = open();
      const sleeper = new Sleeper(() => clock.now());
      roomOf(clock).enqueueAt(sleeper, 100);
      expect(sleeper.heapIndex).not.toBe(-1);
      await advance(clock);
      expect([sleeper.woken, sleeper.heapIndex]).toEqual([[100], -1]);
    });

    it('moves what waits already', async () => {
      const clock = open();
      const [room, sleeper] = [roomOf(clock), new Sleeper(() => clock.now())];
      room.enqueueAt(sleeper, 100);
      room.enqueueAt(sleeper, 300);
      await advance(clock);
      expect(sleeper.woken).toEqual([300]);
    });

    it('forgets what is taken out', async () => {
      const clock = open();
      const [room, sleeper] = [roomOf(clock), new Sleeper(() => clock.now())];
      room.enqueueAt(sleeper, 100);
      room.dequeue(sleeper);
      expect(sleeper.heapIndex).toBe(-1);
      await advance(clock);
      expect(sleeper.woken).toEqual([]);
    });

    it('lets what was woken wait again', async () => {
      const clock = open();
      const [room, sleeper] = [roomOf(clock), new Sleeper(() => clock.now())];
      sleeper.onRun = () => { if (sleeper.woken.length < 3) room.enqueueAt(sleeper, clock.now() + 50); };
      room.enqueueAt(sleeper, 100);
      await advance(clock);
      expect(sleeper.woken).toEqual([100, 150, 200]);
    });
  });

  it('is the queue of the clock itself, where that is one of ours', () => {
    const clock = new VirtualClock();
    roomOf(clock).enqueueAt(new Sleeper(() => 0), 100);
    expect(clock.waiting).toBe(1);
    expect(roomOf(new WallClock())).not.toBe(roomOf(new WallClock()));
    const wall = new WallClock();
    expect(roomOf(wall)).toBe(roomOf(wall));
    expect(roomOf(asyncScheduler)).not.toBe(roomOf(asyncScheduler));
  });

  it('tells a clock by which actions wait what each is for', async () => {
    const clock = new LateClock();
    const scheduler = new TaskScheduler({ clock });
    scheduler.schedule(() => undefined, every(1), { name: 'loopy', id: 'l' });
    await expect(clock.runToIdle({ limit: 10 })).rejects.toThrow('the last one for the task "loopy" (l)');
  });

  it('goes by a scheduleAt that is spied on in the class', async () => {
    const spy = jest.spyOn(VirtualClock.prototype, 'scheduleAt');
    try {
      const clock = new VirtualClock();
      const sleeper = new Sleeper(() => clock.now());
      roomOf(clock).enqueueAt(sleeper, 100);
      await clock.advanceBy(200);
      expect([spy.mock.calls.length, sleeper.woken]).toEqual([1, [100]]);
    } finally {
      spy.mockRestore();
    }
  });

  it.each([
    ['of a class of the user’s', () => new LateClock()],
    ['whose scheduleAt is replaced', () => {
      const clock: VirtualClock = new VirtualClock();
      return Object.assign<VirtualClock, Partial<VirtualClock>>(clock, { scheduleAt: <T>(work: ClockWork<T>, due: number, state?: T) => clock.schedule(work, due + 5 - clock.now(), state) });
    }],
  ])('goes by the scheduleAt of a clock %s', async (_name, open) => {
    const clock = open();
    const sleeper = new Sleeper(() => clock.now());
    roomOf(clock).enqueueAt(sleeper, 100);
    await clock.advanceBy(200);
    expect(sleeper.woken).toEqual([105]);
  });
});
