import { describe, expect, it } from '@jest/globals';
import { marbles } from 'rxjs-marbles/jest';
import { TaskFinishedError, TaskScheduler, every, once, withContext, type TaskOptions, type TaskStatus, type Trigger } from '../../src/index.js';
import { VirtualClock, eventLetters } from '../../src/testing/index.js';
import { CALLS } from '../support/picture.js';

type Case = readonly [
  title: string, trigger: Trigger, options: TaskOptions<[]>, work: string, calls: string, expected: string, status: TaskStatus,
];

/** Plays the calls (`P`ause, `R`esume, ru`N`, `S`top, `C`ancel; `X` stops the scheduler) upon a task that is scheduled like that. */
function play([, trigger, options, work, calls, expected, status]: Case, concurrency = Infinity): void {
  const seen: TaskStatus[] = [];
  marbles((m) => {
    const scheduler = new TaskScheduler({ clock: m.scheduler, concurrency });
    m.expect(scheduler.events$.pipe(eventLetters('task'))).toBeObservable(expected);
    // Where there is but one slot, this has it until 6.
    scheduler.schedule(() => m.cold('------|'), once(0));
    scheduler.schedule(() => m.cold(work), trigger, { ...options, id: 'task' });
    scheduler.task$('task').subscribe((task) => seen.push(task.status));
    m.hot<string>(calls).subscribe((call) => CALLS[call]?.(scheduler, 'task'));
  })();
  expect(seen.at(-1)).toBe(status);
}

const queue: TaskOptions<[]> = { overlap: 'queue', until: 20 };
const parallel: TaskOptions<[]> = { overlap: 'parallel', until: 20 };
const strict: TaskOptions<[]> = { misfire: { grace: 0, policy: 'skip' } };

describe('cancelTask', () => {
  it.each<Case>([
    ['while it is pending',             once(4),  {},       '---|',       '--C',
                                                                          '--|',           'CANCELLED'],
    ['while its run is in progress',    once(1),  {},       '---|',       '---C',
                                                                          '-s-(x|)',       'CANCELLED'],
    ['while one run waits for another', every(3), queue,    '-----|',     '----C',
                                                                          's--q(kx|)',     'CANCELLED'],
    ['while many are in progress',      every(3), parallel, '---------|', '-------C',
                                                                          's--s--s(xxx|)', 'CANCELLED'],
    ['between two ticks',               every(6), {},       '--|',        '---C',
                                                                          's-d|',          'CANCELLED'],
    ['while it is paused',              every(6), {},       '--|',        '---P----C',
                                                                          's-d-----(k|)',  'CANCELLED'],
  ])('%s', (...row) => { play(row); });

  it.each<Case>([
    ['while its run waits for a slot',  once(1),  {},       '---|',       '---C',
                                                                          '-q-(k|)',       'CANCELLED'],
    ['and while that is held back',     once(1),  {},       '---|',       '--P-----C',
                                                                          '-q------(k|)',  'CANCELLED'],
  ])('%s', (...row) => { play(row, 1); });

  it('is told to the work by its signal, with the reason', async () => {
    const clock = new VirtualClock();
    const scheduler = new TaskScheduler({ clock });
    const reasons: unknown[] = [];
    const id = scheduler.scheduleOneTime(withContext(({ signal }) => new Promise(() => {
      signal.addEventListener('abort', () => reasons.push(signal.reason));
    })), 1);
    await clock.advanceTo(2);
    scheduler.cancelTask(id, 'out of date');
    expect(reasons).toEqual(['out of date']);
    expect(scheduler.getTask(id)).toMatchObject({ status: 'CANCELLED', cancelReason: 'out of date', cancelledCount: 1, lastRun: { cancelReason: 'out of date' } });
  });

  it('lets go of the Observable that the work is', marbles((m) => {
    const work =       '-----|';
    const subscribed = '-^-!';
    const scheduler = new TaskScheduler({ clock: m.scheduler });
    const run = m.cold(work);
    m.expect(run).toHaveSubscriptions(subscribed);
    scheduler.schedule(() => run, once(1), { id: 'task' });
    m.scheduler.schedule(() => { scheduler.cancelTask('task'); }, 3);
  }));
});

