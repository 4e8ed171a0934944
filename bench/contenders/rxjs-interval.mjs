// RxJS's `interval` by itself: no state, no limit, no errors caught.
import { interval } from 'rxjs';

export const firstTick = 1;

export function open() {
  const subscriptions = [];
  return {
    every: (work, ms) => subscriptions.push(interval(ms).subscribe(work)),
    close: () => subscriptions.forEach((subscription) => subscription.unsubscribe()),
  };
}
