// `carillon run` as a process of its own: signals, exit codes, streams. It is what is built that runs.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const ROOT = join(import.meta.dirname, '../..');
const MAIN = join(ROOT, 'dist/cli/main.js');
/** Whether this Node strips types itself. */
const stripsTypes = Boolean((process.features as { readonly typescript?: unknown }).typescript);

const FILES: Readonly<Record<string, string>> = {
  'package.json': '{ "type": "module" }',
  'tasks.ts': `
    import { defineTask, every, after } from 'carillon';
    const greet = (name: string): string => { console.log('greeting ' + name); return \`Hello, \${name}!\`; };
    export const hello = defineTask(greet, every('50ms'), { args: ['Alice'], maxRuns: 3, name: 'say hello' });
    export const divide = defineTask((n: bigint) => n / 0n, after(0), { args: [10n] });
    export const unrelated = 7;
  `,
  'service.mjs': `
    import { defineTask, every, after, withContext } from 'carillon';
    import { setTimeout as wait } from 'node:timers/promises';
    export const slow = defineTask(async () => { await wait(700); return 'done after all'; }, after(0));
    export const deaf = defineTask(async () => wait(60_000), after(0));
    export const bell = defineTask(() => 'ding', every('100ms'));
    process.stderr.write('ready');
  `,
  'idle.mjs': "import { defineTask } from 'carillon'; import { NEVER } from 'rxjs'; export const never = defineTask(() => 1, NEVER);",
  'watch.mjs': `
    import { defineTask } from 'carillon';
    import { Observable } from 'rxjs';
    const emitted$ = new Observable((subscriber) => { console.log('subscribed'); subscriber.next('a'); subscriber.complete(); });
    export const watch = defineTask((text) => text + '!', emitted$, { args: (text) => [text] });
  `,
  'noisy.mjs': "import { defineTask, after } from 'carillon'; export const a = defineTask(() => { console.error('oh no'); }, after(0));",
  'open.mjs': "import { defineTask, after } from 'carillon'; setInterval(() => {}, 1000); export const a = defineTask(() => 1, after(0));",
  'stray.mjs': "import { defineTask, every } from 'carillon'; setTimeout(() => { throw new Error('stray'); }, 300); export const a = defineTask(() => 1, every(100));",
  // What is loaded first makes a pipe pass for a terminal.
  'terminal.mjs': 'for (const stream of [process.stdout, process.stderr]) Object.assign(stream, { isTTY: true, columns: 80, rows: 24, hasColors: () => false });',
  'empty.mjs': 'export const a = 1;',
  'hopeless.mjs': 'await new Promise(() => {});',
  'odd.mjs': 'throw { toString() { throw new Error(); } };',
  'stackless.mjs': "throw Object.assign(new Error('x'), { stack: 5 });",
  'evades.mjs': `
    import { defineTask, after } from 'carillon';
    export const a = defineTask(() => { throw Object.defineProperty(new Error('evasive'), 'name', { get() { throw new Error('no'); } }); }, after(0));
  `,
  'wordy.mjs': "throw new Error('first\\n\\x1b[2Jsecond');",
  'misused.mjs': "import { defineTask, after } from 'carillon'; export const a = defineTask(() => 1, after(-1));",
  'chatty.mjs': `
    import { defineTask, after, every } from 'carillon';
    console.log('at load');
    process.on('exit', () => { console.log('at exit'); });
    export const chat = defineTask(() => { process.stdout.write('unfinished'); }, every(30), { maxRuns: 2 });
    export const quit = defineTask(() => { console.log('a line'); process.stdout.write('last words'); process.exit(7); }, after(0));
  `,
  'throws.mjs': "throw new Error('no database');",
  'unread.mjs': 'export const a = ;',
  'mistaken.mjs': "import { nope } from 'carillon';",
  'twice.mjs': "import { defineTask, after } from 'carillon'; export const a = defineTask(() => 1, after(0), { id: 'x' }); export const b = defineTask(() => 1, after(0), { id: 'x' });",
  'commonjs/package.json': '{ "type": "commonjs" }',
  'commonjs/tasks.cjs': "const { defineTask, after } = require('carillon'); exports.a = defineTask(() => 'from CommonJS', after(0));",
  'untyped/package.json': '{}',
  'untyped/tasks.ts': "import { defineTask, after } from 'carillon'; export const a = defineTask((n: number) => n * 2, after(0), { args: [21] });",
};

