// Facts for specs: events of any type, numbered and stamped as an engine would.
import type { TaskEvent } from '../../src/task/event.js';

type EventOf<K extends TaskEvent['type']> = Extract<TaskEvent, { type: K }>;
/** What a fact of this type says, of its own. */
export type Said<K extends TaskEvent['type']> = Omit<EventOf<K>, 'v' | 'seq' | 'at' | 'type'>;

/** Makes events, each with the next number, and frozen but for that: a store counts for itself. The k-th happens at `1000 * k`. */
export function journal(): <K extends TaskEvent['type']>(type: K, said: Said<K>) => EventOf<K> {
  let seq = 0;
  return (type, said) => {
    seq++;
    const event = { v: 1, seq, at: 1_000 * seq, type, ...said };
    for (const field of Object.keys(event)) Object.defineProperty(event, field, { writable: field === 'seq', configurable: false });
    return Object.preventExtensions(event) as unknown as EventOf<typeof type>;
  };
}

/** What `call` throws. Fails when it throws nothing. */
export function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (thrown) {
    return thrown;
  }
  throw new Error('Nothing was thrown.');
}
