// When: what a user writes for a trigger on the command line, and what is to be known of it.
import { MOST_TICKS } from '../explain/explain.js';
import { cron, every, explain, InvalidArgumentError, type Explanation, type Trigger } from '../index.js';
import { instantMs } from '../task/instant.js';
import { checkTimeZone } from '../trigger/time-zone.js';
import { UsageError, wholeNumber, type Flag, type Given } from './arguments.js';

/** The flags of a command that takes a trigger. */
export const WHEN_FLAGS: Readonly<Record<string, Flag>> = {
  tz: { value: '<zone>', about: "the time zone, as Europe/Berlin (default: the machine's)" },
  count: { value: '<n>', about: 'how many ticks (default: 5)' },
  from: { value: '<instant>', about: 'from when on, as 2026-11-26T00:00Z (default: now)' },
  json: { about: 'prints it as a line of JSON' },
};

/** What `<when>` may be, for `--help`. */
export const WHEN_NOTES: readonly string[] = [
  '<when> is a cron expression, or an interval, which is first due at once:',
  'every 5m, 1h 30m, PT5M.',
  'Put it in quotes, or the shell takes its stars for files.',
];

/** What is to be known of the trigger that is given. @throws UsageError, InvalidArgumentError */
export function explained({ positionals, flags }: Given): Explanation {
  const when = onlyWhen(positionals);
  const zone = flags.get('tz');
  const timeZone = zone === undefined ? undefined : checkTimeZone(zone, '--tz');
  const since = flags.get('from');
  return explain(triggerOf(when, timeZone), {
    timeZone, count: wholeNumber(flags.get('count') ?? '5', '--count', MOST_TICKS), from: since === undefined ? undefined : instantMs(since, '--from'),
  });
}

/**
 * The trigger that a text stands for: an interval (`every 5m`, `5m`, `PT5M`), or else a cron expression.
 *
 * @param timeZone where a cron expression is read; by default the machine's
 * @throws InvalidArgumentError
 */
export function triggerOf(text: string, timeZone: string | undefined): Trigger {
  const when = text.trim();
  const [, interval] = /^every\b\s*(.*)$/is.exec(when) ?? [];
  if (interval !== undefined) return every(interval);
  // No cron expression reads as a duration, for it has five fields, or begins with "@".
  try {
    return every(when);
  } catch (error) {
    // What looks like one, and is none, is told so.
    if (!(error instanceof InvalidArgumentError) || /^(\d+(\.\d+)?([a-z].*|\s*[a-z]+)|P\S+)$/is.test(when)) throw error;
  }
  return cron(when, { timeZone });
}

function onlyWhen(positionals: readonly string[]): string {
  const [when, ...others] = positionals;
  if (when === undefined || when.trim() === '') throw new UsageError("say when: a cron expression, as '0 9 * * MON-FRI', or an interval, as 'every 5m'.");
  if (others.length === 0) return when;
  throw new UsageError(`there is one argument, and ${positionals.length} were given. Put a cron expression in quotes: '${positionals.join(' ').slice(0, 60)}'.`);
}
