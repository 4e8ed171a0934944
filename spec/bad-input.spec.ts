// Everything that a call refuses: which error, its exact words, and that nothing is half-done then.
import { beforeEach, describe, expect, it } from '@jest/globals';
import { Temporal } from '@js-temporal/polyfill';
import { EMPTY } from 'rxjs';
import { after, every, InvalidArgumentError, once, TaskScheduler, type TaskEvent, type TaskSchedulerOptions } from '../src/index.js';
import { VirtualClock } from '../src/testing/index.js';

/** A call that the compiler would not let through. */
type Loose = Record<
  'register' | 'schedule' | 'scheduleOneTime' | 'schedulePeriodic' | 'scheduleCron' | 'getTask' | 'getTasks' | 'runTask' | 'stop' | 'now', (...args: unknown[]) => unknown
>;
type Row = [what: string, call: (loose: Loose) => unknown, error: { field?: string; value?: unknown; message: unknown } & Record<string, unknown>];

const START = Date.parse('2030-01-01T00:00:00Z');
const work = (): string => 'done';
const options = (given: unknown, trigger: unknown = every(10)) => ({ schedule }: Loose): unknown => schedule(work, trigger, given);

const GIVE_A_DURATION = "Give milliseconds, '250ms', '1h 30m', 'PT5M', or { days, hours, minutes, seconds, milliseconds }.";
const GIVE_AN_INSTANT = 'Give a Date, epoch milliseconds, ISO 8601 with an offset, or a Temporal instant.';
const LONG = 'x'.repeat(256);
const SHOWN_LONG = `"${'x'.repeat(60)}…"`;
const invalidDate = new Date('soon');
const aborted = AbortSignal.abort('no longer wanted');
const months = { months: 1 };
const monthsAndDays = { months: 2, days: 3 };
const halfAYear = { years: 0.5 };
const aMonth = { month: 1 };
const shy = new Proxy({}, { get: () => { throw new Error('do not look'); } });
const quarter = Temporal.Duration.from({ months: 3 });
const promise = Promise.resolve('done');

const invalid = (field: string, value: unknown, message: string): Row[2] => ({ name: 'InvalidArgumentError', code: 'INVALID_ARGUMENT', field, value, message });
const noInstant = (value: unknown, shown: string): Row[2] => invalid('once(at)', value, `once(at) needs a valid instant, 1970 or later; got ${shown}. ${GIVE_AN_INSTANT}`);
const noDuration = (value: unknown, rest: string): Row[2] => invalid('every(interval)', value, `every(interval) ${rest} ${GIVE_A_DURATION}`);
const inMonths = (value: unknown, shown: string, delta: string): Row[2] => invalid('every(interval)', value,
  `every(interval) needs an interval of fixed length, which months and years have not; got ${shown}. Schedule by the calendar: schedule(work, calendar({ ${delta} })).`);
const noInterval = (value: unknown, shown: string): Row[2] => invalid('every(interval)', value, `every() needs an interval of at least 1 ms; got ${shown}.`);
const noCount = (field: string, least: number, value: unknown, shown = String(value)): Row[2] =>
  invalid(field, value, `${field} needs a whole number of at least ${least}, or Infinity; got ${shown}.`);
const noText = (field: string, value: unknown, shown: string): Row[2] => invalid(field, value, `${field} needs a string of 1 to 255 characters; got ${shown}.`);
const ALL_OPTIONS =
  'afterFailure, args, carry, concurrencyKey, concurrencyLimit, deadline, expiresAfter, holdSlot, id, ifExists, inputSchema, maxParallel, maxQueued, maxRuns, misfire, name, overlap, priority, rateLimit, retry, signal, startAt, tags, timeout, until';
const unknownOption = (name: string, value: unknown, suggestion?: string): Row[2] =>
  invalid(name, value, `"${name}" is not an option of options.${suggestion === undefined ? '' : ` Did you mean ${suggestion}?`} There are: ${ALL_OPTIONS}.`);

