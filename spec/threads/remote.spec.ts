// A scheduler that other threads use: by its facade, over a port.
import { describe, expect, it } from '@jest/globals';
import fc from '../support/properties.js';
import { getEventListeners } from 'node:events';
import { MessageChannel, Worker } from 'node:worker_threads';
import { TaskScheduler, after, every, type RegisteredWork, type TaskFacade, type TaskId, type TaskState } from 'carillon';
import { connectScheduler, serveScheduler, transfer, type SchedulerConnection } from 'carillon/threads';
import { Subject, firstValueFrom, type Observable } from 'rxjs';
import { describeFacade } from '../support/facade-contract.js';
import { linked, openFar } from '../support/far-facade.js';
import { fixture, inThreads } from '../support/workers.js';

/** A pseudo-random number of at most `most`, the same in each run. */
function lcg(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor(state / 65_536) % (most + 1);
  };
}

const CLOSED = { name: 'ConnectionClosedError', code: 'CONNECTION_CLOSED' };

describe('a scheduler in another thread', () => {
  const random = lcg(4);
  describeFacade('is a TaskFacade', openFar());
  describeFacade('is one when each message takes its time', openFar({ delay: () => random(3) }));
  describeFacade('is one when others ask for what is refused', openFar({ delay: () => random(1), refusalEvery: 2 }));

  it('gives promises, typed as the work is', async () => {
    const { scheduler, connection, advanceBy } = linked();
    const add = scheduler.register('add', (a: number, b: number) => a + b);
    expect(connection.registered('add')).toEqual(add);
    const portable: TaskFacade = connection;
    expect(portable).toBe(connection);
    const id = connection.schedule(connection.registered<typeof add>('add'), after(5), { args: [1, 2] });
    const status: Promise<string> = connection.getTaskStatus(id);
    expect(await status).toBe('PENDING');
    await advanceBy(5);
    const sum: number = await connection.result(id);
    expect(sum).toBe(3);
    expect(() => {
      const compiled = (): void => {
        // @ts-expect-error a wrong argument
        connection.schedule(connection.registered<typeof add>('add'), after(5), { args: ['1', 2] });
        // @ts-expect-error arguments are needed
        connection.schedulePeriodic(connection.registered<typeof add>('add'), 5);
      };
      return compiled;
    }).not.toThrow();
  });
});

