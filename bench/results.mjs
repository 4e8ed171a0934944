// The results in docs/performance.md, and what they were measured on.
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { cpus, loadavg, totalmem } from 'node:os';
import { goalLines, goalsOf } from './goals.mjs';
import { markdownTable } from './table.mjs';

const DOCUMENT = new URL('../docs/performance.md', import.meta.url);
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
  const { node, cores, processor, memoryGb, load, versions, date } = report;
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(', ');
  let document = await readFile(DOCUMENT, 'utf8');
  const fill = (name, ...paragraphs) => { document = filled(document, name, paragraphs.join('\n\n')); };
  fill('machine', `Measured on Node ${node}, ${cores} cores of ${processor}, ${memoryGb} GB; ${packages}.`);
  await perScenario(report, (scenario, results) => {
    const rounds = Object.values(results[0].measured)[0].length;
    fill(results[0].scenario, `${date.slice(0, 10)}, load ${load} at the start, ${rounds} rounds.`, markdownTable(scenario, results), ['```text', ...goalLines(scenario, results), '```'].join('\n'));
  });
  await writeFile(DOCUMENT, document);
}

/** Sees to it, before anything is measured, that all of it can be written down. */
export async function findPlaces(names) {
  const document = await readFile(DOCUMENT, 'utf8');
  for (const name of ['machine', ...names]) filled(document, name, '');
}

function filled(document, name, text) {
  const mark = `<!-- results: ${name} -->`;
  const from = document.indexOf(mark);
  const to = document.indexOf(END, from);
  if (from < 0 || to < 0) throw new Error(`docs/performance.md has no place for the results of ${name}: ${mark} … ${END}`);
  return `${document.slice(0, from + mark.length)}\n\n${text}\n\n${document.slice(to)}`;
}

async function perScenario(report, make) {
  const made = [];
  for (const name of new Set(report.results.map((result) => result.scenario))) {
    const scenario = await import(`./scenarios/${name}.mjs`);
    made.push(make(scenario, report.results.filter((result) => result.scenario === name)));
  }
  return made;
}
