// The summary, in words.
import type { StopReport } from 'carillon';
import { printable } from '../../src/cli/cells.js';
import { count, duration } from '../../src/cli/numbers.js';
import { bytes } from './bytes.js';
import type { Histogram } from './histogram.js';
import type { JobTally } from './job-tally.js';

/** What became of everything: a few lines, however much there was. */
export function summary(tally: JobTally, now: number): string[] {
  const { tasks, runs, lost, failures, files, heavyMs, underLoad } = tally;
  const tookMs = now - tally.startedAt;
  const further = failures.unexpected - failures.first.length;
  return [
    `Summary, after ${duration(tookMs)}`,
    `  tasks: ${count(tasks.scheduled)} (${count(tasks.completed)} completed, ${count(tasks.failed)} failed, ${count(tasks.cancelled)} stopped), and the heartbeat`,
    `  runs: ${count(runs.started)} (${count(runs.completed)} completed, ${count(runs.failed)} failed, ${count(runs.cancelled)} cancelled)`,
    `  ticks that never ran: ${count(lost.skipped)} skipped, ${count(lost.missed)} missed`,
    `  early: ${count(tally.early)}`,
    `  lateness: ${percentiles(tally.lateness)} (started minus scheduled for)`,
    `  handling: ${percentiles(tally.handling)} (less the wait for a free slot)`,
    `  heartbeat: ${count(tally.heartbeat.count)} beats, late by ${percentiles(tally.heartbeat)}`,
    ...(heavyMs === undefined ? [] : [`  heavy: ${duration(heavyMs)} of computing in a thread; ${count(underLoad.count)} beats meanwhile, late by ${percentiles(underLoad)}`]),
    `  files: ${count(files.hashed)} hashed, ${bytes(files.bytes)}, ${bytes(files.bytes / (tookMs / 1000))} a second`,
    `  failures: ${count(failures.expected)} expected, ${count(failures.unexpected)} unexpected`,
    ...failures.first.map(({ name, error }) => `    ${printable(name)}: ${printable(error.message)}`),
    ...(further > 0 ? [`    and ${count(further)} more`] : []),
  ];
}

/** What `stop()` did. */
export function stopped({ completed, failed, cancelled, abandoned, pending, deadlineHit }: StopReport): string[] {
  return [
    `Stopped${deadlineHit ? ' at the deadline' : ''}`,
    `  tasks left undone: ${count(pending)}`,
    `  runs in progress at the time: ${count(completed)} completed, ${count(failed)} failed, ${count(cancelled)} cancelled, ${count(abandoned)} abandoned`,
  ];
}

function percentiles(histogram: Histogram): string {
  return `p50 ${duration(histogram.percentile(0.5))}, p99 ${duration(histogram.percentile(0.99))}, max ${duration(histogram.max)}`;
}
