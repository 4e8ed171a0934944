// Phrases: numbers, lists and lengths of time, as one says them.

/** `a, b and c` */
export function and(items: readonly string[], word = 'and'): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} ${word} ${items.at(-1) as string}`;
}

/** `1st`, `22nd`, `13th` */
export function ordinal(n: number): string {
  const isTeen = n % 100 >= 11 && n % 100 <= 13;
  return `${n}${isTeen ? 'th' : ['th', 'st', 'nd', 'rd'][n % 10] ?? 'th'}`;
}

/** `1 minute`, `5 minutes` */
export function several(n: number, unit: string): string {
  return `${n} ${unit}${n === 1 ? '' : 's'}`;
}

/** `minute`, `5 minutes`: what stands behind "every". */
export function everySo(n: number, unit: string): string {
  return n === 1 ? unit : several(n, unit);
}

const DAY_MS = 86_400_000;
const PARTS = [['day', DAY_MS], ['hour', 3_600_000], ['minute', 60_000], ['second', 1_000]] as const;

/** A length of time in full: `1 hour and 30 minutes`. A day is 24 hours. */
export function lengthOf(ms: number): string {
  const said: string[] = [];
  // To the nanosecond, before it is parted: what is next to a second is one.
  let rest = ms < DAY_MS ? Math.round(ms * 1e6) / 1e6 : ms;
  for (const [unit, length] of PARTS) {
    // What is less than a second is said in milliseconds, unless it is no whole number of these.
    const amount = Math.floor(rest / length);
    if (amount === 0) continue;
    said.push(several(amount, unit));
    rest -= amount * length;
  }
  if (rest >= 1e-6 || said.length === 0) said.push(`${Math.round(rest * 1e6) / 1e6} ms`);
  return and(said);
}

/** A length of time at a glance, in its two largest units: `2d 3h`, `1h 30m`, `250ms`. */
export function shortLengthOf(ms: number): string {
  if (ms < 1_000) return `${Math.min(Math.round(ms), 999)}ms`;
  let rest = Math.floor(ms / 1_000) * 1_000;
  const said: string[] = [];
  for (const [unit, length] of PARTS) {
    const amount = Math.floor(rest / length);
    rest -= amount * length;
    if (amount > 0 || said.length > 0) said.push(amount > 0 ? `${amount}${unit[0] as string}` : '');
    if (said.length === 2) break;
  }
  return said.filter((part) => part !== '').join(' ');
}
