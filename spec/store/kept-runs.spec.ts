import { describe, expect, it } from '@jest/globals';
import fc from '../support/properties.js';
import { KeptRuns } from '../../src/store/kept-runs.js';
import { NEW_DRAFTS, type RunRecord } from '../../src/task/run-record.js';

const run = (n: number): RunRecord => NEW_DRAFTS.fresh(`r${String(n)}`, 'a', n, n, 'scheduled');

describe('KeptRuns', () => {
  it('does as an array does that is shifted when it is too long', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 9 }), fc.array(fc.boolean(), { maxLength: 60 }), (most, all) => {
      const kept = new KeptRuns(run(0));
      const model = ['r0'];
      for (const [n, replaces] of all.entries()) {
        const next = run(n + 1);
        if (replaces) {
          kept.newest = next;
          model[model.length - 1] = next.runId as string;
        } else {
          model.push(next.runId as string);
          expect(kept.add(next, most)?.runId).toBe(model.length > most ? model.shift() : undefined);
        }
        expect([...kept].map(({ runId }) => runId)).toEqual(model);
        expect(kept.newest.runId).toBe(model.at(-1));
      }
    }));
  });
});
