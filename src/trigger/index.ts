// The triggers, by name.
export { after } from './after.js';
export { calendar } from './calendar.js';
export { cron } from './cron.js';
export { every } from './every.js';
export { once } from './once.js';
export { anyOf, except } from './trigger.js';
