// The example that `npm start` runs: the whole of it as a process of its own, and its parts that are pure.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { every, once, TaskScheduler, type TaskEvent } from 'carillon';
import fc from '../support/properties.js';
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { bytes } from '../../docs/examples/bytes.js';
import { filesUnder } from '../../docs/examples/files-under.js';
import { FILE } from '../../docs/examples/file-hash.js';
import { hashFile } from '../../docs/examples/hash-file.js';
import { HEARTBEAT } from '../../docs/examples/heartbeat.js';
import { Histogram } from '../../docs/examples/histogram.js';
import { stopped, summary } from '../../docs/examples/summary.js';
import { JobTally } from '../../docs/examples/job-tally.js';
import { HEAVY } from '../../docs/examples/schedule-primes.js';
import { countPrimes } from '../../docs/examples/primes.js';
import { FAILS_ON_PURPOSE } from '../../docs/examples/three-examples.js';
import { VirtualClock } from '../../src/testing/index.js';

let temp: string;

beforeAll(async () => { temp = await mkdtemp(join(tmpdir(), 'carillon-examples-')); });
afterAll(async () => { await rm(temp, { recursive: true, force: true }); });

/** A folder with what its name says in it. */
async function folderOf(name: string, files: Readonly<Record<string, string | Buffer>> = {}): Promise<string> {
  const folder = join(temp, name);
  await mkdir(folder, { recursive: true });
  for (const [file, content] of Object.entries(files)) {
    await mkdir(join(folder, file, '..'), { recursive: true });
    await writeFile(join(folder, file), content);
  }
  return folder;
}

describe('the main job', () => {
  interface Ended { readonly code: number | null; readonly out: string; readonly err: string }

  /** Runs the job as `npm start` does, its output piped. */
  async function job(folder: string, hear?: (out: string, kill: () => void) => void): Promise<Ended> {
    const child = spawn(process.execPath, ['--import', 'tsx', 'docs/examples/main.ts', folder], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      hear?.(out, () => child.kill('SIGINT'));
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => { err += text; });
    return new Promise((resolve) => { child.on('close', (code) => { resolve({ code, out, err }); }); });
  }

  let whole: Ended;
  let empty: Ended;
  let interrupted: Ended;
  let nowhere: Ended;

  beforeAll(async () => {
    const files = await folderOf('files', { 'a.txt': 'a', 'b/c.txt': 'bc', 'b/\x1b[2J.txt': '', 'large.bin': Buffer.alloc(1_000_000) });
    await symlink(join(files, 'gone'), join(files, 'broken'));
    let told = false;
    [whole, empty, interrupted, nowhere] = await Promise.all([
      job(files),
      job(await folderOf('empty')),
      job(files, (out, kill) => {
        if (told || !out.includes('Counting: 0')) return;
        told = true;
        kill();
      }),
      job(join(files, 'nowhere')),
    ]);
  }, 90_000);

  it('gives the output of the three examples, in order', () => {
    const said = whole.out.split('\n').map((line) => line.replace(/^ *[\d.]+ m?s {2}/, ''));
    const expected = [
      'Counting: 0', 'Counting: 1', 'Counting: 2', 'Counting: 3',
      'The task "divide by zero" is FAILED: RangeError: Division by zero',
      'Hello, Alice!', 'Greeting for Alice sent.',
    ];
    expect(said.filter((line) => expected.includes(line)).sort()).toEqual([...expected].sort());
    expect(said.filter((line) => line.startsWith('Counting'))).toEqual(expected.slice(0, 4));
  });

  it('hashes every file, counts what it could not read, and exits with 0', () => {
    expect(whole.out).toMatch(/^ {2}files: 4 hashed, 1\.0 MB,/m);
    expect(whole.out).toMatch(/^ {2}failures: 1 expected, 1 unexpected\n {4}broken: ENOENT/m);
    expect(whole.out).toMatch(/^ {2}tasks: 10 \(7 completed, 2 failed, 1 stopped\), and the heartbeat$/m);
    expect(whole).toMatchObject({ code: 0, err: '' });
  });

  it('starts nothing early, and sums up when it started what', () => {
    expect(whole.out).toMatch(/^ {2}early: 0$/m);
    for (const line of ['lateness', 'handling', 'heartbeat']) {
      expect(whole.out).toMatch(new RegExp(`^ {2}${line}: .*p50 [\\d.]+ m?s, p99 [\\d.]+ m?s, max [\\d.]+ m?s`, 'm'));
    }
  });

  it('writes plain lines into a pipe', () => {
    expect(stripVTControlCharacters(whole.out)).toBe(whole.out);
  });

  it('takes an empty folder for a small job', () => {
    expect(empty.out).toMatch(/^ {2}files: 0 hashed/m);
    expect(empty.code).toBe(0);
  });

  it('drains at Ctrl-C, says what that did, and exits with 130', () => {
    expect(interrupted.out).toMatch(/^Stopped\n {2}tasks left undone: [1-9]\d*\n {2}runs in progress at the time: \d+ completed, 0 failed, 0 cancelled, 0 abandoned$/m);
    expect(interrupted.out).toMatch(/^ {2}early: 0$/m);
    expect(interrupted.out).not.toContain('Counting: 2');
    expect(interrupted.code).toBe(130);
  });

  it('says that there is no such folder, and exits with 2', () => {
    expect(nowhere.err).toMatch(/^Can't list the folder .*nowhere: ENOENT[^\n]*\n$/);
    expect(nowhere).toMatchObject({ code: 2, out: '' });
  });
});

describe('filesUnder', () => {
  const list = async (root: string, leaveOut: string[] = []): Promise<string[]> => {
    const paths: string[] = [];
    for await (const path of filesUnder(root, leaveOut)) paths.push(path.toString('latin1').slice(root.length + 1));
    return paths.sort();
  };

  it('finds every file and link to a file, and follows no link to a folder', async () => {
    const root = await folderOf('links', { a: '', 'b/c': '', 'b/.git/d': '' });
    await symlink('a', join(root, 'to-a'));
    await symlink('nowhere', join(root, 'to-nowhere'));
    await symlink('..', join(root, 'b/up'));
    expect(await list(root)).toEqual(['a', 'b/.git/d', 'b/c', 'to-a', 'to-nowhere']);
  });

  it('passes over what is to be left out, at the top only', async () => {
    const root = await folderOf('left-out', { '.git/a': '', 'b/.git/c': '' });
    expect(await list(root, ['.git'])).toEqual(['b/.git/c']);
  });

  it('gives a folder that it cannot list in place of its files', async () => {
    expect(await list(join(temp, 'nowhere'))).toEqual(['']);
  });

  it('gives names that are not valid UTF-8 as they are', async () => {
    const root = await folderOf('bytes');
    await writeFile(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x62, 0xff])]), '').catch(() => undefined);
    // Some file systems refuse such a name.
    expect([['b\xff'], []]).toContainEqual(await list(root));
  });
});