const elsewhere = (name: string, value: unknown, trigger: string): Row[2] =>
  invalid(name, value, `"${name}" is not an option of options. It is one of the trigger: schedule(work, ${trigger}). There are: ${ALL_OPTIONS}.`);

const REFUSED: Record<string, Row[]> = {
  'work that is no function': [
    ['a number', ({ schedule }) => schedule(7, after(1)), invalid('work', 7, 'work needs a function, or work that was registered; got 7.')],
    ['null', ({ schedule }) => schedule(null, after(1)), invalid('work', null, 'work needs a function, or work that was registered; got null.')],
    ['undefined', ({ scheduleOneTime }) => scheduleOneTime(undefined, START), invalid('work', undefined, 'work needs a function, or work that was registered; got undefined.')],
    ['an object', ({ schedulePeriodic }) => schedulePeriodic({}, 10), { field: 'work', message: 'work needs a function, or work that was registered; got an object.' }],
    ['what is registered', ({ register }) => register('fresh', 'work'), invalid('work', 'work', 'work needs a function; got "work".')],
    ['a promise', ({ schedule }) => schedule(promise, every(1)), invalid('work', promise,
      'work needs a function, or work that was registered; got a promise, so the call was made already. Give the function itself, and its arguments by args.')],
    ['a promise, registered', ({ register }) => register('fresh', promise), invalid('work', promise,
      'work needs a function; got a promise, so the call was made already. Give the function itself, and its arguments by args.')],
    ['a handle of another scheduler', ({ schedule }) => schedule(new TaskScheduler({ clock: new VirtualClock() }).register('known', work), after(1)),
      { code: 'INVALID_ARGUMENT', field: 'work', message: 'work was registered with another scheduler; register "known" with this one.' }],
  ],
  'a time that is none': [
    ['an Invalid Date', ({ scheduleOneTime }) => scheduleOneTime(work, invalidDate), noInstant(invalidDate, 'Invalid Date')],
    ['NaN', ({ scheduleOneTime }) => scheduleOneTime(work, NaN), noInstant(NaN, 'NaN')],
    ['Infinity', ({ scheduleOneTime }) => scheduleOneTime(work, Infinity), noInstant(Infinity, 'Infinity')],
    ['before 1970', ({ scheduleOneTime }) => scheduleOneTime(work, -1), noInstant(-1, '-1')],
    ['a text', ({ scheduleOneTime }) => scheduleOneTime(work, '2030-01-01'), invalid('once(at)', '2030-01-01', `once(at) needs a date and a time that exist, 1970 or later, with an offset or Z, as in '2026-03-08T00:00-05:00'; got "2030-01-01". It has no time of day.`)],
    ['undefined', ({ scheduleOneTime }) => scheduleOneTime(work, undefined), noInstant(undefined, 'undefined')],
    ['a bigint', ({ scheduleOneTime }) => scheduleOneTime(work, 5n), noInstant(5n, '5n')],
    ['later than any Date', ({ scheduleOneTime }) => scheduleOneTime(work, 8.64e15 + 1), noInstant(8.64e15 + 1, '8640000000000001')],
    ['until, NaN', options({ until: NaN }), invalid('until', NaN, `until needs a valid instant, 1970 or later; got NaN. ${GIVE_AN_INSTANT}`)],
    ['until, before the first tick', options({ until: START }), invalid('until', START, `until has to be after the first tick, or the task would never run; got ${START}.`)],
    ['a timeout of nothing', options({ timeout: 0 }), invalid('timeout', 0, 'timeout needs a duration of more than 0 ms; got 0.')],
    ['a deadline of nothing', options({ deadline: '0s' }), invalid('deadline', '0s', 'deadline needs a duration of more than 0 ms; got "0s".')],
    ['startAt, a text', options({ startAt: 'now' }), invalid('startAt', 'now', `startAt needs a date and a time that exist, 1970 or later, with an offset or Z, as in '2026-03-08T00:00-05:00'; got "now".`)],
    ['startAt, where there is no grid', options({ startAt: START }, after(1)), invalid('startAt', START, `startAt is when a trigger begins that is due again and again, and this one isn\'t; got ${START}.`)],
  ],
  'an interval that is none': [
    ['zero', ({ schedulePeriodic }) => schedulePeriodic(work, 0), noInterval(0, '0')],
    ['negative', ({ schedulePeriodic }) => schedulePeriodic(work, -5), noInterval(-5, '-5')],
    ['under 1 ms', ({ schedulePeriodic }) => schedulePeriodic(work, 0.5), noInterval(0.5, '0.5')],
    ['zero in words', ({ schedulePeriodic }) => schedulePeriodic(work, '0s'), noInterval('0s', '"0s"')],
    ['NaN', ({ schedulePeriodic }) => schedulePeriodic(work, NaN), noDuration(NaN, 'needs a finite duration of 0 ms or more; got NaN.')],
    ['Infinity', ({ schedulePeriodic }) => schedulePeriodic(work, Infinity), noDuration(Infinity, 'needs a finite duration of 0 ms or more; got Infinity.')],
    ["'100'", ({ schedulePeriodic }) => schedulePeriodic(work, '100'), noDuration('100', 'can\'t be read as a duration; got "100". A bare number in a text has no unit.')],
    ["'5 parsecs'", ({ schedulePeriodic }) => schedulePeriodic(work, '5 parsecs'), noDuration('5 parsecs', 'can\'t be read as a duration; got "5 parsecs".')],
    ['null', ({ schedulePeriodic }) => schedulePeriodic(work, null), noDuration(null, 'needs a duration; got null.')],
    ['months', ({ schedulePeriodic }) => schedulePeriodic(work, months), inMonths(months, 'an object { months }', 'months: 1')],
    ['months and days', ({ schedulePeriodic }) => schedulePeriodic(work, monthsAndDays), inMonths(monthsAndDays, 'an object { months, days }', 'months: 2, days: 3')],
    ['half a year', ({ schedulePeriodic }) => schedulePeriodic(work, halfAYear), inMonths(halfAYear, 'an object { years }', 'months: 1')],
    ['a month', ({ schedulePeriodic }) => schedulePeriodic(work, aMonth), inMonths(aMonth, 'an object { month }', 'months: 1')],
    ['an object that throws when it is looked at', ({ schedulePeriodic }) => schedulePeriodic(work, shy), { name: 'InvalidArgumentError', field: 'every(interval)', message: expect.stringContaining("got an object without a part") }],
    ['a text that is very long', ({ schedulePeriodic }) => schedulePeriodic(work, `${'10'.repeat(50_000)}m month`), { name: 'InvalidArgumentError', field: 'every(interval)', message: expect.stringContaining("can't be read as a duration; got") }],
    ['months of Temporal', ({ schedulePeriodic }) => schedulePeriodic(work, quarter), { field: 'every(interval)', message: expect.stringContaining('schedule(work, calendar({ months: 3 })).') }],
    ...[['P1M', 'months: 1'], ['P1Y6M', 'years: 1, months: 6'], ['P1Y2W', 'years: 1, weeks: 2'], ['1 month', 'months: 1'], ['2 Years', 'years: 2'], ['3months', 'months: 3'], ['1 year and 0.5 months', 'months: 1']].map(([text = '', delta = '']): Row =>
      [`months in a text: ${text}`, ({ schedulePeriodic }) => schedulePeriodic(work, text), inMonths(text, `"${text}"`, delta)]),
    ['months where there is no interval', ({ schedule }) => schedule(work, after('P1M')), invalid('after(delay)', 'P1M', `after(delay) can't be read as a duration; got "P1M". Its part "1M" has no fixed length. ${GIVE_A_DURATION}`)],
    ...[['1 hour', '1h'], ['1 hour 30 minutes', '1h 30m'], ['90 Seconds', '90s'], ['1.5 hrs, 5 mins and 3 secs', '1.5h 5m 3s'], ['2 weeks', '14d'], ['20 msec', '20ms'], ['1 h', '1h'], ['5S', '5s']].map(([text = '', short = '']): Row =>
      [`units written out: ${text}`, ({ schedulePeriodic }) => schedulePeriodic(work, text), noDuration(text, `can't be read as a duration; got "${text}". Did you mean '${short}'?`)]),
    ['left out', ({ schedulePeriodic }) => schedulePeriodic(work), noDuration(undefined, 'needs a duration; got undefined.')],
    ['a delay', ({ schedule }) => schedule(work, after(-1)), invalid('after(delay)', -1, `after(delay) needs a finite duration of 0 ms or more; got -1. ${GIVE_A_DURATION}`)],
    ['a trigger by hand', options({}, { kind: 'every', interval: 0 }), noInterval(0, '0')],
    ['a grace', options({ misfire: { grace: '5 parsecs' } }), invalid('misfire.grace', '5 parsecs', `misfire.grace can't be read as a duration; got "5 parsecs". ${GIVE_A_DURATION}`)],
    ['the deadline of a stop', ({ stop }) => stop({ deadline: '5 parsecs' }), invalid('deadline', '5 parsecs', `deadline can't be read as a duration; got "5 parsecs". ${GIVE_A_DURATION}`)],
  ],
  'a trigger that is none': [
    ['a number', options({}, 1_000), invalid('trigger', 1_000, 'trigger needs once(), after(), every(), cron(), calendar(), anyOf(), except() or an Observable; got 1000.')],
    ['nothing', ({ schedule }) => schedule(work), invalid('trigger', undefined, 'trigger needs once(), after(), every(), cron(), calendar(), anyOf(), except() or an Observable; got undefined.')],
    ['another kind', options({}, { kind: 'toString' }), { field: 'trigger', message: 'trigger needs once(), after(), every(), cron(), calendar(), anyOf(), except() or an Observable; got an object { kind }.' }],
  ],
  'a count that is none': [
    ['negative', options({ maxRuns: -1 }), noCount('maxRuns', 1, -1)],
    ['zero, where one is the least', options({ maxRuns: 0 }), noCount('maxRuns', 1, 0)],
    ['fractional', options({ maxRuns: 1.5 }), noCount('maxRuns', 1, 1.5)],
    ['NaN', options({ maxRuns: NaN }), noCount('maxRuns', 1, NaN)],
    ['a text', options({ maxRuns: '3' }), noCount('maxRuns', 1, '3', '"3"')],
    ['maxQueued', options({ overlap: 'queue', maxQueued: -1 }), noCount('maxQueued', 0, -1)],
    ['maxParallel', options({ overlap: 'parallel', maxParallel: 0 }), noCount('maxParallel', 1, 0)],
    ['misfire.limit', options({ misfire: { limit: 0.5 } }), noCount('misfire.limit', 1, 0.5)],
    ['concurrencyLimit', options({ concurrencyKey: 'key', concurrencyLimit: 0 }), noCount('concurrencyLimit', 1, 0)],
    ['a limit that is another than the key’s', options({ concurrencyKey: 'key', concurrencyLimit: 3 }),
      invalid('concurrencyLimit', 3, 'The concurrencyKey "key" has the limit 2 already; got 3. Give all that share a key one limit.')],
  ],
  'an option that is none': [
    ['nearly one', options({ maxRun: 1 }), unknownOption('maxRun', 1, 'maxRuns')],
    ['in other letters', options({ overLap: 'skip' }), unknownOption('overLap', 'skip', 'overlap')],
    ['like none', options({ completelyDifferent: 1 }), unknownOption('completelyDifferent', 1)],
    ['toString', options({ toString: 1 }), unknownOption('toString', 1)],
    ['__proto__', options(JSON.parse('{"__proto__":1}')), unknownOption('__proto__', 1)],
    ['one of cron', ({ scheduleCron }) => scheduleCron(work, '0 9 * * *', { timeZone: 'UTC' }), elsewhere('timeZone', 'UTC', 'cron(expression, { timeZone })')],
    ['one of every', ({ schedulePeriodic }) => schedulePeriodic(work, 10, { jitter: '5ms' }), elsewhere('jitter', '5ms', 'every(interval, { jitter })')],
    ['one of cron, nearly', options({ timezone: 'UTC' }), elsewhere('timezone', 'UTC', 'cron(expression, { timeZone })')],
    ['another one of every', options({ mode: 'fixedDelay' }), elsewhere('mode', 'fixedDelay', 'every(interval, { mode })')],
    ['one of cron, for registered work', ({ register }) => register('fresh', work, { timeZone: 'UTC' }),
      { field: 'timeZone', message: expect.stringContaining('"timeZone" is not an option of defaults. It is one of the trigger: schedule(work, cron(expression, { timeZone })).') }],
    ['undefined all the same', options({ maxRun: undefined }), unknownOption('maxRun', undefined, 'maxRuns')],
    ['a part of retry', options({ retry: { maxAttempts: 2, delays: 1 } }), invalid('delays', 1, '"delays" is not an option of retry. Did you mean delay? There are: backoff, delay, jitter, maxAttempts, maxDelay, retryIf.')],
    ['a part of misfire', options({ misfire: { gracee: 1 } }), invalid('gracee', 1, '"gracee" is not an option of misfire. Did you mean grace? There are: grace, limit, policy.')],
    ['of a filter', ({ getTasks }) => getTasks({ stat: 'PENDING' }), invalid('stat', 'PENDING', '"stat" is not an option of query. Did you mean status? There are: after, limit, name, status, tag.')],
    ['of a stop', ({ stop }) => stop({ drian: true }), invalid('drian', true, '"drian" is not an option of options. Did you mean drain? There are: deadline, drain.')],
    ['an id as default', ({ register }) => register('fresh', work, { id: 'x' }),
      invalid('id', 'x', `"id" can't be given in defaults. There are: ${ALL_OPTIONS.replace('id, ifExists, ', '').replace('signal, ', '')}.`)],
  ],
  'an option of the wrong kind': [
    ['options that are no object', options(7), invalid('options', 7, 'options needs an object; got 7.')],
    ['null', options(null), invalid('options', null, 'options needs an object; got null.')],
    ['args that are no array', options({ args: 'Alice' }), invalid('args', 'Alice', 'args needs an array of arguments; got "Alice".')],
    ['args as a function, where nothing is emitted', options({ args: () => [] }),
      { field: 'args', message: 'args needs an array with this trigger (a function makes arguments of what an Observable trigger emits); got a function.' }],
    ['carry beside args as a function', options({ args: () => [], carry: () => [] }, EMPTY),
      { field: 'carry', message: 'carry has no effect when args is a function: each run gets its arguments of what the trigger emits. Leave one of them out.' }],
    ['carry', options({ carry: 7 }), invalid('carry', 7, 'carry needs a function (result, args) => next args; got 7.')],
    ['tags', options({ tags: 'a' }), invalid('tags', 'a', 'tags needs an array of strings; got "a".')],
    ['one of the tags', options({ tags: ['a', ''] }), noText('tags[1]', '', '""')],
    ['overlap', options({ overlap: 'exhaust' }), invalid('overlap', 'exhaust', "overlap needs one of 'skip', 'queue', 'replace', 'parallel'; got \"exhaust\".")],
    ['ifExists', options({ ifExists: 'upsert' }), invalid('ifExists', 'upsert', "ifExists needs one of 'error', 'keep', 'replace'; got \"upsert\".")],
    ['afterFailure', options({ afterFailure: 'retry' }), invalid('afterFailure', 'retry', "afterFailure needs one of 'continue', 'stop'; got \"retry\".")],
    ['signal', options({ signal: 7 }), invalid('signal', 7, 'signal needs an AbortSignal; got 7.')],
    ['a signal that is aborted already', options({ signal: aborted }), invalid('signal', aborted, 'signal is aborted already ("no longer wanted"), so the task would never run. Check signal.aborted first.')],
    ['maxQueued that would be idle', options({ maxQueued: 3 }), { field: 'maxQueued', message: "maxQueued has no effect without overlap: 'queue'." }],
    ['maxParallel that would be idle', options({ maxParallel: 3 }), { field: 'maxParallel', message: "maxParallel has no effect without overlap: 'parallel'." }],
    ['concurrencyLimit that would be idle', options({ concurrencyLimit: 3 }),
      { field: 'concurrencyLimit', message: 'concurrencyLimit has no effect without a concurrencyKey; for all runs of the scheduler, set its concurrency.' }],
    ['a status', ({ getTasks }) => getTasks({ status: 'DONE' }),
      invalid('query.status', 'DONE', "query.status needs one of 'PENDING', 'RUNNING', 'PAUSED', 'COMPLETED', 'FAILED', 'CANCELLED'; got \"DONE\".")],
    ['drain', ({ stop }) => stop({ drain: 'no' }), invalid('drain', 'no', 'drain needs true or false; got "no".')],
  ],
  'a name or an id': [
    ['that is empty', options({ id: '' }), noText('id', '', '""')],
    ['of 256 characters', options({ id: LONG }), noText('id', LONG, SHOWN_LONG)],
    ['that is a number', options({ id: 7 }), noText('id', 7, '7')],
    ['as a name that is empty', options({ name: '' }), noText('name', '', '""')],
    ['as a key of 256 characters', options({ concurrencyKey: LONG }), noText('concurrencyKey', LONG, SHOWN_LONG)],
    ['to register that is empty', ({ register }) => register('', work), noText('name', '', '""')],
    ['to register of 256 characters', ({ register }) => register(LONG, work), noText('name', LONG, SHOWN_LONG)],
    ['that is taken', options({ id: 'live' }),
      { name: 'DuplicateTaskError', code: 'DUPLICATE_TASK', taskId: 'live', message: "The id \"live\" is taken. Leave id out for a UUID, or say ifExists: 'keep' or 'replace'." }],
    ['that a finished task has taken', options({ id: 'over' }), { code: 'DUPLICATE_TASK', taskId: 'over', message: "The id \"over\" is taken. Leave id out for a UUID, or say ifExists: 'keep' or 'replace'." }],
    ['that is registered already', ({ register }) => register('known', work),
      { name: 'DuplicateWorkError', code: 'DUPLICATE_WORK', workName: 'known', message: 'Work named "known" is registered already. Register each name once, or choose another name.' }],
    ['that was never registered', ({ schedule }) => schedule('nobody', after(1)),
      { name: 'WorkNotFoundError', code: 'WORK_NOT_FOUND', workName: 'nobody', message: 'No work is registered as "nobody". Call register("nobody", work) first, or schedule the function itself.' }],
    ['constructor, which was never registered either', ({ schedule }) => schedule('constructor', after(1)),
      { code: 'WORK_NOT_FOUND', message: 'No work is registered as "constructor". Call register("constructor", work) first, or schedule the function itself.' }],
    ['that no task has', ({ getTask }) => getTask('__proto__'), {
      name: 'TaskNotFoundError', code: 'TASK_NOT_FOUND', taskId: '__proto__', forgotten: false,
      message: 'There is no task "__proto__". Use the id that schedule() returned; a task that finished long ago may be forgotten (see retention).',
    }],
    ['of a task that is over', ({ runTask }) => runTask('over'),
      { name: 'TaskFinishedError', code: 'TASK_FINISHED', taskId: 'over', status: 'CANCELLED', message: 'The task "over" is CANCELLED and can\'t run again. Schedule it anew.' }],
  ],
};

