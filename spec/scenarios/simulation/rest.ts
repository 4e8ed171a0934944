// At rest: once a clock has come to rest, whatever could have happened by then has happened.
import type { World } from './ledger.js';
import type { KnownRun, KnownTask } from './terms.js';

/** What should have happened by now, and has not. */
export function* restlessness(world: World, tasks: readonly KnownTask[], starts: ReadonlyMap<string, readonly number[]>): Generator<string> {
  const now = world.now();
  for (const task of tasks) {
    for (const each of task.held) if (!isHeld(world, each.run, each.attempt)) task.held.delete(each);
  }
  const taken = (of: readonly KnownTask[]): number => of.reduce((sum, { runs, held }) => sum + held.size + [...runs].filter(({ status }) => status === 'running').length, 0);
  /** Runs that wait for a thread may have a place of their key's, or of its rate, already. */
  const onTheWay = (key: string | undefined): number => (key === undefined ? 0 : tasks.filter(({ terms }) => terms.key === key && terms.threads < Infinity)
    .reduce((sum, { runs }) => sum + [...runs].filter(({ status, nextAttemptAt }) => status === 'queued' || (status === 'retrying' && nextAttemptAt <= now)).length, 0));
  const isOpen = ({ terms: { key, keyLimit, rate, threads } }: KnownTask): boolean => {
    const ahead = threads < Infinity ? 0 : onTheWay(key);
    return taken(tasks) < world.concurrency()
      && (key === undefined || taken(tasks.filter(({ terms }) => terms.key === key)) + ahead < keyLimit)
      && (threads === Infinity || taken(tasks.filter(({ terms }) => terms.threads < Infinity)) < threads)
      && (!rate || (starts.get(rate.of) ?? []).filter((start) => start > now - rate.per - 0.01).length + ahead < rate.limit);
  };

  for (const task of tasks) {
    const { id, terms, runs, held } = task;
    const all = [...runs];
    const going = all.filter(({ status }) => status === 'running' || status === 'retrying').length + [...held].filter(({ run }) => run.status === 'over').length;
    const mayStart = (run: KnownRun): boolean => (run.isManual || !task.isPaused) && (run.status === 'retrying' ? run.nextAttemptAt <= now - 0.01 && ![...held].some((one) => one.run === run) : going < terms.room);
    const waiting = all.filter((run) => (run.status === 'queued' || run.status === 'retrying') && mayStart(run));
    if (waiting.length > 0 && isOpen(task)) yield `${id} has ${waiting.length} runs that could start (${waiting.map(({ status }) => status).join()})`;
    for (const run of all) {
      const { status, start, firstStart, queuedAt = Infinity, attempt } = run;
      const line = world.lineOf(run.id, attempt);
      if (status === 'running' && !line) yield `${id} has a run whose work was not called`;
      // One whose key is made of its arguments has got them before it starts.
      if (status === 'running' && line && line.version !== run.version && !terms.isKeyComputed) yield `${id} has a run with the arguments ${line.version}, and not ${run.version}`;
      if (status === 'running' && line?.outcome !== undefined) yield `${id} has a run whose work is ${line.outcome}`;
      if (status === 'running' && start + terms.timeout <= now - 0.01) yield `${id} has a run that should have timed out`;
      if ((status === 'running' || status === 'retrying') && firstStart + terms.deadline <= now - 0.01) yield `${id} has a run whose deadline is over`;
      if (status === 'queued' && attempt === 0 && queuedAt + terms.expiresAfter <= now - 0.01) yield `${id} has a run that should have expired`;
    }
    if (task.update) yield `${id} was to be changed`;
    if (task.retry) yield `${id} was to be taken up again, which is ${task.retry}`;
    yield* task.terms.due.flaws.map((flaw) => `the trigger of ${id} ${flaw}`);
    if (task.isFinished) continue;
    const next = nextTick(world, task);
    if (next !== undefined && next <= now - 0.01 && !task.isPaused) yield `${id} was due at ${next}: tick ${task.ticks}`;
    const isOver = task.ending !== undefined || (next === undefined && (terms.due.by !== 'itself' && (terms.due.by !== 'end' || task.started >= terms.maxRuns))) || task.started >= terms.maxRuns;
    if (isOver && runs.size === 0) yield `${id} should be over`;
  }
}

/** By when the next tick has to be accounted for, as an elapsed time; undefined if there is none that is known. */
export function nextTick(world: World, { terms: { due, maxRuns }, ticks, base, started, ending, lastEnd }: KnownTask): number | undefined {
  if (ending || started >= maxRuns || due.by === 'itself') return undefined;
  if (due.by === 'end' && ticks > base) return lastEnd === undefined ? undefined : lastEnd + due.delay + due.jitter;
  const instant = due.instants(ticks - base);
  if (instant === undefined) return undefined;
  return due.by === 'wall' ? instant + world.setBack() : instant + due.jitter;
}

function isHeld({ lineOf, isInThread }: World, { id, task, status, attempt: latest }: KnownRun, attempt: number): boolean {
  const line = lineOf(id, attempt);
  // The next attempt does not begin before a thread is free of this one.
  const isOver = status === 'running' && attempt < latest;
  return (line !== undefined && line.isHolding && line.settledAt === undefined) || (task.terms.threads < Infinity && !isOver && isInThread(id));
}
