// What is built into Node: one Worker a thread, of the lowest priority that there is, and a queue. The least code that can do it.
import { setPriority } from 'node:os';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';

const LOWEST = 19;

if (!isMainThread) {
  // On Linux, that of this thread alone.
  setPriority(0, LOWEST);
  const { [workerData]: work } = await import('./thread-work.mjs');
  parentPort.on('message', async (args) => { parentPort.postMessage(await work(...args)); });
}

export function openThreads({ threads, name }) {
  const free = Array.from({ length: threads }, () => new Worker(new URL(import.meta.url), { workerData: name }));
  const workers = [...free];
  const waiting = [];
  const next = () => {
    if (free.length === 0 || waiting.length === 0) return;
    const worker = free.pop();
    const { args, resolve } = waiting.shift();
    worker.once('message', (result) => {
      free.push(worker);
      next();
      resolve(result);
    });
    worker.postMessage(args);
  };
  return {
    call: (...args) => new Promise((resolve) => {
      waiting.push({ args, resolve });
      next();
    }),
    close: () => Promise.all(workers.map((worker) => worker.terminate())),
  };
}