let clock: VirtualClock;
let scheduler: TaskScheduler;
let loose: Loose;
let events: TaskEvent[];

beforeEach(async () => {
  clock = new VirtualClock({ startAt: START });
  scheduler = new TaskScheduler({ clock });
  loose = Object.fromEntries(['register', 'schedule', 'scheduleOneTime', 'schedulePeriodic', 'scheduleCron', 'getTask', 'getTasks', 'runTask', 'stop', 'now']
    .map((method) => [method, (scheduler as unknown as Loose)[method as keyof Loose].bind(scheduler)])) as Loose;
  scheduler.register('known', work);
  scheduler.schedulePeriodic(work, 10, { id: 'live', concurrencyKey: 'key', concurrencyLimit: 2 });
  scheduler.schedule(work, after(1_000), { id: 'over' });
  scheduler.cancelTask('over');
  await clock.advanceBy(5);
  events = [];
  scheduler.events$.subscribe((event) => events.push(event));
});

function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error('The call was not refused.');
}

describe.each(Object.entries(REFUSED))('%s is refused at the call', (_, rows) => {
  it.each(rows)('%s', async (_what, call, expected) => {
    const before = { tasks: scheduler.getTasks(), stats: scheduler.stats() };
    const error = thrownBy(() => call(loose));
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject(expected);
    if ('value' in expected) expect((error as InvalidArgumentError).value).toBe(expected.value);

    // Nothing is half-done: no task, no event, nothing registered or bound, and the next good call works.
    expect({ tasks: scheduler.getTasks(), stats: scheduler.stats() }).toEqual(before);
    expect(events).toEqual([]);
    const fresh = scheduler.register('fresh', work);
    const id = scheduler.schedule(fresh, after(0), { id: 'good', concurrencyKey: 'key', concurrencyLimit: 2 });
    await clock.advanceBy(5);
    expect(scheduler.getTaskResult(id)).toBe('done');
    expect(scheduler.getTask('live')).toMatchObject({ completedCount: 2, nextRunAt: START + 20 });
  });
});

