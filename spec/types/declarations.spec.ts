// Declarations that a package of the user's emits: whatever carillon gives back can be exported, without naming a file inside the package.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import ts from 'typescript';

const ROOT = resolve(__dirname, '../..');

/** A module that exports what the calls give, none of it with a type of its own. */
const EXPORTS = `
import { TaskScheduler, after, cron, defineTask, every, explain, runEvery, selectByTag, untilSettled, whenStatus, withContext } from 'carillon';

export const scheduler = new TaskScheduler();
export const length = (text: string): number => text.length;
export const once = scheduler.scheduleOneTime(length, 1, { args: ['x'] });
export const named = scheduler.schedule('name', every('1s'), { args: [1] });
export const handle = scheduler.register('length', length, { retry: 3 });
export const bound = scheduler.register('bound', length, { args: ['x'] });
export const ofHandle = scheduler.schedule(handle, cron('@daily'), { args: ['x'] });
export const ofBound = scheduler.schedule(bound, cron('@daily'));
export const inContext = withContext((context, text: string) => text + context.taskId);
export const definition = defineTask(length, every('1s'), { args: ['x'] });
export const runs$ = runEvery(length, '1s', { args: ['x'] });
export const failed$ = runs$.pipe(whenStatus('FAILED'));
export const over$ = scheduler.task$(once).pipe(untilSettled(), whenStatus('COMPLETED', 'FAILED'));
export const tagged$ = scheduler.tasks$.pipe(selectByTag('x'));
export const states = scheduler.states(once);
export const explained = [explain(every('1s')), scheduler.explain(once), scheduler.upcoming()] as const;
export const schedule = scheduler.schedule.bind(scheduler);
export const { scheduleCron } = scheduler;
export function soon<A extends readonly unknown[], T>(work: (...args: A) => T, args: A) {
  return scheduler.schedule(work, after('1s'), { args });
}
`;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'carillon-declarations-'));
  // As it is installed: without packages of its own.
  mkdirSync(join(folder, 'node_modules', 'carillon'), { recursive: true });
  for (const name of ['package.json', 'dist']) symlinkSync(join(ROOT, name), join(folder, 'node_modules', 'carillon', name));
  for (const name of ['rxjs', '@types']) symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'exports.ts'), EXPORTS);
});

afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

describe('what carillon gives back', () => {
  it.each([
    ['node16', { module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16 }],
    ['bundler', { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, exactOptionalPropertyTypes: true }],
  ] as const)('can be exported from a package with declarations, resolved as of %s', (_name, options) => {
    const program = ts.createProgram([join(folder, 'exports.ts')], {
      ...options, strict: true, declaration: true, skipLibCheck: true, preserveSymlinks: true, target: ts.ScriptTarget.ES2022,
      types: ['node'], lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
    });
    const wrong = [...ts.getPreEmitDiagnostics(program), ...program.getDeclarationDiagnostics()];
    expect([...new Set(wrong.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')))]).toEqual([]);
  });
});
