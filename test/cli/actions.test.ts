// Rollback, retirement and lease: what the client sends and reads, and what the command line says of a lease.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SageMakerClient } from '@aws-sdk/client-sagemaker';
import type { SFNClient } from '@aws-sdk/client-sfn';
import { whatToCancel } from '../../cli/commands/cancel.ts';
import { reportLease } from '../../cli/commands/lease.ts';
import { deployer } from '../../client/client.ts';
import { findRecovery } from '../../client/find-recovery.ts';
import { rolloutExecution } from '../../client/rollout-execution.ts';
import { neverLeased } from '../../lambdas/core/lease/lease.ts';
import { CancelRequestSchema } from '../../state-machine/contract/cancel-request.ts';
import type { Lease, LeasedRollout } from '../../state-machine/contract/lease.ts';
import { RetireEndpointRequestSchema, RollbackRequestSchema } from '../../state-machine/contract/other-requests.ts';
import { sdkAnswers } from '../runtime/sdk-answers.ts';

const stack = { name: 'S', bucketName: 'bucket', stateMachineArn: 'arn:machine', ledgerTableName: 'ledger' };

/** A client whose every call is kept, and answered with `answer`. */
function recorded(answer: object) {
  const inputs: Record<string, unknown>[] = [];
  const client = {
    config: {},
    send: async ({ input }: { input: Record<string, unknown> }) => {
      inputs.push(input);
      return answer;
    },
  };
  return { client, inputs };
}
const clients = (sfn: object, dynamoDb: object = {}) => ({
  s3: {} as S3Client,
  sfn: sfn as SFNClient,
  dynamoDb: dynamoDb as DynamoDBClient,
  sageMaker: {} as SageMakerClient,
});

test('a rollback is one execution, whose input the contract takes', async () => {
  const { client, inputs } = recorded({ executionArn: 'arn:execution' });
  const of = deployer(stack, clients(client));
  expect(await of.rollBack('iris')).toEqual({ executionArn: 'arn:execution' });
  await of.rollBack('iris', { to: 'one', verification: 'candidate', name: 'back' });
  expect(inputs.map(({ stateMachineArn, name }) => [stateMachineArn, name])).toEqual([
    ['arn:machine', undefined],
    ['arn:machine', 'back'],
  ]);
  const requests = inputs.map(({ input }) => RollbackRequestSchema.parse(JSON.parse(input as string)));
  expect(requests).toEqual([
    { action: 'rollback', endpointName: 'iris' },
    { action: 'rollback', endpointName: 'iris', to: 'one', verification: 'candidate' },
  ]);
});

test('a retirement is one execution, whose input the contract takes', async () => {
  const { client, inputs } = recorded({ executionArn: 'arn:execution' });
  await deployer(stack, clients(client)).retireEndpoint('iris', { name: 'away' });
  expect(inputs).toMatchObject([{ name: 'away' }]);
  expect(RetireEndpointRequestSchema.parse(JSON.parse(inputs[0]!.input as string))).toEqual({
    action: 'retireEndpoint',
    endpointName: 'iris',
  });
});

describe('a cancellation', () => {
  test('is one execution, whose input the contract takes', async () => {
    const { client, inputs } = recorded({ executionArn: 'arn:execution' });
    await deployer(stack, clients(client)).cancel('iris', 'rollout-7', { name: 'no' });
    expect(inputs).toMatchObject([{ name: 'no' }]);
    expect(CancelRequestSchema.parse(JSON.parse(inputs[0]!.input as string))).toEqual({
      ...{ action: 'cancel', endpointName: 'iris', rolloutId: 'rollout-7' },
    });
  });

  const ARN = 'arn:aws:states:us-east-1:1:execution:Rollout:r-7';
  const states = { ...stack, stateMachineArn: 'arn:aws:states:us-east-1:1:stateMachine:Rollout' };
  const of = (endpointName: string | null, found: string | null = ARN) => ({
    stack: states,
    findExecution: async () => found,
    execution: async (executionArn: string) =>
      executionArn === ARN
        ? { executionArn, rolloutId: 'r-7', status: 'RUNNING', stoppedAt: null, endpointName }
        : null,
  });

  test.each(['r-7', ARN, 'models/iris/v1/model.tar.gz'])('of %s knows its endpoint by the execution', async (named) => {
    expect(await whatToCancel(of('iris'), named)).toEqual({ rolloutId: 'r-7', endpointName: 'iris' });
    expect(await whatToCancel(of(null), named, 'rose')).toEqual({ rolloutId: 'r-7', endpointName: 'rose' });
  });

  test('of what is no rollout, or names no endpoint, is refused', async () => {
    await expect(whatToCancel(of('iris'), 'other')).rejects.toThrow('There is no rollout other.');
    await expect(whatToCancel(of(null), 'r-7')).rejects.toThrow('r-7 names no endpoint. Name it: --endpoint <name>.');
    await expect(whatToCancel(of('iris', null), 'models/iris/v1/model.tar.gz')).rejects.toThrow('No execution took up');
  });
});