let folder: string;

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'carillon-cli-')));
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(ROOT, join(folder, 'node_modules/carillon'), 'junction');
  for (const name of ['rxjs', 'tsx']) symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name), 'junction');
});
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

interface Ended { readonly code: number | null; readonly signal: string | null; readonly out: string; readonly err: string }

/** @param hear called with all of the output so far, whenever there is more of it */
function carillon(args: readonly string[], hear: (said: string, child: { kill: (signal: NodeJS.Signals) => void; unread: () => void }) => void = () => undefined, on: 'pipe' | 'terminal' | 'unread' | 'deaf' = 'pipe'): Promise<Ended> {
  const child = spawn(process.execPath, [...(on === 'terminal' ? ['--import', './terminal.mjs'] : []), MAIN, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], timeout: 25_000, killSignal: 'SIGKILL' });
  if (on === 'unread') child.stdout.destroy();
  if (on === 'deaf') child.stderr.destroy();
  let [out, err] = ['', ''];
  const steer = { kill: (signal: NodeJS.Signals) => { child.kill(signal); }, unread: () => { child.stdout.destroy(); } };
  child.stdout.setEncoding('utf8').on('data', (text: string) => { out += text; hear(out + err, steer); });
  child.stderr.setEncoding('utf8').on('data', (text: string) => { err += text; hear(out + err, steer); });
  return new Promise((resolve) => { child.on('close', (code, signal) => { resolve({ code, signal, out, err }); }); });
}

/** Sends each signal once when its text has been said. */
function at(...steps: readonly (readonly [text: string, signal: NodeJS.Signals])[]): Parameters<typeof carillon>[1] {
  const left = [...steps];
  return (said, { kill }) => {
    const [text, signal] = left[0] ?? [];
    if (text === undefined || signal === undefined || !said.includes(text)) return;
    left.shift();
    kill(signal);
  };
}

const withoutTimes = (text: string): string[] => text.trimEnd().split('\n').map((line) => line.replace(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z {2}/, '').replace(/\b[\d.]+ m?s\b/g, '… ms'));