describe('The options of a scheduler', () => {
  const ALL = 'autoStart, clock, concurrency, defaults, keepAlive, logger, newId, onError, random, retention';
  it.each<[string, unknown, string, string]>([
    ['no object', 7, 'options', 'options needs an object; got 7.'],
    ['a clock that is none', { clock: Date }, 'clock', 'clock needs an RxJS SchedulerLike'],
    ['a concurrency of 0', { concurrency: 0 }, 'concurrency', 'concurrency needs a whole number of at least 1, or Infinity; got 0.'],
    ['a negative retention', { retention: { tasks: -1 } }, 'retention.tasks', 'retention.tasks needs a whole number of at least 0, or Infinity; got -1.'],
    ['a fractional retention', { retention: { runs: 0.5 } }, 'retention.runs', 'retention.runs needs a whole number of at least 0, or Infinity; got 0.5.'],
    ['an unknown default', { defaults: { maxRun: 1 } }, 'maxRun', '"maxRun" is not an option of defaults. Did you mean maxRuns?'],
    ['a bad default', { defaults: { maxRuns: 0 } }, 'defaults.maxRuns', 'defaults.maxRuns needs a whole number of at least 1, or Infinity; got 0.'],
    ['args for all', { defaults: { args: [] } }, 'args', '"args" can\'t be given in defaults. There are:'],
    ['an onError that is no function', { onError: 'log' }, 'onError', 'onError needs a function; got "log".'],
    ['keepAlive beside a clock', { clock: new VirtualClock(), keepAlive: false }, 'keepAlive', 'keepAlive has no effect with a clock of your own. Give it to the clock: new WallClock({ keepAlive: false }).'],
    ['a slip of the pen', { clok: new VirtualClock() }, 'clok', `"clok" is not an option of options. Did you mean clock? There are: ${ALL}.`],
    ['a random that is no function', { random: 5 }, 'random', 'random needs a function; got 5.'],
  ])('refuse %s', (_, given, field, message) => {
    const error = thrownBy(() => new TaskScheduler(given as TaskSchedulerOptions));
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', field });
    expect((error as Error).message).toContain(message);
  });

  it('refuse a concurrency that is set later, and keep the one before', () => {
    scheduler.concurrency = 3;
    for (const concurrency of [0, -1, 1.5, NaN, '4' as never]) expect(() => { scheduler.concurrency = concurrency; }).toThrow(InvalidArgumentError);
    expect(scheduler.concurrency).toBe(3);
  });
});

