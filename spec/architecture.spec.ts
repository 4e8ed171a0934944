// The architecture, as docs/architecture.md draws it, held against the sources.
import { describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import ts from 'typescript';

const ROOT = join(import.meta.dirname, '..');

/** What each layer may import, besides itself. `facade` is the files that lie in src itself, and src/streams, which it offers and is made of. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  task: [],
  trigger: ['task'],
  clock: ['task'],
  store: ['task'],
  explain: ['task', 'trigger', 'clock'],
  engine: ['task', 'trigger', 'clock'],
  facade: ['task', 'trigger', 'clock', 'store', 'explain', 'engine'],
  index: ['task', 'trigger', 'clock', 'store', 'explain', 'engine', 'facade'],
  cli: ['task', 'trigger', 'explain', 'facade', 'index'],
  threads: ['task', 'trigger', 'clock', 'store', 'explain', 'facade', 'index'],
  testing: ['task', 'trigger', 'clock', 'store', 'explain', 'engine', 'facade', 'index', 'threads'],
};

interface Import {
  /** A path in src, or the name of a package. */
  readonly from: string;
  /** Whether nothing of it is left at run time. */
  readonly typeOnly: boolean;
  readonly names: readonly string[];
}

interface Source {
  /** From src on: `engine/gate.ts`. */
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
  readonly imports: readonly Import[];
}

function sourceOf(path: string, text: string): Source {
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
  return { path, text, tree, imports: tree.statements.flatMap((statement) => importOf(statement, path)) };
}

function importOf(statement: ts.Statement, path: string): Import[] {
  if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
  if (!statement.moduleSpecifier || !ts.isStringLiteral(statement.moduleSpecifier)) return [];
  const named = ts.isImportDeclaration(statement) ? statement.importClause?.namedBindings : statement.exportClause;
  const elements = named && (ts.isNamedImports(named) || ts.isNamedExports(named)) ? [...named.elements] : [];
  const { text } = statement.moduleSpecifier;
  return [{
    from: text.startsWith('.') ? posix.join(posix.dirname(path), text).replace(/\.js$/, '.ts') : text,
    typeOnly: /^(import|export) type\b/.test(statement.getText()) || (elements.length > 0 && elements.every((element) => element.isTypeOnly)),
    names: elements.map((element) => (element.propertyName ?? element.name).text),
  }];
}

function layerOf(path: string): string {
  if (path === 'index.ts') return 'index';
  return path.includes('/') && !path.startsWith('streams/') ? path.slice(0, path.indexOf('/')) : 'facade';
}

function isLocal({ from }: Import): boolean {
  return from.endsWith('.ts');
}

function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => { walk(child, visit); });
}

/** The files that are loaded with this one. */
function loadedBy(entry: string, sources: readonly Source[]): ReadonlySet<string> {
  const loaded = new Set([entry]);
  for (const path of loaded) {
    const source = sources.find((candidate) => candidate.path === path);
    for (const found of source?.imports ?? []) if (isLocal(found) && !found.typeOnly) loaded.add(found.from);
  }
  return loaded;
}

const TIMERS = ['setTimeout', 'setInterval', 'setImmediate', 'performance', 'hrtime', 'asyncScheduler', 'asapScheduler', 'animationFrameScheduler'];

/** What a node does with time, if it reads it or waits for it. */
function useOfTime(node: ts.Node): string | undefined {
  if (ts.isIdentifier(node) && TIMERS.includes(node.text)) return node.text;
  if (ts.isPropertyAccessExpression(node) && /^(Date\.now|AbortSignal\.timeout)$/.test(node.getText())) return node.getText();
  const isCall = ts.isNewExpression(node) || ts.isCallExpression(node);
  return isCall && node.expression.getText() === 'Date' && !node.arguments?.length ? 'Date()' : undefined;
}

