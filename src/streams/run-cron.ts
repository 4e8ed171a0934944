// runCron: work that is due by a cron expression, as a cold Observable of its runs.
import type { Observable } from 'rxjs';
import type { RunState } from '../task/run.js';
import type { CronTrigger } from '../task/trigger.js';
import type { ResultOf, Work } from '../task/work.js';
import { cron } from '../trigger/index.js';
import { coldTask, isOfKind, type ColdOptionsParameter } from './cold-task.js';

/**
 * Work that is due by a cron expression, as a cold Observable of its runs, like {@link runEvery}.
 *
 * @param expression in the time zone of the machine; `cron(expression, { timeZone })` for another
 * @throws InvalidArgumentError at the call
 * @example
 * runCron(sendReport, cron('0 9 * * MON-FRI', { timeZone: 'Europe/Berlin' })).pipe(whenStatus('FAILED')).subscribe(alert);
 */
export function runCron<A extends readonly unknown[], T>(
  work: Work<A, T>, expression: string | CronTrigger, ...[options]: ColdOptionsParameter<A, T>
): Observable<RunState<ResultOf<T>>> {
  return coldTask(work, isOfKind(expression, 'cron') ? expression : cron(expression), options);
}
