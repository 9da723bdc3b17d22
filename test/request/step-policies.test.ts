// The step policies of a request: their defaults, all that is wrong with them at once, and how they are kept.
import { type CheckedRequest, checkRequest } from '../../lambdas/core/request/check-request.ts';
import { resolveSettings } from '../../lambdas/core/request/resolve-settings.ts';
import { settingsOf } from '../../lambdas/core/request/settings-of.ts';
import { PLATFORM } from '../../simulate/world/stack-names.ts';
import type { KeptSettings } from '../../state-machine/contract/kept-settings.ts';

type Scaling = Exclude<NonNullable<CheckedRequest['scaling']>, 'none'>;
type Step = NonNullable<Scaling['steps']>[number];

const rush: Step = {
  name: 'rush',
  adjustments: [
    { lowerBound: 50, adjustment: 3 },
    { lowerBound: 0, upperBound: 50, adjustment: 1 },
  ],
  alarm: {
    ...{ namespace: 'AWS/SageMaker', metricName: 'Invocations', statistic: 'Sum', threshold: 100 },
    ...{ comparison: 'GreaterThanThreshold', evaluationPeriods: 3 },
  },
};
const resolved = (request: CheckedRequest, settings: KeptSettings | null = null) =>
  resolveSettings(request, settings && { settings, from: 'the newest release' }, PLATFORM.settings, 's3://b/capture');
const problemsOf = (...steps: Step[]) =>
  resolved({ scaling: { steps } }).problems.map(({ where, message }) => `${where}: ${message}`);

test('have every default, and come in the order of their names and bounds', () => {
  const { settings, problems } = resolved({ scaling: { steps: [rush, { ...rush, name: 'calm' }] } });
  expect(problems).toEqual([]);
  const whole = {
    ...{ name: 'rush', adjustmentType: 'ChangeInCapacity', cooldownSeconds: 300, aggregation: 'Average' },
    adjustments: [
      { lowerBound: 0, upperBound: 50, adjustment: 1 },
      { lowerBound: 50, adjustment: 3 },
    ],
    alarm: { ...rush.alarm, periodSeconds: 60, datapointsToAlarm: 3, missingData: 'missing' },
  };
  expect(settings.scaling?.steps).toEqual([{ ...whole, name: 'calm' }, whole]);
});

test('are kept as a whole, until a request lists others', () => {
  const first: CheckedRequest = { scaling: { steps: [rush], suspended: ['schedules', 'scaleIn'] } };
  const kept = settingsOf(first, resolved(first).settings);
  expect(kept.scaling).toMatchObject({ suspended: ['scaleIn', 'schedules'] });
  expect(checkRequest(kept).problems).toEqual([]);
  const after = (scaling: CheckedRequest['scaling']) =>
    resolved({ ...(scaling && { scaling }) }, kept).settings.scaling;
  expect(after(undefined)).toEqual(resolved(first).settings.scaling);
  expect(after({ target: 9 })).toMatchObject({
    target: 9,
    steps: [{ name: 'rush' }],
    suspended: ['scaleIn', 'schedules'],
  });
  expect(after({ steps: [{ ...rush, name: 'calm' }], suspended: [] })).toMatchObject({
    ...{ steps: [{ name: 'calm' }], suspended: [] },
  });
  expect(after({ steps: [] })).not.toHaveProperty('steps');
  expect(after('none')).toBeNull();
});

test.each<[string, Step[], RegExp[]]>([
  ['the same name twice', [rush, rush], [/^scaling\.steps\.1\.name: Found "rush" twice/]],
  [
    'a step without a bound',
    [{ ...rush, adjustments: [{ adjustment: 1 }] }],
    [/^scaling\.steps\.0\.adjustments\.0: It has neither/],
  ],
  [
    'bounds that cross',
    [{ ...rush, adjustments: [{ lowerBound: 10, upperBound: 10, adjustment: 1 }] }],
    [
      /adjustments\.0\.upperBound: Found 10, which is not more than its lowerBound, 10/,
      /adjustments: Above 10 nothing/,
    ],
  ],
  [
    'a gap',
    [
      {
        ...rush,
        adjustments: [
          { upperBound: 0, adjustment: -1 },
          { lowerBound: 5, adjustment: 1 },
        ],
      },
    ],
    [/adjustments: Between 5 and 0 nothing is said/],
  ],
  [
    'an overlap',
    [
      {
        ...rush,
        adjustments: [
          { upperBound: 5, adjustment: -1 },
          { lowerBound: 0, adjustment: 1 },
        ],
      },
    ],
    [/adjustments: Between 0 and 5 two are said/],
  ],
  [
    'ends that nothing is said of',
    [{ ...rush, adjustments: [{ lowerBound: -5, upperBound: 5, adjustment: 1 }] }],
    [/adjustments: Below -5 nothing/, /adjustments: Above 5 nothing/],
  ],
  [
    'a negative capacity',
    [{ ...rush, adjustmentType: 'ExactCapacity', adjustments: [{ lowerBound: 0, adjustment: -1 }] }],
    [/adjustments\.0\.adjustment: Found -1\. With ExactCapacity/],
  ],
  [
    'a magnitude of no percentage',
    [{ ...rush, minimumAdjustmentMagnitude: 2 }],
    [/minimumAdjustmentMagnitude: It is of PercentChangeInCapacity, and this policy has ChangeInCapacity/],
  ],
  [
    'an alarm that CloudWatch would refuse',
    [{ ...rush, alarm: { ...rush.alarm, periodSeconds: 90, evaluationPeriods: 1000, datapointsToAlarm: 1001 } }],
    [
      /alarm\.periodSeconds: Found 90\. Allowed: 10, 20, 30, or a multiple of 60/,
      /alarm\.datapointsToAlarm: Found 1001, which is more than evaluationPeriods, 1000/,
      /alarm\.evaluationPeriods: Found 1000 periods of 90 s, which are more than 86400 s/,
    ],
  ],
  [
    'periods of hours, a week at most',
    [{ ...rush, alarm: { ...rush.alarm, periodSeconds: 3600, evaluationPeriods: 168 } }],
    [],
  ],
])('%s: all that is wrong is told', (_name, steps, expected) => {
  expect(problemsOf(...steps)).toEqual(expected.map((text) => expect.stringMatching(text)));
});

test('what the schema does not know is refused by name, and every hosting type has them', () => {
  const misspelt = checkRequest({ scaling: { steps: [{ ...rush, cooldown: 3 }] } });
  expect(misspelt.problems).toMatchObject([{ where: 'scaling.steps.0.cooldown' }]);
  const hosting = {
    type: 'serverless',
    memoryMegabytes: 2048,
    maximumConcurrency: 5,
    provisionedConcurrency: 2,
  } as const;
  expect(resolved({ hosting, scaling: { steps: [rush] } }).problems).toEqual([]);
  expect(resolved({ hosting: { type: 'async' }, scaling: { minimum: 0, steps: [rush] } }).problems).toEqual([]);
});
