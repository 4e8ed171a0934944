// A process that measures what each deed takes, by the number of tasks. Its arguments: where the built package is, the fault to put in or '', two numbers
// of tasks, how many of each deed to count, and the situations.
import type * as Carillon from '../../../src/index.js';
import type * as Testing from '../../../src/testing/index.js';
import type { Measured } from './bounds.js';
import { Counter } from './counter.js';
import { SITUATIONS, type SituationName } from './deeds.js';
import { FAULTS, type FaultName } from './faults.js';

const [dist = '', fault = '', few = '', many = '', times = '', ...situations] = process.argv.slice(2);
// Before anything is loaded that it is to count.
const counter = new Counter();
const { TaskScheduler, after, every } = await import(new URL('index.js', dist).href) as typeof Carillon;
const { VirtualClock } = await import(new URL('testing/index.js', dist).href) as typeof Testing;
const whole = { TaskScheduler, after, every, VirtualClock };
const measurable = fault === '' ? whole : { ...whole, ...FAULTS[fault as FaultName].breakIt(whole) };

const measured = new Map<string, Partial<Measured>>();
for (const [size, tasks] of Object.entries({ few, many })) {
  for (const situation of situations) {
    await SITUATIONS[situation as SituationName]({
      ...measurable,
      tasks: Number(tasks),
      times: Number(times),
      count: async (deed, times, act, growth = {}) => {
        const { operations, bytes } = await counter.count(act);
        measured.set(deed, { ...measured.get(deed), deed, growth, [size]: { tasks: Number(tasks), operations: operations / times, bytes: bytes / times } });
      },
    });
  }
}
console.log(JSON.stringify([...measured.values()]));
