import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import {
  CarillonError, DuplicateTaskError, DuplicateWorkError, InvalidArgumentError, SchedulerStoppedError, TaskCancelledError, TaskFinishedError,
  TaskMissedError, TaskNotFoundError, ThrownValueError, toError, WorkNotFoundError,
} from '../../src/task/errors.js';

interface Expected {
  readonly error: CarillonError;
  readonly name: string;
  readonly code: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

const reason = new Error('user left');

const errors: readonly Expected[] = [
  {
    error: new InvalidArgumentError('overlap', 'often', 'overlap is wrong.'),
    name: 'InvalidArgumentError', code: 'INVALID_ARGUMENT', fields: { field: 'overlap', value: 'often' },
    message: 'overlap is wrong.',
  },
  {
    error: new TaskNotFoundError('a', false),
    name: 'TaskNotFoundError', code: 'TASK_NOT_FOUND', fields: { taskId: 'a', forgotten: false },
    message: 'There is no task "a". Use the id that schedule() returned; a task that finished long ago may be forgotten (see retention).',
  },
  {
    error: new TaskNotFoundError('a', true),
    name: 'TaskNotFoundError', code: 'TASK_NOT_FOUND', fields: { taskId: 'a', forgotten: true },
    message: 'The task "a" finished and was forgotten: it was removed, or retention keeps only newer ones. ' +
      'Raise retention.tasks, or follow the task with result() or task$() while it lives.',
  },
  {
    error: new DuplicateTaskError('a'),
    name: 'DuplicateTaskError', code: 'DUPLICATE_TASK', fields: { taskId: 'a' },
    message: 'The id "a" is taken. Leave id out for a UUID, or say ifExists: \'keep\' or \'replace\'.',
  },
  {
    error: new DuplicateWorkError('mail'),
    name: 'DuplicateWorkError', code: 'DUPLICATE_WORK', fields: { workName: 'mail' },
    message: 'Work named "mail" is registered already. Register each name once, or choose another name.',
  },
  {
    error: new WorkNotFoundError('mail'),
    name: 'WorkNotFoundError', code: 'WORK_NOT_FOUND', fields: { workName: 'mail' },
    message: 'No work is registered as "mail". Call register("mail", work) first, or schedule the function itself.',
  },
  {
    error: new TaskFinishedError('a', 'CANCELLED'),
    name: 'TaskFinishedError', code: 'TASK_FINISHED', fields: { taskId: 'a', status: 'CANCELLED' },
    message: 'The task "a" is CANCELLED and can\'t run again. Schedule it anew.',
  },
  {
    error: new TaskFinishedError('a', 'FAILED'),
    name: 'TaskFinishedError', code: 'TASK_FINISHED', fields: { taskId: 'a', status: 'FAILED' },
    message: 'The task "a" is FAILED and can\'t run again. Take it up again by retryTask(), or schedule it anew.',
  },
  {
    error: new TaskMissedError('a', 1_798_794_000_000, 5_000),
    name: 'TaskMissedError', code: 'TASK_MISSED', fields: { taskId: 'a', scheduledFor: 1_798_794_000_000, lateMs: 5_000 },
    message: 'The task "a" was due at 2027-01-01T09:00:00.000Z and handled 5000 ms late, which its misfire policy doesn\'t allow. ' +
      "Allow a longer misfire.grace, or use the policy 'latest'.",
  },
  {
    error: new TaskCancelledError('a'),
    name: 'TaskCancelledError', code: 'TASK_CANCELLED', fields: { taskId: 'a' },
    message: 'The task "a" was cancelled.',
  },
  {
    error: new TaskCancelledError('a', reason),
    name: 'TaskCancelledError', code: 'TASK_CANCELLED', fields: { taskId: 'a', cause: reason },
    message: 'The task "a" was cancelled: user left.',
  },
  {
    error: new TaskCancelledError('a', null),
    name: 'TaskCancelledError', code: 'TASK_CANCELLED', fields: { taskId: 'a', cause: null },
    message: 'The task "a" was cancelled: null.',
  },
  {
    error: new SchedulerStoppedError('No task can be scheduled'),
    name: 'SchedulerStoppedError', code: 'SCHEDULER_STOPPED', fields: { taskId: undefined },
    message: 'No task can be scheduled: the scheduler was stopped. There is no restart; create a new TaskScheduler.',
  },
  {
    error: new SchedulerStoppedError('The task "a" did not settle', 'a'),
    name: 'SchedulerStoppedError', code: 'SCHEDULER_STOPPED', fields: { taskId: 'a' },
    message: 'The task "a" did not settle: the scheduler was stopped. There is no restart; create a new TaskScheduler.',
  },
  {
    error: new ThrownValueError('oops'),
    name: 'ThrownValueError', code: 'THROWN_VALUE', fields: { cause: 'oops' },
    message: 'Work threw "oops", which is no Error. Throw an Error to keep its stack.',
  },
];

describe.each(errors)('$name: $message', ({ error, name, code, fields, message }) => {
  it('is an Error and a CarillonError with its name, code and message', () => {
    expect(error).toBeInstanceOf(Error);
    expect(error).toBeInstanceOf(CarillonError);
    expect({ name: error.name, code: error.code, message: error.message }).toEqual({ name, code, message });
    expect(String(error)).toBe(`${name}: ${message}`);
    expect(error.stack).toContain(name);
  });

  it('carries what it is about', () => {
    for (const [field, value] of Object.entries(fields)) expect(Reflect.get(error, field)).toBe(value);
  });

  it('has a cause only if it was given one', () => {
    expect(Object.hasOwn(error, 'cause')).toBe('cause' in fields);
  });
});

describe('the codes', () => {
  it('are one for each class', () => {
    const classOf = new Map(errors.map(({ code, name }) => [code, name]));
    expect(classOf.size).toBe(new Set(errors.map(({ name }) => name)).size);
  });
});

describe('InvalidArgumentError', () => {
  it('keeps the cause that it was given', () => {
    expect(new InvalidArgumentError('f', 1, 'm', { cause: reason }).cause).toBe(reason);
  });
});

const revoked = Proxy.revocable({}, {});
revoked.revoke();
const trapped = { get message() { throw new Error('trap'); } };
const circular: { cause?: unknown } = {};
circular.cause = circular;
const circularError = new Error('round');
circularError.cause = circularError;

class Custom extends Error {
  override get message(): string { throw new Error('trap'); }
}

describe('toError', () => {
  it.each<[string, unknown]>([
    ['an Error', new Error('a')],
    ['an error of a subclass', new RangeError('a')],
    ['a frozen error', Object.freeze(new Error('a'))],
    ['an error of many errors', new AggregateError([new Error('a')])],
    ['an error without a prototype chain', Object.setPrototypeOf(new Error('a'), null)],
    ['an error with a circular cause', circularError],
    ['an error whose getter throws', new Custom()],
    ['an error behind a proxy', new Proxy(new Error('a'), {})],
    ['an error of another realm', runInNewContext('new TypeError("elsewhere")')],
    ['an error of a subclass of another realm', runInNewContext('new (class Far extends Error {})("elsewhere")')],
    ['the reason of an aborted signal', AbortSignal.abort().reason],
    ['one of our own', new TaskCancelledError('a')],
  ])('leaves %s as it is', (_what, error) => {
    expect(Object.is(toError(error), error)).toBe(true);
  });

  it.each<[string, unknown, string]>([
    ['undefined', undefined, 'undefined'],
    ['null', null, 'null'],
    ['a string', 'oops', '"oops"'],
    ['an empty string', '', '""'],
    ['zero', 0, '0'],
    ['a symbol', Symbol('oops'), 'Symbol(oops)'],
    ['a bigint', 10n, '10n'],
    ['a function', () => 'oops', 'a function'],
    ['a frozen object', Object.freeze({ code: 5 }), 'an object { code }'],
    ['an object without a prototype', Object.create(null), 'an object'],
    ['an object that looks like an error', { message: 'almost' }, 'almost'],
    ['an object with a throwing getter', trapped, 'an object { message }'],
    ['an object with a circular cause', circular, 'an object { cause }'],
    ['a revoked proxy', revoked.proxy, 'an object'],
    ['a proxy that throws at everything', new Proxy({}, { getPrototypeOf() { throw new Error('trap'); }, get() { throw new Error('trap'); } }), 'an object'],
  ])('wraps %s', (_what, thrown, shown) => {
    const error = toError(thrown);
    expect(error).toBeInstanceOf(ThrownValueError);
    expect(Object.is(error.cause, thrown)).toBe(true);
    expect(Object.hasOwn(error, 'cause')).toBe(true);
    expect(error.message).toBe(`Work threw ${shown}, which is no Error. Throw an Error to keep its stack.`);
  });
});
