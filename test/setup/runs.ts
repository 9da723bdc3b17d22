// How thorough a run of the tests is: `npm run test:nightly` makes all runs of a property and all of a sweep, others a tenth.

/** Set by scripts/test.ts; Python reads it in serving-image/tests/thoroughness.py. */
export const isNightly = process.env.NIGHTLY === '1';

/** How many runs, of so many that a night has time for. */
export const runs = (nightly: number): number => (isNightly ? nightly : Math.ceil(nightly / 10));
