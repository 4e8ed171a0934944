// Crossing to a worker and back: what may be copied or moved, and the path of what may not.
import { types } from 'node:util';
import { MessagePort, type Transferable } from 'node:worker_threads';
import { InvalidArgumentError } from '../task/errors.js';
import { show } from '../task/show.js';
import { NotSerializableError } from './errors.js';
import type { WorkerKind } from './protocol.js';

/** What can move to another thread instead of being copied. */
export type Movable = Transferable;

/** That nothing moves. */
export const NOTHING: readonly Movable[] = [];

const MARK: unique symbol = Symbol.for('carillon.transfer');

interface Marked { readonly [MARK]: { readonly value: unknown; readonly list: readonly Movable[] } }

/**
 * Marks a value so that what is in the list moves with it, instead of being copied. This side can't use it afterwards.
 *
 * @param value a whole argument, or a whole result
 * @throws InvalidArgumentError
 */
export function transfer<T>(value: T, list: readonly Movable[]): T {
  const given: unknown = list;
  if (!Array.isArray(given)) throw new InvalidArgumentError('list', given, `transfer(value, list) takes an array of what moves; it got ${show(given)}.`);
  for (const item of given as readonly unknown[]) {
    if (!isMovable(item)) {
      throw new InvalidArgumentError('list', item, `transfer() can move an ArrayBuffer, a MessagePort, a FileHandle or a stream; it got ${show(item)}. ` +
        (ArrayBuffer.isView(item) ? 'Put its .buffer in the list.' : 'Leave it out: it is copied.'));
    }
    if (isDetached(item)) throw new InvalidArgumentError('list', item, 'transfer() got an ArrayBuffer that has moved already. Make a new one.');
  }
  return { [MARK]: { value, list: [...new Set(list)] } } satisfies Marked as T;
}

/** What `transfer()` marked, and what moves with it: nothing to or from a process. Any other value is itself, and nothing moves. */
export function unwrap(value: unknown, to: WorkerKind): Marked[typeof MARK] {
  if (!isMarked(value)) return { value, list: NOTHING };
  return to === 'thread' ? value[MARK] : { ...value[MARK], list: NOTHING };
}

function isMarked(value: unknown): value is Marked {
  return typeof value === 'object' && value !== null && !types.isProxy(value) && Object.hasOwn(value, MARK);
}

function isMovable(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return false;
  if (types.isArrayBuffer(value) || value instanceof MessagePort) return true;
  for (let proto = protoOf(value); proto; proto = protoOf(proto)) if (bears(proto, 'messaging_transfer_symbol')) return true;
  return false;
}

/** Whether it is an ArrayBuffer, or a view of one, whose memory has moved. */
export function isDetached(value: unknown): boolean {
  const buffer = ArrayBuffer.isView(value) ? value.buffer : value;
  if (!types.isArrayBuffer(buffer) || buffer.byteLength > 0) return false;
  try {
    return new Uint8Array(buffer).length > 0;
  } catch {
    return true;
  }
}

/** Node's own classes that can be copied or moved say so by a symbol. */
function bears(proto: object, description: string): boolean {
  return Object.getOwnPropertySymbols(proto).some((symbol) => symbol.description === description);
}

function protoOf(value: object): object | null {
  return Object.getPrototypeOf(value) as object | null;
}

/** How to get at a part of a value; a path is made of these only when it is shown. */
interface Place {
  readonly parent: Place | undefined;
  readonly key: unknown;
  readonly show: (path: string, key: unknown) => string;
}

interface Part { readonly value: unknown; readonly place: Place }

/**
 * Looks through a value before it is sent. A copy must be like the original, so what would be changed silently is refused as well.
 *
 * @param path what the value is called in messages: `args[0]`
 * @param moved what moves with it
 * @param to a process is another matter than a thread: it shares no memory, and of Node's own objects nothing is copied there
 * @throws NotSerializableError for the first part that can't cross
 */
