// No threads: the function is called where everything else runs.
import * as work from './thread-work.mjs';

export function openThreads({ name }) {
  return { call: work[name], close: () => undefined };
}
