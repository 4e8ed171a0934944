import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { TaskScheduler } from 'carillon';
import { VirtualClock } from 'carillon/testing';

const scheduler = new TaskScheduler();
const id = scheduler.scheduleOneTime((a, b) => a + b, Date.now(), { args: [1, 2] });
assert.equal(await scheduler.result(id), 3);
await scheduler.stop();
assert.equal(createRequire(import.meta.url)('carillon').TaskScheduler, TaskScheduler);
assert.equal(createRequire(import.meta.url)('carillon/testing').VirtualClock, VirtualClock);
