// What is right of a request is kept though something else of it is wrong.
import fc from 'fast-check';
import { checkRequest } from '../../lambdas/core/request/check-request.ts';

const right = { endpointName: 'iris', tags: { team: 'flowers' }, scaling: 'none', correlationId: 'c-1' } as const;
const wrong = { endpointName: 'Iris!', tags: 5, scaling: 'non', correlationId: '' } as const;
const fields = Object.keys(right) as (keyof typeof right)[];

test('each field is kept or wrong for itself, and what is not there is not there', () => {
  const choice = fc.record(
    Object.fromEntries(fields.map((field) => [field, fc.constantFrom('right', 'wrong', 'absent')])),
  );
  fc.assert(
    fc.property(choice, (choices) => {
      const chosen = (kind: string) => fields.filter((field) => choices[field] === kind);
      const given = Object.fromEntries([
        ...chosen('right').map((field) => [field, right[field]]),
        ...chosen('wrong').map((field) => [field, wrong[field]]),
      ]);
      const { request, wrongFields, problems } = checkRequest(given);
      // Not even as undefined: what is spread over a manifest must not hide what that says.
      expect(request).toStrictEqual(Object.fromEntries(chosen('right').map((field) => [field, right[field]])));
      expect([...wrongFields].sort()).toEqual(chosen('wrong').sort());
      expect(problems.length).toBe(chosen('wrong').length);
    }),
  );
});

test.each([null, [], 5, 'text'])('of %j nothing is right', (value) => {
  const { request, wrongFields, problems } = checkRequest(value);
  expect(request).toStrictEqual({});
  expect(fields.every((field) => wrongFields.has(field))).toBe(true);
  expect(problems).toHaveLength(1);
});
