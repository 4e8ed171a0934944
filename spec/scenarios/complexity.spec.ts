// What a deed takes does not grow with the number of tasks: operations are counted, not time, so a fault is found on the first run, on any machine.
// `CARILLON_COUNTS=1 npx jest spec/scenarios/complexity` shows what was counted. It is what is built that is measured.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { complaints, type Measured } from './complexity/bounds.js';
import { SITUATIONS, type SituationName } from './complexity/deeds.js';
import { FAULTS, type FaultName } from './complexity/faults.js';

const DIST = pathToFileURL(join(import.meta.dirname, '../../dist/')).href;
const [FEW, MANY] = [1_000, 100_000];
/** How many of each deed are counted. */
const TIMES = 250;
/** What grows with the number of tasks shows among fewer, too, in fewer counts. */
const [MANY_WITH_A_FAULT, TIMES_WITH_A_FAULT] = [2_000, 50];

async function measure(fault: FaultName | '', many: number, times: number, situations: readonly SituationName[]): Promise<readonly Measured[]> {
  const file = join(import.meta.dirname, 'complexity/measure.ts');
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--import', 'tsx', file, DIST, fault, String(FEW), String(many), String(times), ...situations]);
  expect(stderr).toBe('');
  return JSON.parse(stdout) as readonly Measured[];
}

describe('What a deed takes', () => {
  let measured: readonly Measured[];

  beforeAll(async () => {
    const names = Object.keys(SITUATIONS) as SituationName[];
    // On two cores, half of them each.
    const halves = [0, 1].map((half) => names.filter((_, i) => i % 2 === half));
    measured = (await Promise.all(halves.map((half) => measure('', MANY, TIMES, half)))).flat();
    if (process.env['CARILLON_COUNTS']) {
      const rounded = ({ operations, bytes }: Measured['few']): string => `${operations.toFixed(1)} (${bytes.toFixed(0)} bytes)`;
      console.table(Object.fromEntries(measured.map(({ deed, few, many }) => [deed, { [FEW]: rounded(few), [MANY]: rounded(many) }])));
    }
  }, 120_000);

  it(`is the same among ${FEW} tasks as among ${MANY}, but for the logarithm of a heap, and of the map that tasks$ tells`, () => {
    expect(measured.length).toBeGreaterThan(25);
    expect(measured.flatMap(complaints)).toEqual([]);
  });
});

describe('A fault is found:', () => {
  it.concurrent.each(Object.entries(FAULTS))('%s', async (name, { situation, deed }) => {
    const measured = await measure(name as FaultName, MANY_WITH_A_FAULT, TIMES_WITH_A_FAULT, [situation]);
    expect(measured.flatMap(complaints)).toEqual(expect.arrayContaining([expect.stringContaining(`${deed}: `)]));
  }, 120_000);
});
