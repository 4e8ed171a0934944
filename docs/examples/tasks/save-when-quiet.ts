// Save a document once nobody has changed it for 30 seconds (call this at each change)
import type { TaskId, TaskScheduler } from 'carillon';

export function saveWhenQuiet(
  scheduler: TaskScheduler, save: (document: string, text: string) => Promise<void>, document: string, text: string,
): TaskId<void> {
  return scheduler.scheduleOneTime(save, scheduler.now() + 30_000, {
    args: [document, text],
    id: `save ${document}`,
    ifExists: 'replace', // another instant is another task: the one that waits goes, and a save in progress is aborted
  });
}
