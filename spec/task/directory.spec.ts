import { describe, expect, it } from '@jest/globals';
import { Directory, newPlace } from '../../src/task/directory.js';

const ids = (directory: Directory<string, number>): string[] => Array.from(directory, ({ id }) => id);

describe('Directory', () => {
  it('finds each place by its id, and nothing by an id that was never there', () => {
    const directory = new Directory<string, number>();
    const places = ['a', 'b', '__proto__'].map((id) => directory.add(newPlace(id)));
    expect(['a', 'b', '__proto__'].map((id) => directory.find(id))).toEqual(places);
    expect([directory.find('c'), directory.find('constructor'), directory.find('a')]).toEqual([undefined, undefined, places[0]]);
  });

  it('gives a place up once the store has forgotten the task', () => {
    const directory = new Directory<string, number>();
    const place = directory.add(newPlace('a'));
    place.known = 1;
    directory.forget(place);
    expect([directory.find('a'), place.known, ids(directory)]).toEqual([undefined, undefined, []]);
  });

  it('moves a place to the end when a new task has taken it', () => {
    const directory = new Directory<string, number>();
    const [a] = ['a', 'b', 'c'].map((id) => directory.add(newPlace(id)));
    [a!.live, a!.known] = ['the new one', 1];
    directory.forget(a!);
    expect([directory.find('a'), a!.known, a!.live, ids(directory)]).toEqual([a, undefined, 'the new one', ['b', 'c', 'a']]);
  });

  it('believes whoever says which place will be asked for next, and still finds the others', () => {
    const directory = new Directory<string, number>();
    const [a, b] = ['a', 'b'].map((id) => directory.add(newPlace(id)));
    directory.expect(a!);
    expect([directory.find('b'), directory.find('a')]).toEqual([b, a]);
  });
});
