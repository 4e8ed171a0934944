import { describe, expect, it } from '@jest/globals';
import { Directory, type Place } from '../../src/task/directory.js';

interface Task { place: unknown }

const newDirectory = () => new Directory<Place<Task>>((id) => ({ id, task: undefined }));
const ids = (directory: Directory<Place<Task>>): string[] => Array.from(directory, ({ id }) => id);
const fill = (directory: Directory<Place<Task>>, ...all: string[]) => all.map((id) => directory.add(directory.newPlace(id)));

describe('Directory', () => {
  it('finds each place by its id, and nothing by an id that was never there', () => {
    const directory = newDirectory();
    const places = fill(directory, 'a', 'b', '__proto__');
    expect(['a', 'b', '__proto__'].map((id) => directory.find(id))).toEqual(places);
    expect([directory.find('c'), directory.find('constructor'), directory.find('a')]).toEqual([undefined, undefined, places[0]]);
  });

  it('takes no place in that was only made', () => {
    const directory = newDirectory();
    directory.newPlace('a');
    expect([directory.find('a'), ids(directory)]).toEqual([undefined, []]);
  });

  it('gives a place up once the store has forgotten the task, be it the one that was found last or not', () => {
    const directory = newDirectory();
    const [a, b] = fill(directory, 'a', 'b', 'c');
    directory.find('a');
    directory.forget(a!);
    directory.find('c');
    directory.forget(b!);
    expect([directory.find('a'), directory.find('b'), ids(directory)]).toEqual([undefined, undefined, ['c']]);
  });

  it('gives a new task that has taken the place one of its own, at the end', () => {
    const directory = newDirectory();
    const [a] = fill(directory, 'a', 'b', 'c');
    const task: Task = { place: a };
    a!.task = task;
    directory.forget(a!);
    const moved = directory.find('a');
    expect([a!.task, moved?.task, ids(directory)]).toEqual([undefined, task, ['b', 'c', 'a']]);
    expect(task.place).toBe(moved);
    expect(moved).not.toBe(a);
  });
});