/** Each rule finds what breaks it. */
const RULES: Readonly<Record<string, (source: Source, sources: readonly Source[]) => readonly string[]>> = {
  'imports go down the layers only': ({ path, imports }) => imports.filter(isLocal)
    .filter(({ from }) => layerOf(from) !== layerOf(path) && !(LAYERS[layerOf(path)] ?? []).includes(layerOf(from)))
    .map(({ from }) => `imports ${from}`),

  'the words and rules of task/ are plain: nothing of RxJS is left at run time, and nothing is of Node': ({ path, imports }) =>
    layerOf(path) !== 'task' ? [] : imports
      .filter((found) => !isLocal(found) && (!found.typeOnly || found.from !== 'rxjs'))
      .map(({ from }) => `imports ${from}`),

  'only the clock reads or waits for time': ({ path, tree, imports }) => {
    if (layerOf(path) === 'clock') return [];
    const found = imports.filter(({ from }) => /^node:(timers|perf_hooks)/.test(from)).map(({ from }) => `imports ${from}`);
    walk(tree, (node) => { const use = useOfTime(node); if (use !== undefined) found.push(`uses ${use}`); });
    return found;
  },

  'no file has more than 250 lines': ({ text }) => {
    const lines = text.trimEnd().split('\n').length;
    return lines > 250 ? [`has ${lines} lines`] : [];
  },

  'no file is a drawer': ({ path }) => /\b(utils?|helpers?|common|types?|managers?|misc|shared)\b/.test(basename(path, '.ts')) ? ['is a drawer'] : [],

  'a file is named in kebab-case, and begins with a sentence on what it is for': ({ path, text }) => [
    ...(/^([a-z]+\/)?[a-z]+(-[a-z]+)*\.ts$/.test(path) ? [] : ['is misnamed']),
    ...(/^(#![^\n]*\n)?\/\/ [^\n]{20,}/.test(text) ? [] : ['has no header']),
  ],

  'index.ts files do nothing but re-export': ({ path, tree }) => basename(path) !== 'index.ts' ? [] : tree.statements
    .filter((statement) => !ts.isExportDeclaration(statement) || !statement.moduleSpecifier)
    .map((statement) => `says ${statement.getText().slice(0, 40)}`),

  'there is no default export, and nothing that can be reassigned is module state': ({ tree }) => tree.statements
    .filter((statement) => ts.isExportAssignment(statement)
      || (ts.isVariableStatement(statement) && (statement.declarationList.flags & ts.NodeFlags.Const) === 0)
      || (ts.canHaveModifiers(statement) && ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword) === true))
    .map((statement) => `says ${statement.getText().slice(0, 40)}`),

  'no files import each other in a circle': ({ path, imports }, sources) => imports
    .filter((found) => isLocal(found) && !found.typeOnly && loadedBy(found.from, sources).has(path))
    .map(({ from }) => `leads back to itself by ${from}`),

  'every file is part of an entry': ({ path }, sources) => {
    const named = sources.flatMap((source) => source.imports.map(({ from }) => from));
    return ['index.ts', 'testing/index.ts', 'threads/index.ts', 'threads/inside-thread.ts', 'threads/inside-process.ts', 'cli/main.ts'].includes(path) || named.includes(path) ? [] : ['is imported nowhere'];
  },
};

const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => sourceOf(path.replaceAll('\\', '/'), readFileSync(join(ROOT, 'src', path), 'utf8')));

function broken(rule: string, within: readonly Source[]): string[] {
  return within.flatMap((source) => (RULES[rule]?.(source, within) ?? []).map((what) => `${source.path} ${what}`));
}

