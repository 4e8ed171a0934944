// The protocol between a scheduler and those who use it from other threads: what is sent by their port.
import type { TaskFilter } from '../facade-options.js';
import type { RunId, RunState } from '../task/run.js';
import type { TaskId, TaskState } from '../task/task.js';
import type { PackedError } from './packed-error.js';
import { error, facts, value, type Codec, type PackedFacts } from './packed-facts.js';

const asIs = { pack: (given: unknown) => given, unpack: (packed: unknown) => packed } satisfies Codec;
const list = {
  pack: (states: readonly (TaskState | RunState)[], careful: boolean) => states.map((state) => facts.pack(state, careful)),
  unpack: (packed: readonly PackedFacts[]) => Object.freeze(packed.map(facts.unpack)),
} satisfies Codec;
const changes = {
  pack: ({ gone, now }: TaskChanges, careful: boolean) => ({ gone, now: list.pack(now, careful) }),
  unpack: ({ gone, now }: { readonly gone: readonly TaskId[]; readonly now: readonly PackedFacts[] }) => ({ gone, now: list.unpack(now) }),
} satisfies Codec;

/** Every call there is, and how its answer travels. The caller makes `result` and `whenSettled` of the task's stream. */
export const CALLS = {
  schedule: asIs, runTask: asIs, whenAccepted: asIs,
  getTask: facts, getTasks: list, getRuns: list, getTaskStatus: asIs, getTaskResult: value, getTaskError: error, stats: asIs, now: asIs,
  stopTask: asIs, cancelTask: asIs, cancelTasks: asIs, updateTask: asIs, retryTask: asIs, pauseTask: asIs, resumeTask: asIs, removeTask: asIs,
  explain: asIs, upcoming: asIs, start: asIs, stop: asIs,
} as const satisfies Readonly<Record<string, Codec>>;

/** Every stream there is, and how what it tells travels. */
export const STREAMS = { task$: facts, runs$: facts, results$: value, tasks$: changes, events$: facts } as const satisfies Readonly<Record<string, Codec>>;

export type CallName = keyof typeof CALLS;
export type StreamName = keyof typeof STREAMS;

/** What `tasks$` tells by: what has changed since it told last, at first everything. */
export interface TaskChanges {
  /** These are gone; one that is also in `now` came anew. */
  readonly gone: readonly TaskId[];
  readonly now: readonly TaskState[];
}

/** What is sent to the scheduler. Calls are answered; of the rest, only subscriptions are. */
export type ToScheduler = Close
  /** Asks whether the scheduler is served: for one who must not send anything before. */
  | { readonly carillon: 'connect' }
  | { readonly carillon: 'call'; readonly call: number; readonly name: CallName; readonly args: readonly unknown[] }
  | { readonly carillon: 'subscribe'; readonly stream: number; readonly name: StreamName; readonly id: TaskId | undefined }
  | { readonly carillon: 'unsubscribe'; readonly stream: number }
  | { readonly carillon: 'abort'; readonly signal: number; readonly reason: PackedError }
  | { readonly carillon: 'forget'; readonly signal: number };

/** What is sent to whoever uses it. */
export type FromScheduler = Close
  | { readonly carillon: 'served' }
  | { readonly carillon: 'answer'; readonly call: number; readonly value: unknown }
  | { readonly carillon: 'refusal'; readonly call: number; readonly error: PackedError }
  | { readonly carillon: 'next'; readonly stream: number; readonly value: unknown }
  | { readonly carillon: 'end'; readonly stream: number; readonly error: PackedError | undefined };

/** Either side may end it. */
interface Close { readonly carillon: 'close' }

/** The arguments of the calls that have some of their own; the others have those of the facade's method. */
export interface CallArguments {
  /** `signal` is the number of an `AbortSignal` of the caller's. */
  readonly schedule: readonly [name: string, trigger: object, options: Readonly<Record<string, unknown>> & { readonly id: TaskId }, signal: number | undefined];
  readonly runTask: readonly [id: TaskId, runId: RunId];
  readonly stopTask: readonly [id: TaskId, reason: PackedError];
  readonly cancelTask: readonly [id: TaskId, reason: PackedError];
  readonly cancelTasks: readonly [filter: TaskFilter, reason: PackedError];
}
