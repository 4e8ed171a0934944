import { describe, expect, it } from '@jest/globals';
import { map } from 'rxjs';
import { InvalidArgumentError, once, whenStatus, type RunState, type TaskState } from '../../src/index.js';
import { STATUS_LETTERS } from '../../src/testing/index.js';
import { play } from '../support/streams.js';

const letters = map(({ status }: TaskState) => STATUS_LETTERS[status]);
const statuses = map(({ status }: RunState) => status);

describe('whenStatus', () => {
  const work   =    '---|';
  const fails  =    '---#';
  it.each<[title: string, wanted: TaskState['status'][] | RunState['status'][], work: string, expected: string]>([
    ['passes the states that have the status, and completes with the source',  ['RUNNING'],              work,  '---R--|'],
    ['passes those that have any of several',                                  ['FAILED', 'COMPLETED'],  work,  '------(C|)'],
    ['passes a failure as the value that it is',                               ['FAILED', 'COMPLETED'],  fails, '------(F|)'],
    ['passes nothing when no state has it',                                    ['PAUSED'],               work,  '------|'],
    ['passes nothing for a status that only runs have',                        ['QUEUED'],               work,  '------|'],
    ['minds no status that is given twice',                                    ['RUNNING', 'RUNNING'],   work,  '---R--|'],
  ])('%s', (_title, wanted, drawn, expected) => {
    play(({ scheduler, cold, expectObservable }) => {
      const id = scheduler.schedule(() => cold(drawn), once(3));
      expectObservable(scheduler.task$(id).pipe(whenStatus(...wanted), map((state) => STATUS_LETTERS[(state as TaskState).status]))).toBe(expected);
    });
  });

  it('passes runs as well, and ticks that never ran', () => {
    play(({ scheduler, cold, hot, expectObservable }) => {
      const due     = '-t-t-t|';
      const work    = ' ---#';
      const failed  = '----F---(F|)';
      const skipped = '---S----|';
      const id = scheduler.schedule(() => cold(work), hot(due), { overlap: 'skip' });
      expectObservable(scheduler.runs$(id).pipe(whenStatus('FAILED'), statuses)).toBe(failed, { F: 'FAILED' });
      expectObservable(scheduler.runs$(id).pipe(whenStatus('SKIPPED', 'MISSED'), statuses)).toBe(skipped, { S: 'SKIPPED' });
    });
  });

  it('passes the very objects', () => {
    play(({ hot, expectObservable }) => {
      const failed = { status: 'FAILED', error: new Error('no') } as const;
      expectObservable(hot('a-b|', { a: failed, b: { status: 'COMPLETED' } }).pipe(whenStatus('FAILED'), map((state) => state === failed))).toBe('t--|', { t: true });
    });
  });

  it('errors when the source does', () => {
    play(({ scheduler, expectObservable }) => {
      expectObservable(scheduler.task$('nobody').pipe(whenStatus('FAILED'), letters)).toBe('#', undefined, expect.objectContaining({ code: 'TASK_NOT_FOUND' }));
    });
  });

  it.each<[unknown[], string]>([
    [[], 'statuses needs at least one status; got an array of 0.'],
    [['DONE'], "statuses[0] needs one of 'PENDING', 'RUNNING', 'PAUSED', 'COMPLETED', 'FAILED', 'CANCELLED', 'QUEUED', 'RETRYING', 'SKIPPED', 'MISSED'; got \"DONE\"."],
    [['FAILED', undefined], "statuses[1] needs one of 'PENDING', 'RUNNING', 'PAUSED', 'COMPLETED', 'FAILED', 'CANCELLED', 'QUEUED', 'RETRYING', 'SKIPPED', 'MISSED'; got undefined."],
    [['toString'], "statuses[0] needs one of 'PENDING', 'RUNNING', 'PAUSED', 'COMPLETED', 'FAILED', 'CANCELLED', 'QUEUED', 'RETRYING', 'SKIPPED', 'MISSED'; got \"toString\"."],
  ])('refuses %j at the call', (given, message) => {
    const call = () => (whenStatus as (...statuses: unknown[]) => unknown)(...given);
    expect(call).toThrow(InvalidArgumentError);
    expect(call).toThrow(message);
  });
});