describe('what is no plain data', () => {
  it.each<[path: string, call: (connection: SchedulerConnection) => unknown]>([
    ['work', (connection) => connection.register('work')],
    ['work', (connection) => connection.schedule(() => 1, after(0))],
    ['work', (connection) => connection.scheduleOneTime(() => 1, new Date())],
    ['work', (connection) => connection.schedulePeriodic(() => 1, 10)],
    ['trigger', (connection) => connection.schedule('echo', new Subject())],
    ['args', (connection) => connection.schedule('echo', after(0), { args: (value: unknown) => [value] })],
    ['carry', (connection) => connection.schedule('echo', every(10), { args: [1], carry: () => [2] })],
    ['concurrencyKey', (connection) => connection.schedule('echo', every(10), { args: [1], concurrencyKey: () => 'key' })],
    ['retry.backoff', (connection) => connection.schedule('echo', every(10), { args: [1], retry: { maxAttempts: 2, backoff: () => 1 } })],
    ['retry.retryIf', (connection) => connection.schedule('echo', every(10), { args: [1], retry: { maxAttempts: 2, retryIf: () => true } })],
    ['args[1].deep', (connection) => connection.schedule('echo', after(0), { args: [1, { deep: () => 1 }] })],
  ])('is refused at the call: %s', async (path, call) => {
    const { scheduler, connection, advanceBy } = linked();
    scheduler.register('echo', (value: unknown) => value);
    expect(() => call(connection)).toThrow(expect.objectContaining({ code: 'NOT_SERIALIZABLE', path }));
    await advanceBy(0);
    expect(scheduler.getTasks()).toEqual([]);
  });

  it('is refused by updateTask, too', async () => {
    const { scheduler, connection, advanceBy } = linked();
    const id = scheduler.schedule(scheduler.register('echo', (value: unknown) => value), every(10), { args: [1] });
    class Point { readonly x = 1; }
    for (const args of [[() => 1], [new Point()]]) expect(() => connection.updateTask(id, { args })).toThrow(expect.objectContaining({ code: 'NOT_SERIALIZABLE', path: 'args[0]' }));
    const buffer = new ArrayBuffer(8);
    const changed = connection.updateTask(id, { args: [transfer(buffer, [buffer])] });
    expect(buffer.byteLength).toBe(0);
    await advanceBy(10);
    expect(await changed).toBe(true);
    expect(scheduler.getTaskResult(id)).toBeInstanceOf(ArrayBuffer);
  });

  it('in an option of a call that has a promise, rejects that', async () => {
    const { connection } = linked();
    await expect(connection.getTasks({ name: (() => 1) as never })).rejects.toMatchObject({ code: 'NOT_SERIALIZABLE' });
  });

  it('of a result withholds that alone: to look at it throws', async () => {
    const { scheduler, connection, advanceBy } = linked();
    scheduler.register('make', () => ({ made: [1, () => 1] }));
    const id = connection.schedule('make', after(0));
    const told: TaskState[] = [];
    connection.task$(id).subscribe((state) => told.push(state));
    const results: unknown[] = [];
    connection.results$(id).subscribe({ error: (error: unknown) => results.push(error) });
    const result = connection.result(id);
    result.catch(() => undefined);
    await advanceBy(0);
    const refusal = { code: 'NOT_SERIALIZABLE', path: 'result.made[1]' };
    expect(told.map(({ status }) => status)).toEqual(['PENDING', 'RUNNING', 'COMPLETED']);
    expect(() => told.at(-1)?.result).toThrow(expect.objectContaining(refusal));
    expect(() => told.at(-1)?.lastRun?.result).toThrow(expect.objectContaining(refusal));
    expect(results).toMatchObject([refusal]);
    await expect(result).rejects.toMatchObject(refusal);
    await expect(connection.getTaskResult(id)).rejects.toMatchObject(refusal);
    expect(await connection.getTask(id)).toMatchObject({ status: 'COMPLETED', completedCount: 1 });
  });

  it('is moved instead of copied by transfer()', async () => {
    const { scheduler, connection, advanceBy } = linked();
    scheduler.register('size', (buffer: ArrayBuffer) => buffer.byteLength);
    const buffer = new ArrayBuffer(64);
    const id = connection.schedule('size', after(0), { args: [transfer(buffer, [buffer]), transfer(buffer, [buffer])] });
    expect(buffer.byteLength).toBe(0);
    await advanceBy(0);
    expect(await connection.getTaskResult(id)).toBe(64);
  });

  it('of a result that only looks as if it could cross withholds that alone, too', async () => {
    const { scheduler, connection, advanceBy } = linked();
    let deep: unknown;
    for (let n = 0; n < 10_000; n++) deep = { deep };
    scheduler.register('deep', () => deep);
    const told: string[] = [];
    connection.events$.subscribe(({ type }) => told.push(type));
    connection.tasks$.subscribe((tasks) => told.push([...tasks.values()].map(({ status }) => status).join()));
    const id = connection.schedule('deep', after(0));
    await advanceBy(0);
    expect(told.slice(-3)).toEqual(['runCompleted', 'taskFinished', 'COMPLETED']);
    for (const task of await connection.getTasks()) expect(() => task.result).toThrow(expect.objectContaining({ code: 'NOT_SERIALIZABLE', path: 'result' }));
    await expect(connection.getTaskResult(id)).rejects.toMatchObject({ code: 'NOT_SERIALIZABLE', path: 'result' });
  });

  it('of a result is withheld as well two threads away', async () => {
    const { scheduler, connection, advanceBy } = linked();
    const { port1, port2 } = new MessageChannel();
    serveScheduler(connection, port1);
    const far = connectScheduler(port2);
    scheduler.register('make', () => () => 1);
    const told: string[] = [];
    far.tasks$.subscribe((tasks) => told.push([...tasks.values()].map(({ status }) => status).join()));
    const id = far.schedule('make', after(0));
    await far.whenAccepted(id);
    await advanceBy(0);
    const task = await far.getTask(id);
    expect([task.status, told.at(-1)]).toEqual(['COMPLETED', 'COMPLETED']);
    expect(() => task.result).toThrow(expect.objectContaining({ code: 'NOT_SERIALIZABLE', path: 'result' }));
    await expect(far.whenAccepted(far.schedule('typo', after(0)))).rejects.toMatchObject({ code: 'WORK_NOT_FOUND' });
    far.close();
  });

  it('errors travel whole: with their class, their cause, and as the reason of a cancellation', async () => {
    const { scheduler, connection, advanceBy } = linked();
    scheduler.register('fail', () => { throw new TypeError('no luck', { cause: { code: 7 } }); });
    const id = connection.schedule('fail', after(0));
    const waiting = connection.schedule('fail', after(1_000));
    await connection.cancelTask(waiting, new RangeError('changed my mind'));
    await advanceBy(0);
    const error = await connection.getTaskError(id);
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({ message: 'no luck', cause: { code: 7 } });
    expect(scheduler.getTask(waiting)).toMatchObject({ cancelReason: { name: 'RangeError', message: 'changed my mind' } });
    expect(await connection.getTask(waiting)).toMatchObject({ cancelReason: { name: 'RangeError', message: 'changed my mind' } });
  });
});

