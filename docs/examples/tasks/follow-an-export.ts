// Follow how far a long export is
import { after, withContext, type TaskScheduler } from 'carillon';
import { map, type Observable } from 'rxjs';

export function followAnExport(scheduler: TaskScheduler, exportPart: (part: number) => Promise<void>, parts: number): Observable<string> {
  const work = withContext(async ({ signal, progress }) => {
    for (let part = 1; part <= parts && !signal.aborted; part++) {
      await exportPart(part);
      progress(Math.round(100 * part / parts));
    }
  });
  return scheduler.task$(scheduler.schedule(work, after(0))).pipe(map(({ status, progress = 0 }) => `${status} ${Number(progress)} %`));
}
