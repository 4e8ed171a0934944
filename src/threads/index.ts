// carillon/threads: work that runs in threads and processes, and can really be stopped. Needs piscina and serialize-error.
export { workerModule } from './worker-module.js';
export { processModule } from './process-module.js';
export type { WorkerFunctions, WorkerModule } from './module-functions.js';
export type { ProcessModuleOptions, WorkerModuleOptions, WorkerOptions } from './options.js';
export { inThread } from './in-thread.js';
export type { WorkerFunction } from './worker-function.js';
export { transfer } from './crossing.js';
export { serveScheduler, type ServedScheduler } from './serve-scheduler.js';
export { connectScheduler, type ConnectionOptions, type SchedulerConnection } from './connect-scheduler.js';
export type { SchedulerPort } from './remote-link.js';
export { ConnectionClosedError, NotSerializableError, WorkerCrashedError, WorkerModuleError, WorkerOutOfMemoryError } from './errors.js';
