// How fast virtual time goes by, one instant after the other.
import { VirtualTimeScheduler, interval } from 'rxjs';

const PERIOD = 100;

export const title = 'Virtual time: runs of periodic tasks, each due at instants of its own';
export const rounds = 5;
export const contenders = ['carillon', 'bare-rxjs', 'virtual-time-scheduler'];
export const notApplicable = {};

export const columns = [
  { key: 'rate', label: 'runs/s', goals: [{ least: 1, of: 'virtual-time-scheduler' }] },
];

export function cases({ quick }) {
  return [1, 100].map((n) => ({ n, runs: quick ? 5_000 : 200_000 }));
}

export function label({ n }) {
  return n === 1 ? '1 task' : `${n} tasks`;
}

export async function run(contender, { n, runs }) {
  await virtualRuns(contender, n, runs / 10, PERIOD / n);
  const { ms, ran } = await virtualRuns(contender, n, runs, PERIOD / n);
  return { rate: runs * 1000 / ms, missed: runs - ran };
}

/** Lets n tasks have so many runs in all, each beginning `apart` ms after the one before. */
export async function virtualRuns({ open, VirtualClock, firstTick }, n, runs, apart = 0) {
  let ran = 0;
  const work = () => { ran++; };
  const span = runs / n * PERIOD;
  let ms;
  if (VirtualClock) {
    const clock = new VirtualClock();
    const { scheduler, every, close } = open({ clock });
    if (apart === 0) for (let i = 0; i < n; i++) every(work, PERIOD);
    else for (let i = 0; i < n; i++) scheduler.schedulePeriodic(work, PERIOD, { startAt: i * apart });
    ms = await elapsed(() => clock.advanceTo(span - 0.001));
    await close();
  } else if (open && firstTick === 0) {
    const { every, advanceTo, close } = open({ virtual: true });
    for (let i = 0; i < n; i++) every(work, PERIOD);
    ms = await elapsed(() => advanceTo(span - 0.001));
    close();
  } else {
    const clock = new VirtualTimeScheduler(undefined, Infinity);
    const bare = open?.({ clock });
    for (let i = 0; i < n; i++) {
      clock.frame = i * apart;
      if (bare) bare.every(work, PERIOD);
      else interval(PERIOD, clock).subscribe(work);
    }
    clock.frame = 0;
    clock.maxFrames = span + PERIOD / 2 + (n - 1) * apart;
    ms = await elapsed(() => clock.flush());
    // What still waits is let go of: to unsubscribe after so many runs overflows RxJS's stack.
  }
  return { ms, ran: Math.min(ran, runs) };
}

async function elapsed(call) {
  const from = performance.now();
  await call();
  return performance.now() - from;
}

export function failures({ missed }) {
  return missed ? [`${missed} missed`] : [];
}
