// What a request may ask of an asynchronous endpoint, and what is refused by its name.
import { type CheckedRequest, checkRequest } from '../../lambdas/core/request/check-request.ts';
import { resolveSettings } from '../../lambdas/core/request/resolve-settings.ts';
import { settingsOf } from '../../lambdas/core/request/settings-of.ts';
import { ANSWERS_TOPIC, FAILURES_TOPIC, KEY_ARN, PLATFORM } from '../../simulate/world/stack-names.ts';
import type { KeptSettings } from '../../state-machine/contract/kept-settings.ts';

const hosting = { type: 'async', maximumConcurrentInvocationsPerInstance: 4 } as const;
const OTHER_KEY = KEY_ARN.replace('1234abcd', 'ffffffff');
const resolved = (request: CheckedRequest, settings: KeptSettings | null = null) =>
  resolveSettings(request, settings && { settings, from: 'the newest release' }, PLATFORM.settings, 's3://b/capture');

test('it has instances, no scaling, and its settings are kept without a problem', () => {
  const { settings, problems } = resolved({ hosting });
  expect(problems).toEqual([]);
  expect(settings).toMatchObject({ hosting: { ...hosting, instanceCount: 1 }, scaling: null });
  const next = resolved({}, settingsOf({ hosting }, settings));
  expect(next.problems).toEqual([]);
  expect(next.settings.hosting).toEqual(settings.hosting);
});

test.each<[string, CheckedRequest, string, RegExp]>([
  [
    'scaling by invocations',
    { scaling: { metric: 'SageMakerVariantInvocationsPerInstance', target: 70 } },
    'scaling.metric',
    /do not have it.*ApproximateBacklogSizePerInstance/,
  ],
  ['scaling beyond the platform', { scaling: { minimum: 0, maximum: 999 } }, 'scaling.maximum', /Found 999.*at most/],
  [
    'traffic in steps',
    { strategy: { type: 'linear', stepPercent: 50, waitSeconds: 60, terminationWaitSeconds: 0 } },
    'strategy.type',
    /one queue.*Use "allAtOnce", with strategy\.terminationWaitSeconds/,
  ],
  [
    'an alarm on a latency',
    { strategy: { type: 'allAtOnce', terminationWaitSeconds: 60 }, alarms: { maximumP99Milliseconds: 100 } },
    'alarms.maximumP99Milliseconds',
    /how full the queue is\. Use alarms\.maximumOldestRequestSeconds/,
  ],
  ['alarms without a wait', { alarms: { maximumErrorPercent: 1 } }, 'alarms', /Give strategy\.terminationWaitSeconds/],
  ['captured data', { dataCapture: { samplingPercent: 10 } }, 'dataCapture', /not documented/],
  [
    'a serverless candidate',
    { candidate: { type: 'serverless' }, network: { isolation: false } },
    'candidate.type',
    /no queue/,
  ],
  [
    'a latency',
    { canaryInvocations: { maximumP99Milliseconds: 100 } },
    'canaryInvocations.maximumP99Milliseconds',
    /measured/,
  ],
  [
    'requests to measure',
    { canaryInvocations: { requests: 5 } },
    'canaryInvocations.requests',
    /how full the queue is/,
  ],
  ['several variants', { variants: [{ name: 'one' }] }, 'variants', /one variant/],
])('%s: refused', (_name, request, place, text) => {
  const { problems } = resolved({ hosting, ...request });
  expect(problems).toContainEqual({ where: place, message: expect.stringMatching(text) });
});

