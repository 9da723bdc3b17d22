import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SNSClient } from '@aws-sdk/client-sns';
import fc from 'fast-check';
import { announcements } from '../../lambdas/aws/announcements.ts';
import { outcomeSubject, outcomeText } from '../../lambdas/core/outcome/outcome-text.ts';
import { type Outcome, outcomeNames } from '../../state-machine/contract/outcome.ts';
import { type Call, Refusal, sdkAnswers } from '../runtime/sdk-answers.ts';
import { codePoint } from '../setup/code-point.ts';
import { anOutcome } from './an-outcome.ts';

function world(answer: (call: Call) => object = () => ({ FailedEntryCount: 0, Entries: [{ EventId: 'e' }] })) {
  const { calls, options } = sdkAnswers(answer);
  const destinations = { topicArn: 'arn:aws:sns:eu-west-1:123456789012:outcomes', eventBusName: 'bus' };
  return { calls, ...announcements(new SNSClient(options), new EventBridgeClient(options), destinations) };
}

test('an outcome goes out as an event and as a mail', async () => {
  const { announce, calls } = world();
  const outcome = anOutcome();
  await announce(outcome);
  expect(calls.map(({ operation }) => operation)).toEqual(['PutEvents', 'Publish']);
  expect(calls[0]?.input.Entries).toEqual([
    {
      EventBusName: 'bus',
      Source: 'sagemaker-deployer',
      DetailType: 'RolloutOutcome',
      Resources: [outcome.executionArn],
      Detail: JSON.stringify(outcome),
    },
  ]);
  expect(calls[1]?.input).toMatchObject({
    TopicArn: 'arn:aws:sns:eu-west-1:123456789012:outcomes',
    Subject: 'iris: the new model is live',
    Message: outcomeText(outcome),
    'MessageAttributes.entry.1.Name': 'outcome',
    'MessageAttributes.entry.1.Value.StringValue': 'deployed',
  });
});

test('an event that was refused within a good answer is an error, and no mail goes out', async () => {
  const { announce, calls } = world(() => ({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure' }] }));
  await expect(announce(anOutcome())).rejects.toMatchObject({ name: 'ServiceUnavailable' });
  expect(calls).toHaveLength(1);
});

test('refusals of both services are told as our errors', async () => {
  for (const refusing of ['PutEvents', 'Publish']) {
    const { announce } = world(({ operation }) => {
      if (operation === refusing) throw new Refusal('AccessDeniedException', 403);
      return { Entries: [] };
    });
    await expect(announce(anOutcome())).rejects.toMatchObject({ name: 'AccessDenied' });
  }
});

test('subjects are what SNS takes, whatever the outcome', () => {
  const outcome = fc.record({
    outcome: fc.constantFrom(...outcomeNames),
    endpointName: fc.option(fc.string({ unit: codePoint, maxLength: 200 })),
  });
  fc.assert(
    fc.property(outcome, (changes) => {
      expect(outcomeSubject(anOutcome(changes))).toMatch(/^[\x20-\x7e]{1,100}$/);
    }),
  );
});

const count = { setting: 'hosting.instanceCount', from: '1', to: '2' };
test.each<[string, Partial<Outcome>]>([
  ['the new model is live', {}],
  ['the new model is live', { change: { model: true, settings: [] } }],
  ['the new model is live, with other settings', { change: { model: true, settings: [count] } }],
  ['new settings are live, the model stays', { change: { model: false, settings: [count] } }],
  ['its settings are as asked again, the model stays', { change: { model: false, settings: [] } }],
  ['rolled back, an earlier release is live again', { action: 'rollback', change: { model: true, settings: [count] } }],
])('the headline says what happened: %s', (told, changes) => {
  expect(outcomeSubject(anOutcome(changes))).toBe(`iris: ${told}`);
  expect(outcomeText(anOutcome(changes)).split('\n')[0]).toBe(`iris: ${told}`);
});

test('every setting that changes is told, from what to what', () => {
  const settings = [
    count,
    { setting: 'tags.team', from: null, to: '"a"' },
    { setting: 'alarms.names', from: '[]', to: null },
  ];
  expect(outcomeText(anOutcome({ change: { model: true, settings } }))).toContain(
    'Settings that change:\n- hosting.instanceCount: 1 -> 2\n- tags.team: not set -> "a"\n- alarms.names: [] -> not set\n',
  );
  expect(outcomeText(anOutcome({ change: { model: true, settings: Array(20).fill(count) } }))).toContain(
    '(all of them: plan.json of rollout-1)',
  );
});

test('a rejection tells every problem and what to do', () => {
  const text = outcomeText(
    anOutcome({
      outcome: 'rejected',
      error: 'RequestRejected',
      cause: 'two problems',
      verified: null,
      serving: null,
      problems: [
        { where: 'hosting.instanceType', message: 'Not allowed.' },
        { where: 'model.pkl', message: 'Missing.' },
      ],
      correlationId: 'order-7',
    }),
  );
  for (const told of [
    'iris: rejected, nothing was changed',
    '- hosting.instanceType: Not allowed.',
    '- model.pkl: Missing.',
    'upload again',
    's3://bucket/models/iris/v1/model.tar.gz (version v1)',
    'order-7',
  ]) {
    expect(text).toContain(told);
  }
});

test('what needs attention is told with what is left', () => {
  const text = outcomeText(
    anOutcome({ outcome: 'needsAttention', error: 'AccessDenied', cause: 'no permission', left: ['delete x'] }),
  );
  expect(text).toContain('NEEDS ATTENTION');
  expect(text).toContain('AccessDenied: no permission');
  expect(text).toContain('What is left, and what to do:\n- delete x');
});

test.each([
  ['golden', 'every golden case was answered right'],
  ['answered', 'the model answered the example row that it makes itself'],
  ['healthOnly', "no answer was checked; only SageMaker's health check was passed"],
] as const)('a mail says in words how far answers were checked: %s', (verified, words) => {
  const line = /^Verified: .*$/m.exec(outcomeText(anOutcome({ verified })))?.[0];
  expect(line).toMatch(new RegExp(`^Verified:  ${verified} \\(`));
  expect(line).toContain(words);
});

test('where nothing was verified, a mail says nothing of it', () => {
  expect(outcomeText(anOutcome({ outcome: 'rolledBack', verified: null }))).not.toContain('Verified');
});
