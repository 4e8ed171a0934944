// What users can import: a change of these lists is a change of the public API.
import { describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import ts from 'typescript';
import * as main from '../src/index.js';
import * as testing from '../src/testing/index.js';
import * as threads from '../src/threads/index.js';

const SRC = join(import.meta.dirname, '../src');

describe('what is there at run time', () => {
  it("is this, of 'carillon'", () => {
    expect(Object.keys(main).sort()).toEqual([
      'CarillonError', 'DoNotRetry', 'DuplicateTaskError', 'DuplicateWorkError', 'InvalidArgumentError', 'LateResultError', 'RetryAfter', 'SchedulerStoppedError', 'TaskCancelledError',
      'TaskFinishedError', 'TaskMissedError', 'TaskNotFoundError', 'TaskScheduler', 'TaskTimeoutError', 'ThrownValueError', 'WallClock', 'WorkNotFoundError',
      'after', 'anyOf', 'calendar', 'cron', 'defineTask', 'every', 'except', 'explain', 'formatExplanation', 'once', 'runCron', 'runEvery', 'runOnce', 'selectByTag', 'triggers', 'untilSettled', 'whenStatus',
      'withContext',
    ]);
  });

  it('has the triggers by their own names, and in a namespace', () => {
    const { after, anyOf, calendar, cron, every, except, once } = main;
    expect({ ...main.triggers }).toEqual({ after, anyOf, calendar, cron, every, except, once });
  });

  it("is this, of 'carillon/testing'", () => {
    expect(Object.keys(testing).sort()).toEqual([
      'EVENT_LETTERS', 'FakeWork', 'STATUS_LETTERS', 'VirtualClock', 'VirtualThreads', 'checkRuns', 'eventLetters', 'matchers', 'parseTimeline', 'statusLetters', 'timeline', 'timelineSvg',
    ]);
  });
});

it("is this, of 'carillon/threads'", () => {
  expect(Object.keys(threads).sort()).toEqual([
    'ConnectionClosedError', 'NotSerializableError', 'WorkerCrashedError', 'WorkerModuleError', 'WorkerOutOfMemoryError',
    'connectScheduler', 'inThread', 'processModule', 'serveScheduler', 'transfer', 'workerModule',
  ]);
});

// No library is loaded: names and comments need no types.
const entries = ['index.ts', 'testing/index.ts', 'threads/index.ts'];
const program = ts.createProgram(entries.map((entry) => join(SRC, entry)), {
  noLib: true, types: [], target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext,
});
const checker = program.getTypeChecker();

function exportsOf(entry: string): ts.Symbol[] {
  const file = program.getSourceFile(join(SRC, entry));
  const module = file && checker.getSymbolAtLocation(file);
  return (module ? checker.getExportsOfModule(module) : [])
    .map((symbol) => ((symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol)));
}

/** The first sentence of its TSDoc, as an index would show it. */
function sentenceOf(symbol: ts.Symbol): string | undefined {
  return /^.+?[.:](?=\s|$)/s.exec(ts.displayPartsToString(symbol.getDocumentationComment(checker)))?.[0];
}

describe('what users read of it', () => {
  const exported = entries.flatMap(exportsOf).filter(({ flags }) => (flags & ts.SymbolFlags.ValueModule) === 0);

  it('begins, for each export, with a sentence fit for an index', () => {
    expect(exported.length).toBeGreaterThan(60);
    expect(exported.filter((symbol) => sentenceOf(symbol) === undefined).map(({ name }) => name)).toEqual([]);
  });

  it('says something of each option', () => {
    const options = exported.filter(({ name }) => /Options$|^Misfire$/.test(name)).flatMap((symbol) => checker.getDeclaredTypeOfSymbol(symbol).getProperties());
    const undocumented = options.filter((option) => option.getDocumentationComment(checker).length === 0 && option.getJsDocTags(checker).length === 0);
    expect(options.length).toBeGreaterThan(20);
    expect(undocumented.map(({ name }) => name)).toEqual([]);
  });
});
