// Rollback, retirement and lease: what the client sends and reads, and what the command line says of a lease.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SFNClient } from '@aws-sdk/client-sfn';
import { reportLease } from '../../cli/commands/lease.ts';
import { deployer } from '../../client/client.ts';
import { neverLeased } from '../../lambdas/core/lease/lease.ts';
import type { Lease, LeasedRollout } from '../../state-machine/contract/lease.ts';
import { RetireEndpointRequestSchema, RollbackRequestSchema } from '../../state-machine/contract/request.ts';
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
    expect(reportLease('iris', lease)).toEqual({
      status: 0,
      text: 'Nobody changes iris.',
      json: { owner: null, stopRequestedBy: null, waiting: [] },
    });
  });

  test('who holds it, who asked it to stop, and who waits, in their order', () => {
    const { text, json } = reportLease('iris', held);
    expect(text.split('\n')).toEqual([
      'second (deploy of models/iris/v2/model.tar.gz) changes iris.',
      '  since 2026-01-01T00:01:00.000Z, last seen 2026-01-01T00:02:00.000Z',
      '  back has asked it to stop',
      '2 wait, in this order:',
      '  back (rollback), since 2026-01-01T00:01:30.000Z',
      '  third (deploy), since 2026-01-01T00:01:10.000Z',
    ]);
    expect(json).toEqual({ owner: held.owner, stopRequestedBy: 'back', waiting: held.waiting });
  });

  test('whose rollback is finished', () => {
    const owner = { ...held.owner!, rollout: rollout('recover-1', { action: 'recover' }), recovers: rollout('second') };
    expect(reportLease('iris', { ...held, owner, stopRequestedBy: null, waiting: [] }).text).toBe(
      [
        'recover-1 (recover) changes iris.',
        '  since 2026-01-01T00:01:00.000Z, last seen 2026-01-01T00:02:00.000Z',
        '  finishes the rollback of second, which was stopped',
      ].join('\n'),
    );
  });
});
