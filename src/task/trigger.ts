// Triggers as data: when a task is due, as a plain frozen value that can be compared, stored and sent.

/** Due once, at an instant. */
export interface OnceTrigger {
  readonly kind: 'once';
  /** Epoch ms. */
  readonly at: number;
}

/** Due once, some time after the call that schedules it. */
export interface AfterTrigger {
  readonly kind: 'after';
  /** Milliseconds. */
  readonly delay: number;
}

/** Due again and again, on a grid: the k-th tick at `anchor + k * interval`. */
export interface EveryTrigger {
  readonly kind: 'every';
  /** Milliseconds. */
  readonly interval: number;
}

/** When a task is due: a pure rule from instants to instants. Made by `once`, `after` and `every`. */
export type Trigger = OnceTrigger | AfterTrigger | EveryTrigger;

/** Stands, in commands and events, for a trigger that is an Observable, which no data can hold. */
export interface ObservableTrigger {
  readonly kind: 'observable';
}
