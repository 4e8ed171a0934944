// Save a document once nobody has changed it for 30 seconds (call this at each change)
import { after, type TaskId, type TaskScheduler } from 'carillon';

export function saveWhenQuiet(
  scheduler: TaskScheduler, save: (document: string, text: string) => Promise<void>, document: string, text: string,
): TaskId<void> {
  // A save that takes longer than the delay is followed by the next one, since that is queued.
  const options = { args: [document, text], id: `save ${document}`, ifExists: 'replace', overlap: 'queue' } as const;
  const id = scheduler.schedule(save, after('30s'), options);
  scheduler.updateTask(id, { trigger: after('30s') }); // if it waits already, it waits anew
  return id;
}
