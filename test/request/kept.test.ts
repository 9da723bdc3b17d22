// Each key of a request is kept or never kept: whoever adds one says which.
import { KEPT, NEVER_KEPT, NEVER_KEPT_CASES } from '../../state-machine/contract/kept.ts';
import { CanaryInvocationsSchema, RolloutRequestSchema } from '../../state-machine/contract/request.ts';

const lists: readonly (readonly string[])[] = [KEPT, NEVER_KEPT];

test.each(Object.keys(RolloutRequestSchema.shape))('%s stands on exactly one list', (key) => {
  expect(lists.filter((list) => list.includes(key))).toHaveLength(1);
});

test('nothing else stands on a list', () => {
  const known = Object.keys(RolloutRequestSchema.shape);
  expect(lists.flat().filter((key) => !known.includes(key))).toEqual([]);
  expect(new Set(lists.flat()).size).toBe(lists.flat().length);
  expect(Object.keys(CanaryInvocationsSchema.shape)).toEqual(expect.arrayContaining([...NEVER_KEPT_CASES]));
});
