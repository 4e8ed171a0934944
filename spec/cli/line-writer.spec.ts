// Our lines among what others print.
import { describe, expect, it } from '@jest/globals';
import type { Writable } from '../../src/cli/caught-output.js';
import { lineWriter } from '../../src/cli/line-writer.js';

describe('lineWriter', () => {
  const setUp = () => {
    let written = '';
    const stream: Writable = { write: (chunk) => { written += String(chunk); return true; } };
    return { stream, writeLines: lineWriter(stream), written: () => written };
  };

  it('writes lines, and nothing at all of none', () => {
    const { writeLines, written } = setUp();
    writeLines(['a', 'b']);
    writeLines([]);
    expect(written()).toBe('a\nb\n');
  });

  it('begins no line behind what somebody has left unfinished', () => {
    const { stream, writeLines, written } = setUp();
    for (const chunk of ['par', Buffer.from('tial'), '']) stream.write(chunk);
    writeLines(['ours']);
    stream.write('whole\n');
    writeLines(['ours']);
    stream.write(Buffer.from('whole\n'));
    writeLines(['ours']);
    expect(written()).toBe('partial\nours\nwhole\nours\nwhole\nours\n');
  });

  it('hands on all that a stream is given', () => {
    const given: unknown[] = [];
    const stream: Writable = { write: (...args) => { given.push(...args); return false; } };
    lineWriter(stream);
    const heard = (): void => undefined;
    expect((stream.write as (...args: unknown[]) => boolean)('a', 'utf8', heard)).toBe(false);
    expect(given).toEqual(['a', 'utf8', heard]);
  });
});
