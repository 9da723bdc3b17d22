// What containers print comes to CloudWatch Logs: groups and streams as SageMaker names them, in order, bounded, and never in the way.
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { containerLogSender } from '../../local/hosting-service/container-log-sender.ts';
import { type Call, Refusal, sdkAnswers } from '../runtime/sdk-answers.ts';

const one = { endpointName: 'iris', variantName: 'primary', instanceId: 'i-1' };
const two = { ...one, instanceId: 'i-2' };
const names = { logGroupName: '/aws/sagemaker/Endpoints/iris', logStreamName: 'primary/i-1' };

function sender(answer: (call: Call) => object = () => ({})) {
  const { calls, options } = sdkAnswers(answer);
  return { calls, sender: containerLogSender(new CloudWatchLogsClient(options), () => 5) };
}
const messages = (calls: Call[]) =>
  calls
    .filter(({ operation }) => operation === 'PutLogEvents')
    .flatMap(({ input }) => (input.logEvents as { message: string }[]).map(({ message }) => message));

test('group, stream and lines of an instance, in the order of printing', async () => {
  const { calls, sender: logs } = sender();
  logs.write('a', one);
  logs.write('', one);
  await logs.close();
  expect(calls).toEqual([
    { operation: 'CreateLogGroup', input: { logGroupName: names.logGroupName } },
    { operation: 'CreateLogStream', input: names },
    {
      operation: 'PutLogEvents',
      input: {
        ...names,
        logEvents: [
          { timestamp: 5, message: 'a' },
          { timestamp: 5, message: ' ' },
        ],
      },
    },
  ]);
});

test('lines come without being asked for, and what is there already is no error', async () => {
  const { calls, sender: logs } = sender(({ operation }) => {
    if (operation.startsWith('Create')) throw new Refusal('ResourceAlreadyExistsException');
    return {};
  });
  logs.write('a', one);
  logs.write('b', two);
  for (let left = 100; messages(calls).length < 2 && left > 0; left--) await new Promise((go) => setTimeout(go, 20));
  expect(messages(calls)).toEqual(['a', 'b']);
  logs.write('c', one);
  await logs.close();
  expect(messages(calls)).toEqual(['a', 'b', 'c']);
  expect(calls.filter(({ operation }) => operation === 'CreateLogStream')).toHaveLength(2);
});

test('a flood is bounded: the newest lines, cut, at most 100 at once', async () => {
  const { calls, sender: logs } = sender();
  for (let line = 0; line < 5_000; line++) logs.write(`${line} ${'x'.repeat(5_000)}`, one);
  await logs.close();
  const sent = messages(calls);
  expect(sent).toHaveLength(2_000);
  expect([sent[0]!.slice(0, 5), sent.at(-1)!.slice(0, 5)]).toEqual(['3000 ', '4999 ']);
  expect(Math.max(...sent.map(({ length }) => length))).toBe(2_000);
  for (const { operation, input } of calls)
    if (operation === 'PutLogEvents') expect((input.logEvents as object[]).length).toBeLessThanOrEqual(100);
});

test('a log that cannot be written stops neither the other ones nor the end', async () => {
  const { calls, sender: logs } = sender(({ input }) => {
    if (input.logGroupName === names.logGroupName) throw new Refusal('ServiceUnavailableException', 500);
    return {};
  });
  logs.write('a', one);
  logs.write('b', { ...one, endpointName: 'other' });
  await logs.close();
  expect(messages(calls)).toEqual(['b']);
});
