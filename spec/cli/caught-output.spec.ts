// What others write while the table is on the screen.
import { describe, expect, it } from '@jest/globals';
import { catchOutput, type Writable } from '../../src/cli/caught-output.js';

describe('catchOutput', () => {
  const written: string[] = [];
  const streamOf = (): Writable => ({ write: (chunk) => { written.push(String(chunk)); return true; } });

  it('hears lines, whole and without colours, and lets nothing through', () => {
    const lines: string[] = [];
    const [out, err] = [streamOf(), streamOf()];
    const release = catchOutput([out, err], (line) => lines.push(line));
    out.write('a');
    err.write('\x1b[31mred\x1b[0m\r\n');
    out.write('b\nc\nd');
    expect(lines).toEqual(['red', 'ab', 'c']);
    release();
    expect(lines).toEqual(['red', 'ab', 'c', 'd']);
    expect(written).toEqual([]);
    out.write('e');
    expect(written).toEqual(['e']);
  });

  it('hears characters whose bytes come apart', () => {
    const lines: string[] = [];
    const out = streamOf();
    catchOutput([out], (line) => lines.push(line));
    const bytes = Buffer.from('日本\n');
    out.write(bytes.subarray(0, 2));
    out.write(bytes.subarray(2));
    expect(lines).toEqual(['日本']);
  });

  it('hears of a line that was written over what a terminal would show in the end, and text in the encoding it is given in', () => {
    const lines: string[] = [];
    const out = streamOf();
    catchOutput([out], (line) => lines.push(line));
    const write = out.write as unknown as (chunk: string, encoding?: string) => boolean;
    for (const text of ['\r 10 %', '\r 100 %', '\r', '\n']) write(text);
    write('68690a', 'hex');
    expect(lines).toEqual([' 100 %', 'hi']);
  });

  it('takes no longer for a dot the more dots there are before it', () => {
    const lines: string[] = [];
    const out = streamOf();
    catchOutput([out], (line) => lines.push(line));
    const started = performance.now();
    for (let i = 0; i < 200_000; i++) out.write('.');
    out.write('\n');
    expect(lines.map((line) => line.length)).toEqual([200_000]);
    // To search what was there before each time took minutes.
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('tells whoever waits that it is written', async () => {
    const out = streamOf();
    catchOutput([out], () => undefined);
    const write = out.write as unknown as (chunk: string, ...rest: unknown[]) => boolean;
    await new Promise<void>((resolve) => { write('a', resolve); });
    await new Promise<void>((resolve) => { write('a', 'utf8', resolve); });
  });
});
