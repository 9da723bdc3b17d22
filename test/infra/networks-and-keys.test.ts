// Roles of a stack whose settings name networks and keys: what these need is granted, on these alone, and to nobody else.
import { runSimulation } from '@cloud-copilot/iam-simulate';
import { executionRoleNeeds, requiredOfExecutionRole } from '../../infra/authorisation-networks.ts';
import { type Requirement, requiredFor } from '../../infra/authorisations.ts';
import { type FunctionName, functionCalls, functionNames } from '../../infra/function-calls.ts';
import { blocks, read } from '../docs/markdown.ts';
import { NETWORKS_AND_KEYS, type Resource, scope, synthesized, withValues } from './synthesized.ts';

const named = synthesized({ settings: NETWORKS_AND_KEYS }).resources;
const unnamed = synthesized().resources;
const [KEY, SHARED_KEY] = NETWORKS_AND_KEYS.allowedKmsKeyArns as [string, string];
const OTHER_KEY = KEY.replace('1234abcd', 'ffffffff');
const [ANSWERS_TOPIC, FAILURES_TOPIC] = NETWORKS_AND_KEYS.allowedNotificationTopicArns as [string, string];

const roleIn = (resources: Record<string, Resource>, startsWith: string): string =>
  Object.keys(resources).find((id) => resources[id]!.Type === 'AWS::IAM::Role' && id.startsWith(startsWith))!;

function policiesOf(resources: Record<string, Resource>, startsWith: string) {
  const { Policies } = resources[roleIn(resources, startsWith)]!.Properties;
  return (withValues(resources, Policies) as { PolicyName: string; PolicyDocument: never }[]).map(
    ({ PolicyName: name, PolicyDocument: policy }) => ({ name, policy }),
  );
}

/** What the owner of a key lets its account decide: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html */
const keyPolicy = (account: string) => ({
  Version: '2012-10-17' as const,
  Statement: [
    {
      Effect: 'Allow' as const,
      Principal: { AWS: `arn:aws:iam::${account}:root` },
      Action: 'kms:*',
      Resource: '*',
    },
  ],
});

