// Marbles of streams: RxJS's TestScheduler as clock, and a scheduler on it.
import { expect } from '@jest/globals';
import { TestScheduler } from 'rxjs/testing';
import { TaskScheduler } from '../../src/index.js';

/** What a marble spec has at hand. */
export type Helpers = Parameters<Parameters<TestScheduler['run']>[0]>[0] & { readonly clock: TestScheduler; readonly scheduler: TaskScheduler };

/** Plays a spec on virtual time. */
export function play(spec: (helpers: Helpers) => void): void {
  const clock = new TestScheduler((actual, expected) => { expect(actual).toEqual(expected); });
  clock.run((helpers) => { spec({ ...helpers, clock, scheduler: new TaskScheduler({ clock, onError: () => undefined }) }); });
}
