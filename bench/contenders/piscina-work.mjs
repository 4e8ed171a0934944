// thread-work.mjs as piscina calls it: with one value.
import * as work from './thread-work.mjs';

export const add = (args) => work.add(...args);
export const spin = (args) => work.spin(...args);
