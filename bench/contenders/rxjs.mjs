// RxJS itself: what is imported, to compare with.
export const entry = import.meta.resolve('rxjs');
