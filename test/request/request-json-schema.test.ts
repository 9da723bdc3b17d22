import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { requestJsonSchema } from '../../state-machine/contract/request-json-schema.ts';

const committed = readFileSync(
  join(import.meta.dirname, '../../state-machine/contract/rollout-request.schema.json'),
  'utf8',
);

test('the committed schema is the one that the contract gives: npm run generate', () => {
  expect(committed).toBe(requestJsonSchema());
});

test('editors learn names, choices, bounds and words from it', () => {
  const schema = JSON.parse(committed);
  expect(schema.additionalProperties).toBe(false);
  expect(schema.required).toBeUndefined();
  expect(schema.properties.endpointName).toMatchObject({
    pattern: expect.any(String),
    description: expect.stringMatching(/lower-case/),
  });
  expect(
    schema.properties.hosting.oneOf.map((kind: { properties: { type: unknown } }) => kind.properties.type),
  ).toEqual([
    { type: 'string', const: 'realtime' },
    { type: 'string', const: 'serverless' },
    { type: 'string', const: 'async' },
  ]);
  expect(schema.properties.dataCapture.properties.samplingPercent).toMatchObject({ minimum: 0, maximum: 100 });
  // Cases have defaults: what may be left out is not required of whoever writes one.
  const { items } = schema.properties.canaryInvocations.properties.cases;
  expect(items.properties.request.required).toEqual(['body']);
});
