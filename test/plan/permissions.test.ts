// Whoever has the managed policy Operator may make every call of a plan, and no call that changes something gets through a plan.
import { CloudWatchClient, DescribeAlarmsCommand, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { runSimulation } from '@cloud-copilot/iam-simulate';
import { plannersFunction, planningStack } from '../../client/planning/planning-stack.ts';
import { readOnly } from '../../client/planning/read-only.ts';
import type { Requirement } from '../../infra/authorisations.ts';
import { requiredFor } from '../../infra/authorisations.ts';
import { archive } from '../../simulate/world/archives.ts';
import { keyOf } from '../../simulate/world/simulated-stack.ts';
import { ACCOUNT, PLATFORM, TABLE } from '../../simulate/world/stack-names.ts';
import { simulatedRoles } from '../infra/simulated-roles.ts';
import { scope, withValues } from '../infra/synthesized.ts';
import { BUCKET } from '../ports/account-ports.ts';
import { sdkAnswers } from '../runtime/sdk-answers.ts';
import { PlannedStack } from './planned-account.ts';

const STACK = 'Deployer';
const { resources, names } = simulatedRoles({ stackName: STACK });
const operator = Object.values(resources).find(
  ({ Properties }) => Properties?.ManagedPolicyName === `${STACK}-Operator`,
)!;
const policy = withValues(resources, operator.Properties.PolicyDocument) as never;

async function mayOperator({ action, resource, context }: Requirement): Promise<boolean> {
  const request = { action, resource: { resource, accountId: scope.account }, contextVariables: context };
  const principal = `arn:aws:iam::${scope.account}:user/operator`;
  const result = await runSimulation(
    {
      request: { ...request, principal },
      identityPolicies: [{ name: 'Operator', policy }],
      ...{ serviceControlPolicies: [], resourceControlPolicies: [] },
    },
    {},
  );
  if (result.resultType === 'error') throw new Error(`${action} on ${resource}: ${JSON.stringify(result.errors)}`);
  return result.overallResult === 'Allowed';
}

/** Of the simulated stack as of the synthesized one. */
function renamed(input: object): Record<string, unknown> {
  const texts = JSON.stringify(input)
    .replaceAll(`"${BUCKET}"`, `"${names.bucket}"`)
    .replaceAll(`"TableName":"${TABLE}"`, `"TableName":"${names.table}"`)
    .replaceAll(`"${PLATFORM.settings.servingImage.repositoryName}"`, `"${names.repository}"`)
    .replaceAll(ACCOUNT, scope.account);
  return JSON.parse(texts);
}

test('the operator may make every call of every kind of plan', async () => {
  using stack = new PlannedStack();
  for (const number of [1, 2, 3, 4]) await stack.uploaded(number);
  stack.upload(keyOf('iris', 5), await archive('good', 5), []);
  stack.account.s3.put('golden-cases/iris.json', Buffer.from('{"cases":[]}'));
  const model = { s3Uri: `s3://${BUCKET}/${keyOf('iris', 5)}` };
  const alarms = { names: ['mine'] };
  const casesS3Uri = `s3://${BUCKET}/golden-cases/iris.json`;
  await stack.planRequest({ endpointName: 'iris', model, canaryInvocations: { casesS3Uri } });
  await stack.planRequest({ endpointName: 'iris', model });
  const strategy = { type: 'allAtOnce', terminationWaitSeconds: 60 };
  const watched = await stack.planRequest({ endpointName: 'iris', environment: { A: '1' }, alarms, strategy });
  expect(watched.problems).toEqual([{ where: 'alarms.names.0', message: expect.stringContaining('no alarm "mine"') }]);
  await stack.planRequest({ action: 'rollback', endpointName: 'iris' });
  await stack.planFile(await stack.archiveFile('good', 6), { endpoint: 'iris' });
  const denied = new Set<string>();
  const operations = new Set<string>();
  for (const { service, operation, input } of stack.calls) {
    operations.add(operation);
    for (const requirement of requiredFor({ service, operation, input: renamed(input) }, scope))
      if (!(await mayOperator(requirement))) denied.add(`${requirement.action} ${requirement.resource}`);
  }
  expect([...denied]).toEqual([]);
  expect([...operations].sort()).toEqual([
    'BatchGetImage',
    'DescribeAlarms',
    'DescribeEndpoint',
    'DescribeEndpointConfig',
    'DescribeModel',
    'DescribeScalableTargets',
    'DescribeScalingPolicies',
    'DescribeScheduledActions',
    'GetItem',
    'GetObject',
    'HeadObject',
    'ListObjectVersions',
    'ListTags',
    'Query',
  ]);
});

test('reading the settings of the functions too, and no other function', async () => {
  const functionArn = (name: string) => `arn:aws:lambda:${scope.region}:${scope.account}:function:${name}`;
  const read = (name: string) =>
    mayOperator({ action: 'lambda:GetFunctionConfiguration', resource: functionArn(name), context: {} });
  expect([await read(plannersFunction(STACK)), await read('another')]).toEqual([true, false]);
});

describe('the settings of the stack', () => {
  const configuration = (environment: object) =>
    ({
      send: async () => ({ Environment: environment }),
      config: { region: async () => scope.region },
    }) as unknown as LambdaClient;
  const planner = Object.values(resources).find(
    ({ Properties }) => Properties?.FunctionName === plannersFunction(STACK),
  )!;
  const Variables = withValues(resources, planner.Properties.Environment.Variables) as unknown as Record<
    string,
    string
  >;

  test('are those that its function has', async () => {
    expect(await planningStack(configuration({ Variables }), STACK)).toMatchObject({
      ...{ stackName: STACK, bucketName: names.bucket, executionRoleArn: names.executionRoleArn },
      ...{ ledgerTableName: names.table, settings: { retainedReleases: expect.any(Number) } },
    });
  });

  test.each<[string, object, RegExp]>([
    ['of another release', { Variables: { ...Variables, PLATFORM_SETTINGS: '{"new":1}' } }, /of another release/],
    ['that are not there', {}, /of another release/],
    [
      'under a key that may not be used',
      { Error: { ErrorCode: 'AccessDenied', Message: 'kms' } },
      /not readable: AccessDenied/,
    ],
  ])('%s are refused', async (_, environment, said) => {
    await expect(planningStack(configuration(environment), STACK)).rejects.toMatchObject({
      ...{ name: 'Refusal', message: expect.stringMatching(said) },
    });
  });
});

describe('a client that may only read', () => {
  test('sends what reads, and refuses the rest before it is sent', async () => {
    const { options, calls } = sdkAnswers(() => ({}));
    const dynamoDb = readOnly(new DynamoDBClient(options));
    const documents = DynamoDBDocumentClient.from(dynamoDb);
    const Key = { pk: 'a', sk: 'b' };
    await documents.send(new GetCommand({ TableName: 'ledger', Key }));
    await expect(documents.send(new PutCommand({ TableName: 'ledger', Item: Key }))).rejects.toThrow(/changes nothing/);
    const cloudWatch = readOnly(new CloudWatchClient(options));
    await cloudWatch.send(new DescribeAlarmsCommand({}));
    await expect(
      cloudWatch.send(
        new PutMetricAlarmCommand({ AlarmName: 'a', EvaluationPeriods: 1, ComparisonOperator: undefined }),
      ),
    ).rejects.toThrow(/changes nothing/);
    expect(calls.map(({ operation }) => operation)).toEqual(['GetItem', 'DescribeAlarms']);
  });
});
