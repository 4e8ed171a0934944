// New ids: by default random UUIDs, as one flat string each.
import { randomFillSync } from 'node:crypto';
import { v4 as uuid } from 'uuid';
import type { FailureReport } from './failure-report.js';
import { text } from './task/check.js';
import { uuidText } from './task/uuid.js';

/** Where new ids come from. */
export interface NewIds {
  /** An id for a call that can be refused. @throws whatever the user's `newId` throws, and InvalidArgumentError */
  readonly forCall: () => string;
  /** An id for the run of a tick, which can't be refused: when the user's `newId` fails, a UUID. */
  readonly forTick: () => string;
  /** They are random UUIDs, so none comes twice. */
  readonly areRandom: boolean;
}

/** @param newId the user's own, if any */
export function newIds(newId: (() => string) | undefined, report: FailureReport): NewIds {
  const newUuid = uuids();
  if (!newId) return { forCall: newUuid, forTick: newUuid, areRandom: true };
  const forCall = (): string => text(newId(), 'newId()');
  return {
    forCall,
    areRandom: false,
    forTick: () => {
      try {
        return forCall();
      } catch (error) {
        report(error);
        return newUuid();
      }
    },
  };
}

const BYTES = 16;

/**
 * Makes a generator of random UUIDs (RFC 9562, version 4).
 *
 * Random bytes come by the pool, for to ask for some takes 30 µs, however few they are; and each UUID is made in its place
 * there.
 */
function uuids(): () => string {
  const pool = new Uint8Array(32_768);
  const view = new DataView(pool.buffer);
  let used = pool.length;
  const random = new Uint8Array(BYTES);
  const options = { random };
  return () => {
    if (used === pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    const at = used;
    used += BYTES;
    for (let i = 0; i < BYTES; i++) random[i] = pool[at + i] as number;
    uuid(options, pool, at);
    return uuidText(view.getInt32(at), view.getInt32(at + 4), view.getInt32(at + 8), view.getInt32(at + 12));
  };
}
