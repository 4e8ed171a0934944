// The results in docs/performance.md, and what they were measured on.
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { cpus, loadavg, totalmem } from 'node:os';
import { goalLines, goalsOf } from './goals.mjs';
import { markdownTable } from './table.mjs';

const DOCUMENT = new URL('../docs/performance.md', import.meta.url);
const BEGIN = '<!-- results: written by npm run results -->';
const END = '<!-- end of results -->';

/** The machine, and the versions. */
export function machine() {
  const require = createRequire(import.meta.url);
  const version = (path) => require(path).version;
  return {
    node: process.versions.node, cores: cpus().length, processor: cpus()[0]?.model ?? 'unknown processor', memoryGb: Math.round(totalmem() / 2 ** 30),
    // What else the machine had to do when this began: well under 1, or the figures say little.
    load: Number(loadavg()[0].toFixed(1)),
    versions: {
      carillon: version('../package.json'), ...require('./package.json').dependencies,
    },
  };
}

/** As data. */
export async function goals(report) {
  return (await perScenario(report, goalsOf)).flat();
}

/** As lines of text. */
export async function goalTexts(report) {
  return (await perScenario(report, goalLines)).flat();
}

export async function writeResults(report) {
  const { node, cores, processor, memoryGb, load, versions, date, minutes } = report;
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(', ');
  const text = [
    BEGIN,
    `Measured ${date.slice(0, 10)}, in ${minutes} minutes, on Node ${node}, ${cores} cores of ${processor}, ${memoryGb} GB, load ${load} at the start; ${packages}.`,
    ...await perScenario(report, markdownTable),
    '### Goals',
    ['```text', ...await goalTexts(report), '```'].join('\n'),
    END,
  ].join('\n\n');
  const document = await readFile(DOCUMENT, 'utf8');
  const [begin, end] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error('docs/performance.md has no place for results.');
  await writeFile(DOCUMENT, document.slice(0, begin) + text + document.slice(end + END.length));
}

async function perScenario(report, make) {
  const made = [];
  for (const name of new Set(report.results.map((result) => result.scenario))) {
    const scenario = await import(`./scenarios/${name}.mjs`);
    made.push(make(scenario, report.results.filter((result) => result.scenario === name)));
  }
  return made;
}
