// `carillon next`: when a trigger is due next.
import { instantMs } from '../task/instant.js';
import { checkTimeZone, TimeZone } from '../trigger/time-zone.js';
import { UsageError, wholeNumber, type Given } from './arguments.js';
import { comingTicks, localIso, localTime } from './coming-ticks.js';
import type { Manual } from './help.js';
import { jsonLine } from './json-line.js';
import { duration } from './numbers.js';
import { triggerOf } from './when.js';

/** More would be a listing that nobody reads. */
const MOST_TICKS = 10_000;

export const NEXT: Manual = {
  usage: '<when>',
  about: 'shows when a cron expression, or an interval, is due next',
  flags: {
    tz: { value: '<zone>', about: "the time zone, as Europe/Berlin; by default the machine's" },
    count: { value: '<n>', about: 'how many ticks; by default 5' },
    from: { value: '<instant>', about: 'from when on, as 2026-11-26T00:00Z; by default now' },
    json: { about: 'prints them as one line of JSON' },
  },
  notes: [
    'A cron expression is quoted, or the shell takes its stars for files. An interval is due first at once.',
    '',
    "  carillon next '0 9 * * MON-FRI' --tz Europe/Berlin",
    "  carillon next 'every 1h 30m' --from 2026-11-26T08:00+01:00 --count 3",
  ],
};

/** @throws UsageError, InvalidArgumentError */
export function next({ positionals, flags }: Given, now: number): string[] {
  const when = onlyWhen(positionals);
  const given = flags.get('tz');
  const timeZone = given === undefined ? TimeZone.system : checkTimeZone(given, '--tz');
  const most = wholeNumber(flags.get('count') ?? '5', '--count', MOST_TICKS);
  const since = flags.get('from');
  const from = since === undefined ? now : instantMs(since, '--from');
  const trigger = triggerOf(when, timeZone);
  const ticks = comingTicks(trigger, from, most);
  if (flags.has('json')) {
    return [jsonLine({
      trigger, timeZone, from: new Date(from).toISOString(),
      ticks: ticks.map((at) => ({ at, utc: new Date(at).toISOString(), local: localIso(at, timeZone) })),
    })];
  }
  const rest = ticks.length < most ? [`No ${ticks.length === 0 ? '' : 'further '}tick is due from ${localTime(from, timeZone)} on.`] : [];
  // How long it is until then, says nothing when the ticks are those of another day.
  const lines = ticks.map((at): [string, string] => [localTime(at, timeZone), since !== undefined ? '' : at <= now ? 'now' : `in ${duration(at - now)}`]);
  const widest = Math.max(0, ...lines.map(([time]) => time.length));
  return [...lines.map(([time, wait]) => `${time.padEnd(widest)}  ${wait}`.trimEnd()), ...rest];
}

/** The one argument that there is to be. @throws UsageError */
export function onlyWhen(positionals: readonly string[]): string {
  const [when, ...others] = positionals;
  if (when === undefined || when.trim() === '') throw new UsageError("say when: a cron expression, as '0 9 * * MON-FRI', or an interval, as 'every 5m'.");
  if (others.length === 0) return when;
  throw new UsageError(`there is one argument, and ${positionals.length} were given. Put a cron expression in quotes: '${positionals.join(' ').slice(0, 60)}'.`);
}
