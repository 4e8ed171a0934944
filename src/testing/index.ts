// The testing kit: what users import from 'carillon/testing'.
export { VirtualClock } from '../clock/virtual-clock.js';
export type { RunToIdleOptions, VirtualClockOptions } from '../clock/virtual-clock.js';
export { FakeWork } from './fake-work.js';
export type { FakeCall, FakeWorkOptions } from './fake-work.js';
export { EVENT_LETTERS, STATUS_LETTERS, eventLetters, statusLetters } from './letters.js';
