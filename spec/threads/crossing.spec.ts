// Crossing between threads: what may, what may not and where it is, and errors that travel whole.
import { createSecretKey } from 'node:crypto';
import { open } from 'node:fs/promises';
import { BlockList, SocketAddress } from 'node:net';
import { createHistogram } from 'node:perf_hooks';
import { runInNewContext } from 'node:vm';
import { MessageChannel } from 'node:worker_threads';
import { Blob, File } from 'node:buffer';
import { describe, expect, it } from '@jest/globals';
import fc from '../support/properties.js';
import { InvalidArgumentError, TaskNotFoundError } from '../../src/index.js';
import { checkCrossing, transfer, unwrap } from '../../src/threads/crossing.js';
import { unpackError } from '../../src/threads/error-codec.js';
import { packError } from '../../src/threads/packed-error.js';
import { NotSerializableError, WorkerCrashedError, WorkerModuleError, WorkerOutOfMemoryError } from '../../src/threads/errors.js';

class Point {
  constructor(readonly x = 1) {}
  double(): number { return this.x * 2; }
}
class Bytes extends Uint8Array {}
class Dictionary extends Map {}
class Failure extends Error {}

const trap = (): never => { throw new Error('trap'); };
const hostile = new Proxy({}, { get: trap, has: trap, getPrototypeOf: trap, ownKeys: trap, getOwnPropertyDescriptor: trap });
const revoked = Proxy.revocable({}, {});
revoked.revoke();

function cyclic(): unknown {
  const round: Record<string, unknown> = { list: [] };
  round['self'] = round;
  (round['list'] as unknown[]).push(round, new Map([[round, round]]), new Set([round]));
  return round;
}

function nested(levels: number, innermost: unknown): unknown {
  let value: unknown = innermost;
  for (let level = 0; level < levels; level++) value = level % 2 ? [value] : { a: value };
  return value;
}

function detached(): ArrayBuffer {
  const buffer = new ArrayBuffer(8);
  structuredClone(buffer, { transfer: [buffer] });
  return buffer;
}

