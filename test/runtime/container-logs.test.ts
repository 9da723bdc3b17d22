// What containers printed, read from CloudWatch Logs.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import fc from 'fast-check';
import { cloudWatchContainerLogs } from '../../lambdas/aws/cloudwatch-container-logs.ts';
import { tailOfStreams } from '../../lambdas/core/diagnosis/tail-of-streams.ts';
import { type Call, Refusal, sdkAnswers } from './sdk-answers.ts';

const since = new Date('2026-01-01T12:00:00.000Z');
const event = (logStreamName: string, timestamp: number, message: string) => ({ logStreamName, timestamp, message });

function logs(answer: (call: Call) => object) {
  const { calls, options } = sdkAnswers(answer);
  return { calls, logs: cloudWatchContainerLogs(new CloudWatchLogsClient(options)) };
}

test('the last lines of every instance, the one that printed last first, in the order of time', async () => {
  const { calls, logs: port } = logs(() => ({
    events: [
      event('primary/i-2', 9, 'two b'),
      event('primary/i-2', 9, 'two a\n\ntwo a, second line'),
      event('primary/i-1', 5, 'one c'),
      event('primary/i-1', 4, 'one b'),
      event('primary/i-1', 3, 'one a'),
    ],
  }));
  expect(await port.tail('iris', { since, limit: 5 })).toEqual([
    'two a',
    'two a, second line',
    'two b',
    'one b',
    'one c',
  ]);
  expect(calls).toEqual([
    {
      operation: 'FilterLogEvents',
      input: { logGroupName: '/aws/sagemaker/Endpoints/iris', startTime: since.getTime(), startFromHead: false },
    },
  ]);
});

test('events that come oldest first keep their order too', async () => {
  const { logs: port } = logs(() => ({ events: [event('s', 1, 'a'), event('s', 1, 'b'), event('s', 2, 'c')] }));
  expect(await port.tail('iris', { since, limit: 10 })).toEqual(['a', 'b', 'c']);
});

test('an empty page is not the end, and there is an end to pages', async () => {
  const pages = [{ nextToken: '1' }, { events: [event('s', 1, 'found')], nextToken: '2' }];
  const { calls, logs: port } = logs(() => pages.shift() ?? { events: [], nextToken: 'again' });
  expect(await port.tail('iris', { since, limit: 100 })).toEqual(['found']);
  expect(calls.map(({ input }) => input.nextToken)).toEqual([undefined, '1', '2', 'again', 'again']);
});

test('what is enough ends the reading', async () => {
  const { calls, logs: port } = logs(() => ({ events: [event('s', 1, 'found')], nextToken: 'more' }));
  await port.tail('iris', { since, limit: 1 });
  expect(calls).toHaveLength(1);
});

test('a log that was never written is empty, and needs no retention', async () => {
  const { logs: port } = logs(() => {
    throw new Refusal('ResourceNotFoundException');
  });
  expect(await port.tail('iris', { since, limit: 10 })).toEqual([]);
  await expect(port.expire('iris', 7)).resolves.toBeUndefined();
});

test('retention is put on the log of the endpoint', async () => {
  const { calls, logs: port } = logs(() => ({}));
  await port.expire('iris', 7);
  expect(calls).toEqual([
    { operation: 'PutRetentionPolicy', input: { logGroupName: '/aws/sagemaker/Endpoints/iris', retentionInDays: 7 } },
  ]);
});

test.each([
  ['ThrottlingException', 400, 'Throttled'],
  ['AccessDeniedException', 400, 'AccessDenied'],
  ['ServiceUnavailableException', 500, 'ServiceUnavailable'],
])('%s is %s', async (name, status, expected) => {
  const { logs: port } = logs(() => {
    throw new Refusal(name, status);
  });
  await expect(port.tail('iris', { since, limit: 10 })).rejects.toMatchObject({ name: expected });
  await expect(port.expire('iris', 7)).rejects.toMatchObject({ name: expected });
});

test('reading takes 10 s at most', async () => {
  const timeout = jest.spyOn(AbortSignal, 'timeout').mockImplementation((milliseconds) => {
    expect(milliseconds).toBe(10_000);
    return AbortSignal.abort();
  });
  // A server that never answers; the client gives up by the signal.
  const server = createServer(() => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: 'a', secretAccessKey: 's' };
  const port = cloudWatchContainerLogs(new CloudWatchLogsClient({ region: 'eu-west-1', endpoint, credentials }));
  await expect(port.tail('iris', { since, limit: 10 })).rejects.toMatchObject({
    name: 'ServiceUnavailable',
    message: 'The log of iris was not read within 10 s.',
  });
  timeout.mockRestore();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test('a tail is as long as it may be, fair to every stream, and made of last lines', () => {
  const streams = fc.array(fc.nat({ max: 30 }), { maxLength: 6 });
  fc.assert(
    fc.property(streams, fc.nat({ max: 60 }), (lengths, limit) => {
      const events = lengths.flatMap((length, stream) =>
        Array.from({ length }, (_, at) => ({ stream: `${stream}`, at, text: `${stream} ${at}` })),
      );
      const tail = tailOfStreams(events, limit);
      expect(tail.length).toBe(Math.min(limit, events.length));
      const shown = lengths.map((length, stream) => {
        const lines = tail.filter((line) => line.startsWith(`${stream} `));
        expect(lines).toEqual(
          Array.from({ length: lines.length }, (_, index) => `${stream} ${length - lines.length + index}`),
        );
        return { whole: lines.length === length, lines: lines.length };
      });
      // Who is cut has at least as many as anybody else, but for the last one that did not divide.
      const most = Math.max(0, ...shown.map(({ lines }) => lines));
      for (const { whole, lines } of shown) expect(whole || lines >= most - 1).toBe(true);
    }),
  );
});
