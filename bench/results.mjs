// The results in README.md, and what they were measured on.
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { cpus, loadavg, totalmem } from 'node:os';
import { goalLines, markdownTable } from './table.mjs';

const README = new URL('README.md', import.meta.url);
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

export async function goals(report) {
  return (await perScenario(report, goalLines)).flat();
}

export async function writeResults(report) {
  const { node, cores, processor, memoryGb, load, versions, date } = report;
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(', ');
  const text = [
    BEGIN,
    `Measured ${date.slice(0, 10)} on Node ${node}, ${cores} cores of ${processor}, ${memoryGb} GB, load ${load} at the start; ${packages}.`,
    ...await perScenario(report, markdownTable),
    '### Goals', '', '```text', ...await goals(report), '```',
    END,
  ].join('\n\n').replaceAll(/```text\n\n|\n\n```|(?<=×)\n\n/g, (gap) => gap.replace('\n\n', '\n'));
  const readme = await readFile(README, 'utf8');
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error('README.md has no place for results.');
  await writeFile(README, readme.slice(0, begin) + text + readme.slice(end + END.length));
}

async function perScenario(report, make) {
  const made = [];
  for (const name of new Set(report.results.map((result) => result.scenario))) {
    const scenario = await import(`./scenarios/${name}.mjs`);
    made.push(make(scenario, report.results.filter((result) => result.scenario === name)));
  }
  return made;
}