describe('carillon run', () => {
  it('runs all tasks of a module, in TypeScript, in lines without colours, and exits with 1 since one has failed', async () => {
    const { code, out, err } = await carillon(['run', 'tasks.ts']);
    const lines = withoutTimes(out);
    expect(stripVTControlCharacters(out)).toBe(out);
    expect(lines).toEqual(expect.arrayContaining(['greeting Alice', 'say hello  completed in … ms: Hello, Alice!', 'say hello  is over: COMPLETED', 'divide     failed after … ms: RangeError: Division by zero']));
    expect(lines.slice(-4)).toEqual(['All tasks have ended, after … ms', '  tasks: 1 completed, 1 failed', '  runs: 3 completed, 1 failed', '  divide failed: RangeError: Division by zero']);
    expect(out).toMatch(/^ {4}at .*tasks\.ts:5/m);
    expect([code, err]).toEqual([1, '']);
  });

  it('runs those that are named, and exits with 0 when all went well', async () => {
    const { code, out } = await carillon(['run', 'tasks.ts', 'hello', '--concurrency', '1']);
    expect(out).toMatch(/^ {2}tasks: 1 completed$/m);
    expect(code).toBe(0);
  });

  it('writes, with --json, nothing but events and a report to stdout, and what tasks print to stderr', async () => {
    const { code, out, err } = await carillon(['run', 'tasks.ts', '--json']);
    const lines = out.trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
    const report = lines.pop();
    expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_, i) => i + 1));
    expect(lines.filter(({ type }) => type === 'runCompleted').map(({ taskId, result }) => [taskId, result])).toEqual(Array(3).fill(['hello', 'Hello, Alice!']));
    expect(lines.find(({ type }) => type === 'runFailed')).toMatchObject({
      taskId: 'divide', error: { name: 'RangeError', message: 'Division by zero', stack: expect.stringContaining('tasks.ts') as unknown },
    });
    expect(report).toMatchObject({
      type: 'report', end: 'done', exitCode: 1, stop: { deadlineHit: false },
      tasks: expect.arrayContaining([expect.objectContaining({ id: 'hello', name: 'say hello', status: 'COMPLETED', completedCount: 3 })]) as unknown,
    });
    expect([code, err]).toEqual([1, 'greeting Alice\n'.repeat(3)]);
  });

  it('writes, with --json, nothing else, from when the module is loaded until the process ends', async () => {
    const { code, out, err } = await carillon(['run', 'chatty.mjs', 'chat', '--json']);
    const types = out.trimEnd().split('\n').map((line) => (JSON.parse(line) as { type: string }).type);
    expect([types[0], types.at(-1)]).toEqual(['taskScheduled', 'report']);
    expect([code, err]).toEqual([0, 'at load\nunfinishedunfinishedat exit\n']);
  });

  it('begins each line of its own in the first column', async () => {
    const { out } = await carillon(['run', 'chatty.mjs', 'chat']);
    expect(withoutTimes(out).filter((line) => line.includes('unfinished'))).toEqual(['unfinished', 'unfinished']);
  });

  it.each([['SIGINT'], ['SIGTERM']] as const)('lets, at %s, the runs in progress end, starts nothing more, and exits with 0', async (signal) => {
    const { code, out } = await carillon(['run', 'service.mjs', 'slow', 'bell'], at(['ding', signal]));
    const after = withoutTimes(out.slice(out.indexOf('Stopping, once')));
    expect(after[0]).toBe('Stopping, once what is in progress has ended. Again, to end at once.');
    expect(after).toContain('slow      completed in … ms: done after all');
    expect(after.join('\n')).not.toContain('ding');
    expect(after.slice(-3)).toEqual([`Stopped by ${signal}, after … ms`, '  tasks: 1 completed, 1 not ended', expect.stringMatching(/^ {2}runs: \d+ completed$/)]);
    expect(code).toBe(0);
  });

  it.each([['SIGINT', 130], ['SIGTERM', 143]] as const)('breaks off, at the deadline, what goes on after %s, says so, and exits with %i', async (signal, expected) => {
    const { code, out } = await carillon(['run', 'service.mjs', 'deaf', 'bell', '--deadline', '200ms'], at(['ding', signal]));
    expect(withoutTimes(out)).toContain('  at the deadline 1 run was aborted, and 1 went on all the same');
    expect(code).toBe(expected);
  });

  it.each([['SIGINT', 130], ['SIGTERM', 143]] as const)('ends at once at a second signal, with %s and %i', async (signal, expected) => {
    const { code, out } = await carillon(['run', 'service.mjs', 'deaf', 'bell', '--deadline', '20s'], at(['ding', 'SIGINT'], ['Stopping', signal]));
    expect(out).not.toContain('Stopped');
    expect(code).toBe(expected);
  });

  it('ends when nothing can happen any more, and when the module leaves something open', async () => {
    const [idle, open] = await Promise.all([carillon(['run', 'idle.mjs']), carillon(['run', 'open.mjs'])]);
    expect(withoutTimes(idle.out).slice(-3)).toEqual(['Nothing is left to wait for, after … ms', '  tasks: 1 not ended', '  runs: none']);
    expect([idle.code, open.code]).toEqual([0, 0]);
  });

  it.each(['pipe', 'terminal'] as const)('shows an error that throws when it is looked at, as any other: %s', async (on) => {
    const { code, out, err } = await carillon(['run', 'evades.mjs'], undefined, on);
    expect(withoutTimes(out)).toContain('  a failed: evasive');
    expect([code, err]).toEqual([1, '']);
  });

  it('subscribes to an Observable once', async () => {
    const { code, out } = await carillon(['run', 'watch.mjs']);
    expect(withoutTimes(out).filter((line) => line === 'subscribed')).toHaveLength(1);
    expect(withoutTimes(out)).toContain('watch     completed in … ms: a!');
    expect(code).toBe(0);
  });

  it('stops when whoever read along has left, and exits with 141', async () => {
    const { code, err } = await carillon(['run', 'service.mjs', 'bell'], (said, { unread }) => { if (said.includes('ding')) unread(); });
    expect([code, err]).toEqual([141, 'ready']);
  });

  it('goes on when nobody reads what goes to stderr', async () => {
    const { code, out } = await carillon(['run', 'tasks.ts', 'hello', '--json'], undefined, 'deaf');
    expect(out).toContain('"type":"report","end":"done"');
    expect(code).toBe(0);
  });

  it('lets an error that is nobody\'s end it, as any program', async () => {
    const { code, err } = await carillon(['run', 'stray.mjs']);
    expect(err).toContain('Error: stray');
    expect(code).toBe(1);
  });

  it.each([
    ['empty.mjs', /^carillon run: empty\.mjs exports no task\. Write: import \{ defineTask, every \} from 'carillon'; export const hello = .* See carillon run --help\.\n$/],
    ['throws.mjs', /^carillon run: .*throws\.mjs can't be loaded: no database\n {4}at .*throws\.mjs:1:7/],
    ['hopeless.mjs', /^carillon run: .*hopeless\.mjs can't be loaded: it awaits, at its top level, what can never come\.\n/],
    ['odd.mjs', /^carillon run: .*odd\.mjs can't be loaded: an object \{ toString \}\n$/],
    ['stackless.mjs', /^carillon run: .*stackless\.mjs can't be loaded: x\n$/],
    ['wordy.mjs', /^carillon run: .*wordy\.mjs can't be loaded: first\n {4}\\x1b\[2Jsecond\n {4}at .*wordy\.mjs:1:7/],
    ['misused.mjs', /^carillon run: .*misused\.mjs can't be loaded: .*-1.*\n {4}at .*misused\.mjs:1:/],
    ['unread.mjs', /^carillon run: .*unread\.mjs can't be loaded: Unexpected token ';'\. To see where, run: node unread\.mjs\n$/],
    ['mistaken.mjs', /^carillon run: .*mistaken\.mjs can't be loaded: .*'nope'\n {4}.*mistaken\.mjs:1\n {4}import \{ nope \} from 'carillon';\n/],
    ['twice.mjs', /^carillon run: the task b can't be scheduled: The id "x" is taken\..* See carillon run --help\.\n$/],
  ])('says why it can run nothing of %s, and exits with 2', async (file, said) => {
    const { code, out, err } = await carillon(['run', file]);
    expect(err).toMatch(said);
    expect([code, out]).toEqual([2, '']);
  });

  it('knows no task of a name that is not exported, and which was meant', async () => {
    expect(await carillon(['run', 'tasks.ts', 'helo'])).toMatchObject({
      code: 2, out: '', err: 'carillon run: tasks.ts exports no task helo. Did you mean hello? There are: divide, hello. See carillon run --help.\n',
    });
  });

  it.each([['commonjs/tasks.cjs', 'from CommonJS'], ['untyped/tasks.ts', '42']])('loads %s', async (file, result) => {
    const { code, out } = await carillon(['run', file]);
    expect(withoutTimes(out)).toContain(`a         completed in … ms: ${result}`);
    expect(code).toBe(0);
  });
});

describe('carillon run, in a terminal', () => {
  const [ENTER, LEAVE] = ['\x1b[?1049h\x1b[?25l', '\x1b[?25h\x1b[?1049l'];

  it('shows a table on a screen of its own, keeps off it what tasks print, and leaves all of that behind', async () => {
    const { code, out, err } = await carillon(['run', 'tasks.ts'], undefined, 'terminal');
    const [drawn = '', left = ''] = out.split(LEAVE);
    expect(drawn.startsWith(ENTER)).toBe(true);
    expect(drawn).toContain('TASK                      STATUS    RUNS  NEXT    LAST RESULT OR ERROR');
    expect(withoutTimes(left)).toEqual([
      'greeting Alice', 'greeting Alice', 'greeting Alice', '',
      'carillon run tasks.ts: 2 tasks',
      '… ms · 0 running · 0 due and waiting · 3 completed · 1 failed',
      'TASK                      STATUS    RUNS  NEXT    LAST RESULT OR ERROR',
      'divide                    FAILED    1     -       RangeError: Division by zero',
      'say hello                 COMPLETED 3     -       Hello, Alice!',
      '',
      'All tasks have ended, after … ms', '  tasks: 1 completed, 1 failed', '  runs: 3 completed, 1 failed', '  divide failed: RangeError: Division by zero',
      expect.stringMatching(/^ {4}at .*tasks\.ts:5/),
    ]);
    expect([code, err]).toEqual([1, '']);
  });

  it('leaves behind what tasks have printed, whole lines or not, though one of them ends the process', async () => {
    const { code, out } = await carillon(['run', 'chatty.mjs', 'quit'], undefined, 'terminal');
    expect(withoutTimes(out.slice(out.indexOf(LEAVE) + LEAVE.length)).slice(0, 4)).toEqual(['a line', 'last words', '', 'carillon run chatty.mjs: 1 task']);
    expect(code).toBe(7);
  });

  it('keeps off it what goes to stderr, and ends when nothing can happen any more', async () => {
    const [noisy, idle] = await Promise.all([carillon(['run', 'noisy.mjs'], undefined, 'terminal'), carillon(['run', 'idle.mjs'], undefined, 'terminal')]);
    expect(noisy.out.slice(noisy.out.indexOf(LEAVE))).toContain(`${LEAVE}oh no\n`);
    expect([noisy.code, noisy.err]).toEqual([0, '']);
    expect(idle.out).toContain('Nothing is left to wait for');
  });

  it('gives the terminal back for as long as Ctrl-Z suspends it', async () => {
    let step = 0;
    const { code, out } = await carillon(['run', 'service.mjs', 'slow'], (said, { kill }) => {
      if (step === 0 && said.includes('RUNNING')) { step = 1; kill('SIGTSTP'); }
      // It tells of it right before it stops.
      if (step === 1 && said.includes(LEAVE)) { step = 2; setTimeout(() => { kill('SIGCONT'); }, 300); }
    }, 'terminal');
    expect(out.split(ENTER)).toHaveLength(3);
    expect(out.slice(0, out.lastIndexOf(ENTER)).endsWith(LEAVE)).toBe(true);
    expect(out).toContain('  tasks: 1 completed');
    expect(code).toBe(0);
  });

  it('gives the terminal back, however it ends', async () => {
    const [signalled, stray, refused] = await Promise.all([
      carillon(['run', 'service.mjs', 'deaf'], at(['RUNNING', 'SIGINT'], ['Stopping', 'SIGINT']), 'terminal'),
      carillon(['run', 'stray.mjs'], undefined, 'terminal'),
      carillon(['run', 'twice.mjs'], undefined, 'terminal'),
    ]);
    expect(withoutTimes(signalled.out.slice(signalled.out.indexOf(LEAVE))).slice(0, 3)).toEqual([expect.stringContaining('Stopping, once'), '', 'carillon run service.mjs: 1 task']);
    for (const { out } of [signalled, stray]) expect(out.lastIndexOf(LEAVE)).toBeGreaterThan(out.lastIndexOf('\x1b[H'));
    expect([signalled.code, stray.code, refused.code]).toEqual([130, 1, 2]);
    expect(stray.err).toContain('Error: stray');
    expect(refused.out).toBe('');
  });
});

describe('TypeScript', () => {
  /** A folder from where no tsx is found. */
  const lonely = (): string => {
    const place = realpathSync(mkdtempSync(join(tmpdir(), 'carillon-no-tsx-')));
    mkdirSync(join(place, 'node_modules'));
    symlinkSync(ROOT, join(place, 'node_modules/carillon'), 'junction');
    writeFileSync(join(place, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(place, 'tasks.ts'), FILES['untyped/tasks.ts'] ?? '');
    return place;
  };

  it(stripsTypes ? 'needs nothing where Node strips types itself' : 'needs tsx in the project, and says so', async () => {
    const place = lonely();
    const { code, out, err } = await carillon(['run', join(place, 'tasks.ts')]);
    rmSync(place, { recursive: true });
    if (stripsTypes) expect([code, withoutTimes(out)]).toEqual([0, expect.arrayContaining(['a         completed in … ms: 42'])]);
    else expect([code, err.split('\n')[0]]).toEqual([2, `carillon run: ${place}/tasks.ts can't be loaded: it is TypeScript, which this Node runs by tsx only. Install that in the project (npm install -D tsx), or build the module first.`]);
  });
});

describe('carillon next', () => {
  it('is a program that prints and ends, however much of it is read', async () => {
    const whole = await carillon(['next', '0 9 * * *', '--tz', 'UTC', '--count', '1000', '--from', '2026-11-26T00:00Z']);
    expect(whole).toMatchObject({ code: 0, err: '' });
    expect(whole.out.trimEnd().split('\n')).toHaveLength(1000);
    expect(await carillon(['next', '@daily'], undefined, 'unread')).toMatchObject({ code: 141, err: '' });
    expect(await carillon(['nxt'])).toEqual({ code: 2, signal: null, out: '', err: 'carillon: there is no command nxt. Did you mean next? See carillon --help.\n' });
  });
});
