import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

/** Runs a process to the end that it must come to by itself: one that has to be killed rejects. */
async function run(file: string, args: readonly string[] = [], flags: readonly string[] = []): Promise<string> {
  const path = fileURLToPath(new URL(`./processes/${file}`, import.meta.url));
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [...flags, '--import', 'tsx', path, ...args], { timeout: 30_000 });
  expect(stderr).toBe('');
  return stdout;
}

describe('100,000 pending tasks', () => {
  it('are scheduled and cancelled, and leave nothing behind', async () => {
    const { ms, pendingMb, leftMb, known, stats, timers } = JSON.parse(await run('leave-nothing.ts', [], ['--expose-gc'])) as {
      readonly ms: number; readonly pendingMb: number; readonly leftMb: number; readonly known: number; readonly stats: object; readonly timers: number;
    };
    expect({ known, timers }).toEqual({ known: 0, timers: 0 });
    expect(stats).toEqual({ tasks: { PENDING: 0, RUNNING: 0, PAUSED: 0, COMPLETED: 0, FAILED: 0, CANCELLED: 0 }, queuedRuns: 0, runsInProgress: 0, latenessMs: expect.any(Number) });
    // They were there, or nothing would be proven; a hundredth of a task left is more than the bound.
    expect(pendingMb).toBeGreaterThan(20);
    expect(leftMb).toBeLessThan(pendingMb / 20);
    // About a second on a machine with nothing else to do.
    expect(ms).toBeLessThan(15_000);
  }, 40_000);
});

describe('stop', () => {
  it.each([
    'work', 'a notification that a trigger was scheduled', 'the subscription to a trigger', 'an abort', 'a notification of the stop itself', 'a herd', 'a pause',
    'a failure that nobody observes', 'the call before it',
  ])('during %s lets the process exit by itself', async (situation) => {
    const said = await run('stop-during.ts', [situation]);
    expect(said).toMatch(/^(stopped, \d+ pending\n)+$/);
    // However often it was called, there is one report.
    expect(new Set(said.trim().split('\n')).size).toBe(1);
  }, 40_000);
});
