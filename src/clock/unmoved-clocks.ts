// Unmoved clocks: a test that never moved its virtual clock is told so.

interface Unmoved {
  readonly waiting: number;
}

/** Warns at the end of each test of the clocks that something waits on, and that were never moved. */
export class UnmovedClocks {
  readonly #clocks = new Set<Unmoved>();
  readonly #isWatching: boolean;

  constructor() {
    this.#isWatching = afterEachTest(() => {
      for (const { waiting } of this.#clocks) if (waiting > 0) warn(waiting);
      this.#clocks.clear();
    });
  }

  add(clock: Unmoved): void {
    // Where no test will end, nobody is there to let go of them.
    if (this.#isWatching) this.#clocks.add(clock);
  }

  delete(clock: Unmoved): void {
    this.#clocks.delete(clock);
  }
}

/** Registers with the test runner, if it has a global `afterEach`. */
function afterEachTest(look: () => void): boolean {
  const { afterEach } = globalThis as { afterEach?: (hook: () => void) => void };
  if (typeof afterEach !== 'function') return false;
  try {
    afterEach(look);
    return true;
  } catch {
    // Some runners refuse to register anything while a test runs, which is when a late import comes.
    return false;
  }
}

function warn(waiting: number): void {
  const what = waiting === 1 ? 'one action waits' : `${waiting} actions wait`;
  console.warn(`carillon: ${what} on a VirtualClock that this test never moved. Await its advanceBy(), advanceTo() or runToIdle().`);
}
