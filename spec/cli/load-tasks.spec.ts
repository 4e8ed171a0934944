// Which of a module's exports are its tasks.
import { describe, expect, it } from '@jest/globals';
import { exportedTasks } from '../../src/cli/load-tasks.js';
import { after, defineTask } from '../../src/index.js';

describe('exportedTasks', () => {
  const [a, b] = [defineTask(() => 'a', after(0)), defineTask(() => 'b', after(0))];

  it('are what defineTask has made, by the names of the exports', () => {
    expect([...exportedTasks({ a, other: 7, work: () => 1, nothing: null, b })]).toEqual([['a', a], ['b', b]]);
    expect(exportedTasks({ a: { work: () => 1 } }).size).toBe(0);
  });

  it('are found in the default export, where CommonJS puts them', () => {
    expect([...exportedTasks({ default: { a, other: 7 } })]).toEqual([['a', a]]);
    expect([...exportedTasks({ default: a })]).toEqual([['default', a]]);
    expect([...exportedTasks({ default: a, 'module.exports': a })]).toEqual([['default', a]]);
    expect([...exportedTasks({ default: { a }, a, 'module.exports': { a } })]).toEqual([['a', a]]);
  });

  it('decides: a task of several names is one task, under the first of them, "default" last', () => {
    expect([...exportedTasks({ a, again: a, default: a })]).toEqual([['a', a]]);
    expect([...exportedTasks({ default: { a, b }, b })]).toEqual([['b', b], ['a', a]]);
  });
});
