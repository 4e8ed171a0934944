// Runs the benchmarks: `node bench.mjs [scenario …] [options]`; see README.md.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { textTable } from './table.mjs';
import { findPlaces, goals, goalTexts, machine, writeResults } from './results.mjs';

const SCENARIOS = [
  'pending', 'scaling', 'dispatch', 'recurring', 'lateness', 'herd', 'observers', 'virtual', 'day', 'soak', 'threads-round-trip', 'threads-cpu', 'import',
];

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean' }, together: { type: 'boolean' },
    rounds: { type: 'string' }, json: { type: 'boolean' }, write: { type: 'boolean' }, baseline: { type: 'string' },
  },
});
const unknown = positionals.find((name) => !SCENARIOS.includes(name));
if (unknown !== undefined) fail(`There is no scenario ${unknown}. There are: ${SCENARIOS.join(', ')}.`);
if (!process.env.CARILLON_DIST && !existsSync(new URL('../dist/index.js', import.meta.url))) fail('Build carillon first: npm run build, at the root.');
if (options.write) {
  if (options.quick) fail('A quick run has no results.');
  await findPlaces(SCENARIOS);
}

const report = { ...machine(), date: new Date().toISOString(), quick: options.quick === true, results: [] };
let failed = false;

if (!options.json) console.log(`Node ${report.node}, ${report.cores} cores, ${report.processor}, load ${report.load}\n`);
for (const name of positionals.length > 0 ? positionals : SCENARIOS) {
  const scenario = await import(`./scenarios/${name}.mjs`);
  const results = [];
  for (const parameters of scenario.cases(options)) results.push(await measure(name, scenario, parameters));
  report.results.push(...results);
  if (!options.json) console.log(textTable(scenario, results));
}
report.minutes = Math.ceil(performance.now() / 60_000);
// What a quick run measures says nothing.
report.goals = options.quick ? [] : await goals(report);
if (options.json) console.log(JSON.stringify(report, undefined, 2));
else if (!options.quick) console.log((await goalTexts(report)).join('\n'));
if (options.write) await writeResults(report);
process.exitCode = failed ? 1 : 0;

/** All contenders in one case, round by round, so that what disturbs the machine meanwhile disturbs all of them. */
async function measure(name, scenario, parameters) {
  const rounds = options.quick ? 1 : Number(options.rounds ?? scenario.rounds);
  const contenders = [...(scenario.contendersIn?.(parameters) ?? scenario.contenders), ...(options.baseline ? ['baseline'] : [])];
  const measured = Object.fromEntries(contenders.map((contender) => [contender, []]));
  for (let round = 0; round < rounds; round++) {
    for (const contender of contenders) {
      if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${name}, ${scenario.label(parameters)}: round ${round + 1} of ${rounds}, ${contender}`);
      const metrics = await inChild(name, contender, parameters);
      measured[contender].push(metrics);
      const failures = contender === 'carillon' ? scenario.failures(metrics) : [];
      if (failures.length > 0) {
        failed = true;
        console.error(`FAILED ${name}, ${scenario.label(parameters)}: ${failures.join(', ')}`);
      }
    }
  }
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  return { scenario: name, case: parameters, measured };
}

function inChild(scenario, contender, parameters) {
  const isBaseline = contender === 'baseline';
  const args = ['--expose-gc', '--max-old-space-size=6000', new URL('child.mjs', import.meta.url).pathname, scenario, isBaseline ? 'carillon' : contender, JSON.stringify(parameters)];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    // Five times as long as the longest: a task that is lost may be waited for for ever.
    timeout: 300_000,
    env: isBaseline ? { ...process.env, CARILLON_DIST: options.baseline } : process.env,
  });
  let output = '';
  child.stdout.on('data', (chunk) => { output += chunk; });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0 && output !== '') resolve(JSON.parse(output));
      else reject(new Error(`${scenario} with ${contender} ended with ${signal ?? `code ${code}`}.`));
    });
  });
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
