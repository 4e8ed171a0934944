// Thenables: what counts as a promise, whoever made it.

/** Whether `await` would wait for it. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (typeof value === 'object' || typeof value === 'function') && value !== null
    && 'then' in value && typeof value.then === 'function';
}
