// What it costs to import the package: time in a fresh process, and bytes of a bundle.
import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { median } from '../measure.mjs';

export const title = "Import: the main entry, in a fresh process; carillon's on top of rxjs, croner and uuid";
export const rounds = 3;
export const contenders = ['carillon', 'p-queue', 'toad-scheduler', 'rxjs'];
export const notApplicable = {};
export const base = 'rxjs';

export const columns = [
  { key: 'time', label: 'import, ms', goals: [{ most: 40 }] },
  { key: 'whole', label: 'dependencies included, ms' },
  { key: 'size', label: 'bundle, gzipped, kB', goals: [{ most: 30 }] },
];

export function cases({ quick }) {
  return [{ processes: quick ? 1 : 7 }];
}

export function label({ processes }) {
  return `median of ${processes} ${processes === 1 ? 'process' : 'processes'}`;
}

export async function run({ entry, dependencies = [] }, { processes }) {
  const times = [];
  const wholes = [];
  for (let i = 0; i < processes; i++) {
    times.push(await importTime(entry, dependencies));
    wholes.push(await importTime(entry, []));
  }
  return { time: median(times), whole: median(wholes), size: await bundleSize(entry, dependencies) / 1000 };
}

/** How long a fresh process takes to import it when these have been imported before, in ms. Run in its folder, where its dependencies are found. */
async function importTime(entry, before) {
  const program = `
    for (const name of ${JSON.stringify(before)}) await import(name);
    const from = performance.now();
    await import(${JSON.stringify(entry)});
    process.stdout.write(String(performance.now() - from));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], { cwd: dirname(fileURLToPath(entry)) });
  return Number(stdout);
}

/** Minified, without the dependencies that are named. */
async function bundleSize(entry, external) {
  const { outputFiles: [bundle] } = await build({
    entryPoints: [fileURLToPath(entry)], bundle: true, minify: true, platform: 'node', format: 'esm', external, write: false,
  });
  return gzipSync(bundle.contents).length;
}

export function failures({ time }) {
  return time > 0 ? [] : ['nothing was imported'];
}
