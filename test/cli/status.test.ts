// What `status` says serves: of the ledger, and of SageMaker where it may be asked.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import type { SFNClient } from '@aws-sdk/client-sfn';
import { type EndpointStatus, reportStatus, statusReport } from '../../cli/commands/status.ts';
import { deployer } from '../../client/client.ts';
import type { LiveEndpoint } from '../../client/read-endpoint.ts';
import { neverLeased } from '../../lambdas/core/lease/lease.ts';
import type { Lease } from '../../state-machine/contract/lease.ts';
import { aRelease, aVariant } from '../core/a-variant.ts';
import { anOutcome } from '../outcome/an-outcome.ts';
import { Refusal, sdkAnswers } from '../runtime/sdk-answers.ts';

const instances = {
  ...({ type: 'realtime', instanceType: 'ml.m5.large', instanceCount: 2 } as const),
  ...{ startupTimeoutSeconds: null, downloadTimeoutSeconds: null },
};
const primary = aVariant({ weight: 9, capacity: instances });
const challenger = aVariant({
  ...{ name: 'challenger', artifactSha256: 'b'.repeat(64), imageDigest: `sha256:${'e'.repeat(64)}` },
  capacity: { ...instances, instanceCount: 1 },
});
const release = aRelease({ variants: [primary, challenger], rolloutId: 'rollout-4' });
const liveVariant = (name: string, weight: number, instanceCount: number | null, shadow = false) =>
  ({ name, weight, instanceCount, shadow }) as const;
const live: LiveEndpoint = {
  status: 'InService',
  endpointConfigName: release.endpointConfigName,
  variants: [liveVariant('primary', 9, 2), liveVariant('challenger', 1, 1)],
};
const linesOf = (found: Partial<EndpointStatus>) =>
  reportStatus('iris', { release, lease: null, newestOutcome: null, live, ...found }).text.split('\n');

test('every variant with its share, its model, its image and what it runs on', () => {
  expect(linesOf({ newestOutcome: anOutcome() })).toEqual([
    'iris: released 2026-01-01T00:00:00.000Z by rollout-4. It is InService.',
    'VARIANT     WEIGHT  TRAFFIC  MODEL         IMAGE         HOSTING',
    'primary     9       90 %     aaaaaaaaaaaa  dddddddddddd  2 x ml.m5.large',
    'challenger  1       10 %     bbbbbbbbbbbb  eeeeeeeeeeee  1 x ml.m5.large',
    'Newest outcome: deployed (golden), rollout-1, 2026-01-01T12:00:00.000Z',
    'Nobody changes iris.',
  ]);
});

test('what was moved since the release is said: weights, and numbers of instances', () => {
  const variants = [liveVariant('primary', 4, 5), liveVariant('challenger', 1, 1)];
  expect(linesOf({ live: { ...live, variants } }).slice(2, -1)).toEqual([
    'primary     9       90 %     aaaaaaaaaaaa  dddddddddddd  2 x ml.m5.large, 5 now',
    'challenger  1       10 %     bbbbbbbbbbbb  eeeeeeeeeeee  1 x ml.m5.large',
    'primary has the weight 4 now, 80 % of the traffic: a rollout moves it, or something else did.',
  ]);
});

test('a weight that SageMaker keeps with fewer digits was not moved', () => {
  const variants = [
    { ...primary, weight: 0.9 },
    { ...challenger, weight: 0.1 },
  ];
  const kept = [liveVariant('primary', Math.fround(0.9), 2), liveVariant('challenger', Math.fround(0.1), 1)];
  const text = linesOf({ release: { ...release, variants }, live: { ...live, variants: kept } }).join('\n');
  expect(text).not.toContain('moves it');
});

test('another configuration than the release’s is said, and then not compared', () => {
  const variants = [liveVariant('primary', 4, 2)];
  const lines = linesOf({ live: { ...live, status: 'Updating', endpointConfigName: 'iris-c-9', variants } });
  expect(lines[0]).toContain('It is Updating.');
  expect(lines.slice(4, -1)).toEqual([
    'SageMaker names the configuration iris-c-9, the release iris-config: a rollout is under way, or something else changed it.',
  ]);
});

test('a shadow gets a copy, and no share of the traffic', () => {
  const shadow = aVariant({
    ...{ name: 'shadow', role: 'shadow' },
    capacity: { type: 'serverless', memoryMegabytes: 2048, maximumConcurrency: 5 },
  });
  const variants = [...live.variants, liveVariant('shadow', 2, null, true)];
  const lines = linesOf({ release: { ...release, variants: [primary, shadow] }, live: { ...live, variants } });
  expect(lines.slice(2, 4)).toEqual([
    'primary  9       100 %    aaaaaaaaaaaa  dddddddddddd  2 x ml.m5.large',
    'shadow   1       a copy   aaaaaaaaaaaa  dddddddddddd  serverless, 2048 MB, at most 5 at once',
  ]);
  expect(lines.join('\n')).not.toContain('moves it');
});

