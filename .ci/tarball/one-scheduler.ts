// One scheduler, used by two threads: the other one schedules by name, follows the task, and ends by itself.
import { TaskScheduler, after } from 'carillon';
import { connectScheduler, serveScheduler } from 'carillon/threads';
import { Worker, isMainThread, parentPort, type MessagePort } from 'node:worker_threads';

if (isMainThread) {
  const scheduler = new TaskScheduler();
  scheduler.register('greet', (name: string) => `Hello, ${name}!`);
  serveScheduler(scheduler, new Worker(new URL(import.meta.url)));
} else {
  const scheduler = connectScheduler(parentPort as MessagePort);
  const id = scheduler.schedule('greet', after(50), { args: ['Alice'] });
  scheduler.task$(id).subscribe(({ status }) => { console.log(status); });
  console.log(await scheduler.result(id));
}