async function allows(
  resources: Record<string, Resource>,
  role: string,
  { action, resource, context }: Requirement,
  policy: object = keyPolicy(scope.account),
): Promise<boolean> {
  const isKey = resource.includes(':kms:');
  const accountId = isKey ? resource.split(':')[4]! : scope.account;
  const result = await runSimulation(
    {
      request: {
        action,
        resource: { resource, accountId },
        principal: `arn:aws:sts::${scope.account}:assumed-role/${role.toLowerCase()}/session`,
        contextVariables: context,
      },
      identityPolicies: policiesOf(resources, role),
      ...(isKey && { resourcePolicy: policy as never }),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (result.resultType === 'error') throw new Error(`${action} on ${resource}: ${JSON.stringify(result.errors)}`);
  return result.overallResult === 'Allowed';
}

const grantOn = (resource: string): Requirement => ({
  ...{ action: 'kms:CreateGrant', resource },
  context: { 'kms:GrantIsForAWSResource': 'true' },
});

describe('who calls SageMaker', () => {
  const deploys = (step: FunctionName) =>
    functionCalls[step].some((call) => call === 'sagemaker:CreateEndpoint' || call === 'sagemaker:UpdateEndpoint');

  it('is DeployEndpoint, DeployCandidate and RollBack', () => {
    expect(functionNames.filter(deploys).sort()).toEqual(['DeployCandidate', 'DeployEndpoint', 'RollBack']);
  });

  it.each(functionNames)(
    '%s gives SageMaker a grant on a key that the settings name, where it deploys, and no other',
    async (step) => {
      for (const operation of ['CreateEndpoint', 'UpdateEndpoint']) {
        const input = { EndpointName: 'iris', EndpointConfigName: 'iris-c-0000000000000000' };
        const required = requiredFor(
          { service: 'sagemaker', operation, input },
          { ...scope, volumeKeyOf: () => KEY },
        ).filter(({ action }) => action.startsWith('kms:'));
        expect(required).toEqual([grantOn(KEY)]);
        for (const each of required) expect(await allows(named, `${step}Role`, each)).toBe(deploys(step));
      }
      const forPeople = { ...grantOn(KEY), context: { 'kms:GrantIsForAWSResource': 'false' } };
      for (const each of [grantOn(OTHER_KEY), { ...grantOn(KEY), context: {} }, forPeople])
        expect(await allows(named, `${step}Role`, each)).toBe(false);
      expect(await allows(unnamed, `${step}Role`, grantOn(KEY))).toBe(false);
      for (const action of ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey', 'sns:Publish'])
        for (const resource of action === 'sns:Publish' ? [ANSWERS_TOPIC] : [KEY])
          expect(await allows(named, `${step}Role`, { action, resource, context: {} })).toBe(false);
    },
  );
});

describe('who reads the answers to golden cases', () => {
  const read = (Key: string) =>
    requiredFor(
      { service: 's3', operation: 'GetObject', input: { Bucket: 'bucket', Key } },
      { ...scope, answersKeyOf: (_, key) => (key.startsWith('async/') ? KEY : undefined) },
    ).filter(({ action }) => action.startsWith('kms:'));
  const [needed] = read('async/iris/output/rollout-1/one.out');

  it('needs kms:Decrypt on the key of the answers, through S3', () => {
    const context = { 'kms:ViaService': 's3.us-east-1.amazonaws.com' };
    expect(needed).toEqual({ action: 'kms:Decrypt', resource: KEY, context });
    expect(read('artifacts/iris/golden.json')).toEqual([]);
  });

  it.each(functionNames)('%s is allowed it where it reads answers, and on no other key', async (step) => {
    const isReading = functionCalls[step].some((call) => call[0] === 's3:GetObject' && call[1] === 'async/');
    expect(isReading).toBe(step === 'VerifyCandidate' || step === 'RunCanary');
    expect(await allows(named, `${step}Role`, needed!)).toBe(isReading);
    expect(await allows(named, `${step}Role`, { ...needed!, resource: OTHER_KEY })).toBe(false);
    expect(await allows(unnamed, `${step}Role`, needed!)).toBe(false);
  });
});

describe('the execution role', () => {
  const VpcConfig = {
    Subnets: NETWORKS_AND_KEYS.allowedSubnetIds,
    SecurityGroupIds: NETWORKS_AND_KEYS.allowedSecurityGroupIds,
  };
  const hosted = {
    ...{ VpcConfig, KmsKeyId: KEY, DataCaptureConfig: { KmsKeyId: SHARED_KEY } },
    AsyncInferenceConfig: {
      OutputConfig: {
        KmsKeyId: SHARED_KEY,
        NotificationConfig: { SuccessTopic: ANSWERS_TOPIC, ErrorTopic: FAILURES_TOPIC },
      },
    },
  };
  const all = requiredOfExecutionRole(hosted, scope);
  const told = ({ action, resource }: Requirement) =>
    `${action} ${resource.replace(/^arn:aws:\w+:us-east-1:\d+:/, '')}`;

  it('needs nothing of a model without any', () => {
    expect(requiredOfExecutionRole({}, scope)).toEqual([]);
    expect(requiredOfExecutionRole({ KmsKeyId: KEY }, scope).map(told)).toEqual([
      'kms:CreateGrant key/1234abcd-12ab-34cd-56ef-1234567890ab',
      'kms:Decrypt key/1234abcd-12ab-34cd-56ef-1234567890ab',
    ]);
  });

  it('needs for the answers of an asynchronous endpoint what writing with a key needs, and its topics', async () => {
    const OutputConfig = { KmsKeyId: KEY, NotificationConfig: { SuccessTopic: ANSWERS_TOPIC } };
    expect(requiredOfExecutionRole({ AsyncInferenceConfig: { OutputConfig } }, scope).map(told)).toEqual([
      ...['Decrypt', 'Encrypt', 'GenerateDataKey'].map((of) => `kms:${of} key/1234abcd-12ab-34cd-56ef-1234567890ab`),
      'sns:Publish answers',
    ]);
    const publish = { action: 'sns:Publish', context: {} };
    for (const topic of [ANSWERS_TOPIC, FAILURES_TOPIC])
      expect(await allows(named, 'ExecutionRole', { ...publish, resource: topic })).toBe(true);
    for (const other of [`${ANSWERS_TOPIC}-2`, ANSWERS_TOPIC.replace('us-east-1', 'eu-west-1')])
      expect(await allows(named, 'ExecutionRole', { ...publish, resource: other })).toBe(false);
  });

  it('needs for a network what AWS lists', () => {
    const actions = new Set(requiredOfExecutionRole({ VpcConfig }, scope).map(({ action }) => action));
    expect([...actions].sort()).toEqual(
      [
        ...['CreateNetworkInterface', 'CreateNetworkInterfacePermission'],
        ...['DeleteNetworkInterface', 'DeleteNetworkInterfacePermission'],
        ...[
          'DescribeDhcpOptions',
          'DescribeNetworkInterfaces',
          'DescribeSecurityGroups',
          'DescribeSubnets',
          'DescribeVpcs',
        ],
      ].map((action) => `ec2:${action}`),
    );
  });

  it('is allowed all of it', async () => {
    expect(all.map(told)).toContain('kms:GenerateDataKey key/mrk-00000000000000000000000000000000');
    expect(new Set(all.map(({ action }) => action)).size).toBe(
      new Set(executionRoleNeeds.map(({ action }) => action)).size,
    );
    const denied: string[] = [];
    for (const each of all) if (!(await allows(named, 'ExecutionRole', each))) denied.push(told(each));
    expect(denied).toEqual([]);
  });

  it('is allowed nothing on a key whose own policy does not let this account decide', async () => {
    for (const each of all.filter(({ resource }) => resource.includes(':kms:')))
      expect([told(each), await allows(named, 'ExecutionRole', each, keyPolicy('999988887777'))]).toEqual([
        told(each),
        false,
      ]);
  });

  it('is allowed none of it where the settings name nothing', async () => {
    const allowed: string[] = [];
    for (const each of all) if (await allows(unnamed, 'ExecutionRole', each)) allowed.push(told(each));
    expect(allowed).toEqual([]);
  });

  it('makes interfaces in no other network, also in one of the same name elsewhere, and uses no other key', async () => {
    const elsewhere = { ...scope, region: 'eu-west-1' };
    const others = [
      ...requiredOfExecutionRole({ VpcConfig: { Subnets: ['subnet-0ff'], SecurityGroupIds: ['sg-0ff'] } }, scope),
      ...requiredOfExecutionRole({ VpcConfig }, elsewhere),
    ].filter(({ resource }) => /:(subnet|security-group)\//.test(resource));
    expect(others).toHaveLength(5);
    const keys = requiredOfExecutionRole({ KmsKeyId: OTHER_KEY, DataCaptureConfig: { KmsKeyId: OTHER_KEY } }, scope);
    const allowed: string[] = [];
    for (const each of [...others, ...keys]) if (await allows(named, 'ExecutionRole', each)) allowed.push(told(each));
    expect(allowed).toEqual([]);
  });

  it('makes interfaces in a subnet that another account shares', async () => {
    const [required] = requiredOfExecutionRole({ VpcConfig }, { ...scope, account: '444455556666' }).filter(
      ({ resource }) => resource.includes(':subnet/'),
    );
    expect(await allows(named, 'ExecutionRole', required!)).toBe(true);
  });

  it.each([
    ['a grant for people', { ...grantOn(KEY), context: { 'kms:GrantIsForAWSResource': 'false' } }],
    ['interfaces of any kind', { action: 'ec2:AttachNetworkInterface', resource: '*', context: {} }],
    ['the deletion of a key', { action: 'kms:ScheduleKeyDeletion', resource: KEY, context: {} }],
  ])('is not allowed %s', async (_what, required) => {
    expect(await allows(named, 'ExecutionRole', required)).toBe(false);
  });

  it('has the asterisk only where EC2 takes no resource', () => {
    const statements = policiesOf(named, 'ExecutionRole').flatMap(
      ({ policy }) => (policy as { Statement: { Action: string | string[]; Resource: unknown }[] }).Statement,
    );
    const onAnything = statements.filter(({ Resource: on }) => on === '*').flatMap(({ Action }) => Action);
    const ofNetworks = onAnything.filter((action) => action.startsWith('ec2:'));
    expect(ofNetworks).toHaveLength(5);
    for (const action of ofNetworks) expect(action).toMatch(/^ec2:Describe/);
  });
});

describe('the policy of a key, as the documentation has it', () => {
  const text = read('docs/networks-and-keys.md').split('### The policy of a key')[1]!;
  const Statement = JSON.parse(blocks(text, 'jsonc')[0]!.replaceAll('SageMakerDeployer-', ''));
  const policy = { Version: '2012-10-17', Statement };
  const ofKeys = (hosted: object) => requiredOfExecutionRole(hosted as never, scope);

  it('lets the execution role do all that it needs', async () => {
    for (const key of [KEY, SHARED_KEY])
      for (const each of ofKeys({ KmsKeyId: key, DataCaptureConfig: { KmsKeyId: key } }))
        expect([each.action, await allowedBy('ExecutionRole', each)]).toEqual([each.action, true]);
  });

  it.each(functionNames)('lets %s read answers, if it verifies', async (step) => {
    const context = { 'kms:ViaService': 's3.us-east-1.amazonaws.com' };
    const isReading = ['VerifyCandidate', 'RunCanary'].includes(step);
    const required = { action: 'kms:Decrypt', resource: SHARED_KEY, context };
    expect(await allowedBy(`${step}Role`, required)).toBe(isReading);
  });

  it.each(functionNames)('lets %s give a grant, if it deploys', async (step) => {
    const isDeploying = ['DeployCandidate', 'DeployEndpoint', 'RollBack'].includes(step);
    for (const key of [KEY, SHARED_KEY]) expect(await allowedBy(`${step}Role`, grantOn(key))).toBe(isDeploying);
  });

  it('lets nobody else of the account, and no grant for people', async () => {
    const administrator = 'arn:aws:iam::111122223333:role/administrator';
    for (const each of [grantOn(KEY), { action: 'kms:Decrypt', resource: KEY, context: {} }]) {
      expect(await allowedBy('ExecutionRole', each, administrator)).toBe(false);
      expect(await allowedBy('ExecutionRole', { ...each, action: 'kms:CreateGrant', context: {} })).toBe(false);
    }
  });

  /** CloudFormation names roles `<stack>-<logical id>-<more>`, which the synthesized names stand for in lower case. */
  const allowedBy = (role: string, required: Requirement, arn = `arn:aws:iam::${scope.account}:role/${role}1A2B-x`) =>
    allows(named, role, { ...required, context: { ...required.context, 'aws:PrincipalArn': arn } }, policy);
});

it('leaves room in the environment of the functions, however much is listed', () => {
  const ids = (kind: string, count: number) =>
    Array.from({ length: count }, (_, index) => `${kind}-${`${index}`.padStart(17, '0')}`);
  const key = KEY.replace(':aws:', ':aws-us-gov:').replace('us-east-1', 'us-gov-east-1');
  const settings = {
    ...{ allowedSubnetIds: ids('subnet', 32), allowedSecurityGroupIds: ids('sg', 16) },
    allowedKmsKeyArns: Array.from({ length: 8 }, () => key),
    allowedNotificationTopicArns: Array.from(
      { length: 4 },
      () =>
        `arn:aws-us-gov:sns:us-gov-east-1:111122223333:${'t'.repeat(100 - 'arn:aws-us-gov:sns:us-gov-east-1:111122223333:'.length)}`,
    ),
  };
  const { resources } = synthesized({ settings });
  for (const { Type, Properties } of Object.values(resources)) {
    if (Type !== 'AWS::Lambda::Function') continue;
    // TryModel has none.
    const variables = withValues(resources, Properties.Environment?.Variables ?? {}) as Record<string, string>;
    const length = Object.entries(variables).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
    // https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 4 KB, of which others need some.
    expect(length).toBeLessThan(3_600);
  }
});
