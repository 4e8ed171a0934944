// Collect lines, and send them every 10 seconds, or as soon as there are 100
import type { TaskScheduler } from 'carillon';

export function sendInBatches(scheduler: TaskScheduler, send: (lines: readonly string[]) => Promise<void>): (line: string) => void {
  const lines: string[] = [];
  const sendAll = async (): Promise<void> => {
    const batch = lines.slice();
    if (batch.length > 0) await send(batch);
    lines.splice(0, batch.length); // what fails stays, for the next time
  };
  const id = scheduler.schedulePeriodic(sendAll, '10s', { overlap: 'queue' });
  return (line) => { if (lines.push(line) === 100) scheduler.runTask(id); };
}
