const assert = require('node:assert/strict');
const { TaskScheduler } = require('carillon');

async function main() {
  const scheduler = new TaskScheduler();
  const id = scheduler.scheduleOneTime((a, b) => a + b, Date.now(), { args: [1, 2] });
  assert.equal(await scheduler.result(id), 3);
  await scheduler.stop();
  assert.equal((await import('carillon')).TaskScheduler, TaskScheduler);
}

// No top-level await here: a promise that never settles would end the process with code 0.
let done = false;
process.on('exit', () => assert.ok(done, 'the scheduler never answered'));
main().then(() => (done = true));
