// Counts what code does, which is the same on every machine and each time; how long it takes is neither.
import { readFileSync } from 'node:fs';
import { Session, type HeapProfiler, type Profiler } from 'node:inspector';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { countNatives } from './natives.js';

/** What is in this folder only measures. */
const MEASURES = new URL('./', import.meta.url).href;

type Range = Profiler.CoverageRange;

/** What it takes to do something. */
export interface Cost {
  readonly operations: number;
  /** Memory that was allocated, whether it is in use still or not; roughly, for it is sampled. */
  readonly bytes: number;
}

/**
 * Counts operations: each line of code that runs, each function that is called, and each element that a function of the engine's own touches.
 *
 * Lines and calls are exact, by V8's coverage, and of all that is loaded later than this is made: the package that is measured, and RxJS. Of a loop on one
 * line it sees the first turn only, but our compiler writes none. What a spread object copies, is no operation: that shows in the bytes.
 */
export class Counter {
  readonly #session = new Session();
  readonly #lines = new Map<string, readonly number[]>();
  readonly #natives: () => number;

  constructor() {
    this.#session.connect();
    this.#ask('Profiler.enable');
    // Only newer versions of Node have it on.
    setFlagsFromString('--no-maglev');
    // Or else code that is optimised meanwhile comes in at any time.
    setFlagsFromString('--no-concurrent-recompilation');
    this.#start();
    this.#natives = countNatives();
  }

  /** How many operations there are while this is done. */
  async count(act: () => unknown): Promise<Cost> {
    // Optimised code doesn't count its calls. To start over throws away what there is of it.
    setFlagsFromString('--no-opt');
    this.#start();
    this.#ask('HeapProfiler.startSampling', { samplingInterval: 16_384, includeObjectsCollectedByMajorGC: true, includeObjectsCollectedByMinorGC: true });
    this.#take();
    await act();
    const operations = this.#take();
    const { profile } = this.#ask('HeapProfiler.stopSampling') as HeapProfiler.StopSamplingReturnType;
    setFlagsFromString('--opt');
    return { operations, bytes: allocated(profile.head) };
  }

  #start(): void {
    this.#ask('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** Asks V8, which answers at once. */
  #ask(method: string, params: object = {}): unknown {
    let answer: unknown;
    this.#session.post(method, params, (error, result) => {
      if (error) throw error;
      answer = result;
    });
    return answer;
  }

  /** How many there were since this was asked last. */
  #take(): number {
    let operations = this.#natives();
    const { result } = this.#ask('Profiler.takePreciseCoverage') as Profiler.TakePreciseCoverageReturnType;
    for (const { url, functions } of result) {
      if (!url.startsWith('file:') || url.startsWith(MEASURES)) continue;
      for (const { ranges: [whole] } of functions) operations += whole?.count ?? 0;
      operations += linesRun(this.#linesOf(url), functions.flatMap(({ ranges }) => ranges));
    }
    // What it took to find that out is not to be counted.
    this.#natives();
    return operations;
  }

  /** Where lines begin that have code on them. */
  #linesOf(url: string): readonly number[] {
    const known = this.#lines.get(url);
    if (known) return known;
    const lines = [...readFileSync(fileURLToPath(url), 'utf8').matchAll(/^[\t ]*(?!\/[/*]|\*|[\t ])(?=.*\w)/gm)].map(({ 0: indent, index }) => index + indent.length);
    this.#lines.set(url, lines);
    return lines;
  }
}

/** How many lines ran: each one as often as the innermost range around its beginning. */
function linesRun(lines: readonly number[], ranges: readonly Range[]): number {
  const outerFirst = [...ranges].sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
  const around: Range[] = [];
  let run = 0;
  let next = 0;
  for (const line of lines) {
    for (let range = outerFirst[next]; range && range.startOffset <= line; range = outerFirst[++next]) {
      leave(around, range.startOffset);
      around.push(range);
    }
    leave(around, line);
    run += around.at(-1)?.count ?? 0;
  }
  return run;
}

function leave(around: Range[], offset: number): void {
  for (let last = around.at(-1); last && last.endOffset <= offset; last = around.at(-1)) around.pop();
}

function allocated({ selfSize, children }: HeapProfiler.SamplingHeapProfileNode): number {
  return children.reduce((sum, child) => sum + allocated(child), selfSize);
}
