import { describe, expect, it } from '@jest/globals';
import fc from '../support/properties.js';
import { TaskScheduler, every, once, type TaskEvent } from '../../src/index.js';
import { FakeWork, VirtualClock, parseTimeline, timeline, type Lane, type TimelineOptions } from '../../src/testing/index.js';

/** A scheduler on virtual time, and all that it tells. */
function newWorld() {
  const clock = new VirtualClock();
  const scheduler = new TaskScheduler({ clock, onError: () => undefined });
  const events: TaskEvent[] = [];
  scheduler.events$.subscribe((event) => events.push(event));
  return { clock, scheduler, events };
}

describe('timeline', () => {
  it('draws a lane for each task from the events, by its name if that is its own, else by its id', async () => {
    const { clock, scheduler, events } = newWorld();
    const { work } = new FakeWork({ clock, script: '---|' });
    scheduler.schedule(work, every(8), { id: 'x', name: 'sweep', maxRuns: 2 });
    scheduler.schedule(work, every(4), { id: 'a1', name: 'twin', overlap: 'queue', until: 9 });
    scheduler.schedule(work, once(2), { id: 'a2', name: 'twin' });
    scheduler.schedule(work, once(400), { id: 'never' });
    await clock.advanceBy(20);
    expect(timeline(events, { until: 16 })).toBe([
      'sweep  s--d----s--(d|)',
      'a1     s--ds--ds--(d|)',
      'a2     --s--(d|)',
      'never  ----------------',
    ].join('\n'));
  });

  it('draws the runs of one task without a label, from when the first was due', async () => {
    const { clock, scheduler } = newWorld();
    const { work } = new FakeWork({ clock, script: ['--|', '-#', '----------'] });
    const id = scheduler.schedule(work, every(5), { startAt: 100, overlap: 'queue' });
    await clock.advanceBy(122);
    scheduler.cancelTask(id);
    await clock.advanceBy(5);
    expect(timeline(scheduler.getRuns(id))).toBe('s-d--sf---s----q----k-(xk)');
  });

  it('draws a scheduler from when its first task was scheduled', async () => {
    const { clock, scheduler } = newWorld();
    await clock.advanceBy('1h');
    scheduler.schedule(() => 1, every('10s'), { name: 'quick one', maxRuns: 3 });
    await clock.advanceBy('5s');
    scheduler.schedule(new FakeWork().work, every('10s'), { name: 'hangs' });
    await clock.advanceBy('25s');
    expect(timeline(scheduler, { frame: '5s' })).toBe('"quick one"  (sd,,sd,,sd|)\nhangs        -s---k');
  });

  it('lets the lane of a task that is retried go on behind its first end', async () => {
    const { clock, scheduler, events } = newWorld();
    const id = scheduler.schedule(new FakeWork({ clock, script: ['--#', '--------|'] }).work, once(1));
    await clock.advanceBy(8);
    scheduler.retryTask(id);
    await clock.advanceBy(5);
    const drawn = timeline(events, { until: 15 });
    expect(drawn).toBe('-s-(f|)-(qs)---');
    expect(timeline(parseTimeline(drawn), { until: 15 })).toBe(drawn);
    await clock.advanceBy(5);
    expect(timeline(events, { until: 30 })).toBe('-s-(f|)-(qs)----(d|)');
    expect(timeline(scheduler)).toBe('-s-f----(qs)----(d|)');
  });

  it('draws what happens within a frame at the frame', async () => {
    const { clock, scheduler, events } = newWorld();
    scheduler.schedule(new FakeWork({ clock, script: '---|' }).work, every('1m'));
    await clock.advanceBy('3m');
    // A task that is alone, and has no name nor an id that somebody gave it, has no label either.
    expect(timeline(events, { frame: '1m' })).toBe('(sd,sd,sd,s)');
    expect(timeline(events, { frame: '10s', from: 60_000, until: 120_000 })).toBe('(sd)--');
  });

  it('draws nothing of nothing', () => {
    expect([timeline([]), timeline(new TaskScheduler({ autoStart: false })), timeline([{ label: '', marks: [] }]), timeline([{ label: 'a', marks: [] }])])
      .toEqual(['', '', '', 'a  -']);
  });

  it('decides: what comes after the wall clock was set back is drawn where the lane ends', () => {
    const marks = [{ at: 5, letter: 's' }, { at: 2, letter: 'd' }, { at: 7, letter: 's' }];
    expect(timeline([{ label: '', marks }])).toBe('-----(sd,,s)');
  });

  it.each<[string, TimelineOptions, string]>([
    ['a frame of nothing', { frame: 0 }, 'frame needs a duration of more than 0 ms; got 0.'],
    ['a frame that is no duration', { frame: '5 parsecs' }, `frame can't be read as a duration; got "5 parsecs".`],
    ['a beginning that is no instant', { from: NaN }, 'from needs'],
    ['an unknown option', { farme: 5 } as TimelineOptions, 'farme'],
  ])('refuses %s', (_what, options, message) => {
    expect(() => timeline([], options)).toThrow(message);
  });

  it('gives each lane a label of its own, though the name of one task is the id of another', async () => {
    const { clock, scheduler, events } = newWorld();
    scheduler.schedule(() => 1, once(1), { id: 'x' });
    scheduler.schedule(() => 1, once(2), { id: 'y', name: 'x' });
    await clock.advanceBy(5);
    expect(timeline(events)).toBe('x  -(sd|)\ny  --(sd|)');
  });

  it('shows what happened after the wall clock was set back, too', async () => {
    const { clock, scheduler, events } = newWorld();
    await clock.advanceBy(1_000);
    scheduler.schedule(() => 1, every(10), { name: 'j' });
    await clock.advanceBy(15);
    await clock.jumpWallClock(-500);
    await clock.advanceBy(5);
    expect(timeline(events)).toBe('j  (sd)------(sdsd)');
  });

  it.each([undefined, null, 'abc', 5, {}, Promise.resolve([]), [1], [null], [{}], [{ label: 'a', marks: 5 }]])('refuses %p for a source', (source) => {
    expect(() => timeline(source as never)).toThrow('A timeline needs the events of a scheduler, the runs of a task, lanes, or a scheduler; got ');
  });

  it.each([[{ at: NaN, letter: 's' }], [{ at: 1, letter: '(' }], [{ at: 1, letter: 'sd' }]])('refuses the mark %p', (mark) => {
    expect(() => timeline([{ label: 'a', marks: [mark] }])).toThrow('A mark needs');
  });

  it('refuses an end that is not after the beginning, or too far behind it', () => {
    expect(() => timeline([], { from: 5, until: 5 })).toThrow('until needs an instant after the beginning, 5; got 5.');
    expect(() => timeline([{ label: 'a', marks: [] }], { until: 2e9 })).toThrow('A lane would be more than');
  });

  it('fills a lane up that ended before the beginning', () => {
    expect(timeline([{ label: 'a', marks: [{ at: 5, letter: '|' }] }], { from: 10, until: 15 })).toBe('a  -----');
  });

  it('refuses a frame that makes a lane of more than a million characters', () => {
    expect(() => timeline([{ label: '', marks: [{ at: 2e6, letter: 's' }] }])).toThrow(
      'A lane would be more than 1000000 frames of 1 ms long. Give a larger frame, or from and until.',
    );
  });
});

