// The view for a terminal: a table redrawn in place, fed by `tasks$` and `events$` alone.
import process from 'node:process';
import { interval, type SchedulerLike } from 'rxjs';
import type { TaskId, TaskScheduled, TaskScheduler, TaskState } from '../index.js';
import { printable } from './cells.js';
import { Focus } from './focus.js';
import { frame, layout, type Picture } from './frame.js';
import type { Screen } from './screen.js';
import { valueText } from './value-text.js';
import type { View } from './view.js';

/** What the table is to show, and when. */
export interface TableOptions extends Pick<Picture, 'tally' | 'title'>, Partial<Pick<Picture, 'resultText'>> {
  readonly screen: Screen;
  /** The scheduler's clock. */
  readonly clock: SchedulerLike;
  /** Which tasks always have a row. */
  readonly isPinned: (event: TaskScheduled) => boolean;
  /** Is called before the last frame: what was not printed yet can be printed then. */
  readonly atEnd?: () => void;
}

/** Thousands of tasks may change in a second; nobody reads more than ten frames. */
const FRAME_MS = 100;

/** So much of what was printed is kept. */
const LINES_KEPT = 1000;

/** Shows a scheduler's tasks until it has stopped. What was printed meanwhile is left behind then, and below it the last frame. */
export function liveTable(scheduler: TaskScheduler, options: TableOptions): View {
  const { screen, clock, tally, title, resultText = valueText } = options;
  const focus = new Focus(options.isPinned);
  const printed: string[] = [];
  let dropped = 0;
  // A pinned task keeps its row when the scheduler has forgotten it: a state that is held never changes.
  const forgotten = new Map<TaskId, TaskState>();
  let tasks: ReadonlyMap<TaskId, TaskState> = new Map();

  const picture = (lines: readonly string[]): string[] => {
    const { size, colours } = screen;
    // The map is a view of the scheduler's own store: to look a task up is cheap, to walk through all of them would not be.
    const shown = focus.pick(layout(size).table).flatMap((id) => forgotten.get(id) ?? tasks.get(id) ?? []);
    return frame({ size, colours, now: scheduler.now(), title, tally, shown, printed: lines, resultText });
  };

  scheduler.events$.subscribe((event) => {
    if (event.type === 'taskRemoved' && focus.isPinned(event.taskId)) {
      const last = tasks.get(event.taskId);
      if (last) forgotten.set(event.taskId, last);
    }
    focus.add(event);
  });
  // A frame at each change would be too many, and none at all while nothing changes but the time and the size of the window.
  const frames = interval(FRAME_MS, clock).subscribe(() => { screen.draw(picture(printed)); });
  let hasLeft = false;
  const leave = (): void => {
    if (hasLeft) return;
    hasLeft = true;
    process.off('exit', leave);
    frames.unsubscribe();
    options.atEnd?.();
    screen.close([...(dropped > 0 ? [`(${dropped} earlier lines are not kept)`] : []), ...printed.map(printable), ...(printed.length > 0 ? [''] : []), ...picture([])]);
  };
  // However the process ends, the cursor comes back, and what was printed is there to be read: before others say what they say at the end.
  process.prependOnceListener('exit', leave);
  const closed = new Promise<void>((resolve) => {
    scheduler.tasks$.subscribe({
      next: (newest) => { tasks = newest; },
      complete: () => {
        leave();
        resolve();
      },
    });
  });

  return {
    closed,
    print: (line) => {
      if (printed.push(line) <= LINES_KEPT) return;
      printed.shift();
      dropped++;
    },
  };
}
