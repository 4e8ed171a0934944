import { describe, expect, it } from '@jest/globals';
import fc from '../support/properties.js';
import { BehaviorSubject, map, Subject } from 'rxjs';
import { after, every, InvalidArgumentError, once, selectByTag, TaskScheduler, type TaskId, type TaskState } from '../../src/index.js';
import { STATUS_LETTERS, VirtualClock } from '../../src/testing/index.js';
import { steps } from '../store/steps.js';
import { play } from '../support/streams.js';

const statuses = map((tasks: readonly TaskState[]) => tasks.map(({ status }) => STATUS_LETTERS[status]).join(''));
const names = (tasks: readonly TaskState[] | undefined): string => tasks?.map(({ id }) => id).join(' ') ?? 'untold';

/** A scheduler, and what is told of its tasks with the tag. One that is not started waits for nothing. */
function watched(autoStart: boolean): { scheduler: TaskScheduler; clock: VirtualClock; told: (readonly TaskState[])[] } {
  const clock = new VirtualClock();
  const scheduler = new TaskScheduler({ clock, autoStart });
  const told: (readonly TaskState[])[] = [];
  scheduler.tasks$.pipe(selectByTag('mail')).subscribe((tasks) => told.push(tasks));
  return { scheduler, clock, told };
}

describe('selectByTag', () => {
  it('tells the tasks with the tag, and then only when one of them has changed', () => {
    play(({ scheduler, cold, expectObservable }) => {
      const a        =      '----|';
      const other    =    '-------|';
      const expected = 'P----R---C';
      scheduler.schedule(() => cold(a), once(5), { tags: ['x', 'mail'] });
      scheduler.schedule(() => cold(other), once(3), { tags: ['print'] });
      expectObservable(scheduler.tasks$.pipe(selectByTag('mail'), statuses)).toBe(expected);
    });
  });

  it('tells them in the order they were scheduled, on subscribe too when there are none', async () => {
    const { scheduler, clock, told } = watched(true);
    scheduler.schedule(() => 1, after(5), { id: 'a', tags: ['mail'] });
    scheduler.schedule(() => 1, after(5), { id: 'other' });
    scheduler.schedule(() => 1, after(1), { id: 'b', tags: ['mail', 'urgent'] });
    expect(told.map(names)).toEqual(['', 'a', 'a b']);
    await clock.advanceBy(1);
    expect(told.slice(3).map((tasks) => tasks.map(({ status }) => status))).toEqual([['PENDING', 'RUNNING'], ['PENDING', 'COMPLETED']]);
  });

  it('keeps the objects of tasks that have not changed, and freezes the list', async () => {
    const { scheduler, clock, told } = watched(true);
    scheduler.schedule(() => 1, after(5), { id: 'a', tags: ['mail'] });
    scheduler.schedule(() => 1, after(1), { id: 'b', tags: ['mail'] });
    await clock.advanceBy(1);
    expect(new Set(told.slice(1).map(([a]) => a)).size).toBe(1);
    expect(told.at(-1)?.[0]).toBe(scheduler.getTask('a'));
    expect(told.every(Object.isFrozen)).toBe(true);
  });

  it('tells when a task is gone', async () => {
    const { scheduler, clock, told } = watched(true);
    scheduler.schedule(() => 1, after(0), { id: 'a', tags: ['mail'] });
    scheduler.schedule(() => 1, after(9), { id: 'b', tags: ['mail'] });
    scheduler.schedule(() => 1, after(0), { id: 'other' });
    await clock.advanceBy(0);
    const before = told.length;
    scheduler.removeTask('other');
    expect(told).toHaveLength(before);
    scheduler.removeTask('a');
    expect(names(told[before])).toBe('b');
  });

  it('follows a task that gets the tag, or loses it, when it is replaced', () => {
    const { scheduler, told } = watched(false);
    const schedule = (id: string, tags: readonly string[]) => scheduler.schedule(() => 1, every('1h', { startAt: 60_000 }), { id, tags, ifExists: 'replace' });
    schedule('a', []);
    schedule('b', ['mail']);
    schedule('a', ['mail']);
    schedule('b', ['print']);
    schedule('a', []);
    schedule('c', ['print']);
    expect(told.map(names)).toEqual(['', 'b', 'a b', 'a', '']);
  });

  it('completes with the source, and passes its error', () => {
    play(({ cold, expectObservable }) => {
      const tasks = { m: new Map<TaskId, TaskState>() };
      expectObservable(cold('m--|', tasks).pipe(selectByTag('mail'), map(names))).toBe('e--|', { e: '' });
      expectObservable(cold('m--#', tasks).pipe(selectByTag('mail'), map(names))).toBe('e--#', { e: '' });
    });
  });

  it('begins anew with each subscription', () => {
    const { scheduler, told } = watched(false);
    const mails$ = scheduler.tasks$.pipe(selectByTag('mail'));
    scheduler.schedule(() => 1, after(5), { id: 'a', tags: ['mail'] });
    const [first, second]: string[][] = [[], []];
    mails$.subscribe((tasks) => first!.push(names(tasks))).unsubscribe();
    mails$.subscribe((tasks) => second!.push(names(tasks)));
    expect([first, second, told.length]).toEqual([['a'], ['a'], 2]);
  });

  it('costs what has changed, and not as much as there are tasks', () => {
    const { scheduler, told } = watched(false);
    for (let n = 0; n < 20_000; n++) scheduler.schedule(() => 1, after('1h'), { tags: n % 2_000 === 0 ? ['mail'] : ['print'] });
    const [mail, print] = ['mail', 'print'].map((tag) => scheduler.schedule(() => 1, after('1h'), { tags: [tag] }));
    expect(told.at(-1)).toHaveLength(11);
    const before = told.length;
    expect(steps(() => { scheduler.pauseTask(print!); })).toBeLessThan(1_000);
    expect(told).toHaveLength(before);
    expect(steps(() => { scheduler.pauseTask(mail!); })).toBeLessThan(1_000);
    expect(told).toHaveLength(before + 1);
    expect(told.at(-1)?.at(-1)).toBe(scheduler.getTask(mail!));
  });

  it('does on any map what it does on those of a scheduler', () => {
    const tags = fc.subarray(['mail', 'print']);
    const commands = fc.array(fc.record({ do: fc.constantFrom('schedule', 'pause', 'resume', 'cancel', 'remove', 'nothing'), id: fc.constantFrom('a', 'b', 'c', 'd'), tags }), { maxLength: 40 });
    fc.assert(fc.property(commands, fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), (all, mixed) => {
      const scheduler = new TaskScheduler({ clock: new VirtualClock(), autoStart: false });
      const [copies, both] = [new BehaviorSubject<ReadonlyMap<TaskId, TaskState>>(new Map()), new Subject<ReadonlyMap<TaskId, TaskState>>()];
      const told: { own: (readonly TaskState[])[]; copied: (readonly TaskState[])[]; mixed: (readonly TaskState[])[] } = { own: [], copied: [], mixed: [] };
      scheduler.tasks$.pipe(selectByTag('mail')).subscribe((tasks) => told.own.push(tasks));
      copies.pipe(selectByTag('mail')).subscribe((tasks) => told.copied.push(tasks));
      both.pipe(selectByTag('mail')).subscribe((tasks) => told.mixed.push(tasks));
      let count = 0;
      scheduler.tasks$.subscribe((tasks) => {
        copies.next(new Map(tasks));
        both.next(mixed[count++ % mixed.length] ? tasks : new Map(tasks));
      });
      for (const { do: action, id, tags: given } of all) {
        const isKnown = scheduler.getTasks().some((task) => task.id === id);
        if (action === 'schedule') scheduler.schedule(() => 1, every('1h', { startAt: 60_000 }), { id, tags: given, ifExists: 'replace' });
        else if (!isKnown) continue;
        else if (action === 'pause') scheduler.pauseTask(id);
        else if (action === 'resume') scheduler.resumeTask(id);
        else if (action === 'cancel') scheduler.cancelTask(id);
        else if (action === 'remove') scheduler.removeTask(id);
      }
      expect(told.copied).toEqual(told.own);
      expect(told.mixed).toEqual(told.own);
      const expected = scheduler.getTasks({ tag: 'mail' });
      expect(told.own.at(-1)).toEqual(expected);
      // Never twice the same.
      for (const [i, tasks] of told.own.entries()) if (i > 0) expect(tasks.length !== told.own[i - 1]!.length || tasks.some((task, k) => task !== told.own[i - 1]![k])).toBe(true);
    }));
  });

  it.each([[''], [undefined], [7], ['x'.repeat(256)]])('refuses the tag %j at the call', (tag) => {
    expect(() => selectByTag(tag as string)).toThrow(InvalidArgumentError);
    expect(() => selectByTag(tag as string)).toThrow(/^tag needs a string of 1 to 255 characters; got /);
  });
});
