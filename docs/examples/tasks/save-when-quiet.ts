// Save a document once nobody has changed it for 30 seconds (call this at each change)
import { after, type TaskId, type TaskScheduler } from 'carillon';

export function saveWhenQuiet(
  scheduler: TaskScheduler, save: (document: string, text: string) => Promise<void>, document: string, text: string,
): TaskId<void> {
  return scheduler.schedule(save, after('30s'), {
    args: [document, text],
    id: `save ${document}`,
    ifExists: 'replace', // the delay counts from the newest call
    overlap: 'queue', // a save that takes longer than that is followed by the next one
  });
}
