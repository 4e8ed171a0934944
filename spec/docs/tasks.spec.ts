// The tasks of docs/examples/tasks, each played on virtual time: which runs start when, and how they end.
import { describe, expect, it } from '@jest/globals';
import { TaskScheduler, after, cron, every, once, type TaskEvent, type TaskId } from 'carillon';
import { EventEmitter } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Subject } from 'rxjs';
import { applyFreshPrices } from '../../docs/examples/tasks/apply-fresh-prices.js';
import { backUpNightly } from '../../docs/examples/tasks/back-up-nightly.js';
import { beatUntilAborted } from '../../docs/examples/tasks/beat-until-aborted.js';
import { billAtTheEndOfTheMonth } from '../../docs/examples/tasks/bill-at-the-end-of-the-month.js';
import { callWithinTheLimit } from '../../docs/examples/tasks/call-within-the-limit.js';
import { countRecentFailures } from '../../docs/examples/tasks/count-recent-failures.js';
import { downloadUrgentFirst } from '../../docs/examples/tasks/download-urgent-first.js';
import { closeSession, expireASession } from '../../docs/examples/tasks/expire-a-session.js';
import { fetchWithBackoff } from '../../docs/examples/tasks/fetch-with-backoff.js';
import { followAnExport } from '../../docs/examples/tasks/follow-an-export.js';
import { importPageByPage } from '../../docs/examples/tasks/import-page-by-page.js';
import { pauseForMaintenance } from '../../docs/examples/tasks/pause-for-maintenance.js';
import { payEverySecondFriday } from '../../docs/examples/tasks/pay-every-second-friday.js';
import { pollAQueue } from '../../docs/examples/tasks/poll-a-queue.js';
import { pollAfterTheLast } from '../../docs/examples/tasks/poll-after-the-last.js';
import { publishBuilds } from '../../docs/examples/tasks/publish-builds.js';
import { rebuildOnChange } from '../../docs/examples/tasks/rebuild-on-change.js';
import { refreshWithJitter } from '../../docs/examples/tasks/refresh-with-jitter.js';
import { callOff, remindTheDayBefore } from '../../docs/examples/tasks/remind-the-day-before.js';
import { reportOnWeekdays } from '../../docs/examples/tasks/report-on-weekdays.js';
import { runItNow } from '../../docs/examples/tasks/run-it-now.js';
import { saveWhenQuiet } from '../../docs/examples/tasks/save-when-quiet.js';
import { sendInBatches } from '../../docs/examples/tasks/send-in-batches.js';
import { stopAtTheFirstFailure } from '../../docs/examples/tasks/stop-at-the-first-failure.js';
import { stopGracefully } from '../../docs/examples/tasks/stop-gracefully.js';
import { syncAfterSleep } from '../../docs/examples/tasks/sync-after-sleep.js';
import { waitUntilReady } from '../../docs/examples/tasks/wait-until-ready.js';
import { FakeWork, VirtualClock, VirtualThreads, matchers, type CarillonMatchers } from '../../src/testing/index.js';

expect.extend(matchers);
declare module 'expect' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- it is merged into what is there
  interface Matchers<R extends void | Promise<void>> extends CarillonMatchers<R> {}
}

const BERLIN = 'Europe/Berlin';
const instant = Date.parse;
/** Where a stage begins, if a spec says nothing else. */
const MIDNIGHT = instant('2027-01-04T00:00Z');

interface Stage { readonly clock: VirtualClock; readonly scheduler: TaskScheduler; readonly events: readonly TaskEvent[] }

/** A scheduler on virtual time, which begins on a Monday at midnight unless a spec says otherwise. Chance always says a half. */
function stage(startAt = '2027-01-04T00:00Z'): Stage {
  const clock = new VirtualClock({ startAt });
  const scheduler = new TaskScheduler({ clock, onError: () => undefined, random: () => 0.5 });
  const events: TaskEvent[] = [];
  scheduler.events$.subscribe((event) => { events.push(event); });
  return { clock, scheduler, events };
}

/** The day and the time that the wall shows, as `Mon 2027-01-04 09:00:00`. */
function wall(at: number, timeZone = 'UTC'): string {
  const day = new Intl.DateTimeFormat('en', { timeZone, weekday: 'short' }).format(at);
  return `${day} ${new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(at)}`;
}

/** Each run of a task: when it started, when it ended, and how; each tick that never ran: when it was due, and why not. */
function runsOf({ scheduler, events }: Stage, id: TaskId, timeZone = 'UTC'): string[] {
  return scheduler.getRuns(id).map(({ runId, status, attempt, finishedAt, scheduledFor, reason, skipReason, count = 1 }) => {
    if (skipReason !== undefined) return `${wall(scheduledFor, timeZone)} ${status} ${skipReason}${count > 1 ? ` ×${count}` : ''}`;
    const first = events.find((event) => event.type === 'runStarted' && event.runId === runId)!.at;
    const end = finishedAt === undefined ? '' : wall(finishedAt, timeZone).slice(-8);
    return `${wall(first, timeZone)} – ${end} ${status}${attempt > 1 ? ` at attempt ${attempt}` : ''}${reason === 'scheduled' ? '' : ` ${reason}`}`;
  });
}