describe('the sources', () => {
  it('are found', () => {
    expect(new Set(sources.map(({ path }) => layerOf(path)))).toEqual(new Set(Object.keys(LAYERS)));
  });

  it.each(Object.keys(RULES))('%s', (rule) => {
    expect(broken(rule, sources)).toEqual([]);
  });

  it('depend on no package but those that are installed with them', () => {
    const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<string, object>;
    const packages = sources.flatMap(({ imports }) => imports.filter((found) => !isLocal(found)).map(({ from }) => from.replace(/^rxjs\/.*/, 'rxjs')));
    const installed = Object.keys({ ...dependencies, ...peerDependencies });
    expect(packages.filter((name) => !name.startsWith('node:') && !installed.includes(name))).toEqual([]);
  });

  it("need the optional packages for 'carillon/threads' alone", () => {
    const { peerDependenciesMeta } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { readonly peerDependenciesMeta: object };
    const packagesOf = (entry: string): string[] => [...loadedBy(entry, sources)]
      .flatMap((path) => sources.find((source) => source.path === path)?.imports ?? [])
      .filter((found) => !found.typeOnly && found.from in peerDependenciesMeta).map(({ from }) => from);
    expect(packagesOf('index.ts')).toEqual([]);
    expect(packagesOf('testing/index.ts')).toEqual([]);
    expect(packagesOf('threads/index.ts').sort()).toEqual(['piscina', 'serialize-error']);
  });

  it("load nothing of the testing kit with 'carillon'", () => {
    const loaded = [...loadedBy('index.ts', sources)];
    expect(loaded.length).toBeGreaterThan(30);
    expect(loaded.filter((path) => path.startsWith('testing/') || path === 'clock/virtual-clock.ts')).toEqual([]);
  });
});

describe('docs/architecture.md', () => {
  const text = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8');
  const named = [...text.matchAll(/[\w./-]+\.ts\b/g)].map(([path]) => path);

  it('names no file that is not there', () => {
    const there = (path: string): boolean => existsSync(join(ROOT, path)) || sources.some((source) => `/${source.path}`.endsWith(`/${path.replace(/^src\//, '')}`));
    expect(named.length).toBeGreaterThan(30);
    expect(named.filter((path) => !there(path))).toEqual([]);
  });

  it('names each file that lies in src itself, and each file of the engine', () => {
    const wanted = sources.map(({ path }) => path).filter((path) => ['facade', 'index', 'engine'].includes(layerOf(path)));
    expect(wanted.map((path) => basename(path)).filter((name) => !named.some((path) => basename(path) === name))).toEqual([]);
  });
});

describe('a rule', () => {
  const header = '// A file that is made up for this spec.\n';
  it.each<[rule: string, path: string, text: string]>([
    ['imports go down', 'task/a.ts', "import type { B } from '../engine/b.js';"],
    ['imports go down', 'store/a.ts', "import { B } from '../engine/b.js';"],
    ['imports go down', 'engine/a.ts', "export { B } from '../store/b.js';"],
    ['imports go down', 'facade.ts', "import { a } from './index.js';"],
    ['the words and rules', 'task/a.ts', "import { of } from 'rxjs';"],
    ['the words and rules', 'task/a.ts', "import type { Stats } from 'node:fs';"],
    ['only the clock', 'engine/a.ts', 'const now = Date.now();'],
    ['only the clock', 'facade.ts', 'const now = new Date();'],
    ['only the clock', 'engine/a.ts', 'globalThis.setTimeout(() => undefined, 1);'],
    ['only the clock', 'engine/a.ts', "import { setTimeout as wait } from 'node:timers/promises';"],
    ['no file has more', 'task/a.ts', '\n'.repeat(251) + ';'],
    ['no file is a drawer', 'task/run-utils.ts', ''],
    ['no file is a drawer', 'types.ts', ''],
    ['index.ts files', 'store/index.ts', 'export const a = 1;'],
    ['there is no default', 'task/a.ts', 'let count = 0;'],
    ['there is no default', 'task/a.ts', 'export default function a() {}'],
    ['no files import each other', 'task/a.ts', "import { b } from './a.js';"],
    ['every file is part', 'task/a.ts', ''],
    ['a file is named', 'task/TaskA.ts', ''],
  ])('“%s …” finds what breaks it in case %#', (start, path, text) => {
    const rule = Object.keys(RULES).find((name) => name.startsWith(start)) ?? 'none';
    expect(RULES).toHaveProperty([rule]);
    expect(broken(rule, [sourceOf(path, header + text)])).not.toEqual([]);
  });

  it('finds a file that begins without a header', () => {
    expect(broken('a file is named in kebab-case, and begins with a sentence on what it is for', [sourceOf('task/a.ts', 'export {};')])).toHaveLength(1);
  });
});
