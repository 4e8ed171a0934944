// Import page by page, one a minute; each run goes on from the cursor where the last one ended, and a page that failed is done again
import type { TaskId, TaskScheduler } from 'carillon';

interface Page { readonly rows: number; readonly next: string }

export function importPageByPage(scheduler: TaskScheduler, importPage: (cursor: string) => Promise<Page>): TaskId<Page> {
  return scheduler.schedulePeriodic(importPage, '1m', { args: ['start'], carry: ({ next }) => [next] });
}
