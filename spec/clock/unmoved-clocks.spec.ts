import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { UnmovedClocks } from '../../src/clock/unmoved-clocks.js';

type Hook = () => void;

/** Clocks that are watched by a test runner whose tests end when `endTest` is called. */
function watched(register: (hook: Hook, hooks: Hook[]) => void = (hook, hooks) => hooks.push(hook)) {
  const hooks: Hook[] = [];
  const runner = globalThis as { afterEach?: unknown };
  const { afterEach: real } = runner;
  runner.afterEach = (hook: Hook) => { register(hook, hooks); };
  try {
    return { clocks: new UnmovedClocks(), endTest: () => { for (const hook of hooks) hook(); } };
  } finally {
    runner.afterEach = real;
  }
}

afterEach(() => { jest.restoreAllMocks(); });

describe('UnmovedClocks', () => {
  it('warns once, at the end of the test, of a clock that something waits on and that was not moved', () => {
    const warn = jest.spyOn(console, 'warn').mockReturnValue();
    const { clocks, endTest } = watched();
    clocks.add({ waiting: 1 });
    clocks.add({ waiting: 3 });
    clocks.add({ waiting: 0 });
    const moved = { waiting: 5 };
    clocks.add(moved);
    clocks.delete(moved);
    expect(warn).not.toHaveBeenCalled();
    endTest();
    endTest();
    expect(warn.mock.calls).toEqual([
      ['carillon: one action waits on a VirtualClock that this test never moved. Await its advanceBy(), advanceTo() or runToIdle().'],
      ['carillon: 3 actions wait on a VirtualClock that this test never moved. Await its advanceBy(), advanceTo() or runToIdle().'],
    ]);
  });

  it('says nothing, and keeps nothing, where there is no test runner, or it refuses to be told', () => {
    const warn = jest.spyOn(console, 'warn').mockReturnValue();
    const { clocks, endTest } = watched(() => { throw new Error('Hooks cannot be defined inside tests.'); });
    clocks.add({ waiting: 1 });
    endTest();
    expect(warn).not.toHaveBeenCalled();
  });
});
