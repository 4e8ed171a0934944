// A process that schedules 100,000 tasks, cancels them, and never stops its scheduler. Run with --expose-gc.
import { after, TaskScheduler } from '../../../src/index.js';

const TASKS = 100_000;
const scheduler = new TaskScheduler({ retention: { tasks: 0 } });
const work = (): void => undefined;

function heapInMb(): number {
  for (let round = 0; round < 3; round++) globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

function scheduleAndCancel(count: number): { readonly pendingMb: number; readonly ms: number } {
  const start = performance.now();
  const ids = Array.from({ length: count }, (_, index) => scheduler.schedule(work, after(3_600_000 + index), { args: [] }));
  const ms = performance.now() - start;
  const pendingMb = heapInMb();
  const cancelStart = performance.now();
  for (const id of ids) scheduler.cancelTask(id);
  return { pendingMb, ms: ms + performance.now() - cancelStart };
}

// The first few make the machine's own share of the heap, such as compiled code.
scheduleAndCancel(2_000);
const before = heapInMb();
const { pendingMb, ms } = scheduleAndCancel(TASKS);
const after100k = heapInMb();
console.log(JSON.stringify({
  ms, pendingMb: pendingMb - before, leftMb: after100k - before, known: scheduler.getTasks().length, stats: scheduler.stats(),
  timers: process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout' || resource === 'Immediate').length,
}));
