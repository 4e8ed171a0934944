// The work of the many tasks: hashes one file. It runs in threads, one call at a time in each, so nobody waits while it reads and computes.
import { withContext } from 'carillon';
import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { FileHash } from './file-hash.js';

/** So much is read at a time: a large file needs no more memory than a small one. */
const chunk = Buffer.allocUnsafe(256 * 1024);

/**
 * Hashes a file. Whatever can go wrong (it is gone, unreadable, no file at all) it throws, for a failure is a value here:
 * the task is FAILED with that error, and nobody else is harmed.
 */
export const hashFile = withContext(async ({ signal }, path: Uint8Array): Promise<FileHash> => {
  // Without O_NONBLOCK, opening a named pipe would wait, for ever perhaps, for somebody who writes into it.
  const file = openSync(Buffer.from(path), constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!fstatSync(file).isFile()) throw new Error('Not a regular file');
    const hash = createHash('sha256');
    let size = 0;
    for (;;) {
      const bytesRead = readSync(file, chunk, 0, chunk.length, null);
      if (bytesRead === 0) return { sha256: hash.digest('hex'), size };
      hash.update(chunk.subarray(0, bytesRead));
      size += bytesRead;
      if (bytesRead < chunk.length) continue;
      // Much is left, perhaps. A turn of the thread's own loop, to hear of a cancel; who hears nothing is ended with its thread.
      await setImmediate();
      signal.throwIfAborted();
    }
  } finally {
    closeSync(file);
  }
});