test.each<[string, Partial<EndpointStatus>, string]>([
  ['released, and not to be seen', { live: 'denied' }, 'iris: released 2026-01-01T00:00:00.000Z by rollout-4.'],
  [
    'released, and deleted by somebody',
    { live: null },
    'iris: released 2026-01-01T00:00:00.000Z by rollout-4. There is no such endpoint.',
  ],
  ['never released, and there', { release: null }, 'iris: nothing was released to it yet. It is InService.'],
  [
    'retired',
    {
      ...{ release: null, live: null },
      lease: { ...neverLeased('iris'), retirement: { rolloutId: 'away', at: '2026-01-05T00:00:00.000Z' } },
    },
    'iris: retired 2026-01-05T00:00:00.000Z. There is no such endpoint.',
  ],
])('%s', (_, found, headline) => {
  expect(linesOf(found)[0]).toBe(headline);
});

test('who changes it', () => {
  const rollout = { rolloutId: 'rollout-9', executionArn: 'arn', startedAt: '', action: 'deploy' } as const;
  const owner = {
    ...{ rollout: { ...rollout, upload: null, startedByKey: null, correlationId: null }, recovers: null },
    ...{ acquiredAt: '2026-01-06T00:00:00.000Z', heartbeatAt: '', plan: null },
  };
  const lease: Lease = { ...neverLeased('iris'), owner };
  expect(linesOf({ lease }).at(-1)).toBe('rollout-9 (deploy) changes iris, since 2026-01-06T00:00:00.000Z.');
});

describe('what is asked', () => {
  const stack = { name: 'S', bucketName: 'bucket', stateMachineArn: 'arn:machine', ledgerTableName: 'ledger' };

  /** A ledger that knows nothing, and SageMaker with this answer. */
  function asked(describe: () => object) {
    const ledger = sdkAnswers(() => ({}));
    const sageMaker = sdkAnswers(describe);
    const clients = { s3: {} as S3Client, sfn: {} as SFNClient, dynamoDb: new DynamoDBClient(ledger.options) };
    const of = deployer(stack, { ...clients, sageMaker: new SageMakerClient(sageMaker.options) });
    return { of, ledger: ledger.calls, sageMaker: sageMaker.calls };
  }

  test('SageMaker, for status, weights and instances of all variants', async () => {
    const { of, sageMaker, ledger } = asked(() => ({
      ...{ EndpointName: 'iris', EndpointStatus: 'InService', EndpointConfigName: 'iris-config' },
      ProductionVariants: [
        { VariantName: 'primary', CurrentWeight: 9, DesiredWeight: 9, CurrentInstanceCount: 2 },
        { VariantName: 'small', CurrentWeight: 0, CurrentInstanceCount: 0, CurrentServerlessConfig: {} },
      ],
      ShadowProductionVariants: [{ VariantName: 'shadow', CurrentWeight: 1, CurrentInstanceCount: 1 }],
    }));
    const { json, status } = await statusReport(of, 'iris');
    const variants = [liveVariant('primary', 9, 2), liveVariant('small', 0, null), liveVariant('shadow', 1, 1, true)];
    expect([status, json]).toEqual([
      0,
      { endpointName: 'iris', release: null, lease: null, newestOutcome: null, live: { ...live, variants } },
    ]);
    expect(sageMaker).toEqual([{ operation: 'DescribeEndpoint', input: { EndpointName: 'iris' } }]);
    const queries = ledger.filter(({ operation }) => operation === 'Query').map(({ input }) => input);
    const newestFirst = { TableName: 'ledger', ScanIndexForward: false, Limit: 1 };
    expect(queries).toEqual([expect.objectContaining(newestFirst), expect.objectContaining(newestFirst)]);
    expect(queries.map(({ ExpressionAttributeValues }) => ExpressionAttributeValues)).toEqual([
      { ':endpoint': { S: 'endpoint#iris' }, ':release': { S: 'release#' } },
      { ':endpoint': { S: 'endpoint#iris' }, ':outcome': { S: 'outcome#' } },
    ]);
  });

  test('an endpoint that is not there is none; one that may not be seen is told of by the ledger alone', async () => {
    const missing = { message: 'Could not find endpoint "arn:aws:sagemaker:eu-west-1:1:endpoint/iris".' };
    const none = asked(() => {
      throw new Refusal('ValidationException', 400, missing);
    });
    expect((await statusReport(none.of, 'iris')).text).toContain('There is no such endpoint.');
    const denied = asked(() => {
      throw new Refusal('AccessDeniedException', 400, { message: 'not authorized' });
    });
    expect((await statusReport(denied.of, 'iris')).text).toBe(
      'iris: nothing was released to it yet.\nNobody changes iris.',
    );
    const broken = asked(() => {
      throw new Refusal('ValidationException', 400, { message: 'Invalid name' });
    });
    await expect(statusReport(broken.of, 'iris')).rejects.toMatchObject({ name: 'ValidationException' });
  });
});
