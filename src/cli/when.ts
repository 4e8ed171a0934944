// When: what a user writes for a trigger on the command line.
import { cron, every, InvalidArgumentError, type Trigger } from '../index.js';

/**
 * The trigger that a text stands for: an interval (`every 5m`, `5m`, `PT5M`), or else a cron expression.
 *
 * @param timeZone where a cron expression is read; by default the machine's
 * @throws InvalidArgumentError
 */
export function triggerOf(text: string, timeZone: string | undefined): Trigger {
  const [, interval] = /^every\s+(.*)$/is.exec(text.trim()) ?? [];
  if (interval !== undefined) return every(interval);
  // No cron expression reads as a duration, for it has five fields, or begins with "@".
  try {
    return every(text.trim());
  } catch (error) {
    if (!(error instanceof InvalidArgumentError) || /^\d+(\.\d+)?\s*[a-z]+$/i.test(text.trim())) throw error;
  }
  return cron(text, { timeZone });
}
