// New ids: by default random UUIDs, as one flat string each.
import { randomFillSync } from 'node:crypto';
import { v4 as uuid } from 'uuid';
import type { FailureReport } from './failure-report.js';
import { text } from './task/options.js';

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

const DIGITS = Buffer.from('0123456789abcdef', 'latin1');
/** Where the 16 bytes stand among the dashes. */
const PLACES = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];

/**
 * Makes a generator of random UUIDs (RFC 9562, version 4).
 *
 * A string that is concatenated, as the ones of Node and of uuid are, keeps its 14 pieces, and with them 450 bytes, for as
 * long as it lives; so the text is written into a buffer, and read as a whole. Random bytes come by the pool, for to ask
 * for some takes 30 µs, however few they are.
 */
function uuids(): () => string {
  const pool = new Uint8Array(32_768);
  let used = pool.length;
  const random = new Uint8Array(16);
  const options = { random };
  const bytes = new Uint8Array(16);
  const text = Buffer.from('00000000-0000-0000-0000-000000000000', 'latin1');
  return () => {
    if (used === pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    for (let i = 0; i < 16; i++) random[i] = pool[used++] as number;
    uuid(options, bytes);
    for (let i = 0; i < 16; i++) {
      const byte = bytes[i] as number;
      const place = PLACES[i] as number;
      text[place] = DIGITS[byte >> 4] as number;
      text[place + 1] = DIGITS[byte & 15] as number;
    }
    return text.toString('latin1');
  };
}
