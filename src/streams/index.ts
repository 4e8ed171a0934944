// Streams: operators on what a scheduler tells, and tasks that are Observables themselves.
export { runCron } from './run-cron.js';
export { runEvery } from './run-every.js';
export { runOnce } from './run-once.js';
export { selectByTag } from './select-by-tag.js';
export { untilSettled } from './until-settled.js';
export { whenStatus } from './when-status.js';
export type { ColdOptionsParameter, ColdTaskOptions } from './cold-task.js';
export type { WithStatus } from './when-status.js';
