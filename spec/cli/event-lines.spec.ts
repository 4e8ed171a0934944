// What happens, as the lines of a log.
import { describe, expect, it } from '@jest/globals';
import { EventLines, stackLines } from '../../src/cli/event-lines.js';
import { after, every, TaskScheduler, withContext } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/index.js';

describe('EventLines', () => {
  /** The lines of a scheduler that lives for ten seconds from 2030 on. */
  async function linesOf(play: (scheduler: TaskScheduler, clock: VirtualClock) => void, names: Readonly<Record<string, string>> = {}): Promise<string[]> {
    const clock = new VirtualClock({ startAt: '2030-01-01T00:00Z' });
    const scheduler = new TaskScheduler({ clock });
    const lines = new EventLines(new Map(Object.entries(names)));
    const said: string[] = [];
    scheduler.events$.subscribe((event) => said.push(...lines.of(event)));
    play(scheduler, clock);
    await clock.advanceBy('10s');
    await scheduler.stop();
    return said.map((line) => line.replaceAll('2030-01-01T00:', '')).filter((line) => !line.startsWith('    at '));
  }
  const sleep = (clock: VirtualClock, ms: number): Promise<void> => new Promise((resolve) => clock.schedule(() => { resolve(); }, ms));

  it('tell when a task is due, how its runs ended and how long they took, and how it ended, in columns', async () => {
    expect(await linesOf((scheduler, clock) => {
      scheduler.schedule(async () => { await sleep(clock, 1500); return { rows: 3 }; }, after('1s'), { id: 'a', name: 'report' });
      scheduler.schedule(() => { throw new RangeError('too far'); }, after('2s'), { id: 'b', name: 'a longer name' });
    }, { a: 'report', b: 'a longer name' })).toEqual([
      '00:00.000Z  report         due at 00:01.000Z',
      '00:00.000Z  a longer name  due at 00:02.000Z',
      '00:02.000Z  a longer name  failed after 0 ms: RangeError: too far',
      '00:02.000Z  a longer name  is over: FAILED',
      '00:02.500Z  report         completed in 1.5 s: { rows: 3 }',
      '00:02.500Z  report         is over: COMPLETED',
    ]);
  });

  it('tell of retries, of what work says, and of ticks that were skipped since the task can\'t keep up', async () => {
    const lines = await linesOf((scheduler, clock) => {
      const flaky = withContext(async ({ attempt, log }) => {
        log(`try ${attempt}`);
        if (attempt === 1) throw new Error('busy');
        await sleep(clock, 2500);
      });
      scheduler.schedule(flaky, every('1s'), { id: 'a', maxRuns: 1, retry: { maxAttempts: 2, delay: '500ms' } });
    });
    expect(lines.slice(1)).toEqual([
      '00:00.000Z  a         try 1',
      '00:00.000Z  a         attempt failed after 0 ms, the next is due at 00:00.500Z: Error: busy',
      '00:00.500Z  a         try 2',
      '00:03.000Z  a         completed in 2.5 s',
      '00:03.000Z  a         is over: COMPLETED',
    ]);
    const slow = await linesOf((scheduler, clock) => { scheduler.schedule(async () => sleep(clock, 1500), every('1s'), { id: 'a', maxRuns: 2 }); });
    expect(slow).toContainEqual('00:01.000Z  a         skipped 1 tick (overlap)');
  });

  it('put nothing into a terminal, or onto a line of its own, that a task has made up', async () => {
    const [line] = (await linesOf((scheduler) => { scheduler.schedule(() => 'a\n\x1b[2Jb', after(0), { id: '\x07' }); }, { '\x07': '\x07' })).filter((each) => each.includes('completed'));
    expect(line).toBe('00:00.000Z  \\x07      completed in 0 ms: a\\n\\x1b[2Jb');
  });
});

describe('stackLines', () => {
  it('lead to where it went wrong, and leave out how the work was called', async () => {
    const clock = new VirtualClock();
    const scheduler = new TaskScheduler({ clock });
    const id = scheduler.schedule(function deep() { throw new Error('here', { cause: new Error('there') }); }, after(0));
    await clock.advanceBy(1);
    const lines = stackLines(scheduler.getTaskError(id)!);
    expect(lines[0]).toMatch(/^ {4}at deep \(.*event-lines\.spec\.ts:\d+:\d+\)$/);
    expect(lines.slice(1)).toEqual(['    cause: Error: there']);
    await scheduler.stop();
  });

  it('lead, where carillon itself throws, to who called it', () => {
    const misuse = (): Error => { try { after(-1); throw new Error('not thrown'); } catch (error) { return error as Error; } };
    expect(stackLines(misuse())[0]).toMatch(/^ {4}at misuse \(.*event-lines\.spec\.ts:\d+:\d+\)$/);
  });

  it('are of no use where work threw no error: of that, only what it threw is told', async () => {
    const clock = new VirtualClock();
    const scheduler = new TaskScheduler({ clock, onError: () => undefined });
    const id = scheduler.schedule(() => { throw 'text'; }, after(0));
    await clock.advanceBy(1);
    expect(stackLines(scheduler.getTaskError(id)!)).toEqual(['    cause: text']);
    await scheduler.stop();
  });

  it('are none of an error without a stack, or that throws when it is looked at', () => {
    expect(stackLines(Object.assign(new Error('a'), { stack: undefined }))).toEqual([]);
    const no = { get: () => { throw new Error('no'); } };
    expect(stackLines(Object.defineProperties(new Error('a'), { stack: no, cause: no }))).toEqual([]);
  });
});
