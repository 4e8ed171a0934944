// The live table on virtual time, on a terminal that keeps what is drawn.
import { describe, expect, it } from '@jest/globals';
import type { WriteStream } from 'node:tty';
import { stripVTControlCharacters } from 'node:util';
import { liveTable, type TableOptions } from '../../src/cli/live-table.js';
import { Screen } from '../../src/cli/screen.js';
import { Tally } from '../../src/cli/tally.js';
import { after, every, TaskScheduler, withContext } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/index.js';

function setUp(options: Partial<TableOptions> = {}, retention?: { tasks: number }) {
  const written: string[] = [];
  const terminal = { columns: 80, rows: 24, hasColors: () => false, write: (text: string) => written.push(text) > 0 } as unknown as WriteStream;
  const clock = new VirtualClock({ startAt: 1_000 });
  const scheduler = new TaskScheduler({ clock, retention });
  const tally = new Tally(clock.now());
  scheduler.events$.subscribe((event) => { tally.add(event); });
  const view = liveTable(scheduler, { tally, clock, screen: new Screen(terminal), title: 'three tasks', isPinned: () => true, ...options });
  const linesOf = (text: string | undefined): string[] => stripVTControlCharacters(text ?? '').split(/\r?\n/).map((line) => line.trimEnd());
  return { clock, scheduler, view, written, frame: () => linesOf(written.at(-1)) };
}

describe('liveTable', () => {
  it('draws what there is ten times a second, and what was printed below it', async () => {
    const { clock, scheduler, view, frame, written } = setUp();
    scheduler.schedule(() => 'ding', every('300ms'), { name: 'bell', maxRuns: 3 });
    const copy = withContext(async ({ progress }) => {
      progress('half of it');
      await new Promise<void>((resolve) => clock.schedule(() => { resolve(); }, 500));
      return { files: 2 };
    });
    scheduler.schedule(copy, after(0), { name: 'copy' });
    view.print('a line');
    await clock.advanceBy(200);
    expect(frame()).toEqual([
      'three tasks',
      '200 ms · 1 running · 0 due and waiting · 1 completed · 0 failed',
      'TASK                      STATUS    RUNS  NEXT    LAST RESULT OR ERROR',
      'bell                      PENDING   1     in 0.1s ding',
      'copy                      RUNNING   1     -       half of it',
      '',
      'a line',
    ]);
    await clock.advanceBy(800);
    expect(written.length).toBe(11);
    expect(frame().slice(3, 5)).toEqual(['bell                      COMPLETED 3     -       ding', 'copy                      COMPLETED 1     -       { files: 2 }']);
    await scheduler.stop();
    await view.closed;
  });

  it('shows, while a run waits for its next attempt, what the last one failed with', async () => {
    const { clock, scheduler, view, frame } = setUp();
    scheduler.schedule(() => { throw new Error('busy'); }, after(0), { name: 'flaky', retry: { maxAttempts: 2, delay: '1s' } });
    await clock.advanceBy(100);
    expect(frame()[3]).toBe('flaky                     RUNNING   1     -       Error: busy');
    await scheduler.stop();
    await view.closed;
  });

  it('leaves on the first screen what was printed, and the last frame below it', async () => {
    const { clock, scheduler, view, frame, written } = setUp();
    scheduler.schedule(() => 'ding', after(0), { name: 'bell' });
    for (let i = 0; i < 1003; i++) view.print(`line\x07 ${i}`);
    await clock.advanceBy(100);
    await scheduler.stop();
    await view.closed;
    expect(written.at(-2)).toBe('\x1b[?25h\x1b[?1049l');
    const lines = frame();
    expect(lines.slice(0, 2)).toEqual(['(3 earlier lines are not kept)', 'line\\x07 3']);
    expect(lines.slice(-7)).toEqual([
      'line\\x07 1002',
      '',
      'three tasks',
      '100 ms · 0 running · 0 due and waiting · 1 completed · 0 failed',
      'TASK                      STATUS    RUNS  NEXT    LAST RESULT OR ERROR',
      'bell                      COMPLETED 1     -       ding',
      '',
    ]);
  });

  it('leaves the same behind when the process ends before the scheduler has stopped, and hears before what is still to be printed', async () => {
    const { clock, scheduler, view, frame, written } = setUp({ atEnd: () => { view.print('last words'); } });
    scheduler.schedule(() => 'ding', every('1h'), { name: 'bell' });
    view.print('a line');
    await clock.advanceBy(100);
    // What a process says at its end.
    for (const hear of process.listeners('exit')) if (hear.name === 'leave') hear(0);
    expect(written.at(-2)).toBe('\x1b[?25h\x1b[?1049l');
    expect(frame().slice(0, 4)).toEqual(['a line', 'last words', '', 'three tasks']);
    const before = written.length;
    await scheduler.stop();
    await view.closed;
    expect(written.length).toBe(before);
  });

  it('keeps the row of a pinned task that the scheduler has forgotten', async () => {
    const { clock, scheduler, view, frame } = setUp({}, { tasks: 0 });
    scheduler.schedule(() => 'ding', after(0), { name: 'bell' });
    await clock.advanceBy(200);
    expect(scheduler.getTasks()).toEqual([]);
    expect(frame()[3]).toMatch(/^bell +COMPLETED 1/);
    await scheduler.stop();
    await view.closed;
  });

  it('draws nothing more once the scheduler has stopped', async () => {
    const { clock, scheduler, view, written } = setUp();
    await scheduler.stop();
    await view.closed;
    const before = written.length;
    await clock.advanceBy('1s');
    expect(written.length).toBe(before);
  });
});
