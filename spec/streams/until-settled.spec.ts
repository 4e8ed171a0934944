import { describe, expect, it } from '@jest/globals';
import { EMPTY, NEVER, filter, forkJoin, lastValueFrom, map, merge, type Observable } from 'rxjs';
import { after, once, SchedulerStoppedError, TaskScheduler, untilSettled, type TaskState } from '../../src/index.js';
import { STATUS_LETTERS, VirtualClock } from '../../src/testing/index.js';
import { play } from '../support/streams.js';

const letters = map(({ status }: TaskState) => STATUS_LETTERS[status]);
const stopped = (id: string): SchedulerStoppedError => new SchedulerStoppedError(`The task "${id}" did not settle`, id);

/** One task of `tasks$`: a stream that goes on when the task is over. */
const selected = (scheduler: TaskScheduler, id: string): Observable<TaskState> => merge(scheduler.tasks$, NEVER).pipe(
  map((tasks) => tasks.get(id)),
  filter((task) => task !== undefined),
);

describe('untilSettled', () => {
  it.each<[title: string, work: string, expected: string]>([
    ['gives a stream without an end its end: the final state', '---|', 'P--R--(C|)'],
    ['completes with FAILED, for a failure is a value',        '---#', 'P--R--(F|)'],
  ])('%s', (_title, work, expected) => {
    play(({ scheduler, cold, expectObservable }) => {
      const id = scheduler.schedule(() => cold(work), once(3));
      expectObservable(selected(scheduler, id).pipe(untilSettled(), letters)).toBe(expected);
      // A stream that ends by itself stays as it is.
      expectObservable(scheduler.task$(id).pipe(untilSettled(), letters)).toBe(expected);
    });
  });

  it('unsubscribes from the source at the final state', () => {
    play(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ =      cold('a--b---', { a: { id: 'a', status: 'PENDING' }, b: { id: 'a', status: 'CANCELLED' } } as unknown as Record<string, TaskState>);
      const subscribed =        '^--!';
      const expected =          'P--(X|)';
      expectObservable(source$.pipe(untilSettled(), letters)).toBe(expected);
      expectSubscriptions(source$.subscriptions).toBe(subscribed);
    });
  });

  it('errors when the source completes before, naming the task', () => {
    play(({ cold, expectObservable }) => {
      const task = { id: 'a', status: 'PENDING' } as unknown as TaskState;
      expectObservable(cold('a--|', { a: task }).pipe(untilSettled(), letters)).toBe('P--#', undefined, stopped('a'));
      expectObservable((EMPTY as Observable<TaskState>).pipe(untilSettled(), letters)).toBe('#', undefined, new SchedulerStoppedError('The task did not settle'));
    });
  });

  it('begins anew with each subscription', () => {
    play(({ hot, expectObservable }) => {
      const task$ = hot('a--b|', { a: { id: 'a', status: 'PENDING' }, b: { id: 'b', status: 'PENDING' } } as unknown as Record<string, TaskState>).pipe(untilSettled(), letters);
      expectObservable(task$, '^').toBe('    P--P#', undefined, stopped('b'));
      expectObservable(task$, '----^').toBe('----#', undefined, new SchedulerStoppedError('The task did not settle'));
    });
  });

  it('passes the error of an id that no task has', () => {
    play(({ scheduler, expectObservable }) => {
      expectObservable(scheduler.task$('nobody').pipe(untilSettled(), letters)).toBe('#', undefined, expect.objectContaining({ code: 'TASK_NOT_FOUND' }));
    });
  });

  it('decides: a stream of several tasks ends with the first that settles', () => {
    play(({ scheduler, cold, expectObservable }) => {
      const works    = ['----|', '--#'];
      const expected = 'p--(F|)';
      const ids = works.map((work) => scheduler.schedule(() => cold(work), once(1)));
      const ended$ = merge(...ids.map((id) => scheduler.task$(id))).pipe(untilSettled(), filter(({ status, id }) => status !== 'RUNNING' && (status !== 'PENDING' || id === ids[0])), letters);
      expectObservable(ended$).toBe(expected, { p: 'P', F: 'F' });
    });
  });

  it('makes forkJoin wait for all of them', () => {
    play(({ scheduler, cold, expectObservable }) => {
      const works    = ['----|', '--#'];
      const expected = '-----(a|)';
      const ids = works.map((work) => scheduler.schedule(() => cold(work), once(1)));
      expectObservable(forkJoin(ids.map((id) => scheduler.task$(id).pipe(untilSettled(), letters)))).toBe(expected, { a: ['C', 'F'] });
    });
  });

  it('makes lastValueFrom the final state, or a rejection when the scheduler stops', async () => {
    const clock = new VirtualClock();
    const scheduler = new TaskScheduler({ clock });
    const [done, pending] = [scheduler.schedule(() => 'result', after(5)), scheduler.schedule(() => 'never', after(50), { id: 'pending' })];
    // eslint-disable-next-line rxjs-x/no-ignored-default-value -- that it needs none is what this is about
    const last = (id: string) => lastValueFrom(scheduler.task$(id).pipe(untilSettled()));
    const during = Promise.allSettled([last(done), last(pending)]);
    await clock.advanceBy(10);
    await scheduler.stop();
    const expected = [{ status: 'fulfilled', value: scheduler.getTask(done) }, { status: 'rejected', reason: stopped('pending') }];
    expect(await during).toEqual(expected);
    expect(await Promise.allSettled([last(done), last(pending)])).toEqual(expected);
  });
});
