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

/** Due again and again: on a grid, the k-th tick at `anchor + k * interval`; or, by fixed delay, so long after each run has ended. */
export interface EveryTrigger {
  readonly kind: 'every';
  /** Milliseconds. */
  readonly interval: number;
  /** @default 'fixedRate' */
  readonly mode?: 'fixedDelay';
  /** The anchor, epoch ms. @default the call that schedules the task, or the task's `startAt` */
  readonly startAt?: number;
  /** How much later than the grid says a tick may be due, in ms. @default 0 */
  readonly jitter?: number;
}

/** Due whenever the wall clock of a time zone matches a cron expression. */
export interface CronTrigger {
  readonly kind: 'cron';
  readonly expression: string;
  /** An IANA name. */
  readonly timeZone: string;
}

/** Due again and again after so many months and days by the calendar of a time zone, at the time of day of the anchor. */
export interface CalendarTrigger {
  readonly kind: 'calendar';
  /** Whole months; a year is twelve of them. */
  readonly months: number;
  /** Whole days; a week is seven of them. */
  readonly days: number;
  /** An IANA name. */
  readonly timeZone: string;
  /** The anchor, epoch ms. @default the call that schedules the task, or the task's `startAt` */
  readonly startAt?: number;
}

/** Due whenever one of several triggers is; once, where they agree. */
export interface AnyOfTrigger {
  readonly kind: 'anyOf';
  readonly triggers: readonly Trigger[];
}

/** Due when a trigger is, but for the exceptions. */
export interface ExceptTrigger {
  readonly kind: 'except';
  readonly trigger: Trigger;
  /** Another trigger: no tick at an instant at which that one is due. */
  readonly unless?: Trigger;
  /** No tick at these instants, epoch ms, in order. */
  readonly instants?: readonly number[];
  /** No tick on these days of the time zone, as `'2027-12-25'`, in order. */
  readonly days?: readonly string[];
  /** The zone of `days`, an IANA name. */
  readonly timeZone?: string;
}

/** When a task is due: a pure rule from instants to instants, as plain data. Made by `once`, `after`, `every`, `cron`, `calendar`, `anyOf` and `except`. */
export type Trigger = OnceTrigger | AfterTrigger | EveryTrigger | CronTrigger | CalendarTrigger | AnyOfTrigger | ExceptTrigger;

/** Stands, in commands and events, for a trigger that is an Observable, which no data can hold. */
export interface ObservableTrigger {
  readonly kind: 'observable';
}
