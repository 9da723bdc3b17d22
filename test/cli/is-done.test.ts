// A caller that waits takes for done only what was done.
import { exitStatusOf } from '../../cli/terminal/exit-status.ts';
import { isDone } from '../../client/is-done.ts';
import { outcomeNames, succeededOutcomes } from '../../state-machine/contract/outcome.ts';
import { anOutcome } from '../outcome/an-outcome.ts';

test('what was superseded is not done, though its execution succeeded; nor is what has no outcome', () => {
  expect(outcomeNames.filter((outcome) => isDone({ outcome }))).toEqual(
    succeededOutcomes.filter((outcome) => outcome !== 'superseded'),
  );
  expect(isDone(null)).toBe(false);
});

test.each(['SUCCEEDED', 'FAILED'] as const)('its exit status is 3 in an execution that %s', (status) => {
  const outcome = anOutcome({ outcome: 'superseded', succeeded: status === 'SUCCEEDED' });
  expect(exitStatusOf({ status, outcome })).toBe(3);
});
