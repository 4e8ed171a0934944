// What explain and upcoming promise is what then happens, on virtual time: random triggers, under random options.
import { describe, expect, it } from '@jest/globals';
import fc from '../support/properties.js';
import { TaskScheduler, after, anyOf, calendar, cron, every, except, once, type Trigger, type UpcomingTick } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/index.js';

const START = Date.parse('2027-03-27T20:00:00Z');
const HOUR = 3_600_000;

const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe');
const interval = fc.constantFrom(700_000, HOUR, 5 * HOUR, 25_000_000.5);
const simple: fc.Arbitrary<Trigger> = fc.oneof(
  fc.integer({ min: -10, max: 60 }).map((hours) => once(START + hours * HOUR)),
  fc.tuple(interval, fc.constantFrom(undefined, START - 12_345, START + 9_999_999)).map(([ms, startAt]) => every(ms, { startAt })),
  fc.tuple(interval, fc.integer({ min: 1, max: 600_000 })).map(([ms, jitter]) => every(ms, { jitter })),
  fc.tuple(fc.constantFrom('*/40 * * * *', '30 2 * * *', '30 1,2,3 * * *', '0 */6 * * *', '@daily', '0 9 28 * +SUN'), zone).map(([expression, timeZone]) => cron(expression, { timeZone })),
  zone.map((timeZone) => calendar({ days: 1 }, { timeZone })),
);
const trigger: fc.Arbitrary<Trigger> = fc.oneof(
  { weight: 5, arbitrary: simple },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 60 }).map((hours) => after(hours * HOUR)) },
  { weight: 1, arbitrary: fc.tuple(interval, fc.constantFrom(0, 1_000)).map(([ms, jitter]) => every(ms, { mode: 'fixedDelay', jitter })) },
  { weight: 1, arbitrary: fc.array(simple, { minLength: 1, maxLength: 3 }).map((all) => anyOf(...all)) },
  { weight: 1, arbitrary: simple.map((one) => except(one, ['2027-03-28'], { timeZone: 'Europe/Berlin' })) },
);
const options = fc.record({
  maxRuns: fc.constantFrom(undefined, undefined, 1, 3),
  until: fc.constantFrom(undefined, undefined, START + 20 * HOUR, START + 33 * HOUR),
}, { requiredKeys: [] });
const plots = fc.record({
  tasks: fc.array(fc.record({ trigger, options, paused: fc.constantFrom(false, false, false, true) }), { minLength: 1, maxLength: 6 }),
  askAfter: fc.constantFrom(0, 1, 100_000, 7 * HOUR, 30 * HOUR),
  from: fc.constantFrom(undefined, undefined, 0, 3 * HOUR, 11 * HOUR + 1),
  resume: fc.boolean(),
});

/** A run that a tick has caused. */
type Ran = Pick<UpcomingTick, 'taskId' | 'at' | 'tick'>;

async function play({ tasks, askAfter, from, resume }: typeof plots extends fc.Arbitrary<infer P> ? P : never): Promise<void> {
  const clock = new VirtualClock({ startAt: START });
  const scheduler = new TaskScheduler({ clock });
  const ran: Ran[] = [];
  scheduler.events$.subscribe((event) => { if (event.type === 'runStarted') ran.push({ taskId: event.taskId, at: event.scheduledFor, tick: event.tick as number }); });
  const ids: string[] = [];
  for (const [i, each] of tasks.entries()) {
    try {
      ids.push(scheduler.schedule(() => undefined, each.trigger, { ...each.options, id: String(i) }));
    } catch {
      continue; // never due before its `until`
    }
    if (each.paused) scheduler.pauseTask(String(i));
  }
  await clock.advanceBy(askAfter);
  const asked = clock.now();
  const since = from === undefined ? undefined : asked + from;
  const [end, before] = [asked + 40 * HOUR, ran.length];
  const promised = scheduler.upcoming({ from: since, until: end, limit: 1_000 });
  const explained = ids.map((id) => ({ id, explanation: scheduler.explain(id, { from: since, count: 1_000 }), task: scheduler.getTask(id) }));
  if (resume) for (const id of ids) scheduler.resumeTask(id);
  await clock.advanceTo(end - 0.001);
  const happened = ran.slice(before).filter(({ at }) => since === undefined || at >= since);

  const ofTask = (ticks: readonly Ran[], id: string): readonly (readonly number[])[] => ticks.filter(({ taskId }) => taskId === id).map(({ at, tick }) => [at, tick]);
  for (const { id, explanation: { ticks, trigger: explainedTrigger }, task: { paused, nextRunAt } } of explained) {
    const own = ticks.filter(({ at }) => at < end).map(({ at, tick }) => [at, tick]);
    const isByDelay = explainedTrigger?.kind === 'every' && explainedTrigger.mode === 'fixedDelay';
    if (since === undefined && !paused) expect(ticks[0]?.at).toBe(nextRunAt);
    expect([id, ...ofTask(promised, id)]).toEqual(paused ? [id] : [id, ...own]);
    if (paused && !resume) expect(ofTask(happened, id)).toEqual([]);
    // By fixed delay one tick is known of at a time; and what a pause has swallowed of that, counts from when it is over.
    else if (!isByDelay) expect([id, ...own]).toEqual([id, ...ofTask(happened, id)]);
    else if (!paused) expect(own).toEqual(ofTask(happened, id).slice(0, own.length));
  }
  expect(promised).toEqual([...promised].sort((a, b) => a.at - b.at));
  await scheduler.stop();
}

describe('explain and upcoming', () => {
  it('promise the ticks that then run', async () => {
    await fc.assert(fc.asyncProperty(plots, play), { numRuns: 150 });
  });
});
