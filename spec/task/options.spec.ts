import { describe, expect, it } from '@jest/globals';
import { InvalidArgumentError } from '../../src/task/errors.js';
import type { UncheckedOptions } from '../../src/task/check.js';
import { checkOptions, DEFAULT_OPTIONS, REGISTERED_OPTIONS } from '../../src/task/options.js';
import { resolvePolicy } from '../../src/task/policy.js';
import { thrownBy } from './fact.js';

const ALL = 'afterFailure, args, carry, concurrencyKey, concurrencyLimit, deadline, expiresAfter, holdSlot, id, ifExists, inputSchema, maxParallel, maxQueued, maxRuns, misfire, name, overlap, ' +
  'priority, rateLimit, retry, signal, startAt, tags, timeout, until';
const long = 'x'.repeat(256);
const shownLong = `"${'x'.repeat(60)}…"`;
const aText = 'a string of 1 to 255 characters';

function refusal(call: () => unknown): InvalidArgumentError {
  const error = thrownBy(call);
  expect(error).toBeInstanceOf(InvalidArgumentError);
  return error as InvalidArgumentError;
}

/** The policy of a task whose call says this, over nothing else. */
const policyOf = (call: object, trigger: 'time' | 'observable' = 'time') => resolvePolicy(checkOptions(call), {}, {}, trigger);