export function checkCrossing(value: unknown, path: string, moved: readonly unknown[] = [], to: WorkerKind = 'thread'): void {
  if (isHarmless(value)) return;
  const moves = new Set(moved);
  const seen = new Set<unknown>();
  const stack: Iterator<Part>[] = [[{ value, place: { parent: undefined, key: undefined, show: () => path } }].values()];
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const next = top.next();
    if (next.done) {
      stack.pop();
    } else if (!seen.has(next.value.value)) {
      const part = next.value;
      seen.add(part.value);
      const refusal = refusalOf(part.value, moves, to);
      if (refusal !== undefined) throw refused(part.place, refusal);
      if (!moves.has(part.value)) stack.push(partsOf(part.value as object, part.place));
    }
  }
}

/** Whether it crosses as it is, and nothing need be looked at. */
export function isHarmless(value: unknown): boolean {
  return value === null || (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol');
}

function refused(place: Place, why: string, options?: ErrorOptions): NotSerializableError {
  const places: Place[] = [];
  for (let at: Place | undefined = place; at; at = at.parent) places.push(at);
  const path = places.reduceRight((before, at) => at.show(before, at.key), '');
  const short = path.length > 300 ? `${path.slice(0, 150)}…${path.slice(-149)}` : path;
  return new NotSerializableError(short, `${short} ${why}`, options);
}

const COPIED: readonly (readonly [name: string, is: (value: unknown) => boolean])[] = [
  ['Array', Array.isArray], ['Date', types.isDate], ['RegExp', types.isRegExp], ['Map', types.isMap], ['Set', types.isSet],
  ['ArrayBuffer', types.isArrayBuffer], ['DataView', types.isDataView],
  ['Boolean', types.isBooleanObject], ['Number', types.isNumberObject], ['String', types.isStringObject], ['BigInt', types.isBigIntObject],
];
const COPIED_ERRORS = new Set(['Error', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError']);
const AT_HOME = /^(?:Promise|WeakMap|WeakSet|WeakRef|FinalizationRegistry|Symbol|Arguments|Module|Math|JSON|Reflect|Atomics|global|.*Generator|.* Iterator)$/;

/** Why a value can't cross, whatever its parts are; undefined if it can. */
function refusalOf(value: unknown, moves: ReadonlySet<unknown>, to: WorkerKind): string | undefined {
  if (typeof value === 'function') return 'is a function, and functions don\'t cross between threads. Hand over the data that it works on.';
  if (typeof value !== 'object' || value === null) return `is ${show(value)}: a symbol means nothing in another thread. Use a string.`;
  if (types.isProxy(value)) return 'is a Proxy, which can\'t be copied. Hand over a plain copy of what it stands for.';
  try {
    if (isMarked(value)) return 'is marked by transfer(), which is for a whole argument or result. Mark that, and list there what moves.';
    if (isDetached(value)) return 'has no memory any more: it has moved to a thread. Make a new one for each run.';
    if (moves.has(value)) return undefined;
    if (isPlain(value)) return refusalOfPlain(value);
    const name = classOf(value);
    if (types.isNativeError(value)) return refusalOfError(value, name);
    return isCopied(value, name, to) ? undefined : refusalOfInstance(value, name);
  } catch {
    return 'throws when it is looked at. Hand over plain data.';
  }
}

function isPlain(value: object): boolean {
  const proto = protoOf(value);
  return proto === null || (protoOf(proto) === null && classOf(value) === 'Object' && !types.isNativeError(value));
}

function refusalOfPlain(value: object): string | undefined {
  const symbol = Object.getOwnPropertySymbols(value).find((key) => Object.prototype.propertyIsEnumerable.call(value, key));
  if (symbol) return `has the key ${String(symbol)}, and symbols don't cross between threads. Use a string.`;
  const tag = tagOf(value);
  return AT_HOME.test(tag) ? `is ${an(tag)}, which can't be copied. Hand over plain data.` : undefined;
}

function refusalOfError(error: Error, name: string): string | undefined {
  const lost = Object.keys(error).filter((key) => !['name', 'message', 'stack', 'cause'].includes(key));
  if (COPIED_ERRORS.has(name) && error.name === name && lost.length === 0) return undefined;
  return `is ${an(name)} and would arrive as a bare error${lost.length > 0 ? ` without ${lost.slice(0, 5).join(', ')}` : ''}. Throw it, or hand over its plain data.`;
}

function refusalOfInstance(value: object, name: string): string {
  const tag = tagOf(value);
  if (isMovable(value)) return `is ${an(name)}, which can't be copied. Move it, with transfer().`;
  if (AT_HOME.test(tag)) return `is ${an(tag)}, which can't be copied. ${tag === 'Promise' ? 'Await it first.' : 'Hand over plain data.'}`;
  return `is an instance of ${name || 'a class'}: it would arrive as a plain object without its methods. Hand over its plain data.`;
}

/** A subclass is not copied: an instance would arrive as one of the class above it. */
function isCopied(value: object, name: string, to: WorkerKind): boolean {
  if (types.isTypedArray(value)) return name === value[Symbol.toStringTag] || Buffer.isBuffer(value);
  if (COPIED.some(([brand, is]) => brand === name && is(value))) return true;
  if (to === 'process') return false;
  return types.isSharedArrayBuffer(value) || types.isKeyObject(value) ||
    (name === 'Module' && tagOf(value) === 'WebAssembly.Module') || bears(protoOf(value) ?? value, 'messaging_clone_symbol');
}

function classOf(value: object): string {
  const made = (protoOf(value) as { readonly constructor?: { readonly name?: unknown } } | null)?.constructor?.name;
  return typeof made === 'string' ? made : '';
}

function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
}

function an(name: string): string {
  return `${/^[AEIO]/.test(name) ? 'an' : 'a'} ${name}`;
}

/** To list the keys of a long array takes longer than to copy it; but one so long is mostly holes. */
const LISTED = { upTo: 1_000, from: 50_000_000 };

/** The parts of a value that may be refused, one by one. */
function* partsOf(value: object, parent: Place): Generator<Part> {
  if (types.isMap(value) || types.isSet(value)) {
    const isMap = types.isMap(value);
    const entries = (isMap ? Map.prototype.entries.call(value) : Set.prototype.entries.call(value)) as IterableIterator<[unknown, unknown]>;
    let at = 0;
    for (const [key, item] of entries) {
      if (isMap && !isHarmless(key)) yield { value: key, place: { parent, key: at, show: showMapKey } };
      const byKey = isMap && isHarmless(key);
      const shown = isMap ? showMapValue : showMember;
      if (!isHarmless(item)) yield { value: item, place: byKey ? { parent, key, show: showGet } : { parent, key: at, show: shown } };
      at++;
    }
  } else if (Array.isArray(value) && value.length > LISTED.upTo && value.length < LISTED.from) {
    for (let at = 0; at < value.length; at++) {
      const item = read(value, at, parent);
      if (!isHarmless(item)) yield { value: item, place: { parent, key: at, show: showKey } };
    }
  } else if (Array.isArray(value) || types.isNativeError(value) || isPlain(value)) {
    for (const name of types.isNativeError(value) ? ['cause'] : Object.keys(value)) {
      const key = Array.isArray(value) && /^\d+$/.test(name) ? Number(name) : name;
      const item = read(value, key, parent);
      if (!isHarmless(item)) yield { value: item, place: { parent, key, show: showKey } };
    }
  }
}

function read(value: object, key: string | number, parent: Place): unknown {
  try {
    return Reflect.get(value, key) as unknown;
  } catch (cause) {
    throw refused({ parent, key, show: showKey }, 'can\'t be read: its getter throws. Hand over plain data.', { cause });
  }
}

const showMapKey: Place['show'] = (path, at) => `[...${path}.keys()][${String(at)}]`;
const showMapValue: Place['show'] = (path, at) => `[...${path}.values()][${String(at)}]`;
const showMember: Place['show'] = (path, at) => `[...${path}][${String(at)}]`;
const showGet: Place['show'] = (path, key) => `${path}.get(${show(key)})`;
const showKey: Place['show'] = (path, key) =>
  typeof key === 'string' && /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key) && key.length <= 60 ? `${path}.${key}` : `${path}[${show(key)}]`;
