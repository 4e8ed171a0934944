import { describe } from '@jest/globals';
import { describeFacade } from '../support/facade-contract.js';
import { openFar } from '../support/far-facade.js';

/** A pseudo-random number of at most `most`, the same in each run. */
function lcg(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor(state / 65_536) % (most + 1);
  };
}

describe('a scheduler in another thread', () => {
  const random = lcg(4);
  describeFacade('is a TaskFacade', openFar());
  describeFacade('is one when each message takes its time', openFar({ delay: () => random(3) }));
  describeFacade('is one when others ask for what is refused', openFar({ delay: () => random(1), refusalEvery: 2 }));
});
