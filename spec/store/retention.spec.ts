import { describe, expect, it } from '@jest/globals';
import fc from '../support/properties.js';
import { Retention, type Finished } from '../../src/store/retention.js';

const task = (id: string): Finished => ({ id, older: undefined, newer: undefined });

describe('Retention', () => {
  it('keeps the newest 10,000 finished tasks and 20 runs of each, unless it is told', () => {
    const retention = new Retention();
    for (let n = 0; n < 10_000; n++) retention.finished(task(`t${n}`));
    expect([retention.surplus()?.id, retention.runs]).toEqual([undefined, 20]);
    retention.finished(task('one more'));
    expect(retention.surplus()?.id).toBe('t0');
    expect(new Retention({ tasks: undefined, runs: undefined }).runs).toBe(20);
  });

  it.each([[0, 'a'], [1, 'a'], [2, undefined], [Infinity, undefined]])('with %d tasks to keep, names of two the surplus: %p', (tasks, surplus) => {
    const retention = new Retention({ tasks });
    retention.finished(task('a'));
    retention.finished(task('b'));
    expect([retention.surplus()?.id, retention.surplus()?.id]).toEqual([surplus, surplus]);
  });

  it('names the oldest that is still known, whatever was removed by hand or by retention', () => {
    const commands = fc.array(fc.record({ do: fc.constantFrom('finish', 'finish', 'remove', 'retain'), pick: fc.nat() }), { maxLength: 200 });
    fc.assert(fc.property(fc.nat({ max: 5 }), commands, (tasks, all) => {
      const retention = new Retention({ tasks });
      const model: Finished[] = [];
      for (const [n, { do: action, pick }] of all.entries()) {
        if (action === 'finish') {
          model.push(task(`t${n}`));
          retention.finished(model.at(-1)!);
        } else {
          const at = action === 'remove' ? pick % Math.max(1, model.length) : 0;
          const [removed] = action === 'remove' || model.length > tasks ? model.splice(at, 1) : [];
          if (removed) {
            retention.removed(removed);
            expect(retention.wasForgotten(removed.id)).toBe(true);
          }
        }
        expect(retention.surplus()?.id).toBe(model.length > tasks ? model[0]!.id : undefined);
      }
    }));
  });

  it('goes on rightly when thousands have come and gone, those in the midst by hand', () => {
    const retention = new Retention({ tasks: 100 });
    const model: Finished[] = [];
    const remove = (at: number) => retention.removed(model.splice(at, 1)[0]!);
    for (let n = 0; n < 5_000; n++) {
      model.push(task(`t${n}`));
      retention.finished(model.at(-1)!);
      if (n % 3 === 0) remove(Math.floor(model.length / 2));
      if (n % 7 === 0 && model.length > 1) remove(model.length - 1);
      while (model.length > 100) {
        expect(retention.surplus()?.id).toBe(model[0]!.id);
        remove(0);
      }
      expect(retention.surplus()?.id).toBeUndefined();
    }
  });

  it('tells apart two tasks that had the same id', () => {
    const retention = new Retention({ tasks: 1 });
    const [old, young] = [task('a'), task('a')];
    retention.finished(old);
    retention.removed(old);
    retention.finished(young);
    expect(retention.surplus()?.id).toBeUndefined();
    retention.finished(task('b'));
    expect(retention.surplus()?.id).toBe('a');
    retention.removed(young);
    expect(retention.surplus()?.id).toBeUndefined();
  });

  it('remembers that a task was forgotten, for the last thousand of them', () => {
    const retention = new Retention();
    expect(retention.wasForgotten('t0')).toBe(false);
    for (let n = 0; n < 2_500; n++) retention.removed(task(`t${n}`));
    const remembered = Array.from({ length: 2_500 }, (_, n) => n).filter((n) => retention.wasForgotten(`t${n}`));
    expect([remembered.length, remembered[0], remembered.at(-1)]).toEqual([1_000, 1_500, 2_499]);
  });

  it('remembers an id once, however often it was forgotten', () => {
    const retention = new Retention();
    for (let n = 0; n < 5_000; n++) retention.removed(task('again'));
    for (let n = 0; n < 999; n++) retention.removed(task(`t${n}`));
    expect([retention.wasForgotten('again'), retention.wasForgotten('t0'), retention.wasForgotten('t998')]).toEqual([true, true, true]);
  });
});
