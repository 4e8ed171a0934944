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

const DIGITS = new Uint8Array(Buffer.from('0123456789abcdef', 'latin1'));
const DASH = 45;
const BYTES = 16;

/**
 * Makes a generator of random UUIDs (RFC 9562, version 4).
 *
 * Random bytes come by the pool, for to ask for some takes 30 µs, however few they are; and each UUID is made in its place
 * there.
 */
function uuids(): () => string {
  const pool = new Uint8Array(32_768);
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
    return textOf(pool, at);
  };
}

/**
 * The text of a UUID. A string that is concatenated, as the ones of Node and of uuid are, keeps its 14 pieces, and with them
 * 450 bytes, for as long as it lives; this one is flat. It is spelt out since a call with 36 characters takes a quarter of
 * the time of one that is given a list of them.
 */
function textOf(bytes: Uint8Array, at: number): string {
  const high = (i: number): number => DIGITS[(bytes[at + i] as number) >> 4] as number;
  const low = (i: number): number => DIGITS[(bytes[at + i] as number) & 15] as number;
  return String.fromCharCode(
    high(0), low(0), high(1), low(1), high(2), low(2), high(3), low(3), DASH,
    high(4), low(4), high(5), low(5), DASH,
    high(6), low(6), high(7), low(7), DASH,
    high(8), low(8), high(9), low(9), DASH,
    high(10), low(10), high(11), low(11), high(12), low(12), high(13), low(13), high(14), low(14), high(15), low(15),
  );
}
