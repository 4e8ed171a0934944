// Cron words: a cron expression in words, all of which hold for it.
import type { CronTrigger } from '../task/trigger.js';
import { readCron } from './cron-fields.js';
import { dayWords } from './day-words.js';
import { timeWords } from './time-words.js';

/** `At 09:00, Monday to Friday, in Europe/Berlin`: made of what the expression names, and not of how that is written. */
export function cronWords({ expression, timeZone }: CronTrigger): string {
  const fields = readCron(expression);
  const days = dayWords(fields);
  const clauses = days.length === 0 && fields.hours.length < 24 ? ['every day'] : days;
  return [timeWords(fields), ...clauses, `in ${timeZone}`].join(', ');
}