describe('stopTask', () => {
  it.each<Case>([
    ['while it is pending',                          once(4),  {},             '---|',   '--S',
                                                                                         '--|',            'CANCELLED'],
    ['the run in progress may finish',               every(6), {},             '----|',  '-------S',
                                                                                         's---d-s---(d|)', 'CANCELLED'],
    ['one that waits is dropped',                    every(3), queue,          '-----|', '----S',
                                                                                         's--qk(d|)',      'CANCELLED'],
    ['with no tick left it is completed',            once(1),  {},             '----|',  '---S',
                                                                                         '-s---(d|)',      'COMPLETED'],
    ['with no tick left it fails as the run does',   once(1),  {},             '----#',  '---S',
                                                                                         '-s---(f|)',      'FAILED'],
    ['after its last run has started, too',          every(3), { maxRuns: 2 }, '--|',    '----S',
                                                                                         's-ds-(d|)',      'COMPLETED'],
    ['a run that fails changes nothing if one was',  every(6), {},             '----#',  '-------S',
                                                                                         's---f-s---(f|)', 'CANCELLED'],
    ['may be followed by a cancel',                  every(6), {},             '----|',  '-------SC',
                                                                                         's---d-s-(x|)',   'CANCELLED'],
    ['while it is paused',                           every(6), {},             '--|',    '---P----S',
                                                                                         's-d-----(k|)',   'CANCELLED'],
  ])('%s', (...row) => { play(row); });

  it.each<Case>([
    ['decides: a last run that was dropped is no outcome', once(1), {},        '---|',   '---S',
                                                                                         '-q-(k|)',        'CANCELLED'],
  ])('%s', (...row) => { play(row, 1); });
});

describe('pauseTask and resumeTask', () => {
  it.each<Case>([
    ['ticks are skipped, as one, and the grid stays',    every(6), { until: 20 },  '--|',    '----P---------R',
                                                                                             's-d-----------k---s-(d|)', 'COMPLETED'],
    ['a pause between two ticks changes nothing',        every(6), { maxRuns: 2 }, '--|',    '---PR',
                                                                                             's-d---s-(d|)',             'COMPLETED'],
    ['a single tick runs on resume',                     once(4),  {},             '--|',    '--P------R',
                                                                                             '---------s-(d|)',          'COMPLETED'],
    ['and was waited with, so it is no misfire',         once(4),  strict,         '--|',    '--P------R',
                                                                                             '---------s-(d|)',          'COMPLETED'],
    ['a single tick that is not due yet keeps its time', once(4),  {},             '--|',    '-P-R',
                                                                                             '----s-(d|)',               'COMPLETED'],
    ['the run in progress goes on',                      once(1),  {},             '----|',  '--P',
                                                                                             '-s---(d|)',                'COMPLETED'],
    ['a run that waits for another waits on',            every(3), { overlap: 'queue', until: 5 }, '-----|', '----P----R',
                                                                                             's--q-d---s----(d|)',       'COMPLETED'],
    ['decides: ticks that run out meanwhile end the task on resume', every(6), { until: 7 }, '----|', '--P-----R',
                                                                                             's---d---(k|)',             'COMPLETED'],
    ['nothing more happens until then',                  every(6), {},             '--|',    '----P',
                                                                                             's-d',                      'PAUSED'],
  ])('%s', (...row) => { play(row); });

  it.each<Case>([
    ['a run that waits for a slot waits on',             once(1),  {},             '--|',    '---P-----R',
                                                                                             '-q-------s-(d|)',          'COMPLETED'],
    ['and need not wait for it anew',                    once(1),  {},             '--|',    '---PR',
                                                                                             '-q----s-(d|)',             'COMPLETED'],
  ])('%s', (...row) => { play(row, 1); });

  it('a run that is held back leaves the slot to others, and keeps its place in the order', marbles((m) => {
    const a        = 's---(d|)';
    const b        = '-q------s---(d|)';
    const c        = '--q-s---(d|)';
    const d        = '------q-----s---(d|)';
    const calls    = '---P-R';
    const scheduler = new TaskScheduler({ clock: m.scheduler, concurrency: 1 });
    for (const [id, expected] of Object.entries({ a, b, c, d })) {
      m.expect(scheduler.events$.pipe(eventLetters(id))).toBeObservable(expected);
      scheduler.schedule(() => m.cold('----|'), once(/[qs]/.exec(expected)?.index ?? 0), { id });
    }
    m.hot<string>(calls).subscribe((call) => CALLS[call]?.(scheduler, 'b'));
  }));

  it('tells of the ticks that were skipped as one: from, to and how many', async () => {
    const clock = new VirtualClock();
    const scheduler = new TaskScheduler({ clock });
    const id = scheduler.schedulePeriodic(() => 'done', 100);
    await clock.advanceTo(250);
    scheduler.pauseTask(id);
    await clock.advanceTo(1_050);
    expect(scheduler.getTask(id)).toMatchObject({ status: 'PAUSED', skippedCount: 0 });
    scheduler.resumeTask(id);
    expect(scheduler.getTask(id)).toMatchObject({ status: 'PENDING', skippedCount: 8, completedCount: 3, nextRunAt: 1_100 });
    expect(scheduler.getRuns(id).at(-1)).toMatchObject({ status: 'SKIPPED', skipReason: 'paused', tick: 3, scheduledFor: 300, lastScheduledFor: 1_000, count: 8 });
  });
});

