// The documents: their code compiles, what it prints is what they say, and their links lead somewhere.
//
// How to write code into a document:
// - a ```ts block is a module, type-checked as strictly as our own sources
// - a ```text block right after it is what it prints; so it is run, by Node itself
// - a block under <!-- continues --> goes on where the block before it ended, and its ```text says what is printed from there on
// - what stands in <!-- given … --> goes before the block, where readers needn't see it
// - a block under <!-- file work.ts --> is that file, which the other blocks of its document can import
// - <!-- file work.ts is that of docs/other.md --> lets them import the file of another document
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import ts from 'typescript';

const ROOT = join(import.meta.dirname, '../..');
const DOCS = ['README.md', 'CHANGELOG.md', ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.md')).map((path) => `docs/${path.replaceAll('\\', '/')}`)].sort();

/** How many programs run side by side: most of them wait. */
const AT_ONCE = 8;

/** One program of a document: a block with all that goes before it. */
interface Example {
  /** `README.md:12`, where the block begins. */
  readonly at: string;
  /** Where it is written to, without `.ts`; each document has a folder of its own. */
  readonly file: string;
  readonly code: string;
  /** What it prints in all; undefined when the document doesn't say. */
  readonly output: string | undefined;
}

const BLOCK = /(?:<!-- (?:(?<continues>continues)|file (?<name>\S+)\.ts|given\n(?<given>[^]*?)\n)\s*-->\s*)?^```ts\n(?<code>[^]*?)^```$(?:\s*^```text\n(?<text>[^]*?)^```$)?/gm;

function examplesOf(path: string, markdown: string): Example[] {
  const examples: Example[] = [];
  for (const { 0: block, index, groups } of markdown.matchAll(BLOCK)) {
    const { continues, name, given, code = '', text } = groups ?? {};
    const before = continues === undefined ? undefined : examples.at(-1);
    const line = markdown.slice(0, index + block.indexOf('```ts\n')).split('\n').length;
    examples.push({
      at: `${path}:${line}`,
      file: `${folderOf(path)}/${name ?? line}`,
      code: `${before?.code ?? ''}${given === undefined ? '' : `${given}\n`}${code}`,
      output: text === undefined ? undefined : `${before?.output ?? ''}${text}`,
    });
  }
  return examples;
}

function folderOf(path: string): string {
  return path.replace(/\W+/g, '-');
}

const documents = new Map(DOCS.map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]));
const examples = [...documents].flatMap(([path, markdown]) => examplesOf(path, markdown));
/** The files that documents borrow of others. */
const borrowed = [...documents].flatMap(([path, markdown]) => [...markdown.matchAll(/<!-- file (\S+)\.ts is that of (\S+) -->/g)].map(([, name, owner]): Example => {
  const own = examples.find(({ file }) => file === `${folderOf(owner as string)}/${name}`);
  if (!own) throw new Error(`${path} borrows ${name}.ts of ${owner}, which has none.`);
  return { ...own, file: `${folderOf(path)}/${name}`, output: undefined };
}));

// A user's folder: the examples, with carillon as installed as it gets without a tarball.
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'carillon-docs-')));
const options = compilerOptions();
let program: ts.Program;
const printed = new Map<Example, string>();

beforeAll(async () => {
  const carillon = join(folder, 'node_modules/carillon');
  write(join(folder, 'package.json'), '{ "type": "module" }');
  write(join(carillon, 'package.json'), '{ "type": "module", "exports": { ".": "./index.js", "./testing": "./testing/index.js", "./threads": "./threads/index.js" } }');
  for (const name of ['rxjs', 'uuid', 'croner', 'piscina', 'serialize-error', '@jest', 'expect', 'zod']) symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name), 'junction');
  for (const path of readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })) {
    if (path.endsWith('.ts')) write(join(carillon, jsOf(path)), transpiled(readFileSync(join(ROOT, 'src', path), 'utf8')));
  }
  for (const example of [...examples, ...borrowed]) {
    write(pathOf(example), example.code);
    write(jsOf(pathOf(example)), transpiled(example.code));
  }
  const waiting = examples.filter(({ output }) => output !== undefined).values();
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (const example of waiting) printed.set(example, await run(jsOf(pathOf(example))));
  }));
  // Only now: the compiler blocks this thread, and what a program prints is lost once its time limit is over before anybody has read it.
  program = ts.createProgram(examples.map(pathOf), {
    ...options, noEmit: true, typeRoots: [join(ROOT, 'node_modules/@types')],
    paths: {
      carillon: [join(ROOT, 'src/index.ts')],
      'carillon/testing': [join(ROOT, 'src/testing/index.ts')],
      'carillon/threads': [join(ROOT, 'src/threads/index.ts')],
    },
  });
}, 180_000);

afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

function compilerOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as { config: unknown };
  const { options: { rootDir: _rootDir, outDir: _outDir, ...all } } = ts.parseJsonConfigFileContent(config, { ...ts.sys, readDirectory: () => [] }, ROOT);
  return all;
}

function transpiled(code: string): string {
  // Told so, since a file without a name is taken for CommonJS.
  return ts.transpileModule(code, { compilerOptions: { ...options, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler } }).outputText;
}

function pathOf({ file }: Example): string {
  return join(folder, `${file}.ts`);
}

function jsOf(path: string): string {
  return path.replace(/\.ts$/, '.js');
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** All that a program prints; one that doesn't end by itself, or ends badly, says so. */
function run(path: string): Promise<string> {
  return new Promise((resolve) => {
    execFile(process.execPath, [path], { cwd: folder, timeout: 30_000 }, (error, stdout, stderr) => {
      resolve(`${stdout}${stderr}${error ? `(killed: ${String(error.killed)}, exit code: ${String(error.code)})\n` : ''}`);
    });
  });
}

describe('the code in the documents', () => {
  it('is found, and all of it', () => {
    const blocks = [...documents.values()].flatMap((markdown) => markdown.match(/^```ts$/gm) ?? []);
    expect(blocks.length).toBeGreaterThan(8);
    expect(examples).toHaveLength(blocks.length);
  });

  it.each(examples)('compiles: $at', (example) => {
    const file = program.getSourceFile(pathOf(example));
    const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
    expect(found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
  });

  it.each(examples.filter(({ output }) => output !== undefined))('prints what stands below it: $at', (example) => {
    expect(printed.get(example)).toBe(example.output);
  });

  it('is read as the conventions say', () => {
    const markdown = ['<!-- given', 'const a = 1;', '-->', '```ts', 'a;', '```', '', '```text', '1', '```', 'And:',
      '<!-- continues -->', '```ts', 'a + a;', '```', '```text', '2', '```', '```ts', 'b;', '```', 'No text:', '```text', '3', '```',
      '<!-- file c.ts -->', '```ts', 'c;', '```', ''].join('\n');
    expect(examplesOf('a.md', markdown)).toEqual([
      { at: 'a.md:4', file: 'a-md/4', code: 'const a = 1;\na;\n', output: '1\n' },
      { at: 'a.md:13', file: 'a-md/13', code: 'const a = 1;\na;\na + a;\n', output: '1\n2\n' },
      { at: 'a.md:19', file: 'a-md/19', code: 'b;\n', output: undefined },
      { at: 'a.md:27', file: 'a-md/c', code: 'c;\n', output: undefined },
    ]);
  });
});

/** The anchors of a document, as GitHub makes them of its headings. */
function anchorsOf(markdown: string): string[] {
  const prose = markdown.replace(/^```[^]*?^```$/gm, '');
  return [...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading.toLowerCase().replace(/[^\w\- ]/g, '').replace(/ /g, '-'));
}

function brokenLinks(path: string, markdown: string): string[] {
  const prose = markdown.replace(/^```[^]*?^```$/gm, '').replace(/`[^`\n]+`/g, '');
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target).filter((target) => !/^https?:/.test(target));
  return links.filter((link) => {
    const [target = '', anchor] = link.split('#');
    const file = join(ROOT, dirname(path), target);
    if (!existsSync(file)) return true;
    return anchor !== undefined && !anchorsOf(target === '' ? markdown : readFileSync(file, 'utf8')).includes(anchor);
  });
}

describe('the links in the documents', () => {
  it.each([...documents])('lead somewhere: %s', (path, markdown) => {
    expect(brokenLinks(path, markdown)).toEqual([]);
  });

  it('are found when they lead nowhere', () => {
    const markdown = '# One thing\n[a](#one-thing) [b](#other) [c](docs) [d](nowhere.md) [e](https://example.com)\n```\n[f](no-link)\n```\n';
    expect(brokenLinks('README.md', markdown)).toEqual(['#other', 'nowhere.md']);
  });

  it('lead from the README to every document but the decisions, and from the index of the decisions to each of them', () => {
    const linked = (path: string): string[] => [...(documents.get(path) ?? '').matchAll(/\]\(([^)\s#]+)/g)].map(([, target = '']) => join(dirname(path), target));
    const wanted = DOCS.filter((path) => path !== 'README.md');
    expect(wanted.filter((path) => ![...linked('README.md'), ...linked('docs/decisions/README.md')].includes(path))).toEqual([]);
  });
});