describe('a call that gives an id at once', () => {
  it('says by whenAccepted() and result() why it was refused', async () => {
    const { connection, reported } = linked();
    const id = connection.schedule('typo', after(0));
    await expect(connection.whenAccepted(id)).rejects.toMatchObject({ code: 'WORK_NOT_FOUND', workName: 'typo' });
    const other = connection.schedule('typo', after(0));
    await expect(connection.result(other)).rejects.toMatchObject({ code: 'WORK_NOT_FOUND' });
    expect(reported).toEqual([]);
    for (const late of [connection.whenAccepted(id), connection.result(id), connection.getTask(id), firstValueFrom(connection.task$(id), { defaultValue: undefined })]) {
      await expect(late).rejects.toMatchObject({ code: 'WORK_NOT_FOUND' });
    }
    await expect(connection.getTask('nobody')).rejects.toMatchObject({ code: 'TASK_NOT_FOUND' });
  });

  it('reports a refusal that nobody waits for', async () => {
    const { scheduler, connection, reported, advanceBy } = linked();
    scheduler.register('one', () => 1);
    connection.schedule('typo', after(0), { id: 'refused' });
    const id = connection.schedule('one', after(0));
    await advanceBy(0);
    connection.runTask(id);
    await advanceBy(0);
    expect(reported).toMatchObject([{ code: 'WORK_NOT_FOUND' }, { code: 'TASK_FINISHED', taskId: id }]);
  });

  it('checks what can be checked here at the call', async () => {
    const { connection, scheduler, advanceBy } = linked();
    for (const [field, call] of [
      ['trigger', () => connection.schedule('one', {} as never)],
      ['overlap', () => connection.schedule('one', after(0), { overlap: 'never' as never })],
      ['every(interval)', () => connection.schedulePeriodic(connection.registered('one'), 0)],
      ['startAt', () => connection.schedule('one', after(0), { startAt: 5 })],
      ['work', () => connection.schedule(7 as never, after(0))],
      ['runId', () => connection.runTask('one', { runId: '' })],
      ['name', () => connection.registered('')],
    ] as const) expect(call).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', field }));
    await advanceBy(0);
    expect(scheduler.getTasks()).toEqual([]);
  });

  it('is no reason why a task is gone that was there', async () => {
    const { scheduler, connection, advanceBy } = linked();
    scheduler.register('one', () => 1);
    connection.schedule('one', after(0), { id: 'mine' });
    connection.schedule('one', after(0), { id: 'mine' });
    await advanceBy(0);
    connection.runTask('mine');
    await connection.removeTask('mine');
    await expect(connection.getTask('mine')).rejects.toMatchObject({ code: 'TASK_NOT_FOUND', forgotten: true });
    const refused = connection.schedule('typo', after(0));
    connection.runTask(refused);
    await expect(connection.whenAccepted(refused)).rejects.toMatchObject({ code: 'WORK_NOT_FOUND' });
    await expect(connection.cancelTask(undefined as never, 'no id')).rejects.toMatchObject({ code: 'TASK_NOT_FOUND' });
  });

  it('is told of by the latest call for the task', async () => {
    const { scheduler, connection, advanceBy } = linked();
    scheduler.register('one', () => 1);
    connection.schedule('one', after(0), { id: 'mine' });
    connection.schedule('one', after(0), { id: 'mine' });
    await expect(connection.whenAccepted('mine')).rejects.toMatchObject({ code: 'DUPLICATE_TASK' });
    await advanceBy(0);
    expect(await connection.getTaskStatus('mine')).toBe('COMPLETED');
    connection.schedule('one', after(0), { id: 'mine', ifExists: 'replace' });
    await connection.whenAccepted('mine');
    expect(await connection.getTaskStatus('mine')).toBe('PENDING');
  });
});

