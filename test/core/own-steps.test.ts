// Step policies of a request: to Application Auto Scaling and CloudWatch and back, and what is left to do until they are as wanted.
import fc from 'fast-check';
import { liveSteps } from '../../lambdas/core/adoption/live-steps.ts';
import { madeTracking, WAKE, wakePolicy } from '../../lambdas/core/scaling/backlog.ts';
import { ownStep, type ScalingPolicy, stepAlarmName, stepChange } from '../../lambdas/core/scaling/own-steps.ts';
import type { StepPolicySettings } from '../../state-machine/contract/scaling-steps.ts';
import type { ScalingRecord } from '../../state-machine/contract/scaling-target.ts';
import { aResolvedRequest } from '../request/a-resolved-request.ts';

const record = (policies: ScalingPolicy[]): ScalingRecord => ({
  ...{ minimum: 1, maximum: 4, suspended: {}, policies, scheduledActions: [] },
});
const rush: StepPolicySettings = {
  ...{ name: 'rush', adjustmentType: 'ChangeInCapacity', cooldownSeconds: 300, aggregation: 'Average' },
  adjustments: [
    { lowerBound: 0, upperBound: 50, adjustment: 1 },
    { lowerBound: 50, adjustment: 3 },
  ],
  alarm: {
    ...{ namespace: 'AWS/SageMaker', metricName: 'Invocations', statistic: 'Sum', periodSeconds: 60 },
    dimensions: { VariantName: 'primary', EndpointName: 'iris' },
    ...{ evaluationPeriods: 2, datapointsToAlarm: 2, comparison: 'GreaterThanThreshold', threshold: 100 },
    missingData: 'missing',
  },
};

const name = fc.stringMatching(/^[A-Za-z0-9-]{1,20}$/);
const bounds = fc.uniqueArray(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 5 });
const adjustments = bounds.chain((at) => {
  const sorted = [...at].sort((one, other) => one - other);
  return fc
    .array(fc.integer({ min: -10, max: 10 }), { minLength: at.length + 1, maxLength: at.length + 1 })
    .map((all) =>
      all.map((adjustment, index) => ({
        ...(index > 0 && { lowerBound: sorted[index - 1]! }),
        ...(index < sorted.length && { upperBound: sorted[index]! }),
        adjustment,
      })),
    );
});
const policies: fc.Arbitrary<StepPolicySettings> = fc.record(
  {
    name,
    adjustmentType: fc.constantFrom('ChangeInCapacity', 'PercentChangeInCapacity', 'ExactCapacity'),
    minimumAdjustmentMagnitude: fc.integer({ min: 1, max: 9 }),
    adjustments,
    cooldownSeconds: fc.integer({ min: 0, max: 3600 }),
    aggregation: fc.constantFrom('Average', 'Minimum', 'Maximum'),
    alarm: fc.record(
      {
        ...{ namespace: name, metricName: name, dimensions: fc.dictionary(name, name, { minKeys: 1, maxKeys: 3 }) },
        ...{ statistic: fc.constantFrom('Average' as const, 'Sum' as const), unit: name },
        ...{ periodSeconds: fc.constantFrom(10, 60, 300), evaluationPeriods: fc.integer({ min: 1, max: 9 }) },
        ...{
          datapointsToAlarm: fc.integer({ min: 1, max: 9 }),
          threshold: fc.double({ noNaN: true, noDefaultInfinity: true }),
        },
        comparison: fc.constantFrom('GreaterThanThreshold' as const, 'LessThanOrEqualToThreshold' as const),
        missingData: fc.constantFrom('missing' as const, 'breaching' as const, 'ignore' as const),
      },
      {
        requiredKeys: [
          ...(['namespace', 'metricName', 'statistic', 'periodSeconds', 'evaluationPeriods'] as const),
          ...(['datapointsToAlarm', 'threshold', 'comparison', 'missingData'] as const),
        ],
      },
    ),
  },
  { requiredKeys: ['name', 'adjustmentType', 'adjustments', 'cooldownSeconds', 'aggregation', 'alarm'] },
) as never;

