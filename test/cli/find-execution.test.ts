// Which execution took up an upload.
import { DescribeExecutionCommand, ListExecutionsCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { findExecution, tookUp } from '../../client/find-execution.ts';
import { rolloutRef } from '../../client/rollout-ref.ts';

const MACHINE = 'arn:aws:states:us-east-1:111122223333:stateMachine:Deployer-Rollout';
const upload = { bucket: 'models-bucket', key: 'models/iris/v1/model.tar.gz', versionId: 'v-2', etag: '"abc"' };

const event = (object: object, bucket = upload.bucket) =>
  JSON.stringify({
    source: 'aws.s3',
    'detail-type': 'Object Created',
    detail: { bucket: { name: bucket }, object: { key: upload.key, ...object } },
  });
const request = (model: object) => ({
  endpointName: 'iris',
  model: { s3Uri: `s3://${upload.bucket}/${upload.key}`, ...model },
});

test.each<[string, string, boolean]>([
  ['the event of this version', event({ 'version-id': 'v-2', etag: 'abc' }), true],
  ['the event of another version of the same content', event({ 'version-id': 'v-1', etag: 'abc' }), false],
  ['an event without version, of this content', event({ etag: 'abc' }), true],
  ['an event without version, of other content', event({ etag: 'def' }), false],
  ['an event of another bucket', event({ 'version-id': 'v-2' }, 'other'), false],
  ['an event of another key', event({ key: 'models/iris/v2/model.tar.gz', 'version-id': 'v-2' }), false],
  ['a request for it', JSON.stringify(request({})), true],
  ['a request for this version', JSON.stringify(request({ versionId: 'v-2' })), true],
  ['a request for another version', JSON.stringify(request({ versionId: 'v-1' })), false],
  ['a request through the bus', JSON.stringify({ 'detail-type': 'RolloutRequested', detail: request({}) }), true],
  ['a request without a model', '{"endpointName":"iris"}', false],
  ['no JSON', 'models/iris/v1/model.tar.gz', false],
  ['nothing', '', false],
])('%s: %s', (_, input, expected) => {
  expect(tookUp(input, upload)).toBe(expected);
});

test('whoever knows the key only gets the newest', () => {
  const { bucket, key } = upload;
  expect(tookUp(event({ 'version-id': 'v-1', etag: 'abc' }), { bucket, key })).toBe(true);
});

interface Execution {
  name: string;
  startDate: Date;
  stopDate?: Date;
  input: string;
}

function stepFunctions(executions: Execution[], pageSize = 2) {
  const described: string[] = [];
  const listed: (string | undefined)[] = [];
  const send = async (command: unknown) => {
    if (command instanceof ListExecutionsCommand) {
      expect(command.input.stateMachineArn).toBe(MACHINE);
      const from = Number(command.input.nextToken ?? 0);
      listed.push(command.input.nextToken);
      const page = executions
        .slice(from, from + pageSize)
        .map(({ name, ...rest }) => ({ executionArn: name, ...rest }));
      return { executions: page, nextToken: from + pageSize < executions.length ? String(from + pageSize) : undefined };
    }
    if (command instanceof DescribeExecutionCommand) {
      described.push(command.input.executionArn!);
      return { input: executions.find(({ name }) => name === command.input.executionArn)!.input };
    }
    throw new Error('Unexpected call');
  };
  return { client: { send } as unknown as SFNClient, described, listed };
}

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
const mine = event({ 'version-id': 'v-2' });
const other = event({ 'version-id': 'v-1' });

test('it is found on a later page, and executions from before the upload are not looked into', async () => {
  const { client, described } = stepFunctions([
    { name: 'a', startDate: minutesAgo(0), input: other },
    { name: 'old', startDate: minutesAgo(60), stopDate: minutesAgo(0), input: other },
    { name: 'b', startDate: minutesAgo(0), input: other },
    { name: 'c', startDate: minutesAgo(1), input: mine },
  ]);
  await expect(findExecution(client, MACHINE, { ...upload, startedAt: minutesAgo(1) })).resolves.toBe('c');
  expect(described).toEqual(['a', 'b', 'c']);
});

test('the search ends with the executions that ended before the upload', async () => {
  const old = Array.from({ length: 10 }, (_, index) => ({
    name: `old-${index}`,
    startDate: minutesAgo(60 + index),
    stopDate: minutesAgo(50 + index),
    input: mine,
  }));
  const { client, described, listed } = stepFunctions(old);
  const found = await findExecution(client, MACHINE, { ...upload, startedAt: new Date() }, { waitSeconds: 0 });
  expect([found, described, listed]).toEqual([null, [], [undefined]]);
});

test('it waits for one that has not started yet, and describes none twice', async () => {
  const executions = [{ name: 'a', startDate: minutesAgo(0), input: other }];
  const { client, described } = stepFunctions(executions, 10);
  setTimeout(() => executions.unshift({ name: 'b', startDate: minutesAgo(0), input: mine }), 50);
  const options = { waitSeconds: 10, pollSeconds: 0.01 };
  await expect(findExecution(client, MACHINE, { ...upload, startedAt: new Date() }, options)).resolves.toBe('b');
  expect(described).toEqual(['a', 'b']);
});

test.each([
  [
    'arn:aws:states:us-east-1:111122223333:execution:Deployer-Rollout:r-1',
    { executionArn: 'arn:aws:states:us-east-1:111122223333:execution:Deployer-Rollout:r-1', upload: null },
  ],
  ['r-1', { executionArn: 'arn:aws:states:us-east-1:111122223333:execution:Deployer-Rollout:r-1', upload: null }],
  [upload.key, { executionArn: null, upload: { bucket: 'models-bucket', key: upload.key } }],
  [
    's3://elsewhere/models/a b/v+1/model.tar.gz',
    { executionArn: null, upload: { bucket: 'elsewhere', key: 'models/a b/v+1/model.tar.gz' } },
  ],
])('a rollout is named by %s', (text, expected) => {
  const stack = { name: 'Deployer', bucketName: 'models-bucket', stateMachineArn: MACHINE, ledgerTableName: 'ledger' };
  expect(rolloutRef(text, stack)).toEqual(expected);
});

test.each(['', 'a b', 'arn:aws:s3:::models-bucket', 'x'.repeat(81)])('"%s" names no rollout', (text) => {
  const stack = { name: 'Deployer', bucketName: 'models-bucket', stateMachineArn: MACHINE, ledgerTableName: 'ledger' };
  expect(() => rolloutRef(text, stack)).toThrow(
    /names no rollout. Give an execution's ARN or name, or an upload's key/,
  );
});
