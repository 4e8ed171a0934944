// workerpool: a pool of threads (or processes), whose functions are called by name.
import { fileURLToPath } from 'node:url';
import workerpool from 'workerpool';

const script = fileURLToPath(new URL('workerpool-work.mjs', import.meta.url));

export function openThreads({ threads, name }) {
  const pool = workerpool.pool(script, { workerType: 'thread', minWorkers: threads, maxWorkers: threads });
  return { call: (...args) => pool.exec(name, args), close: () => pool.terminate() };
}
