// defineTask: what the compiler promises of it, what it returns, and what it refuses.
import { describe, expect, it } from '@jest/globals';
import { NEVER, of, type Observable } from 'rxjs';
import { isTaskDefinition } from '../src/define-task.js';
import { after, cron, defineTask, every, once, TaskScheduler, withContext, type TaskDefinition, type Trigger, type Work } from '../src/index.js';
import { VirtualClock } from '../src/testing/index.js';

const greet = (name: string): string => `Hello, ${name}!`;
const add = async (sum: number, step: number): Promise<number> => Promise.resolve(sum + step);
const use = (..._values: unknown[]): void => {};

describe('defineTask', () => {
  it('wants arguments where the work needs them, and those that it takes', () => {
    const never = (): void => {
      use(defineTask(greet, after(1), { args: ['Alice'] }), defineTask(() => 1, every(1)), defineTask((_n?: number) => 1, every(1)));
      use(defineTask(add, every(1), { args: [0, 1], carry: (sum, [, step]) => [sum, step] }));
      use(defineTask(greet, of({ name: 'Alice' }), { args: ({ name }) => [name] }));
      use(defineTask(withContext(({ signal }, n: number) => signal.aborted ? 0 : n), after(1), { args: [1] }));
      // @ts-expect-error the name is missing
      defineTask(greet, after(1));
      // @ts-expect-error and so it is in options without args
      defineTask(greet, after(1), { name: 'greet' });
      // @ts-expect-error a number is no name
      defineTask(greet, after(1), { args: [1] });
      // @ts-expect-error an expression is no trigger
      defineTask(() => 1, '* * * * *');
      // @ts-expect-error carry gives both arguments
      defineTask(add, every(1), { args: [0, 1], carry: (sum) => [sum] });
      // @ts-expect-error a function of what is emitted is for Observables
      defineTask(greet, after(1), { args: () => ['Alice'] });
      // @ts-expect-error there is no such option
      defineTask(() => 1, after(1), { retries: 3 });
    };
    expect(never).toBeInstanceOf(Function);
  });

  it('remembers work, trigger and options, so that a scheduler infers the result', () => {
    const { work, trigger, options }: TaskDefinition<[name: string], string> = defineTask(greet, after(1), { args: ['Alice'] });
    const typedWork: Work<[name: string], string> = work;
    const typedTrigger: Trigger | Observable<never> = trigger;
    expect([typedWork, typedTrigger, options]).toEqual([greet, { kind: 'after', delay: 1 }, { args: ['Alice'] }]);
  });

  it('returns a plain frozen value that does nothing until it is scheduled', async () => {
    const definition = defineTask(greet, every('1s'), { args: ['Alice'], maxRuns: 2 });
    expect(Object.keys(definition)).toEqual(['work', 'trigger', 'options']);
    expect([Object.isFrozen(definition), Object.isFrozen(definition.options), Object.isFrozen(definition.trigger)]).toEqual([true, true, true]);
    const clock = new VirtualClock();
    const scheduler = new TaskScheduler({ clock });
    const id = scheduler.schedule(definition.work, definition.trigger, definition.options);
    await clock.advanceBy('5s');
    expect(scheduler.getTask(id)).toMatchObject({ status: 'COMPLETED', runCount: 2, result: 'Hello, Alice!' });
    await scheduler.stop();
  });

  it('keeps its own copy of the options, and of a trigger written by hand', () => {
    const given = { args: ['Alice'] as [string], name: 'greet' };
    const trigger = { kind: 'every' as const, interval: 1000 };
    const definition = defineTask(greet, trigger, given);
    given.name = 'changed';
    trigger.interval = 1;
    expect(definition).toMatchObject({ options: { name: 'greet' }, trigger: { interval: 1000 } });
    expect(defineTask(() => 1, NEVER).trigger).toBe(NEVER);
    expect(defineTask(() => 1, once(7)).options).toBeUndefined();
  });

  const loose = defineTask as unknown as (...args: unknown[]) => unknown;
  it.each<[what: string, args: unknown[], field: string, message: string]>([
    ['work that is no function', ['greet', after(1)], 'work', 'work needs a function; got "greet".'],
    ['what is no trigger', [greet, '5m'], 'trigger', 'trigger needs once(), after(), every(), cron(), calendar(), anyOf(), except() or an Observable; got "5m".'],
    ['an option that there is not', [greet, after(1), { arg: [] }], 'arg', '"arg" is not an option of options. Did you mean args?'],
    ['a value that an option can\'t have', [greet, after(1), { args: [], retry: 0 }], 'retry.maxAttempts', 'retry.maxAttempts needs'],
    ['a start that has no effect', [greet, after(1), { startAt: 7 }], 'startAt', 'startAt is when a trigger begins that is due again and again'],
  ])('refuses, at the call, %s', (_what, args, field, message) => {
    expect(() => loose(...args)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', field, message: expect.stringContaining(message) as unknown }));
  });
});

describe('isTaskDefinition', () => {
  it('knows a definition from anything else that a module may export', () => {
    expect(isTaskDefinition(defineTask(() => 1, cron('@daily')))).toBe(true);
    const { work, trigger, options } = defineTask(() => 1, after(1));
    const hostile = new Proxy({}, { getOwnPropertyDescriptor: () => undefined });
    expect([{ work, trigger, options }, work, null, undefined, 'a', {}, hostile].map(isTaskDefinition)).toEqual(Array(7).fill(false));
  });

  it('knows one of another copy of carillon', () => {
    expect(isTaskDefinition(Object.defineProperty({}, Symbol.for('carillon.task'), { value: true }))).toBe(true);
  });
});
