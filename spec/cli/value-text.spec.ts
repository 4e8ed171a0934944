// Any value as text on one line.
import { describe, expect, it } from '@jest/globals';
import { errorText, valueText } from '../../src/cli/value-text.js';

const no = { get: () => { throw new Error('no'); } };

describe('valueText', () => {
  it('is a text as it is, nothing of undefined, and of anything else what console.log would show', () => {
    expect(['a b', undefined, 10n, { a: [1, { b: 2 }] }, new RangeError('far')].map(valueText)).toEqual(['a b', '', '10n', '{ a: [ 1, [Object] ] }', 'RangeError: far']);
  });

  it('survives what throws when it is looked at', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect([proxy, { [Symbol.for('nodejs.util.inspect.custom')]: (): never => { throw new Error('no'); } }].map(valueText)).not.toContain('');
  });
});

describe('errorText', () => {
  it('is its name, and its message if there is one', () => {
    expect([new RangeError('far'), new TypeError()].map(errorText)).toEqual(['RangeError: far', 'TypeError']);
  });

  it('is text, whatever an error has for a name or a message, and survives one that throws', () => {
    expect(errorText(Object.assign(new Error(), { name: 5, message: Symbol('s') }) as never)).toBe('5: Symbol(s)');
    expect(errorText(Object.assign(new Error('a'), { name: Object.create(null) as string }))).toBe('a');
    expect(errorText(Object.defineProperty(new Error('a'), 'name', no))).toBe('a');
  });
});