test('every step policy that a request may say is read back as it was, and needs nothing then', () => {
  fc.assert(
    fc.property(policies, (policy) => {
      // As AWS returns it: JSON, its own order, empty lists.
      const live = JSON.parse(JSON.stringify(ownStep(policy))) as ScalingPolicy;
      (live.configuration.StepAdjustments as unknown[]).reverse();
      Object.assign(live.alarm!, { ActionsEnabled: true, OKActions: [], AlarmDescription: 'whatever' });
      expect(stepChange({ steps: [policy] }, record([live]))).toEqual({ put: [], removed: [] });
      const [read] = liveSteps(record([JSON.parse(JSON.stringify(ownStep(policy)))]), 'iris');
      expect(read).toEqual(JSON.parse(JSON.stringify(policy)));
    }),
  );
});

test.each<[string, (live: ScalingPolicy) => void]>([
  ['whose alarm is gone', (live) => delete live.alarm],
  ['whose alarm fires something else', (live) => Object.assign(live.alarm!, { AlarmActions: ['another'] })],
  ['whose alarm is switched off', (live) => Object.assign(live.alarm!, { ActionsEnabled: false })],
  ['whose alarm has another threshold', (live) => Object.assign(live.alarm!, { Threshold: 7 })],
  ['with another step', (live) => Object.assign(live.configuration, { StepAdjustments: [] })],
  ['with another cooldown', (live) => Object.assign(live.configuration, { Cooldown: 1 })],
])('one %s is put again', (_name, change) => {
  const live = structuredClone(ownStep(rush));
  change(live);
  expect(stepChange({ steps: [rush] }, record([live]))).toEqual({ put: [ownStep(rush)], removed: [] });
});

test('ours that is wanted no more goes, and theirs stays', () => {
  const theirs = { ...ownStep(rush), name: 'theirs' };
  expect(stepChange({}, record([ownStep(rush), theirs]))).toEqual({
    ...{ put: [], removed: ['sagemaker-deployer-step-rush'] },
  });
  expect(liveSteps(record([theirs]), 'iris')).toEqual([]);
});

test('the longest name of an alarm is one that CloudWatch takes', () => {
  const resourceId = `endpoint/${'e'.repeat(63)}/variant/${'v'.repeat(63)}`;
  expect(stepAlarmName({ resourceId }, ownStep({ ...rush, name: 'n'.repeat(64) })).length).toBeLessThanOrEqual(255);
});

describe('a minimum of 0', () => {
  const tracking = { ...aResolvedRequest().scaling!, metric: 'ApproximateBacklogSizePerInstance', target: 5 } as const;
  const policiesOf = (change: object) => madeTracking({ ...tracking, ...change }, 'iris').steps ?? [];

  test('brings the policy that wakes, as AWS documents it', () => {
    const [wake] = policiesOf({ minimum: 0 }).map(ownStep);
    expect(wake).toMatchObject({
      type: 'StepScaling',
      configuration: {
        ...{ AdjustmentType: 'ChangeInCapacity', MetricAggregationType: 'Average', Cooldown: 300 },
        StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
      },
      alarm: {
        ...{ MetricName: 'HasBacklogWithoutCapacity', Namespace: 'AWS/SageMaker', Statistic: 'Average', Period: 60 },
        ...{ Dimensions: [{ Name: 'EndpointName', Value: 'iris' }], EvaluationPeriods: 2, DatapointsToAlarm: 2 },
        ...{ Threshold: 1, ComparisonOperator: 'GreaterThanOrEqualToThreshold', TreatMissingData: 'missing' },
      },
    });
    // It is made of the minimum, and no setting of its own.
    expect(liveSteps(record([wake!]), 'iris')).toEqual([]);
    expect(liveSteps(record([wake!]), 'another')).toHaveLength(1);
  });

  test('of a schedule brings it too; a policy of its name takes its place; more instances need none', () => {
    const schedule = { name: 'night', expression: 'rate(1 day)', timezone: 'UTC' };
    expect(policiesOf({ schedules: [{ ...schedule, minimum: 0 }] })).toEqual([wakePolicy('iris')]);
    expect(policiesOf({ schedules: [{ ...schedule, maximum: 0 }] })).toEqual([wakePolicy('iris')]);
    const own = { ...rush, name: WAKE };
    expect(policiesOf({ minimum: 0, steps: [rush, own] })).toEqual([rush, own]);
    expect(policiesOf({ schedules: [{ ...schedule, minimum: 1 }] })).toEqual([]);
  });
});
