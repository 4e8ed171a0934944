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
      const lines = (rest + (typeof chunk === 'string' ? chunk : decoder.write(Buffer.from(chunk)))).split(/\r?\n/);
      rest = lines.pop() ?? '';
      for (const line of lines) hear(stripVTControlCharacters(line));
      // Whoever waits until it is written need not wait.
      const written = others.at(-1);
      if (typeof written === 'function') void Promise.resolve().then(written as () => void);
      return true;
    };
    return () => {
      stream.write = write;
      if (rest !== '') hear(stripVTControlCharacters(rest));
    };
  });
  return () => { for (const release of releases) release(); };
}
