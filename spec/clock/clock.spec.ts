import { describe, expect, it, jest } from '@jest/globals';
import { concatMap, endWith, Observable, Subject } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { jumpsOf, scheduleAt } from '../../src/clock/clock.js';
import type { ClockJump } from '../../src/clock/clock.js';
import { VirtualClock } from '../../src/clock/virtual-clock.js';
import { WallClock } from '../../src/clock/wall-clock.js';

const testScheduler = () => new TestScheduler((actual, expected) => expect(actual).toEqual(expected));

describe('scheduleAt', () => {
  it('uses the clock’s own scheduleAt', async () => {
    const clock = new VirtualClock({ startAt: 100 });
    const ran: string[] = [];
    scheduleAt(clock, (state?: string) => ran.push(`${String(state)} at ${clock.now()}`), 150, 'state');
    scheduleAt(clock, () => ran.push('cancelled'), 150).unsubscribe();
    await clock.runToIdle();
    expect(ran).toEqual(['state at 150']);
  });

  it('so waits for the wall clock, wherever that is set', () => {
    jest.useFakeTimers({ now: 1_000_000 });
    try {
      const clock = new WallClock();
      const ran: number[] = [];
      scheduleAt(clock, () => ran.push(clock.now()), 1_010_000);
      jest.setSystemTime(900_000);
      jest.advanceTimersByTime(109_999);
      expect(ran).toEqual([]);
      jest.advanceTimersByTime(1);
      expect(ran).toEqual([1_010_000]);
    } finally {
      jest.useRealTimers();
    }
  });

  it('counts the delay from now on a scheduler that has none', () => {
    const clock = testScheduler();
    clock.run(({ cold, expectObservable }) => {
      const dueAt = (due: number) =>
        new Observable<string | undefined>((subscriber) =>
          scheduleAt(
            clock,
            (state?: string) => {
              subscriber.next(state);
              subscriber.complete();
            },
            due,
            'd',
          ),
        );
      //                                              -----5----
      expectObservable(dueAt(5)).toBe('               -----(d|) ');
      const late = cold('                             -------|  ').pipe(endWith(0), concatMap(() => dueAt(5)));
      expectObservable(late).toBe('                   -------(d|)');
      expectObservable(dueAt(5), '                    ---!      ').toBe('-');
    });
  });

  it('waits there no longer than a Node timer can: who waits for an instant looks again', () => {
    const clock = testScheduler();
    const schedule = jest.spyOn(clock, 'schedule');
    const work = () => undefined;
    for (const due of [2 ** 31 - 1, 2 ** 31, 1e15, -5, NaN]) scheduleAt(clock, work, due);
    expect(schedule.mock.calls.map(([, delay]) => delay)).toEqual([2 ** 31 - 1, 2 ** 31 - 1, 2 ** 31 - 1, 0, 0]);
  });
});

describe('jumpsOf', () => {
  it('gives the jumps of a clock', () => {
    const jumps$ = new Subject<ClockJump>();
    const clock = Object.assign(new VirtualClock(), { jumps$ });
    const seen: ClockJump[] = [];
    jumpsOf(clock).subscribe((jump) => seen.push(jump));
    jumps$.next({ at: 5, by: -100 });
    expect(seen).toEqual([{ at: 5, by: -100 }]);
  });

  it('neither emits nor ends for any other scheduler', () => {
    testScheduler().run(({ expectObservable }) => {
      expectObservable(jumpsOf(testScheduler())).toBe('---');
      expectObservable(jumpsOf(new VirtualClock())).toBe('---');
    });
  });
});
