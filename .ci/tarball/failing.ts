import { TaskScheduler } from 'carillon';

function divideByZero(n: bigint): bigint {
  return n / 0n;
}

const scheduler = new TaskScheduler();
const bad = scheduler.scheduleOneTime(divideByZero, Date.now() + 1000, { args: [10n] });
setTimeout(() => {
  console.log(scheduler.getTaskStatus(bad));
  console.log(String(scheduler.getTaskError(bad)));
}, 1500);
