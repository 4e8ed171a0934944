import { TaskScheduler } from 'carillon';

function countUp(count: number, step: number): number {
  console.log(`Counting: ${count}`);
  return count + step;
}

const scheduler = new TaskScheduler();
const counter = scheduler.schedulePeriodic(countUp, { seconds: 1 }, { args: [0, 1], carry: (sum, [, step]) => [sum, step] });
setTimeout(() => {
  console.log(scheduler.stopTask(counter));
}, 3500);
