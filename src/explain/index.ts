// Explaining: when something will be due, in words and as data.
export { checkExplain, explain } from './explain.js';
export type { ExplainOptions } from './explain.js';
export { explainTask } from './explain-task.js';
export type { ExplainedTick, Explanation, ExplanationWarning, TaskExplanation, WarningCode } from './explanation.js';
export { formatExplanation } from './format-explanation.js';
export { checkUpcoming, upcomingTicks } from './upcoming.js';
export type { UpcomingOptions, UpcomingTick } from './upcoming.js';
