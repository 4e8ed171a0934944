// Wrong calls: each is refused by the compiler, at the right place, with a first line that names the problem.
//
// The table holds what users get wrong, and what the compiler says of it; « » is where it points to. Of a message that only counts the arguments,
// the note belongs to it that names the missing one. Whoever changes a signature sees here what becomes of its messages.
import { beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import ts from 'typescript';

const ROOT = join(import.meta.dirname, '../..');

/** What stands before each call. */
const GIVEN = `import { every as everyOfRxjs, type Observable } from 'rxjs';
import { z } from 'zod';
import { after, calendar, cron, every, TaskScheduler, withContext, type RunContext, type RunState, type TaskId, type TaskState } from 'carillon';
import { FakeWork, VirtualClock, type CarillonMatchers } from 'carillon/testing';
import { inThread, workerModule } from 'carillon/threads';
interface Module { readonly answer: number; add(a: number, b: number): number }
declare function greet(name: string): string;
declare function count(n: number, step: number): number;
declare function order(sku: string, count: number): boolean;
declare function poll(): Promise<string>;
declare function expect(received: unknown): CarillonMatchers;
declare const scheduler: TaskScheduler;
declare const orders: Observable<{ sku: string; count: number }>;
declare const tomorrow: Date;
declare const url: URL;
declare const id: TaskId<string>;
declare const state: TaskState<string>;
declare const runs: readonly RunState[];
const greeter = scheduler.register('greet', greet);
const bound = scheduler.register('bound', greet, { args: ['Alice'] });
const parsed = scheduler.register('parsed', count, { inputSchema: z.tuple([z.coerce.number<string>(), z.number()]) });
const threads = workerModule<Module>(url);
const fake = new FakeWork<[name: string], number>();
`;

type Row = [what: string, call: string, said: string];

const WRONG: Record<string, Row[]> = {
  'args': [
    ['forgotten', `scheduler.schedule(«greet», after('1s'))`,
      "Argument of type '(name: string) => string' is not assignable to parameter of type 'ArgsAreRequired<[name: string], false>'."],
    ['forgotten, in an interval', `scheduler.schedulePeriodic(«count», '1s')`,
      "Argument of type '(n: number, step: number) => number' is not assignable to parameter of type 'ArgsAreRequired<[n: number, step: number], false>'."],
    ['forgotten, of a handle', `scheduler.scheduleOneTime(«greeter», tomorrow)`,
      "Argument of type 'RegisteredWork<[name: string], string, false, [name: string]>' is not assignable to parameter of type 'ArgsAreRequired<[name: string], false>'."],
    ['forgotten, with an Observable as trigger', `scheduler.schedule(«order», orders)`,
      "Argument of type '(sku: string, count: number) => boolean' is not assignable to parameter of type 'ArgsAreRequired<[sku: string, count: number], false>'."],
    ['forgotten among the options', `scheduler.schedule(greet, after('1s'), «{ name: 'greet' }»)`,
      "Argument of type '{ name: string; }' is not assignable to parameter of type 'OptionsWithArgs<[name: string], string, readonly [name: string]>'."],
    ['undefined', `scheduler.schedule(greet, after('1s'), { «args»: undefined })`,
      "Type 'undefined' is not assignable to type 'readonly [name: string]'."],
    ['too few', `scheduler.schedule(count, every('1s'), { «args»: [1] })`,
      "Type '[number]' is not assignable to type 'readonly [n: number, step: number]'."],
    ['too many', `scheduler.schedule(greet, every('1s'), { «args»: ['Alice', 'Bob'] })`,
      "Type '[string, string]' is not assignable to type 'readonly [name: string]'."],
    ['for work that takes none', `scheduler.schedule(poll, every('1s'), { args: [«1»] })`,
      "Type 'number' is not assignable to type 'TakesNoArguments'."],
    ['of the wrong type', `scheduler.schedule(greet, every('1s'), { args: [«1»] })`,
      "Type 'number' is not assignable to type 'string'."],
    ['of the wrong type, to a handle', `scheduler.schedulePeriodic(greeter, '1s', { args: [«1»] })`,
      "Type 'number' is not assignable to type 'string'."],
    ['of the wrong type, to a handle that has some', `scheduler.schedule(bound, every('1s'), { args: [«1»] })`,
      "Type 'number' is not assignable to type 'string'."],
    ['as the work takes them, where a schema takes others', `scheduler.schedule(parsed, every('1s'), { args: [«1», 2] })`,
      "Type 'number' is not assignable to type 'string'."],
    ['in the wrong order', `scheduler.schedule(order, every('1s'), { args: [«1», 'A-1'] })`,
      "Type 'number' is not assignable to type 'string'."],
    ['in place of the options', `scheduler.schedule(greet, every('1s'), «['Alice']»)`,
      "Argument of type 'string[]' is not assignable to parameter of type 'OptionsWithArgs<[name: string], string, readonly [name: string]>'."],
    ['one after the other, as of setInterval', `scheduler.schedule(greet, every('1s'), «'Alice'»)`,
      "Argument of type 'string' is not assignable to parameter of type 'OptionsWithArgs<[name: string], string, readonly [name: string]>'."],
    ['as no array', `scheduler.schedule(greet, every('1s'), { «args»: 'Alice' })`,
      "Type 'string' is not assignable to type 'readonly [name: string]'."],
    ['as a function, with a trigger by time', `scheduler.schedule(greet, every('1s'), { «args»: () => ['Alice'] })`,
      "Type '() => string[]' is not assignable to type 'readonly [name: string]'."],
    ['as a function that makes no array', `scheduler.schedule(greet, orders, { «args»: ({ sku }) => sku })`,
      "Type '({ sku }: { sku: string; count: number; }) => string' is not assignable to type 'readonly [name: string] | ((value: { sku: string; count: number; }) => readonly [name: string])'."],
    ['as a function that makes others', `scheduler.schedule(order, orders, { «args»: ({ sku, count }) => [count, sku] })`,
      "Type '({ sku, count }: { sku: string; count: number; }) => [number, string]' is not assignable to type 'readonly [sku: string, count: number] | ((value: { sku: string; count: number; }) => readonly [sku: string, count: number])'."],
    ['as a function of what is not emitted', `scheduler.schedule(greet, orders, { args: ({ «price» }) => [price] })`,
      "Property 'price' does not exist on type '{ sku: string; count: number; }'."],
  ],
  'an option': [
    ['misspelt', `scheduler.schedule(poll, every('1s'), { «maxRun»: 3 })`,
      "Object literal may only specify known properties, but 'maxRun' does not exist in type 'OptionsWithoutArgs<[], Promise<string>, []>'. Did you mean to write 'maxRuns'?"],
    ['misspelt, beside args', `scheduler.schedulePeriodic(greet, '1s', { args: ['Alice'], «tiemout»: '3s' })`,
      "Object literal may only specify known properties, but 'tiemout' does not exist in type 'OptionsWithArgs<[name: string], string, readonly [name: string]>'. Did you mean to write 'timeout'?"],
    ['misspelt, by name', `scheduler.schedule('greet', every('1s'), { «maxRun»: 3 })`,
      "Object literal may only specify known properties, but 'maxRun' does not exist in type 'NamedOptions'. Did you mean to write 'maxRuns'?"],
    ['of the wrong type', `scheduler.schedule(poll, every('1s'), { «maxRuns»: '3' })`,
      "Type 'string' is not assignable to type 'number'."],
    ['of a word that is none', `scheduler.schedule(poll, every('1s'), { «overlap»: 'exhaust' })`,
      `Type '"exhaust"' is not assignable to type 'Overlap | undefined'.`],
    ['of cron, where it does not belong', `scheduler.scheduleCron(poll, '0 9 * * *', { «timeZone»: 'UTC' })`,
      "Object literal may only specify known properties, and 'timeZone' does not exist in type 'OptionsWithoutArgs<[], Promise<string>, []>'."],
    ['of every, where it does not belong', `scheduler.schedulePeriodic(poll, '1m', { «jitter»: '5s' })`,
      "Object literal may only specify known properties, and 'jitter' does not exist in type 'OptionsWithoutArgs<[], Promise<string>, []>'."],
    ['of cron, misspelt', `cron('0 9 * * *', { «timezone»: 'UTC' })`,
      "Object literal may only specify known properties, but 'timezone' does not exist in type 'ZoneOptions'. Did you mean to write 'timeZone'?"],
    ['carry that makes too few', `scheduler.schedulePeriodic(count, '1s', { args: [0, 1], «carry»: (sum) => [sum] })`,
      "Type '(sum: number) => [number]' is not assignable to type '(result: number, args: [n: number, step: number]) => [n: number, step: number]'."],
    ['carry that makes no array', `scheduler.schedule(count, every('1s'), { args: [0, 1], «carry»: (sum) => sum })`,
      "Type '(sum: number) => number' is not assignable to type '(result: number, args: [n: number, step: number]) => [n: number, step: number]'."],
    ['carry of another result', `scheduler.schedule(count, every('1s'), { args: [0, 1], «carry»: (sum: string) => [sum.length, 1] })`,
      "Type '(sum: string) => [number, number]' is not assignable to type '(result: number, args: [n: number, step: number]) => [n: number, step: number]'."],
    ['concurrencyKey of other arguments', `scheduler.schedule(greet, every('1s'), { args: ['Alice'], concurrencyKey: «(n: number) => n.toFixed()» })`,
      "Type '(n: number) => string' is not assignable to type 'string | ((name: string) => string) | undefined'."],
    ['concurrencyKey that is no text', `scheduler.schedule(count, every('1s'), { args: [0, 1], «concurrencyKey»: (n) => n })`,
      "Type '(n: number) => number' is not assignable to type 'string | ((n: number, step: number) => string) | undefined'."],
    ['retry, as others call it', `scheduler.schedule(poll, every('1s'), { retry: { «attempts»: 3 } })`,
      "Object literal may only specify known properties, and 'attempts' does not exist in type 'Retry'."],
    ['retry without a bound', `scheduler.schedule(poll, every('1s'), { «retry»: { delay: '1s' } })`,
      "Type '{ delay: string; }' is not assignable to type 'number | Retry | undefined'."],
    ['retry, true', `scheduler.schedule(poll, every('1s'), { «retry»: true })`,
      "Type 'true' is not assignable to type 'number | Retry | undefined'."],
    ['retry, by a backoff that is none', `scheduler.schedule(poll, every('1s'), { retry: { maxAttempts: 3, «backoff»: 'linear' } })`,
      `Type '"linear"' is not assignable to type '"fixed" | "exponential" | ((attempt: number, error: Error) => DurationLike) | undefined'.`],
    ['misfire as a word', `scheduler.schedule(poll, every('1s'), { «misfire»: 'skip' })`,
      "Type 'string' has no properties in common with type 'Misfire'."],
    ['misfire by a policy that is none', `scheduler.schedule(poll, every('1s'), { misfire: { «policy»: 'once' } })`,
      `Type '"once"' is not assignable to type '"skip" | "latest" | "all" | undefined'.`],
    ['rateLimit as a number', `scheduler.schedule(poll, every('1s'), { «rateLimit»: 10 })`,
      "Type 'number' is not assignable to type '{ readonly limit: number; readonly per: DurationLike; }'."],
    ['timeout as a date', `scheduler.schedule(poll, every('1s'), { «timeout»: new Date() })`,
      "Type 'Date' is not assignable to type 'DurationLike | undefined'."],
  ],
  'work': [
    ['that was called already', `scheduler.schedule(«poll()», every('1s'))`,
      "Argument of type 'Promise<string>' is not assignable to parameter of type 'string | RegisteredWork<never, unknown, boolean, never> | AnyWork'."],
    ['that was called already, in an interval', `scheduler.schedulePeriodic(«poll()», '1s')`,
      "Argument of type 'Promise<string>' is not assignable to parameter of type 'RegisteredWork<never, unknown, boolean, never> | AnyWork'."],
    ['that is no function', `scheduler.schedule(«7», every('1s'))`,
      "Argument of type 'number' is not assignable to parameter of type 'string | RegisteredWork<never, unknown, boolean, never> | AnyWork'."],
    ['by its name, where that is no work', `scheduler.schedulePeriodic(«'greet'», '1s')`,
      "Argument of type 'string' is not assignable to parameter of type 'RegisteredWork<never, unknown, boolean, never> | AnyWork'."],
    ['after the trigger', `scheduler.schedule(«every('1s')», poll)`,
      "Argument of type 'EveryTrigger' is not assignable to parameter of type 'string | RegisteredWork<never, unknown, boolean, never> | AnyWork'."],
    ['with the context in the wrong place', `withContext(«(name: string, context: RunContext) => { context.log(name); }»)`,
      "Argument of type '(name: string, context: RunContext) => void' is not assignable to parameter of type '(context: RunContext, context: RunContext) => void'."],
    ['without withContext', `scheduler.schedule(«(context: RunContext) => { context.log('x'); }», every('1s'))`,
      "Argument of type '(context: RunContext) => void' is not assignable to parameter of type 'ArgsAreRequired<[context: RunContext], false>'."],
    ['that asks its context for what it has not', `withContext(({ «abort» }) => { abort(); })`,
      "Property 'abort' does not exist on type 'RunContext'."],
  ],
  'a time': [
    ['in months', `scheduler.schedulePeriodic(poll, { «months»: 1 })`,
      `Object literal may only specify known properties, and 'months' does not exist in type 'TimeDelta | DurationObject'.`],
    ['in months, of every', `every({ «months»: 1 })`,
      `Object literal may only specify known properties, and 'months' does not exist in type 'TimeDelta | DurationObject'.`],
    ['in hours, of calendar', `calendar({ «hours»: 3 })`,
      "Object literal may only specify known properties, and 'hours' does not exist in type 'CalendarDelta'."],
    ['as a date, for an interval', `scheduler.schedulePeriodic(poll, «new Date()»)`,
      "Argument of type 'Date' is not assignable to parameter of type 'DurationLike'."],
    ['as an interval, for an instant', `scheduler.scheduleOneTime(poll, { «seconds»: 5 })`,
      "Object literal may only specify known properties, and 'seconds' does not exist in type 'Date | { readonly epochMilliseconds: number; }'."],
    ['as a number, for a trigger', `scheduler.schedule(poll, «1000»)`,
      "Argument of type 'number' is not assignable to parameter of type 'Trigger | Observable<never>'."],
    ['as a text, for a trigger', `scheduler.schedule(poll, «'0 9 * * *'»)`,
      "Argument of type 'string' is not assignable to parameter of type 'Trigger | Observable<never>'."],
    ['by an every that is not called', `scheduler.schedule(poll, «every»)`,
      "Argument of type '(interval: DurationLike, options?: EveryOptions | undefined) => EveryTrigger' is not assignable to parameter of type 'Trigger | Observable<never>'."],
    ["by RxJS's every", `scheduler.schedule(poll, «everyOfRxjs(() => true)»)`,
      "Argument of type 'OperatorFunction<unknown, boolean>' is not assignable to parameter of type 'Trigger | Observable<never>'."],
    ['forgotten', `scheduler.«schedule»(poll)`,
      "Expected at least 2 arguments, but got 1. An argument for 'trigger' was not provided."],
  ],
  'register': [
    ['with args of the wrong type', `scheduler.register('x', greet, { args: [«1»] })`,
      "Type 'number' is not assignable to type 'string'."],
    ['with too few args', `scheduler.register('x', count, { «args»: [1] })`,
      "Type '[number]' is not assignable to type '[n: number, step: number]'."],
    ['with an id', `scheduler.register('x', greet, { «id»: 'x' })`,
      "Object literal may only specify known properties, and 'id' does not exist in type 'WorkDefaults<[name: string], string, [name: string], undefined>'."],
    ['with an option misspelt', `scheduler.register('x', greet, { «retrys»: 3 })`,
      "Object literal may only specify known properties, but 'retrys' does not exist in type 'WorkDefaults<[name: string], string, [name: string], undefined>'. Did you mean to write 'retry'?"],
    ['with a carry that makes too few', `scheduler.register('x', count, { «carry»: (sum) => [sum] })`,
      "Type '(sum: number) => [number]' is not assignable to type '((result: number, args: [n: number, step: number]) => [n: number, step: number]) | undefined'."],
    ['with a schema of other arguments', `scheduler.register('x', greet, { «inputSchema»: z.tuple([z.number()]) })`,
      "Type 'ZodTuple<[ZodNumber], null>' is not assignable to type 'InputSchema<[number], [name: string]>'."],
    ['with a schema of too few', `scheduler.register('x', count, { «inputSchema»: z.tuple([z.number()]) })`,
      "Type 'ZodTuple<[ZodNumber], null>' is not assignable to type 'InputSchema<[number], [n: number, step: number]>'."],
    ['with a schema that is no tuple', `scheduler.register('x', greet, { «inputSchema»: z.string() })`,
      "Type 'ZodString' is not assignable to type 'InputSchema<readonly unknown[] | [], [name: string]>'."],
    ['with what is no schema', `scheduler.register('x', greet, { «inputSchema»: {} })`,
      "Property ''~standard'' is missing in type '{}' but required in type 'InputSchema<[name: string], [name: string]>'."],
    ['with a schema, and args that do not fit it', `scheduler.register('x', greet, { inputSchema: z.tuple([z.string()]), args: [«1»] })`,
      "Type 'number' is not assignable to type 'string'."],
    ['without a name', `scheduler.«register»(greet)`,
      "Expected 2-3 arguments, but got 1. An argument for 'work' was not provided."],
    ['of what was called already', `scheduler.register('x', «poll()»)`,
      "Argument of type 'Promise<string>' is not assignable to parameter of type 'Work<readonly unknown[], unknown>'."],
    ['the other way round', `scheduler.register(«greet», 'greet')`,
      "Argument of type '(name: string) => string' is not assignable to parameter of type 'string'."],
  ],
  'the facade': [
    ['whose result is taken for another', `const «n»: number = await scheduler.result(id)`,
      "Type 'string' is not assignable to type 'number'."],
    ['whose result may be none yet', `const «text»: string = scheduler.getTaskResult(id)`,
      "Type 'string | undefined' is not assignable to type 'string'."],
    ['whose id is taken for that of other work', `const «other»: TaskId<number> = scheduler.schedule(greet, after(1), { args: ['Alice'] })`,
      "Type 'TaskId<string>' is not assignable to type 'TaskId<number>'."],
    ['whose id is taken for the task', `scheduler.schedule(poll, after(1)).«result»`,
      "Property 'result' does not exist on type 'TaskId<string>'."],
    ['asked for a status that is none', `scheduler.getTasks({ «status»: 'DONE' })`,
      `Type '"DONE"' is not assignable to type 'TaskStatus | undefined'.`],
    ['asked for tags', `scheduler.getTasks({ «tags»: ['a'] })`,
      "Object literal may only specify known properties, but 'tags' does not exist in type 'TaskQuery'. Did you mean to write 'tag'?"],
    ['that cancels whatever there is', `scheduler.«cancelTasks»()`,
      "Expected 1-2 arguments, but got 0. An argument for 'filter' was not provided."],
    ['that cancels some of many', `scheduler.cancelTasks({ tag: 'a', «limit»: 3 })`,
      "Object literal may only specify known properties, and 'limit' does not exist in type 'TaskFilter'."],
    ['that is given an Observable later', `scheduler.updateTask(id, { «trigger»: orders })`,
      "Type 'Observable<{ sku: string; count: number; }>' is not assignable to type 'Trigger | undefined'."],
    ['that updates nothing', `scheduler.«updateTask»(id)`,
      "Expected 2 arguments, but got 1. An argument for 'update' was not provided."],
    ['that is given a trigger without its name', `scheduler.updateTask(id, «every('1s')»)`,
      "Type 'EveryTrigger' has no properties in common with type 'TaskUpdate<readonly unknown[]>'."],
    ['whose state is written to', `state.«status» = 'PENDING'`,
      "Cannot assign to 'status' because it is a read-only property."],
    ['whose tags are added to', `state.tags.«push»('x')`,
      "Property 'push' does not exist on type 'readonly string[]'."],
    ['asked for an end before it is known', `state.«finishedAt»`,
      "Property 'finishedAt' does not exist on type 'TaskState<string>'."],
    ['asked for an error before it is known', `const settled = await scheduler.whenSettled(id); «settled.error».message`,
      "'settled.error' is possibly 'undefined'."],
    ['compared to a status that is none', `«scheduler.getTaskStatus(id) === 'DONE'»`,
      `This comparison appears to be unintentional because the types 'TaskStatus' and '"DONE"' have no overlap.`],
    ['that stops by an option misspelt', `scheduler.stop({ «drian»: true })`,
      "Object literal may only specify known properties, but 'drian' does not exist in type 'StopOptions'. Did you mean to write 'drain'?"],
    ['that stops after a date', `scheduler.stop({ «deadline»: new Date() })`,
      "Type 'Date' is not assignable to type 'DurationLike | undefined'."],
    ['made with an option misspelt', `new TaskScheduler({ «concurency»: 4 })`,
      "Object literal may only specify known properties, but 'concurency' does not exist in type 'TaskSchedulerOptions'. Did you mean to write 'concurrency'?"],
    ['made with an id for all', `new TaskScheduler({ defaults: { «id»: 'x' } })`,
      "Object literal may only specify known properties, and 'id' does not exist in type 'PolicyOptions'."],
    ['made with args for all', `new TaskScheduler({ defaults: { «args»: [] } })`,
      "Object literal may only specify known properties, and 'args' does not exist in type 'PolicyOptions'."],
    ['made with a clock that is none', `new TaskScheduler({ «clock»: Date })`,
      "Property 'schedule' is missing in type 'DateConstructor' but required in type 'SchedulerLike'."],
    ['made with a logger that is none', `new TaskScheduler({ «logger»: console.log })`,
      "Type '(message?: any, ...optionalParams: any[]) => void' is not assignable to type 'Logger'."],
  ],
  'threads': [
    ['called with too few arguments', `threads.«add»(1)`,
      'Expected 2 arguments, but got 1.'],
    ['called with arguments of the wrong type', `threads.add(1, «'2'»)`,
      "Argument of type 'string' is not assignable to parameter of type 'number'."],
    ['scheduled with arguments of the wrong type', `scheduler.schedule(threads.add, every('1s'), { args: [1, «'2'»] })`,
      "Type 'string' is not assignable to type 'number'."],
    ['asked for a function that there is none of', `threads.«subtract»(1, 2)`,
      "Property 'subtract' does not exist on type 'WorkerModule<Module>'."],
    ['asked for what is no function', `threads.«answer»`,
      "Property 'answer' does not exist on type 'WorkerModule<Module>'."],
    ['whose result is taken for another', `const «text»: string = await threads.add(1, 2)`,
      "Type 'number' is not assignable to type 'string'."],
    ['given an option misspelt', `workerModule<Module>(url, { «thread»: 2 })`,
      "Object literal may only specify known properties, but 'thread' does not exist in type 'WorkerModuleOptions'. Did you mean to write 'threads'?"],
    ['inThread, called with another type', `inThread((n: number) => n * 2)(«'2'»)`,
      "Argument of type 'string' is not assignable to parameter of type 'number'."],
  ],
  'the testing kit': [
    ['FakeWork that completes with another result', `fake.complete(«'done'»)`,
      "Argument of type 'string' is not assignable to parameter of type 'number'."],
    ['FakeWork without its args', `scheduler.schedule(«fake.work», every('1s'))`,
      "Argument of type 'Work<[name: string], Promise<number>>' is not assignable to parameter of type 'ArgsAreRequired<[name: string], false>'."],
    ['toHaveStatus of none', `expect(state).toHaveStatus(«'DONE'»)`,
      `Argument of type '"DONE"' is not assignable to parameter of type '"PENDING" | "RUNNING" | "PAUSED" | "COMPLETED" | "FAILED" | "CANCELLED" | "QUEUED" | "RETRYING" | "SKIPPED" | "MISSED"'.`],
    ['toHaveRun with a field that is none', `expect(runs).toHaveRun({ «state»: 'FAILED' })`,
      "Object literal may only specify known properties, and 'state' does not exist in type 'Partial<Record<keyof RunState<unknown>, unknown>>'."],
    ['toMatchTimeline with a bare number', `expect(runs).toMatchTimeline('--s', «5»)`,
      "Type '5' has no properties in common with type 'TimelineOptions'."],
    ['VirtualClock with an option misspelt', `new VirtualClock({ «startsAt»: 1 })`,
      "Object literal may only specify known properties, but 'startsAt' does not exist in type 'VirtualClockOptions'. Did you mean to write 'startAt'?"],
    ['VirtualClock that advances to a date by a duration', `new VirtualClock().advanceBy(«new Date()»)`,
      "Argument of type 'Date' is not assignable to parameter of type 'DurationLike'."],
  ],
};

/** What is no mistake to the compiler, for a text or an object may be any; so the call throws. */
const LEFT_TO_THE_CALL = ["every('1 hour')", "every('1 month')", "scheduler.stop({ deadline: 'soon' })", 'scheduler.cancelTasks({})', 'scheduler.updateTask(id, {})'];

const pathOf = (name: string | number): string => join(import.meta.dirname, `wrong-call-${name}.ts`).replaceAll('\\', '/');
const rows = Object.values(WRONG).flat();
const files = new Map([
  ...rows.map(([, call], i) => [pathOf(i), `${GIVEN}${call.replace(/[«»]/g, '')};\n`] as const),
  ...LEFT_TO_THE_CALL.map((call, i) => [pathOf(`not-${i}`), `${GIVEN}${call};\n`] as const),
]);
let program: ts.Program;

beforeAll(() => {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as { config: unknown };
  const { options: { rootDir: _rootDir, outDir: _outDir, ...options } } = ts.parseJsonConfigFileContent(config, { ...ts.sys, readDirectory: () => [] }, ROOT);
  const all: ts.CompilerOptions = {
    ...options, noEmit: true, typeRoots: [join(ROOT, 'node_modules/@types')],
    paths: {
      carillon: [join(ROOT, 'src/index.ts')],
      'carillon/testing': [join(ROOT, 'src/testing/index.ts')],
      'carillon/threads': [join(ROOT, 'src/threads/index.ts')],
    },
  };
  // The calls are on no disk.
  const host = ts.createCompilerHost(all);
  const [fileExists, readFile, getSourceFile] = [host.fileExists.bind(host), host.readFile.bind(host), host.getSourceFile.bind(host)];
  host.fileExists = (path) => files.has(path) || fileExists(path);
  host.readFile = (path) => files.get(path) ?? readFile(path);
  host.getSourceFile = (path, version, ...rest) => {
    const text = files.get(path);
    return text === undefined ? getSourceFile(path, version, ...rest) : ts.createSourceFile(path, text, version, true);
  };
  program = ts.createProgram([...files.keys()], all, host);
}, 120_000);

function errorsOf(path: string): readonly ts.Diagnostic[] {
  const file = program.getSourceFile(path);
  return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
}

/** The call as the table writes it, with what the compiler points to between « and ». */
function marked(path: string, { start = 0, length = 0 }: ts.Diagnostic): string {
  const text = files.get(path) ?? '';
  return `${text.slice(GIVEN.length, start)}«${text.slice(start, start + length)}»${text.slice(start + length)}`.replace(/;\n$/, '');
}

/** The first line; of one that counts arguments, with the note that names the missing one. */
function said({ messageText, relatedInformation = [] }: ts.Diagnostic): string {
  const [line = '', ...notes] = [messageText, ...relatedInformation.map((note) => note.messageText)].map((text) => ts.flattenDiagnosticMessageText(text, '\n').split('\n')[0]);
  return [line, ...(line.startsWith('Expected ') ? notes : [])].join(' ');
}

describe.each(Object.entries(WRONG))('%s, refused by the compiler:', (_, wrong) => {
  it.each(wrong)('%s', (...row) => {
    const path = pathOf(rows.findIndex(([, call]) => call === row[1]));
    const [first] = errorsOf(path);
    expect(first && [marked(path, first), said(first)]).toEqual([row[1], row[2]]);
  });
});

describe('the compiler', () => {
  it('never says only that no overload matches', () => {
    const all = [...files.keys()].flatMap(errorsOf).map(said);
    expect(all.filter((line) => line.startsWith('No overload matches'))).toEqual([]);
  });

  it('points to each of several wrong arguments', () => {
    expect(errorsOf(pathOf(rows.findIndex(([what]) => what === 'in the wrong order'))).map(said)).toEqual([
      "Type 'number' is not assignable to type 'string'.", "Type 'string' is not assignable to type 'number'.",
    ]);
  });

  it.each(LEFT_TO_THE_CALL.map((call, i) => [call, i] as const))('decides: leaves it to the call to refuse %s', (_, i) => {
    expect(errorsOf(pathOf(`not-${i}`)).map(said)).toEqual([]);
  });
});
