// New ids: by default random UUIDs, as one flat string each.
import { randomFillSync } from 'node:crypto';
import { v4 as uuid } from 'uuid';
import type { FailureReport } from './failure-report.js';
import { text } from './task/check.js';

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
    return textOf(view, at);
  };
}

/**
 * The text of a UUID. A string that is concatenated, as the ones of Node and of uuid are, keeps its 14 pieces, and with them
 * 450 bytes, for as long as it lives; this one is flat. It is spelt out since a call with 36 characters takes a quarter of
 * the time of one that is given a list of them.
 */
function textOf(bytes: DataView, at: number): string {
  const a = bytes.getUint32(at);
  const b = bytes.getUint32(at + 4);
  const c = bytes.getUint32(at + 8);
  const d = bytes.getUint32(at + 12);
  return String.fromCharCode(
    digit(a >>> 28), digit(a >>> 24), digit(a >>> 20), digit(a >>> 16),
    digit(a >>> 12), digit(a >>> 8), digit(a >>> 4), digit(a), DASH,
    digit(b >>> 28), digit(b >>> 24), digit(b >>> 20), digit(b >>> 16), DASH,
    digit(b >>> 12), digit(b >>> 8), digit(b >>> 4), digit(b), DASH,
    digit(c >>> 28), digit(c >>> 24), digit(c >>> 20), digit(c >>> 16), DASH,
    digit(c >>> 12), digit(c >>> 8), digit(c >>> 4), digit(c),
    digit(d >>> 28), digit(d >>> 24), digit(d >>> 20), digit(d >>> 16),
    digit(d >>> 12), digit(d >>> 8), digit(d >>> 4), digit(d),
  );
}

/** The character code of the last hexadecimal digit. */
function digit(value: number): number {
  return DIGITS[value & 15] as number;
}
