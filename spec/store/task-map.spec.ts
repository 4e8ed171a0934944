import { describe, expect, it } from '@jest/globals';
import fc from '../support/properties.js';
import { PersistentArray } from '../../src/store/persistent-array.js';
import { TaskMap, type TaskIndex } from '../../src/store/task-map.js';
import { taskSnapshot } from '../../src/task/snapshot.js';
import { transition } from '../../src/task/state.js';
import type { TaskRecord } from '../../src/task/task-record.js';
import type { TaskState } from '../../src/task/task.js';
import { journal } from '../task/fact.js';
import { steps } from './steps.js';

const fact = journal();
const record = (id: string): TaskRecord => transition(undefined, fact('taskScheduled', { taskId: id, tags: [], trigger: { kind: 'once', at: 5 }, replaced: false }))!;

/** Records under ids, as the store has them: an index is never used twice. */
class Records implements TaskIndex {
  removals = 0;
  readonly #array = new PersistentArray<TaskRecord>();
  readonly #indices = new Map<string, number>();
  #next = 0;

  put(task: TaskRecord): void {
    const index = this.#indices.get(task.id) ?? this.#next++;
    this.#indices.set(task.id, index);
    this.#array.set(index, task);
  }

  forget(id: string): void {
    const index = this.#indices.get(id);
    if (index === undefined) return;
    this.#array.delete(index);
    this.#indices.delete(id);
    this.removals++;
  }

  indexOf(id: string): number | undefined {
    return this.#indices.get(id);
  }

  map(version = 0): TaskMap<TaskRecord> {
    return new TaskMap(this.#array.view(), this, version, taskSnapshot);
  }
}

function expectSame(map: TaskMap<TaskRecord>, model: ReadonlyMap<string, TaskState>, probes: Iterable<string>): void {
  expect(map.size).toBe(model.size);
  expect([...map]).toEqual([...model]);
  for (const id of probes) {
    expect(map.get(id)).toBe(model.get(id));
    expect(map.has(id)).toBe(model.has(id));
  }
}

describe('TaskMap', () => {
  const records = new Records();
  for (const id of ['a', 'b', 'c']) records.put(record(id));
  const map = records.map(7);

  it('is read as a Map is', () => {
    const states = ['a', 'b', 'c'].map((id) => map.get(id));
    expect([map.size, map.version, map.has('b'), map.has('d'), map.get('d')]).toEqual([3, 7, true, false, undefined]);
    expect([...map.keys()]).toEqual(['a', 'b', 'c']);
    expect([...map.values()]).toEqual(states);
    expect([...map.entries()]).toEqual([...map]);
    expect(new Map(map)).toEqual(new Map(states.map((state) => [state!.id, state])));
  });

  it('hands forEach the state, the id, the map and `this`', () => {
    const seen: unknown[] = [];
    map.forEach(function (this: unknown, ...args) { seen.push([this, ...args]); }, 'self');
    expect(seen).toEqual([...map].map(([id, state]) => ['self', state, id, map]));
    expect((seen[0] as unknown[])[3]).toBe(map);
  });

  it('gives the same state for the same record, whichever way it is read', () => {
    expect(map.get('a')).toBe([...map.values()][0]);
    expect(records.map().get('a')).toBe(map.get('a'));
  });

  it('still knows a task that was forgotten since', () => {
    const own = new Records();
    own.put(record('a'));
    own.put(record('b'));
    const before = own.map();
    const state = before.get('a');
    own.forget('a');
    expect([before.get('a'), before.has('a'), before.size]).toEqual([state, true, 2]);
    expect([own.map().get('a'), own.map().has('a'), own.map().size]).toEqual([undefined, false, 1]);
  });

  it('shows the task of its own moment when another one has taken the id since', () => {
    const own = new Records();
    for (let n = 0; n < 40; n++) own.put(record(`filler ${n}`));
    const old = record('a');
    own.put(old);
    const before = own.map();
    own.forget('a');
    const between = own.map();
    // The new index lies beyond the branch, and later beyond the height, of the old view.
    for (let n = 0; n < 2_000; n++) own.put(record(`later ${n}`));
    const young = record('a');
    own.put(young);
    expect([before.get('a'), between.get('a'), own.map().get('a')]).toEqual([taskSnapshot(old), undefined, taskSnapshot(young)]);
    expect([...own.map().keys()].at(-1)).toBe('a');
  });

  it('looks through no tasks for an id, unless one was forgotten since', () => {
    const own = new Records();
    for (let n = 0; n < 1_000; n++) own.put(record(`t${n}`));
    const before = own.map();
    const look = () => { before.get('t500'); before.has('nobody'); };
    // What there is comes of making one state.
    expect(steps(look)).toBeLessThan(200);
    own.forget('t3');
    expect(before.has('t3')).toBe(true);
    expect(steps(look)).toBeLessThan(200);
  });

  it('says which tasks are others than in an earlier map, each by its place', () => {
    const own = new Records();
    for (const id of ['a', 'b', 'c']) own.put(record(id));
    const before = own.map();
    const changed: TaskRecord = { ...record('b'), past: { ...record('b').past, skippedCount: 1 } };
    own.put(changed);
    own.forget('a');
    own.put(record('d'));
    const after = own.map();
    expect([...after.changesSince(before)]).toEqual([[0, undefined], [1, taskSnapshot(changed)], [3, after.get('d')]]);
    expect([...after.changesSince(undefined)].map(([place, task]) => [place, task?.id])).toEqual([[1, 'b'], [2, 'c'], [3, 'd']]);
    expect([...after.changesSince(after)]).toEqual([]);
  });

  it('finds ids such as __proto__, and nothing that was not put there', () => {
    const own = new Records();
    own.put(record('__proto__'));
    expect([own.map().has('__proto__'), own.map().has('constructor'), own.map().get('toString')]).toEqual([true, false, undefined]);
  });

  it('does as a Map does, and one that was taken never changes, whatever is forgotten and re-created', () => {
    const ids = fc.constantFrom('a', 'b', 'c', 'd', 'e', '__proto__');
    const commands = fc.array(fc.record({ do: fc.constantFrom('put', 'change', 'forget', 'map'), id: ids }), { maxLength: 100 });
    fc.assert(fc.property(commands, (all) => {
      const own = new Records();
      const model = new Map<string, TaskRecord>();
      const pictures: { map: TaskMap<TaskRecord>; model: ReadonlyMap<string, TaskState> }[] = [];
      const take = () => pictures.push({ map: own.map(), model: new Map([...model].map(([id, task]) => [id, taskSnapshot(task)])) });
      for (const { do: action, id } of all) {
        const known = model.get(id);
        if (action === 'map') take();
        else if (action === 'forget') {
          own.forget(id);
          model.delete(id);
        } else if (action === 'put' ? !known : known) {
          const next = known ? { ...known, past: { ...known.past, skippedCount: known.past.skippedCount + 1 } } : record(id);
          own.put(next);
          model.set(id, next);
        }
      }
      take();
      for (const picture of pictures) expectSame(picture.map, picture.model, ['a', 'b', 'c', 'd', 'e', '__proto__', 'f']);
    }));
  });
});