/** How many seconds after the beginning each call of the work started. */
function secondsOf<A extends readonly unknown[], T>(work: FakeWork<A, T>, from = MIDNIGHT): number[] {
  return work.calls.map(({ context }) => (context.startedAt - from) / 1_000);
}

describe('reportOnWeekdays', () => {
  it('reports at 9 in Berlin, in summer and in winter, but on weekends and holidays, one at a time for each customer', async () => {
    const on = stage('2027-03-24T00:00+01:00');
    const send = new FakeWork<[customer: string, report: string], void>({ clock: on.clock, script: '-|', frame: 1_000 });
    const sales = reportOnWeekdays(on.scheduler, send.work, 'Ann', 'sales');
    const stock = reportOnWeekdays(on.scheduler, send.work, 'Ann', 'stock');
    const other = reportOnWeekdays(on.scheduler, send.work, 'Bob', 'sales');
    await on.clock.advanceTo(instant('2027-04-01T00:00+02:00'));
    const days = ['Wed 2027-03-24', 'Thu 2027-03-25', 'Tue 2027-03-30', 'Wed 2027-03-31'];
    expect(runsOf(on, sales, BERLIN)).toEqual(days.map((day) => `${day} 09:00:00 – 09:00:01 COMPLETED`));
    expect(runsOf(on, stock, BERLIN)).toEqual(days.map((day) => `${day} 09:00:01 – 09:00:02 COMPLETED`));
    expect(runsOf(on, other, BERLIN)).toEqual(days.map((day) => `${day} 09:00:00 – 09:00:01 COMPLETED`));
    expect(send.calls.slice(0, 3).map(({ args }) => args)).toEqual([['Ann', 'sales'], ['Bob', 'sales'], ['Ann', 'stock']]);
  });

  it('ends the thread of an attempt that takes more than a minute, and tries again', async () => {
    const on = stage('2027-03-24T09:00+01:00');
    const threads = new VirtualThreads({ clock: on.clock, threads: 1 });
    const script = ['-', '-#', '--|'];
    const fake = new FakeWork<[customer: string, report: string], void>({ clock: on.clock, script, frame: 1_000, ignoreAbort: true });
    const { send } = threads.module({ send: fake.work });
    const id = reportOnWeekdays(on.scheduler, send, 'Ann', 'sales');
    await on.clock.advanceBy('61001ms');
    const used = [threads.calls[0]?.thread];
    await on.clock.advanceBy('1h');
    used.push(threads.alive);
    expect(runsOf(on, id, BERLIN)).toEqual(['Wed 2027-03-24 09:00:00 – 09:01:06 COMPLETED at attempt 3']);
    expect(secondsOf(fake, instant('2027-03-24T09:00+01:00'))).toEqual([0, 61.001, 64.001]); // the thread has a second's grace
    expect(used).toEqual([2, 1]);
  });

  it('has failed after three retries', async () => {
    const on = stage('2027-03-24T09:00+01:00');
    const send = new FakeWork<[customer: string, report: string], void>({ clock: on.clock, script: '#' });
    const id = reportOnWeekdays(on.scheduler, send.work, 'Ann', 'sales');
    await on.clock.advanceBy('1h');
    expect(runsOf(on, id, BERLIN)).toEqual(['Wed 2027-03-24 09:00:00 – 09:00:07 FAILED at attempt 4']);
    expect(send.calls).toHaveLength(4);
  });
});

describe('pollAQueue', () => {
  it('polls every 5 seconds, and skips a tick while a poll is in progress', async () => {
    const { clock, scheduler, events } = stage();
    const poll = new FakeWork<[], number>({ clock, script: ['-------|', '-|'], frame: 1_000 });
    pollAQueue(scheduler, poll.work);
    await clock.advanceBy('17s');
    expect(events).toMatchTimeline('s----k-d--sd---sd', { frame: '1s' });
  });
});

describe('pollAfterTheLast', () => {
  it('polls again one second after the end of each poll, of a failed one too', async () => {
    const { clock, scheduler, events } = stage();
    const poll = new FakeWork<[], number>({ clock, script: ['---|', '-#', '-----|', '-'], frame: 1_000 });
    pollAfterTheLast(scheduler, poll.work);
    await clock.advanceBy('20s');
    expect(events).toMatchTimeline('s--dsfs----ds', { frame: '1s' });
  });
});

