// What a user's compiler must accept, and what it must refuse.
import { every, once, TaskScheduler, type TaskState } from 'carillon';
import { VirtualClock } from 'carillon/testing';
import type { Observable } from 'rxjs';

const greet = (name: string): string => `Hello, ${name}!`;
const add = async (sum: number, step: number): Promise<number> => Promise.resolve(sum + step);

const scheduler = new TaskScheduler({ clock: new VirtualClock(), concurrency: 2 });

const greeting = scheduler.scheduleOneTime(greet, new Date(), { args: ['Alice'] });
export const result: string | undefined = scheduler.getTaskResult(greeting);
export const states$: Observable<TaskState> = scheduler.task$(greeting);
export const results$: Observable<string> = scheduler.results$(greeting);

const sums = scheduler.schedulePeriodic(add, { seconds: 1 }, { args: [0, 1], carry: (sum, [, step]) => [sum, step] });
export const sum: Promise<number> = scheduler.result(sums);

scheduler.schedule(greet, once(Date.now() + 1000), { args: ['Bob'] });
scheduler.schedule(() => undefined, every('250ms'));

const state = scheduler.getTask(sums);
export const error: Error | undefined = state.status === 'FAILED' ? state.error : undefined;

// @ts-expect-error: the name is missing
scheduler.scheduleOneTime(greet, new Date());
// @ts-expect-error: a number is no name
scheduler.scheduleOneTime(greet, new Date(), { args: [1] });
// @ts-expect-error: carry must give both arguments
scheduler.schedulePeriodic(add, 1000, { args: [0, 1], carry: (total) => [total] });
