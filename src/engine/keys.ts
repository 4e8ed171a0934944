// Keys: the concurrency key of a run, when it is made of the run's arguments, which only a function of the user's can do.
import { text } from '../task/check.js';
import { toError } from '../task/errors.js';
import { argsOf } from './attempt.js';
import type { Desk } from './desk.js';
import type { Run } from './run.js';

/** What the keys need of the engine. */
export interface KeyPorts {
  readonly desk: Desk;
  /** Claims the limits of the run that go with this key. @throws InvalidArgumentError when the key has other limits */
  claim(run: Run, key: string): void;
  /** Lets the run go on to the gate. */
  enter(run: Run): void;
}

/** Finds out the keys of runs. */
export class Keys {
  readonly #ports: KeyPorts;

  constructor(ports: KeyPorts) {
    this.#ports = ports;
  }

  /** Whether the run can't enter the gate yet. Then it does once the step is over, for until then no code of the user's runs. */
  lacks(run: Run): boolean {
    if (!run.task.closures.keyOf || run.rare.ownClaim || run.rare.flaw) return false;
    const rare = run.ownRare;
    if (rare.isKeyAsked) return true;
    rare.isKeyAsked = true;
    this.#ports.desk.afterwards(() => {
      // The task may have got another one meanwhile.
      const { keyOf } = run.task.closures;
      const key = keyOf && this.#keyOf(run, keyOf);
      this.#ports.desk.step(() => {
        rare.isKeyAsked = false;
        // It may have been dropped meanwhile.
        if (run.phase !== 'entered' && run.phase !== 'retrying') return;
        this.#claim(run, key);
        this.#ports.enter(run);
      });
    });
    return true;
  }

  #keyOf(run: Run, keyOf: (...args: never) => unknown): string | undefined {
    try {
      run.args ??= argsOf(run);
      return text(keyOf(...run.args as never), 'concurrencyKey()');
    } catch (error) {
      run.ownRare.flaw = toError(error);
      return undefined;
    }
  }

  #claim(run: Run, key: string | undefined): void {
    try {
      if (key !== undefined) this.#ports.claim(run, key);
    } catch (error) {
      run.ownRare.flaw = toError(error);
    }
  }
}
