// p-queue: a queue of promises with a concurrency limit. It knows no due times and keeps no state.
import PQueue from 'p-queue';

export const entry = import.meta.resolve('p-queue');

export function open({ concurrency }) {
  const queue = new PQueue({ concurrency });
  return {
    once: (work, _at, { args }) => queue.add(() => work(...args)),
    statusOf: () => 'COMPLETED',
    resultOf: (promise) => promise,
    close: () => queue.onIdle(),
  };
}
