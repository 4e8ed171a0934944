// The contract of TaskFacade, for every facade there is. It awaits each answer, and asks `whenAccepted` whether a call that gave an id
// at once was refused, so that far ones can pass it too.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Observable, of, Subject } from 'rxjs';
import { after, every, once, withContext } from '../../src/index.js';
import type { RunContext, RunState, TaskEvent, TaskFacade, TaskId, TaskSchedulerOptions, TaskState } from '../../src/index.js';

/** A facade, and the hand that moves its time. */
export interface FacadeUnderTest {
  readonly facade: TaskFacade;
  /** Lets so many ms go by on the facade's clock, and all that comes of it arrive. */
  advanceBy(ms: number): Promise<void>;
  dispose(): Promise<void>;
}

/** Makes a fresh facade, over a scheduler with these options. */
export type OpenFacade = (
  options?: Pick<TaskSchedulerOptions, 'autoStart' | 'concurrency' | 'defaults' | 'retention'>,
) => FacadeUnderTest | Promise<FacadeUnderTest>;

/** A call of work that goes on until the spec ends it. */
interface HeldRun {
  readonly context: RunContext;
  finish(result: string): void;
  fail(error: unknown): void;
}

const UNKNOWN = { code: 'TASK_NOT_FOUND', taskId: 'nobody', forgotten: false };
const STOPPED = { code: 'SCHEDULER_STOPPED' };

