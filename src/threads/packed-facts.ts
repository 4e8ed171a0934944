// Packed facts: how the states of tasks and runs, and events, travel between threads, whatever work has put into them.
import { checkCrossing } from './crossing.js';
import { packError, unpackError, type PackedError } from './packed-error.js';

/** A state or an event as it travels. Only `unpackFacts()` need know what is in it. */
export type PackedFacts = Readonly<Record<string, unknown>> & {
  /** Why a field is missing: its value can't cross. */
  readonly withheld?: Readonly<Record<string, PackedError>>;
};

/** The fields that may hold anything that work has made. */
const OF_WORK = ['progress', 'result'] as const;
/** The fields that hold what was thrown, or given as a reason. */
const THROWN = ['error', 'cancelReason'] as const;

/** It never throws. */
export function packFacts(facts: object): PackedFacts {
  const packed: Record<string, unknown> = { ...facts };
  for (const field of THROWN) if (field in packed) packed[field] = packError(packed[field]);
  for (const field of OF_WORK) {
    try {
      if (field in packed) checkCrossing(packed[field], field);
    } catch (error) {
      packed[field] = undefined;
      packed['withheld'] = { ...packed['withheld'] as object | undefined, [field]: packError(error) };
    }
  }
  const { lastRun } = packed;
  if (lastRun) packed['lastRun'] = packFacts(lastRun);
  return packed;
}

/** What was packed, frozen. To look at a field that could not cross throws a `NotSerializableError`. */
export function unpackFacts({ withheld, ...packed }: PackedFacts): object {
  const facts: Record<string, unknown> = packed;
  for (const field of THROWN) if (field in facts) facts[field] = unpackError(facts[field] as PackedError);
  for (const [field, why] of Object.entries(withheld ?? {})) {
    Object.defineProperty(facts, field, { get: () => { throw unpackError(why); }, enumerable: true });
  }
  const { lastRun, tags } = facts;
  if (lastRun) facts['lastRun'] = unpackFacts(lastRun as PackedFacts);
  Object.freeze(tags);
  return Object.freeze(facts);
}

/** @throws NotSerializableError */
export function packValue(value: unknown): unknown {
  checkCrossing(value, 'result');
  return value;
}

export function packOptionalError(error: Error | undefined): PackedError | undefined {
  return error && packError(error);
}

export function unpackOptionalError(packed: PackedError | undefined): unknown {
  return packed && unpackError(packed);
}
