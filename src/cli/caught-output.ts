// Caught output: what is written to stdout and stderr while a view of its own is on the screen.
import { StringDecoder } from 'node:string_decoder';
import { stripVTControlCharacters } from 'node:util';

/** As much of a stream as it takes. */
export interface Writable {
  write: (chunk: string | Uint8Array, ...rest: never[]) => boolean;
}

/**
 * Catches what anybody writes to the streams, line by line, without colours.
 *
 * @returns lets go of them: an unfinished line counts as one then
 */
export function catchOutput(streams: readonly Writable[], hear: (line: string) => void): () => void {
  const releases = streams.map((stream) => {
    const { write } = stream;
    const decoder = new StringDecoder('utf8');
    let rest = '';
    stream.write = (chunk, ...others: unknown[]) => {
      const encoding = typeof others[0] === 'string' ? others[0] as BufferEncoding : 'utf8';
      const lines = (typeof chunk === 'string' && encoding === 'utf8' ? chunk : decoder.write(bytesOf(chunk, encoding))).split('\n');
      // What is printed dot by dot is a line of any length: only what is new is searched.
      const last = lines.pop() ?? '';
      for (const line of lines) {
        hear(shownOf(rest + line));
        rest = '';
      }
      rest += last;
      // Whoever waits until it is written need not wait.
      const written = others.at(-1);
      if (typeof written === 'function') void Promise.resolve().then(written as () => void);
      return true;
    };
    return () => {
      stream.write = write;
      if (rest !== '') hear(shownOf(rest));
    };
  });
  return () => { for (const release of releases) release(); };
}

function bytesOf(chunk: string | Uint8Array, encoding: BufferEncoding): Buffer {
  return typeof chunk === 'string' ? Buffer.from(chunk, encoding) : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

/** What a terminal would show of the line in the end: a bar of progress is written over and over, behind carriage returns. */
function shownOf(line: string): string {
  return stripVTControlCharacters(line.replace(/\r+$/, '').split('\r').at(-1) ?? '');
}
