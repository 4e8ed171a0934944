// What the compiler promises. `tsc -p spec/tsconfig.json` proves it; jest only sees to it that the file is a spec like any other.
import { describe, expect, it } from '@jest/globals';
import { type } from 'arktype';
import { catchError, EMPTY, forkJoin, map, merge, of, share, Subject, type Observable } from 'rxjs';
import * as v from 'valibot';
import { z } from 'zod';
import { after, cron, every, once, runCron, runEvery, runOnce, selectByTag, TaskScheduler, untilSettled, whenStatus, withContext } from '../src/index.js';
import type {
  CancelledTask, CompletedTask, FailedTask, LiveTask, OptionsParameter, PolicyOptions, RegisteredDefaults, RegisteredWork, ResultOf, RunContext, RunId, RunState, TaskEvent, TaskFacade, TaskId,
  TaskState, TaskStatus, Work,
} from '../src/index.js';
import { VirtualClock } from '../src/testing/index.js';

type IsAny<A> = 0 extends 1 & A ? true : false;
/** Whether two types are the same; `any` is only like itself. */
type Equal<A, B> = IsAny<A> extends IsAny<B> ? ([A, B] extends [B, A] ? true : false) : false;

/** `typed<Expected>()(value)` compiles only when the value's type is the expected one, neither wider nor narrower. */
const typed = <Expected>(..._like: Expected[]) => <Actual>(_value: Actual, ..._proof: Equal<Actual, Expected> extends true ? [] : [expected: Expected]): void => {};
const use = (..._values: unknown[]): void => {};

/** A connection narrows every answer to a promise. */
interface Connection extends TaskFacade {
  getTask<R>(id: TaskId<R>): Promise<TaskState<R>>;
  stopTask(id: TaskId, reason?: unknown): Promise<boolean>;
}

const scheduler = new TaskScheduler({ clock: new VirtualClock({ startAt: 1 }), onError: () => {} });

/** What stands in here is checked, and never run. */
const compiles = (never: () => unknown): void => {
  expect(never).toBeInstanceOf(Function);
};

const sayHello = (name: string): string => `Greeting for ${name} sent.`;
const countUp = (n: number, step: number): number => n + step;
const divideByZero = (dividend: bigint): bigint => dividend / 0n;
const optional = (a?: number, b = 'b'): string => `${String(a)}${b}`;
const half = (a: number, b?: string): string => `${a}${String(b)}`;
const rest = (first: string, ...others: number[]): number => first.length + others.length;
const onlyRest = (...all: number[]): number => all.length;
const identity = <T>(value: T): T => value;

