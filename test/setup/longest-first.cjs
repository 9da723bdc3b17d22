// Begins the longest files first. Jest does so with the times of the run before; on a fresh checkout it would go by size.
const { default: Sequencer } = require('@jest/test-sequencer');

const LONGEST = [
  'test/cloud/shared-cloud.test.ts',
  'test/simulate/pairs.test.ts',
  'test/sweep/sweep.test.ts',
  'test/local/first-run.test.ts',
  'test/local/cloud-command.test.ts',
  'test/infra/least-privilege.test.ts',
];
const rank = ({ path }) => LONGEST.findIndex((file) => path.endsWith(file)) + 1 || LONGEST.length + 1;

module.exports = class extends Sequencer {
  sort(tests) {
    return super.sort(tests).sort((one, other) => rank(one) - rank(other));
  }
};
