// A day of ten periodic tasks: how fast it goes by, and what it leaves behind.
import { VirtualTimeScheduler, interval } from 'rxjs';
import { heapBytes } from '../measure.mjs';

const N = 10;
const PERIOD = 100;
const HOUR = 3_600_000;
// Taken before anybody fakes it.
const now = performance.now.bind(performance);

export const title = 'A day on virtual time: ten tasks every 100 ms';
export const rounds = 3;
export const contenders = ['carillon', 'virtual-time-scheduler', 'fake-timers', 'effect-test-clock'];
export const notApplicable = {};
export const base = 'virtual-time-scheduler';

export const columns = [
  { key: 'rate', label: 'runs/s', goals: [{ least: 1, of: base }] },
  { key: 'grown', label: 'grown by, kB' },
];

export function cases({ quick }) {
  return quick ? [{ hours: 0.01 }] : [{ hours: 1 }, { hours: 24 }];
}

/** A day takes Effect's clock four minutes. */
export function contendersIn({ hours }) {
  return hours === 24 ? contenders.slice(0, 3) : contenders;
}

export function label({ hours }) {
  return hours === 24 ? '24 hours, 8,640,000 runs' : `${hours} hour, ${(hours * HOUR / PERIOD * N).toLocaleString('en')} runs`;
}

export async function run(contender, { hours }) {
  await virtually(contender, HOUR / 100);
  const span = hours * HOUR;
  const { ran, ms, grown } = await virtually(contender, span);
  return { rate: ran * 1000 / ms, grown, missed: span / PERIOD * N - ran };
}

async function virtually(contender, span) {
  let ran = 0;
  const { go, end } = await playOf(contender)({ n: N, period: PERIOD, span: span - (contender.firstTick === 0 ? 1 : 0), work: () => { ran++; } });
  const before = await heapBytes();
  const from = now();
  await go();
  const ms = now() - from;
  const grown = (await heapBytes() - before) / 1000;
  await end();
  return { ran, ms, grown };
}

function playOf({ open, VirtualClock, simulate }) {
  if (simulate) return simulate;
  return VirtualClock ? onVirtualClock(open, VirtualClock) : onVirtualTimeScheduler;
}

function onVirtualClock(open, VirtualClock) {
  return async ({ n, period, span, work }) => {
    const clock = new VirtualClock();
    const { every, close } = open({ clock });
    for (let i = 0; i < n; i++) every(work, period);
    return { go: () => clock.advanceBy(span), end: close };
  };
}

async function onVirtualTimeScheduler({ n, period, span, work }) {
  const clock = new VirtualTimeScheduler(undefined, span);
  for (let i = 0; i < n; i++) interval(period, clock).subscribe(work);
  return { go: () => { clock.flush(); }, end: () => undefined };
}

export function failures({ missed }) {
  return missed ? [`${missed} missed`] : [];
}
