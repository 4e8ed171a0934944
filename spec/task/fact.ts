// Facts for specs: events of any type, numbered and stamped as an engine would.
import type { TaskEvent } from '../../src/task/event.js';

type EventOf<K extends TaskEvent['type']> = Extract<TaskEvent, { type: K }>;
/** What a fact of this type says, of its own. */
export type Said<K extends TaskEvent['type']> = Omit<EventOf<K>, 'v' | 'seq' | 'at' | 'type'>;

/** Makes events, each a frozen one with the next number; the k-th happens at `1000 * k`. */
export function journal(): <K extends TaskEvent['type']>(type: K, said: Said<K>) => EventOf<K> {
  let seq = 0;
  return (type, said) => {
    seq++;
    return Object.freeze({ v: 1, seq, at: 1_000 * seq, type, ...said }) as unknown as EventOf<typeof type>;
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
