// What the clocks on the wall of a zone show, asked minute by minute of Intl: slow, and with nothing of the code under test.

/** One minute: when it begins, and what the wall shows then. */
export interface WallMinute {
  readonly at: number;
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly weekday: string;
}

/** Every minute from one instant to another, both whole minutes. */
export function minutesOf(timeZone: string, from: number, to: number): readonly WallMinute[] {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone, hourCycle: 'h23', weekday: 'short', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric',
  });
  const minutes: WallMinute[] = [];
  for (let at = from; at < to; at += 60_000) {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
    minutes.push({
      at, year: Number(parts['year']), month: Number(parts['month']), day: Number(parts['day']), hour: Number(parts['hour']), minute: Number(parts['minute']), weekday: parts['weekday']!,
    });
  }
  return minutes;
}

/** What the wall shows, as text to compare with. */
export function shown({ year, month, day, hour, minute }: WallMinute): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}`;
}
