// Faults: ways in which costs could grow with the number of tasks, put into the package from outside, to see whether they are found.
import { filter, map, startWith, type Observable, type Subscription } from 'rxjs';
import type { ClockWork, TaskEvent, TaskId, TaskState } from '../../../src/index.js';
import type { SituationName, Stage } from './deeds.js';

type Whole = Omit<Stage, 'tasks' | 'times' | 'count'>;

interface Fault {
  readonly situation: SituationName;
  /** The deed that it makes dear. */
  readonly deed: string;
  readonly breakIt: (whole: Whole) => Partial<Whole>;
}

/** A scheduler that does something more at each event. From the front door: what is inside may change without a word to this file. */
const atEachEvent = (start: () => (event: TaskEvent) => unknown) => ({ TaskScheduler }: Whole): Partial<Whole> => ({
  TaskScheduler: class extends TaskScheduler {
    constructor(...args: ConstructorParameters<typeof TaskScheduler>) {
      super(...args);
      this.events$.subscribe(start());
    }
  },
});

export const FAULTS = {
  'a Map of all tasks is copied when one has changed': {
    situation: 'pending', deed: 'pauseTask',
    breakIt: atEachEvent(() => {
      let states = new Map<unknown, TaskEvent>();
      return (event) => {
        if (event.type === 'taskScheduled') states.set(event.taskId, event);
        if (event.type === 'taskPaused') states = new Map(states).set(event.taskId, event);
      };
    }),
  },
  'an object of all tasks is spread when one has changed': {
    situation: 'pending', deed: 'cancelTask',
    breakIt: atEachEvent(() => {
      let states: Record<string, TaskEvent> = {};
      return (event) => {
        if (event.type === 'taskScheduled') states[event.taskId] = event;
        if (event.type === 'taskFinished') states = { ...states, [event.taskId]: event };
      };
    }),
  },
  'a task that ends is looked for in a list of all': {
    situation: 'pending', deed: 'cancelTask',
    breakIt: atEachEvent(() => {
      const ids: unknown[] = [];
      return ({ type, taskId }) => {
        if (type === 'taskScheduled') ids.push(taskId);
        if (type === 'taskFinished') ids.splice(ids.indexOf(taskId), 1);
      };
    }),
  },
  'finished tasks are shifted out of a list': {
    situation: 'retention', deed: 'a run that lets go of a finished task',
    breakIt: atEachEvent(() => {
      const finished: unknown[] = [];
      return ({ type, taskId }) => {
        if (type === 'taskFinished') finished.push(taskId);
        if (type === 'taskRemoved') finished.shift();
      };
    }),
  },
  'who watches a task hears of all': {
    situation: 'watched', deed: 'resumeTask, each with a subscriber of task$',
    breakIt: ({ TaskScheduler }) => ({
      TaskScheduler: class extends TaskScheduler {
        override task$<R>(id: TaskId<R>): Observable<TaskState<R>> {
          return this.events$.pipe(filter(({ taskId }) => taskId === id), startWith(undefined), map(() => this.getTask(id)));
        }
      },
    }),
  },
  'what waits on the clock is a sorted list': {
    situation: 'recurring', deed: 'a tick of a recurring task',
    breakIt: ({ VirtualClock }) => ({
      VirtualClock: class extends VirtualClock {
        readonly #dues: number[] = [];

        override scheduleAt<T>(work: ClockWork<T>, due: number, state?: T): Subscription {
          this.#dues.splice(this.#dues.findIndex((other) => other > due) + 1, 0, due);
          return super.scheduleAt(work, due, state);
        }
      },
    }),
  },
} satisfies Readonly<Record<string, Fault>>;

export type FaultName = keyof typeof FAULTS;
