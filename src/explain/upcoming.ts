// Upcoming: the coming ticks of many tasks, merged in the order of time.
import { IndexedHeap } from '../clock/indexed-heap.js';
import { checkBag, countUpTo } from '../task/check.js';
import { instantMs, type InstantLike } from '../task/instant.js';
import type { TaskPlan } from '../task/plan.js';
import type { TaskId } from '../task/task.js';
import { ComingTicks } from './coming-ticks.js';

/** Which of the coming ticks. */
export interface UpcomingOptions {
  /** None before this instant. @default the next tick of each task, be it overdue */
  readonly from?: InstantLike | undefined;
  /** None at this instant or later. @default no end */
  readonly until?: InstantLike | undefined;
  /** How many at most: 1 to 100,000. @default 100 */
  readonly limit?: number | undefined;
}

/** A coming tick of a task. */
export interface UpcomingTick {
  readonly taskId: TaskId;
  readonly name?: string;
  /** When it is due, epoch ms. */
  readonly at: number;
  /** Its number, from 0. */
  readonly tick: number;
}

/** The options, checked. */
export interface UpcomingRequest {
  readonly from: number | undefined;
  readonly until: number | undefined;
  readonly limit: number;
}

const anInstant = (value: unknown, field: string): number => instantMs(value as InstantLike, field);
const CHECKS = {
  from: anInstant,
  until: anInstant,
  limit: countUpTo(100_000),
};

/** @throws InvalidArgumentError */
export function checkUpcoming(options: unknown): UpcomingRequest {
  return { from: undefined, until: undefined, limit: 100, ...checkBag(options, CHECKS, 'options') };
}

/** The next tick of one task, in a heap of those of all. */
interface Candidate {
  heapIndex: number;
  readonly plan: TaskPlan;
  readonly ticks: ComingTicks;
  at: number;
  /** Of ticks at one instant, those of earlier tasks come first. */
  readonly order: number;
}

/** The first ticks of all tasks that aren't paused: a look at each task, and then what the ticks cost that are told. */
export function upcomingTicks(plans: Iterable<TaskPlan>, { from, until = Infinity, limit }: UpcomingRequest): readonly UpcomingTick[] {
  const heap = new IndexedHeap<Candidate>();
  let order = 0;
  for (const plan of plans) {
    if (plan.paused || plan.due === null || plan.due >= until) continue;
    const ticks = new ComingTicks(plan, from);
    if (ticks.at !== null && ticks.at < until) heap.push({ heapIndex: -1, plan, ticks, at: ticks.at, order: order++ }, ticks.at);
  }
  const told: UpcomingTick[] = [];
  for (let next = heap.pop(); next && told.length < limit; next = heap.pop()) {
    const { plan: { taskId, policy: { name } }, ticks, at } = next;
    told.push(Object.freeze({ taskId, ...(name !== undefined && { name }), at, tick: ticks.tick }));
    ticks.advance();
    if (ticks.at === null || ticks.at >= until) continue;
    next.at = ticks.at;
    heap.push(next, next.at);
  }
  return Object.freeze(told);
}
