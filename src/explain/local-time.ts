// Local time: what the wall of a zone shows at an instant, in writing.
import { TimeZone } from '../trigger/time-zone.js';

/** The last instant that a Date can hold. */
const LAST_INSTANT = 8.64e15;

/** `2026-11-26 09:00:00 +01:00`, with milliseconds if there are any. */
export function localTime(at: number, timeZone: string): string {
  const { offset } = TimeZone.of(timeZone).spanAt(at);
  return `${dayOf(at + offset)} ${timeOfDay(at + offset, true)} ${offsetText(offset)}`;
}

/** The day of a wall time: `2026-11-26`. */
export function dayOf(wall: number): string {
  return iso(wall).replace(/T.*/, '');
}

/** The time of day of a wall time: `09:00`, and more of it if there is more. */
export function timeOfDay(wall: number, withSeconds = false): string {
  const [, time = '', rest = ''] = /T(\d\d:\d\d)(:\d\d\.\d{3})/.exec(iso(wall)) ?? [];
  const seconds = rest.replace('.000', '');
  return seconds === ':00' && !withSeconds ? time : time + seconds;
}

function iso(wall: number): string {
  return new Date(Math.min(Math.floor(wall), LAST_INSTANT)).toISOString();
}

/** In times gone by, zones were off by seconds, too. */
function offsetText(offset: number): string {
  const size = new Date(Math.abs(offset)).toISOString();
  return `${offset < 0 ? '-' : '+'}${size.slice(11, 16)}${size.slice(16, 19).replace(':00', '')}`;
}
