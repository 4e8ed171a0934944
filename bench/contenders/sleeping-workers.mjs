// The bare workers with work that takes as long and keeps no processor busy: what the results alone make of a beat.
import { openThreads as openBare } from './bare-workers.mjs';

export function openThreads({ threads }) {
  return openBare({ threads, name: 'sleep' });
}
