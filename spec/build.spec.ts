// What is built, as `npm run build` leaves it in dist: few files, to load fast, and nothing of the sources lost by that but comments.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const DIST = join(import.meta.dirname, '../dist');
const { exports } = JSON.parse(readFileSync(join(DIST, '../package.json'), 'utf8')) as { readonly exports: Readonly<Record<string, string | { readonly default: string }>> };
/** The entries that users import. */
const ENTRIES = Object.values(exports).flatMap((entry) => (typeof entry === 'string' ? [] : [entry.default.replace('./dist/', '')]));

const textOf = (path: string): string => readFileSync(join(DIST, path), 'utf8');
const built = readdirSync(DIST, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.js')).map((path) => path.replaceAll('\\', '/')).sort();

/** The sources that a built file was made of: esbuild heads each with its path. */
const sourcesIn = (path: string): string[] => [...textOf(path).matchAll(/^\/\/ src\/(\S+)$/gm)].map(([, source = '']) => source);

/** The built files that are loaded with this one. */
function loadedBy(entry: string): string[] {
  const loaded = new Set([entry]);
  for (const path of loaded) {
    for (const [, from = ''] of textOf(path).matchAll(/^(?:import|\} from|import .* from) "(\.[^"]+)";$/gm)) loaded.add(join(dirname(path), from).replaceAll('\\', '/'));
  }
  return [...loaded];
}

describe('what is built', () => {
  it('has a file for each entry, those that are started by their path among them; all the others are chunks', () => {
    expect(ENTRIES).toEqual(['index.js', 'testing/index.js', 'threads/index.js']);
    expect(built.filter((path) => !path.startsWith('chunks/'))).toEqual([...ENTRIES, 'cli/main.js', 'threads/inside-process.js', 'threads/inside-thread.js'].sort());
  });

  it("loads 'carillon' from few files, with nothing in them of what is optional", () => {
    const loaded = loadedBy('index.js');
    expect(loaded.length).toBeLessThan(10);
    const sources = loaded.flatMap(sourcesIn);
    expect(sources).toEqual(expect.arrayContaining(['task-scheduler.ts', 'engine/gate.ts', 'task/errors.ts', 'clock/wall-clock.ts']));
    expect(sources.filter((path) => /^(testing|threads|cli)\/|^clock\/virtual-clock/.test(path))).toEqual([]);
  });

  it('has each source once, so that there is one of each class', () => {
    // A source that re-exports in its midst has two headings in one file.
    const homes = built.flatMap((path) => [...new Set(sourcesIn(path))]);
    expect(homes.length).toBeGreaterThan(100);
    expect(homes.filter((source, index) => homes.indexOf(source) !== index)).toEqual([]);
  });

  it('keeps the names of what is exported: those of classes show in errors, and to who looks at an object', () => {
    // In a process of its own, for jest would load CommonJS.
    const names = `
      const found = await Promise.all(${JSON.stringify(ENTRIES)}.map((path) => import(new URL(path, ${JSON.stringify(String(pathToFileURL(`${DIST}/`)))}))));
      console.log(JSON.stringify(found.flatMap(Object.entries).filter(([, made]) => typeof made === 'function').map(([name, made]) => [name, made.name])));
    `;
    const functions = JSON.parse(execFileSync(process.execPath, ['--input-type=module', '--eval', names], { encoding: 'utf8' })) as readonly [name: string, own: string][];
    expect(functions.length).toBeGreaterThan(50);
    expect(functions.filter(([name, own]) => own !== name).map(([name, own]) => `${name} is named ${own}`)).toEqual([]);
  });

  it('asks for its own place in entries only: they lie where their source lay, and a chunk does not', () => {
    const asks = (path: string): boolean => /\(.*, import\.meta\.url\)/.test(textOf(path).replace(/`[^`\n]*`/g, ''));
    expect(built.filter(asks)).toEqual(['cli/main.js', 'threads/index.js']);
  });
});
