// A process whose scheduler is stopped in the middle of something, and which must then exit by itself.
import { Observable, interval } from 'rxjs';
import { after, every, TaskScheduler, withContext } from '../../../src/index.js';

type Situation = (scheduler: TaskScheduler, stop: () => void) => void;

/** Keeps the process alive for as long as it is subscribed to. */
const ticking$ = interval(5);
const hang = (): Promise<never> => new Promise(() => undefined);

const SITUATIONS: Readonly<Record<string, Situation>> = {
  'work': (scheduler, stop) => { scheduler.schedule(() => { stop(); }, after(10)); },
  'a notification that a trigger was scheduled': (scheduler, stop) => {
    scheduler.events$.subscribe(({ type }) => { if (type === 'taskScheduled') stop(); });
    scheduler.schedule(hang, ticking$);
  },
  'the subscription to a trigger': (scheduler, stop) => {
    scheduler.schedule(hang, new Observable<number>((subscriber) => {
      stop();
      return ticking$.subscribe(subscriber);
    }));
  },
  'an abort': (scheduler, stop) => {
    const id = scheduler.schedule(withContext(({ signal }) => new Promise((_, reject) => {
      signal.addEventListener('abort', () => { stop(); reject(signal.reason as Error); });
    })), ticking$);
    scheduler.schedule(() => { scheduler.cancelTask(id); }, after(30));
  },
  'a notification of the stop itself': (scheduler, stop) => {
    scheduler.events$.subscribe(({ type }) => { if (type === 'ticksSkipped') stop(); });
    scheduler.schedule(hang, ticking$, { overlap: 'queue' });
    scheduler.schedule(() => { stop(); }, after(40));
  },
  'a herd': (scheduler, stop) => {
    for (let index = 0; index < 2_000; index++) scheduler.schedule(() => { if (index === 1_000) stop(); return ticking$; }, after(20));
  },
  'a pause': (scheduler, stop) => {
    const ids = [scheduler.schedule(hang, ticking$), scheduler.schedulePeriodic(hang, 10), scheduler.schedule(hang, after(5))];
    for (const id of ids) scheduler.pauseTask(id);
    scheduler.schedule(() => { stop(); }, after(40));
  },
  'a failure that nobody observes': (scheduler, stop) => {
    scheduler.schedule(() => { throw new Error('broken'); }, every(10), { afterFailure: 'stop' });
    scheduler.schedule(hang, ticking$);
    scheduler.schedule(() => { stop(); }, after(40));
  },
  'the call before it': (scheduler, stop) => {
    scheduler.runTask(scheduler.schedule(() => ticking$, ticking$));
    stop();
  },
};

const scheduler = new TaskScheduler({ onError: () => undefined });
const situation = SITUATIONS[process.argv[2] ?? ''];
if (!situation) throw new Error(`There are: ${Object.keys(SITUATIONS).join(', ')}.`);
situation(scheduler, () => { void scheduler.stop({ deadline: 50 }).then(({ pending }) => { console.log(`stopped, ${pending} pending`); }); });
