// Whether what is kept of recurring tasks comes to an end: the heap, over very many runs.
import { heapBytes } from '../measure.mjs';

const N = 100;
const PERIOD = 100;

export const title = 'Soak: 100 recurring tasks on virtual time, for very many runs';
export const rounds = 3;
export const contenders = ['carillon', 'reference'];
export const notApplicable = {
  'bare-rxjs': "RxJS's virtual time keeps all that ran, see a day", 'p-queue': 'knows no due times', 'toad-scheduler': 'has no virtual time',
};
export const base = 'reference';

export const columns = [
  { key: 'grown', label: 'heap grown by, kB', goals: [{ most: 2_000 }] },
  { key: 'cost', label: 'µs a run' },
  { key: 'missed', label: 'missed', plain: true },
];

export function cases({ quick }) {
  return [{ runs: quick ? 20_000 : 10_000_000 }];
}

export function label({ runs }) {
  return `${runs.toLocaleString('en')} runs, the heap from the first tenth to the last`;
}

export async function run({ open, VirtualClock }, { runs }) {
  let ran = 0;
  const clock = VirtualClock && new VirtualClock();
  const { every, advanceTo, close } = open(clock ? { clock } : { virtual: true });
  for (let i = 0; i < N; i++) every(() => { ran++; }, PERIOD);
  // Up to just before a tick, so that so many runs have been.
  const runUntil = async (all) => {
    const instant = all / N * PERIOD - 0.001;
    await (clock ? clock.advanceTo(instant) : advanceTo(instant));
  };

  await runUntil(runs / 10);
  const before = await heapBytes();
  const from = performance.now();
  await runUntil(runs);
  const ms = performance.now() - from;
  const grown = (await heapBytes() - before) / 1000;
  await close();
  return { grown, cost: ms * 1000 / (0.9 * runs), missed: runs - ran };
}

export function failures({ missed }) {
  return missed ? [`${missed} missed`] : [];
}