describe('hashFile', () => {
  it.each([
    ['nothing', '', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['a million times a', 'a'.repeat(1_000_000), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'],
  ])('hashes %s', async (name, content, sha256) => {
    const root = await folderOf('hashes', { [name]: content });
    await expect(hashFile(Buffer.from(join(root, name)))).resolves.toEqual({ sha256, size: content.length });
  });

  it('refuses what is no file', async () => {
    await expect(hashFile(Buffer.from(temp))).rejects.toThrow('Not a regular file');
    await expect(hashFile(Buffer.from(join(temp, 'nowhere')))).rejects.toThrow('ENOENT');
  });
});

describe('countPrimes', () => {
  it('counts them', () => {
    expect([0, 2, 3, 100, 10_000].map(countPrimes)).toEqual([0, 0, 1, 25, 1229]);
  });
});

describe('JobTally', () => {
  /** Some tasks of each kind, from start to stop. */
  async function played(): Promise<JobTally> {
    const clock = new VirtualClock({ startAt: 1000 });
    const scheduler = new TaskScheduler({ clock, retention: { tasks: 0 } });
    const tally = new JobTally(0);
    scheduler.events$.subscribe((event) => { tally.add(event); });
    const beat = scheduler.schedule(() => 'beat', every(100), { tags: [HEARTBEAT] });
    const slow = { concurrencyKey: 'slow', name: 'slow', tags: [FILE] };
    for (let i = 0; i < 3; i++) scheduler.schedule(async () => new Promise((resolve) => clock.schedule(() => { resolve({ sha256: '00', size: 7 }); }, 50)), once(1100), slow);
    scheduler.schedule(() => { throw new Error('as planned'); }, once(1200), { tags: [FAILS_ON_PURPOSE] });
    scheduler.schedule(() => { throw new Error('by surprise'); }, once(1200), { name: 'bad' });
    const stoppedTask = scheduler.schedule(() => undefined, once(9999));
    await clock.advanceTo(1100);
    expect(tally).toMatchObject({ open: 6, running: 1, waiting: 2 });
    scheduler.stopTask(stoppedTask);
    await clock.advanceTo(1300);
    scheduler.stopTask(beat);
    await scheduler.stop();
    return tally;
  }

  it('counts every task, though the scheduler forgets them at once', async () => {
    expect(await played()).toMatchObject({
      known: 7, open: 0, running: 0, waiting: 0, early: 0,
      tasks: { scheduled: 6, completed: 3, failed: 2, cancelled: 1 },
      runs: { started: 9, completed: 7, failed: 2, cancelled: 0 },
      lost: { skipped: 0, missed: 0 },
      files: { hashed: 3, bytes: 21 },
      failures: { expected: 1, unexpected: 1, first: [{ name: 'bad', error: new Error('by surprise') }] },
    });
  });

  it('tells the wait for a slot from lateness of the clock', async () => {
    const { lateness, handling, heartbeat } = await played();
    expect([lateness.count, lateness.max]).toEqual([9, 100]);
    expect([handling.count, handling.max]).toEqual([9, 0]);
    expect([heartbeat.count, heartbeat.max]).toEqual([4, 0]);
  });

  it('tells how late the beats were while the heavy task ran', async () => {
    const clock = new VirtualClock();
    const scheduler = new TaskScheduler({ clock });
    const tally = new JobTally(0);
    scheduler.events$.subscribe((event) => { tally.add(event); });
    scheduler.schedule(() => 'beat', every(100), { tags: [HEARTBEAT] });
    scheduler.schedule(async () => new Promise((resolve) => clock.schedule(() => { resolve(1); }, 500)), once(1050), { tags: [HEAVY] });
    await clock.advanceTo(2000);
    await scheduler.stop();
    expect(tally).toMatchObject({ heavyMs: 500, underLoad: { count: 5, max: 0 } });
    expect(summary(tally, 0)).toContain('  heavy: 500 ms of computing in a thread; 5 beats meanwhile, late by p50 0 ms, p99 0 ms, max 0 ms');
  });

  it('sees a run that starts early', () => {
    const tally = new JobTally(0);
    const start = (at: number): TaskEvent => ({ v: 1, seq: 1, at, type: 'runStarted', taskId: 'a', runId: 'r', scheduledFor: 100, reason: 'scheduled', attempt: 1 });
    tally.add(start(100));
    expect(tally.early).toBe(0);
    tally.add(start(99));
    expect(tally.early).toBe(1);
  });

  it('keeps the first ten failures, and the summary counts the rest', () => {
    const tally = new JobTally(0);
    for (let i = 0; i < 13; i++) {
      const taskId = `t${i}`;
      tally.add({ v: 1, seq: 1, at: 0, type: 'taskScheduled', taskId, name: `\x07${i}`, tags: [], trigger: once(0), replaced: false });
      tally.add({ v: 1, seq: 2, at: 0, type: 'runFailed', taskId, runId: taskId, error: new Error('no\nway') });
    }
    const lines = summary(tally, tally.startedAt + 2500);
    expect(lines[0]).toBe('Summary, after 2.5 s');
    expect(lines.slice(-12)).toEqual([
      '  failures: 0 expected, 13 unexpected',
      ...Array.from({ length: 10 }, (_, i) => `    \\x07${i}: no\\nway`),
      '    and 3 more',
    ]);
  });
});

describe('stopped', () => {
  it('says what stop() did', () => {
    expect(stopped({ completed: 1, failed: 2, cancelled: 3, abandoned: 4, pending: 5000, deadlineHit: true })).toEqual([
      'Stopped at the deadline',
      '  tasks left undone: 5,000',
      '  runs in progress at the time: 1 completed, 2 failed, 3 cancelled, 4 abandoned',
    ]);
  });
});

describe('bytes', () => {
  it('are said as people read them', () => {
    expect([bytes(0), bytes(999), bytes(1000), bytes(12_345_678), bytes(4.5e12)]).toEqual(['0 B', '999 B', '1.0 kB', '12.3 MB', '4500.0 GB']);
  });
});

describe('Histogram', () => {
  it('finds the percentiles that sorting finds', () => {
    fc.assert(fc.property(fc.array(fc.nat(50), { minLength: 1 }), fc.constantFrom(0.01, 0.5, 0.99, 1), (values, share) => {
      const histogram = new Histogram();
      for (const value of values) histogram.add(value);
      const sorted = [...values].sort((a, b) => a - b);
      expect(histogram.percentile(share)).toBe(sorted[Math.ceil(share * values.length) - 1]);
      expect(histogram.max).toBe(sorted.at(-1));
    }));
  });

  it('says 0 when it has seen nothing', () => {
    expect(new Histogram().percentile(0.99)).toBe(0);
  });
});
