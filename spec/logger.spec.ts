// The logger: silent unless one is given, and then one line for each thing of interest.
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { config } from 'rxjs';
import { InvalidArgumentError, TaskScheduler, after, every, once, withContext, type Logger, type TaskSchedulerOptions } from '../src/index.js';
import { VirtualClock } from '../src/testing/index.js';

function begin(options: Omit<TaskSchedulerOptions, 'clock' | 'logger'> = {}) {
  const lines: string[] = [];
  const details: unknown[][] = [];
  const write = (level: string) => (message: string, ...more: unknown[]): void => {
    lines.push(`${level} ${message}`);
    details.push(more);
  };
  const logger: Logger = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  const clock = new VirtualClock({ startAt: '2027-01-01T00:00Z' });
  return { clock, lines, details, scheduler: new TaskScheduler({ clock, logger, ...options }) };
}

afterEach(() => {
  jest.restoreAllMocks();
  config.onUnhandledError = null;
});

describe('a logger', () => {
  it('gets a line for what happens to a task, with its name, or else its id', async () => {
    const { clock, lines, scheduler } = begin();
    scheduler.schedule(withContext(({ log }) => { log('12 rows'); }), after('1s'), { name: 'report' });
    scheduler.schedule(() => undefined, once(clock.now() + 2_000), { id: 'a' });
    await clock.advanceBy('5s');
    expect(lines).toEqual([
      'debug carillon: task "report": scheduled, due at 2027-01-01T00:00:01.000Z',
      'debug carillon: task "a": scheduled, due at 2027-01-01T00:00:02.000Z',
      'debug carillon: task "report": a run starts',
      'info carillon: task "report": 12 rows',
      'debug carillon: task "report": a run completed',
      'info carillon: task "report": is over, COMPLETED',
      'debug carillon: task "a": a run starts',
      'debug carillon: task "a": a run completed',
      'info carillon: task "a": is over, COMPLETED',
    ]);
  });

  it('gets failures as errors, with the error, and retries as warnings', async () => {
    const { clock, lines, details, scheduler } = begin();
    const error = new Error('no such table');
    scheduler.schedule(() => { throw error; }, after(0), { name: 'report', retry: { maxAttempts: 2, delay: '1m' } });
    await clock.advanceBy('5m');
    expect(lines.filter((line) => !line.startsWith('debug'))).toEqual([
      'warn carillon: task "report": an attempt failed, and the next one is due at 2027-01-01T00:01:00.000Z: no such table',
      'error carillon: task "report": a run failed: no such table',
      'info carillon: task "report": is over, FAILED',
    ]);
    expect(details.flat()).toEqual([error, error]);
  });

  it('tells a change from what was scheduled, and a new beginning from both', async () => {
    const { clock, lines, scheduler } = begin();
    const id = scheduler.schedule(() => { throw new Error('no luck'); }, after('1s'), { name: 'report' });
    scheduler.updateTask(id, { trigger: after('2s') });
    await clock.advanceBy('2s');
    scheduler.retryTask(id);
    expect(lines.filter((line) => /changed|again/.test(line))).toEqual([
      'debug carillon: task "report": is changed, due at 2027-01-01T00:00:02.000Z',
      'info carillon: task "report": is taken up again',
    ]);
  });

  it('gets ticks that are lost as warnings, unless it was asked for that', async () => {
    const { clock, lines, scheduler } = begin();
    const slow = (): Promise<void> => new Promise((resolve) => { clock.schedule(() => { resolve(); }, 2_500); });
    const id = scheduler.schedule(slow, every('1s'), { name: 'poll' });
    await clock.advanceBy('1s');
    await clock.sleep('10s');
    scheduler.pauseTask(id);
    await clock.advanceBy('3s');
    scheduler.resumeTask(id);
    expect(lines.filter((line) => line.includes('poll": skipped') || line.includes('missed'))).toEqual([
      'warn carillon: task "poll": skipped the tick of 2027-01-01T00:00:01.000Z (overlap)',
      'warn carillon: task "poll": missed 9 ticks from 2027-01-01T00:00:02.000Z on (late)',
      'warn carillon: task "poll": skipped the tick of 2027-01-01T00:00:11.000Z (overlap)',
      'debug carillon: task "poll": skipped 3 ticks from 2027-01-01T00:00:12.000Z on (paused)',
    ]);
  });

  it('gets the reason of a cancel', async () => {
    const { clock, lines, scheduler } = begin();
    const id = scheduler.schedule(() => new Promise(() => undefined), every('1s'), { name: 'poll' });
    await clock.advanceBy(0);
    scheduler.cancelTask(id, 'enough');
    expect(lines.slice(-2)).toEqual(['info carillon: task "poll": a run was cancelled: "enough"', 'info carillon: task "poll": is over, CANCELLED']);
  });

  it('tells of a wall clock that is set, once', async () => {
    const { clock, lines, scheduler } = begin();
    scheduler.schedule(() => undefined, every('1m'));
    await clock.jumpWallClock({ hours: -1 });
    expect(lines.filter((line) => line.includes('wall clock'))).toEqual(['warn carillon: the wall clock was set back by 3600000 ms']);
  });

  it('takes the place of console.error for what nobody observes, and is told of that once; an onError is called as ever', async () => {
    const consoleError = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    const { clock, lines, scheduler } = begin();
    const retryIf = (): boolean => { throw new Error('retryIf broke'); };
    scheduler.schedule(() => { throw new Error('no'); }, after(0), { name: 'a', retry: { maxAttempts: 2, retryIf } });
    await clock.advanceBy(1);
    expect(lines.filter((line) => line.startsWith('error'))).toEqual(['error carillon: task "a" failed: retryIf broke', 'error carillon: task "a": a run failed: no']);
    const onError = jest.fn();
    const other = begin({ onError });
    other.scheduler.schedule(() => { throw new Error('no'); }, after(0), { name: 'a' });
    await other.clock.advanceBy(1);
    expect([onError.mock.calls.length, other.lines.filter((line) => line.startsWith('error')).length]).toEqual([1, 1]);
    expect(consoleError).not.toHaveBeenCalled();
  });

  it('keeps the order of events that bring about others', async () => {
    const { clock, lines, scheduler } = begin();
    scheduler.events$.subscribe((event) => { if (event.type === 'runCompleted' && event.taskId === 'a') scheduler.schedule(() => 1, after(1), { id: 'b' }); });
    scheduler.schedule(() => 1, after(0), { id: 'a' });
    await clock.advanceBy(0);
    expect(lines.map((line) => line.replace(/^\w+ carillon: task /, '').replace(/, due.*/, ''))).toEqual(['"a": scheduled', '"a": a run starts', '"a": a run completed', '"a": is over, COMPLETED', '"b": scheduled']);
  });

  it('harms nobody when it throws', async () => {
    const unhandled: unknown[] = [];
    config.onUnhandledError = (error) => { unhandled.push(error); };
    const bad = (): never => { throw new Error('disk full'); };
    const clock = new VirtualClock();
    const scheduler = new TaskScheduler({ clock, logger: { debug: bad, info: bad, warn: bad, error: bad } });
    const id = scheduler.schedule(() => 1, after(1));
    await clock.advanceBy(1);
    await new Promise((resolve) => { setTimeout(resolve, 1); });
    expect(scheduler.getTaskStatus(id)).toBe('COMPLETED');
    expect(unhandled).toHaveLength(4);
  });

  it.each([null, 5, {}, { debug() { /* nothing */ } }])('decides: is refused when it does not log as console does: %p', (logger) => {
    expect(() => new TaskScheduler({ logger: logger as never })).toThrow(InvalidArgumentError);
    expect(() => new TaskScheduler({ logger: logger as never })).toThrow('logger needs an object that logs as console does');
  });

  it('may be console', () => {
    expect(() => new TaskScheduler({ logger: console, autoStart: false })).not.toThrow();
  });
});
