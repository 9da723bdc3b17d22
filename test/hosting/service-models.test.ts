/** The committed extract is AWS's own model of today's botocore, and input is held against it in AWS's words. */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AwsError } from '../../local/hosting/aws-error.ts';
import { checkInput, matches } from '../../local/hosting/constraints.ts';
import { operations } from '../../local/hosting/operations.ts';
import { SERVICES, type Service, serviceModels } from '../../local/hosting/service-model.ts';
import { pythonProgram } from './python.ts';

const folder = join(import.meta.dirname, '..', '..', 'local', 'hosting', 'service-models');

test('the extract is what extract.py makes of botocore', () => {
  const made = execFileSync(pythonProgram('python'), [join(folder, 'extract.py')], {
    maxBuffer: 1e7,
    encoding: 'utf8',
  });
  expect(made).toBe(readFileSync(join(folder, 'service-models.schema.json'), 'utf8'));
});

test('every modelled operation is answered, and no other', () => {
  const modelled = SERVICES.flatMap((service) => Object.keys(serviceModels[service].operations));
  expect(Object.keys(operations).sort()).toEqual(modelled.sort());
});

test('every pattern of the models can be evaluated', () => {
  const patterns = SERVICES.flatMap((service) => Object.values(serviceModels[service].shapes)).flatMap((shape) =>
    shape.pattern === undefined ? [] : [shape.pattern],
  );
  expect(patterns.length).toBeGreaterThan(50);
  for (const pattern of patterns) expect(typeof matches(pattern, 'x')).toBe('boolean');
});

const variant = { VariantName: 'primary', ModelName: 'iris', InstanceType: 'ml.m5.large', InitialInstanceCount: 1 };
const config = (change: object) => ({ EndpointConfigName: 'iris', ProductionVariants: [{ ...variant, ...change }] });
const target = { ServiceNamespace: 'sagemaker', ResourceId: 'endpoint/a/variant/b' };
const dimension = { ScalableDimension: 'sagemaker:variant:DesiredInstanceCount' };

const ENDPOINT_NAME = '[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}';
const value = (text: string, path: string, constraint: string) =>
  `Value ${text} at '${path}' failed to satisfy constraint: ${constraint}`;
const PATTERN = 'Member must satisfy regular expression pattern:';

const violations: [string, Service, string, unknown, string | RegExp][] = [
  [
    'a pattern',
    'sagemaker',
    'DescribeEndpointInput',
    { EndpointName: 'a_b' },
    value("'a_b'", 'endpointName', `${PATTERN} ${ENDPOINT_NAME}`),
  ],
  [
    'a length',
    'sagemaker',
    'DeleteModelInput',
    { ModelName: 'x'.repeat(64) },
    /Member must have length less than or equal to 63/,
  ],
  [
    'a missing member',
    'sagemaker',
    'DescribeEndpointInput',
    {},
    value('null', 'endpointName', 'Member must not be null'),
  ],
  [
    'an enum in a list',
    'sagemaker',
    'CreateEndpointConfigInput',
    config({ InstanceType: 'ml.m5.huge' }),
    /^1 validation error detected: Value 'ml.m5.huge' at 'productionVariants.1.member.instanceType' failed to satisfy constraint: Member must satisfy enum value set: \[/,
  ],
  [
    'a range',
    'sagemaker',
    'CreateEndpointConfigInput',
    config({ ContainerStartupHealthCheckTimeoutInSeconds: 59 }),
    /containerStartupHealthCheckTimeoutInSeconds' failed to satisfy constraint: Member must have value greater than or equal to 60/,
  ],
  [
    'a count below 1',
    'sagemaker',
    'CreateEndpointConfigInput',
    config({ InitialInstanceCount: 0 }),
    /initialInstanceCount' .* greater than or equal to 1/,
  ],
  [
    'too few items',
    'sagemaker',
    'CreateEndpointConfigInput',
    { EndpointConfigName: 'a', ProductionVariants: [] },
    /'productionVariants' .* length greater than or equal to 1/,
  ],
  [
    'a map key',
    'sagemaker',
    'CreateModelInput',
    { ModelName: 'a', PrimaryContainer: { Environment: { '1a': 'b' } } },
    /'primaryContainer.environment.key'/,
  ],
  [
    'an enum of another service',
    'application-autoscaling',
    'RegisterScalableTargetRequest',
    { ...target, ScalableDimension: 'x' },
    /'scalableDimension'/,
  ],
  ['two at once', 'sagemaker', 'CreateEndpointInput', { EndpointName: '-' }, /^2 validation errors detected: .*; /],
];

test.each(violations)('%s is refused as AWS refuses it', (_what, service, shape, input, text) => {
  const expected = typeof text === 'string' ? `1 validation error detected: ${text}` : text;
  expect(() => checkInput(service, shape, input)).toThrow(expected);
});

test.each([
  ['an unknown member', { EndpointName: 'a', Endpoint: 'b' }],
  ['a value of another type', { EndpointName: 7 }],
])('%s is a SerializationException', (_what, input) => {
  let code = '';
  try {
    checkInput('sagemaker', 'DescribeEndpointInput', input);
  } catch (error) {
    code = (error as AwsError).code;
  }
  expect(code).toBe('SerializationException');
});

test.each([
  ['sagemaker', 'CreateEndpointConfigInput', config({ ServerlessConfig: { MemorySizeInMB: 2048, MaxConcurrency: 5 } })],
  [
    'sagemaker',
    'AddTagsInput',
    { ResourceArn: 'arn:aws:sagemaker:us-east-1:000000000000:model/a', Tags: [{ Key: 'größe', Value: '' }] },
  ],
  ['application-autoscaling', 'PutScalingPolicyRequest', { ...target, ...dimension, PolicyName: 'track requests' }],
] as const)('%s %s takes what is right', (service, shape, input) => {
  expect(() => checkInput(service, shape, input)).not.toThrow();
});
