import { describe, expect, it } from '@jest/globals';
import { TaskScheduler, every, type TaskEvent } from '../../src/index.js';
import { FakeWork, VirtualClock, matchers, type CarillonMatchers } from '../../src/testing/index.js';

declare module 'expect' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- it is merged into what is there
  interface Matchers<R extends void | Promise<void>> extends CarillonMatchers<R> {}
}

expect.extend(matchers);

async function play() {
  const clock = new VirtualClock();
  const scheduler = new TaskScheduler({ clock, onError: () => undefined });
  const events: TaskEvent[] = [];
  scheduler.events$.subscribe((event) => events.push(event));
  const sweep = scheduler.schedule(new FakeWork({ clock, script: '---|' }).work, every(8), { name: 'sweep', maxRuns: 2 });
  const report = scheduler.schedule(new FakeWork({ clock, script: '-#', error: new Error('no paper') }).work, every(5), { name: 'report', maxRuns: 1 });
  await clock.advanceBy(20);
  return { scheduler, events, sweep, report };
}

/** What the failed matcher says. */
function messageOf(call: () => void): string {
  try {
    call();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('It matched.');
}

describe('toMatchTimeline', () => {
  it('holds events, runs and a scheduler against a timeline', async () => {
    const { scheduler, events, sweep } = await play();
    expect(events).toMatchTimeline(`
      sweep   s--d----s--(d|)
      report  s(f|)
    `);
    expect(scheduler).toMatchTimeline('report s(f|)\nsweep s--d----s--(d|)');
    expect(scheduler.getRuns(sweep)).toMatchTimeline('s--d----s--d----');
    expect(scheduler.getRuns(sweep)).toMatchTimeline('(sd,s,d)', { frame: 5 });
    expect(events).not.toMatchTimeline('sweep  s--d');
    expect([]).toMatchTimeline('');
    expect([]).toMatchTimeline('---');
  });

  it('takes a lane without a label for the only one there is', async () => {
    const { events, sweep } = await play();
    expect(events.filter(({ taskId }) => taskId === sweep)).toMatchTimeline('s--d----s--(d|)');
  });

  it('shows both lanes, one above the other, and points at the first frame that differs', async () => {
    const { events } = await play();
    expect(messageOf(() => { expect(events).toMatchTimeline('sweep  s--d---s---(d|)\nreport  s(f|)\nother  s'); })).toBe([
      'Expected what happened to match the timeline (a character is 1 ms):',
      '',
      'sweep   expected     s--d---s---(d|)',
      '        received     s--d----s--(d|)',
      '                            ^ in frame 7, at 7 ms: expected s, received nothing',
      'report  as expected  s(f|)',
      'other   expected     s',
      '        received     (no such lane)',
      '                     ^ there is no such lane',
    ].join('\n'));
  });

  it('points into a group, and says what else there was', async () => {
    const { scheduler, sweep, events } = await play();
    expect(messageOf(() => { expect(scheduler.getRuns(sweep)).toMatchTimeline('s--(df)--s'); })).toContain([
      'expected     s--(df)--s',
      'received     s--d----s--d',
      '                ^ in frame 3, at 3 ms: expected df, received d',
    ].join('\n'));
    expect(messageOf(() => { expect(events).toMatchTimeline('sweep  s--d----s--(d|)'); })).toContain('the timeline has no such lane');
    expect(messageOf(() => { expect(scheduler.getRuns(sweep)).not.toMatchTimeline('s--d----s--d'); })).toContain('not to match');
  });

  it('refuses a text that is no timeline', () => {
    expect(() => { expect([]).toMatchTimeline('s--(d'); }).toThrow('a parenthesis is not closed');
  });
});

describe('toHaveRun', () => {
  it('finds a run that has all these fields', async () => {
    const { scheduler, report, sweep } = await play();
    expect(scheduler.getRuns(sweep)).toHaveRun({ scheduledFor: 8, startedAt: 8, finishedAt: 11, status: 'COMPLETED' });
    expect(scheduler.getRuns(report)).toHaveRun({ error: expect.objectContaining({ message: 'no paper' }) });
    expect(scheduler.getRuns(sweep)).not.toHaveRun({ scheduledFor: 8, startedAt: 9 });
  });

  it('says which runs there were', async () => {
    const { scheduler, sweep } = await play();
    expect(messageOf(() => { expect(scheduler.getRuns(sweep)).toHaveRun({ status: 'FAILED', startedAt: 8 }); })).toBe([
      'Expected a run with { status: "FAILED", startedAt: 8 }. There were 2 runs:',
      '  status: "COMPLETED", startedAt: 0',
      '  status: "COMPLETED", startedAt: 8',
    ].join('\n'));
    expect(messageOf(() => { expect([]).toHaveRun({}); })).toBe('Expected a run with {  }. There were 0 runs:');
  });
});

describe('toHaveStatus', () => {
  it('knows tasks and runs, and says what failed', async () => {
    const { scheduler, report, sweep } = await play();
    expect(scheduler.getTask(sweep)).toHaveStatus('COMPLETED');
    expect(scheduler.getRuns(report)[0]).toHaveStatus('FAILED');
    expect(scheduler.getTask(sweep)).not.toHaveStatus('PENDING');
    expect(messageOf(() => { expect(scheduler.getTask(report)).toHaveStatus('COMPLETED'); }))
      .toBe('Expected the task "report" to be COMPLETED; it is FAILED, with the error no paper.');
    expect(messageOf(() => { expect(scheduler.getTask(sweep)).not.toHaveStatus('COMPLETED'); }))
      .toBe('Expected the task "sweep" not to be COMPLETED; it is COMPLETED.');
  });
});

describe('what a matcher is given', () => {
  it.each<[string, () => void, string]>([
    ['a promise for events', () => { expect(Promise.resolve([])).toMatchTimeline(''); }, 'got an object. Await it.'],
    ['a task for runs', () => { expect({ id: 'x' }).toHaveRun({}); }, 'toHaveRun() needs the runs of a task, as getRuns() returns them; got an object { id }.'],
    ['a field that runs have not', () => { expect([]).not.toHaveRun({ statuz: 'FAILED' } as never); }, 'A run has no field "statuz".'],
    ['an id for a task', () => { expect('task-id').not.toHaveStatus('FAILED'); }, 'toHaveStatus() needs a task, as getTask() returns it, or a run; got "task-id".'],
    ['nothing for a task', () => { expect(undefined).toHaveStatus('FAILED'); }, 'got undefined.'],
    ['a status that there is not', () => { expect({ status: 'FAILED' }).not.toHaveStatus('failed' as never); }, 'There is no status "failed". There are: PENDING,'],
  ])('is refused when it is %s, with .not too', (_what, call, message) => {
    expect(call).toThrow(message);
  });

  it('tells lanes of one label apart', () => {
    const lane = (letter: string) => ({ label: 'a', marks: [{ at: 0, letter }] });
    expect([lane('s'), lane('d')]).toMatchTimeline('a s\na d');
    expect([lane('s'), lane('d')]).not.toMatchTimeline('a s\na f');
    expect([lane('s'), lane('d')]).not.toMatchTimeline('a s');
  });
});
