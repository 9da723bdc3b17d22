// Names that are derived from content: always valid, equal for equal content only, and telling whose they are.
import fc from 'fast-check';
import { canonicalJson, endpointConfigName, modelName } from '../../lambdas/core/naming/names.ts';

// https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html
const valid = /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/;
const endpointName = fc.stringMatching(/^[a-z0-9](-*[a-z0-9]){0,62}$/).filter((name) => name.length <= 63);

test('every name is one that SageMaker takes, and begins as its endpoint does', () => {
  fc.assert(
    fc.property(endpointName, fc.jsonValue(), (endpoint, content) => {
      for (const name of [modelName(endpoint, content), endpointConfigName(endpoint, content)]) {
        expect(name).toMatch(valid);
        expect(name.length).toBeLessThanOrEqual(63);
        const begin = name.slice(0, -19);
        expect(endpoint.startsWith(begin)).toBe(true);
      }
    }),
  );
});

test('another content, another endpoint or another kind is another name; another order of keys is not', () => {
  const long = 'e'.repeat(62);
  const names = [
    modelName('iris', { a: 1 }),
    modelName('iris', { a: 2 }),
    modelName(`${long}x`, { a: 1 }),
    modelName(`${long}y`, { a: 1 }),
    endpointConfigName('iris', { a: 1 }),
  ];
  expect(new Set(names).size).toBe(names.length);
  expect(modelName('iris', { a: 1, b: { c: 2, d: 3 } })).toBe(modelName('iris', { b: { d: 3, c: 2 }, a: 1 }));
});

test('canonical JSON is JSON of the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) =>
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value))),
    ),
  );
});
