// The testing kit: what users import from 'carillon/testing'.
export { VirtualClock } from '../clock/virtual-clock.js';
export type { RunToIdleOptions, VirtualClockOptions } from '../clock/virtual-clock.js';
export { FakeWork } from './fake-work.js';
export type { FakeCall, FakeWorkOptions } from './fake-work.js';
export { VirtualThreads } from './virtual-threads.js';
export type { VirtualThreadsOptions } from './virtual-threads.js';
export type { VirtualCall, VirtualCrash } from './virtual-thread.js';
export { EVENT_LETTERS, STATUS_LETTERS, eventLetters, statusLetters } from './letters.js';
export type { Lane, Mark, RunKeeper, TimelineSource } from './lanes.js';
export { matchers } from './matchers.js';
export type { CarillonMatchers } from './matchers.js';
export { parseTimeline, timeline } from './timeline.js';
export type { TimelineOptions } from './timeline.js';
export { timelineSvg } from './timeline-svg.js';
export type { TimelineSvgOptions } from './timeline-svg.js';
export { checkRuns } from './check-runs.js';
export type { CheckedSchedule, LoggedRun, Violation, ViolationKind } from './check-runs.js';
