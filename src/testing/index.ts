// The testing kit: what users import from 'carillon/testing'.
export { VirtualClock } from '../clock/virtual-clock.js';
