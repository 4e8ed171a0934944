// A scheduler at the other end of a port, for the facade's contract: with both ends in this thread, time can be moved by hand.
import { afterEach } from '@jest/globals';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { TaskScheduler, after, cron, type TaskFacade, type TaskSchedulerOptions } from 'carillon';
import { connectScheduler, serveScheduler, type SchedulerConnection, type ServedScheduler } from 'carillon/threads';
import { isObservable } from 'rxjs';
import { VirtualClock } from '../../src/testing/index.js';
import type { FacadeUnderTest, OpenFacade } from './facade-contract.js';

/** How unkind the way there is. */
interface Unkind {
  /** How many turns of the loop the next message takes; it never overtakes the one before. */
  readonly delay?: () => number;
  /** Asks for what is refused before every so many calls. */
  readonly refusalEvery?: number;
}

type Schedule = (target: unknown, trigger: unknown, options?: Readonly<Record<string, unknown>>) => string;

/** A scheduler on virtual time, and a connection to it. */
export interface Linked {
  readonly clock: VirtualClock;
  readonly scheduler: TaskScheduler;
  readonly served: ServedScheduler;
  readonly connection: SchedulerConnection;
  /** What the connection's `onError` got. */
  readonly reported: readonly Error[];
  /** Lets so many ms go by there, and all that was sent before or comes of it arrive. */
  readonly advanceBy: (ms: number) => Promise<void>;
}

const open: SchedulerConnection[] = [];

afterEach(() => { for (const connection of open.splice(0)) connection.close(); });

/** Both ends of a connection, in this thread. It is closed when the spec is over. */
export function linked(options?: TaskSchedulerOptions, delay?: () => number): Linked {
  const clock = new VirtualClock({ startAt: new Date('2030-01-01T00:00:00Z') });
  const scheduler = new TaskScheduler({ clock, onError: () => undefined, ...options });
  const [near, far] = channel(delay);
  const served = serveScheduler(scheduler, near);
  const reported: Error[] = [];
  const connection = connectScheduler(far, { onError: (error) => { reported.push(error); } });
  open.push(connection);
  return {
    clock, scheduler, served, connection, reported,
    // The answer comes after all that was sent before it, either way.
    advanceBy: async (ms) => {
      await connection.now();
      await clock.advanceBy(ms);
      await connection.now();
    },
  };
}

/** Opens the far end for the facade's contract. */
export function openFar({ delay, refusalEvery }: Unkind = {}): OpenFacade {
  return (options) => {
    const { scheduler, connection, advanceBy } = linked(options, delay);
    return {
      facade: atHome(scheduler, connection, refusalEvery ? refused(connection, refusalEvery) : () => undefined),
      advanceBy,
      dispose: async () => {
        connection.close();
        await scheduler.stop({ drain: false });
      },
    } satisfies FacadeUnderTest;
  };
}

/**
 * The connection for specs that hand over functions: each is put where it must live, as a program would do it. Work, and what options
 * consist of functions, is registered with the scheduler; a task on an Observable is scheduled there. All else is the connection's.
 */
function atHome(scheduler: TaskScheduler, connection: SchedulerConnection, beforeEach: () => void): TaskFacade {
  let count = 0;
  const register = scheduler.register.bind(scheduler) as (name: string, work: unknown, defaults?: object) => { readonly name: string };
  const schedule: Schedule = (target, trigger, { args, carry, ...options } = {}) => {
    beforeEach();
    if (isObservable(trigger)) return (scheduler.schedule.bind(scheduler) as Schedule)(target, trigger, { args, carry, ...options });
    const name = typeof target === 'function' ? register(`closure ${String(++count)}`, target, { carry }).name : target;
    return (connection.schedule.bind(connection) as Schedule)(name, trigger, { args, ...options });
  };
  const overrides: Readonly<Record<string, unknown>> = {
    schedule,
    register: (name: string, work: unknown, defaults?: object) => connection.registered(register(name, work, defaults).name),
    scheduleOneTime: (work: unknown, at: number | Date, options?: Record<string, unknown>) => schedule(work, { kind: 'once', at: Number(at) }, options),
    schedulePeriodic: (work: unknown, interval: unknown, options?: Record<string, unknown>) => schedule(work, { kind: 'every', interval }, options),
    scheduleCron: (work: unknown, expression: string, options?: Record<string, unknown>) => schedule(work, cron(expression), options),
  };
  return new Proxy(connection, {
    get: (_, name: string) => {
      const own = overrides[name] ?? Reflect.get(connection, name) as unknown;
      return typeof own === 'function' ? own.bind(connection) as unknown : own;
    },
  }) as TaskFacade;
}

/** Asks now and then for what can't be, and lets nobody wait for it. */
function refused(connection: SchedulerConnection, every: number): () => void {
  let calls = 0;
  return () => {
    if (++calls % every !== 0) return;
    connection.schedule('of no work', after(0), { id: `refused ${String(calls)}` });
    connection.runTask('of no task');
    connection.getTask('of no task').catch(() => undefined);
    connection.task$('of no task').subscribe({ error: () => undefined });
  };
}

/** Two ends of a channel; with a delay, each message waits on the way. */
function channel(delay?: () => number): readonly [MessagePort, MessagePort] {
  const direct = new MessageChannel();
  if (!delay) return [direct.port1, direct.port2];
  const rest = new MessageChannel();
  relay(direct.port2, rest.port1, delay);
  relay(rest.port1, direct.port2, delay);
  return [direct.port1, rest.port2];
}

function relay(from: MessagePort, to: MessagePort, delay: () => number): void {
  let last: Promise<void> = Promise.resolve();
  from.on('message', (message: unknown) => {
    last = last.then(async () => {
      for (let turns = delay(); turns > 0; turns--) await new Promise((resolve) => { setImmediate(resolve); });
      to.postMessage(message);
    });
  });
  from.on('close', () => { void last.then(() => { to.close(); }); });
}
