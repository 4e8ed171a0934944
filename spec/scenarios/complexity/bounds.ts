// How much more a deed may take among more tasks.
import type { Cost } from './counter.js';
import type { Growth } from './deeds.js';

/** What a deed takes among so many tasks. */
interface CostAmong extends Cost {
  readonly tasks: number;
}

/** What a deed takes among few tasks and among many. */
export interface Measured {
  readonly deed: string;
  readonly growth: Growth;
  readonly few: CostAmong;
  readonly many: CostAmong;
}

/** A heap has four children a node, and ten operations look at one, at most. Measured: to go down a level takes 36. */
const [CHILDREN, A_LEVEL_OF_THE_HEAP] = [4, 40];
/** The map of `tasks$` is a tree with branches of 32. To copy one is 32 elements, and a dozen lines. Measured: 43. */
const [BRANCHES, A_LEVEL_OF_THE_MAP] = [32, 50];
/** Among few tasks, those that the deed is done to are a good part of all. */
const SLACK = 0.01;
/** What counts less than this among many is no good count. */
const LEAST = 0.95;
/** A copy has eight bytes for each task, at least. But memory is sampled, and a table that grows by doubling may happen to do so meanwhile. */
const BYTES_A_TASK = 4;

/** What is wrong with what a deed takes, if anything is. */
export function complaints({ deed, growth: { heap = 0, maps = 0 }, few, many }: Measured): readonly string[] {
  const times = many.tasks / few.tasks;
  // A heap is as high as the logarithm, on the average; the map is a level higher, or not.
  const levels = heap * A_LEVEL_OF_THE_HEAP * logarithm(times, CHILDREN) + maps * A_LEVEL_OF_THE_MAP * Math.ceil(logarithm(times, BRANCHES));
  const said = ({ tasks, operations, bytes }: CostAmong): string => `${operations.toFixed(1)} operations and ${bytes.toFixed(0)} bytes among ${tasks} tasks`;
  const counts = `${deed}: ${said(few)}, ${said(many)}`;
  const found: string[] = [];
  if (many.operations > few.operations * (1 + SLACK) + levels) found.push(`${counts}; ${(few.operations * (1 + SLACK) + levels).toFixed(1)} operations are allowed`);
  if (many.operations < few.operations * LEAST) found.push(`${counts}; it should not take less`);
  if (many.bytes > few.bytes + BYTES_A_TASK * (many.tasks - few.tasks)) found.push(`${counts}; that is ${BYTES_A_TASK} bytes more for each task`);
  return found;
}

function logarithm(x: number, base: number): number {
  return Math.log(x) / Math.log(base);
}
