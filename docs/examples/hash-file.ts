// The work of the many tasks: hashes one file.
import { withContext } from 'carillon';
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { bytes } from './numbers.js';

/** So much is read at a time: a large file needs no more memory than a small one, and no read holds up the others for long. */
const CHUNK = 256 * 1024;

/** A file's SHA-256 and its size. */
export class FileHash {
  constructor(readonly sha256: string, readonly size: number) {}

  toString(): string {
    return `${this.sha256.slice(0, 16)}… ${bytes(this.size)}`;
  }
}

/**
 * Hashes a file. Whatever can go wrong (it is gone, unreadable, no file at all) it throws, for a failure is a value here:
 * the task is FAILED with that error, and nobody else is harmed.
 */
export const hashFile = withContext((context, path: Buffer): Promise<FileHash> => {
  const hash = hashOf(path, context.signal);
  // A cancelled task has its outcome at once. But its slot stands for an open file, and isn't free before that is closed.
  context.waitUntil(hash);
  return hash;
});

async function hashOf(path: Buffer, signal: AbortSignal): Promise<FileHash> {
  // Without O_NONBLOCK, opening a named pipe would wait, for ever perhaps, for somebody who writes into it.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw new Error('Not a regular file');
    const hash = createHash('sha256');
    const chunk = Buffer.allocUnsafe(Math.min(stats.size || CHUNK, CHUNK));
    let size = 0;
    for (;;) {
      // Aborts when the task is cancelled, and when the scheduler can't wait any longer: all that long work has to look at.
      signal.throwIfAborted();
      const { bytesRead } = await file.read(chunk, 0, chunk.length, null);
      if (bytesRead === 0) return new FileHash(hash.digest('hex'), size);
      hash.update(chunk.subarray(0, bytesRead));
      size += bytesRead;
    }
  } finally {
    await file.close();
  }
}
