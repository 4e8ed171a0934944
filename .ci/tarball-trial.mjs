// The tarball, as users get it: installed into an empty folder, type-checked there, and run under every Node we promise.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
const fixtures = fileURLToPath(new URL('./tarball', import.meta.url));

/** The oldest supported version, then the newest of each later line. */
const nodes = ['20.19.0', '22', '24', '26'];
/** The oldest RxJS that the peer range allows; the specs run on the newest. */
const rxjs = '7.8.0';
/** What `import 'carillon'` alone must not load: packages, and sources, by the headings that they have in what is bundled. */
const notLoaded = /\/node_modules\/(piscina|serialize-error)\/|^\/\/ src\/(testing|threads|cli)\//;
const inThreads = ['PENDING', 'Hello, Alice!', 'Greeting for Alice sent.', 'Counting: 0', 'Counting: 1', 'Counting: 2', 'Counting: 3', 'true', 'FAILED', 'RangeError: Division by zero true'];
/** Each program with its argument, and all that it prints. It has to end by itself. */
const programs = {
  'one-time': ['PENDING', 'Hello, Alice!', 'Greeting for Alice sent.'],
  periodic: ['Counting: 0', 'Counting: 1', 'Counting: 2', 'Counting: 3', 'true'],
  failing: ['FAILED', 'RangeError: Division by zero'],
  'in-threads module': inThreads,
  'in-threads process': inThreads,
  'in-threads source': inThreads,
  'one-scheduler': ['PENDING', 'RUNNING', 'COMPLETED', 'Hello, Alice!'],
};

/** What `carillon` prints, its arguments before it. */
const commands = [
  [['--version'], /^\d+\.\d+\.\d+\n$/],
  [['next', '0 9 * * MON-FRI', '--tz', 'Europe/Berlin', '--count', '2', '--from', '2026-11-26T00:00Z'], /^Thu 2026-11-26 09:00:00 \+01:00 {2}in 8h\nFri 2026-11-27 09:00:00 \+01:00 {2}in 1d 8h\n$/],
  [['explain', 'every 7m', '--count', '1'], /^Every 7 minutes\.\n/],
  [['run', 'tasks.js'], /completed in [\d.]+ ms: Hello, Alice!\n[^]*say goodbye {2}completed in [\d.]+ ms: Bye!\n[^]*\n {2}tasks: 2 completed\n {2}runs: 3 completed\n$/],
  [['run', 'tasks.js', 'bye', '--json'], /"result":"Bye!"}\n[^]*"type":"report","end":"done"[^\n]*\n$/],
];
/** Not under the oldest Node, which strips no types. */
const inTypeScript = [['run', 'tasks.ts', 'bye'], /completed in [\d.]+ ms: Bye!\n/];

const temp = realpathSync(mkdtempSync(join(tmpdir(), 'carillon-')));
process.on('exit', () => rmSync(temp, { recursive: true, force: true }));

const npm = (folder, ...args) => execFileSync('npm', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
const install = (folder, ...what) => npm(folder, 'install', '--no-audit', '--no-fund', '--loglevel=error', ...what);
const emptyFolder = (name) => {
  const folder = join(temp, name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, private: true, type: 'module' }));
  return folder;
};

// Packing builds first.
npm(root, 'pack', '--silent', '--pack-destination', temp);
const tarball = join(temp, readdirSync(temp).find((file) => file.endsWith('.tgz')));
console.log(`${basename(tarball)}: ${Math.ceil(statSync(tarball).size / 1024)} kB`);
const user = emptyFolder('user');
// The two that threads need are the user's own to install.
install(user, tarball, `rxjs@${rxjs}`, 'piscina@5', 'serialize-error@13');
cpSync(fixtures, user, { recursive: true });
// The same from a CommonJS module: since Node 20.19 TypeScript lets it import ours.
cpSync(join(user, 'consumer.ts'), join(user, 'consumer.cts'));