describe('saveWhenQuiet', () => {
  it('saves the latest text, 30 seconds after the latest change', async () => {
    const { clock, scheduler } = stage();
    const save = new FakeWork<[document: string, text: string], void>({ clock, script: '|' });
    saveWhenQuiet(scheduler, save.work, 'letter', 'D');
    await clock.advanceBy('20s');
    saveWhenQuiet(scheduler, save.work, 'letter', 'De');
    saveWhenQuiet(scheduler, save.work, 'note', 'Milk');
    await clock.advanceBy('25s');
    saveWhenQuiet(scheduler, save.work, 'letter', 'Dear');
    await clock.advanceBy('1h');
    expect(save.calls.map(({ args }) => args)).toEqual([['note', 'Milk'], ['letter', 'Dear']]);
    expect(secondsOf(save)).toEqual([50, 75]);
    saveWhenQuiet(scheduler, save.work, 'letter', 'Dear Ann');
    await clock.advanceBy('1h');
    expect(secondsOf(save)).toEqual([50, 75, 3_675]);
  });

  it('lets a save in progress finish when there is a change, however long it takes, and saves that, too', async () => {
    const on = stage();
    const save = new FakeWork<[document: string, text: string], void>({ clock: on.clock, script: ['-'.repeat(40) + '|', '-|'], frame: 1_000 });
    saveWhenQuiet(on.scheduler, save.work, 'letter', 'Dear');
    await on.clock.advanceBy('35s');
    const id = saveWhenQuiet(on.scheduler, save.work, 'letter', 'Dear Ann');
    await on.clock.advanceBy('1m');
    expect(save.calls.map(({ status, args }) => [status, args[1]])).toEqual([['completed', 'Dear'], ['completed', 'Dear Ann']]);
    expect(runsOf(on, id)).toEqual(['Mon 2027-01-04 00:00:30 – 00:01:10 COMPLETED', 'Mon 2027-01-04 00:01:10 – 00:01:11 COMPLETED']);
  });
});

describe('remindTheDayBefore', () => {
  it('reminds 24 hours before, of an appointment that was moved 24 hours before the new one', async () => {
    const on = stage();
    const reminded: string[] = [];
    const remind = async (appointment: string): Promise<void> => { reminded.push(`${appointment} ${wall(on.clock.now())}`); };
    remindTheDayBefore(on.scheduler, remind, 'dentist', new Date('2027-01-08T10:30Z'));
    remindTheDayBefore(on.scheduler, remind, 'barber', new Date('2027-01-09T16:00Z'));
    await on.clock.advanceTo(instant('2027-01-07T10:29:59Z'));
    remindTheDayBefore(on.scheduler, remind, 'dentist', new Date('2027-01-11T08:00Z'));
    await on.clock.advanceBy({ days: 30 });
    expect(reminded).toEqual(['barber Fri 2027-01-08 16:00:00', 'dentist Sun 2027-01-10 08:00:00']);
  });

  it('does not when it is called off', async () => {
    const on = stage();
    const remind = new FakeWork<[appointment: string], void>();
    const id = remindTheDayBefore(on.scheduler, remind.work, 'dentist', new Date('2027-01-08T10:30Z'));
    await on.clock.advanceBy('1h');
    expect(callOff(on.scheduler, 'dentist')).toBe(true);
    await on.clock.advanceBy({ days: 30 });
    expect(on.scheduler.getTask(id)).toHaveStatus('CANCELLED');
    expect(remind.calls).toEqual([]);
  });
});

describe('backUpNightly', () => {
  it('backs up at 3, in a thread that is ended after two hours', async () => {
    const on = stage('2027-01-04T00:00+01:00');
    const threads = new VirtualThreads({ clock: on.clock });
    const fake = new FakeWork<[folder: string], number>({ clock: on.clock, script: ['---|', '-', '-|'], frame: 600_000, ignoreAbort: true });
    const { backUp } = threads.module({ backUp: fake.work });
    const id = backUpNightly(on.scheduler, backUp, '/srv');
    await on.clock.advanceTo(instant('2027-01-05T05:00+01:00'));
    const alive = [threads.alive];
    await on.clock.advanceBy('1001ms'); // a second's grace
    alive.push(threads.alive);
    await on.clock.advanceBy('24h');
    expect(runsOf(on, id, BERLIN)).toEqual([
      'Mon 2027-01-04 03:00:00 – 03:30:00 COMPLETED',
      'Tue 2027-01-05 03:00:00 – 05:00:00 FAILED',
      'Wed 2027-01-06 03:00:00 – 03:10:00 COMPLETED',
    ]);
    expect(on.scheduler.getTaskError(id)).toMatchObject({ code: 'TASK_TIMEOUT' });
    expect(alive).toEqual([1, 0]);
    expect(fake.calls.map(({ args }) => args)).toEqual([['/srv'], ['/srv'], ['/srv']]);
  });
});

describe('billAtTheEndOfTheMonth', () => {
  it('bills at 18:00 on the last day from Monday to Friday', async () => {
    const on = stage('2027-01-01T00:00+01:00');
    const sendBills = new FakeWork<[], number>({ clock: on.clock, script: '|' });
    const id = billAtTheEndOfTheMonth(on.scheduler, sendBills.work);
    await on.clock.advanceTo(instant('2028-01-01T00:00+01:00'));
    expect(runsOf(on, id, BERLIN)).toEqual([
      'Fri 2027-01-29', 'Fri 2027-02-26', 'Wed 2027-03-31', 'Fri 2027-04-30', 'Mon 2027-05-31', 'Wed 2027-06-30',
      'Fri 2027-07-30', 'Tue 2027-08-31', 'Thu 2027-09-30', 'Fri 2027-10-29', 'Tue 2027-11-30', 'Fri 2027-12-31',
    ].map((day) => `${day} 18:00:00 – 18:00:00 COMPLETED`));
  });
});

