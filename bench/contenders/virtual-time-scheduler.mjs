// RxJS's own virtual time, with `interval` alone: it keeps no state at all, and knows no promises.
export const firstTick = 1;
