import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { TaskScheduler, every, once, type TaskEvent } from '../../src/index.js';
import { FakeWork, VirtualClock, parseTimeline, timelineSvg } from '../../src/testing/index.js';

const PICTURE = join(import.meta.dirname, '../../docs/images/timeline.svg');

/** An eventful half minute. */
async function eventful(): Promise<readonly TaskEvent[]> {
  const clock = new VirtualClock({ startAt: '2030-01-01T09:00Z' });
  const scheduler = new TaskScheduler({ clock, onError: () => undefined });
  const events: TaskEvent[] = [];
  scheduler.events$.subscribe((event) => events.push(event));
  const work = (...script: string[]) => new FakeWork({ clock, frame: 500, script }).work;
  scheduler.schedule(work('---|', '----|', '--#', '---|'), every('4s'), { name: 'poll the queue' });
  scheduler.schedule(work('----------|', '-------------------|', '-----|'), every('5s'), { name: 'sync', overlap: 'queue' });
  scheduler.schedule(work('-----------|', '-----|', '-------------|'), every('3s'), { name: 'thumbnails', overlap: 'parallel', maxParallel: 2, until: clock.now() + 20_000 });
  scheduler.schedule(work('-----------|'), once(clock.now() + 6_000), { name: 'monthly report' });
  const search = scheduler.schedule(work('------------------|'), every('7s'), { name: 'rebuild search index', overlap: 'replace' });
  await clock.advanceBy('18s');
  await clock.sleep('6s');
  await clock.advanceBy('3s');
  scheduler.cancelTask(search);
  await clock.advanceBy('3s');
  await scheduler.stop({ drain: false, deadline: 0 });
  return events;
}

describe('timelineSvg', () => {
  it('draws the picture of the guide', async () => {
    const picture = `${timelineSvg((await eventful()).filter(({ at }) => at < Date.parse('2030-01-01T09:00:30Z')))}\n`;
    if (process.env['UPDATE_PICTURES']) writeFileSync(PICTURE, picture);
    expect(picture).toBe(readFileSync(PICTURE, 'utf8'));
  });

  it('marks each end of a task that was retried', () => {
    expect(timelineSvg(parseTimeline('a  s-(f|)---(qs)--(d|)')).match(/class="end"/g)).toHaveLength(2);
  });

  it('has a bar for each run, as long as it took, in the colour of its outcome, and one below the other those at once', () => {
    const svg = timelineSvg(parseTimeline('a  s---d-s-f\nb  sss-dxd--'), { until: 10 });
    const bars = [...svg.matchAll(/<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="14" rx="3" fill="(#\w+)"/g)].map(([, x, y, width, fill]) => ({ x: Number(x), y: Number(y), width: Number(width), fill }));
    const [first, second] = bars;
    const frame = (first?.width ?? 0) / 4;
    expect(bars).toHaveLength(5);
    expect(bars.map(({ fill }) => fill)).toEqual(['#2da44e', '#cf222e', '#2da44e', '#8c959f', '#2da44e']);
    expect([second!.x - first!.x, second!.width].map((length) => Math.round(length / frame * 10) / 10)).toEqual([6, 2]);
    expect(new Set(bars.slice(2).map(({ y }) => y)).size).toBe(3);
  });

  it('shows what is in progress, what waits, and what was lost', () => {
    const svg = timelineSvg(parseTimeline('a  s-q-k-m'));
    expect([...svg.matchAll(/stroke-dasharray/g)].length).toBeGreaterThan(2);
    for (const name of ['in progress', 'queued', 'ticks skipped', 'ticks missed']) expect(svg).toContain(`>${name}</text>`);
    expect(svg).not.toContain('>completed</text>');
  });

  it('is whole, whatever the names are', () => {
    const svg = timelineSvg([{ label: '<script>&"\u0007\uffff\ud800', marks: [] }, { label: 'x'.repeat(80), marks: [{ at: 5, letter: 's' }] }]);
    expect(svg).toContain('&lt;script&gt;&amp;"\ufffd\ufffd\ufffd<');
    expect(svg).toContain(`${'x'.repeat(31)}…`);
    expect(svg).not.toMatch(/[\u0000-\u0008]|NaN|undefined|Infinity/);
    expect((svg.match(/<(?!\/)(?!.*\/>)/g) ?? []).length).toBeGreaterThan(0);
  });

  it.each([[[]], [parseTimeline('s')], [parseTimeline('s', { from: 1_893_456_000_000 })]])('draws little, too', (lanes) => {
    expect(timelineSvg(lanes)).not.toMatch(/NaN|undefined|Infinity/);
  });
});