describe('A stopped scheduler', () => {
  it.each<[string, (loose: Loose) => unknown, string]>([
    ['schedule', ({ schedule }) => schedule(work, after(1)), 'No task can be scheduled'],
    ['scheduleOneTime', ({ scheduleOneTime }) => scheduleOneTime(work, START), 'No task can be scheduled'],
    ['schedulePeriodic', ({ schedulePeriodic }) => schedulePeriodic(work, 10), 'No task can be scheduled'],
    ['runTask', ({ runTask }) => runTask('live'), 'The task "live" can\'t run'],
  ])('refuses %s, and says that there is no restart', async (_, call, what) => {
    const before = scheduler.getTasks();
    await scheduler.stop();
    expect(thrownBy(() => call(loose))).toMatchObject({
      name: 'SchedulerStoppedError', code: 'SCHEDULER_STOPPED', message: `${what}: the scheduler was stopped. There is no restart; create a new TaskScheduler.`,
    });
    expect(scheduler.getTasks().map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  });
});

describe('What looks bad and is not', () => {
  it('runs at once when its runAt is past', async () => {
    const id = scheduler.scheduleOneTime(work, new Date(START - 86_400_000));
    await clock.advanceBy(0);
    expect(scheduler.getTask(id)).toMatchObject({ status: 'COMPLETED', missedCount: 0 });
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype', '🔔', 'a\nb', '\u0000', ' ', '💥'.repeat(127), 'x'.repeat(255)])('takes %j for any name there is', async (name) => {
    const handle = scheduler.register(name, () => name);
    const id = scheduler.schedule(handle, after(0), { id: name, name, tags: [name], concurrencyKey: name });
    const byName = scheduler.schedule(name, after(0));
    const seen: string[] = [];
    scheduler.task$(id).subscribe({ next: (task) => seen.push(task.status), complete: () => seen.push('over') });
    await clock.advanceBy(1);
    expect([scheduler.getTaskResult(id), scheduler.getTaskResult(byName)]).toEqual([name, name]);
    expect(scheduler.getTask(id)).toMatchObject({ id: name, name, tags: [name], status: 'COMPLETED' });
    expect(scheduler.getTasks({ name, tag: name }).map((task) => task.id)).toEqual([name]);
    expect(seen).toEqual(['PENDING', 'RUNNING', 'COMPLETED', 'over']);
    expect(() => scheduler.register(name, work)).toThrow(expect.objectContaining({ code: 'DUPLICATE_WORK' }));
    expect(() => scheduler.schedule(work, after(0), { id: name })).toThrow(expect.objectContaining({ code: 'DUPLICATE_TASK' }));
    expect(scheduler.removeTask(id)).toBe(true);
    expect(() => scheduler.getTask(id)).toThrow(expect.objectContaining({ forgotten: true }));
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('takes options without a prototype, and leaves inherited ones alone', async () => {
    const bare = Object.assign(Object.create(null) as object, { maxRuns: 1 });
    const heir = Object.create({ maxRuns: -1 }) as object;
    const [one, many] = [scheduler.schedule(work, every(10), bare), scheduler.schedule(work, every(10), heir)];
    await clock.advanceBy(20);
    expect([scheduler.getTask(one).completedCount, scheduler.getTask(many).completedCount]).toEqual([1, 3]);
  });

  it('takes an option that is undefined for one that is absent', async () => {
    const id = scheduler.schedule(work, once(START + 10), { maxRuns: undefined, name: undefined, signal: undefined, args: undefined, ifExists: undefined });
    await clock.advanceBy(10);
    expect(scheduler.getTaskStatus(id)).toBe('COMPLETED');
  });

  it('decides: a character is a UTF-16 code unit, so 128 emoji are one too many', () => {
    expect(() => scheduler.schedule(work, after(0), { id: '🔔'.repeat(128) })).toThrow(InvalidArgumentError);
  });
});
