import { TaskScheduler } from 'carillon';

function sayHello(name: string): string {
  console.log(`Hello, ${name}!`);
  return `Greeting for ${name} sent.`;
}

const scheduler = new TaskScheduler();
const id = scheduler.scheduleOneTime(sayHello, new Date(Date.now() + 2000), { args: ['Alice'] });
console.log(scheduler.getTaskStatus(id));
setTimeout(() => {
  console.log(scheduler.getTaskResult(id));
}, 2500);
