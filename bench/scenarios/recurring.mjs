// What a run of a recurring task costs that nobody watches, without the waiting: on virtual time.
import { virtualRuns } from './virtual.mjs';

export const title = 'Recurring: a run of a sync no-op task that nobody watches, on virtual time';
export const rounds = 5;
export const contenders = ['carillon', 'bare-rxjs', 'reference'];
export const notApplicable = { 'p-queue': 'knows no due times', 'toad-scheduler': 'has no virtual time' };

export const columns = [
  { key: 'cost', label: 'µs a run', goals: [{ most: 2, over: 'reference' }] },
];

export function cases({ quick }) {
  return [{ n: 100, runs: quick ? 10_000 : 500_000 }];
}

export function label({ n }) {
  return `${n} tasks, all due at the same instants`;
}

export async function run(contender, { n, runs }) {
  await virtualRuns(contender, n, runs / 10);
  const { ms, ran } = await virtualRuns(contender, n, runs);
  return { cost: ms * 1000 / runs, missed: runs - ran };
}

export function failures({ missed }) {
  return missed ? [`${missed} missed`] : [];
}
