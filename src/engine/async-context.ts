// The asynchronous context in which work is called: what an AsyncLocalStorage holds there.
import { AsyncResource } from 'node:async_hooks';

/** A context to come back to. */
export type AsyncContext = Pick<AsyncResource, 'runInAsyncScope'>;

/**
 * The context of the call in progress, for work that is due once: it goes on with what its caller began.
 *
 * RxJS knows nothing of contexts, and one timer wakes all tasks; so it has to be remembered (opentelemetry-js-contrib#2138).
 */
export function currentContext(): AsyncContext {
  return new CallContext('carillon.task', OPTIONS);
}

/** A class of its own is half the size: V8 gives Node's own room for fields that other resources have. */
class CallContext extends AsyncResource {}

/** Nobody is to be told when it is collected, which would cost as much as all the rest. */
const OPTIONS = { requireManualDestroy: true };