describe('notifications and the key of answers', () => {
  const [successTopicArn, errorTopicArn] = [ANSWERS_TOPIC, FAILURES_TOPIC];
  const other = `${ANSWERS_TOPIC}-of-others`;
  const notifying = (notifications: object): CheckedRequest => ({ hosting: { ...hosting, notifications } });

  test('are resolved in one order, and kept', () => {
    const encryption = { answersKmsKeyArn: KEY_ARN };
    const asked = notifying({
      errorTopicArn,
      successTopicArn,
      includeInferenceResponseIn: ['success', 'error', 'success'],
    });
    const { settings, problems } = resolved({ ...asked, encryption });
    expect(problems).toEqual([]);
    const notifications = { successTopicArn, errorTopicArn, includeInferenceResponseIn: ['error', 'success'] };
    expect(settings).toMatchObject({ hosting: { notifications }, answersKmsKeyArn: KEY_ARN });
    const next = resolved(
      { hosting: { type: 'async', instanceCount: 2 } },
      settingsOf({ ...asked, encryption }, settings),
    );
    expect(next.problems).toEqual([]);
    expect(next.settings).toMatchObject({ hosting: { notifications, instanceCount: 2 }, answersKmsKeyArn: KEY_ARN });
    expect(resolved({ hosting, reset: ['hosting'] }, settingsOf(asked, settings)).settings.hosting).not.toHaveProperty(
      'notifications',
    );
  });

  test.each<[string, CheckedRequest, string, string]>([
    [
      'a topic that the platform does not list',
      notifying({ successTopicArn: other }),
      'hosting.notifications.successTopicArn',
      `Found ${other}, which the platform's setting allowedNotificationTopicArns does not list. Allowed: ${ANSWERS_TOPIC}, ${FAILURES_TOPIC}.`,
    ],
    [
      'a response in messages that nobody gets',
      notifying({ successTopicArn, includeInferenceResponseIn: ['success', 'error'] }),
      'hosting.notifications.includeInferenceResponseIn',
      'It includes the response in the messages of "error", which go nowhere. Give errorTopicArn, or leave "error" out.',
    ],
    [
      'a key that the platform does not list',
      { hosting, encryption: { answersKmsKeyArn: OTHER_KEY } },
      'encryption.answersKmsKeyArn',
      `Found ${OTHER_KEY}, which the platform's setting allowedKmsKeyArns does not list. Allowed: ${KEY_ARN}.`,
    ],
  ])('%s: refused', (_name, request, where, message) => {
    expect(resolved(request).problems).toEqual([{ where, message }]);
  });

  test('are no fields of another type', () => {
    const found = checkRequest({ endpointName: 'iris', hosting: { type: 'realtime', notifications: {} } });
    expect(found.problems).toMatchObject([{ where: 'hosting.notifications' }]);
  });
});

test('an update that waits is watched: failures, expired requests, the oldest one', () => {
  const strategy = { type: 'allAtOnce', terminationWaitSeconds: 60 } as const;
  const usual = { maximumErrorPercent: 5, maximumP99Milliseconds: null, maximumOldestRequestSeconds: 3_600, names: [] };
  expect(resolved({ hosting, strategy })).toMatchObject({ problems: [], settings: { alarms: usual } });
  const alarms = { maximumErrorPercent: 1, maximumOldestRequestSeconds: 600, names: ['orders'] };
  const { settings, problems } = resolved({ hosting, strategy, alarms });
  expect(problems).toEqual([]);
  expect(settings.alarms).toEqual({ ...alarms, maximumP99Milliseconds: null });
  const next = resolved({}, settingsOf({ hosting, strategy, alarms }, settings));
  expect(next).toMatchObject({ problems: [], settings: { alarms: settings.alarms } });
  const eight = Array.from({ length: 8 }, (_, index) => `alarm-${index}`);
  expect(resolved({ hosting, strategy, alarms: { names: eight } }).problems).toMatchObject([
    { where: 'alarms.names', message: expect.stringContaining('3 are made by the rollout') },
  ]);
});

test('the age of a request in a queue is of asynchronous endpoints alone', () => {
  const strategy = { type: 'allAtOnce', terminationWaitSeconds: 60 } as const;
  expect(resolved({ strategy, alarms: { maximumOldestRequestSeconds: 600 } }).problems).toMatchObject([
    { where: 'alarms.maximumOldestRequestSeconds' },
  ]);
});

test('it scales by its backlog where that is asked for, down to no instance, and keeps that', () => {
  const night = { name: 'night', expression: 'cron(0 20 * * ? *)', minimum: 0, maximum: 0 };
  const scaling = { minimum: 0, maximum: 4, schedules: [night] };
  const { settings, problems } = resolved({ hosting, scaling });
  expect(problems).toEqual([]);
  expect(settings.scaling).toEqual({
    ...{ minimum: 0, maximum: 4, metric: 'ApproximateBacklogSizePerInstance', target: 5 },
    ...{ scaleInCooldownSeconds: 300, scaleOutCooldownSeconds: 60, schedules: [{ ...night, timezone: 'UTC' }] },
  });
  const kept = settingsOf({ hosting, scaling }, settings);
  expect(resolved({ scaling: { maximum: 3 } }, kept)).toMatchObject({
    ...{ problems: [], settings: { scaling: { ...settings.scaling, maximum: 3 } } },
  });
});

test('a realtime endpoint keeps an instance, and has no backlog', () => {
  const { problems } = resolved({ scaling: { minimum: 0, metric: 'ApproximateBacklogSizePerInstance', target: 5 } });
  expect(problems).toEqual([
    { where: 'scaling.metric', message: expect.stringContaining('It is of async hosting.') },
    { where: 'scaling.minimum', message: 'Found 0. An endpoint on instances keeps at least 1.' },
  ]);
});

test('a realtime endpoint may have all of that', () => {
  expect(resolved({ canaryInvocations: { requests: 5 }, dataCapture: { samplingPercent: 10 } }).problems).toEqual([]);
});
