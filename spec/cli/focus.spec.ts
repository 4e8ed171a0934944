// Which tasks get a row.
import { describe, expect, it } from '@jest/globals';
import { once, type TaskEvent } from '../../src/index.js';
import { Focus } from '../../src/cli/focus.js';

const PINNED = 'pinned';

describe('Focus', () => {
  const base = { v: 1, seq: 1, at: 0 } as const;
  const scheduled = (taskId: string, tags: string[] = []): TaskEvent => ({ ...base, type: 'taskScheduled', taskId, tags, trigger: once(0), replaced: false });
  const started = (taskId: string): TaskEvent => ({ ...base, type: 'runStarted', taskId, runId: taskId, scheduledFor: 0, reason: 'scheduled', attempt: 1 });
  const completed = (taskId: string): TaskEvent => ({ ...base, type: 'runCompleted', taskId, runId: taskId, result: 0 });
  const failed = (taskId: string): TaskEvent => ({ ...base, type: 'runFailed', taskId, runId: taskId, error: new Error() });
  const removed = (taskId: string): TaskEvent => ({ ...base, type: 'taskRemoved', taskId, reason: 'retention' });
  const focus = (...events: TaskEvent[]): Focus => {
    const made = new Focus(({ tags }) => tags.includes(PINNED));
    for (const event of events) made.add(event);
    return made;
  };

  it('shows the pinned tasks, then failures, runs in progress and what is done, newest first', () => {
    const pick = (rows: number): string[] => focus(
      scheduled('pinned', [PINNED]), scheduled('waiting'), started('pinned'), failed('pinned'),
      ...['f1', 'f2', 'd1', 'd2', 'r1', 'r2', 'r3'].map(started), failed('f1'), failed('f2'), completed('d1'), completed('d2'),
    ).pick(rows);
    expect(pick(20)).toEqual(['pinned', 'f2', 'f1', 'r1', 'r2', 'r3', 'd2', 'd1']);
    expect(pick(5)).toEqual(['pinned', 'f2', 'f1', 'r1', 'd2']);
    expect(pick(1)).toEqual(['pinned']);
    expect(pick(0)).toEqual([]);
  });

  it('shows, of more pinned tasks than there are rows, those that run or have failed, and then the first; in their order', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const events = [...names.map((id) => scheduled(id, [PINNED])), ...['a', 'd', 'f'].map(started), completed('a'), failed('f')];
    expect(focus(...events).pick(3)).toEqual(['a', 'd', 'f']);
    expect(focus(...events).pick(2)).toEqual(['d', 'f']);
    expect(focus(...events).pick(1)).toEqual(['f']);
    expect(focus(...events, started('d')).pick(1)).toEqual(['d']);
    expect(focus(...events).pick(6)).toEqual(names);
  });

  it('lets go of what the scheduler has forgotten, but for the pinned ones', () => {
    const events = [scheduled('pinned', [PINNED]), started('f'), failed('f'), started('d'), completed('d'), removed('f'), removed('d'), removed('pinned')];
    expect(focus(...events).pick(9)).toEqual(['pinned']);
  });

  it('holds no more than a screenful, however much is done', () => {
    const many = Array.from({ length: 1000 }, (_, i) => `d${i}`);
    const full = focus(...many.flatMap((id) => [started(id), completed(id)])).pick(Infinity);
    expect(full).toHaveLength(100);
    expect(full[0]).toBe('d999');
  });
});