function caught(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('transfer', () => {
  it('marks a value, and unwrap gives it back with what moves, each thing once', () => {
    const buffer = new ArrayBuffer(8);
    const { port1, port2 } = new MessageChannel();
    const value = { bytes: new Uint8Array(buffer), port1 };
    const marked: typeof value = transfer(value, [buffer, port1, buffer]);
    expect(unwrap(marked, 'thread')).toEqual({ value, list: [buffer, port1] });
    expect(unwrap(marked, 'thread').value).toBe(value);
    port1.close();
    port2.close();
  });

  it.each<[string, unknown]>([
    ['undefined', undefined], ['null', null], ['a string', 'a'], ['an object', { a: 1 }], ['a hostile proxy', hostile], ['a revoked proxy', revoked.proxy],
  ])('leaves %s alone when it is unwrapped', (_what, value) => {
    const unwrapped = unwrap(value, 'thread');
    expect(Object.is(unwrapped.value, value)).toBe(true);
    expect(unwrapped.list).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ['no list', undefined, 'takes an array of what moves; it got undefined'],
    ['a buffer without a list', new ArrayBuffer(1), 'takes an array of what moves'],
    ['a view', [new Uint8Array(1)], 'Put its .buffer in the list.'],
    ['plain data', [{}], 'it got an object. Leave it out: it is copied.'],
    ['shared memory', [new SharedArrayBuffer(1)], 'Leave it out'],
    ['a proxy', [hostile], 'can move an ArrayBuffer'],
    ['a buffer that has moved', [detached()], 'has moved already'],
  ])('refuses %s', (_what, list, message) => {
    const error = caught(() => transfer(1, list as ArrayBuffer[]));
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(error).toMatchObject({ field: 'list', message: expect.stringContaining(message) });
  });
});

describe('checkCrossing lets through', () => {
  it.each<[string, unknown]>([
    ['primitives', [undefined, null, true, 0, -0, NaN, 1n, '']],
    ['plain objects, and those without a prototype', { a: Object.assign(Object.create(null) as object, { b: 1 }) }],
    ['plain objects of another realm', runInNewContext('({ a: [new Map([[1, new Date(0)]]), new TypeError("a")] })')],
    ['arrays with holes', [1, , 2]],
    ['an array of one item far out', Object.assign([], { 4_000_000_000: 1 })],
    ['a match of a regular expression', /(?<a>.)/.exec('a')],
    ['an accessor', { get a() { return 1; } }],
    ['dates and expressions', [new Date(0), /a/g]],
    ['maps and sets', [new Map<unknown, unknown>([['a', { b: 1 }], [{}, 1]]), new Set([{}, 1])]],
    ['binary data', [new ArrayBuffer(1), new SharedArrayBuffer(1), new DataView(new ArrayBuffer(1)), new Float64Array(1), Buffer.from('a')]],
    ['boxed primitives', [Object(true), Object(1), Object('a'), Object(1n)]],
    ['standard errors', [new Error('a', { cause: new RangeError('b') }), new TypeError('c')]],
    ['a blob', new Blob(['a'])],
    ['a key', createSecretKey(Buffer.from('a'))],
    ['addresses', [new BlockList(), new SocketAddress({})]],
    ['a histogram', createHistogram()],
    ['a WebAssembly module', runInNewContext('new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]))')],
    ['cyclic data', cyclic()],
    ['one object at many places', [Object.prototype, {}].fill({})],
  ])('%s', (_what, value) => {
    checkCrossing(value, 'args[0]');
    expect(() => structuredClone(value)).not.toThrow();
  });

  it('data of 100,000 levels', () => {
    expect(() => checkCrossing(nested(100_000, 1), 'args[0]')).not.toThrow();
  });

  it('what moves, wherever it is', async () => {
    const { port1, port2 } = new MessageChannel();
    const file = await open(import.meta.filename);
    const buffer = new ArrayBuffer(1);
    expect(() => checkCrossing({ deep: [port1, new Map([['a', file]]), buffer] }, 'args[0]', [port1, file, buffer])).not.toThrow();
    port1.close();
    port2.close();
    await file.close();
  });
});

const { port1: port, port2: otherPort } = new MessageChannel();
port.close();
otherPort.close();

describe('checkCrossing refuses', () => {
  it.each<[string, unknown, string, string]>([
    ['a function', () => 1, 'a', 'is a function'],
    ['a class', Point, 'a', 'is a function'],
    ['a symbol', Symbol('s'), 'a', 'is Symbol(s)'],
    ['a callback deep in', { items: [0, 1, 2, { callback() {} }] }, 'a.items[3].callback', 'is a function'],
    ['a value of a map', new Map([['key', () => 1]]), 'a.get("key")', 'is a function'],
    ['a value of a map under an object', new Map([[{}, () => 1]]), '[...a.values()][0]', 'is a function'],
    ['a key of a map', new Map([[() => 1, 1]]), '[...a.keys()][0]', 'is a function'],
    ['a member of a set', { s: new Set<unknown>([1, 2, () => 1]) }, '[...a.s][2]', 'is a function'],
    ['what is under an odd key', { 'my key': { '0': { 'ü': Symbol() } } }, 'a["my key"]["0"].ü', 'is Symbol()'],
    ['what is in a long array', [...new Array<number>(2_000).fill(1), Symbol()], 'a[2000]', 'is Symbol()'],
    ['a cause', new Error('a', { cause: { f() {} } }), 'a.cause.f', 'is a function'],
    ['a key of the kind symbol', { a: { [Symbol('s')]: 1 } }, 'a.a', 'has the key Symbol(s)'],
    ['an instance of a class', { at: new Point() }, 'a.at', 'is an instance of Point: it would arrive as a plain object without its methods. Hand over its plain data.'],
    ['an instance of a class without a name', new (class { a = 1; })(), 'a', 'is an instance of a class'],
    ['an instance of a class of another realm', runInNewContext('new (class Far {})()'), 'a', 'an instance of Far'],
    ['an object that inherits data', Object.create({ a: 1 }), 'a', 'is an instance of'],
    ['a subclass of a map', new Dictionary(), 'a', 'an instance of Dictionary'],
    ['a subclass of a typed array', new Bytes(1), 'a', 'an instance of Bytes'],
    ['a subclass of Error', new Failure('x'), 'a', 'is a Failure and would arrive as a bare error'],
    ['an error of many', new AggregateError([]), 'a', 'is an AggregateError and would arrive as a bare error'],
    ['an error with fields', Object.assign(new Error('x'), { code: 'E' }), 'a', 'without code'],
    ['an error by another name', Object.assign(new Error('x'), { name: 'Other' }), 'a', 'bare error'],
    ['a promise', Promise.resolve(1), 'a', 'is a Promise, which can\'t be copied. Await it first.'],
    ['a weak map', new WeakMap(), 'a', 'is a WeakMap'],
    ['a weak set', new WeakSet(), 'a', 'is a WeakSet'],
    ['a weak reference', new WeakRef({}), 'a', 'is a WeakRef'],
    ['a generator', (function* () { yield 1; })(), 'a', 'is a Generator'],
    ['an async generator', (async function* () { yield 1; })(), 'a', 'is an AsyncGenerator'],
    ['an iterator', new Map().entries(), 'a', 'is a Map Iterator'],
    ['arguments', (function (..._args: number[]) { return arguments; })(1), 'a', 'is an Arguments'], // eslint-disable-line prefer-rest-params
    ['Math', Math, 'a', 'is a Math'],
    ['a boxed symbol', Object(Symbol()), 'a', 'is a Symbol'],
    ['a proxy', [new Proxy({}, {})], 'a[0]', 'is a Proxy'],
    ['a proxy that throws', hostile, 'a', 'is a Proxy'],
    ['a revoked proxy', revoked.proxy, 'a', 'is a Proxy'],
    ['a URL', new URL('http://a'), 'a', 'an instance of URL'],
    ['headers', new Headers(), 'a', 'an instance of Headers'],
    ['a controller', new AbortController(), 'a', 'an instance of AbortController'],
    ['a stream that does not move', new ReadableStream(), 'a', 'is a ReadableStream, which can\'t be copied. Move it, with transfer().'],
    ['a port that does not move', { port }, 'a.port', 'is a MessagePort, which can\'t be copied. Move it, with transfer().'],
    ['a buffer that has moved', detached(), 'a', 'has no memory any more'],
    ['a mark of transfer() deep in', [transfer({}, [])], 'a[0]', 'is marked by transfer()'],
    ['a prototype that throws', Object.create(new Proxy({}, { getPrototypeOf: trap })), 'a', 'throws when it is looked at'],
  ])('%s', (_what, value, path, message) => {
    const error = caught(() => checkCrossing(value, 'a')) as NotSerializableError;
    expect(error).toBeInstanceOf(NotSerializableError);
    expect({ path: error.path, code: error.code }).toEqual({ path, code: 'NOT_SERIALIZABLE' });
    expect(error.message.startsWith(`${path} `)).toBe(true);
    expect(error.message).toContain(message);
  });

  it('a file, where Node does not copy it', () => {
    const file = new File(['a'], 'b');
    // Node 24 and later do.
    const isCopied = structuredClone(file) instanceof File;
    if (isCopied) expect(() => { checkCrossing(file, 'a'); }).not.toThrow();
    else expect(caught(() => checkCrossing(file, 'a'))).toMatchObject({ path: 'a', message: expect.stringContaining('an instance of File') });
  });

  it('a getter that throws, with the cause', () => {
    const error = caught(() => checkCrossing([{ get lazy() { return trap(); } }], 'args[1]'));
    expect(error).toMatchObject({ path: 'args[1][0].lazy', message: expect.stringContaining('its getter throws'), cause: { message: 'trap' } });
  });

  it('what is 100,000 levels deep, by a path that is cut', () => {
    const error = caught(() => checkCrossing(nested(100_000, trap), 'args[0]')) as NotSerializableError;
    expect(error.path).toMatch(/^args\[0\]\[0\]\.a.*….*\.a$/);
    expect(error.message.length).toBeLessThan(500);
  });
});

describe('checkCrossing', () => {
  const anything = fc.anything({
    // Jest takes no invalid date for equal to another.
    values: [fc.boolean(), fc.integer(), fc.double(), fc.string(), fc.date({ noInvalidDate: true }), fc.constantFrom(null, undefined)],
    withBigInt: true, withBoxedValues: true, withMap: true, withSet: true, withTypedArray: true, withSparseArray: true,
    withNullPrototype: true, withObjectString: true,
  });
  const oddities = fc.constantFrom<unknown>(() => 1, Symbol('s'), new Point(), new WeakMap(), new URL('http://a'), { [Symbol('s')]: 1 }, new Proxy({}, {}));
  const sometimesOdd = fc.oneof(anything, fc.tuple(anything, oddities), fc.dictionary(fc.string(), fc.oneof({ weight: 9, arbitrary: anything }, oddities)));

  function isCopiedTrue(value: unknown): boolean {
    try {
      expect(structuredClone([value])).toEqual([value]);
      return !JSON.stringify([inspected(value)]).includes('[changed]');
    } catch {
      return false;
    }
  }

  /** toEqual looks at no classes, so an instance of one is looked for here. */
  function inspected(value: unknown): unknown {
    if (value instanceof Point || value instanceof URL) return '[changed]';
    if (Array.isArray(value)) return value.map(inspected);
    return value !== null && typeof value === 'object' ? Object.values(value).map(inspected) : '';
  }

  it('passes exactly what a structured clone copies truly', () => {
    fc.assert(fc.property(sometimesOdd, (value) => {
      let passes = true;
      try {
        checkCrossing(value, 'value');
      } catch {
        passes = false;
      }
      expect(passes).toBe(isCopiedTrue(value));
    }), { numRuns: 500 });
  });
});

/** There and back, as between threads. */
function travelled(thrown: unknown): unknown {
  return unpackError(structuredClone(packError(thrown)));
}

describe('an error travels', () => {
  it.each<[string, Error, new (...args: never[]) => Error]>([
    ['Error', new Error('a'), Error],
    ['TypeError', new TypeError('a'), TypeError],
    ['RangeError', new RangeError('a'), RangeError],
    ['AggregateError', new AggregateError([new TypeError('b'), 'c'], 'a'), AggregateError],
    ['DOMException', new DOMException('a', 'AbortError'), DOMException],
    ['an error of a class without a name of its own', new Failure('a'), Error],
    ['a frozen error', Object.freeze(new SyntaxError('a')), SyntaxError],
    ['an error of another realm', runInNewContext('new TypeError("a")') as Error, TypeError],
  ])('as what it is: %s', (_what, error, type) => {
    const { name, message, stack } = error;
    const arrived = travelled(error) as Error;
    expect(arrived).toBeInstanceOf(type);
    expect({ name: arrived.name, message: arrived.message, stack: arrived.stack }).toEqual({ name, message, stack });
    expect(Object.keys(arrived)).toEqual([]);
  });

  it('with its name, code, fields, causes and errors', () => {
    const cause = Object.assign(new TypeError('inner', { cause: new DOMException('innermost', 'TimeoutError') }), { code: 'E_INNER' });
    const error = Object.assign(new Error('outer', { cause }), {
      name: 'HttpError', code: 'E_HTTP', status: 404, retryAt: new Date(0), big: 5n, nothing: null, absent: undefined, bytes: Buffer.from('ab'),
      details: { list: [1, { reason: new RangeError('in a field') }], map: new Map([['a', new Set([1])]]), pattern: /a/ }, url: new URL('http://a/'),
    });
    const arrived = travelled(error) as typeof error;
    expect(arrived).toMatchObject({
      name: 'HttpError', message: 'outer', code: 'E_HTTP', status: 404, retryAt: new Date(0), big: 5n, nothing: null, url: 'http://a/',
      details: { list: [1, { reason: expect.any(RangeError) }], map: new Map([['a', new Set([1])]]), pattern: '/a/' },
    });
    expect([...arrived.bytes]).toEqual([97, 98]);
    expect(Object.hasOwn(arrived, 'absent')).toBe(true);
    expect(Object.keys(arrived)).not.toContain('cause');
    expect(arrived.cause).toBeInstanceOf(TypeError);
    expect(arrived.cause).toMatchObject({ message: 'inner', code: 'E_INNER', cause: { name: 'TimeoutError', message: 'innermost', code: 23 } });
    const many = travelled(new AggregateError([new TypeError('b'), error, 'c'])) as AggregateError;
    expect(many.errors).toEqual([new TypeError('b'), expect.objectContaining({ status: 404 }), 'c']);
  });

  it('if it is of carillon, with its name, code and fields', () => {
    expect(travelled(new TaskNotFoundError('a', true))).toMatchObject({ name: 'TaskNotFoundError', code: 'TASK_NOT_FOUND', taskId: 'a', forgotten: true });
  });

  it('with a code that is a getter of its class', () => {
    class Coded extends Error {
      get code(): string { return this.message.toUpperCase(); }
    }
    expect(travelled(new Coded('a'))).toMatchObject({ message: 'a', code: 'A' });
  });

  it('8 causes deep', () => {
    let error = new Error('0');
    for (let level = 1; level < 100; level++) error = new Error(String(level), { cause: error });
    const chain: unknown[] = [];
    for (let at = travelled(error); at !== undefined; at = at instanceof Error ? at.cause : undefined) chain.push(at instanceof Error ? at.message : at);
    expect(chain).toEqual(['99', '98', '97', '96', '95', '94', '93', '92', '91', '90']);
  });
});

describe('an error of any size is bounded:', () => {
  const long = 'x'.repeat(5_000_000);
  const wide = Array.from({ length: 200_000 }, (_, at) => at);
  const tree = (levels: number): unknown => levels === 0 ? 'leaf' : Array.from({ length: 12 }, () => tree(levels - 1));

  it.each<[string, Error]>([
    ['its message', new Error(long)],
    ['a field', Object.assign(new Error('a'), { body: long })],
    ['the name of a field', Object.assign(new Error('a'), { [long]: 1 })],
    ['many fields', Object.assign(new Error('a'), Object.fromEntries(wide.map((at) => [`f${at}`, long.slice(at)])))],
    ['an array', Object.assign(new Error('a'), { wide })],
    ['a map', Object.assign(new Error('a'), { map: new Map(wide.map((at) => [at, long])) })],
    ['a tree', Object.assign(new Error('a'), { tree: tree(5) })],
    ['binary data', Object.assign(new Error('a'), { bytes: Buffer.alloc(5_000_000) })],
    ['a view of much binary data', Object.assign(new Error('a'), { bytes: Buffer.alloc(5_000_000).subarray(0, 9) })],
    ['a bigint', Object.assign(new Error('a'), { big: 1n << 8_000_000n })],
    ['its errors', new AggregateError(wide.slice(0, 5_000).map(() => new Error(long.slice(0, 20_000))), 'a')],
  ])('%s', async (_what, error) => {
    const { serialize } = await import('node:v8');
    expect(serialize(packError(error)).length).toBeLessThan(1_000_000);
    expect(travelled(error)).toBeInstanceOf(Error);
    expect((travelled(error) as Error).message.slice(0, 1)).toBe(error.message.slice(0, 1));
  });

  it('a long text ends in an ellipsis, a long list says how much is gone', () => {
    const arrived = travelled(Object.assign(new Error(long), { wide, after: 1 })) as Error & { wide: unknown[] };
    expect(arrived.message).toBe(`${long.slice(0, 10_000)}…`);
    expect(arrived.wide.length).toBe(101);
    expect(arrived.wide.at(-1)).toBe('… and 199900 more');
    expect(arrived).toMatchObject({ after: 1 });
  });

  it('a huge cause leaves room for the fields', () => {
    const cause = Object.assign(new Error('in'), Object.fromEntries(wide.slice(0, 90).map((at) => [`f${at}`, long])));
    expect(travelled(Object.assign(new Error('out', { cause }), { hint: 'try again' }))).toMatchObject({ hint: 'try again' });
  });
});

const round = Object.assign(new Error('round'), { list: [] as unknown[] });
round.cause = round;
round.list.push(round);

describe('an error of any kind can cross:', () => {
  it.each<[string, unknown, unknown]>([
    ['with functions', Object.assign(new Error('a'), { f() {}, list: [trap] }), { message: 'a', list: ['a function'] }],
    ['with symbols', Object.assign(new Error('a'), { s: Symbol('s'), [Symbol('k')]: 1 }), { message: 'a', s: 'Symbol(s)' }],
    ['with instances', Object.assign(new Error('a'), { at: new Point(5) }), { message: 'a', at: { x: 5 } }],
    ['with proxies', Object.assign(new Error('a'), { hostile, gone: revoked.proxy }), { message: 'a', hostile: 'an object', gone: 'an object' }],
    ['with a getter that throws', Object.defineProperty(new Error('a'), 'x', { get: trap, enumerable: true }), { message: 'a', x: '(its getter throws)' }],
    ['with a toJSON that throws', Object.assign(new Error('a'), { x: { toJSON: trap } }), { message: 'a', x: 'an object { toJSON }' }],
    ['in a circle', round, { message: 'round', cause: '[Circular]', list: ['[Circular]'] }],
    ['with a message that throws', Object.defineProperty(new Error('a'), 'message', { get: trap }), { name: 'Error', message: '(its getter throws)' }],
    ['with a stack that throws', Object.defineProperty(new Error('a'), 'stack', { get: trap }), { name: 'Error', message: 'a', stack: '(its getter throws)' }],
    ['without a stack', Object.defineProperty(new TypeError('a'), 'stack', { value: undefined }), { name: 'TypeError', stack: 'TypeError: a' }],
    ['with a name that is none', Object.assign(new Error('a'), { name: Symbol() }), { name: 'Error', message: 'a' }],
    ['without a prototype', Object.setPrototypeOf(new Error('a'), null), { name: 'Error', message: 'a' }],
    ['behind a proxy', new Proxy(new Error('a'), {}), { name: 'Error', message: 'a' }],
    ['behind a proxy that hides its keys', new Proxy(new Error('a'), { ownKeys: trap }), { name: 'Error', message: 'a' }],
    ['with names of a prototype', Object.assign(new Error('a'), JSON.parse('{"constructor":1,"toString":2}')), { message: 'a', constructor: 1 }],
  ])('%s', (_what, error, expected) => {
    const arrived = travelled(error);
    expect(arrived).toBeInstanceOf(Error);
    expect(arrived).toMatchObject(expected as object);
  });
});

it('an error with anything in its fields, or anything thrown, can cross', () => {
  const odd = fc.constantFrom<unknown>(
    trap, Symbol('s'), new Point(), new Proxy({}, { ownKeys: trap }), round, new WeakMap(), Promise.resolve(), detached(), new Dictionary(), { toJSON: trap },
  );
  const names = fc.oneof(fc.string(), fc.constantFrom('cause', 'errors', 'code', 'stack', 'name', 'message', '__proto__'));
  const anything = fc.oneof(odd, fc.anything({
    key: names, values: [fc.string(), odd], withMap: true, withSet: true, withTypedArray: true, withDate: true, withBigInt: true,
  }));
  fc.assert(fc.property(anything, fc.dictionary(names, anything), (thrown, fields) => {
    travelled(thrown);
    const error = new RangeError('a', { cause: thrown });
    // A stack is made when it is first looked at, with whatever name there is then.
    expect(error.stack).toBeDefined();
    expect(travelled(Object.defineProperties(error, Object.getOwnPropertyDescriptors(fields)))).toBeInstanceOf(Error);
  }), { numRuns: 500 });
});

describe('a thrown value that is no error', () => {
  it.each<[string, unknown]>([
    ['undefined', undefined], ['null', null], ['a string', 'oops'], ['zero', -0], ['NaN', NaN], ['a bigint', 1n],
    ['a plain object', { code: 5, list: [{ at: new Date(0) }], message: 'a', name: 'b', stack: 'c' }], ['an array', [1, 'a']],
  ])('arrives as it was: %s', (_what, thrown) => {
    expect(travelled(thrown)).toEqual(thrown);
    expect(travelled(thrown)).not.toBeInstanceOf(Error);
  });

  it('arrives as it was if it is cyclic', () => {
    const arrived = travelled(cyclic()) as Record<'self' | 'list', unknown>;
    expect(arrived.self).toBe(arrived);
    expect(arrived.list).toEqual([arrived, new Map([[arrived, arrived]]), new Set([arrived])]);
  });

  let reads = 0;
  const fickle = { get a() { return reads++ % 2 ? trap() : 1; } };

  it.each<[string, unknown, string]>([
    ['a function', trap, 'a function'], ['a symbol', Symbol('s'), 'Symbol(s)'], ['an instance', new Point(), 'an object { x }'],
    ['a proxy', new Proxy({ a: 1 }, {}), 'an object { a }'], ['a hostile proxy', hostile, 'an object'], ['a revoked proxy', revoked.proxy, 'an object'],
    ['an object with a callback', { then() {} }, 'an object { then }'], ['an object that throws now and then', fickle, 'an object { a }'],
  ])('arrives as an error that shows it: %s', (_what, thrown, shown) => {
    const arrived = travelled(thrown);
    expect(arrived).toBeInstanceOf(Error);
    expect(arrived).toMatchObject({ name: 'ThrownValueError', code: 'THROWN_VALUE', message: expect.stringContaining(`Work threw ${shown}, which is no Error`) });
  });
});

describe('the errors of threads', () => {
  it.each<[Error, object]>([
    [new WorkerCrashedError('a', { exitCode: 5, cause: 1 }), { name: 'WorkerCrashedError', code: 'WORKER_CRASHED', message: 'a', exitCode: 5, signal: undefined, cause: 1 }],
    [new WorkerCrashedError('a'), { exitCode: undefined, signal: undefined }],
    [new WorkerOutOfMemoryError('The thread ran out of memory.'), { code: 'WORKER_OUT_OF_MEMORY', message: expect.stringContaining('resourceLimits.maxOldGenerationSizeMb') }],
    [new WorkerModuleError('file:///a.js', 'a'), { code: 'WORKER_MODULE', module: 'file:///a.js', message: 'a' }],
    [new NotSerializableError('args[0]', 'a'), { code: 'NOT_SERIALIZABLE', path: 'args[0]', message: 'a' }],
  ])('carry what they are about, %#', (error, expected) => {
    expect(error).toMatchObject(expected);
  });
});