// Types. Our declarations are checked too, which `skipLibCheck` would hide.
const compilers = {
  NodeNext: ['--module', 'NodeNext', '--outDir', user],
  Preserve: ['--module', 'Preserve', '--moduleResolution', 'bundler', '--noEmit'],
};
const typescript = [
  join(root, 'node_modules/typescript/bin/tsc'),
  ...['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--skipLibCheck', 'false'],
  ...['--target', 'ES2022', '--lib', 'ES2023', '--types', 'node', '--typeRoots', join(root, 'node_modules/@types')],
  ...readdirSync(user).filter((file) => /\.c?ts$/.test(file)),
];
for (const [name, options] of Object.entries(compilers)) {
  execFileSync(process.execPath, [...typescript, ...options], { cwd: user, stdio: ['ignore', 'inherit', 'inherit'] });
  console.log(`type-checked: module ${name}`);
}

// As users call it.
assert.match(execFileSync('npx', ['--no-install', 'carillon', 'next', '@daily', '--count', '1'], { cwd: user, encoding: 'utf8' }), /^\w{3} \d{4}-\d\d-\d\d 00:00:00 /);

// Runs. npm carries the Node binaries; each is installed under a name of its own.
const binaries = emptyFolder('binaries');
install(binaries, '--no-save', ...nodes.map((version) => `node${version}@npm:node-${process.platform}-${process.arch}@${version}`));

for (const wanted of nodes) {
  const node = join(binaries, 'node_modules', `node${wanted}`, 'bin/node');
  const start = async (args, env = {}) => (await run(node, args, { cwd: user, timeout: 30_000, env: { ...process.env, ...env } })).stdout;
  const version = (await start(['--version'])).trim();

  await start(['by-import.mjs']);
  await start(['by-require.cjs']);
  await Promise.all(
    Object.entries(programs).map(async ([name, lines]) => {
      const [file, ...args] = name.split(' ');
      assert.equal(await start([`${file}.js`, ...args]), lines.map((line) => `${line}\n`).join(''), `${name} under Node ${version}`);
    }),
  );

  for (const [args, printed] of wanted.includes('.') ? commands : [...commands, inTypeScript]) {
    assert.match(await start([join(user, 'node_modules/.bin/carillon'), ...args]), printed, `carillon ${args.join(' ')} under Node ${version}`);
  }

  // V8's coverage names each script that was loaded.
  const coverage = join(temp, `coverage-${version}`);
  await start(['--input-type=module', '--eval', "import 'carillon'"], { NODE_V8_COVERAGE: coverage });
  const loaded = readdirSync(coverage)
    .flatMap((file) => JSON.parse(readFileSync(join(coverage, file), 'utf8')).result)
    .map(({ url }) => url)
    .filter((url) => url.startsWith('file:'));
  assert.ok(loaded.some((url) => url.endsWith('/carillon/dist/index.js')), 'the list of loaded files is not to be trusted');
  const sources = loaded.filter((url) => url.includes('/carillon/dist/')).flatMap((url) => readFileSync(fileURLToPath(url), 'utf8').match(/^\/\/ src\/.*/gm) ?? []);
  assert.ok(sources.includes('// src/task-scheduler.ts'), 'the list of bundled sources is not to be trusted');
  assert.deepEqual([...loaded, ...sources].filter((found) => notLoaded.test(found)), [], 'the front door loads what it need not');

  console.log(`Node ${version}: by import and by require, one identity; ${Object.keys(programs).length} programs; the command; ${loaded.length} files loaded`);

  // Threads are as Node has them, and that changes. Under the Node of this process the suite runs all specs anyway.
  if (wanted.includes('.')) continue;
  await run(node, [join(root, 'node_modules/jest/bin/jest.js'), '--silent', 'spec/threads'], { cwd: root, timeout: 600_000, maxBuffer: 64 * 1024 * 1024 });
  console.log(`Node ${version}: the specs of threads`);
}
