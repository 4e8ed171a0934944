// Packed facts: how the states of tasks and runs, and events, travel between threads, whatever work has put into them.
import { checkCrossing } from './crossing.js';
import { because } from './crash.js';
import { NotSerializableError } from './errors.js';
import { unpackError } from './error-codec.js';
import { packError, type PackedError } from './packed-error.js';

/** A state or an event as it travels. Only `unpackFacts()` need know what is in it. */
export type PackedFacts = Readonly<Record<string, unknown>> & {
  /** Why a field is missing: its value can't cross. */
  readonly withheld?: Readonly<Record<string, PackedError>>;
};

/**
 * How something travels.
 *
 * What passes the check may still not be copied: it is too deep, or a getter of it says something else the second time. To try that costs a copy, so it
 * is tried only when a message could not be sent: then `pack` is `careful`.
 */
export interface Codec {
  readonly pack: (value: never, careful: boolean) => unknown;
  readonly unpack: (packed: never) => unknown;
}

/** The fields that may hold anything that work has made. */
const OF_WORK: ReadonlySet<string> = new Set(['progress', 'result']);
/** The fields that hold what was thrown, or given as a reason. */
const THROWN: ReadonlySet<string> = new Set(['error', 'cancelReason']);

/** A state, a run or an event. Packing never throws; a field whose value can't cross is withheld, and to look at it later throws a `NotSerializableError`. */
export const facts = { pack: packFacts, unpack: unpackFacts } satisfies Codec;

/** A result by itself. */
export const value = { pack: packValue, unpack: (packed: unknown) => packed } satisfies Codec;

/** An error by itself, if there is one. */
export const error = {
  pack: (thrown: Error | undefined) => thrown && packError(thrown),
  unpack: (packed: PackedError | undefined) => packed && unpackError(packed),
} satisfies Codec;

function packFacts(given: object, careful: boolean): PackedFacts {
  const packed: Record<string, unknown> = {};
  let withheld: Record<string, PackedError> | undefined;
  for (const field of Object.keys(given)) {
    try {
      const found = Reflect.get(given, field) as unknown;
      packed[field] = OF_WORK.has(field) ? packValue(found, careful, field) : THROWN.has(field) ? packError(found)
        : field === 'lastRun' ? packFacts(found as object, careful) : found;
    } catch (refusal) {
      withheld = { ...withheld, [field]: packError(refusal) };
    }
  }
  return withheld ? { ...packed, withheld } : packed;
}

function unpackFacts({ withheld, ...packed }: PackedFacts): object {
  const unpacked: Record<string, unknown> = packed;
  for (const field of THROWN) if (field in unpacked) unpacked[field] = unpackError(unpacked[field] as PackedError);
  for (const [field, why] of Object.entries(withheld ?? {})) {
    Object.defineProperty(unpacked, field, { get: () => { throw unpackError(why); }, enumerable: true });
  }
  const { lastRun, tags } = unpacked;
  if (lastRun) unpacked['lastRun'] = unpackFacts(lastRun as PackedFacts);
  Object.freeze(tags);
  return Object.freeze(unpacked);
}

/** @throws NotSerializableError */
function packValue(found: unknown, careful: boolean, path = 'result'): unknown {
  checkCrossing(found, path);
  try {
    if (careful) structuredClone(found);
  } catch (cause) {
    throw new NotSerializableError(path, `${path} can't be copied: ${because(cause)}`, { cause });
  }
  return found;
}
