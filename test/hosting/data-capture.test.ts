/** Data capture: which requests are written, where, and how. */

import type { CaptureContentTypeHeader, DataCaptureConfig } from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand, type InvokeEndpointCommandInput } from '@aws-sdk/client-sagemaker-runtime';
import { type CaptureFile, type CaptureSink, DataCapture } from '../../local/hosting/data-capture.ts';
import type { InProcessFleetOptions } from '../../local/hosting/in-process-fleet.ts';
import type { Fleet, Variant } from '../../local/hosting/records.ts';
import { Account, failure, ROLE, SECOND } from './account.ts';

const HEADER: CaptureContentTypeHeader = {
  CsvContentTypes: ['text/csv'],
  JsonContentTypes: ['application/json'],
};

/** An endpoint "iris" that captures, and the files that it wrote so far. */
async function capturing(
  config: Partial<DataCaptureConfig> = {},
  { sink, ...fleet }: InProcessFleetOptions & { sink?: CaptureSink } = {},
) {
  const files: CaptureFile[] = [];
  const capture = sink ?? (async (file: CaptureFile) => void files.push(file));
  const account = new Account({ capture }, fleet);
  const DataCaptureConfig: DataCaptureConfig = {
    ...{ EnableCapture: true, InitialSamplingPercentage: 100, DestinationS3Uri: 's3://bucket/capture/' },
    CaptureOptions: [{ CaptureMode: 'Input' }, { CaptureMode: 'Output' }],
    CaptureContentTypeHeader: HEADER,
    ...config,
  };
  await account.config('iris-1', {}, { DataCaptureConfig });
  await account.endpoint('iris', 'iris-1');
  account.pass(300);
  const invoke = (input: Partial<InvokeEndpointCommandInput> = {}) =>
    account.runtime.send(
      new InvokeEndpointCommand({ EndpointName: 'iris', ContentType: 'application/json', Body: '{"x":1}', ...input }),
    );
  /** All lines of all files, once what waits was written. */
  const lines = () => {
    account.pass(1);
    account.hosting.advance();
    return files.flatMap(({ body }) =>
      body
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    );
  };
  return { account, files, invoke, lines };
}

test('a line holds request, answer and the caller’s id; its file lies by endpoint, variant and hour', async () => {
  const { account, files, invoke, lines } = await capturing();
  account.now = Date.UTC(2026, 2, 4, 5, 6, 7, 89);
  await invoke({ InferenceId: 'ours-1' });
  expect(lines()).toEqual([
    {
      captureData: {
        endpointInput: { observedContentType: 'application/json', mode: 'INPUT', data: '{"x":1}', encoding: 'JSON' },
        endpointOutput: {
          ...{ observedContentType: 'application/json', mode: 'OUTPUT', encoding: 'JSON' },
          data: '{"model":"iris-1"}',
        },
      },
      eventMetadata: {
        eventId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        inferenceId: 'ours-1',
        inferenceTime: '2026-03-04T05:06:07Z',
      },
      eventVersion: '0',
    },
  ]);
  expect(files).toMatchObject([
    {
      bucket: 'bucket',
      key: expect.stringMatching(/^capture\/iris\/primary\/2026\/03\/04\/05\/06-07-089-[0-9a-f-]{36}\.jsonl$/),
      roleArn: ROLE,
    },
  ]);
});

test.each([
  ['text/csv; charset=utf-8', HEADER, '5.1,3.5', 'CSV'],
  ['application/json', HEADER, '5.1,3.5', 'JSON'],
  ['application/x-npy', HEADER, 'NS4xLDMuNQ==', 'BASE64'],
  ['text/csv', undefined, 'NS4xLDMuNQ==', 'BASE64'],
])('%s is encoded as its headers say', async (ContentType, CaptureContentTypeHeader, data, encoding) => {
  const { invoke, lines } = await capturing({ CaptureContentTypeHeader });
  await invoke({ ContentType, Body: '5.1,3.5' });
  expect(lines()[0].captureData.endpointInput).toEqual({
    observedContentType: ContentType,
    mode: 'INPUT',
    data,
    encoding,
  });
});