describe('checkOptions', () => {
  it.each<[string, unknown, string]>([
    ['args', 'Alice', 'an array of arguments; got "Alice"'],
    ['args', { 0: 'Alice', length: 1 }, 'an array of arguments; got an object { 0, length }'],
    ['args', null, 'an array of arguments; got null'],
    ['id', '', `${aText}; got ""`],
    ['id', long, `${aText}; got ${shownLong}`],
    ['id', 5, `${aText}; got 5`],
    ['ifExists', 'merge', "one of 'error', 'keep', 'replace'; got \"merge\""],
    ['name', '', `${aText}; got ""`],
    ['name', long, `${aText}; got ${shownLong}`],
    ['name', Symbol('a'), `${aText}; got Symbol(a)`],
    ['tags', 'mail', 'an array of strings; got "mail"'],
    ['signal', new AbortController(), 'an AbortSignal; got an object'],
    ['signal', 'abort', 'an AbortSignal; got "abort"'],
    ['signal', null, 'an AbortSignal; got null'],
    ['signal', { aborted: false }, 'an AbortSignal; got an object { aborted }'],
    ['signal', new EventTarget(), 'an AbortSignal; got an object'],
    ['overlap', 'Skip', "one of 'skip', 'queue', 'replace', 'parallel'; got \"Skip\""],
    ['overlap', 'constructor', "one of 'skip', 'queue', 'replace', 'parallel'; got \"constructor\""],
    ['overlap', ['skip'], "one of 'skip', 'queue', 'replace', 'parallel'; got an array of 1"],
    ['maxQueued', -1, 'a whole number of at least 0, or Infinity; got -1'],
    ['maxQueued', 1.5, 'a whole number of at least 0, or Infinity; got 1.5'],
    ['maxParallel', 0, 'a whole number of at least 1, or Infinity; got 0'],
    ['maxParallel', '2', 'a whole number of at least 1, or Infinity; got "2"'],
    ['maxRuns', 0, 'a whole number of at least 1, or Infinity; got 0'],
    ['maxRuns', NaN, 'a whole number of at least 1, or Infinity; got NaN'],
    ['maxRuns', -Infinity, 'a whole number of at least 1, or Infinity; got -Infinity'],
    ['maxRuns', 5n, 'a whole number of at least 1, or Infinity; got 5n'],
    ['maxRuns', 2 ** 53, 'a whole number of at least 1, or Infinity; got 9007199254740992'],
    ['misfire', 'skip', 'an object; got "skip"'],
    ['misfire', null, 'an object; got null'],
    ['misfire', [], 'an object; got an array of 0'],
    ['afterFailure', true, "one of 'continue', 'stop'; got true"],
    ['concurrencyKey', '', `${aText}; got ""`],
    ['concurrencyKey', 5, `${aText}; got 5`],
    ['priority', '1', 'a finite number; got "1"'],
    ['priority', NaN, 'a finite number; got NaN'],
    ['expiresAfter', 0, 'a duration of more than 0 ms; got 0'],
    ['holdSlot', 1, 'true or false; got 1'],
    ['concurrencyLimit', 0, 'a whole number of at least 1, or Infinity; got 0'],
    ['concurrencyLimit', 0.5, 'a whole number of at least 1, or Infinity; got 0.5'],
    ['carry', 5, 'a function (result, args) => next args; got 5'],
  ])('refuses %s: %p', (name, value, need) => {
    const error = refusal(() => checkOptions({ [name]: value }));
    expect(error.message).toBe(`${name} needs ${need}.`);
    expect(error.field).toBe(name);
    expect(Object.is(error.value, value)).toBe(true);
  });

  it.each<[string, unknown, string, string]>([
    ['tags', ['ok', ''], 'tags[1]', `tags[1] needs ${aText}; got "".`],
    ['tags', [long], 'tags[0]', `tags[0] needs ${aText}; got ${shownLong}.`],
    ['tags', ['a', 5], 'tags[1]', `tags[1] needs ${aText}; got 5.`],
    ['misfire', { policy: 'latets' }, 'misfire.policy', "misfire.policy needs one of 'latest', 'all', 'skip'; got \"latets\"."],
    ['misfire', { limit: 0 }, 'misfire.limit', 'misfire.limit needs a whole number of at least 1, or Infinity; got 0.'],
    ['misfire', { limit: 2.5 }, 'misfire.limit', 'misfire.limit needs a whole number of at least 1, or Infinity; got 2.5.'],
    ['misfire', { gracee: '1s' }, 'gracee', '"gracee" is not an option of misfire. Did you mean grace? There are: grace, limit, policy.'],
  ])('refuses what is wrong inside %s: %j', (name, value, field, message) => {
    const error = refusal(() => checkOptions({ [name]: value }));
    expect([error.field, error.message]).toEqual([field, message]);
  });

  it.each([
    ['startAt', { startAt: new Date(NaN) }],
    ['startAt', { startAt: '2027-01-01' }],
    ['until', { until: Infinity }],
    ['until', { until: -1 }],
    ['misfire.grace', { misfire: { grace: '100' } }],
    ['misfire.grace', { misfire: { grace: -1 } }],
    ['misfire.grace', { misfire: { grace: { months: 1 } } }],
  ])('names %s in the refusal of an instant or a duration', (field, options) => {
    const error = refusal(() => checkOptions(options));
    expect(error.field).toBe(field);
    expect(error.message.startsWith(field)).toBe(true);
  });

  it('refuses a signal that is aborted already', () => {
    const signal = AbortSignal.abort(new Error('user left'));
    const error = refusal(() => checkOptions({ signal }));
    expect(error.message).toBe('signal is aborted already (user left), so the task would never run. Check signal.aborted first.');
    expect([error.field, error.value]).toEqual(['signal', signal]);
  });

  it.each([
    ['overlpa', 'Did you mean overlap? '],
    ['Overlap', 'Did you mean overlap? '],
    ['maxRetries', ''],
    ['priorities', 'Did you mean priority? '],
    ['timeOut', 'Did you mean timeout? '],
    ['constructor', ''],
    ['toString', ''],
    ['__proto__', ''],
  ])('refuses the unknown name %j, with a suggestion if one is near', (name, guess) => {
    const error = refusal(() => checkOptions(JSON.parse(`{ "${name}": 5 }`)));
    expect(error.message).toBe(`"${name}" is not an option of options. ${guess}There are: ${ALL}.`);
    expect([error.field, error.value]).toEqual([name, 5]);
  });

  it('refuses an unknown name even when it has no value', () => {
    expect(refusal(() => checkOptions({ overlpa: undefined })).field).toBe('overlpa');
  });

  it.each(['id', 'ifExists', 'signal'])('refuses %s as a default, saying where it stands', (name) => {
    expect(refusal(() => checkOptions({ [name]: 'keep' }, REGISTERED_OPTIONS, 'defaults')).message)
      .toMatch(new RegExp(`^"${name}" can't be given in defaults\\.`));
    expect(DEFAULT_OPTIONS.has(name)).toBe(false);
  });

  it.each(['args', 'carry'])('takes %s as a default of registered work, and not of a scheduler', (name) => {
    expect([REGISTERED_OPTIONS.has(name), DEFAULT_OPTIONS.has(name)]).toEqual([true, false]);
    expect(refusal(() => checkOptions({ [name]: [] }, DEFAULT_OPTIONS, 'defaults')).message).toMatch(new RegExp(`^"${name}" can't be given in defaults\\.`));
  });

  it('names the bag in the refusal of a default', () => {
    expect(refusal(() => checkOptions({ maxRuns: -1 }, DEFAULT_OPTIONS, 'defaults')).message).toMatch(/^defaults\.maxRuns needs/);
    expect(refusal(() => checkOptions({ misfire: { limit: -1 } }, DEFAULT_OPTIONS, 'defaults')).message).toMatch(/^defaults\.misfire\.limit needs/);
  });

  it.each([[null, 'null'], ['fast', '"fast"'], [5, '5'], [[], 'an array of 0'], [() => ({}), 'a function']])('refuses %p as options', (options: unknown, shown) => {
    expect(refusal(() => checkOptions(options)).message).toBe(`options needs an object; got ${shown}.`);
  });

  it('takes undefined for absent: the whole bag, and each value', () => {
    expect(checkOptions(undefined)).toEqual({});
    const nothing = Object.fromEntries(ALL.split(', ').map((name) => [name, undefined]));
    expect(Object.keys(checkOptions(nothing))).toEqual([]);
    expect(checkOptions({ misfire: { grace: undefined, policy: undefined, limit: undefined } }))
      .toEqual({ misfire: { grace: 1_000, policy: 'latest', limit: 1_000 } });
  });

  it('takes every option at its bounds, and resolves it', () => {
    const carry = (): [] => [];
    const { signal } = new AbortController();
    expect(checkOptions({
      args: [], id: 'x'.repeat(255), ifExists: 'replace', name: 'x', tags: ['a', 'b'], signal, overlap: 'parallel', maxQueued: 0, maxParallel: Infinity,
      misfire: { grace: '2s', policy: 'all', limit: Infinity }, maxRuns: 1, startAt: new Date(5), until: 6, carry, afterFailure: 'stop',
      concurrencyKey: 'x'.repeat(255), concurrencyLimit: Number.MAX_SAFE_INTEGER,
    })).toEqual({
      args: [], id: 'x'.repeat(255), ifExists: 'replace', name: 'x', tags: ['a', 'b'], signal, overlap: 'parallel', maxQueued: 0, maxParallel: Infinity,
      misfire: { grace: 2_000, policy: 'all', limit: Infinity }, maxRuns: 1, startAt: 5, until: 6, carry, afterFailure: 'stop',
      concurrencyKey: 'x'.repeat(255), concurrencyLimit: Number.MAX_SAFE_INTEGER,
    });
  });

  it('takes the words __proto__ and constructor as ids, names, tags and keys, and nothing comes of it', () => {
    for (const word of ['__proto__', 'constructor', 'hasOwnProperty']) {
      const options = { id: word, name: word, tags: [word], concurrencyKey: word };
      expect(checkOptions(options)).toEqual(options);
      expect(policyOf(options)).toMatchObject({ name: word, tags: [word], concurrencyKey: word });
    }
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('lets nothing in by the prototype', () => {
    expect(checkOptions(Object.create({ maxRuns: -1 }))).toEqual({});
    const bare: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    bare['maxRuns'] = 3;
    expect(checkOptions(bare)).toEqual({ maxRuns: 3 });
  });

  it('keeps no hold on what it was given', () => {
    const options = { tags: ['a'], misfire: { policy: 'skip' } };
    const checked = checkOptions(options);
    options.tags.push('b');
    options.misfire.policy = 'all';
    expect(checked).toEqual({ tags: ['a'], misfire: { grace: 1_000, policy: 'skip', limit: 1_000 } });
    expect([Object.isFrozen(checked['tags']), Object.isFrozen(checked['misfire'])]).toEqual([true, true]);
  });
});

describe('resolvePolicy', () => {
  const defaults = {
    name: undefined, tags: [], overlap: 'skip', maxQueued: 1, maxParallel: Infinity, misfire: { grace: 1_000, policy: 'latest', limit: 1_000 },
    maxRuns: Infinity, startAt: undefined, until: undefined, afterFailure: 'continue', retry: undefined, timeout: undefined,
    deadline: undefined, holdSlot: false, priority: 0, concurrencyKey: undefined, concurrencyLimit: 1, rateLimit: undefined, expiresAfter: undefined,
  };

  it('has these defaults', () => {
    expect(policyOf({})).toEqual(defaults);
    expect(policyOf({}, 'observable')).toEqual({ ...defaults, overlap: 'queue', maxQueued: 1_000 });
  });

  it('gives every task that says nothing of its own one and the same policy', () => {
    const { signal } = new AbortController();
    const own = checkOptions({ id: 'a', args: [1], signal, carry: () => [], ifExists: 'keep', maxRuns: undefined });
    expect(resolvePolicy(own, {}, {}, 'time')).toBe(policyOf({}));
    expect(resolvePolicy(own, {}, {}, 'observable')).toBe(policyOf({}, 'observable'));
  });

  it('is frozen through and through', () => {
    for (const policy of [policyOf({}), policyOf({}, 'observable'), policyOf({ tags: ['a'], misfire: { limit: 5 } })]) {
      expect([policy, policy.tags, policy.misfire].map((part) => Object.isFrozen(part))).toEqual([true, true, true]);
    }
  });

  it('lays the call over the registered defaults over those of the scheduler', () => {
    const layers = [{ name: 'call' }, { name: 'work', maxRuns: 2, tags: ['work'] }, { name: 'all', maxRuns: 3, afterFailure: 'stop' }].map((layer) => checkOptions(layer)) as [UncheckedOptions, UncheckedOptions, UncheckedOptions];
    expect(resolvePolicy(...layers, 'time')).toEqual({ ...defaults, name: 'call', maxRuns: 2, tags: ['work'], afterFailure: 'stop' });
  });

  it('lays them shallowly: a misfire of the call replaces the whole of that below', () => {
    const layers = [{ misfire: { grace: '5s' } }, { misfire: { policy: 'skip' } }, {}].map((layer) => checkOptions(layer)) as [UncheckedOptions, UncheckedOptions, UncheckedOptions];
    expect(resolvePolicy(...layers, 'time').misfire).toEqual({ grace: 5_000, policy: 'latest', limit: 1_000 });
  });

  it('lets undefined in an upper layer show what lies below', () => {
    const layers = [{ maxRuns: undefined }, {}, { maxRuns: 3 }].map((layer) => checkOptions(layer)) as [UncheckedOptions, UncheckedOptions, UncheckedOptions];
    expect(resolvePolicy(...layers, 'time').maxRuns).toBe(3);
  });

  const queue = "maxQueued has no effect without overlap: 'queue'.";
  const parallel = "maxParallel has no effect without overlap: 'parallel'.";
  const key = 'concurrencyLimit has no effect without a concurrencyKey; for all runs of the scheduler, set its concurrency.';
  it.each<[string, UncheckedOptions, 'time' | 'observable']>([
    [queue, { maxQueued: 5 }, 'time'],
    [queue, { maxQueued: 5, overlap: 'parallel' }, 'time'],
    [queue, { maxQueued: 5, overlap: 'skip' }, 'observable'],
    [parallel, { maxParallel: 5 }, 'time'],
    [parallel, { maxParallel: 5, overlap: 'queue' }, 'time'],
    [parallel, { maxParallel: 5 }, 'observable'],
    [key, { concurrencyLimit: 5 }, 'time'],
  ])('decides: "%s" refuses %j', (message, call, trigger) => {
    const error = refusal(() => policyOf(call, trigger));
    expect(error.message).toBe(message);
    expect([error.field, error.value]).toEqual([Object.keys(call)[0], 5]);
  });

  it.each<[UncheckedOptions, UncheckedOptions, 'time' | 'observable']>([
    [{ maxQueued: 5, overlap: 'queue' }, {}, 'time'],
    [{ maxQueued: 5 }, {}, 'observable'],
    [{ maxQueued: 5 }, { overlap: 'queue' }, 'time'],
    [{ maxParallel: 5, overlap: 'parallel' }, {}, 'time'],
    [{ maxParallel: 5 }, { overlap: 'parallel' }, 'observable'],
    [{ concurrencyLimit: 5, concurrencyKey: 'a' }, {}, 'time'],
    [{ concurrencyLimit: 5 }, { concurrencyKey: 'a' }, 'time'],
    [{ overlap: 'skip' }, { maxQueued: 5 }, 'time'],
  ])('takes %j over %j, for a trigger of %s', (call, below, trigger) => {
    expect(resolvePolicy(checkOptions(call), checkOptions(below), {}, trigger)).toMatchObject({ ...below, ...call });
  });
});
