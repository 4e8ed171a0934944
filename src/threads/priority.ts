// Priority: workers give way to the event loop when there are more of them than processors.
import { getPriority, setPriority } from 'node:os';

/** The lowest that there is. */
const LOWEST = 19;

/** Lowers the priority of this process; on Linux, that of this thread alone (setpriority(2), "C library/kernel differences"). */
export function giveWay(increment: number): void {
  try {
    if (increment > 0) setPriority(0, Math.min(LOWEST, getPriority(0) + increment));
  } catch {
    // Where that is not allowed, it goes on as it is.
  }
}
