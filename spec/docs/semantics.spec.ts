import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { SEMANTICS } from '../fixtures/semantics.js';
import { EVENT_LETTERS, STATUS_LETTERS } from '../../src/testing/index.js';
import { CALLS, drawnOnVirtualClock, drawnOnTestScheduler, needsVirtualClock, textOf } from '../support/picture.js';

// `UPDATE_PICTURES=1 npx jest spec/docs` puts the pictures into the document anew, once they have proved true.
const FILE = resolve(__dirname, '../../docs/semantics.md');
const BLOCK = /^```marble (\S+)\n([^]*?)\n```$/gm;
const pictures = Object.entries(SEMANTICS);

describe('what happens when', () => {
  it.each(pictures)('%s, as drawn', async (_name, picture) => {
    expect(await drawnOnVirtualClock(picture)).toBe(textOf(picture));
  });

  it.each(pictures.filter(([, picture]) => !needsVirtualClock(picture)))('%s, as drawn on a TestScheduler too', (_name, picture) => {
    expect(drawnOnTestScheduler(picture)).toBe(textOf(picture));
  });
});

describe('docs/semantics.md', () => {
  const read = (): string => readFileSync(FILE, 'utf8');

  it('shows each picture once, and exactly as it is proved', () => {
    if (process.env['UPDATE_PICTURES']) {
      writeFileSync(FILE, read().replace(BLOCK, (block, name: string) => (SEMANTICS[name] ? `\`\`\`marble ${name}\n${textOf(SEMANTICS[name])}\n\`\`\`` : block)));
    }
    const shown = [...read().matchAll(BLOCK)].map(([, name, text]) => [name, text]);
    expect(shown.map(([name]) => name).sort()).toEqual(Object.keys(SEMANTICS).sort());
    expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(pictures.map(([name, picture]) => [name, textOf(picture)])));
  });

  it('explains every letter that a picture may hold', () => {
    const explained = [...read().matchAll(/^\| `(\S+)` \| `\\?(.)` \|/gm)].map(([, row, letter]) => `${row} ${letter}`);
    expect(explained).toEqual(expect.arrayContaining([
      ...Object.values(EVENT_LETTERS).map((letter) => `task ${letter}`), 'task |',
      ...Object.keys(CALLS).map((letter) => `call ${letter}`),
      ...Object.values(STATUS_LETTERS).map((letter) => `task$ ${letter}`),
    ]));
  });
});
