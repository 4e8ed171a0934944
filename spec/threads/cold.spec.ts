// Cold tasks whose work runs in threads.
import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, runEvery, runOnce, whenStatus } from 'carillon';
import { filter, firstValueFrom, lastValueFrom, map, take, toArray } from 'rxjs';
import { inThreads } from '../support/workers.js';

describe('a cold task in a thread', () => {
  it('tells results, typed by the module', async () => {
    const { fibonacci } = inThreads({ threads: 1 });
    const results$ = runEvery(fibonacci, 10, { args: [10], maxRuns: 3 }).pipe(whenStatus('COMPLETED'), map(({ result }) => result), toArray());
    expect(await lastValueFrom(results$, { defaultValue: [] })).toEqual([55, 55, 55]);
  });

  it('tells its runs to heed the abort when it is unsubscribed from, and the thread goes on', async () => {
    const { polite, whichThread } = inThreads({ threads: 1, graceMs: 10_000 });
    const folder = mkdtempSync(join(tmpdir(), 'carillon-'));
    const file = join(folder, 'polite');
    const thread = await whichThread();
    await firstValueFrom(runOnce(polite, after(0), { args: [file] }).pipe(filter(({ progress }) => progress === 'listening')), { defaultValue: undefined });
    expect(await whichThread()).toBe(thread);
    expect(readFileSync(file, 'utf8')).toMatch(/^aborted/);
    rmSync(folder, { recursive: true });
  });

  it('has its thread ended when it goes on all the same', async () => {
    const { stuck, whichThread } = inThreads({ threads: 1, graceMs: 50 });
    const thread = await whichThread();
    await firstValueFrom(runOnce(stuck, after(0)).pipe(filter(({ progress }) => progress === 'stuck')), { defaultValue: undefined });
    expect(await whichThread()).not.toBe(thread);
  });

  it('lets its threads go when nobody else needs them, and has new ones at the next subscription', async () => {
    const { whichThread } = inThreads({ threads: 1 });
    const task$ = runEvery(whichThread, 5).pipe(whenStatus('COMPLETED'), take(2), map(({ result }) => result), toArray());
    const threads = new Set<number | undefined>();
    // A subscription that comes soon enough goes on with the thread of the one before.
    while (threads.size < 2) {
      const these = new Set(await lastValueFrom(task$, { defaultValue: [] }));
      expect(these.size).toBe(1);
      for (const thread of these) threads.add(thread);
      await new Promise(setImmediate);
    }
  });
});
