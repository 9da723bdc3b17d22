// Which of the two models gave an answer.
import { isOfNewModel } from '../../lambdas/core/guardrails/answered-by.ts';

const [one, other] = ['a'.repeat(64), 'b'.repeat(64)];

test.each<[string, string | null, string | null, string | null, boolean]>([
  ['it names what the candidate named', one, one, null, true],
  ['it names another one', other, one, null, false],
  ['it names another one than served before', one, null, other, true],
  ['it names what served before', other, null, other, false],
  ['the candidate counts, also where the model stays the same', one, one, one, true],
  ['it names none', null, one, other, false],
  ['nobody knows either', one, null, null, false],
])('%s', (_, named, arriving, serving, isNew) => {
  expect(isOfNewModel(named, { arriving, serving })).toBe(isNew);
});
