// The three examples one after the other, with their work in a thread: of a module, of a process, or by its source.
import { argv } from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { TaskScheduler } from 'carillon';
import { inThread, processModule, workerModule } from 'carillon/threads';
import * as work from './work.js';

const url = new URL('./work.js', import.meta.url);
const { sayHello, countUp, divideByZero } = argv[2] === 'source'
  ? { sayHello: inThread(work.sayHello), countUp: inThread(work.countUp), divideByZero: inThread(work.divideByZero) }
  : argv[2] === 'process' ? processModule<typeof work>(url) : workerModule<typeof work>(url);

const scheduler = new TaskScheduler();
const hello = scheduler.scheduleOneTime(sayHello, new Date(Date.now() + 2000), { args: ['Alice'] });
console.log(scheduler.getTaskStatus(hello));
const greeting: string = await scheduler.result(hello);
await wait(500);
console.log(greeting);

const counter = scheduler.schedulePeriodic(countUp, { seconds: 1 }, { args: [0, 1], carry: (sum, [, step]) => [sum, step] });
await wait(3500);
console.log(scheduler.stopTask(counter));

const bad = scheduler.scheduleOneTime(divideByZero, Date.now() + 1000, { args: [10n] });
await scheduler.whenSettled(bad);
console.log(scheduler.getTaskStatus(bad));
console.log(String(scheduler.getTaskError(bad)), scheduler.getTaskError(bad) instanceof RangeError);
await scheduler.stop();