describe('tasks$', () => {
  it('tells, by changes alone, the very map that the scheduler tells', async () => {
    const step = fc.record({ act: fc.constantFrom('schedule', 'fail', 'replace', 'update', 'retry', 'pause', 'cancel', 'cancelTagged', 'remove', 'wait', 'watch'), id: fc.constantFrom('a', 'b', 'c', 'd') });
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const { scheduler, connection, advanceBy } = linked({ retention: { tasks: 2 }, onError: () => undefined });
      const work = scheduler.register('one', () => 1);
      const failing = scheduler.register('fail', () => { throw new Error('no luck'); });
      const maps: ReadonlyMap<TaskId, TaskState>[][] = [];
      const watch = (): void => {
        const told: ReadonlyMap<TaskId, TaskState>[] = [];
        maps.push(told);
        connection.tasks$.subscribe((map) => told.push(map));
      };
      watch();
      for (const { act, id } of steps) {
        const known = scheduler.getTasks().some((task) => task.id === id);
        switch (act) {
          case 'schedule': if (!known) scheduler.schedule(work, every(10), { id, maxRuns: 2 }); break;
          case 'fail': scheduler.schedule(failing, after(3), { id, ifExists: 'replace', tags: ['x'] }); break;
          case 'update': if (known) scheduler.updateTask(id, { trigger: every(7) }); break;
          case 'retry': if (known) scheduler.retryTask(id); break;
          case 'cancelTagged': scheduler.cancelTasks({ tag: 'x' }); break;
          case 'replace': scheduler.schedule(work, after(5), { id, ifExists: 'replace' }); break;
          case 'pause': if (known) scheduler.pauseTask(id); break;
          case 'cancel': if (known) scheduler.cancelTask(id); break;
          case 'remove': if (known) scheduler.removeTask(id); break;
          case 'wait': await advanceBy(5); break;
          case 'watch': watch(); break;
        }
      }
      await advanceBy(0);
      for (const told of maps) expect([...told.at(-1) ?? []]).toEqual([...await firstValueFrom(scheduler.tasks$, { defaultValue: new Map<TaskId, TaskState>() })]);
      connection.close();
      await scheduler.stop({ drain: false });
    }), { numRuns: 50 });
  });
});