describe('runTask', () => {
  it.each<Case>([
    ['one extra run, beside a single tick',            once(8),   {},                      '----|',  '--N',
                                                                                                     '--(qs)d-s---(d|)',   'COMPLETED'],
    ['beside the grid, and beside maxRuns',            every(10), { maxRuns: 2 },          '----|',  '-----N',
                                                                                                     's---d(qs)ds---(d|)', 'COMPLETED'],
    ['while the task is paused, too',                  every(12), { until: 13 },           '----|',  '-----PN-------R',
                                                                                                     's---d-(qs)d---(k|)', 'COMPLETED'],
    ['after the last tick, while a run is in progress', once(0),  { overlap: 'queue' },    '----|',  '--N',
                                                                                                     's-q-(ds)(d|)',       'COMPLETED'],
    ['obeys overlap: skip',                            once(0),   {},                      '----|',  '--N',
                                                                                                     's-k-(d|)',           'COMPLETED'],
    ['obeys overlap: replace',                         once(0),   { overlap: 'replace' },  '------|', '--N',
                                                                                                     's-(xqs)-(d|)',       'COMPLETED'],
    ['obeys overlap: parallel',                        once(0),   { overlap: 'parallel' }, '--------|', '--N',
                                                                                                     's-(qs)--d-(d|)',     'COMPLETED'],
    ['obeys overlap: maxParallel',                     once(0),   { overlap: 'parallel', maxParallel: 1 }, '----|', '--N',
                                                                                                     's-k-(d|)',           'COMPLETED'],
    ['its failure is the task’s, if it is the last',   once(0),   { overlap: 'queue' },    '----#',  '--N',
                                                                                                     's-q-(fs)(f|)',       'FAILED'],
  ])('%s', (...row) => { play(row); });

  it.each<Case>([
    ['waits for a slot like any other',                once(9),   {},                      '--|',    '--N',
                                                                                                     '--q---s-ds-(d|)',    'COMPLETED'],
    ['does not wait for one that a pause holds back',  once(1),   { overlap: 'queue' },    '---|',   '--PN--------R',
                                                                                                     '-q-q--s--d--s--(d|)', 'COMPLETED'],
  ])('%s', (...row) => { play(row, 1); });

  it('is a run by hand: it has no tick, and is due when it was asked for', async () => {
    const clock = new VirtualClock();
    const scheduler = new TaskScheduler({ clock });
    const id = scheduler.scheduleOneTime(() => 'done', 100);
    await clock.advanceTo(7);
    const runId = scheduler.runTask(id);
    await clock.advanceTo(7);
    const [run] = scheduler.getRuns(id);
    expect(run).toMatchObject({ runId, reason: 'manual', scheduledFor: 7, status: 'COMPLETED' });
    expect(run).not.toHaveProperty('tick');
    expect(scheduler.getTask(id)).toMatchObject({ status: 'PENDING', result: 'done', runCount: 1, nextRunAt: 100 });
  });

  it('is refused once the task has its final status', async () => {
    const clock = new VirtualClock();
    const scheduler = new TaskScheduler({ clock });
    const id = scheduler.scheduleOneTime(() => 'done', 1);
    await clock.advanceTo(1);
    expect(() => scheduler.runTask(id)).toThrow(TaskFinishedError);
  });
});

describe('stop', () => {
  it.each<Case>([
    ['the run in progress may finish, and the task keeps its status', every(6), {}, '----|', '-------X',
                                                                                             's---d-s---d', 'PENDING'],
    ['what waits is dropped, and the task keeps its status', every(3), queue, '-----|', '----X',
                                                                                        's--qkd',           'PENDING'],
    ['a task that waits for its time keeps its status', once(9), {}, '--|', '----X',
                                                                            '',                             'PENDING'],
    ['a task that is paused keeps its status', every(6), {}, '--|', '---PX',
                                                                    's-d',                                  'PAUSED'],
    ['a task that had its last tick ends as the run does', once(1), {}, '----|', '--X',
                                                                                 '-s---(d|)',               'COMPLETED'],
  ])('%s', (...row) => { play(row); });
});

describe('a task that is paused by who makes the id of its run', () => {
  it('starts nothing until it is resumed, and its ticks are lost to the pause', async () => {
    const clock = new VirtualClock();
    let ids = 0;
    const scheduler: TaskScheduler = new TaskScheduler({
      clock,
      newId: () => {
        if (++ids === 3) scheduler.pauseTask('task');
        return `run ${ids}`;
      },
    });
    scheduler.schedule(() => undefined, every(10), { id: 'task' });
    await clock.advanceTo(45);
    expect(scheduler.getTask('task')).toMatchObject({ status: 'PAUSED', completedCount: 2, nextRunAt: 20 });
    scheduler.resumeTask('task');
    await clock.advanceTo(50);
    expect(scheduler.getTask('task')).toMatchObject({ completedCount: 3, skippedCount: 3, nextRunAt: 60 });
    await scheduler.stop();
  });
});
