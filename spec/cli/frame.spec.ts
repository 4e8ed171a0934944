// What a frame of the live table shows, and that it fits.
import { describe, expect, it } from '@jest/globals';
import fc from '../support/properties.js';
import { stripVTControlCharacters } from 'node:util';
import type { TaskState } from '../../src/index.js';
import { width } from '../../src/cli/cells.js';
import { frame, layout, type Picture } from '../../src/cli/frame.js';
import { valueText } from '../../src/cli/value-text.js';

describe('frame', () => {
  function picture(change: Partial<Picture> = {}): Picture {
    const facts = { tags: [], paused: false, stopping: false, scheduledAt: 0, completedCount: 0, failedCount: 0, cancelledCount: 0, skippedCount: 0, missedCount: 0 };
    const failedRun = { runId: 'r', taskId: 'b', status: 'FAILED', scheduledFor: 0, attempt: 1, reason: 'scheduled' } as const;
    const shown: TaskState[] = [
      { ...facts, id: 'a', name: 'say hello', status: 'PENDING', runCount: 0, nextRunAt: 3500 },
      { ...facts, id: 'b', name: 'divide by zero', status: 'FAILED', runCount: 1, finishedAt: 1, error: new RangeError('Division by zero'), lastRun: failedRun },
      { ...facts, id: 'c', name: 'src/日本/\x1b[2J.txt', status: 'COMPLETED', runCount: 1, finishedAt: 1, result: { sha256: '0123456789abcdef01', size: 1234 } },
      { ...facts, id: 'd', status: 'PENDING', runCount: 0 },
    ];
    return {
      size: { columns: 81, rows: 24 }, colours: false, now: 2000, shown, printed: ['Hello, Alice!'], resultText: valueText,
      tally: {
        startedAt: 0, known: 51, open: 25, running: 2, waiting: 3,
        tasks: { scheduled: 50, completed: 24, failed: 1, cancelled: 0 }, runs: { started: 99, completed: 96, failed: 1, cancelled: 0 },
      },
      ...change,
    };
  }

  it('shows a bar for the whole, the counts, a row for each task, how many more there are, and what was printed', () => {
    expect(frame(picture()).map((line) => line.trimEnd())).toEqual([
      '█████████████████████████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░ 50 %  25 of 50 tasks',
      '2.0 s · 2 running · 3 due and waiting · 24 completed · 1 failed',
      'TASK                      STATUS    RUNS  NEXT    LAST RESULT OR ERROR',
      'say hello                 PENDING   0     in 1.5s',
      'divide by zero            FAILED    1     -       RangeError: Division by zero',
      'src/日本/\\x1b[2J.txt      COMPLETED 1     -       { sha256: \'0123456789abcdef0…',
      'd                         PENDING   0     waits',
      '+47 more',
      '',
      'Hello, Alice!',
    ]);
  });

  it('leaves runs, next and results out where there is no room for them', () => {
    expect(frame(picture({ size: { columns: 31, rows: 13 } })).slice(2, 5).map((line) => line.trimEnd())).toEqual([
      'TASK                STATUS',
      'say hello           PENDING',
      'divide by zero      FAILED',
    ]);
  });

  it('fits into any window', () => {
    const printed = ['日'.repeat(100), 'a\x1b[H\nb'];
    fc.assert(fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 60 }), fc.boolean(), (columns, rows, colours) => {
      const lines = frame(picture({ size: { columns, rows }, colours, printed }));
      expect(lines.length).toBeLessThanOrEqual(rows);
      for (const line of lines) expect(width(stripVTControlCharacters(line))).toBeLessThanOrEqual(Math.max(1, columns - 1));
    }));
  });

  it('colours nothing when colours are not wanted', () => {
    const lines = (colours: boolean): string => frame(picture({ colours })).join('\n');
    expect(lines(true)).toContain('\x1b[31mFAILED   \x1b[0m');
    expect(lines(false)).toBe(stripVTControlCharacters(lines(true)));
  });

  it('says 100 % only when all is done', () => {
    const { tally } = picture();
    const label = (open: number, scheduled: number): string | undefined =>
      /\d+ %/.exec(frame(picture({ tally: { ...tally, open, tasks: { ...tally.tasks, scheduled } } }))[0] ?? '')?.[0];
    expect([label(0, 0), label(1, 50_000), label(0, 50_000)]).toEqual(['0 %', '99 %', '100 %']);
  });

  it('gives most rows of a large window to the table', () => {
    expect(layout({ columns: 80, rows: 40 })).toEqual({ table: 29, printed: 6 });
    expect(layout({ columns: 80, rows: 3 })).toEqual({ table: 0, printed: 0 });
    // What Ctrl-C has brought about is to be seen in a small one, too.
    expect(layout({ columns: 80, rows: 8 })).toEqual({ table: 2, printed: 1 });
  });
});
