// carillon/threads: work that runs in threads, and can really be stopped. Needs piscina and serialize-error.
export { workerModule } from './worker-module.js';
export type { ThreadFunctions, WorkerModule } from './worker-module.js';
export type { WorkerModuleOptions } from './options.js';
export { inThread } from './in-thread.js';
export type { ThreadFunction } from './thread-function.js';
export { transfer } from './crossing.js';
export { NotSerializableError, WorkerCrashedError, WorkerModuleError, WorkerOutOfMemoryError } from './errors.js';
