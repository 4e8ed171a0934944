// Effect's TestClock: a fiber a task, which repeats its effect on a schedule.
import { Effect, Schedule } from 'effect';
import { TestClock } from 'effect/testing';

export const firstTick = 1;

export async function simulate({ n, period, span, work }) {
  const task = Effect.sync(work).pipe(Effect.delay(period), Effect.repeat(Schedule.forever));
  const program = Effect.gen(function* () {
    for (let i = 0; i < n; i++) yield* Effect.forkChild(task);
    yield* Effect.yieldNow;
    yield* TestClock.adjust(span);
  });
  return { go: () => Effect.runPromise(Effect.provide(program, TestClock.layer())), end: () => undefined };
}
