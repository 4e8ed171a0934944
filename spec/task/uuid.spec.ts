import { describe, expect, it } from '@jest/globals';
import { v4, v7 } from 'uuid';
import fc from '../support/properties.js';
import { uuidText, writeWords } from '../../src/task/uuid.js';

const words = () => ({ word0: 1, word1: 2, word2: 3, word3: 4 });
const textOf = ({ word0, word1, word2, word3 }: ReturnType<typeof words>) => uuidText(word0, word1, word2, word3);

describe('the words of a UUID', () => {
  // First, as long as no text was made.
  it('are not written of an empty text', () => {
    const to = words();
    expect([writeWords(to, ''), to]).toEqual([false, words()]);
    expect([writeWords(to, '00000000-0000-0000-0000-000000000000'), to]).toEqual([true, { word0: 0, word1: 0, word2: 0, word3: 0 }]);
  });

  it('say it as it was', () => {
    fc.assert(fc.property(fc.uuid(), fc.uuid(), (uuid, other) => {
      const [one, two] = [words(), words()];
      expect([writeWords(one, uuid), writeWords(two, other)]).toEqual([true, true]);
      expect([textOf(one), textOf(two), textOf(one)]).toEqual([uuid, other, uuid]);
      // What was made last is read back without a look at its text.
      const again = words();
      expect(writeWords(again, uuid)).toBe(true);
      expect(again).toEqual(one);
    }));
    for (const uuid of [v4(), v7(), '00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff']) {
      const to = words();
      expect([writeWords(to, uuid), textOf(to)]).toEqual([true, uuid]);
    }
  });

  it('fit in 32 bits, with a sign', () => {
    const to = words();
    writeWords(to, '80000000-7fff-ffff-ffff-ffff00000000');
    expect(to).toEqual({ word0: -(2 ** 31), word1: 2 ** 31 - 1, word2: -1, word3: 0 });
    expect(uuidText(2 ** 31, 2 ** 31 - 1, 2 ** 32 - 1, 0)).toBe('80000000-7fff-ffff-ffff-ffff00000000');
  });

  const uuid = '0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9';
  it.each([
    ['', 'nothing'], ['r', 'short'], [uuid.toUpperCase(), 'in capitals'], [`${uuid}0`, 'too long'], [uuid.slice(1), 'too short'], [uuid.replace('-', '_'), 'without a dash'],
    [`{${uuid.slice(2)}}`, 'in braces'], ...Array.from({ length: 36 }, (_, i) => [`${uuid.slice(0, i)}g${uuid.slice(i + 1)}`, `with a wrong character at ${String(i)}`]),
    [uuid.replace('a', '\u0130'), 'with a letter from afar'],
  ])('are not written of %j: %s', (text) => {
    const to = words();
    expect([writeWords(to, text), to]).toEqual([false, words()]);
  });
});
