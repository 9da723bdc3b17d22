// What the sweeper is called with: the event of one execution's end, or anything else.
import { stoppedExecution } from '../../lambdas/core/recovery/stopped-execution.ts';

const executionArn = 'arn:aws:states:eu-west-1:123456789012:execution:Rollout:one';

// https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
test('the event of an execution that ended names it', () => {
  const detail = { executionArn, name: 'one', status: 'ABORTED', startDate: 1, stopDate: 2 };
  const event = { version: '0', 'detail-type': 'Step Functions Execution Status Change', source: 'aws.states', detail };
  expect(stoppedExecution(event)).toBe(executionArn);
});

test.each([
  ['the schedule', { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} }],
  ['a person', {}],
  ['a person who gives nothing', null],
  ['nobody', undefined],
  ['an odd event', { detail: { executionArn: 7 } }],
  ['an empty one', { detail: null }],
  ['a text', 'sweep'],
])('%s names none', (_, event) => expect(stoppedExecution(event)).toBeNull());