/** Declares the specs that every facade must pass. */
export function describeFacade(name: string, openFacade: OpenFacade): void {
  describe(name, () => {
    let test: FacadeUnderTest;
    let facade: TaskFacade;
    let start: number;
    let held: HeldRun[];

    const open = async (options?: Parameters<OpenFacade>[0]): Promise<void> => {
      test = await openFacade(options);
      facade = test.facade;
      start = await facade.now();
    };
    const reopen = async (options: Parameters<OpenFacade>[0]): Promise<void> => {
      await test.dispose();
      await open(options);
    };
    const advanceBy = (ms: number): Promise<void> => test.advanceBy(ms);
    /** Instants read better as what has gone by since the spec began. */
    const since = (instant: number | undefined): number | undefined => (instant === undefined ? undefined : instant - start);

    const registerGreet = () => facade.register('greet', (whom: string) => `Hello, ${whom}!`);
    const registerFail = () => facade.register('fail', (message: string): number => { throw new RangeError(message); });
    const registerHold = () => facade.register('hold', withContext((context) => new Promise<string>((resolve, reject) => {
      held.push({ context, finish: resolve, fail: reject });
    })));

    beforeEach(async () => {
      held = [];
      await open();
    });
    afterEach(() => test.dispose());

    describe('register', () => {
      it('names the work: it is scheduled by the handle or by the name', async () => {
        const greet = registerGreet();
        expect(greet.name).toBe('greet');
        const byHandle = facade.schedule(greet, after(5), { args: ['Alice'] });
        const byName = facade.schedule('greet', after(5), { args: ['Bob'] });
        await advanceBy(5);
        expect([await facade.getTaskResult(byHandle), await facade.getTaskResult(byName)]).toEqual(['Hello, Alice!', 'Hello, Bob!']);
      });

      it('refuses a name twice, and keeps the first work', async () => {
        registerGreet();
        await expect(async () => facade.register('greet', () => 'impostor')).rejects.toMatchObject({ code: 'DUPLICATE_WORK', workName: 'greet' });
        const id = facade.schedule('greet', after(0), { args: ['Alice'] });
        await advanceBy(0);
        expect(await facade.getTaskResult(id)).toBe('Hello, Alice!');
      });

      it('layers the options: the call over the work over the scheduler, each option whole', async () => {
        await reopen({ defaults: { name: 'by the scheduler', tags: ['scheduler'], maxRuns: 3 } });
        const work = facade.register('work', () => 1, { name: 'by the work', tags: ['work'] });
        const id = facade.schedule(work, every(10), { name: 'by the call', tags: undefined });
        await advanceBy(100);
        expect(await facade.getTask(id)).toMatchObject({ name: 'by the call', tags: ['work'], completedCount: 3, status: 'COMPLETED' });
      });

      it('binds arguments, which a call may replace', async () => {
        const greetBob = facade.register('greet Bob', (whom: string) => `Hello, ${whom}!`, { args: ['Bob'] });
        const bob = facade.schedule(greetBob, after(0));
        const eve = facade.schedule(greetBob, after(0), { args: ['Eve'] });
        await advanceBy(0);
        expect([await facade.getTaskResult(bob), await facade.getTaskResult(eve)]).toEqual(['Hello, Bob!', 'Hello, Eve!']);
      });
    });

    describe('schedule', () => {
      it('starts nothing before the trigger is due, and then at its instant', async () => {
        const greet = registerGreet();
        const ids = [facade.schedule(greet, once(start + 20), { args: ['Alice'] }), facade.schedule(greet, after(20), { args: ['Bob'] })];
        await advanceBy(19);
        for (const id of ids) expect(await facade.getTask(id)).toMatchObject({ status: 'PENDING', runCount: 0, nextRunAt: start + 20 });
        await advanceBy(1);
        for (const id of ids) expect(await facade.getTask(id)).toMatchObject({ status: 'COMPLETED', runCount: 1, finishedAt: start + 20 });
      });

      it('gives each task an id of its own, or the one asked for', async () => {
        const greet = registerGreet();
        const schedule = (id?: string): TaskId => facade.schedule(greet, after(1), { args: ['Alice'], id });
        const ids = [schedule(), schedule(), schedule('my own')];
        expect(new Set(ids).size).toBe(3);
        expect(ids[2]).toBe('my own');
        for (const id of ids) await facade.whenAccepted(id);
        expect((await facade.getTasks()).map((task) => task.id)).toEqual(ids);
      });

      it('refuses a name that nobody registered', async () => {
        await expect(async () => facade.whenAccepted(facade.schedule('nobody', after(0)))).rejects.toMatchObject({ code: 'WORK_NOT_FOUND', workName: 'nobody' });
        expect(await facade.getTasks()).toEqual([]);
      });
    });

    describe('scheduleOneTime and schedulePeriodic', () => {
      it('run once, at the instant', async () => {
        const id = facade.scheduleOneTime((a: number, b: number) => a + b, new Date(start + 30), { args: [1, 2] });
        await advanceBy(29);
        expect(await facade.getTaskStatus(id)).toBe('PENDING');
        await advanceBy(100);
        expect(await facade.getTask(id)).toMatchObject({ status: 'COMPLETED', result: 3, runCount: 1, finishedAt: start + 30 });
      });

      it('run at once when the instant is past', async () => {
        await advanceBy(5_000);
        const id = facade.scheduleOneTime(() => 'late, not lost', start + 1);
        await advanceBy(0);
        expect(await facade.getRuns(id)).toMatchObject([{ status: 'COMPLETED', scheduledFor: start + 1, startedAt: start + 5_000 }]);
      });

      it('run now, and after each interval', async () => {
        const id = facade.schedulePeriodic(() => 1, { seconds: 1 });
        await advanceBy(3_000);
        expect((await facade.getRuns(id)).map((run) => [run.tick, since(run.scheduledFor)])).toEqual([[0, 0], [1, 1_000], [2, 2_000], [3, 3_000]]);
        expect(await facade.getTask(id)).toMatchObject({ status: 'PENDING', completedCount: 4, nextRunAt: start + 4_000 });
      });
    });

    describe('the getters', () => {
      it('show a task as it waits, runs, and ends', async () => {
        const id = facade.schedule(registerHold(), after(10), { id: 'me', name: 'holder', tags: ['a', 'b'] });
        const facts = {
          id: 'me', name: 'holder', tags: ['a', 'b'], paused: false, stopping: false, scheduledAt: start,
          runCount: 0, completedCount: 0, failedCount: 0, cancelledCount: 0, skippedCount: 0, missedCount: 0,
        };
        expect(await facade.getTask(id)).toEqual({ ...facts, status: 'PENDING', nextRunAt: start + 10 });
        expect(await facade.getRuns(id)).toEqual([]);

        await advanceBy(10);
        const run = { runId: held[0]!.context.runId, taskId: 'me', tick: 0, scheduledFor: start + 10, startedAt: start + 10, attempt: 1, reason: 'scheduled' };
        expect(await facade.getTask(id)).toEqual({ ...facts, status: 'RUNNING', runCount: 1, lastRun: { ...run, status: 'RUNNING' } });

        await advanceBy(5);
        held[0]!.finish('done');
        await advanceBy(0);
        const over = { ...run, status: 'COMPLETED', result: 'done', finishedAt: start + 15 };
        expect(await facade.getTask(id)).toEqual({
          ...facts, status: 'COMPLETED', runCount: 1, completedCount: 1, result: 'done', lastRun: over, finishedAt: start + 15,
        });
        expect(await facade.getRuns(id)).toEqual([over]);
        expect([await facade.getTaskStatus(id), await facade.getTaskResult(id), await facade.getTaskError(id)]).toEqual(['COMPLETED', 'done', undefined]);
      });

      it('show what a run has said', async () => {
        const id = facade.schedule(registerHold(), after(0));
        await advanceBy(0);
        held[0]!.context.log('so far');
        await advanceBy(5);
        held[0]!.context.log('so good');
        held[0]!.finish('done');
        await advanceBy(0);
        const logs = [{ at: start, message: 'so far' }, { at: start + 5, message: 'so good' }];
        expect(await facade.getRuns(id)).toMatchObject([{ status: 'COMPLETED', logs }]);
        expect(await facade.getTask(id)).toMatchObject({ lastRun: { logs } });
      });

      it('show how a task failed', async () => {
        const id = facade.schedule(registerFail(), after(0), { args: ['no luck'] });
        const settled = facade.whenSettled(id);
        await advanceBy(0);
        const error = { name: 'RangeError', message: 'no luck' };
        expect(await settled).toMatchObject({ status: 'FAILED', failedCount: 1, error, lastRun: { status: 'FAILED', error } });
        expect([await facade.getTaskStatus(id), await facade.getTaskResult(id)]).toEqual(['FAILED', undefined]);
        expect(await facade.getTaskError(id)).toMatchObject(error);
      });

      it('keep the latest result and the latest error of a task that goes on', async () => {
        const turns = [() => 'first', () => { throw new Error('second'); }, () => 'third', () => { throw new Error('fourth'); }];
        const id = facade.schedulePeriodic(() => turns.shift()?.(), 10, { maxRuns: 5 });
        facade.task$(id).subscribe();
        await advanceBy(20);
        expect([await facade.getTaskResult(id), (await facade.getTaskError(id))?.message]).toEqual(['third', 'second']);
        await advanceBy(10);
        expect([await facade.getTaskResult(id), (await facade.getTaskError(id))?.message, await facade.getTaskStatus(id)]).toEqual(['third', 'fourth', 'PENDING']);
      });

      it('never change what they have given', async () => {
        const id = facade.schedule(registerHold(), every(10));
        await advanceBy(0);
        const [task, runs, tasks] = [await facade.getTask(id), await facade.getRuns(id), await facade.getTasks()];
        const before = structuredClone({ task, runs, tasks });
        expect([task, task.tags, task.lastRun, runs, runs[0], tasks, tasks[0]].map((given) => Object.isFrozen(given))).not.toContain(false);
        held[0]!.finish('done');
        await advanceBy(100);
        expect({ task, runs, tasks }).toEqual(before);
      });

      it('list the tasks in the order they were scheduled, by status, name and tag', async () => {
        const hold = registerHold();
        facade.schedule(hold, after(0), { id: 'a', name: 'x', tags: ['red', 'big'] });
        facade.schedule(hold, after(50), { id: 'b', name: 'x', tags: ['red'] });
        facade.schedule(hold, after(0), { id: 'c', name: 'y' });
        await advanceBy(0);
        const list = async (filter?: Parameters<TaskFacade['getTasks']>[0]): Promise<string> => (await facade.getTasks(filter)).map((task) => task.id).join('');
        expect(await list()).toBe('abc');
        expect(await list({})).toBe('abc');
        expect(await list({ status: 'RUNNING' })).toBe('ac');
        expect(await list({ name: 'x' })).toBe('ab');
        expect(await list({ tag: 'red' })).toBe('ab');
        expect(await list({ tag: 'big', name: undefined })).toBe('a');
        expect(await list({ status: 'RUNNING', name: 'x', tag: 'red' })).toBe('a');
        expect(await list({ name: 'z' })).toBe('');
      });

      it('list the tasks page by page', async () => {
        const work = registerHold();
        for (const id of 'abcdef') facade.schedule(work, after(id === 'c' ? 0 : 1_000), { id });
        await advanceBy(0);
        const list = async (query: Parameters<TaskFacade['getTasks']>[0]): Promise<string> => (await facade.getTasks(query)).map(({ id }) => id).join('');
        expect(await list({ limit: 2 })).toBe('ab');
        expect(await list({ limit: 2, after: 'b' })).toBe('cd');
        expect(await list({ limit: 2, after: 'b', status: 'PENDING' })).toBe('de');
        expect(await list({ limit: 9, after: 'd' })).toBe('ef');
        expect(await list({ after: 'f' })).toBe('');
        // A task that is gone can't say where the next page begins.
        await expect(async () => facade.getTasks({ after: 'nobody' })).rejects.toMatchObject(UNKNOWN);
      });

      it('count tasks by status, and runs', async () => {
        const none = { PENDING: 0, RUNNING: 0, PAUSED: 0, COMPLETED: 0, FAILED: 0, CANCELLED: 0 };
        expect(await facade.stats()).toEqual({ tasks: none, queuedRuns: 0, runsInProgress: 0, latenessMs: 0 });
        const hold = registerHold();
        facade.schedule(hold, after(0));
        facade.schedule(hold, every(10), { overlap: 'queue', maxQueued: 2 });
        await facade.pauseTask(facade.schedule(hold, after(0)));
        facade.schedule(hold, after(1_000));
        await facade.cancelTask(facade.schedule(hold, after(0)));
        facade.schedule(registerGreet(), after(0), { args: ['Alice'] });
        const failing = facade.schedule(registerFail(), after(0), { args: ['no luck'] });
        facade.task$(failing).subscribe();
        await advanceBy(30);
        expect(await facade.stats()).toEqual({
          tasks: { PENDING: 1, RUNNING: 2, PAUSED: 1, COMPLETED: 1, FAILED: 1, CANCELLED: 1 }, queuedRuns: 2, runsInProgress: 2, latenessMs: 0,
        });
      });

      it('tell the time', async () => {
        await advanceBy(1_234);
        expect(await facade.now()).toBe(start + 1_234);
      });
    });

    describe('an id that no task has', () => {
      it.each<[string, (id: string) => unknown]>([
        ['getTask', (id) => facade.getTask(id)],
        ['getRuns', (id) => facade.getRuns(id)],
        ['getTaskStatus', (id) => facade.getTaskStatus(id)],
        ['getTaskResult', (id) => facade.getTaskResult(id)],
        ['getTaskError', (id) => facade.getTaskError(id)],
        ['stopTask', (id) => facade.stopTask(id)],
        ['cancelTask', (id) => facade.cancelTask(id)],
        ['updateTask', (id) => facade.updateTask(id, { args: [] })],
        ['retryTask', (id) => facade.retryTask(id)],
        ['pauseTask', (id) => facade.pauseTask(id)],
        ['resumeTask', (id) => facade.resumeTask(id)],
        ['removeTask', (id) => facade.removeTask(id)],
        ['runTask', (id) => {
          facade.runTask(id);
          return facade.whenAccepted(id);
        }],
      ])('is refused by %s', async (_, call) => {
        await expect(async () => call('nobody')).rejects.toMatchObject(UNKNOWN);
      });

      it('rejects each promise', async () => {
        // Called outside of the expectation: they reject, and never throw.
        const promises = [facade.whenAccepted('nobody'), facade.whenSettled('nobody'), facade.result('nobody')];
        await Promise.all(promises.map((promise) => expect(promise).rejects.toMatchObject(UNKNOWN)));
      });

      it('is an error of each stream, once somebody subscribes', async () => {
        const streams: Observable<unknown>[] = [facade.task$('nobody'), facade.runs$('nobody'), facade.results$('nobody')];
        const errors: unknown[] = [];
        for (const stream$ of streams) stream$.subscribe({ error: (error: unknown) => errors.push(error) });
        await advanceBy(0);
        expect(errors).toMatchObject([UNKNOWN, UNKNOWN, UNKNOWN]);
      });

      it('is found by a stream that was asked for before the task came', async () => {
        const early$ = facade.task$('late comer');
        const id = facade.schedule(registerGreet(), after(0), { args: ['Alice'], id: 'late comer' });
        await facade.whenAccepted(id);
        const seen: string[] = [];
        early$.subscribe((task) => seen.push(task.status));
        await advanceBy(0);
        expect(seen.at(-1)).toBe('COMPLETED');
      });
    });

    describe('result and whenSettled', () => {
      it('wait for the end', async () => {
        const id = facade.schedule(registerHold(), after(10));
        const answers: unknown[] = [];
        void facade.result(id).then((result) => answers.push(result));
        void facade.whenSettled(id).then((task) => answers.push(task.status));
        await advanceBy(10);
        expect(answers).toEqual([]);
        held[0]!.finish('at last');
        await advanceBy(0);
        expect(answers.sort()).toEqual(['COMPLETED', 'at last']);
        expect([await facade.result(id), (await facade.whenSettled(id)).status]).toEqual(['at last', 'COMPLETED']);
      });

      it('give the latest of several results', async () => {
        let n = 0;
        const id = facade.schedulePeriodic(() => ++n, 10, { maxRuns: 3 });
        await advanceBy(50);
        expect(await facade.result(id)).toBe(3);
      });

      it('reject, or tell of, a failure', async () => {
        const id = facade.schedule(registerFail(), after(0), { args: ['no luck'] });
        const rejected = expect(facade.result(id)).rejects.toMatchObject({ name: 'RangeError', message: 'no luck' });
        await advanceBy(0);
        await rejected;
        expect(await facade.whenSettled(id)).toMatchObject({ status: 'FAILED', error: { message: 'no luck' } });
      });

      it('reject, or tell of, a cancelled task, with the reason', async () => {
        const id = facade.schedule(registerHold(), after(100));
        const rejected = expect(facade.result(id)).rejects.toMatchObject({ code: 'TASK_CANCELLED', taskId: id, cause: 'changed my mind' });
        await facade.cancelTask(id, 'changed my mind');
        await rejected;
        expect(await facade.whenSettled(id)).toMatchObject({ status: 'CANCELLED', cancelReason: 'changed my mind' });
      });

      it('reject when the scheduler stops first', async () => {
        const id = facade.schedule(registerHold(), after(100));
        const rejected = [facade.result(id), facade.whenSettled(id)].map((promise) => expect(promise).rejects.toMatchObject({ ...STOPPED, taskId: id }));
        await facade.stop();
        await Promise.all(rejected);
        await expect(facade.result(id)).rejects.toMatchObject(STOPPED);
      });
    });

    describe('stopTask', () => {
      it('lets the run in progress finish, and starts no other', async () => {
        const id = facade.schedule(registerHold(), every(10));
        await advanceBy(0);
        expect(await facade.stopTask(id, 'enough')).toBe(true);
        expect(await facade.getTask(id)).toMatchObject({ status: 'RUNNING', stopping: true });
        await advanceBy(100);
        expect(held.map((run) => run.context.signal.aborted)).toEqual([false]);
        held[0]!.finish('done');
        await advanceBy(100);
        expect(await facade.getTask(id)).toMatchObject({ status: 'CANCELLED', stopping: false, cancelReason: 'enough', completedCount: 1, result: 'done' });
        expect(held).toHaveLength(1);
      });

      it('leaves the status to the run when no tick was left anyway', async () => {
        const hold = registerHold();
        const [good, bad] = [facade.schedule(hold, after(0)), facade.schedule(hold, after(0))];
        facade.task$(bad).subscribe();
        await advanceBy(0);
        expect([await facade.stopTask(good), await facade.stopTask(bad)]).toEqual([true, true]);
        held[0]!.finish('done');
        held[1]!.fail(new Error('no luck'));
        await advanceBy(0);
        expect([await facade.getTaskStatus(good), await facade.getTaskStatus(bad)]).toEqual(['COMPLETED', 'FAILED']);
      });

      it('drops what is queued', async () => {
        const id = facade.schedule(registerHold(), every(10), { overlap: 'queue', maxQueued: 3 });
        await advanceBy(20);
        await facade.stopTask(id);
        expect((await facade.getRuns(id)).map(({ status, skipReason }) => [status, skipReason])).toEqual([
          ['SKIPPED', 'stopped'], ['SKIPPED', 'stopped'], ['RUNNING', undefined],
        ]);
      });

      it('ends a task that waits at once', async () => {
        const id = facade.schedule(registerHold(), after(10));
        expect(await facade.stopTask(id)).toBe(true);
        expect(await facade.getTaskStatus(id)).toBe('CANCELLED');
      });
    });

    describe('cancelTask', () => {
      it('aborts the run in progress, with the reason', async () => {
        const id = facade.schedule(registerHold(), every(10));
        await advanceBy(0);
        expect(await facade.cancelTask(id, 'changed my mind')).toBe(true);
        expect(await facade.getTask(id)).toMatchObject({ status: 'CANCELLED', cancelReason: 'changed my mind', cancelledCount: 1, lastRun: { status: 'CANCELLED' } });
        await advanceBy(0);
        expect(held[0]!.context.signal).toMatchObject({ aborted: true, reason: 'changed my mind' });
        held[0]!.finish('too late');
        await advanceBy(100);
        expect(await facade.getTask(id)).toMatchObject({ status: 'CANCELLED', completedCount: 0 });
        expect(held).toHaveLength(1);
      });

      it('is how a signal ends its task', async () => {
        const controller = new AbortController();
        const id = facade.schedule(registerHold(), every(10), { signal: controller.signal });
        await advanceBy(0);
        controller.abort('the user left');
        await advanceBy(0);
        expect(await facade.getTask(id)).toMatchObject({ status: 'CANCELLED', cancelReason: 'the user left', cancelledCount: 1 });
      });

      it('leaves a task alone whose signal aborts after its end', async () => {
        const controller = new AbortController();
        const id = facade.schedule(registerGreet(), after(0), { args: ['Alice'], signal: controller.signal });
        await advanceBy(0);
        controller.abort();
        await advanceBy(0);
        expect(await facade.getTaskStatus(id)).toBe('COMPLETED');
      });
    });

    describe('cancelTasks', () => {
      it('cancels those that a filter asks for, as one step, and leaves what is over', async () => {
        const work = registerHold();
        facade.schedule(work, after(0), { id: 'a', tags: ['import'] });
        facade.schedule(work, after(100), { id: 'b', tags: ['import'] });
        facade.schedule(work, after(100), { id: 'c', tags: ['export'] });
        facade.schedule(registerGreet(), after(0), { id: 'd', tags: ['import'], args: ['Alice'] });
        await advanceBy(0);
        let maps = 0;
        facade.tasks$.subscribe(() => { maps++; });
        await advanceBy(0);
        expect(maps).toBe(1);
        expect(await facade.cancelTasks({ tag: 'import' }, 'no disk')).toBe(2);
        await advanceBy(0);
        expect(maps).toBe(2);
        expect(held[0]!.context.signal).toMatchObject({ aborted: true, reason: 'no disk' });
        const tasks = await facade.getTasks();
        expect(tasks.map(({ id, status }) => [id, status])).toEqual([['a', 'CANCELLED'], ['b', 'CANCELLED'], ['c', 'PENDING'], ['d', 'COMPLETED']]);
        expect(tasks[1]).toMatchObject({ cancelReason: 'no disk' });
        expect(await facade.cancelTasks({ tag: 'import' })).toBe(0);
        expect(await facade.cancelTasks({ tag: 'nobody' })).toBe(0);
      });

      it.each([{}, { tag: undefined }])('refuses a filter that asks for nothing: %j', async (filter) => {
        await expect(async () => facade.cancelTasks(filter)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', field: 'filter' });
      });
    });

    describe('updateTask', () => {
      it('gives the task another trigger, and keeps its counts and its history', async () => {
        const greet = facade.register('greet', (whom: string) => `Hello, ${whom}!`);
        const id = facade.schedulePeriodic(greet, 100, { args: ['Alice'] });
        await advanceBy(150);
        expect(await facade.updateTask(id, { trigger: every(30, { startAt: start + 160 }) })).toBe(true);
        expect(since((await facade.getTask(id)).nextRunAt)).toBe(160);
        await advanceBy(50);
        expect((await facade.getRuns(id)).map(({ tick, scheduledFor }) => [tick, since(scheduledFor)])).toEqual([[0, 0], [1, 100], [2, 160], [3, 190]]);
        expect(await facade.getTask(id)).toMatchObject({ status: 'PENDING', completedCount: 4, skippedCount: 0 });
      });

      it('gives it other arguments from the next run on', async () => {
        const greet = facade.register('greet', (whom: string) => `Hello, ${whom}!`);
        const id = facade.schedulePeriodic(greet, 100, { args: ['Alice'] });
        await advanceBy(50);
        expect(await facade.updateTask(id, { args: ['Bob'] })).toBe(true);
        expect(since((await facade.getTask(id)).nextRunAt)).toBe(100);
        await advanceBy(50);
        expect((await facade.getRuns(id)).map(({ result }) => result)).toEqual(['Hello, Alice!', 'Hello, Bob!']);
      });

      it('lets a run in progress go on', async () => {
        const id = facade.schedule(registerHold(), after(0));
        await advanceBy(0);
        expect(await facade.updateTask(id, { trigger: after(50) })).toBe(true);
        held[0]!.finish('first');
        await advanceBy(0);
        expect(await facade.getTask(id)).toMatchObject({ status: 'PENDING', result: 'first', nextRunAt: start + 50 });
        await advanceBy(50);
        held[1]!.finish('second');
        await advanceBy(0);
        expect(await facade.getTask(id)).toMatchObject({ status: 'COMPLETED', result: 'second', runCount: 2 });
      });

      it('has nothing to change of a task that is over', async () => {
        const id = facade.schedule(registerGreet(), after(0), { args: ['Alice'] });
        await advanceBy(0);
        expect(await facade.updateTask(id, { args: ['Bob'] })).toBe(false);
      });

      it.each<[string, Parameters<TaskFacade['updateTask']>[1], string]>([
        ['nothing at all', {}, 'update'],
        ['nothing', { trigger: undefined }, 'update'],
        ['an Observable', { trigger: of(1) as never }, 'update.trigger'],
        ['arguments that are none', { args: 'Bob' as never }, 'update.args'],
        ['a trigger that is never due', { trigger: every(10, { startAt: 5_000_000 }) }, 'until'],
      ])('refuses %s, and changes nothing', async (_, update, field) => {
        const greet = registerGreet();
        const id = facade.schedulePeriodic(greet, 100, { args: ['Alice'], until: start + 1_000 });
        await advanceBy(50);
        const before = await facade.getTask(id);
        const shifted = update.trigger && 'startAt' in update.trigger ? { trigger: every(10, { startAt: start + 5_000 }) } : update;
        await expect(async () => facade.updateTask(id, shifted)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', field });
        expect(await facade.getTask(id)).toEqual(before);
      });
    });

    describe('retryTask', () => {
      it('runs a one-time task again that has failed', async () => {
        const id = facade.schedule(registerHold(), after(10));
        await advanceBy(10);
        held[0]!.fail(new RangeError('no luck'));
        await advanceBy(5);
        expect(await facade.getTask(id)).toMatchObject({ status: 'FAILED', finishedAt: start + 10 });
        expect(await facade.retryTask(id)).toBe(true);
        await advanceBy(0);
        const retried = await facade.getTask(id);
        expect(retried).toMatchObject({ status: 'RUNNING', error: { message: 'no luck' }, failedCount: 1 });
        expect(retried).not.toHaveProperty('finishedAt');
        held[1]!.finish('at last');
        await advanceBy(0);
        expect(await facade.getTask(id)).toMatchObject({ status: 'COMPLETED', result: 'at last', runCount: 2, failedCount: 1, finishedAt: start + 15 });
        expect((await facade.getRuns(id)).map(({ reason, status }) => [reason, status])).toEqual([['scheduled', 'FAILED'], ['manual', 'COMPLETED']]);
      });

      it('goes on with the ticks of a task that its failure has stopped', async () => {
        const id = facade.schedulePeriodic(registerHold(), 100, { afterFailure: 'stop' });
        await advanceBy(0);
        held[0]!.fail(new Error('no luck'));
        await advanceBy(350);
        expect(await facade.getTaskStatus(id)).toBe('FAILED');
        expect(await facade.retryTask(id)).toBe(true);
        await advanceBy(10);
        held[1]!.finish('better');
        await advanceBy(0);
        expect(await facade.getTask(id)).toMatchObject({ status: 'PENDING', nextRunAt: start + 400, skippedCount: 0, missedCount: 0 });
        await advanceBy(40);
        expect((await facade.getRuns(id)).map(({ tick, scheduledFor }) => [tick, since(scheduledFor)])).toEqual([[0, 0], [undefined, 350], [1, 400]]);
      });

      it('lets who subscribes then follow the task to its next end', async () => {
        const id = facade.schedule(registerFail(), after(0), { args: ['no luck'] });
        const first: string[] = [];
        facade.task$(id).subscribe({ next: ({ status }) => first.push(status), complete: () => first.push('|') });
        await advanceBy(5);
        const finished = first.length;
        await facade.retryTask(id);
        const second: string[] = [];
        facade.task$(id).subscribe({ next: ({ status }) => second.push(status), complete: () => second.push('|') });
        const settled = facade.whenSettled(id);
        await advanceBy(5);
        expect(first.slice(-2)).toEqual(['FAILED', '|']);
        expect(first).toHaveLength(finished);
        expect(second.slice(-2)).toEqual(['FAILED', '|']);
        expect(await settled).toMatchObject({ status: 'FAILED', failedCount: 2 });
      });

      it('has nothing to do for a task that has not failed', async () => {
        const ids = [facade.schedule(registerGreet(), after(0), { args: ['Alice'] }), facade.schedule(registerHold(), after(0)), facade.schedule('hold', after(100))];
        await advanceBy(0);
        await facade.cancelTask(ids[2]!);
        for (const id of ids) expect(await facade.retryTask(id)).toBe(false);
      });

      it('comes too late once the scheduler is stopped', async () => {
        const id = facade.schedule(registerFail(), after(0), { args: ['no luck'] });
        facade.task$(id).subscribe();
        await advanceBy(0);
        await facade.stop();
        await expect(async () => facade.retryTask(id)).rejects.toMatchObject(STOPPED);
        expect(await facade.getTaskStatus(id)).toBe('FAILED');
      });
    });

    describe('pauseTask and resumeTask', () => {
      it('skip the ticks meanwhile, and keep the grid', async () => {
        const id = facade.schedule(facade.register('one', () => 1), every(10));
        await advanceBy(15);
        expect(await facade.pauseTask(id)).toBe(true);
        expect(await facade.getTask(id)).toMatchObject({ status: 'PAUSED', paused: true });
        await advanceBy(30);
        expect(await facade.resumeTask(id)).toBe(true);
        expect(await facade.getTask(id)).toMatchObject({ status: 'PENDING', paused: false, skippedCount: 3, nextRunAt: start + 50 });
        await advanceBy(5);
        expect((await facade.getRuns(id)).map((run) => [run.status, run.tick, since(run.scheduledFor), run.count, run.skipReason])).toEqual([
          ['COMPLETED', 0, 0, undefined, undefined],
          ['COMPLETED', 1, 10, undefined, undefined],
          ['SKIPPED', 2, 20, 3, 'paused'],
          ['COMPLETED', 5, 50, undefined, undefined],
        ]);
      });

      it('put a single tick off until the task is resumed', async () => {
        const id = facade.schedule(registerGreet(), after(10), { args: ['Alice'] });
        await facade.pauseTask(id);
        await advanceBy(60_000);
        expect(await facade.getTask(id)).toMatchObject({ status: 'PAUSED', runCount: 0 });
        await facade.resumeTask(id);
        await advanceBy(0);
        expect(await facade.getTask(id)).toMatchObject({ status: 'COMPLETED', result: 'Hello, Alice!', missedCount: 0 });
      });

      it('leave a run in progress be', async () => {
        const id = facade.schedule(registerHold(), every(10), { maxRuns: 1 });
        await advanceBy(0);
        expect(await facade.pauseTask(id)).toBe(true);
        expect(await facade.getTask(id)).toMatchObject({ status: 'RUNNING', paused: true });
        held[0]!.finish('done');
        await advanceBy(0);
        expect(await facade.getTask(id)).toMatchObject({ status: 'COMPLETED', paused: false });
      });
    });

    describe('runTask', () => {
      it('runs once more, beside the trigger, and at once', async () => {
        const id = facade.schedule(registerGreet(), after(100), { args: ['Alice'] });
        const runId = facade.runTask(id);
        await advanceBy(0);
        expect(await facade.getRuns(id)).toMatchObject([{ runId, status: 'COMPLETED', reason: 'manual', scheduledFor: start, result: 'Hello, Alice!' }]);
        expect((await facade.getRuns(id))[0]).not.toHaveProperty('tick');
        expect(await facade.getTask(id)).toMatchObject({ status: 'PENDING', completedCount: 1, result: 'Hello, Alice!', nextRunAt: start + 100 });
        await advanceBy(100);
        expect(await facade.getTask(id)).toMatchObject({ status: 'COMPLETED', completedCount: 2 });
      });

      it('runs though the task is paused, and does not count for maxRuns', async () => {
        const id = facade.schedule(registerGreet(), every(10), { args: ['Alice'], maxRuns: 2 });
        await facade.pauseTask(id);
        facade.runTask(id);
        await advanceBy(0);
        expect(await facade.getTask(id)).toMatchObject({ status: 'PAUSED', completedCount: 1 });
        await facade.resumeTask(id);
        await advanceBy(100);
        expect(await facade.getTask(id)).toMatchObject({ status: 'COMPLETED', completedCount: 3 });
      });

      it('obeys overlap, and says so under the id it gave', async () => {
        const id = facade.schedule(registerHold(), every(100));
        await advanceBy(0);
        const runId = facade.runTask(id);
        await advanceBy(0);
        expect(held).toHaveLength(1);
        expect((await facade.getRuns(id)).find((run) => run.runId === runId)).toMatchObject({ status: 'SKIPPED', skipReason: 'overlap', reason: 'manual' });
      });

      it('takes the id that it is given, unless the task has a run of that id', async () => {
        const id = facade.schedule(registerGreet(), every(100), { args: ['Alice'] });
        expect(facade.runTask(id, { runId: 'mine' })).toBe('mine');
        await facade.whenAccepted(id);
        await advanceBy(0);
        expect((await facade.getRuns(id)).map((run) => run.runId)).toContain('mine');
        await expect(async () => {
          facade.runTask(id, { runId: 'mine' });
          await facade.whenAccepted(id);
        }).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', field: 'runId', value: 'mine' });
        await expect(async () => facade.runTask(id, { runId: '' })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', field: 'runId' });
      });

      it('refuses a task that is over', async () => {
        const id = facade.schedule(registerGreet(), after(0), { args: ['Alice'] });
        await advanceBy(0);
        await expect(async () => {
          facade.runTask(id);
          await facade.whenAccepted(id);
        }).rejects.toMatchObject({ code: 'TASK_FINISHED', taskId: id, status: 'COMPLETED' });
        expect(await facade.getRuns(id)).toHaveLength(1);
      });
    });

    describe('removeTask', () => {
      it('forgets a task that is over, and says so from then on', async () => {
        const id = facade.schedule(registerGreet(), after(0), { args: ['Alice'] });
        expect(await facade.removeTask(id)).toBe(false);
        await advanceBy(0);
        expect(await facade.removeTask(id)).toBe(true);
        await expect(async () => facade.getTask(id)).rejects.toMatchObject({ code: 'TASK_NOT_FOUND', forgotten: true });
        expect(await facade.getTasks()).toEqual([]);
        await expect(async () => facade.removeTask(id)).rejects.toMatchObject({ code: 'TASK_NOT_FOUND' });
      });

      it('sets the id free', async () => {
        const greet = registerGreet();
        const schedule = () => facade.schedule(greet, after(0), { args: ['Alice'], id: 'again' });
        const id = schedule();
        await advanceBy(0);
        await facade.removeTask(id);
        await facade.whenAccepted(schedule());
        expect(await facade.getTaskStatus(id)).toBe('PENDING');
      });
    });

    describe('a command that has nothing to change', () => {
      it('says so, and tells of nothing', async () => {
        const hold = registerHold();
        const over = facade.schedule(hold, after(1_000));
        await facade.cancelTask(over);
        const stopping = facade.schedule(hold, every(10));
        await advanceBy(0);
        await facade.stopTask(stopping);
        const paused = facade.schedule(hold, after(1_000));
        await facade.pauseTask(paused);
        const events: TaskEvent[] = [];
        facade.events$.subscribe((event) => events.push(event));
        await advanceBy(0);

        const answers = [
          await facade.stopTask(over), await facade.cancelTask(over), await facade.pauseTask(over), await facade.resumeTask(over),
          await facade.stopTask(stopping), await facade.pauseTask(stopping), await facade.resumeTask(stopping), await facade.removeTask(stopping),
          await facade.pauseTask(paused), await facade.removeTask(paused),
        ];
        expect(answers).toEqual(answers.map(() => false));
        await advanceBy(0);
        expect(events).toEqual([]);
      });
    });

    describe('task$', () => {
      it('tells the state, then each change in order, and completes after the final one', async () => {
        const id = facade.schedule(registerHold(), after(10));
        const seen: unknown[] = [];
        const states: TaskState[] = [];
        facade.task$(id).subscribe({
          next: (task) => {
            states.push(task);
            seen.push([since(task.lastRun?.startedAt), task.status, task.progress]);
          },
          complete: () => seen.push('over'),
        });
        await advanceBy(10);
        held[0]!.context.progress('half-way');
        held[0]!.finish('done');
        await advanceBy(1);
        expect(seen).toEqual([
          [undefined, 'PENDING', undefined], [10, 'RUNNING', undefined], [10, 'RUNNING', 'half-way'], [10, 'COMPLETED', 'half-way'], 'over',
        ]);
        expect(states.at(-1)).toEqual(await facade.getTask(id));
      });

      it('tells who comes late the final state alone', async () => {
        const id = facade.schedule(registerGreet(), after(0), { args: ['Alice'] });
        await advanceBy(0);
        const seen: string[] = [];
        facade.task$(id).subscribe({ next: (task) => seen.push(task.status), complete: () => seen.push('over') });
        await advanceBy(0);
        expect(seen).toEqual(['COMPLETED', 'over']);
      });
    });

    describe('states', () => {
      it('give the state now, each change to a loop that waits, and end with the final one', async () => {
        const id = facade.schedule(registerHold(), after(10));
        const statuses: string[] = [];
        const loop = (async () => { for await (const { status } of facade.states(id)) statuses.push(status); })();
        await advanceBy(0);
        expect(statuses).toEqual(['PENDING']);
        await advanceBy(10);
        expect(statuses).toEqual(['PENDING', 'RUNNING']);
        held[0]!.finish('done');
        await advanceBy(0);
        await loop;
        expect(statuses).toEqual(['PENDING', 'RUNNING', 'COMPLETED']);
      });

      it('give the latest state alone to one that is slow, and the final one in any case', async () => {
        const id = facade.schedule(registerHold(), after(10));
        const states = facade.states(id)[Symbol.asyncIterator]();
        expect(await states.next()).toMatchObject({ value: { status: 'PENDING' } });
        await advanceBy(10);
        for (const percent of [10, 20, 30]) held[0]!.context.progress(percent);
        await advanceBy(0);
        expect(await states.next()).toMatchObject({ value: { status: 'RUNNING', progress: 30 } });
        held[0]!.context.progress(40);
        held[0]!.finish('done');
        await advanceBy(0);
        expect(await states.next()).toMatchObject({ value: { status: 'COMPLETED', progress: 40, result: 'done' } });
        expect(await states.next()).toEqual({ done: true, value: undefined });
      });

      it('are given anew to each loop, and only the final one to a loop that comes late', async () => {
        const id = facade.schedule(registerGreet(), after(10), { args: ['Alice'] });
        const states = facade.states(id);
        for await (const { status } of states) {
          expect(status).toBe('PENDING');
          break;
        }
        await advanceBy(10);
        for (let loop = 1; loop <= 2; loop++) {
          const results: unknown[] = [];
          for await (const { result } of states) results.push(result);
          expect(results).toEqual(['Hello, Alice!']);
        }
      });

      it('end when the scheduler stops', async () => {
        const id = facade.schedule(registerGreet(), after(10), { args: ['Alice'] });
        const statuses: string[] = [];
        const loop = (async () => { for await (const { status } of facade.states(id)) statuses.push(status); })();
        await advanceBy(0);
        await facade.stop();
        await loop;
        expect(statuses).toEqual(['PENDING']);
      });

      it('are refused of an id that no task has', async () => {
        await expect(async () => { for await (const state of facade.states('nobody')) expect(state).toBe('none'); }).rejects.toMatchObject(UNKNOWN);
      });
    });

    describe('runs$ and results$', () => {
      it('tell of each run as it changes, and of each result, and complete with the task', async () => {
        const hold = registerHold();
        const id = facade.schedule(hold, every(10), { overlap: 'queue', maxRuns: 3 });
        const runs: string[] = [];
        const results: string[] = [];
        facade.runs$(id).subscribe({ next: (run) => runs.push(`${String(run.tick)} ${run.status}`), complete: () => runs.push('over') });
        facade.results$(id).subscribe({ next: (result) => results.push(result), complete: () => results.push('over') });
        await advanceBy(10);
        held[0]!.finish('a');
        await advanceBy(0);
        held[1]!.fail(new Error('no luck'));
        await advanceBy(10);
        held[2]!.finish('c');
        await advanceBy(0);
        expect(runs).toEqual(['0 RUNNING', '1 QUEUED', '0 COMPLETED', '1 RUNNING', '1 FAILED', '2 RUNNING', '2 COMPLETED', 'over']);
        expect(results).toEqual(['a', 'c', 'over']);
      });

      it('replay nothing', async () => {
        const id = facade.schedule(registerGreet(), every(10), { args: ['Alice'] });
        await advanceBy(5);
        const seen: unknown[] = [];
        facade.runs$(id).subscribe((run) => seen.push(run));
        facade.results$(id).subscribe((result) => seen.push(result));
        await advanceBy(0);
        expect(seen).toEqual([]);
        await advanceBy(5);
        expect(seen.length).toBeGreaterThan(0);
      });
    });

    describe('tasks$', () => {
      it('tells all tasks, then all after each change', async () => {
        const greet = registerGreet();
        facade.schedule(greet, after(10), { args: ['Alice'], id: 'a' });
        await facade.whenAccepted('a');
        const maps: string[] = [];
        let last: ReadonlyMap<TaskId, TaskState> = new Map();
        facade.tasks$.subscribe((tasks) => {
          last = tasks;
          maps.push([...tasks].map(([id, task]) => `${id} ${task.status}`).join(', '));
        });
        await advanceBy(0);
        expect(maps).toEqual(['a PENDING']);
        facade.schedule(greet, after(20), { args: ['Bob'], id: 'b' });
        await advanceBy(10);
        await facade.removeTask('a');
        await advanceBy(0);
        expect(maps).toEqual(expect.arrayContaining(['a PENDING, b PENDING', 'a COMPLETED, b PENDING', 'b PENDING']));
        expect(maps.at(-1)).toBe('b PENDING');
        expect([last.size, last.has('a'), last.get('b')]).toEqual([1, false, await facade.getTask('b')]);
      });

      it('never changes a map that it has told', async () => {
        const id = facade.schedule(registerGreet(), after(10), { args: ['Alice'] });
        const maps: ReadonlyMap<TaskId, TaskState>[] = [];
        facade.tasks$.subscribe((tasks) => maps.push(tasks));
        await advanceBy(10);
        await facade.removeTask(id);
        await advanceBy(0);
        expect(maps[0]?.get(id)?.status).toBe('PENDING');
        expect(maps.at(-1)?.get(id)).toBeUndefined();
      });
    });

    describe('events$', () => {
      it('tells everything that happens, in order, without a gap', async () => {
        const events: TaskEvent[] = [];
        facade.events$.subscribe((event) => events.push(event));
        await advanceBy(0);
        const id = facade.schedule(registerHold(), every(10), { overlap: 'queue' });
        await advanceBy(20);
        held[0]!.context.progress(50);
        held[0]!.finish('a');
        await advanceBy(0);
        held[1]!.fail(new Error('no luck'));
        await advanceBy(0);
        await facade.pauseTask(id);
        await facade.resumeTask(id);
        await advanceBy(10);
        await facade.stopTask(id);
        await facade.cancelTask(id);
        await facade.removeTask(id);
        await advanceBy(0);
        expect(events.map((event) => event.type)).toEqual([
          'taskScheduled', 'runStarted', 'runQueued', 'ticksSkipped', 'runProgressed', 'runCompleted', 'runStarted', 'runFailed',
          'taskPaused', 'taskResumed', 'runStarted', 'taskStopping', 'runCancelled', 'taskFinished', 'taskRemoved',
        ]);
        expect(events.map((event) => event.seq - events[0]!.seq)).toEqual(events.map((_, i) => i));
        expect([...new Set(events.map((event) => `${event.v} ${String(event.taskId)}`))]).toEqual([`1 ${id}`]);
        expect([...new Set(events.map((event) => since(event.at)))]).toEqual([0, 10, 20, 30]);
      });
    });

    describe('ifExists', () => {
      const state = async (id: string) => {
        const { status, nextRunAt, completedCount, name: label, scheduledAt } = await facade.getTask(id);
        return { status, nextRunAt: since(nextRunAt), completedCount, name: label, scheduledAt: since(scheduledAt) };
      };
      let which: string[];
      const work = (label: string) => (): string => {
        which.push(label);
        return label;
      };

      beforeEach(async () => {
        which = [];
        facade.schedule(work('old'), every(100), { id: 'daily', name: 'old' });
        await advanceBy(130);
      });

      it('refuses a known id, unless told otherwise', async () => {
        const again = async (ifExists?: 'error') => facade.whenAccepted(facade.schedule(work('new'), every(100), { id: 'daily', ifExists }));
        await expect(again()).rejects.toMatchObject({ code: 'DUPLICATE_TASK', taskId: 'daily' });
        await expect(again('error')).rejects.toMatchObject({ code: 'DUPLICATE_TASK' });
        await advanceBy(70);
        expect(which).toEqual(['old', 'old', 'old']);
      });

      it("keeps the task with 'keep', even one that is over", async () => {
        await facade.cancelTask('daily');
        expect(facade.schedule(work('new'), every(5), { id: 'daily', ifExists: 'keep' })).toBe('daily');
        await advanceBy(100);
        expect(await state('daily')).toMatchObject({ status: 'CANCELLED', name: 'old' });
        expect(which).toEqual(['old', 'old']);
      });

      it("keeps anchor, next tick, counts and history with 'replace' and the same trigger", async () => {
        expect(facade.schedule(work('new'), every('100ms'), { id: 'daily', ifExists: 'replace', name: 'new' })).toBe('daily');
        expect(await state('daily')).toEqual({ status: 'PENDING', nextRunAt: 200, completedCount: 2, name: 'new', scheduledAt: 0 });
        await advanceBy(70);
        expect(which).toEqual(['old', 'old', 'new']);
        expect((await facade.getRuns('daily')).map((run) => [run.tick, run.result])).toEqual([[0, 'old'], [1, 'old'], [2, 'new']]);
      });

      it("keeps a delay that is not over with 'replace'; one that is over counts from this call, and a run in progress goes on", async () => {
        const work = registerHold();
        const save = (): TaskId => facade.schedule(work, after(30), { id: 'save', ifExists: 'replace' });
        for (let call = 0; call < 2; call++) {
          await facade.whenAccepted(save());
          await advanceBy(15);
        }
        expect(held).toHaveLength(1);
        await facade.whenAccepted(save());
        held[0]!.finish('first');
        await advanceBy(29);
        expect(await facade.getTask('save')).toMatchObject({ status: 'PENDING', result: 'first', completedCount: 1, skippedCount: 0 });
        await advanceBy(1);
        held[1]!.finish('second');
        await advanceBy(0);
        expect(await facade.getTask('save')).toMatchObject({ status: 'COMPLETED', result: 'second', completedCount: 2, skippedCount: 0 });
      });

      it('lets work wait until nobody has called for a while, with updateTask', async () => {
        const work = registerHold();
        const save = async (): Promise<void> => {
          const id = facade.schedule(work, after(30), { id: 'save', ifExists: 'replace' });
          await facade.whenAccepted(id);
          await facade.updateTask(id, { trigger: after(30) });
        };
        for (let call = 0; call < 3; call++) {
          await save();
          await advanceBy(20);
        }
        expect(held).toHaveLength(0);
        await advanceBy(10);
        expect(held).toHaveLength(1);
        await save();
        held[0]!.finish('first');
        await advanceBy(30);
        expect(held).toHaveLength(2);
      });

      it("starts anew with 'replace' and another trigger", async () => {
        const seen: string[] = [];
        facade.task$('daily').subscribe({ next: (task) => seen.push(task.status), complete: () => seen.push('over') });
        await advanceBy(0);
        facade.schedule(work('new'), every(50), { id: 'daily', ifExists: 'replace', name: 'new' });
        expect(await state('daily')).toEqual({ status: 'PENDING', nextRunAt: 130, completedCount: 0, name: 'new', scheduledAt: 130 });
        expect(await facade.getRuns('daily')).toEqual([]);
        await advanceBy(70);
        expect(which).toEqual(['old', 'old', 'new', 'new']);
        expect(seen).toEqual(['PENDING', 'CANCELLED', 'over']);
      });

      it("starts anew with 'replace' when the task is over", async () => {
        await facade.cancelTask('daily');
        facade.schedule(work('new'), every(100), { id: 'daily', ifExists: 'replace' });
        expect(await state('daily')).toMatchObject({ status: 'PENDING', nextRunAt: 130, completedCount: 0 });
      });

      it('makes no difference while the id is free', async () => {
        for (const ifExists of ['keep', 'replace'] as const) facade.schedule(work(ifExists), after(0), { id: ifExists, ifExists });
        await advanceBy(0);
        expect(which.slice(2)).toEqual(['keep', 'replace']);
      });
    });

    describe('policies that are data', () => {
      it('pass as they are: a cron expression, retries, time limits, priorities, rates', async () => {
        const id = facade.scheduleCron(() => 1, '0 0 1 1 *', {
          retry: { maxAttempts: 3, backoff: 'fixed', delay: '1s', jitter: 'none' }, timeout: '10s', deadline: '1m', holdSlot: true, priority: 5,
          concurrencyKey: 'api', concurrencyLimit: 2, rateLimit: { limit: 10, per: '1s' }, expiresAfter: '1h',
        });
        await facade.whenAccepted(id);
        expect((await facade.getTask(id)).status).toBe('PENDING');
      });

      it('tell of a retry: in the state of the run, and in its events', async () => {
        let failures = 1;
        const id = facade.schedule(() => {
          if (failures-- > 0) throw new Error('once');
          return 'done';
        }, after(0), { retry: { maxAttempts: 2, delay: 100 } });
        await facade.whenAccepted(id);
        await advanceBy(50);
        expect(await facade.getRuns(id)).toMatchObject([{ status: 'RETRYING', attempt: 1, error: { message: 'once' } }]);
        await advanceBy(100);
        expect(await facade.getTask(id)).toMatchObject({ status: 'COMPLETED', result: 'done', lastRun: { attempt: 2 } });
      });

      it('tell of a timeout as an error of its class', async () => {
        const id = facade.schedule(() => new Promise(() => undefined), after(0), { timeout: 100 });
        const settled = facade.whenSettled(id);
        await facade.whenAccepted(id);
        await advanceBy(150);
        await settled;
        const error = await facade.getTaskError(id);
        // A far one may be of another copy of the package.
        expect(error).toMatchObject({ name: 'TaskTimeoutError', code: 'TASK_TIMEOUT', limit: 'timeout', ms: 100 });
      });
    });

    describe('explain and upcoming', () => {
      it('tell the coming ticks, which then run', async () => {
        const greet = registerGreet();
        const a = facade.schedule(greet, every(20), { args: ['Alice'], id: 'a', name: 'greet Alice', maxRuns: 3 });
        const b = facade.schedule(greet, after(30), { args: ['Bob'], id: 'b' });
        await advanceBy(10);
        const upcoming = await facade.upcoming({ limit: 10 });
        expect(upcoming).toEqual([
          { taskId: a, name: 'greet Alice', at: start + 20, tick: 1 }, { taskId: b, at: start + 30, tick: 0 }, { taskId: a, name: 'greet Alice', at: start + 40, tick: 2 },
        ]);
        expect(await facade.upcoming({ from: new Date(start + 30), until: { epochMilliseconds: start + 40 } })).toEqual([upcoming[1]]);
        expect(await facade.explain(a, { count: 1, timeZone: 'UTC' })).toMatchObject({
          taskId: a, name: 'greet Alice', status: 'PENDING', words: 'Every 20 ms', from: start + 10, ticks: [{ at: start + 20, inMs: 10, tick: 1 }], further: 'some', warnings: [{ code: 'veryOften' }],
        });
        await advanceBy(100);
        expect((await facade.getRuns(a)).map(({ scheduledFor }) => since(scheduledFor))).toEqual([0, 20, 40]);
        expect(await facade.upcoming()).toEqual([]);
        expect(await facade.explain(a)).toMatchObject({ status: 'COMPLETED', ticks: [], further: 'none' });
      });

      it('refuse what is no good', async () => {
        await expect(async () => facade.explain('nobody')).rejects.toMatchObject({ code: 'TASK_NOT_FOUND', taskId: 'nobody' });
        const id = facade.schedule(registerGreet(), after(5), { args: ['Alice'] });
        await expect(async () => facade.explain(id, { count: 0 })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', field: 'count' });
        await expect(async () => facade.upcoming({ limit: 0 })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', field: 'limit' });
      });
    });

    describe('work and triggers that are closures', () => {
      it('take each start from the result before with carry', async () => {
        const seen: number[] = [];
        const id = facade.schedulePeriodic((n: number, step: number) => {
          seen.push(n);
          return n + step;
        }, { seconds: 1 }, { args: [0, 1], carry: (sum, [, step]) => [sum, step] });
        await advanceBy(3_000);
        await facade.stopTask(id);
        await advanceBy(3_000);
        expect(seen).toEqual([0, 1, 2, 3]);
      });

      it('run for each value of an Observable trigger, of which args makes the arguments', async () => {
        const orders = new Subject<{ id: number }>();
        const id = facade.schedule((n: number) => n * 2, orders, { args: (order) => [order.id] });
        await facade.whenAccepted(id);
        const results: number[] = [];
        facade.results$(id).subscribe((result) => results.push(result));
        await advanceBy(0);
        for (const n of [1, 2, 3]) orders.next({ id: n });
        await advanceBy(0);
        orders.complete();
        await advanceBy(0);
        expect(results).toEqual([2, 4, 6]);
        expect(await facade.getTask(id)).toMatchObject({ status: 'COMPLETED', completedCount: 3 });
        expect(orders.observed).toBe(false);
      });

      it('tell of what an Observable emits as progress; its last value is the result', async () => {
        const id = facade.schedule(() => of('a', 'b', 'c'), after(0));
        const progress: unknown[] = [];
        facade.task$(id).subscribe((task) => progress.push(task.progress));
        await advanceBy(0);
        expect(progress).toEqual([undefined, undefined, 'a', 'b', 'c', 'c']);
        expect(await facade.getTask(id)).toMatchObject({ status: 'COMPLETED', result: 'c', progress: 'c' });
      });

      it('result in undefined when an Observable emits nothing', async () => {
        const id = facade.schedule(() => new Observable<never>((subscriber) => subscriber.complete()), after(0));
        await advanceBy(0);
        expect(await facade.result(id)).toBeUndefined();
      });
    });

    describe('withContext', () => {
      it('tells the run what it is', async () => {
        const id = facade.schedule(registerHold(), every(10), { name: 'holder', overlap: 'parallel' });
        await advanceBy(10);
        const [first, second] = held.map((run) => run.context);
        expect(first).toMatchObject({ taskId: id, name: 'holder', tick: 0, attempt: 1, scheduledFor: start, startedAt: start, value: undefined });
        expect(second).toMatchObject({ taskId: id, tick: 1, scheduledFor: start + 10, startedAt: start + 10 });
        expect([first, second].map((context) => context?.runId)).toEqual((await facade.getRuns(id)).map((run) => run.runId));
        expect(first?.signal.aborted).toBe(false);

        const manual = facade.runTask(id);
        await advanceBy(0);
        expect(held[2]?.context).toMatchObject({ runId: manual, tick: undefined, scheduledFor: start + 10 });
      });

      it('hands over the arguments, and what the trigger emitted', async () => {
        const values = new Subject<string>();
        const seen: unknown[] = [];
        const work = withContext((context, a: number) => { seen.push([context.value, a, context.name]); });
        await facade.whenAccepted(facade.schedule(work, values, { args: [7] }));
        values.next('a value');
        await advanceBy(0);
        expect(seen).toEqual([['a value', 7, undefined]]);
      });

      it('keeps the newest progress, of the run and of the task, until the outcome', async () => {
        const id = facade.schedule(registerHold(), after(0));
        await advanceBy(0);
        held[0]!.context.progress({ percent: 20 });
        held[0]!.context.progress({ percent: 40 });
        await advanceBy(0);
        expect(await facade.getTask(id)).toMatchObject({ progress: { percent: 40 }, lastRun: { progress: { percent: 40 } } });
        held[0]!.finish('done');
        await advanceBy(0);
        held[0]!.context.progress({ percent: 60 });
        await advanceBy(0);
        expect(await facade.getTask(id)).toMatchObject({ status: 'COMPLETED', progress: { percent: 40 } });
      });

      it('keeps the slot by waitUntil until the promise settles, however', async () => {
        await reopen({ concurrency: 1 });
        const hold = registerHold();
        const first = facade.schedule(hold, after(0));
        facade.schedule(hold, after(0));
        facade.schedule(hold, after(0));
        await advanceBy(0);
        for (const end of ['resolve', 'reject'] as const) {
          const { length } = held;
          let letGo = { resolve: (): void => {}, reject: (): void => {} };
          held.at(-1)!.context.waitUntil(new Promise<void>((resolve, reject) => { letGo = { resolve, reject }; }));
          held.at(-1)!.finish('done');
          await advanceBy(10);
          expect(held).toHaveLength(length);
          letGo[end]();
          await advanceBy(0);
          expect(held).toHaveLength(length + 1);
        }
        expect(await facade.getTaskStatus(first)).toBe('COMPLETED');
      });
    });

    describe('start and stop', () => {
      it('start lets what was scheduled before begin', async () => {
        await reopen({ autoStart: false });
        const id = facade.schedule(registerGreet(), after(10), { args: ['Alice'] });
        await advanceBy(50);
        expect(await facade.getTaskStatus(id)).toBe('PENDING');
        facade.start();
        facade.start();
        await advanceBy(0);
        expect(await facade.getTask(id)).toMatchObject({ status: 'COMPLETED', missedCount: 0 });
      });

      it('stop waits for the runs in progress, starts no other, and leaves the tasks their status', async () => {
        const hold = registerHold();
        const [running, pending] = [facade.schedule(hold, every(100), { overlap: 'queue' }), facade.schedule(hold, after(1_000))];
        await advanceBy(100);
        const stopped = facade.stop();
        await advanceBy(0);
        held[0]!.finish('done');
        await advanceBy(0);
        expect(await stopped).toEqual({ completed: 1, failed: 0, cancelled: 0, abandoned: 0, pending: 2, deadlineHit: false });
        expect(held).toHaveLength(1);
        expect(await facade.getTask(running)).toMatchObject({ status: 'PENDING', completedCount: 1, result: 'done' });
        expect((await facade.getRuns(running)).map(({ status, skipReason }) => [status, skipReason])).toContainEqual(['SKIPPED', 'stopped']);
        expect(await facade.getTaskStatus(pending)).toBe('PENDING');
      });

      it('stop aborts them at the deadline', async () => {
        facade.schedule(registerHold(), every(100));
        await advanceBy(0);
        const stopped = facade.stop({ deadline: '2s' });
        await advanceBy(1_999);
        expect(held[0]!.context.signal.aborted).toBe(false);
        held[0]!.context.signal.addEventListener('abort', () => { held[0]!.fail(new Error('aborted')); });
        await advanceBy(1);
        expect(await stopped).toEqual({ completed: 0, failed: 0, cancelled: 1, abandoned: 0, pending: 1, deadlineHit: true });
        expect(held[0]!.context.signal.aborted).toBe(true);
      });

      it('stop with drain: false aborts them at once, and says which went on all the same', async () => {
        facade.schedule(registerHold(), every(100));
        await advanceBy(0);
        const stopped = facade.stop({ drain: false });
        await advanceBy(0);
        expect(await stopped).toEqual({ completed: 0, failed: 0, cancelled: 0, abandoned: 1, pending: 1, deadlineHit: false });
      });

      it('stop makes no task of which nothing was done look done', async () => {
        const id = facade.schedule(registerHold(), after(0));
        await advanceBy(0);
        const rejected = [facade.result(id), facade.whenSettled(id)].map((promise) => expect(promise).rejects.toMatchObject({ ...STOPPED, taskId: id }));
        const stopped = facade.stop({ drain: false });
        await advanceBy(0);
        expect(await stopped).toMatchObject({ completed: 0, pending: 1 });
        await Promise.all(rejected);
        expect(await facade.getTask(id)).toMatchObject({ status: 'PENDING', cancelledCount: 1 });
      });

      it('stop lets the last run of a task end it', async () => {
        const id = facade.schedule(registerHold(), after(0));
        await advanceBy(0);
        const stopped = facade.stop();
        await advanceBy(0);
        held[0]!.finish('done');
        await advanceBy(0);
        expect(await stopped).toMatchObject({ completed: 1, pending: 0 });
        expect(await facade.result(id)).toBe('done');
      });

      it('stop ends the streams and the scheduling; getters keep answering', async () => {
        const id = facade.schedule(registerGreet(), every(10), { args: ['Alice'] });
        await advanceBy(0);
        const over: string[] = [];
        const streams: Record<string, Observable<unknown>> = {
          task$: facade.task$(id), runs$: facade.runs$(id), results$: facade.results$(id), tasks$: facade.tasks$, events$: facade.events$,
        };
        for (const [stream, values$] of Object.entries(streams)) values$.subscribe({ complete: () => over.push(stream) });
        const report = await facade.stop();
        await advanceBy(0);
        expect(over.sort()).toEqual(['events$', 'results$', 'runs$', 'task$', 'tasks$']);
        expect(await facade.stop()).toEqual(report);

        await expect(async () => facade.whenAccepted(facade.schedule('greet', after(0), { args: ['Bob'] }))).rejects.toMatchObject(STOPPED);
        await expect(async () => {
          facade.runTask(id);
          await facade.whenAccepted(id);
        }).rejects.toMatchObject(STOPPED);
        expect(await facade.getTask(id)).toMatchObject({ status: 'PENDING', result: 'Hello, Alice!' });
        expect((await facade.getRuns(id)).map((run: RunState) => run.status)).toEqual(['COMPLETED']);
        expect((await facade.stats()).tasks.PENDING).toBe(1);
        expect(await facade.getTasks({ status: 'PENDING' })).toHaveLength(1);
      });

      it('stop comes as well before the start', async () => {
        await reopen({ autoStart: false });
        const id = facade.schedule(registerGreet(), after(0), { args: ['Alice'] });
        expect(await facade.stop()).toMatchObject({ completed: 0, pending: 1 });
        expect(await facade.getTaskStatus(id)).toBe('PENDING');
      });
    });
  });
}
