// Which files there are under a folder.
import { readdir, stat } from 'node:fs/promises';
import { sep } from 'node:path';

/**
 * Every file under a folder, in no particular order, links to files included. A link to a folder is not followed, for it
 * may lead round in a circle.
 *
 * Paths are bytes, for a file name need not be valid UTF-8. A folder that can't be listed is given in place of its files:
 * whoever opens it then learns why.
 *
 * @param leaveOut names of folders directly in `root` to pass over
 */
export async function* filesUnder(root: string, leaveOut: readonly string[]): AsyncGenerator<Buffer> {
  const folders = [Buffer.from(root)];
  for (let folder = folders.pop(); folder; folder = folders.pop()) {
    const entries = await readdir(folder, { withFileTypes: true, encoding: 'buffer' }).catch(() => undefined);
    if (!entries) yield folder;
    for (const entry of entries ?? []) {
      const path = Buffer.concat([folder, Buffer.from(sep), entry.name]);
      if (entry.isDirectory()) {
        const isLeftOut = folder.toString() === root && leaveOut.includes(entry.name.toString());
        if (!isLeftOut) folders.push(path);
      } else if (!entry.isSymbolicLink() || !(await isFolder(path))) {
        yield path;
      }
    }
  }
}

async function isFolder(path: Buffer): Promise<boolean> {
  // A link that leads nowhere is no folder.
  return stat(path).then((stats) => stats.isDirectory(), () => false);
}
