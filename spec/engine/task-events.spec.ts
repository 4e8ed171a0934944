import { describe, expect, it } from '@jest/globals';
import { catchError, map, of, type Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { CarillonError, TaskScheduler, every, once, type TaskEvent, type TaskState } from '../../src/index.js';
import { STATUS_LETTERS, statusLetters } from '../../src/testing/index.js';
import { CALLS } from '../support/picture.js';

// The streams of the facade, as marbles of their own values: `task$` tells statuses.
function run(play: (helpers: { readonly scheduler: TaskScheduler } & Parameters<Parameters<TestScheduler['run']>[0]>[0]) => void): void {
  const clock = new TestScheduler((actual, expected) => { expect(actual).toEqual(expected); });
  clock.run((helpers) => { play({ ...helpers, scheduler: new TaskScheduler({ clock, onError: () => undefined }) }); });
}

function codes(stream: Observable<unknown>): Observable<unknown> {
  return stream.pipe(catchError((error: unknown) => of(error instanceof CarillonError ? error.code : error)));
}

describe('task$', () => {
  it('of a one-time task is PENDING, RUNNING, COMPLETED, and completes', () => {
    run(({ scheduler, cold, expectObservable }) => {
      const work     =  '---|';
      const expected = 'p---r--(c|)';
      scheduler.schedule(() => cold(work), once(4), { id: 'task' });
      expectObservable(scheduler.task$('task').pipe(map((task) => task.status))).toBe(expected, { p: 'PENDING', r: 'RUNNING', c: 'COMPLETED' });
    });
  });

  it.each<[title: string, work: string, calls: string, expected: string]>([
    ['a run that fails',            '---#', '',                 'P---R--(F|)'],
    ['cancelled while pending',     '---|', '--C',              'P-(X|)'],
    ['cancelled while running',     '---|', '-----C',           'P---R(X|)'],
    ['paused and resumed',          '---|', '-P-R',             'PZ-PR--(C|)'],
    ['resumed when it was due',     '----|', '-P------R',       'PZ------(PR)(C|)'],
    ['paused while running: it runs on, with paused set', '---|', '-----P', 'P---RR-(C|)'],
    ['stopped while running: it runs on, with stopping set', '---|', '-----S', 'P---RR-(C|)'],
  ])('%s', (_title, work, calls, expected) => {
    run(({ scheduler, cold, hot, expectObservable }) => {
      scheduler.schedule(() => cold(work), once(4), { id: 'task' });
      expectObservable(scheduler.task$('task').pipe(statusLetters())).toBe(expected);
      hot(calls).subscribe((call) => CALLS[call]?.(scheduler, 'task'));
    });
  });

  it('tells of each change of a periodic task, a skipped tick included, and no more', () => {
    run(({ scheduler, cold, expectObservable }) => {
      const work     = '------|';
      const expected = '(ab)c-d-e-----(f|)';
      const told = scheduler.task$('task').pipe(map(({ status, runCount, skippedCount }) => [status, runCount, skippedCount]));
      expectObservable(told).toBe(expected, {
        a: ['PENDING', 0, 0], b: ['RUNNING', 1, 0], c: ['RUNNING', 1, 1], d: ['PENDING', 1, 1], e: ['RUNNING', 2, 1], f: ['COMPLETED', 2, 1],
      });
      scheduler.schedule(() => cold(work), every(4), { id: 'task', until: 9 });
    });
  });

  it('tells whoever comes later of the state there is, then of every change', () => {
    run(({ scheduler, cold, expectObservable }) => {
      const work     =  '----|';
      const comes    = '-----^';
      const expected = '-----R--(C|)';
      scheduler.schedule(() => cold(work), once(4), { id: 'task' });
      expectObservable(scheduler.task$('task').pipe(statusLetters()), comes).toBe(expected);
    });
  });

  it('tells whoever comes too late of the final state, and completes', () => {
    run(({ scheduler, expectObservable }) => {
      const comes    = '-----^';
      const expected = '-----(C|)';
      scheduler.schedule(() => undefined, once(4), { id: 'task' });
      expectObservable(scheduler.task$('task').pipe(statusLetters()), comes).toBe(expected);
    });
  });

  it('tells of progress: each value of the Observable that the work is', () => {
    run(({ scheduler, cold, expectObservable }) => {
      const work     =  '-a--b|';
      const expected = 'uua--b(b|)';
      scheduler.schedule(() => cold(work), once(1), { id: 'task' });
      expectObservable(scheduler.task$('task').pipe(map(({ progress = 'u' }) => progress))).toBe(expected);
    });
  });
});

describe('runs$', () => {
  const due  = 't--tt-|';
  const work = '------|';
  const letters = { Q: 'QUEUED', R: 'RUNNING', C: 'COMPLETED', S: 'SKIPPED' };
  it.each<[title: string, comes: string, expected: string]>([
    ['tells of each run as it changes, and of skipped ticks; completes with the task',
      '^',                  'R--QS-(CR)--(C|)'],
    ['is hot: whoever comes later hears what happens from then on',
      '-----^',             '------(CR)--(C|)'],
    ['of a task that is over completes at once',
      '-------------------^', '-------------------|'],
  ])('%s', (_title, comes, expected) => {
    run(({ scheduler, cold, hot, expectObservable }) => {
      expectObservable(scheduler.runs$('task').pipe(map((run) => run.status)), comes).toBe(expected, letters);
      scheduler.schedule(() => cold(work), hot(due), { overlap: 'queue', maxQueued: 1, id: 'task' });
    });
  });
});

describe('results$', () => {
  it('tells what each completed run results in, and completes with the task', () => {
    run(({ scheduler, hot, expectObservable }) => {
      const emitted  = 'a--b--c--|';
      const expected = 'A-----C--|';
      const work = (letter: string): string => { if (letter === 'b') throw new Error('not b'); return letter.toUpperCase(); };
      const trigger: Observable<string> = hot(emitted);
      scheduler.schedule(work, trigger, { args: (letter: string): [string] => [letter], id: 'task' });
      expectObservable(scheduler.results$('task')).toBe(expected);
    });
  });
});

describe('tasks$', () => {
  const statuses = map((tasks: ReadonlyMap<string, TaskState>) => [...tasks.values()].map((task) => STATUS_LETTERS[task.status]).join(''));

  it('tells of all tasks on subscribe, then after each step of any of them', () => {
    run(({ scheduler, cold, expectObservable }) => {
      const a        =   '----|';
      const b        =   '-------|';
      const expected = 'a-(bc)d--e';
      expectObservable(scheduler.tasks$.pipe(statuses)).toBe(expected, { a: 'PP', b: 'RP', c: 'RR', d: 'CR', e: 'CC' });
      scheduler.schedule(() => cold(a), once(2));
      scheduler.schedule(() => cold(b), once(2));
    });
  });

  it('tells once of what is one step', () => {
    run(({ scheduler, cold, hot, expectObservable }) => {
      const calls    = '-------C';
      const expected = '(ab)b--c';
      expectObservable(scheduler.tasks$.pipe(statuses)).toBe(expected, { a: 'P', b: 'R', c: 'X' });
      scheduler.schedule(() => cold('---------|'), every(4), { overlap: 'parallel', id: 'task' });
      hot(calls).subscribe((call) => CALLS[call]?.(scheduler, 'task'));
    });
  });
});

describe('events$', () => {
  const types = map(({ type }: TaskEvent) => type);

  it('tells of everything that happens, in order', () => {
    run(({ scheduler, cold, hot, expectObservable }) => {
      const calls    = '--s';
      const work     =      '--|';
      const expected = '--a--b-(cd)';
      expectObservable(scheduler.events$.pipe(types)).toBe(expected, { a: 'taskScheduled', b: 'runStarted', c: 'runCompleted', d: 'taskFinished' });
      hot(calls).subscribe(() => scheduler.schedule(() => cold(work), once(5)));
    });
  });
});

describe('an id that no task has', () => {
  it.each<['task$' | 'runs$' | 'results$']>([['task$'], ['runs$'], ['results$']])('is an error of %s', (stream) => {
    run(({ scheduler, expectObservable }) => {
      expectObservable(codes(scheduler[stream]('nobody'))).toBe('(e|)', { e: 'TASK_NOT_FOUND' });
    });
  });
});
