/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts', '<rootDir>/*/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/cdk.out/', '/.cache/', '/.venv/'],
  modulePathIgnorePatterns: ['<rootDir>/cdk.out', '<rootDir>/.cache', '<rootDir>/.venv'],
  // Their package.json name the import condition only, which Jest's CommonJS resolution does not ask for.
  moduleNameMapper: { '^@middy/(core|util)$': '<rootDir>/node_modules/@middy/$1/index.js' },
  transform: { '\\.(ts|mjs|js)$': '<rootDir>/test/setup/esbuild-transform.cjs' },
  // Only these ship ESM alone; everything else in node_modules is loaded as it is.
  transformIgnorePatterns: ['/node_modules/(?!(@middy|commander)/)'],
  testSequencer: '<rootDir>/test/setup/longest-first.cjs',
  maxWorkers: 2,
  // pytest runs beside: what takes a second alone may take many.
  testTimeout: 30_000,
};