describe('types', () => {
  it('of the three examples are right as written', () => {
    compiles(() => {
      const id = scheduler.scheduleOneTime(sayHello, new Date(Date.now() + 2000), { args: ['Alice'] });
      typed<string | undefined>()(scheduler.getTaskResult(id));
      typed<TaskId<string>>()(id);
      const counter = scheduler.schedulePeriodic(countUp, { seconds: 1 }, { args: [0, 1], carry: (sum, [, step]) => [sum, step] });
      typed<TaskId<number>>()(counter);
      const bad = scheduler.scheduleOneTime(divideByZero, Date.now() + 1000, { args: [10n] });
      typed<TaskId<bigint>>()(bad);
      const error = scheduler.getTaskError(bad);
      typed<Error | undefined>()(error);
    });
  });

  describe('args', () => {
    it('are required where the work has required parameters', () => {
      compiles(() => {
        // @ts-expect-error no options at all
        scheduler.scheduleOneTime(sayHello, 1);
        // @ts-expect-error options without args
        scheduler.scheduleOneTime(sayHello, 1, {});
        // @ts-expect-error args that are undefined
        scheduler.scheduleOneTime(sayHello, 1, { args: undefined });
        // @ts-expect-error the same of schedulePeriodic
        scheduler.schedulePeriodic(countUp, 1);
        // @ts-expect-error of the wrong type
        scheduler.schedulePeriodic(countUp, 1, { args: ['1', 2] });
        // @ts-expect-error the same of schedule
        scheduler.schedule(countUp, after(1), { name: 'count' });
        // @ts-expect-error and with an Observable trigger
        scheduler.schedule(sayHello, of('a'));
        // @ts-expect-error too few of them
        scheduler.schedule(countUp, after(1), { args: [1] });
        // @ts-expect-error too many of them
        scheduler.schedule(sayHello, after(1), { args: ['a', 'b'] });
        // @ts-expect-error of the wrong type
        scheduler.schedule(sayHello, after(1), { args: [1] });
        // @ts-expect-error in the wrong order
        scheduler.schedule(half, after(1), { args: ['a', 1] });
        // @ts-expect-error this is no array
        scheduler.schedule(sayHello, after(1), { args: 'Alice' });
        // @ts-expect-error the args don't widen what the work takes
        scheduler.schedule((_: 'a' | 'b') => 1, after(1), { args: ['c'] });
        // @ts-expect-error args as a function are for Observable triggers
        scheduler.schedule(sayHello, after(1), { args: () => ['Alice'] });
      });
    });

    it('may be left out where nothing is required', () => {
      compiles(() => {
        scheduler.schedule(() => 1, after(1));
        scheduler.schedule(() => 1, after(1), { args: [] });
        scheduler.schedule(optional, after(1));
        scheduler.schedule(optional, after(1), { args: [1] });
        scheduler.schedule(optional, after(1), { args: [undefined, 'c'] });
        scheduler.schedule(onlyRest, every(1));
        scheduler.schedule(onlyRest, every(1), { args: [1, 2, 3] });
        scheduler.schedule(half, after(1), { args: [1] });
        scheduler.schedule(rest, after(1), { args: ['a'] });
        scheduler.schedule(rest, after(1), { args: ['a', 1, 2] });
        // @ts-expect-error none are taken
        scheduler.schedule(() => 1, after(1), { args: [1] });
        // @ts-expect-error of the wrong type all the same
        scheduler.schedule(optional, after(1), { args: ['a'] });
        // @ts-expect-error a wrong one among the rest
        scheduler.schedule(rest, after(1), { args: ['a', 1, 'b'] });
        // @ts-expect-error the required one before the rest
        scheduler.schedule(rest, after(1));
      });
    });

    it('are checked against generic work, too', () => {
      compiles(() => {
        const id = scheduler.schedule(identity<string>, after(1), { args: ['a'] });
        typed<TaskId<string>>()(id);
        // @ts-expect-error instantiated, it takes a string
        scheduler.schedule(identity<string>, after(1), { args: [1] });
        // @ts-expect-error generic or not, it needs an argument
        scheduler.schedule(identity, after(1));

        const wrap = <A extends readonly unknown[], T>(work: Work<A, T>, args: A): TaskId => scheduler.schedule(() => work(...args), after(1));
        typed<TaskId>()(wrap(sayHello, ['Alice']));
      });
    });

    it('may be readonly', () => {
      compiles(() => {
        const args = ['Alice'] as const;
        typed<TaskId<string>>()(scheduler.schedule(sayHello, after(1), { args }));
        scheduler.schedule(scheduler.register('read', sayHello), after(1), { args });
        scheduler.schedule(sayHello, of('Ann'), { args: (name) => [name] as const });
        void runOnce(sayHello, 1, { args });
        // @ts-expect-error readonly or not, they are those of the work
        scheduler.schedule(countUp, after(1), { args });
        scheduler.schedule((...names: readonly string[]) => names.length, after(1), { args: ['a', 'b'] });
      });
    });
  });

  it('of work that is none, and of triggers that are none, do not compile', () => {
    compiles(() => {
      // @ts-expect-error a number is no work
      scheduler.schedule(7, after(1));
      // @ts-expect-error a promise is no work
      scheduler.schedule(Promise.resolve(1), after(1));
      // @ts-expect-error a number is no trigger
      scheduler.schedule(() => 1, 1000);
      // @ts-expect-error no kind of trigger
      scheduler.schedule(() => 1, { kind: 'cron', expression: '* * * * *' });
      // @ts-expect-error no trigger at all
      scheduler.schedule(() => 1);
      // @ts-expect-error a duration is no instant
      scheduler.scheduleOneTime(() => 1, { seconds: 1 });
      // @ts-expect-error nor a date a duration
      scheduler.schedulePeriodic(() => 1, new Date());
      // @ts-expect-error months have no fixed length
      scheduler.schedulePeriodic(() => 1, { months: 1 });
      // @ts-expect-error years have none either
      after({ years: 1 });
    });
  });

  describe('carry', () => {
    it('is typed by the result and the arguments', () => {
      compiles(() => {
        scheduler.schedulePeriodic(countUp, 1, { args: [0, 1], carry: (sum, args) => {
          typed<number>()(sum);
          typed<[n: number, step: number]>()(args);
          return [sum, args[1]];
        } });
        scheduler.schedulePeriodic(async (n: number) => Promise.resolve(n), 1, { args: [0], carry: (n) => [n + 1] });
        scheduler.schedulePeriodic((n: number) => of(n), 1, { args: [0], carry: (n) => [n + 1] });
        // @ts-expect-error too few arguments for the next run
        scheduler.schedulePeriodic(countUp, 1, { args: [0, 1], carry: (sum) => [sum] });
        // @ts-expect-error of the wrong type
        scheduler.schedulePeriodic(countUp, 1, { args: [0, 1], carry: (sum, [, step]) => [String(sum), step] });
        // @ts-expect-error this is no array
        scheduler.schedulePeriodic(countUp, 1, { args: [0, 1], carry: (sum) => sum });
        // @ts-expect-error the result is no string
        scheduler.schedulePeriodic(countUp, 1, { args: [0, 1], carry: (sum: string, [, step]) => [sum.length, step] });
        // @ts-expect-error carry gives the next arguments, the first ones are to be given
        scheduler.schedulePeriodic(countUp, 1, { carry: (sum, [, step]) => [sum, step] });
      });
    });
  });

  describe('results', () => {
    it('are inferred through promises and Observables', () => {
      compiles(() => {
        const plain = scheduler.schedule(() => 1, after(1));
        const none = scheduler.schedule(() => {}, after(1));
        const promised = scheduler.schedule(async () => Promise.resolve('a'), after(1));
        const thenable = scheduler.schedule((): PromiseLike<boolean> => Promise.resolve(true), after(1));
        const observed = scheduler.schedule((): Observable<Date> => of(new Date()), after(1));
        const contextual = scheduler.schedule(withContext(async ({ taskId }) => Promise.resolve({ taskId })), after(1));
        const either = scheduler.schedule((): number | Promise<string> => 1, after(1));
        typed<TaskId<number>>()(plain);
        typed<TaskId<void>>()(none);
        typed<TaskId<string>>()(promised);
        typed<TaskId<boolean>>()(thenable);
        typed<TaskId<Date>>()(observed);
        typed<TaskId<{ taskId: TaskId }>>()(contextual);
        typed<TaskId<number | string>>()(either);
      });
    });

    it('are remembered by the id, wherever it is handed in', () => {
      compiles(async () => {
        const id = scheduler.schedule(async () => Promise.resolve({ sent: 1 }), after(1));
        typed<TaskId<{ sent: number }>>()(id);
        const result = await scheduler.result(id);
        typed<{ sent: number }>()(result);
        const settled = await scheduler.whenSettled(id);
        typed<TaskState<{ sent: number }>>()(settled);
        const state = scheduler.getTask(id);
        typed<{ sent: number } | undefined>()(state.result);
        const latest = scheduler.getTaskResult(id);
        typed<{ sent: number } | undefined>()(latest);
        scheduler.task$(id).subscribe((task) => { typed<TaskState<{ sent: number }>>()(task); });
        scheduler.results$(id).subscribe((each) => { typed<{ sent: number }>()(each); });
        scheduler.runs$(id).subscribe((run) => { typed<RunState<{ sent: number }>>()(run); });
        const runId = scheduler.runTask(id);
        typed<RunId>()(runId);
      });
    });

    it('are unknown of an id that is any string', () => {
      compiles(() => {
        const result = scheduler.getTaskResult('an id');
        typed<unknown>()(result);
        const id: string = scheduler.schedule(() => 1, after(1));
        scheduler.cancelTask(id);
        // @ts-expect-error what an id remembers can't be taken for something else
        const wrong: TaskId<string> = scheduler.schedule(() => 1, after(1));
        scheduler.cancelTask(wrong);
        // @ts-expect-error a number is no id
        scheduler.getTask(1);
      });
    });
  });

  describe('an Observable trigger', () => {
    it('gives its values to args as a function', () => {
      compiles(() => {
        const orders = new Subject<{ readonly sku: string; readonly count: number }>();
        const order = (sku: string, count: number): boolean => sku.length > count;
        const id = scheduler.schedule(order, orders, { args: (value) => {
          typed<{ readonly sku: string; readonly count: number }>()(value);
          return [value.sku, value.count];
        } });
        typed<TaskId<boolean>>()(id);
        scheduler.schedule(order, orders, { args: ['same', 1] });
        scheduler.schedule(() => 1, orders);
        // @ts-expect-error in the wrong order
        scheduler.schedule(order, orders, { args: ({ sku, count }) => [count, sku] });
        // @ts-expect-error nothing of that name is emitted
        scheduler.schedule(order, orders, { args: ({ price }) => ['sku', price] });
        // @ts-expect-error this is no array
        scheduler.schedule(order, orders, { args: ({ sku }) => sku });
      });
    });
  });

  describe('registered work', () => {
    it('is typed by its handle', () => {
      compiles(() => {
        const greet = scheduler.register('greet', sayHello);
        const id = scheduler.schedule(greet, after(1), { args: ['Alice'] });
        typed<TaskId<string>>()(id);
        scheduler.schedule(greet, of(1), { args: (n) => [n.toFixed()] });
        // @ts-expect-error args are required, as of the work itself
        scheduler.schedule(greet, after(1));
        // @ts-expect-error and checked
        scheduler.schedule(greet, after(1), { args: [1] });
        typed<TaskId<string>>()(scheduler.scheduleOneTime(greet, 1, { args: ['Alice'] }));
        // @ts-expect-error args are required here, too
        scheduler.scheduleOneTime(greet, 1);
        // @ts-expect-error and checked
        scheduler.schedulePeriodic(greet, 1, { args: [1] });
        const count = scheduler.register('count', countUp, { carry: (sum, [, step]) => [sum, step] });
        scheduler.schedule(count, every(1), { args: [0, 1] });
      });
    });

    it('needs no args once they are bound', () => {
      compiles(() => {
        const bound = scheduler.register('bound', sayHello, { args: ['Alice'] });
        const id = scheduler.schedule(bound, after(1));
        typed<TaskId<string>>()(id);
        scheduler.schedule(bound, after(1), { args: ['Bob'] });
        typed<TaskId<string>>()(scheduler.schedulePeriodic(bound, 1));
        // @ts-expect-error but those that are given are checked
        scheduler.schedule(bound, after(1), { args: [1] });
        // @ts-expect-error and so are those that are bound
        scheduler.register('wrong', sayHello, { args: [1] });
        // @ts-expect-error an id belongs to one task
        scheduler.register('with an id', sayHello, { id: 'x' });
        // @ts-expect-error a signal, too
        scheduler.register('with a signal', sayHello, { signal: new AbortController().signal });
        // @ts-expect-error and a decision about another task
        scheduler.register('ifExists', sayHello, { ifExists: 'keep' });
      });
    });

    it('gives TaskId<unknown> by its name', () => {
      compiles(() => {
        const id = scheduler.schedule('greet', after(1), { args: ['anything', 1] });
        typed<TaskId>()(id);
        scheduler.schedule('greet', after(1));
        scheduler.schedule('greet', of(1), { args: (n: number) => [n] });
        // @ts-expect-error options are checked all the same
        scheduler.schedule('greet', after(1), { maxRun: 1 });
        // @ts-expect-error names are for schedule
        scheduler.schedulePeriodic('greet', 1);
      });
    });
  });

  describe('withContext', () => {
    it('takes the context off the arguments', () => {
      compiles(() => {
        const work = withContext((context, a: string, b?: number) => {
          typed<RunContext>()(context);
          return a.length + (b ?? 0);
        });
        typed<Work<[a: string, b?: number], number>>()(work);
        scheduler.schedule(work, after(1), { args: ['a'] });
        scheduler.schedule(withContext(() => 1), after(1));
        typed<number>()(work('a', 1));
        // @ts-expect-error the context is not for the caller to give
        scheduler.schedule(work, after(1), { args: [{}, 'a'] });
        // @ts-expect-error required, as ever
        scheduler.schedule(work, after(1));
      });
    });
  });

  describe('states and events', () => {
    it('narrow on their status', () => {
      compiles(() => {
        const state = scheduler.getTask(scheduler.schedule(() => 1, after(1)));
        typed<TaskStatus>()(state.status);
        typed<Error | undefined>()(state.error);
        // @ts-expect-error only a task that is over has finished
        use(state.finishedAt);
        if (state.status === 'FAILED') {
          typed<FailedTask<number>>()(state);
          typed<Error>()(state.error);
          typed<number>()(state.finishedAt);
        } else if (state.status === 'CANCELLED') {
          typed<CancelledTask<number>>()(state);
          typed<unknown>()(state.cancelReason);
        } else if (state.status === 'COMPLETED') {
          typed<number>()(state.finishedAt);
          // @ts-expect-error nobody cancelled it
          use(state.cancelReason);
        } else {
          typed<'PENDING' | 'RUNNING' | 'PAUSED'>()(state.status);
        }
        // @ts-expect-error no such status
        use(state.status === 'DONE');
      });
    });

    it('narrow on their type', () => {
      compiles(() => {
        scheduler.events$.subscribe((event) => {
          typed<TaskEvent>()(event);
          typed<1>()(event.v);
          if (event.type === 'runCompleted') typed<unknown>()(event.result);
          if (event.type === 'ticksSkipped') typed<number>()(event.count);
          if (event.type === 'clockJumped') typed<TaskId | undefined>()(event.taskId);
          else typed<TaskId>()(event.taskId);
          // @ts-expect-error no such event
          if (event.type === 'taskStarted') return;
          // @ts-expect-error not every event is about a run
          use(event.runId);
        });
      });
    });

    it('are readonly', () => {
      compiles(() => {
        const state = scheduler.getTask('x');
        // @ts-expect-error states never change
        state.status = 'PENDING';
        // @ts-expect-error nor does what they hold
        const tags: string[] = state.tags;
        // @ts-expect-error nor the list of them
        const tasks: TaskState[] = scheduler.getTasks();
        use(tags, tasks);
        // @ts-expect-error nor do the runs
        scheduler.getRuns('x')[0]!.status = 'QUEUED';
        // @ts-expect-error nor do the figures
        scheduler.stats().tasks.PENDING = 0;
        // @ts-expect-error nor the map of all tasks
        scheduler.tasks$.subscribe((map: Map<TaskId, TaskState>) => { use(map); });
        // @ts-expect-error nor the streams
        scheduler.tasks$ = of();
        // @ts-expect-error nor do the events
        scheduler.events$.subscribe((event) => { event.seq = 1; });
        // @ts-expect-error nor do the triggers
        every(1).interval = 2;
      });
    });
  });

  describe('inputSchema', () => {
    it('gives the work its parameters, and the call its arguments', () => {
      compiles(() => {
        const byZod = scheduler.register('zod', (name, times) => name.repeat(times), { inputSchema: z.tuple([z.string(), z.coerce.number<string>()]) });
        typed<TaskId<string>>()(scheduler.schedule(byZod, after(1), { args: ['a', '2'] }));
        // @ts-expect-error what the call gives is text
        scheduler.schedule(byZod, after(1), { args: ['a', 2] });
        // @ts-expect-error and it has to be given
        scheduler.schedulePeriodic(byZod, 1);
        scheduler.schedule(byZod, after(1), { args: ['a', '2'], carry: (result, [name, times]) => [result + name, times + 1] });
        // @ts-expect-error what is carried is what the work takes
        scheduler.schedule(byZod, after(1), { args: ['a', '2'], carry: (result, [name]) => [result + name, '3'] });

        const byValibot = scheduler.register('valibot', (mail) => mail.to.length, { inputSchema: v.tuple([v.object({ to: v.string() })]) });
        typed<TaskId<number>>()(scheduler.scheduleOneTime(byValibot, 1, { args: [{ to: 'a' }] }));
        // @ts-expect-error no such field
        scheduler.scheduleOneTime(byValibot, 1, { args: [{ too: 'a' }] });

        const byArktype = scheduler.register('arktype', (name, age) => `${name} ${age.toFixed()}`, { inputSchema: type(['string', 'number']) });
        typed<TaskId<string>>()(scheduler.scheduleCron(byArktype, '* * * * *', { args: ['a', 1] }));
        // @ts-expect-error in the wrong order
        scheduler.scheduleCron(byArktype, '* * * * *', { args: [1, 'a'] });
      });
    });

    it('has to make what the work takes', () => {
      compiles(() => {
        // @ts-expect-error a number is no text
        scheduler.register('length', (text: string) => text.length, { inputSchema: z.tuple([z.number()]) });
        // @ts-expect-error one argument is none of two
        scheduler.register('repeat', (text: string, times: number) => text.repeat(times), { inputSchema: z.tuple([z.string()]) });
        // @ts-expect-error of a call, too
        scheduler.schedule((text: string) => text.length, after(1), { args: ['a'], inputSchema: z.tuple([z.number()]) });
        // @ts-expect-error no schema of all arguments
        scheduler.register('length', (text: string) => text.length, { inputSchema: z.string() });
      });
    });

    it('may come with arguments', () => {
      compiles(() => {
        const bound = scheduler.register('bound', (n) => n + 1, { inputSchema: z.tuple([z.number()]), args: [1] });
        typed<TaskId<number>>()(scheduler.schedule(bound, after(1)));
        // @ts-expect-error that have to fit
        scheduler.register('bound', (n: number) => n + 1, { inputSchema: z.tuple([z.number()]), args: ['1'] });
      });
    });
  });

  describe('streams', () => {
    it('are narrowed by whenStatus, and keep the type of the result', () => {
      compiles(() => {
        const id = scheduler.schedule(() => 1, after(1));
        const task$ = scheduler.task$(id);
        const failed$ = task$.pipe(whenStatus('FAILED'));
        typed<Observable<FailedTask<number>>>()(failed$);
        const ended$ = task$.pipe(whenStatus('FAILED', 'CANCELLED'));
        typed<Observable<FailedTask<number> | CancelledTask<number>>>()(ended$);
        const running$ = task$.pipe(whenStatus('RUNNING'));
        typed<Observable<LiveTask<number> & { readonly status: 'RUNNING' }>>()(running$);
        const live$ = task$.pipe(whenStatus('PENDING', 'RUNNING', 'PAUSED', 'COMPLETED'));
        typed<Observable<LiveTask<number> | CompletedTask<number>>>()(live$);
        const never$ = task$.pipe(whenStatus('QUEUED'));
        typed<Observable<never>>()(never$);
        const either = 'FAILED' as 'FAILED' | 'COMPLETED';
        const either$ = task$.pipe(whenStatus(either));
        typed<Observable<FailedTask<number> | CompletedTask<number>>>()(either$);
        // @ts-expect-error no such status
        use(task$.pipe(whenStatus('DONE')));
        // @ts-expect-error numbers have no status
        use(of(1).pipe(whenStatus('FAILED')));
      });
    });

    it('are narrowed wherever whenStatus stands among operators', () => {
      compiles(() => {
        const id = scheduler.schedule(async () => Promise.resolve('a'), after(1));
        const results$ = scheduler.task$(id).pipe(share(), whenStatus('COMPLETED'), map(({ result, finishedAt }) => ({ result, finishedAt })), catchError(() => EMPTY));
        typed<Observable<{ result: string | undefined; finishedAt: number }>>()(results$);
        const either$ = merge(scheduler.task$(id), scheduler.task$(scheduler.schedule(() => 1, after(1)))).pipe(whenStatus('FAILED'));
        typed<Observable<FailedTask<string> | FailedTask<number>>>()(either$);
        const errors$ = scheduler.task$(id).pipe(whenStatus('FAILED'), map(({ error }) => error.message));
        typed<Observable<string>>()(errors$);
      });
    });

    it('are narrowed by whenStatus when they are of runs', () => {
      compiles(() => {
        const run$ = scheduler.runs$(scheduler.schedule(() => 1, after(1))).pipe(whenStatus('SKIPPED', 'MISSED'), map(({ status }) => status));
        typed<Observable<'SKIPPED' | 'MISSED'>>()(run$);
        const cold$ = runEvery(() => 1, 1).pipe(whenStatus('COMPLETED'), map(({ result, status }) => ({ result, status })));
        typed<Observable<{ result: number | undefined; status: 'COMPLETED' }>>()(cold$);
        const none$ = runEvery(() => 1, 1).pipe(whenStatus('PENDING'));
        typed<Observable<never>>()(none$);
      });
    });

    it('of the tasks with a tag are readonly arrays', () => {
      compiles(() => {
        const mails$ = scheduler.tasks$.pipe(selectByTag('mail'));
        typed<Observable<readonly TaskState[]>>()(mails$);
        // @ts-expect-error one task has no tags to select by
        use(scheduler.task$('x').pipe(selectByTag('mail')));
        // @ts-expect-error a tag is a text
        selectByTag(1);
      });
    });

    it('keep their type until they are settled', () => {
      compiles(() => {
        const id = scheduler.schedule(() => 1, after(1));
        const task$ = scheduler.task$(id).pipe(untilSettled());
        typed<Observable<TaskState<number>>>()(task$);
        const all$ = forkJoin([id, id].map((each) => scheduler.task$(each).pipe(untilSettled())));
        typed<Observable<TaskState<number>[]>>()(all$);
        // @ts-expect-error a run has no final status of a task
        use(scheduler.runs$(id).pipe(untilSettled()));
      });
    });

    it('of cold tasks are runs with typed results, and need the arguments of the work', () => {
      compiles(() => {
        const once$ = runOnce(async (name: string) => Promise.resolve(name.length), new Date(), { args: ['Alice'] });
        typed<Observable<RunState<number>>>()(once$);
        const after$ = runOnce(() => of('a'), after('1s'));
        typed<Observable<RunState<string>>>()(after$);
        const every$ = runEvery(countUp, { seconds: 1 }, { args: [0, 1], carry: (sum, [, step]) => [sum, step], clock: new VirtualClock() });
        typed<Observable<RunState<number>>>()(every$);
        const cron$ = runCron(withContext(({ taskId }, n: number) => taskId.repeat(n)), cron('0 9 * * *', { timeZone: 'Europe/Berlin' }), { args: [2] });
        typed<Observable<RunState<string>>>()(cron$);
        use(runEvery(optional, every('1s', { mode: 'fixedDelay' }), { retry: 3, until: 5, signal: new AbortController().signal }));
        // @ts-expect-error no options at all
        use(runOnce(sayHello, 1));
        // @ts-expect-error options without args
        use(runEvery(sayHello, 1, { maxRuns: 1 }));
        // @ts-expect-error of the wrong type
        use(runCron(sayHello, '0 9 * * *', { args: [1] }));
        // @ts-expect-error the result is no string
        use(runEvery(countUp, 1, { args: [0, 1], carry: (sum: string, [, step]) => [sum.length, step] }));
        // @ts-expect-error another kind of trigger
        use(runEvery(() => 1, after(1)));
        // @ts-expect-error nothing finds a task by its id that nobody else knows of
        use(runEvery(() => 1, 1, { id: 'x' }));
        // @ts-expect-error nor by its tags
        use(runEvery(() => 1, 1, { tags: ['x'] }));
        // @ts-expect-error nor does it come before others
        use(runOnce(() => 1, 1, { priority: 1 }));
      });
    });

    it('are async iterables, too', () => {
      compiles(async () => {
        const states = scheduler.states(scheduler.schedule(() => 1, after(1)));
        typed<AsyncIterable<TaskState<number>>>()(states);
        for await (const state of states) if (state.status === 'FAILED') typed<FailedTask<number>>()(state);
      });
    });
  });

  it('of options are held to the work', () => {
    compiles(() => {
      const work = (): number => 1;
      // @ts-expect-error no schema at all
      scheduler.schedule(work, every(1), { inputSchema: {} });
      // The arguments of a key are those of the work.
      scheduler.schedule((a: string, b: number) => a.repeat(b), every(1), { args: ['x', 2], concurrencyKey: (a, b) => a.toUpperCase() + b.toFixed() });
      // @ts-expect-error so it can't ask for others
      scheduler.schedule((a: string) => a, every(1), { args: ['x'], concurrencyKey: (a: number) => a.toFixed() });
      // @ts-expect-error and a slip of the pen never is one
      scheduler.schedule(work, every(1), { maxRun: 1 });
      // @ts-expect-error nor a word that is none
      scheduler.schedule(work, every(1), { overlap: 'exhaust' });
      // @ts-expect-error what belongs to one task is no default of all
      use(new TaskScheduler({ defaults: { id: 'x' } }));
      // @ts-expect-error nor are arguments
      use(new TaskScheduler({ defaults: { args: [] } }));
    });
  });

  it('let tasks of any arguments share their options', () => {
    compiles(() => {
      const shared: PolicyOptions = { retry: 3, concurrencyKey: (...args: unknown[]) => String(args[0]) };
      typed<TaskId<string>>()(scheduler.schedule(sayHello, after(1), { ...shared, args: ['Alice'] }));
      typed<TaskId<bigint>>()(scheduler.scheduleOneTime(divideByZero, 1, { ...shared, args: [1n] }));
    });
  });

  it('let generic calls hand arguments on with the work', () => {
    compiles(() => {
      const soon = <A extends readonly unknown[], T>(work: Work<A, T>, args: A) => scheduler.schedule(work, after(1), { args });
      typed<TaskId<string>>()(soon(sayHello, ['Alice']));
      const rested = <A extends unknown[]>(work: (...args: A) => void, ...args: A) => scheduler.scheduleOneTime(work, 1, { args, retry: 3 });
      typed<TaskId<void>>()(rested(sayHello, 'Alice'));
      const registered = <A extends readonly unknown[], T>(facade: TaskFacade, work: RegisteredWork<A, T>, args: A) => facade.schedule(work, cron('@daily'), { args });
      use(registered);
      // @ts-expect-error the arguments of work that takes none stay refused
      scheduler.schedule(() => 1, after(1), { args: [1] });
    });
  });

  it('let a facade be made by hand, as a test does, and calls be wrapped', () => {
    compiles(() => {
      const byHand: Pick<TaskFacade, 'schedule' | 'schedulePeriodic'> = { schedule: () => 'id', schedulePeriodic: (work: unknown) => String(work) };
      const later = <A extends readonly unknown[], T>(work: Work<A, T>, ...options: OptionsParameter<A, T>): TaskId<ResultOf<T>> =>
        scheduler.schedule(work, after('1s'), ...options);
      typed<TaskId<string>>()(later(sayHello, { args: ['Alice'] }));
      // @ts-expect-error required, as ever
      later(sayHello);
      const registered = <A extends readonly unknown[], T>(work: Work<A, T>, defaults: RegisteredDefaults<A, T>) => scheduler.register('wrapped', work, defaults);
      const handle = registered(sayHello, {});
      typed<RegisteredWork<[name: string], string, false>>()(handle);
      const either = byHand === scheduler ? sayHello : handle;
      typed<TaskId<string>>()(scheduler.scheduleOneTime(either, 1, { args: ['Alice'] }));
    });
  });

  it('make a TaskScheduler a TaskFacade, whose answers may come later', () => {
    const facade: TaskFacade = scheduler;
    expect(facade).toBe(scheduler);
    compiles(async () => {
      const id = facade.schedule(sayHello, once(1), { args: ['Alice'] });
      typed<TaskId<string>>()(id);
      const near = scheduler.getTaskStatus(id);
      typed<TaskStatus>()(near);
      const far = facade.getTaskStatus(id);
      typed<TaskStatus | PromiseLike<TaskStatus>>()(far);
      const awaited = await facade.getTask(id);
      typed<TaskState<string>>()(awaited);
      // @ts-expect-error portable code awaits
      use(facade.getTask(id).status);
      const stopped: boolean = await facade.stopTask(id);
      typed<boolean>()(stopped);

      const connect = (): Connection => { throw new Error('far away'); };
      const portable: TaskFacade = connect();
      use(portable);
    });
  });
});
