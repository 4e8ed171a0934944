// What fits into the cells of a terminal.
import { describe, expect, it } from '@jest/globals';
import fc from '../support/properties.js';
import { fit, printable, width } from '../../src/cli/cells.js';

describe('fit', () => {
  it.each([
    // text                keep      cells  fitted
    ['abc',               'start',   5,    'abc  '],
    ['abc',               'start',   3,    'abc'],
    ['abcd',              'start',   3,    'ab…'],
    ['abcd',              'end',     3,    '…cd'],
    ['abc',               'end',     5,    'abc  '],
    ['日本語',             'start',   6,    '日本語'],
    ['日本語',             'start',   5,    '日本…'],
    ['日本語',             'start',   4,    '日… '],
    ['日本語',             'end',     4,    '…語 '],
    ['e\u0301e\u0301',    'start',   2,    'e\u0301e\u0301'],
    ['🎉🎉',              'start',   3,    '🎉…'],
    ['a\tb\nc',           'start',   7,    'a\\tb\\nc'],
    ['\x1b[31m',          'start',   8,    '\\x1b[31m'],
    ['\u202eexe',         'start',   11,   '\\u{202e}exe'],
    ['abc',               'start',   1,    '…'],
    ['abc',               'start',   0,    ''],
    ['',                  'start',   2,    '  '],
  ] as const)('makes %j, keeping its %s, %i cells wide', (text, keep, cells, fitted) => {
    expect(fit(text, cells, keep)).toBe(fitted);
  });

  it('makes any text exactly as wide as it is told, with nothing in it that a terminal would obey', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme', maxLength: 100 }));
    fc.assert(fc.property(text, fc.nat(60), fc.constantFrom('start' as const, 'end' as const), (any, cells, keep) => {
      const fitted = fit(any, cells, keep);
      expect(width(fitted)).toBe(cells);
      expect(printable(fitted)).toBe(fitted);
    }));
  });
});
