// The reference: the least code that can do it. One record a task with the same state, a binary heap of them, one Node
// timer. No streams, no options, no checks; and when many are due it holds the event loop until all have started.
import { newId } from './new-id.mjs';

export const firstTick = 0;

export function open({ concurrency = Infinity, virtual = false } = {}) {
  const tasks = new Map();
  const heap = [];
  let queue = [];
  let head = 0;
  let running = 0;
  let timer;
  let armedFor = Infinity;
  let now = 0;
  const clock = virtual ? () => now : Date.now;

  function place(task, index) {
    heap[index] = task;
    task.index = index;
  }

  function rise(task, index) {
    for (let parent; index > 0 && task.nextRunAt < heap[parent = (index - 1) >> 1].nextRunAt; index = parent) place(heap[parent], index);
    place(task, index);
  }

  function sink(task, index) {
    for (let child; (child = 2 * index + 1) < heap.length; index = child) {
      if (child + 1 < heap.length && heap[child + 1].nextRunAt < heap[child].nextRunAt) child++;
      if (heap[child].nextRunAt >= task.nextRunAt) break;
      place(heap[child], index);
    }
    place(task, index);
  }

  function remove(task) {
    const { index } = task;
    const last = heap.pop();
    task.index = -1;
    if (last === task) return;
    rise(last, index);
    if (last.index === index) sink(last, index);
  }

  function arm() {
    if (virtual || heap.length === 0 || heap[0].nextRunAt >= armedFor) return;
    clearTimeout(timer);
    armedFor = heap[0].nextRunAt;
    timer = setTimeout(wake, Math.min(Math.max(0, armedFor - Date.now()), 60_000));
  }

  function wake() {
    armedFor = Infinity;
    runDue(clock());
    arm();
  }

  function runDue(until) {
    while (heap.length > 0 && heap[0].nextRunAt <= until) {
      const task = heap[0];
      now = task.nextRunAt;
      if (task.period === 0) {
        remove(task);
        task.nextRunAt = undefined;
      } else {
        task.nextRunAt += task.period;
        sink(task, 0);
      }
      if (running < concurrency) start(task);
      else queue.push(task);
    }
  }

  function start(task) {
    running++;
    task.status = 'RUNNING';
    task.runCount++;
    task.startedAt = clock();
    let result;
    try {
      result = task.work(...task.args);
    } catch (error) {
      end(task, 'FAILED', undefined, error);
      return;
    }
    if (result instanceof Promise) result.then((value) => end(task, 'COMPLETED', value), (error) => end(task, 'FAILED', undefined, error));
    else end(task, 'COMPLETED', result);
  }

  function end(task, status, result, error) {
    running--;
    if (status === 'FAILED') task.failedCount++;
    else task.completedCount++;
    task.status = task.period === 0 ? status : 'PENDING';
    task.result = result;
    task.error = error;
    task.finishedAt = clock();
    if (head === queue.length) return;
    start(queue[head++]);
    if (head * 2 > queue.length) [queue, head] = [queue.slice(head), 0];
  }

  function add(work, nextRunAt, period, { args = [], name, tags } = {}) {
    const id = newId();
    const task = {
      id, name, tags, work, args, period, index: -1, status: 'PENDING', nextRunAt, scheduledAt: clock(), startedAt: undefined, finishedAt: undefined,
      runCount: 0, completedCount: 0, failedCount: 0, result: undefined, error: undefined,
    };
    tasks.set(id, task);
    heap.push(task);
    rise(task, heap.length - 1);
    arm();
    return id;
  }

  return {
    once: (work, at, options) => add(work, at, 0, options),
    every: (work, ms) => add(work, clock(), ms),
    cancel: (id) => {
      const task = tasks.get(id);
      task.status = 'CANCELLED';
      task.finishedAt = clock();
      remove(task);
      return tasks.delete(id);
    },
    statusOf: (id) => tasks.get(id).status,
    resultOf: (id) => tasks.get(id).result,
    advanceTo: runDue,
    close: () => {
      heap.length = 0;
      clearTimeout(timer);
    },
  };
}
