// The root context: what a timer is armed in, so that it goes off in nobody's AsyncLocalStorage.
import { AsyncResource } from 'node:async_hooks';

const root = new AsyncResource('carillon.clock', { requireManualDestroy: true });

/** Calls a function in the asynchronous context in which this module was loaded: that of no request, nor of any task. */
export function inRootContext<A extends readonly unknown[], T>(call: (...args: A) => T, ...args: A): T {
  return root.runInAsyncScope(call, undefined, ...args);
}
