// What is known of a file that was hashed. Plain data, for it comes from a thread.
import { bytes } from './bytes.js';

/** Marks the tasks that hash a file. */
export const FILE = 'file';

/** A file's SHA-256 and its size. */
export interface FileHash {
  readonly sha256: string;
  readonly size: number;
}

export function hashText({ sha256, size }: FileHash): string {
  return `${sha256.slice(0, 16)}… ${bytes(size)}`;
}
