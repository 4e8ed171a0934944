// The three tasks that everybody tries first: one in the future, one that repeats, one that fails.
import { after, type TaskScheduler } from 'carillon';
import { filter } from 'rxjs';
import { IN_VIEW } from './in-view.js';

/** Marks a task whose failure is part of the show, so that the summary can tell it from a real one. */
export const FAILS_ON_PURPOSE = 'fails on purpose';

/** @param print what the tasks print with: while a live table is on the screen, `console.log` would write across it */
export function scheduleExamples(scheduler: TaskScheduler, print: (line: string) => void): void {
  function sayHello(name: string): string {
    print(`Hello, ${name}!`);
    return `Greeting for ${name} sent.`;
  }

  function countUp(count: number, step: number): number {
    print(`Counting: ${count}`);
    return count + step;
  }

  function divideByZero(dividend: bigint): bigint {
    return dividend / 0n;
  }

  // 1. One time. The arguments are checked against the function, and the id remembers what it returns.
  const greeting = scheduler.scheduleOneTime(sayHello, new Date(Date.now() + 2000), { args: ['Alice'], name: 'say hello', tags: [IN_VIEW] });
  scheduler.results$(greeting).subscribe((result) => { print(result); });

  // 2. Periodic, the first time at once. `carry` makes the next arguments of each result.
  const counter = scheduler.schedulePeriodic(countUp, { seconds: 1 }, {
    args: [0, 1],
    carry: (sum, [, step]) => [sum, step],
    name: 'count up',
    tags: [IN_VIEW],
  });
  // It would go on for ever. A task may steer others, and so be the one that ends it, right after 3.
  scheduler.schedule(() => scheduler.stopTask(counter), after('3.5s'), { name: 'stop counting', tags: [IN_VIEW] });

  // 3. A task that throws. That is a state of the task, no more: its stream goes on, and so does everything else.
  const bad = scheduler.scheduleOneTime(divideByZero, Date.now() + 1000, {
    args: [10n],
    name: 'divide by zero',
    tags: [IN_VIEW, FAILS_ON_PURPOSE],
  });
  scheduler.task$(bad)
    .pipe(filter((task) => task.status === 'FAILED'))
    .subscribe(({ name, status, error }) => { print(`The task "${String(name)}" is ${status}: ${String(error)}`); });
}
