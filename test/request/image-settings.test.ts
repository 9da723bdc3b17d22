// The settings of the image that a request may set are those that the image reads, within the bounds that it has for them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentProblems } from '../../lambdas/core/request/environment-problems.ts';
import { imageSettings } from '../../lambdas/core/request/image-settings.ts';

const source = readFileSync(join(import.meta.dirname, '../../serving-image/inference_server/settings.py'), 'utf8');
const told = (environment: Record<string, string>) =>
  environmentProblems(environment).map(({ where, message }) => `${where}: ${message}`);

test.each(Object.entries(imageSettings))('%s is what the image reads', (name, { range }) => {
  if (range === null) expect(source).toContain(`environment.get("${name}"`);
  else expect(source).toMatch(new RegExp(`whole\\("${name}", [^,]+, ${range[0]}, ${range[1]}, `));
});

test('within their bounds they are taken', () => {
  expect(
    told({
      SAGEMAKER_MODEL_SERVER_WORKERS: '1',
      SAGEMAKER_MODEL_SERVER_TIMEOUT: '3600',
      SAGEMAKER_MAX_PAYLOAD_IN_MB: '100',
      SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT: 'text/csv',
    }),
  ).toEqual([]);
});

test.each([
  ['SAGEMAKER_MODEL_SERVER_WORKERS', '0', 1024],
  ['SAGEMAKER_MODEL_SERVER_WORKERS', '1025', 1024],
  ['SAGEMAKER_MODEL_SERVER_TIMEOUT', '60s', 3600],
  ['SAGEMAKER_MAX_PAYLOAD_IN_MB', '', 100],
])('%s of %j is wrong, and the value is not told', (name, value, most) => {
  expect(told({ [name]: value })).toEqual([`environment.${name}: Allowed: a whole number from 1 to ${most}, as text.`]);
});

test("SageMaker's own names, and the deployer's, stay reserved", () => {
  expect(told({ SAGEMAKER_MODEL_SERVER_WORKER: '1' })).toEqual([
    'environment.SAGEMAKER_MODEL_SERVER_WORKER: Names that begin with SAGEMAKER_ or AWS_ are reserved. Did you mean "SAGEMAKER_MODEL_SERVER_WORKERS"?',
  ]);
  for (const name of [
    'SAGEMAKER_DEPLOYER_TRUST',
    'SAGEMAKER_MULTI_MODEL',
    'SAGEMAKER_BIND_TO_PORT',
    'SAGEMAKER_CONTAINER_LOG_LEVEL',
    'sagemaker_model_server_workers',
    'AWS_REGION',
  ])
    expect(told({ [name]: '1' })).toEqual([expect.stringMatching(`^environment\\.${name}: Names that begin with`)]);
});
