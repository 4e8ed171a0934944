// piscina: a pool of threads, with a handler that takes one value.
import { Piscina } from 'piscina';

const filename = new URL('piscina-work.mjs', import.meta.url).href;

export function openThreads({ threads, name }) {
  const piscina = new Piscina({ filename, name, minThreads: threads, maxThreads: threads, concurrentTasksPerWorker: 1 });
  return { call: (...args) => piscina.run(args), close: () => piscina.destroy() };
}
