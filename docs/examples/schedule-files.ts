// One task for every file under a folder, in threads.
import type { TaskScheduler } from 'carillon';
import { workerModule } from 'carillon/threads';
import { setImmediate } from 'node:timers/promises';
import { FILE } from './file-hash.js';
import { filesUnder } from './files-under.js';
import type * as work from './hash-file.js';

/** However many files are due, a thread has one of them at a time; the others are QUEUED. */
const hashing = workerModule<typeof work>(new URL('./hash-file.js', import.meta.url));

/** The last file is due so long after the first. */
const SPREAD_MS = 2000;

/** Half of the files are due in so many herds. */
const HERDS = 4;

/** So many tasks are scheduled at a stretch, and so many in a millisecond, by and large. */
const STRETCH = 250;
const SCHEDULED_PER_MS = 50;

/** A task's name may have up to 255 characters. */
const LONGEST_NAME = 255;

/** Schedules the hashing of every file under `root`. Resolves when all are scheduled, or when `signal` aborts. */
export async function scheduleFiles(
  scheduler: TaskScheduler, root: string, { leaveOut, signal }: { leaveOut: readonly string[]; signal: AbortSignal },
): Promise<void> {
  const paths: Buffer[] = [];
  for await (const path of filesUnder(root, leaveOut)) {
    if (signal.aborted) return;
    paths.push(path);
  }
  await hashing.preload();
  // The first one is due when the last one is scheduled, about.
  const from = Date.now() + 100 + paths.length / SCHEDULED_PER_MS;
  for (const [index, path] of paths.entries()) {
    // To schedule a task takes some microseconds. Times 50,000 that holds up everything else, so let the rest go on in between.
    if (index % STRETCH === 0) await setImmediate();
    if (signal.aborted) return;
    scheduler.scheduleOneTime(hashing.hashFile, Math.round(from + dueAfter(index, paths.length)), {
      args: [path],
      name: nameOf(path, root),
      tags: [FILE],
    });
  }
}

/** Every other file comes by itself, as far as there are milliseconds; the rest in herds, thousands at one instant perhaps. */
function dueAfter(index: number, total: number): number {
  const share = index / total;
  return SPREAD_MS * (index % 2 === 0 ? share : Math.ceil(share * HERDS) / HERDS);
}

function nameOf(path: Buffer, root: string): string {
  const name = path.subarray(Buffer.byteLength(root)).toString().replace(/^[\\/]+/, '') || '.';
  return name.length <= LONGEST_NAME ? name : `…${name.slice(1 - LONGEST_NAME)}`;
}
