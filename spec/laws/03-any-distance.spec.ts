import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { map } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { after, every, once, TaskScheduler, type Trigger } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/index.js';

const DAY = 86_400_000;
const START = Date.parse('2030-01-01T00:00:00Z');

const DISTANCES: [string, number][] = [
  ['the last millisecond that a Node timer can wait', 2 ** 31 - 1],
  ['one millisecond more', 2 ** 31],
  ['a wrap of 32 bits', 2 ** 32 + 5],
  ['30 days', 30 * DAY],
  ['1,000 years', 365_250 * DAY],
];

afterEach(() => { jest.useRealTimers(); });

describe('3. Any distance', () => {
  describe.each(DISTANCES)('%s', (_, distance) => {
    it.each<[string, Trigger, object]>([
      ['once', once(START + distance), {}],
      ['after', after(distance), {}],
      ['every, with startAt', every(100 * DAY), { startAt: START + distance }],
    ])('is waited for by %s, to the millisecond', async (_name, trigger, options) => {
      const clock = new VirtualClock({ startAt: START });
      const scheduler = new TaskScheduler({ clock });
      const work = jest.fn();
      scheduler.schedule(work, trigger, options);
      await clock.advanceBy(distance - 1);
      expect(work).not.toHaveBeenCalled();
      await clock.advanceBy(1);
      expect(work).toHaveBeenCalledTimes(1);
    });
  });

  it('is waited for between two ticks, too', async () => {
    const clock = new VirtualClock({ startAt: START });
    const scheduler = new TaskScheduler({ clock });
    const startedAt: number[] = [];
    scheduler.schedulePeriodic(() => { startedAt.push(clock.now() - START); }, { days: 40 });
    await clock.advanceBy(81 * DAY);
    expect(startedAt).toEqual([0, 40 * DAY, 80 * DAY]);
  });

  it('is waited for by the wall clock: a task 30 days ahead does not fire, until it is due', () => {
    jest.useFakeTimers({ now: START });
    const scheduler = new TaskScheduler();
    const work = jest.fn();
    scheduler.scheduleOneTime(work, START + 30 * DAY);
    jest.advanceTimersByTime(30 * DAY - 1);
    expect(work).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(work).toHaveBeenCalledTimes(1);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is one frame among others on TestScheduler', () => {
    const clock = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
    clock.run(({ expectObservable }) => {
      const scheduler = new TaskScheduler({ clock });
      const id = scheduler.scheduleOneTime(() => 1, 30 * DAY);
      const letter$ = scheduler.task$(id).pipe(map((task) => task.status.charAt(0)));
      expectObservable(letter$).toBe('P 43199m 59999ms (RC|)');
    });
  });

  it('reaches to the last instant that a Date can hold, and holds nothing else up', async () => {
    const clock = new VirtualClock({ startAt: START });
    const scheduler = new TaskScheduler({ clock });
    const far = scheduler.scheduleOneTime(() => 1, new Date(8.64e15));
    const near = scheduler.schedule(() => 2, after(1));
    await clock.advanceBy(1);
    expect(scheduler.getTask(far)).toMatchObject({ status: 'PENDING', nextRunAt: 8.64e15 });
    expect(scheduler.getTaskStatus(near)).toBe('COMPLETED');
  });
});