test.each([
  [{ endpointName: 'iris' }, null, 'iris'],
  [{ detail: {} }, 'rose', 'rose'],
  [{ detail: {} }, null, null],
])(
  'the endpoint of an execution stands in its input %j, or in what it resolved',
  async (input, resolved, endpointName) => {
    const output = JSON.stringify({ request: { endpointName: resolved } });
    const events = [{ stateExitedEventDetails: { name: 'ResolveRequest', output } }];
    const answer = { status: 'ABORTED', stopDate: new Date(0), input: JSON.stringify(input), events };
    const { client } = recorded(answer);
    expect(await rolloutExecution(client as unknown as SFNClient, 'arn:one')).toEqual({
      ...{ executionArn: 'arn:one', rolloutId: 'one', status: 'ABORTED', stoppedAt: new Date(0), endpointName },
    });
  },
);

test('a recovery is found by what its input names, however its own name is cut', async () => {
  const inputs: Record<string, string> = { 'recover-1-r-7': 'r-7', 'recover-2h-abc': 'long', 'rollout-1': 'r-9' };
  const client = {
    send: async ({ input }: { input: { executionArn?: string } }) =>
      input.executionArn === undefined
        ? { executions: Object.keys(inputs).map((name) => ({ name, executionArn: name })) }
        : { input: JSON.stringify({ action: 'recover', rolloutId: inputs[input.executionArn] }) },
  } as unknown as SFNClient;
  expect(await findRecovery(client, 'arn', 'r-7')).toBe('recover-1-r-7');
  expect(await findRecovery(client, 'arn', 'long')).toBe('recover-2h-abc');
  expect(await findRecovery(client, 'arn', 'r-9')).toBeNull();
});

const rollout = (rolloutId: string, more: Partial<LeasedRollout> = {}): LeasedRollout => ({
  ...{ rolloutId, executionArn: `arn:${rolloutId}`, startedAt: '2026-01-01T00:00:00.000Z', action: 'deploy' },
  ...{ upload: null, startedByKey: null, correlationId: null },
  ...more,
});
const held: Lease = {
  ...neverLeased('iris'),
  version: 4,
  fencing: 2,
  owner: {
    rollout: rollout('second', { startedByKey: 'models/iris/v2/model.tar.gz' }),
    recovers: null,
    acquiredAt: '2026-01-01T00:01:00.000Z',
    heartbeatAt: '2026-01-01T00:02:00.000Z',
    plan: null,
  },
  stopRequestedBy: 'back',
  waiting: [
    {
      rollout: rollout('back', { action: 'rollback' }),
      kind: 'action',
      since: '2026-01-01T00:01:30.000Z',
      debounceUntil: null,
    },
    { rollout: rollout('third'), kind: 'request', since: '2026-01-01T00:01:10.000Z', debounceUntil: null },
  ],
};

test('the lease is read as it is at this moment; one that never was is none', async () => {
  const Item = {
    ...{ pk: { S: 'lease' }, sk: { S: 'iris' }, endpointName: { S: 'iris' }, version: { N: '3' }, fencing: { N: '1' } },
    ...{ owner: { NULL: true }, stopRequestedBy: { NULL: true }, waiting: { L: [] }, newestUpload: { NULL: true } },
    ...{ arrivals: { N: '2' }, retirement: { NULL: true }, freedAt: { S: '2026-01-01T00:03:00.000Z' } },
  };
  const { calls, options } = sdkAnswers(({ input }) => ((input.Key as typeof Item).sk.S === 'iris' ? { Item } : {}));
  const of = deployer(stack, clients({}, new DynamoDBClient(options)));
  const free = { ...neverLeased('iris'), version: 3, fencing: 1, arrivals: 2, freedAt: '2026-01-01T00:03:00.000Z' };
  expect(await of.lease('iris')).toEqual(free);
  expect(await of.lease('other')).toBeNull();
  expect(calls.map(({ operation, input }) => [operation, input.TableName, input.ConsistentRead])).toEqual([
    ['GetItem', 'ledger', true],
    ['GetItem', 'ledger', true],
  ]);
});

describe('what is said of a lease', () => {
  test.each([null, neverLeased('iris')])('that nobody holds', (lease) => {
    expect(reportLease('iris', lease, stack)).toEqual({
      status: 0,
      text: 'Nobody changes iris.',
      json: { owner: null, stopRequestedBy: null, waiting: [], cancellations: [], stopped: {} },
    });
  });

  test('who holds it, who asked it to stop, and who waits, in their order', () => {
    const { text, json } = reportLease('iris', held, stack);
    expect(text.split('\n')).toEqual([
      'second (deploy of models/iris/v2/model.tar.gz) changes iris.',
      '  since 2026-01-01T00:01:00.000Z, last seen 2026-01-01T00:02:00.000Z',
      '  back has asked it to stop',
      '2 wait, in this order:',
      '  back (rollback), since 2026-01-01T00:01:30.000Z',
      '  third (deploy), since 2026-01-01T00:01:10.000Z',
    ]);
    expect(json).toMatchObject({ owner: held.owner, stopRequestedBy: 'back', waiting: held.waiting, stopped: {} });
  });

  test('whose rollback is finished', () => {
    const owner = { ...held.owner!, rollout: rollout('recover-1', { action: 'recover' }), recovers: rollout('second') };
    expect(reportLease('iris', { ...held, owner, stopRequestedBy: null, waiting: [] }, stack).text).toBe(
      [
        'recover-1 (recover) changes iris.',
        '  since 2026-01-01T00:01:00.000Z, last seen 2026-01-01T00:02:00.000Z',
        '  finishes the rollback of second, which was stopped',
      ].join('\n'),
    );
  });
});
