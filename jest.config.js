/** Jest runs in CommonJS mode; swc turns our modules (and those of packages that have no other kind) into that. @type {import('jest').Config} */
export default {
  roots: ['<rootDir>/spec'],
  testMatch: ['**/*.spec.ts'],
  // Threads and processes take their time to start on a busy machine.
  testTimeout: 30_000,
  moduleNameMapper: {
    '^carillon$': '<rootDir>/src/index.ts',
    '^carillon/testing$': '<rootDir>/src/testing/index.ts',
    // A thread loads what is built, so what is on this side of it is built, too.
    '^carillon/threads$': '<rootDir>/dist/threads/index.js',
    // The sources say './clock.js', as Node wants it after the build; here only './clock.ts' exists.
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: {
    '\\.[jt]s$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }],
  },
  transformIgnorePatterns: ['/node_modules/(?!(uuid|serialize-error|non-error|@ark|arkregex|arktype)/)'],
};
