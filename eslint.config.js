import rxjs from 'eslint-plugin-rxjs-x';
import { defineConfig, globalIgnores } from 'eslint/config';
import ts from 'typescript-eslint';

const typescript = ['src/**/*.ts', 'spec/**/*.ts', 'docs/examples/**/*.ts'];
const message = 'time comes from the clock';

export default defineConfig(
  globalIgnores(['dist', 'coverage', 'docs/api', 'bench', 'spec/fixtures/threads/broken.mjs']),
  {
    files: typescript,
    extends: [ts.configs.strictTypeChecked, ts.configs.stylisticTypeChecked, rxjs.configs.strict],
    languageOptions: {
      parserOptions: { project: ['tsconfig.json', 'spec/tsconfig.json'], tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      // A number in a message is what the message is about; and `() => subject.next()` hides nothing.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: 'only-allowed-literals' }],
      // It asks for the `!` that another rule forbids.
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/clock/**'],
    rules: {
      'no-restricted-globals': [
        'error',
        {
          globals: ['setTimeout', 'setInterval', 'setImmediate', 'performance'].map((name) => ({ name, message })),
          checkGlobalObject: true,
        },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message },
        { object: 'AbortSignal', property: 'timeout', message },
      ],
      'no-restricted-syntax': ['error', { selector: ':matches(NewExpression[arguments.length=0], CallExpression)[callee.name="Date"]', message }],
      'no-restricted-imports': [
        'error',
        {
          paths: [
            ...['node:timers', 'node:timers/promises', 'node:perf_hooks'].map((name) => ({ name, message })),
            { name: 'rxjs', importNames: ['asyncScheduler', 'asapScheduler', 'animationFrameScheduler'], message },
          ],
        },
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    // Streams of our own never error. If one did, RxJS would report it as unhandled, which is what a bug deserves.
    rules: { 'rxjs-x/no-ignored-error': 'off' },
  },
  {
    files: ['spec/**/*.ts'],
    ignores: ['spec/support/properties.ts'],
    rules: {
      'no-restricted-imports': ['error', { paths: [{ name: 'fast-check', message: 'spec/support/properties.ts has it with a seed' }] }],
    },
  },
  {
    files: ['docs/examples/**/*.ts'],
    // The streams of a scheduler never error: law 4.
    rules: { 'rxjs-x/no-ignored-error': 'off' },
  },
  {
    // The words and rules are plain data: they run anywhere, and wait for nothing.
    files: ['src/task/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['node:*'], message: 'src/task knows nothing of Node' },
            { group: ['rxjs', 'rxjs/*'], allowTypeImports: true, message: 'src/task may name the types of RxJS, no more' },
          ],
        },
      ],
    },
  },
  {
    files: ['spec/**/*.ts'],
    rules: {
      // A null where a spec says there is none fails that spec, as it should.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Stand-ins are async, or empty, because what they stand for is.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      // Users throw, and reject with, things that are no errors.
      '@typescript-eslint/only-throw-error': 'off',
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      'rxjs-x/throw-error': 'off',
      // An error that nobody handles ends the test run.
      'rxjs-x/no-ignored-error': 'off',
    },
  },
);
