// The triggers, by name.
export { after } from './after.js';
export { every } from './every.js';
export { once } from './once.js';
