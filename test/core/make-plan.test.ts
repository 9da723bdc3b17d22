// The plan: which operation, with which names, counts and extra instances, decided from request, artifact and what is live.
import { NEW_METRICS } from '../../lambdas/core/endpoint/live-metrics.ts';
import { fleetSizes } from '../../lambdas/core/hosting/fleet-sizes.ts';
import { realtime } from '../../lambdas/core/hosting/realtime.ts';
import { variantTarget } from '../../lambdas/core/naming/names.ts';
import { makePlan } from '../../lambdas/core/planning/make-plan.ts';
import type { EndpointRecord, Plan } from '../../state-machine/contract/plan.ts';
import type { ResolvedRequest } from '../../state-machine/contract/resolved-request.ts';
import { aResolvedRequest } from '../request/a-resolved-request.ts';

const ref = (key: string) => ({ bucket: 'bucket', key });
const planned = (change: Partial<ResolvedRequest> = {}, before: EndpointRecord | null = null, rolloutId = 'r1') =>
  makePlan({
    rolloutId,
    stackName: 'Deployer',
    request: aResolvedRequest(change),
    artifact: { sha256: 'sum', location: ref('artifacts/iris/sum.tar.gz'), goldenCases: ref('golden.json') } as never,
    ...{ before, set: null },
  });
const live = (
  change: Partial<EndpointRecord> = {},
  desiredInstanceCount = 3,
  instanceType = 'ml.m5.large',
): EndpointRecord => ({
  ...{ endpointConfigName: 'old', tags: {}, scalingTargets: [], metrics: NEW_METRICS },
  variants: [{ name: 'blue', role: 'production', desiredInstanceCount, instanceType, weight: 1, initialWeight: 1 }],
  ...change,
});
const sizes = ({ endpointConfig, before }: Plan) => [...fleetSizes(endpointConfig.variants, before?.variants ?? [])];
const hosting = aResolvedRequest().hosting;

test('a new endpoint: nothing is updated, verified apart or watched', () => {
  const alarms = { maximumErrorPercent: 1, maximumP99Milliseconds: null, names: [] };
  const strategy: ResolvedRequest['strategy'] = {
    ...{ traffic: { type: 'rolling', batchPercent: 50, waitSeconds: 60 } as never },
    ...{ terminationWaitSeconds: 0, maximumExecutionSeconds: null },
  };
  const plan = planned({ alarms, strategy });
  expect(plan).toMatchObject({
    ...{ operation: 'create', candidate: null, alarms: null, extraCapacity: [], before: null },
    ...{ rolloutId: 'r1', endpointName: 'iris', patienceSeconds: 3600 },
    strategy: { traffic: { type: 'allAtOnce' } },
    request: aResolvedRequest({ alarms, strategy }),
    models: [{ modelDataUrl: 's3://bucket/artifacts/iris/sum.tar.gz', environment: {}, networkIsolation: true }],
    endpointConfig: {
      variants: [
        {
          ...{ name: 'primary', role: 'production', weight: 1, modelName: plan.models[0]?.name },
          ...{ artifactSha256: 'sum', imageDigest: aResolvedRequest().image.digest, capacity: hosting },
        },
      ],
    },
    scalingTargets: [
      {
        ...variantTarget('iris', 'primary'),
        ...{ variantName: 'primary', suspended: false, tracking: aResolvedRequest().scaling },
      },
    ],
    goldenCases: ref('golden.json'),
    ownershipTags: { 'sagemaker-deployer:stack': 'Deployer', 'sagemaker-deployer:rollout': 'r1' },
  });
  expect(planned({}, live())).toMatchObject({ operation: 'update', strategy: { traffic: { type: 'allAtOnce' } } });
  const update = planned({ alarms, strategy }, live());
  expect(update).toMatchObject({ alarms, strategy });
  expect([plan.fleetAlarmNames, update.fleetAlarmNames]).toEqual([[], realtime.alarms(update).map(({ name }) => name)]);
  expect(update.fleetAlarmNames).toHaveLength(2);
});

test('an update: the live variant keeps its name, and a candidate of one instance of its own comes first', () => {
  const dataCapture = { percent: 10 } as unknown as ResolvedRequest['dataCapture'];
  const plan = planned({ dataCapture, hosting: { ...hosting, instanceCount: 2 } }, live());
  expect(plan.endpointConfig).toMatchObject({
    ...{ variants: [{ name: 'blue', capacity: { instanceCount: 2 } }], dataCapture },
  });
  expect(plan.scalingTargets).toMatchObject([{ resourceId: 'endpoint/iris/variant/blue', variantName: 'blue' }]);
  const { name, ...live2 } = plan.endpointConfig;
  expect(plan.candidate).toEqual({
    endpointName: expect.stringMatching(/^iris-k-/),
    endpointConfig: {
      ...live2,
      name: plan.candidate?.endpointName,
      variants: live2.variants.map((variant) => ({ ...variant, capacity: { ...hosting, instanceCount: 1 } })),
      dataCapture: null,
    },
  });
  expect(name).not.toBe(plan.candidate?.endpointName);
  expect(planned({}, live(), 'r2').candidate?.endpointName).not.toBe(planned({}, live(), 'r1').candidate?.endpointName);
  expect(planned({ verification: 'live' }, live()).candidate).toBeNull();
});