describe('parseTimeline', () => {
  it('reads lanes, groups, commas and quoted labels, whatever the space around them', () => {
    expect(parseTimeline(`
      a          -s--(ds,,q)|
      "b \\"c\\""  (kk)
    `, { frame: '1s', from: 1_000 })).toEqual([
      { label: 'a', marks: [[2, 's'], [5, 'd'], [5, 's'], [7, 'q'], [12, '|']].map(([s, letter]) => ({ at: Number(s) * 1_000, letter })) },
      { label: 'b "c"', marks: [{ at: 1_000, letter: 'k' }, { at: 1_000, letter: 'k' }] },
    ]);
  });

  it.each([
    ['s--(d', 'a parenthesis is not closed'],
    ['s--d)', 'there is a ")" out of place at column 4'],
    ['((d))', 'there is a "(" out of place at column 1'],
    ['s,d', 'there is a "," out of place at column 1'],
    ['(s-d)', 'there is a "-" out of place at column 2'],
    ['a s-d COMPLETED', 'it has more than a label and marbles'],
    ['"a\\x" s-d', 'its label is no JSON string'],
  ])('refuses %s', (text, why) => {
    expect(() => parseTimeline(text)).toThrow(`A timeline can't be read: ${why}; got ${JSON.stringify(text)}.`);
  });

  const letter = fc.constantFrom('q', 's', 'd', 'f', 'x', 'k', 'm', '|');
  const marks = fc.array(fc.tuple(fc.oneof(fc.constant(0), fc.nat({ max: 3 }), fc.nat({ max: 40 })), letter), { maxLength: 30 });
  const label = fc.oneof(fc.stringMatching(/^[a-z][\w:-]{0,8}$/), fc.string({ minLength: 1, maxLength: 8 }));
  const scale = fc.record({ frame: fc.constantFrom(1, 2, 1_000, 60_000, 0.5), from: fc.constantFrom(0, 7, 1_893_456_000_000) });

  it('gives back exactly what was written', () => {
    fc.assert(fc.property(fc.uniqueArray(fc.tuple(label, marks), { selector: ([name]) => name, minLength: 1, maxLength: 5 }), scale, (all, { frame, from }) => {
      const lanes: Lane[] = all.map(([label, steps]) => {
        let at = from;
        return { label, marks: steps.map(([gap, letter]) => ({ at: at += gap * frame, letter })) };
      });
      const text = timeline(lanes, { frame, from });
      expect(parseTimeline(text, { frame, from })).toEqual(lanes);
      expect(timeline(parseTimeline(text, { frame, from }), { frame, from })).toBe(text);
    }), { numRuns: 500 });
  });

  it('gives back exactly a lane without a label', () => {
    fc.assert(fc.property(marks.filter((steps) => steps.length > 0), (steps) => {
      let at = 0;
      const lanes = [{ label: '', marks: steps.map(([gap, letter]) => ({ at: at += gap, letter })) }];
      expect(parseTimeline(timeline(lanes))).toEqual(lanes);
    }));
  });
});
