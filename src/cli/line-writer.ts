// The line writer: lines of our own among what others write to the same stream.
import type { Writable } from './caught-output.js';

/** Writes lines, each from the first column on: where somebody has left a line unfinished, it is finished before. */
export function lineWriter(stream: Writable): (lines: readonly string[]) => void {
  const write = stream.write.bind(stream);
  let isMidLine = false;
  stream.write = (chunk, ...rest) => {
    if (chunk.length > 0) isMidLine = chunk.at(-1) !== (typeof chunk === 'string' ? '\n' : 0x0a);
    return write(chunk, ...rest);
  };
  return (lines) => {
    if (lines.length === 0) return;
    write((isMidLine ? '\n' : '') + lines.map((line) => `${line}\n`).join(''));
    isMidLine = false;
  };
}