test.each([
  ['Input', ['endpointInput']],
  ['Output', ['endpointOutput']],
  ['InputAndOutput', ['endpointInput', 'endpointOutput']],
] as const)('CaptureMode %s captures %j', async (CaptureMode, parts) => {
  const { invoke, lines } = await capturing({ CaptureOptions: [{ CaptureMode }] });
  await invoke();
  expect(Object.keys(lines()[0].captureData)).toEqual(parts);
});

test('as many requests as the percentage says, the same in each run; none while capture is off', async () => {
  const captured = async (config: Partial<DataCaptureConfig>) => {
    const { invoke, lines } = await capturing(config);
    for (let i = 0; i < 500; i += 1) await invoke({ InferenceId: `${i}` });
    return lines().map(({ eventMetadata }) => eventMetadata.inferenceId);
  };
  const some = await captured({ InitialSamplingPercentage: 20 });
  // Four standard deviations of 500 draws.
  expect(Math.abs(some.length - 100)).toBeLessThan(4 * Math.sqrt(500 * 0.2 * 0.8));
  expect(await captured({ InitialSamplingPercentage: 20 })).toEqual(some);
  expect(await captured({ InitialSamplingPercentage: 0 })).toEqual([]);
  expect(await captured({ EnableCapture: false })).toEqual([]);
});

test('lines of one hour share a file, a new hour begins another, and what failed is not captured', async () => {
  let status = 200;
  const answer = () => ({ status, body: '{}' });
  const { account, files, invoke, lines } = await capturing({}, { answer });
  account.now = Date.UTC(2026, 2, 4, 5, 59, 59, 500);
  await invoke();
  await invoke();
  account.now += 0.5 * SECOND;
  await invoke();
  status = 500;
  await failure(invoke());
  expect(lines()).toHaveLength(3);
  expect(files.map(({ key, body }) => [key.split('/').at(-2), body.trimEnd().split('\n').length])).toEqual([
    ['05', 2],
    ['06', 1],
  ]);
});

test('what waits is written when the simulator closes; a file that cannot be written stops nobody', async () => {
  const { account, files, invoke } = await capturing();
  await invoke();
  expect(files).toEqual([]);
  await account.hosting.close();
  expect(files).toHaveLength(1);
  const failing = await capturing({}, { sink: () => Promise.reject(new Error('no')) });
  await failing.invoke();
  await failing.account.hosting.close();
});

test('what waits and what an endpoint writes stay within their bounds', async () => {
  let written: number[] = [];
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const sink = ({ body }: CaptureFile) => {
    written.push(body.length);
    return opened;
  };
  const dataCapture: DataCaptureConfig = {
    ...{ EnableCapture: true, InitialSamplingPercentage: 100, DestinationS3Uri: 's3://bucket' },
    CaptureOptions: [{ CaptureMode: 'Input' }],
  };
  const fleet = { dataCapture } as Fleet;
  const variant = { name: 'primary', model: { input: { ExecutionRoleArn: ROLE } } } as Variant;
  const capture = new DataCapture(sink, { waiting: 5_000, ofEndpoint: 10_000 });
  const record = (endpointName: string, at: number) => {
    const input = { EndpointName: endpointName, Body: Buffer.alloc(600) };
    capture.record(at, { endpointName, fleet, variant, input, answer: { status: 200, body: '' } });
    capture.flush(at + SECOND);
  };
  const sum = () => written.reduce((total, size) => total + size, 0);
  // A line has about a thousand characters.
  for (let at = 0; at < 9; at += 1) record('iris', at * SECOND);
  expect(sum()).toBeGreaterThan(4_000);
  expect(sum()).toBeLessThanOrEqual(5_000);
  open();
  await new Promise(setImmediate);
  for (let at = 10; at < 30; at += 1) {
    record('iris', at * SECOND);
    await new Promise(setImmediate);
  }
  expect(sum()).toBeGreaterThan(9_000);
  expect(sum()).toBeLessThanOrEqual(10_000);
  written = [];
  record('wine', 30 * SECOND);
  expect(written).toHaveLength(1);
  await capture.close();
});
