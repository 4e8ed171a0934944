// Packed errors: how any error travels between threads, bounded, and with nothing in it that can't be copied.
import { types } from 'node:util';
import * as coreErrors from '../task/errors.js';
import { DoNotRetry, RetryAfter } from '../task/retry-errors.js';
import { show } from '../task/show.js';
import { checkCrossing } from './crossing.js';
import * as workerErrors from './errors.js';

/** An error as it travels, or a value of one. Plain data, of a bounded size; only `unpacker()` need know what is in it. */
export type PackedError =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'array' | 'set' | 'map'; readonly items: readonly PackedError[] }
  | { readonly kind: 'object'; readonly fields: readonly Field[] }
  | { readonly kind: 'error'; readonly isDom: boolean; readonly name: string; readonly message: string; readonly stack: string; readonly fields: readonly Field[] };

type Field = readonly [key: string, enumerable: boolean, value: PackedError];

/** Carillon's own, which come back as themselves, too. */
const OWN_CLASSES = new Map(Object.values({ ...coreErrors, ...workerErrors, DoNotRetry, RetryAfter }).filter((value) => value.prototype instanceof Error).map((ownClass) => [ownClass.name, ownClass]));

/** How much of an error travels: what is longer, wider or deeper is cut. */
const LIMITS = { characters: 250_000, text: 10_000, items: 100, depth: 8, bits: 1_024 };

/** How many characters may still be used. */
interface Room { left: number }

/** Whatever was thrown, in a form that can cross; what `unpacker()` gives makes of it what it was. It never throws. */
export function packError(thrown: unknown): PackedError {
  const error = coreErrors.toError(thrown);
  try {
    if (error !== thrown) {
      checkCrossing(thrown, 'thrown');
      // The copy is made here and now: a getter may throw the next time.
      return { kind: 'value', value: structuredClone(thrown) };
    }
  } catch {
    // Then it is shown by an error.
  }
  const packed = pack(error);
  return packed.kind === 'error' ? packed : pack(new Error(show(thrown)));
}

/** Packs a value with all that is in it; what is no plain data is shown. Nothing is run but getters and `toJSON`, and those may throw. */
function pack(value: unknown, room: Room = { left: LIMITS.characters }, within: readonly object[] = []): PackedError {
  room.left -= 10;
  if (typeof value === 'string') return plain(cut(value, room));
  if (typeof value === 'bigint') return plain(BigInt.asIntN(LIMITS.bits, value) === value ? value : 'a very long bigint');
  if (typeof value === 'function' || typeof value === 'symbol') return plain(show(value));
  if (typeof value !== 'object' || value === null) return plain(value);
  if (within.includes(value)) return plain('[Circular]');
  if (within.length > LIMITS.depth || room.left <= 0) return plain(show(value));
  // What comes first must not leave too little for the rest.
  const share = { left: room.left * 0.75 };
  const given = share.left;
  try {
    return packObject(value, share, [...within, value]);
  } catch {
    return plain(show(value));
  } finally {
    room.left -= given - share.left;
  }
}

function packObject(value: object, room: Room, within: readonly object[]): PackedError {
  const list = (items: Iterable<unknown>, size: number): PackedError[] => {
    const packed: PackedError[] = [];
    for (const item of items) {
      if (packed.length === LIMITS.items) return [...packed, plain(`… and ${size - LIMITS.items} more`)];
      packed.push(pack(item, room, within));
    }
    return packed;
  };
  if (Array.isArray(value)) return { kind: 'array', items: list(value, value.length) };
  if (types.isMap(value)) return { kind: 'map', items: list(value, value.size) };
  if (types.isSet(value)) return { kind: 'set', items: list(value, value.size) };
  if (types.isDate(value)) return plain(structuredClone(value));
  if (types.isRegExp(value)) return plain(cut(RegExp.prototype.toString.call(value), room));
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) {
    room.left -= value.byteLength;
    return plain(types.isUint8Array(value) && value.length <= LIMITS.text ? Uint8Array.from(value) : `${value.byteLength} bytes`);
  }
  if (coreErrors.toError(value) === value) return packWhole(value as Error, room, within);
  const { toJSON } = value as { readonly toJSON?: unknown };
  if (typeof toJSON === 'function') return pack(toJSON.call(value), room, within);
  return { kind: 'object', fields: fieldsOf(value, Object.keys(value), room, within) };
}