test('a serverless candidate needs no instance, and the live configuration knows nothing of it', () => {
  const serverlessCandidate = { type: 'serverless', memoryMegabytes: 2048, maximumConcurrency: 1 } as const;
  const plan = planned({ serverlessCandidate }, live());
  expect(plan.candidate?.endpointConfig).toMatchObject({
    ...{ variants: [{ capacity: serverlessCandidate }], dataCapture: null },
  });
  expect(plan.extraCapacity.map((one) => one.for)).toEqual(['secondFleet']);
  expect(plan.endpointConfig).toEqual(planned({}, live()).endpointConfig);
});

test('extra instances: the candidate, then a fleet as large as what serves or is asked for, or a batch of it', () => {
  const capacity = (change: Partial<ResolvedRequest>, before = live()) =>
    planned(change, before).extraCapacity.map((one) => [one.for, one.instances, one.atMostSeconds]);
  expect(capacity({})).toEqual([
    ['candidate', 1, 3600],
    ['secondFleet', 3, 3600],
  ]);
  expect(capacity({ verification: 'live', hosting: { ...hosting, instanceCount: 4 } })).toEqual([
    ['secondFleet', 4, 3600],
  ]);
  const rolling = (batchPercent: number): Partial<ResolvedRequest> => ({
    verification: 'live',
    strategy: {
      traffic: { type: 'rolling', batchPercent, waitSeconds: 0, rollbackBatchPercent: null } as never,
      ...{ terminationWaitSeconds: 0, maximumExecutionSeconds: 1000 },
    },
  });
  expect(capacity(rolling(50))).toEqual([['secondFleet', 1, 4600]]);
  expect(capacity(rolling(50), live({}, 8))).toEqual([['secondFleet', 4, 4600]]);
  expect(capacity(rolling(5))).toEqual([['secondFleet', 1, 4600]]);
});

test('counts: never below what scaling would set, never below what serves', () => {
  const scaling = { ...aResolvedRequest().scaling!, minimum: 2 };
  const capacity = (change: Partial<ResolvedRequest>) => planned(change).endpointConfig.variants[0]?.capacity;
  expect(capacity({ scaling })).toMatchObject({ instanceCount: 2 });
  expect(capacity({ scaling: null })).toMatchObject({ instanceCount: 1 });
  expect([sizes(planned()), sizes(planned({}, live()))]).toEqual([[['primary', 1]], [['blue', 3]]]);
});

test('patience is for download, start and the deployment itself', () => {
  const slow = { ...hosting, startupTimeoutSeconds: 100, downloadTimeoutSeconds: 20 };
  expect(planned({ hosting: slow }).patienceSeconds).toBe(3720);
});

test('scaling is suspended only by an update that changes the instance type where there is scaling', () => {
  const found = { minimum: 1, maximum: 2, suspended: {}, policies: [], scheduledActions: [] };
  const scalingTargets = [{ ...variantTarget('iris', 'blue'), variantName: 'blue', found }];
  const suspends = (before: EndpointRecord | null) => planned({}, before).scalingTargets.map((each) => each.suspended);
  expect(suspends(live({ scalingTargets }, 3, 'ml.m4.large'))).toEqual([true]);
  expect(suspends(live({ scalingTargets }))).toEqual([false]);
  expect(suspends(live({}, 3, 'ml.m4.large'))).toEqual([false]);
});

test('what is scaled and belongs to no variant any more is taken off, and put back if the update fails', () => {
  const found = { minimum: 1, maximum: 2, suspended: {}, policies: [], scheduledActions: [] };
  const gone = { ...variantTarget('iris', 'green'), variantName: 'green' };
  const { scalingTargets } = planned({}, live({ scalingTargets: [{ ...gone, found }] }));
  expect(scalingTargets.at(-1)).toEqual({ ...gone, tracking: null, suspended: true });
});

test('an endpoint on the intended configuration is only configured; the cases of a request go before the archive', () => {
  const { endpointConfig } = planned({}, live());
  const again = planned({}, live({ endpointConfigName: endpointConfig.name }));
  expect(again).toMatchObject({ operation: 'configure', candidate: null, extraCapacity: [] });
  expect(planned({ goldenCases: ref('request.json') as never }).goldenCases).toEqual(ref('request.json'));
});