describe('a connection that ends', () => {
  it('by its own close() completes its streams, rejects what waits, and refuses the rest; tasks go on', async () => {
    const { scheduler, connection, clock, reported, advanceBy } = linked();
    scheduler.register('one', () => 1);
    const id = connection.schedule('one', after(10));
    const told: string[] = [];
    for (const stream$ of [connection.task$(id), connection.tasks$, connection.events$] as Observable<unknown>[]) stream$.subscribe({ complete: () => told.push('over') });
    await advanceBy(0);
    const waiting = [connection.result(id), connection.getTask(id)].map((promise) => expect(promise).rejects.toMatchObject(CLOSED));
    const unread = connection.schedule('one', after(20));
    connection.close();
    connection.close();
    await Promise.all(waiting);
    expect(told).toEqual(['over', 'over', 'over']);
    expect(() => connection.schedule('one', after(0))).toThrow(expect.objectContaining(CLOSED));
    expect(() => connection.runTask(id)).toThrow(expect.objectContaining(CLOSED));
    await expect(connection.getTask(id)).rejects.toMatchObject(CLOSED);
    await expect(firstValueFrom(connection.task$(id), { defaultValue: undefined })).rejects.toMatchObject(CLOSED);
    await expect(connection.whenAccepted(unread)).rejects.toMatchObject(CLOSED);
    await new Promise((resolve) => { setImmediate(resolve); });
    await clock.advanceBy(20);
    // What was asked for before is done all the same.
    expect([scheduler.getTaskStatus(id), scheduler.getTaskStatus(unread)]).toEqual(['COMPLETED', 'COMPLETED']);
    expect(reported).toEqual([]);
  });

  it('by the other side errors its streams, rejects what waits, and reports what nobody waits for', async () => {
    const { scheduler, connection, served, reported, advanceBy } = linked();
    scheduler.register('one', () => 1);
    const id = connection.schedule('one', after(10));
    await advanceBy(0);
    const errors: unknown[] = [];
    for (const stream$ of [connection.task$(id), connection.tasks$] as Observable<unknown>[]) stream$.subscribe({ error: (error: unknown) => errors.push(error) });
    const result = expect(connection.result(id)).rejects.toMatchObject({ ...CLOSED, taskId: id });
    await connection.now();
    served.close();
    served[Symbol.dispose]();
    connection.schedule('one', after(0), { id: 'too late' });
    await result;
    expect(errors).toMatchObject([CLOSED, CLOSED]);
    expect(reported).toMatchObject([CLOSED]);
    expect(() => connection.schedule('one', after(0))).toThrow('the connection to the scheduler is closed');
  });

  it('reports no refusal that somebody waits for', async () => {
    const { scheduler, connection, served, reported, advanceBy } = linked();
    scheduler.register('one', () => 1);
    await advanceBy(0);
    const waiting = [expect(connection.result(connection.schedule('one', after(0)))).rejects.toMatchObject(CLOSED)];
    const id = connection.schedule('one', after(0));
    waiting.push(expect(connection.getTask(id)).rejects.toMatchObject(CLOSED));
    served.close();
    await Promise.all(waiting);
    await new Promise((resolve) => { setImmediate(resolve); });
    expect(reported).toEqual([]);
  });

  it('lets go of the signals that it was given', async () => {
    const { scheduler, connection, advanceBy } = linked();
    scheduler.register('one', () => 1);
    const { signal } = new AbortController();
    for (let n = 0; n < 20; n++) connection.schedule('one', after(0), { signal });
    await advanceBy(0);
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    connection.close();
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('is watched by nobody there any more', async () => {
    const failures: Error[] = [];
    const { scheduler, connection, advanceBy, clock } = linked({ onError: (error) => { failures.push(error); } });
    scheduler.register('fail', () => { throw new Error('no luck'); });
    const id = connection.schedule('fail', every(10));
    connection.task$(id).subscribe();
    connection.tasks$.subscribe();
    await advanceBy(0);
    expect(failures).toEqual([]);
    connection.close();
    await new Promise((resolve) => { setImmediate(resolve); });
    await clock.advanceBy(10);
    expect(failures).toMatchObject([{ message: 'no luck' }]);
  });

  it('is not in the way of other messages on its port', async () => {
    const { port1, port2 } = new MessageChannel();
    const scheduler = new TaskScheduler();
    const seen: unknown[] = [];
    port1.on('message', (message) => seen.push(message));
    using served: Disposable = serveScheduler(scheduler, port1);
    const connection = connectScheduler(port2);
    for (const other of ['text', null, 7, { type: 'other' }]) port2.postMessage(other);
    expect(await connection.stats()).toMatchObject({ runsInProgress: 0 });
    expect(seen.filter((message) => !Object.hasOwn(Object(message) as object, 'carillon'))).toEqual(['text', null, 7, { type: 'other' }]);
    expect(served).toBeDefined();
    connection.close();
    await scheduler.stop();
  });
});

describe('a port', () => {
  it('may be served after it is used: what was asked for waits', async () => {
    const { port1, port2 } = new MessageChannel();
    const scheduler = new TaskScheduler();
    scheduler.register('list', (list: readonly number[]) => list);
    const connection = connectScheduler(port2);
    const list = [1];
    const result = connection.result(connection.schedule('list', after(0), { args: [list] }));
    list.push(2);
    await new Promise((resolve) => { setImmediate(resolve); });
    serveScheduler(scheduler, port1);
    expect(await result).toEqual([1]);
    connection.close();
    await scheduler.stop();
  });

  it('carries one scheduler, and is refused when it is closed or its thread has ended', async () => {
    const { port1, port2 } = new MessageChannel();
    const scheduler = new TaskScheduler();
    const served = serveScheduler(scheduler, port1);
    const connection = connectScheduler(port2);
    const refused = expect.objectContaining({ code: 'INVALID_ARGUMENT', field: 'port' });
    expect(() => connectScheduler(port2)).toThrow(refused);
    expect(() => serveScheduler(scheduler, port1)).toThrow(refused);
    expect(await connection.stats()).toMatchObject({ queuedRuns: 0 });
    const closed = new Promise((resolve) => { port2.on('close', resolve); });
    served.close();
    await closed;
    expect(() => connectScheduler(port2)).toThrow(refused);
    const thread = new Worker('', { eval: true });
    await new Promise((resolve) => { thread.on('exit', resolve); });
    expect(() => serveScheduler(scheduler, thread)).toThrow(refused);
    await scheduler.stop();
  });

  it('keeps its thread alive as it did before, and while somebody waits', async () => {
    const { port1, port2 } = new MessageChannel();
    const held = port2 as typeof port2 & { hasRef(): boolean };
    const scheduler = new TaskScheduler();
    serveScheduler(scheduler, port1);
    const connection = connectScheduler(port2);
    expect(held.hasRef()).toBe(false);
    const now = connection.now();
    expect(held.hasRef()).toBe(true);
    await now;
    await new Promise((resolve) => { setImmediate(resolve); });
    expect(held.hasRef()).toBe(false);
    port2.ref();
    await connection.now();
    await new Promise((resolve) => { setImmediate(resolve); });
    expect(held.hasRef()).toBe(true);
    connection.close();
    const other = new MessageChannel();
    other.port2.on('message', () => undefined);
    const polite = connectScheduler(other.port2);
    expect((other.port2 as typeof held).hasRef()).toBe(true);
    polite.close();
    await scheduler.stop();
  });

  it.each<[what: string, message: object]>([
    ['an unknown stream', { carillon: 'subscribe', stream: 1, name: 'nope' }],
    ['a method for a stream', { carillon: 'subscribe', stream: 1, name: 'stop' }],
    ['an unknown call', { carillon: 'call', call: 1, name: 'constructor', args: [] }],
    ['a call without arguments', { carillon: 'call', call: 1, name: 'getTask' }],
    ['an abort of nothing', { carillon: 'abort', signal: 1 }],
    ['an unknown message', { carillon: 'unknown' }],
    ['a number', { carillon: 7 }],
  ])('harms nobody by %s', async (_, message) => {
    const { port1, port2 } = new MessageChannel();
    const { scheduler, connection, advanceBy } = linked();
    serveScheduler(scheduler, port1);
    port2.postMessage(message);
    await new Promise((resolve) => { setImmediate(resolve); });
    scheduler.register('one', () => 1);
    const id = connection.schedule('one', after(0));
    await advanceBy(0);
    expect(await connection.getTaskResult(id)).toBe(1);
    port2.close();
  });

  it.each<[what: string, message: object]>([
    ['a notification of nothing', { carillon: 'next', stream: 1 }],
    ['a refusal without a reason', { carillon: 'refusal', call: 1 }],
  ])('ends by %s, for there can be no trust', async (_, message) => {
    const { port1, port2 } = new MessageChannel();
    port1.on('message', () => undefined);
    const connection = connectScheduler(port2);
    const ended: unknown[] = [];
    const first = message as { stream?: number };
    if (first.stream === undefined) connection.now().catch((error: unknown) => ended.push(error));
    else connection.task$('any').subscribe({ error: (error: unknown) => ended.push(error) });
    port1.postMessage(message);
    await new Promise((resolve) => { port1.on('close', resolve); });
    expect(ended).toMatchObject([CLOSED]);
  });
});

describe('bad arguments', () => {
  it.each<[field: string, call: () => unknown]>([
    ['scheduler', () => serveScheduler({} as never, new MessageChannel().port1)],
    ['scheduler', () => serveScheduler(undefined as never, new MessageChannel().port1)],
    ['port', () => serveScheduler(new TaskScheduler({ autoStart: false }), {} as never)],
    ['port', () => connectScheduler(null as never)],
    ['options', () => connectScheduler(new MessageChannel().port1, 7 as never)],
    ['onError', () => connectScheduler(new MessageChannel().port1, { onError: 7 as never })],
  ])('are refused at the call: %s', (field, call) => {
    expect(call).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', field }));
  });
});

describe('many threads', () => {
  interface Report { readonly caller: number; readonly ids: readonly string[] }

  /** Starts a thread that makes so many calls at once. */
  function caller(scheduler: TaskScheduler, workerData: Readonly<Record<string, unknown>>): { readonly thread: Worker; readonly report: Promise<Report | undefined> } {
    const thread = new Worker(fixture('caller.mjs'), { workerData });
    serveScheduler(scheduler, thread);
    const report = new Promise<Report | undefined>((resolve, reject) => {
      thread.on('message', (message: Partial<Report>) => { if (message.ids) resolve(message as Report); });
      thread.on('error', reject);
      thread.on('exit', () => { resolve(undefined); });
    });
    return { thread, report };
  }

  it('make 10,000 calls each at once: none is lost, none is doubled, and each caller has its order; some die meanwhile, which harms nobody', async () => {
    const scheduler = new TaskScheduler({ retention: { tasks: Infinity }, concurrency: Infinity });
    const ran = new Map<number, number[]>();
    scheduler.register('record', (who: number, n: number) => {
      const before = ran.get(who);
      if (before) before.push(n);
      else ran.set(who, [n]);
    });
    const callers = Array.from({ length: 8 }, (_, who) => caller(scheduler, { caller: who, calls: 10_000 }).report);
    const dying = caller(scheduler, { caller: 8, calls: 10_000, dieAfter: 100 });
    const killed = caller(scheduler, { caller: 9, calls: 10_000, endless: true });
    await firstValueFrom(scheduler.events$, { defaultValue: undefined });
    await killed.thread.terminate();
    const reports = await Promise.all(callers);
    const ids = reports.flatMap((report) => report?.ids ?? []);
    expect([ids.length, new Set(ids).size]).toEqual([80_000, 80_000]);
    expect([await dying.report, await killed.report]).toEqual([undefined, undefined]);
    await Promise.all(ids.map((id) => scheduler.result(id)));
    const inOrder = Array.from({ length: 10_000 }, (_, n) => n);
    for (let who = 0; who < 8; who++) expect(ran.get(who)).toEqual(inOrder);
    await scheduler.stop();
  }, 120_000);

  it('may ask before they are served, and end by themselves when nothing is left to wait for', async () => {
    const scheduler = new TaskScheduler();
    scheduler.register('one', () => 1);
    const thread = new Worker(`
      const { connectScheduler } = require('carillon/threads');
      const { after } = require('carillon');
      const { parentPort } = require('node:worker_threads');
      const scheduler = connectScheduler(parentPort);
      scheduler.result(scheduler.schedule('one', after(20))).then((result) => parentPort.postMessage({ result }));
      parentPort.postMessage('asked');
    `, { eval: true });
    const messages: unknown[] = [];
    thread.on('message', (message) => {
      messages.push(message);
      if (message === 'asked') serveScheduler(scheduler, thread);
    });
    await new Promise((resolve) => { thread.on('exit', resolve); });
    expect(messages).toContainEqual({ result: 1 });
    await scheduler.stop();
  });

  it('are those of a module as well: a task in one schedules others', async () => {
    const scheduler = new TaskScheduler();
    const double: RegisteredWork<[number], number, false> = scheduler.register('double', (n: number) => n * 2);
    expect(double.name).toBe('double');
    const { schedules } = inThreads({ threads: 1 });
    const { port1, port2 } = new MessageChannel();
    serveScheduler(scheduler, port1);
    const id = scheduler.schedule(schedules, after(0), { args: [transfer(port2, [port2]), 21] });
    expect(await scheduler.result(id)).toBe(42);
    await scheduler.stop();
    expect(process.getActiveResourcesInfo().filter((kind) => kind === 'MessagePort')).toEqual([]);
  });
});