function packWhole(error: Error, room: Room, within: readonly object[]): PackedError {
  const text = (key: 'name' | 'message' | 'stack', otherwise: string): string => {
    const found = read(error, key);
    return cut(typeof found === 'string' ? found : otherwise, room);
  };
  const isDom = Object.prototype.toString.call(error) === '[object DOMException]';
  const name = text('name', 'Error');
  const message = text('message', '(it has no message that can be read)');
  const stack = text('stack', `${name}: ${message}`);
  const keys = new Set(['code', 'cause', 'errors', ...Object.keys(error)].filter((key) => Object.hasOwn(error, key)));
  // A class may have its code as a getter; that of a DOMException comes with its name.
  if (!isDom && !keys.has('code') && read(error, 'code') !== undefined) keys.add('code');
  for (const key of ['name', 'message', 'stack']) keys.delete(key);
  return { kind: 'error', isDom, name, message, stack, fields: fieldsOf(error, [...keys], room, within) };
}

function fieldsOf(value: object, keys: readonly string[], room: Room, within: readonly object[]): Field[] {
  const fields: Field[] = [];
  for (const key of keys.slice(0, LIMITS.items)) {
    const item = read(value, key);
    const enumerable = Object.getOwnPropertyDescriptor(value, key)?.enumerable ?? true;
    if (typeof item !== 'function') fields.push([cut(key, room), enumerable, pack(item, room, within)]);
  }
  return fields;
}

function read(value: object, key: string): unknown {
  try {
    return Reflect.get(value, key) as unknown;
  } catch {
    return '(its getter throws)';
  }
}

function cut(text: string, room: Room): string {
  const most = Math.max(0, Math.min(LIMITS.text, room.left));
  room.left -= Math.min(text.length, most);
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

function plain(value: unknown): PackedError {
  return { kind: 'value', value };
}

/** Makes an error of a standard class by its name, or one of class Error that has the name. */
export type Revive = (error: { readonly name: string; readonly message: string; readonly stack: string }) => Error;

/** What makes of a packed error what was packed: an error of its standard class or of carillon's own, or of class Error with its own name; any other value as it was. */
export function unpacker(revive: Revive): (packed: PackedError) => unknown {
  const unpack = (packed: PackedError): unknown => {
    switch (packed.kind) {
      case 'value': return packed.value;
      case 'array': return packed.items.map(unpack);
      case 'set': return new Set(packed.items.map(unpack));
      case 'map': return new Map(packed.items.map(unpack).filter(Array.isArray) as [unknown, unknown][]);
      case 'object': return withFields({}, packed.fields);
      case 'error': return withFields(revived(packed), packed.fields);
    }
  };
  const revived = ({ isDom, name, message, stack }: PackedError & { readonly kind: 'error' }): Error => {
    const own = OWN_CLASSES.get(name);
    if (own) return Object.setPrototypeOf(revive({ name, message, stack }), own.prototype as object) as Error;
    if (!isDom) return revive({ name, message, stack });
    const error = new DOMException(message, name);
    Object.defineProperty(error, 'stack', { value: stack, configurable: true, writable: true });
    return error;
  };
  const withFields = (target: object, fields: readonly Field[]): object => {
    for (const [key, enumerable, value] of fields) {
      Reflect.defineProperty(target, key, { value: unpack(value), enumerable, configurable: true, writable: true });
    }
    return target;
  };
  return unpack;
}
