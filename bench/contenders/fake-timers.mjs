// toad-scheduler under @sinonjs/fake-timers, which stand in for Node's own and let no promise settle.
import FakeTimers from '@sinonjs/fake-timers';
import { open } from './toad-scheduler.mjs';

export const firstTick = 1;

export async function simulate({ n, period, span, work }) {
  const clock = FakeTimers.install({ now: 0 });
  const scheduler = open();
  for (let i = 0; i < n; i++) scheduler.every(work, period);
  return {
    go: () => { clock.tick(span); },
    end: () => {
      scheduler.close();
      clock.uninstall();
    },
  };
}
