// The view for a terminal: a table redrawn in place, fed by `tasks$` and `events$` alone.
import type { TaskId, TaskScheduler, TaskState } from 'carillon';
import { interval } from 'rxjs';
import { Focus } from './focus.js';
import { frame, layout } from './frame.js';
import type { Screen } from './screen.js';
import type { Tally } from './tally.js';
import type { View } from './view.js';

/** Thousands of tasks may change in a second; nobody reads more than ten frames. */
const FRAME_MS = 100;

/** So much of what was printed is kept. */
const LINES_KEPT = 100;

/** Shows a scheduler's tasks until it has stopped. */
export function liveTable(scheduler: TaskScheduler, tally: Tally, screen: Screen): View {
  const focus = new Focus();
  const printed: string[] = [];
  // A pinned task keeps its row when the scheduler has forgotten it: a state that is held never changes.
  const forgotten = new Map<TaskId, TaskState>();
  let tasks: ReadonlyMap<TaskId, TaskState> = new Map();

  const picture = (): string[] => {
    const { size, colours } = screen;
    // The map is a view of the scheduler's own store: to look a task up is cheap, to walk through all of them would not be.
    const shown = focus.pick(layout(size).table).flatMap((id) => forgotten.get(id) ?? tasks.get(id) ?? []);
    return frame({ size, colours, now: scheduler.now(), tally, shown, printed });
  };

  scheduler.events$.subscribe((event) => {
    if (event.type === 'taskRemoved' && focus.isPinned(event.taskId)) {
      const last = tasks.get(event.taskId);
      if (last) forgotten.set(event.taskId, last);
    }
    focus.add(event);
  });
  // A frame at each change would be too many, and none at all while nothing changes but the time and the size of the window.
  const frames = interval(FRAME_MS).subscribe(() => { screen.draw(picture()); });
  const closed = new Promise<void>((resolve) => {
    scheduler.tasks$.subscribe({
      next: (newest) => { tasks = newest; },
      complete: () => {
        frames.unsubscribe();
        screen.close(picture());
        resolve();
      },
    });
  });

  return {
    closed,
    print: (line) => { if (printed.push(line) > LINES_KEPT) printed.shift(); },
  };
}