describe('callWithinTheLimit', () => {
  it('starts 10 calls within a second, whichever tasks they are of, and however long they take', async () => {
    const { clock, scheduler } = stage();
    const call = new FakeWork<[path: string], void>({ clock, script: '-----|', frame: 1_000 });
    for (let i = 0; i < 12; i++) callWithinTheLimit(scheduler, call.work, `/stock/${i}`, every('1m'));
    for (let i = 0; i < 13; i++) callWithinTheLimit(scheduler, call.work, `/orders/${i}`, after('500ms'));
    await clock.advanceBy('90s');
    const times = (n: number, second: number): number[] => Array<number>(n).fill(second);
    expect(secondsOf(call)).toEqual([...times(10, 0), ...times(10, 1), ...times(5, 2), ...times(10, 60), ...times(2, 61)]);
    expect(call.calls.map(({ args }) => args[0]).slice(9, 14)).toEqual(['/stock/9', '/stock/10', '/stock/11', '/orders/0', '/orders/1']);
  });
});

describe('fetchWithBackoff', () => {
  const answer = (status: number, headers: Record<string, string> = {}): Response => new Response('{}', { status, statusText: 'as played', headers });

  it('doubles its waits, a half of them left to chance, and heeds Retry-After', async () => {
    const on = stage();
    const answers = [answer(503), answer(429, { 'retry-after': '30' }), answer(503, { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' }), answer(200)];
    const asked: number[] = [];
    const id = fetchWithBackoff(on.scheduler, async () => {
      asked.push(on.clock.now() - MIDNIGHT);
      return answers.shift()!;
    }, 'https://example.com');
    await on.clock.advanceBy('59m');
    expect(asked).toEqual([0, 750, 30_750, 33_750]);
    expect(on.scheduler.getTaskResult(id)).toBe('{}');
    expect(runsOf(on, id)).toEqual(['Mon 2027-01-04 00:00:00 – 00:00:33 COMPLETED at attempt 4']);
  });

  it('fails after six attempts, and starts anew in the next hour', async () => {
    const on = stage();
    let isDown = true;
    const id = fetchWithBackoff(on.scheduler, async () => answer(isDown ? 502 : 200), 'https://example.com');
    await on.clock.advanceBy('59m');
    expect(String(on.scheduler.getTaskError(id))).toBe('Error: 502 as played');
    isDown = false;
    await on.clock.advanceBy('1m');
    expect(runsOf(on, id)).toEqual(['Mon 2027-01-04 00:00:00 – 00:00:23 FAILED at attempt 6', 'Mon 2027-01-04 01:00:00 – 01:00:00 COMPLETED']);
    expect(on.events.filter(({ type }) => type === 'runStarted')).toHaveLength(7);
  });

  it('aborts a request that hangs for 10 seconds', async () => {
    const on = stage();
    const request = new FakeWork<[AbortSignal], Response>({ clock: on.clock, script: '-' });
    fetchWithBackoff(on.scheduler, (_, init) => request.work(init!.signal!), 'https://example.com');
    await on.clock.advanceBy('9999ms');
    expect(request.calls.map(({ args }) => args[0].aborted)).toEqual([false]);
    await on.clock.advanceBy('751ms');
    expect(request.calls.map(({ args }) => args[0].aborted)).toEqual([true, false]);
  });
});

describe('importPageByPage', () => {
  it('goes on from the cursor where the last run ended, and does a page that failed again', async () => {
    const { clock, scheduler } = stage();
    const importPage = new FakeWork<[cursor: string], { rows: number; next: string }>();
    const id = importPageByPage(scheduler, importPage.work);
    await clock.advanceBy(0);
    importPage.complete({ rows: 100, next: 'b' });
    await clock.advanceBy('1m');
    importPage.fail(new Error('the database is busy'));
    await clock.advanceBy('1m');
    importPage.complete({ rows: 20, next: 'c' });
    await clock.advanceBy('1m');
    expect(importPage.calls.map(({ args }) => args[0])).toEqual(['start', 'b', 'b', 'c']);
    expect(secondsOf(importPage)).toEqual([0, 60, 120, 180]);
    expect(scheduler.getRuns(id).map(({ status }) => status)).toEqual(['COMPLETED', 'FAILED', 'COMPLETED', 'RUNNING']);
  });
});

describe('rebuildOnChange', () => {
  it('builds at each change, and once more after changes during a build', async () => {
    const { clock, scheduler, events } = stage();
    const changes$ = new Subject<string>();
    const build = new FakeWork<[], void>({ clock, script: '-----|', frame: 1_000 });
    rebuildOnChange(scheduler, build.work, changes$);
    for (const file of ['a', 'b', 'c', 'd']) {
      changes$.next(file);
      await clock.advanceBy('1s');
    }
    await clock.advanceBy('11s');
    changes$.next('e');
    await clock.advanceBy('5s');
    expect(events).toMatchTimeline('sqkk-(ds)-d----s----d', { frame: '1s' });
  });
});

describe('syncAfterSleep', () => {
  it('runs once as the machine wakes, for the latest hour, and then on each hour', async () => {
    const on = stage('2027-01-04T08:00Z');
    const sync = new FakeWork<[], void>({ clock: on.clock, script: '|' });
    const id = syncAfterSleep(on.scheduler, sync.work);
    await on.clock.advanceBy('90m');
    await on.clock.sleep('5h 15m');
    await on.clock.advanceBy('15m');
    expect(runsOf(on, id)).toEqual([
      'Mon 2027-01-04 08:00:00 – 08:00:00 COMPLETED',
      'Mon 2027-01-04 09:00:00 – 09:00:00 COMPLETED',
      'Mon 2027-01-04 10:00:00 MISSED late ×4',
      'Mon 2027-01-04 14:45:00 – 14:45:00 COMPLETED catchUp',
      'Mon 2027-01-04 15:00:00 – 15:00:00 COMPLETED',
    ]);
    expect(sync.calls.map(({ context }) => wall(context.scheduledFor).slice(-8))).toEqual(['08:00:00', '09:00:00', '14:00:00', '15:00:00']);
  });
});

describe('stopAtTheFirstFailure', () => {
  it('ends the task, and alerts once', async () => {
    const { clock, scheduler, events } = stage();
    const transfer = new FakeWork<[], void>({ clock, script: ['|', '#'], error: new Error('the account is closed') });
    const alerts: string[] = [];
    const id = stopAtTheFirstFailure(scheduler, transfer.work, (error) => alerts.push(`${error.message} after ${secondsOf(transfer).at(-1)!} s`));
    await clock.advanceBy('1h');
    expect(events).toMatchTimeline('(sd)--(sf|)', { frame: '10s' });
    expect(scheduler.getTask(id)).toMatchObject({ status: 'FAILED', runCount: 2 });
    expect(alerts).toEqual(['the account is closed after 60 s']);
  });
});

describe('downloadUrgentFirst', () => {
  it('downloads three at once, and the urgent ones before those that have waited longer', async () => {
    const { clock, scheduler } = stage();
    const download = new FakeWork<[url: string], void>({ clock, script: '-|', frame: 1_000 });
    for (let i = 0; i < 300; i++) downloadUrgentFirst(scheduler, download.work, `/film/${i}`, false);
    for (let i = 0; i < 4; i++) downloadUrgentFirst(scheduler, download.work, `/news/${i}`, true);
    await clock.advanceBy('10m');
    expect(download.calls.slice(0, 9).map(({ args }) => args[0])).toEqual([
      '/film/0', '/film/1', '/film/2', '/news/0', '/news/1', '/news/2', '/news/3', '/film/3', '/film/4',
    ]);
    expect(secondsOf(download)).toEqual(Array.from({ length: 304 }, (_, i) => Math.floor(i / 3)));
    expect(scheduler.stats().tasks.COMPLETED).toBe(304);
  });
});

describe('applyFreshPrices', () => {
  it('applies one by one, and drops what has waited for 2 seconds', async () => {
    const on = stage();
    const prices$ = new Subject<number>();
    const apply = new FakeWork<[price: number], void>({ clock: on.clock, script: '---|', frame: 1_000 });
    const id = applyFreshPrices(on.scheduler, apply.work, prices$);
    for (const [price, seconds] of [[100, 0.5], [101, 1.5], [102, 3], [103, 60]] as const) {
      prices$.next(price);
      await on.clock.advanceBy({ seconds });
    }
    expect(apply.calls.map(({ args }) => args[0])).toEqual([100, 102, 103]);
    expect(runsOf(on, id)).toEqual([
      'Mon 2027-01-04 00:00:00 MISSED expired',
      'Mon 2027-01-04 00:00:00 – 00:00:03 COMPLETED',
      'Mon 2027-01-04 00:00:03 – 00:00:06 COMPLETED',
      'Mon 2027-01-04 00:00:06 – 00:00:09 COMPLETED',
    ]);
  });
});

describe('refreshWithJitter', () => {
  it('refreshes each of a thousand instances once in each quarter of an hour, a few in any second', async () => {
    const { clock, scheduler } = stage('2027-01-04T10:07Z');
    const starts: { instance: string; at: number }[] = [];
    for (let i = 0; i < 1_000; i++) {
      const instance = `host-${i}`;
      refreshWithJitter(scheduler, async () => { starts.push({ instance, at: clock.now() }); }, instance);
    }
    await clock.advanceTo(instant('2027-01-04T11:00Z'));
    for (const [quarter, most] of [['10:15', 5], ['10:30', 6], ['10:45', 7]] as const) {
      const from = instant(`2027-01-04T${quarter}Z`);
      const within = starts.filter(({ at }) => at >= from && at < from + 900_000);
      expect(new Set(within.map(({ instance }) => instance)).size).toBe(1_000);
      expect(within).toHaveLength(1_000);
      const bySecond = Array<number>(900).fill(0);
      for (const { at } of within) bySecond[Math.floor((at - from) / 1_000)]! += 1;
      expect([quarter, Math.max(...bySecond)]).toEqual([quarter, most]);
    }
  });
});

describe('payEverySecondFriday', () => {
  it('pays every other Friday at 15:00, in summer too', async () => {
    const on = stage('2027-01-01T00:00+01:00');
    const pay = new FakeWork<[], void>({ clock: on.clock, script: '|' });
    const id = payEverySecondFriday(on.scheduler, pay.work);
    await on.clock.advanceTo(instant('2027-04-10T00:00+02:00'));
    const days = ['2027-01-08', '2027-01-22', '2027-02-05', '2027-02-19', '2027-03-05', '2027-03-19', '2027-04-02'];
    expect(runsOf(on, id, BERLIN)).toEqual(days.map((day) => `Fri ${day} 15:00:00 – 15:00:00 COMPLETED`));
  });

  it('keeps to these Fridays when it starts later', async () => {
    const on = stage('2027-05-29T00:00+02:00');
    const id = payEverySecondFriday(on.scheduler, new FakeWork<[], void>().work);
    expect(wall(on.scheduler.getTask(id).nextRunAt!, BERLIN)).toBe('Fri 2027-06-11 15:00:00');
    await on.clock.advanceBy(0);
  });
});

describe('expireASession', () => {
  it('expires it 20 minutes after its last use, and never once it is closed', async () => {
    const { clock, scheduler } = stage();
    const expire = new FakeWork<[session: string], void>({ clock, script: '|' });
    expireASession(scheduler, expire.work, 'Ann');
    const closed = expireASession(scheduler, expire.work, 'Bob');
    await clock.advanceBy('15m');
    expireASession(scheduler, expire.work, 'Ann');
    expect(closeSession(scheduler, 'Bob')).toBe(true);
    await clock.advanceBy('15m');
    expireASession(scheduler, expire.work, 'Ann');
    await clock.advanceBy('24h');
    expect(expire.calls.map(({ args }) => args[0])).toEqual(['Ann']);
    expect(secondsOf(expire)).toEqual([50 * 60]);
    expect(scheduler.getTask(closed)).toHaveStatus('CANCELLED');
  });
});

describe('beatUntilAborted', () => {
  it('beats every 10 seconds until the signal aborts, and aborts the beat in progress', async () => {
    const { clock, scheduler, events } = stage();
    const beat = new FakeWork<[signal: AbortSignal], void>();
    const controller = new AbortController();
    const id = beatUntilAborted(scheduler, beat.work, controller.signal);
    for (const seconds of [1, 9]) {
      await clock.advanceBy({ seconds });
      if (seconds === 1) beat.complete();
    }
    await clock.advanceBy('2s');
    expect(beat.calls.map(({ args }) => args[0].aborted)).toEqual([false, false]);
    controller.abort('logged out');
    await clock.advanceBy('1m');
    expect(beat.calls.map(({ args }) => args[0].reason as unknown)).toEqual([undefined, 'logged out']);
    expect(scheduler.getTask(id)).toMatchObject({ status: 'CANCELLED', cancelReason: 'logged out' });
    expect(events).toMatchTimeline('sd--------s-(x|)', { frame: '1s' });
  });

  it('aborts a beat that hangs for 5 seconds, and beats on', async () => {
    const { clock, scheduler, events } = stage();
    const beat = new FakeWork<[signal: AbortSignal], void>();
    beatUntilAborted(scheduler, beat.work, new AbortController().signal);
    await clock.advanceBy('10s');
    expect(events).toMatchTimeline('s----f----s', { frame: '1s' });
    expect(beat.calls.map(({ args }) => args[0].aborted)).toEqual([true, false]);
  });
});

describe('followAnExport', () => {
  const follow = async (script: readonly string[]): Promise<string[]> => {
    const { clock, scheduler } = stage();
    const exportPart = new FakeWork<[part: number], void>({ clock, script, frame: 1_000 });
    const told: string[] = [];
    followAnExport(scheduler, exportPart.work, 3).subscribe({
      next: (state) => { told.push(`${wall(clock.now()).slice(-2)} ${state}`); },
      complete: () => { told.push('complete'); },
    });
    await clock.advanceBy('1m');
    return told;
  };

  it('tells of each part, and of the end', async () => {
    expect(await follow(['--|'])).toEqual([
      '00 PENDING 0 %', '00 RUNNING 0 %', '02 RUNNING 33 %', '04 RUNNING 67 %', '06 RUNNING 100 %', '06 COMPLETED 100 %', 'complete',
    ]);
  });

  it('tells how far it came when it fails', async () => {
    expect(await follow(['--|', '-#'])).toEqual(['00 PENDING 0 %', '00 RUNNING 0 %', '02 RUNNING 33 %', '03 FAILED 33 %', 'complete']);
  });

  it('begins no further part when it is cancelled', async () => {
    const { clock, scheduler } = stage();
    const exportPart = new FakeWork<[part: number], void>({ clock, script: '--|', frame: 1_000 });
    void followAnExport(scheduler, exportPart.work, 3);
    await clock.advanceBy('3s');
    expect(scheduler.cancelTask(scheduler.getTasks()[0]!.id)).toBe(true);
    await clock.advanceBy('1m');
    expect(exportPart.calls.map(({ args }) => args)).toEqual([[1], [2]]);
  });
});

describe('countRecentFailures', () => {
  it('counts each failure at once, and for an hour', async () => {
    const { clock, scheduler } = stage();
    const told: string[] = [];
    countRecentFailures(scheduler).subscribe((failures) => { told.push(`${wall(clock.now()).slice(-8)} ${failures}`); });
    const fail = (): void => { throw new Error('no luck'); };
    for (const minutes of [10.5, 30, 30.25]) scheduler.schedule(fail, after({ minutes }));
    scheduler.schedule(() => undefined, every('7s'));
    await clock.advanceBy('3h');
    expect(told).toEqual(['00:00:00 0', '00:10:30 1', '00:30:00 2', '00:30:15 3', '01:11:00 2', '01:30:00 1', '01:31:00 0']);
  });
});

describe('pauseForMaintenance', () => {
  it('starts nothing of that tag meanwhile, and all else as ever', async () => {
    const on = stage('2027-01-10T01:00Z');
    const work = async (): Promise<void> => undefined;
    const tags = ['database'];
    const hourly = on.scheduler.schedule(work, cron('30 * * * *', { timeZone: 'UTC' }), { tags });
    const single = on.scheduler.schedule(work, once(instant('2027-01-10T03:15Z')), { tags });
    const other = on.scheduler.schedule(work, once(instant('2027-01-10T03:15Z')));
    pauseForMaintenance(on.scheduler, 'database');
    await on.clock.advanceTo(instant('2027-01-10T03:00Z'));
    expect(on.scheduler.getTask(hourly)).toHaveStatus('PAUSED');
    await on.clock.advanceTo(instant('2027-01-10T05:00Z'));
    expect(runsOf(on, hourly)).toEqual([
      'Sun 2027-01-10 01:30:00 – 01:30:00 COMPLETED',
      'Sun 2027-01-10 02:30:00 SKIPPED paused ×2',
      'Sun 2027-01-10 04:30:00 – 04:30:00 COMPLETED',
    ]);
    expect(runsOf(on, single)).toEqual(['Sun 2027-01-10 04:00:00 – 04:00:00 COMPLETED']);
    expect(runsOf(on, other)).toEqual(['Sun 2027-01-10 03:15:00 – 03:15:00 COMPLETED']);
    await on.clock.advanceTo(instant('2027-01-11T03:00Z'));
    expect(on.scheduler.getTask(hourly)).toHaveStatus('PENDING');
    await on.clock.advanceTo(instant('2027-01-17T03:00Z'));
    expect(on.scheduler.getTask(hourly)).toHaveStatus('PAUSED');
  });
});

describe('stopGracefully', () => {
  const stopDuring = async (script: string): Promise<[report: unknown, seconds: number]> => {
    const { clock, scheduler } = stage();
    const work = new FakeWork<[], void>({ clock, script, frame: 1_000 });
    scheduler.schedulePeriodic(work.work, '1h');
    const host = new EventEmitter();
    let stoppedAt = NaN;
    const report = stopGracefully(scheduler, host).finally(() => { stoppedAt = clock.now(); });
    await clock.advanceBy('1s');
    expect(stoppedAt).toBeNaN();
    host.emit('SIGTERM');
    await clock.advanceBy('2h');
    expect(work.calls).toHaveLength(1);
    return [await report, (stoppedAt - MIDNIGHT) / 1_000];
  };

  it('lets what is in progress finish', async () => {
    expect(await stopDuring('----------|')).toEqual([expect.objectContaining({ completed: 1, cancelled: 0, deadlineHit: false, pending: 1 }), 10]);
  });

  it('aborts what is in progress 30 seconds later', async () => {
    expect(await stopDuring('-')).toEqual([expect.objectContaining({ completed: 0, cancelled: 1, deadlineHit: true, pending: 1 }), 31]);
  });
});

describe('runItNow', () => {
  it('reports at 6, and when the button is pressed, once more if that is during a report', async () => {
    const on = stage('2027-01-04T00:00+01:00');
    const report = new FakeWork<[], void>({ clock: on.clock, script: '-----|', frame: 60_000 });
    const press = runItNow(on.scheduler, report.work);
    await on.clock.advanceBy('1h');
    press();
    await on.clock.advanceTo(instant('2027-01-04T06:02+01:00'));
    press();
    await on.clock.advanceTo(instant('2027-01-05T07:00+01:00'));
    const [id] = on.scheduler.getTasks().map((task) => task.id);
    expect(runsOf(on, id!, BERLIN)).toEqual([
      'Mon 2027-01-04 01:00:00 – 01:05:00 COMPLETED manual',
      'Mon 2027-01-04 06:00:00 – 06:05:00 COMPLETED',
      'Mon 2027-01-04 06:05:00 – 06:10:00 COMPLETED manual',
      'Tue 2027-01-05 06:00:00 – 06:05:00 COMPLETED',
    ]);
  });

  it('says which run a press has caused', async () => {
    const { clock, scheduler } = stage();
    const press = runItNow(scheduler, async () => undefined);
    const runId = press();
    await clock.advanceBy(0);
    expect(scheduler.getRuns(scheduler.getTasks()[0]!.id)).toHaveRun({ runId, status: 'COMPLETED', reason: 'manual' });
  });
});

describe('waitUntilReady', () => {
  it('resolves at the look that finds it ready', async () => {
    const { clock, scheduler } = stage();
    const looks: number[] = [];
    let readyAt = NaN;
    const isReady = async (): Promise<boolean> => looks.push((clock.now() - MIDNIGHT) / 1_000) === 4;
    void waitUntilReady(scheduler, isReady).then(() => { readyAt = clock.now(); });
    await clock.advanceBy('1h');
    expect(looks).toEqual([0, 5, 10, 15]);
    expect(wall(readyAt)).toBe('Mon 2027-01-04 00:00:15');
  });

  it('rejects after 10 minutes', async () => {
    const { clock, scheduler } = stage();
    let looks = 0;
    const ready = waitUntilReady(scheduler, async () => ++looks < 0);
    const rejected = expect(ready).rejects.toThrow('It is not ready.');
    await clock.advanceBy('1h');
    await rejected;
    expect(looks).toBe(120);
  });

  it('rejects after 10 minutes when a look hangs', async () => {
    const { clock, scheduler } = stage();
    const ready = waitUntilReady(scheduler, () => new Promise(() => undefined));
    const rejected = expect(ready).rejects.toMatchObject({ code: 'TASK_TIMEOUT' });
    await clock.advanceBy('10m');
    await rejected;
  });
});

describe('publishBuilds', () => {
  it('publishes the result of each build that completes', async () => {
    const { clock, scheduler } = stage();
    const build = new FakeWork<[], string>({ clock, script: ['--a|', '-#', '-c|'], values: { a: 'v1', c: 'v3' }, frame: 60_000 });
    const publish = new FakeWork<[version: string], void>({ clock, script: '-|', frame: 60_000 });
    publishBuilds(scheduler, build.work, publish.work);
    await clock.advanceBy('150m');
    expect(secondsOf(build)).toEqual([0, 3_600, 7_200]);
    expect(publish.calls.map(({ args, status }) => [args[0], status])).toEqual([['v1', 'completed'], ['v3', 'completed']]);
    expect(secondsOf(publish)).toEqual([180, 7_320]);
  });
});

describe('sendInBatches', () => {
  it('sends every 10 seconds, and at once when there are 100', async () => {
    const { clock, scheduler } = stage();
    const sent: [second: number, lines: number][] = [];
    const add = sendInBatches(scheduler, async ({ length }) => { sent.push([(clock.now() - MIDNIGHT) / 1_000, length]); });
    const log = async (lines: number, seconds: number): Promise<void> => {
      for (let i = 0; i < lines; i++) add('GET /');
      await clock.advanceBy({ seconds });
    };
    await log(0, 1);
    await log(99, 2);
    await log(1, 1);
    await log(250, 4);
    await log(7, 30);
    expect(sent).toEqual([[3, 100], [4, 250], [10, 7]]);
    expect(scheduler.getTasks()[0]).toMatchObject({ skippedCount: 0 });
  });

  it('sends the next ones right after a batch that is on its way', async () => {
    const { clock, scheduler, events } = stage();
    const send = new FakeWork<[lines: readonly string[]], void>({ clock, script: '--|', frame: 1_000 });
    const add = sendInBatches(scheduler, send.work);
    await clock.advanceBy('9s');
    for (let i = 0; i < 60; i++) add('GET /');
    await clock.advanceBy('2s');
    for (let i = 0; i < 40; i++) add('POST /');
    await clock.advanceBy('30s');
    expect(send.calls.map(({ args }) => args[0].length)).toEqual([60, 40]);
    expect(events).toMatchTimeline('(sd)------sq(ds,,d)-(sd)------(sd)------(sd)', { frame: '1s' });
  });

  it('keeps what could not be sent for the next time', async () => {
    const { clock, scheduler } = stage();
    const send = new FakeWork<[lines: readonly string[]], void>({ clock, script: ['-#', '-|'], frame: 1_000 });
    const add = sendInBatches(scheduler, send.work);
    add('a');
    await clock.advanceBy('500ms');
    add('b');
    await clock.advanceBy('40s');
    expect(send.calls.map(({ args }) => args[0])).toEqual([['a'], ['a', 'b']]);
  });
});

describe('the tasks', () => {
  const folder = join(import.meta.dirname, '../../docs/examples/tasks');
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));
  const contents = new Map(files.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));

  it.each(files)('%s has fewer than fifteen lines, the wish first, and a function of its name that takes a scheduler', (name) => {
    const content = contents.get(name)!;
    const lines = content.trimEnd().split('\n');
    expect(lines.length).toBeLessThan(15);
    expect(lines[0]).toMatch(/^\/\/ [A-Z].*[^.]$/);
    const exported = name.slice(0, -3).replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
    expect(content).toMatch(new RegExp(`^export (async )?function ${exported}\\(\\s*scheduler: TaskScheduler`, 'm'));
    expect(content).toMatch(/from 'carillon';$/m);
  });

  const readme = readFileSync(join(folder, 'README.md'), 'utf8');

  it('are all in the README, each by its wish', () => {
    const rows = [...readme.matchAll(/^\| (.+) \| \[(.+)\]\((.+)\) \| .+ \|$/gm)].map(([, wish, text, link]) => [wish, text, link]);
    const wanted = files.map((name) => [contents.get(name)!.split('\n')[0]!.slice(3), name, name]);
    expect(rows.sort()).toEqual(wanted.sort());
  });

  it('are shown there as they are', () => {
    const shown = [...readme.matchAll(/^<!-- file (.+) -->\n```ts\n([^]*?)^```$/gm)].map(([, name, code]) => [name!, code]);
    expect(shown).not.toEqual([]);
    expect(shown).toEqual(shown.map(([name]) => [name, contents.get(name!)]));
  });
});
