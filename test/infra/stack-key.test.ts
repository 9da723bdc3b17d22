// The stack under a key of its owner's and in his VPC: what is encrypted, who may use the key, and that nothing is replaced.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { runSimulation } from '@cloud-copilot/iam-simulate';
import type { Requirement } from '../../infra/authorisations.ts';
import { functionNames } from '../../infra/function-calls.ts';
import { keyPolicy } from '../../infra/key-policy.ts';
import { isGranted, keyOf, simulatedRoles } from './simulated-roles.ts';
import { type Resource, scope, synthesized, withValues } from './synthesized.ts';

const STACK = 'Deployer';
const keyArn = (id: string) => `arn:aws:kms:${scope.region}:${scope.account}:key/${id}-12ab-34cd-56ef-1234567890ab`;
const KEY = keyArn('11111111');
const FORMER_KEY = keyArn('00000000');
const vpc = { subnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'], securityGroupIds: ['sg-01234567'] };
const settings = { kmsKeyArn: KEY, formerKmsKeyArns: [FORMER_KEY], repositoryEncryption: [KEY], vpc };

const { resources, samples, idOf, required, policiesOf, allows, roleOf } = simulatedRoles({
  stackName: STACK,
  settings,
});
const all = (type: string): Resource[] => Object.values(resources).filter(({ Type }) => Type === type);

const stacks = new Map<string, ReturnType<typeof synthesized>>();
/** Each made once. */
function stack(of: Record<string, unknown>): ReturnType<typeof synthesized> {
  const key = JSON.stringify(of);
  if (!stacks.has(key)) stacks.set(key, synthesized({ stackName: STACK, settings: of }));
  return stacks.get(key)!;
}

describe('what checkov asks of the template', () => {
  // https://www.checkov.io/5.Policy%20Index/cloudformation.html
  const checks: [string, string, (properties: Resource['Properties']) => unknown][] = [
    ['CKV_AWS_158', 'AWS::Logs::LogGroup', ({ KmsKeyId }) => KmsKeyId],
    ['CKV_AWS_173', 'AWS::Lambda::Function', ({ KmsKeyArn }) => KmsKeyArn],
    ['CKV_AWS_26', 'AWS::SNS::Topic', ({ KmsMasterKeyId }) => KmsMasterKeyId],
    ['CKV_AWS_27', 'AWS::SQS::Queue', ({ KmsMasterKeyId }) => KmsMasterKeyId],
    [
      'CKV_AWS_119',
      'AWS::DynamoDB::Table',
      ({ SSESpecification: { SSEType, KMSMasterKeyId } }) => SSEType === 'KMS' && KMSMasterKeyId,
    ],
    [
      'CKV_AWS_136',
      'AWS::ECR::Repository',
      ({ EncryptionConfiguration: { EncryptionType, KmsKey } }) => EncryptionType === 'KMS' && KmsKey,
    ],
    [
      'the bucket',
      'AWS::S3::Bucket',
      ({
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [rule],
        },
      }) =>
        rule.BucketKeyEnabled &&
        rule.ServerSideEncryptionByDefault.SSEAlgorithm === 'aws:kms' &&
        rule.ServerSideEncryptionByDefault.KMSMasterKeyID,
    ],
  ];

  it.each(checks)('%s: every %s is encrypted with the key', (_, type, keyOfResource) => {
    const found = all(type);
    expect(found.length).toBeGreaterThan(0);
    for (const { Properties } of found) expect(keyOfResource(Properties)).toBe(KEY);
  });

  it('CKV_AWS_117: every function is in the VPC', () => {
    for (const { Properties } of all('AWS::Lambda::Function'))
      expect(Properties.VpcConfig).toEqual({ SubnetIds: vpc.subnetIds, SecurityGroupIds: vpc.securityGroupIds });
  });
});

it('has nothing of a key or a VPC without the settings', () => {
  // The platform's settings name the keys that requests may name, of which there are none.
  const plain = JSON.stringify(stack({}).resources).replaceAll('allowedKmsKeyArns', '');
  expect(plain).not.toMatch(/kms|VpcConfig|ec2:/i);
});

/** AWS KMS always asks the key’s policy too. */
const resourcePolicy = keyPolicy({ ...scope, stackName: STACK });
const kms = (action: string, service: string | null, resource = KEY): Requirement => ({
  action: `kms:${action}`,
  resource,
  context: service === null ? {} : { 'kms:ViaService': `${service}.${scope.region}.amazonaws.com` },
});

describe.each(functionNames)('the role of %s', (step) => {
  const role = roleOf(step);
  const onKey = (chosen: typeof samples) =>
    new Map(
      chosen
        .flatMap(({ operation, input }) => required(operation, input))
        .filter(({ resource }) => resource === KEY)
        .map((requirement) => [keyOf(requirement), requirement]),
    );
  const needed = onKey(samples.filter((sample) => isGranted(step, sample)));

  it('may use the key as its calls need it, by the key’s policy and its own, and no more', async () => {
    const all = onKey(samples);
    expect(all.size).toBe(5);
    for (const [key, requirement] of all) {
      expect([key, await allows(role, requirement, { resourcePolicy })]).toEqual([key, needed.has(key)]);
    }
  });

  it('may read its environment, use the key through services alone, and no other key', async () => {
    const may = (requirement: Requirement) => allows(role, requirement, { resourcePolicy });
    expect(await may(kms('Decrypt', 'lambda'))).toBe(true);
    expect(await may(kms('Decrypt', null))).toBe(false);
    expect(await may(kms('GenerateDataKey', null))).toBe(false);
    expect(await may(kms('Decrypt', 'lambda', keyArn('22222222')))).toBe(false);
  });

  it('reads objects under an earlier key, and writes none', async () => {
    const reads = needed.has(keyOf(kms('Decrypt', 's3')));
    expect(await allows(role, kms('Decrypt', 's3', FORMER_KEY), { resourcePolicy })).toBe(reads);
    expect(await allows(role, kms('GenerateDataKey', 's3', FORMER_KEY), { resourcePolicy })).toBe(false);
  });

  it('lets Lambda make interfaces in the given subnets and groups alone, and its own code none', async () => {
    const make = (resource: string, context = {}): Requirement => ({
      action: 'ec2:CreateNetworkInterface',
      resource: `arn:aws:ec2:${scope.region}:${scope.account}:${resource}`,
      context,
    });
    const byItsCode = {
      'lambda:SourceFunctionArn': `arn:aws:lambda:${scope.region}:${scope.account}:function:${STACK}-${step}`,
    };
    const subnets = vpc.subnetIds.map((id) => `subnet/${id}`);
    for (const resource of ['network-interface/eni-0', ...subnets, `security-group/${vpc.securityGroupIds[0]}`]) {
      expect([resource, await allows(role, make(resource))]).toEqual([resource, true]);
      expect([resource, await allows(role, make(resource, byItsCode))]).toEqual([resource, false]);
    }
    expect(await allows(role, make('subnet/subnet-other'))).toBe(false);
    expect(await allows(role, make('security-group/sg-other'))).toBe(false);
  });

  it('lets Lambda look at interfaces, remove and address them, as its page has it', () => {
    const { policy } = policiesOf(resources[role]!).find(({ name }) => name === 'JoinNetwork')!;
    const [, changes, looks, denied] = (policy as { Statement: Statement[] }).Statement;
    expect([changes!.Resource, looks!.Resource]).toEqual([`arn:aws:ec2:${scope.region}:${scope.account}:*/*`, '*']);
    expect(changes!.Action).toEqual([
      'ec2:AssignPrivateIpAddresses',
      'ec2:DeleteNetworkInterface',
      'ec2:UnassignPrivateIpAddresses',
    ]);
    const allowed = ['ec2:CreateNetworkInterface', ...changes!.Action, ...looks!.Action];
    expect([denied!.Action].flat().sort()).toEqual(allowed.sort());
  });
});

it('lets SageMaker read artifacts and write captures under the key', async () => {
  const role = idOf('AWS::IAM::Role', 'ExecutionRole');
  for (const action of ['Decrypt', 'GenerateDataKey']) {
    expect(await allows(role, kms(action, 's3'), { resourcePolicy })).toBe(true);
    expect(await allows(role, kms(action, 'dynamodb'), { resourcePolicy })).toBe(false);
    expect(await allows(role, kms(action, null), { resourcePolicy })).toBe(false);
  }
  expect(await allows(role, kms('Decrypt', 's3', FORMER_KEY), { resourcePolicy })).toBe(true);
});

it.each([
  ['Uploader', ['s3']],
  ['Operator', ['s3', 'dynamodb', 'lambda']],
])('lets people of the policy %s use the key through %j', async (name, services) => {
  const policy = all('AWS::IAM::ManagedPolicy').find(
    ({ Properties }) => Properties.ManagedPolicyName === `${STACK}-${name}`,
  )!;
  const statements = (withValues(resources, policy.Properties.PolicyDocument) as { Statement: Statement[] }).Statement;
  const onKeys = statements.filter(({ Resource }) => [Resource].flat().includes(KEY));
  expect(onKeys.flatMap(({ Action }) => Action).sort()).toEqual(['kms:Decrypt', 'kms:GenerateDataKey']);
  for (const { Condition } of onKeys)
    expect([Condition.StringEquals['kms:ViaService']].flat()).toEqual(
      services.map((service) => `${service}.${scope.region}.amazonaws.com`),
    );
});

interface Statement {
  Action: string | string[];
  Resource: string | string[];
  Condition: { StringEquals: Record<string, string | string[]> };
}

describe('the key’s policy', () => {
  const policy = resourcePolicy;
  const serviceMay = async (principal: string, action: string, context: Record<string, string> = {}) => {
    const result = await runSimulation(
      {
        request: {
          action,
          resource: { resource: KEY, accountId: scope.account },
          principal,
          contextVariables: context,
        },
        identityPolicies: [],
        resourcePolicy: policy as never,
        serviceControlPolicies: [],
        resourceControlPolicies: [],
      },
      {},
    );
    if (result.resultType === 'error') throw new Error(JSON.stringify(result.errors));
    return result.overallResult === 'Allowed';
  };

  it('lets CloudWatch Logs encrypt each log group of the template, and no other', () => {
    const { Principal, Condition } = policy.Statement.find(({ Sid }) => Sid === 'EncryptLogs')!;
    expect(Principal).toEqual({ Service: `logs.${scope.region}.amazonaws.com` });
    const [context, patterns] = Object.entries(Condition!.ArnLike!)[0]!;
    expect(context).toBe('kms:EncryptionContext:aws:logs:arn');
    const isCovered = (name: string) =>
      [patterns].flat().some((pattern) => {
        const [beginning, nothing] = pattern.split('*');
        expect(nothing).toBe('');
        return `arn:aws:logs:${scope.region}:${scope.account}:log-group:${name}`.startsWith(beginning!);
      });
    const groups = all('AWS::Logs::LogGroup').map(({ Properties }) => Properties.LogGroupName as string);
    expect(groups).toHaveLength(functionNames.length + 1);
    expect(groups.filter((name) => !isCovered(name))).toEqual([]);
    expect(isCovered('/aws/lambda/another-stack')).toBe(false);
  });

  it('lets alarms publish on the topic, and EventBridge write to the queue', async () => {
    for (const service of ['cloudwatch', 'events'])
      for (const action of ['kms:Decrypt', 'kms:GenerateDataKey'])
        expect([service, await serviceMay(`${service}.amazonaws.com`, action)]).toEqual([service, true]);
    expect(await serviceMay('cloudtrail.amazonaws.com', 'kms:Decrypt')).toBe(false);
  });

  it('alone lets nobody of the account use it: IAM decides', async () => {
    const role = `arn:aws:iam::${scope.account}:role/somebody`;
    expect(await serviceMay(role, 'kms:Decrypt', { 'kms:ViaService': `s3.${scope.region}.amazonaws.com` })).toBe(false);
  });

  it('is printed as JSON without a stack, and not for a wrong account or region', () => {
    const command = join(import.meta.dirname, '../../infra/key-policy-command.ts');
    const run = (...parameters: string[]) =>
      spawnSync(process.execPath, [command, ...parameters], { encoding: 'utf8' });
    const { status, stdout } = run('--account', scope.account, '--region', scope.region, '--stack', STACK);
    expect([status, JSON.parse(stdout)]).toEqual([0, policy]);
    expect(run('--account', '1', '--region', scope.region)).toMatchObject({ status: 1, stdout: '' });
    expect(run('--account', scope.account, '--region', 'Europe').stderr).toContain('must look like eu-west-1');
  });

  it('names principals and ARNs of the partition', () => {
    const china = JSON.stringify(keyPolicy({ account: scope.account, region: 'cn-north-1', stackName: STACK }));
    expect(china).toContain('"logs.cn-north-1.amazonaws.com.cn"');
    expect(china).not.toContain('arn:aws:');
    expect(JSON.stringify(keyPolicy({ ...scope, region: 'us-gov-west-1', stackName: STACK }))).toContain(
      'arn:aws-us-gov:iam',
    );
  });
});

describe('what is deployed already', () => {
  /** Properties whose change replaces a resource, of CloudFormation's resource schemas, which the CDK CLI brings with it. */
  const replacing = replacingProperties();
  const replaced = (before: Record<string, Resource>, after: Record<string, Resource>): string[] =>
    Object.entries(before).flatMap(([id, { Type, Properties }]) => {
      const now = after[id];
      if (!now) return [`${id} is gone`];
      return (replacing.get(Type) ?? [])
        .filter((name) => JSON.stringify(Properties?.[name]) !== JSON.stringify(now.Properties?.[name]))
        .map((name) => `${id}.${name}`);
    });

  it('would be replaced by a changed encryption of a repository', () => {
    const repository = idOf('AWS::ECR::Repository');
    const changed = structuredClone(resources);
    changed[repository]!.Properties.EncryptionConfiguration.KmsKey = FORMER_KEY;
    expect(replaced(resources, changed)).toEqual([`${repository}.EncryptionConfiguration`]);
  });

  it.each([
    ['the repository as it was', {}, { kmsKeyArn: KEY, repositoryEncryption: ['AES256'], vpc }],
    ['a second repository', {}, { kmsKeyArn: KEY, repositoryEncryption: ['AES256', KEY], vpc }],
    ['another key', settings, { ...settings, kmsKeyArn: FORMER_KEY }],
    ['a second repository under another key', settings, { ...settings, repositoryEncryption: [KEY, FORMER_KEY] }],
    ['no key any more', settings, { repositoryEncryption: [KEY] }],
  ])('is not replaced by a key: %s', (_, before, after) => {
    expect(replaced(stack(before).resources, stack(after).resources)).toEqual([]);
  });

  it('is retained where a repository is no longer listed', () => {
    expect(replaced(stack({}).resources, resources)).toEqual([
      expect.stringMatching(/^ServingRepository\w{8} is gone$/),
    ]);
    for (const each of [stack({}).resources, resources]) {
      const { DeletionPolicy } = Object.values(each).find(({ Type }) => Type === 'AWS::ECR::Repository')!;
      expect(DeletionPolicy).toBe('Retain');
    }
  });

  it('stays a repository that endpoints pull from, beside the one to which images are published', () => {
    const { template, resources: found } = stack({ kmsKeyArn: KEY, repositoryEncryption: ['AES256', KEY], vpc });
    const ids = Object.keys(found).filter((id) => found[id]!.Type === 'AWS::ECR::Repository');
    expect(ids).toHaveLength(2);
    const role = Object.entries(found).find(([id]) => id.startsWith('ExecutionRole'))![1];
    for (const id of ids) expect(JSON.stringify(role.Properties.Policies)).toContain(`"Ref":"${id}"`);
    const { Outputs } = template.toJSON();
    expect(JSON.stringify(Outputs.RepositoryUri)).toContain('ServingRepositoryUnder');
    expect(JSON.stringify(Outputs.FormerRepositoryUris)).toMatch(/"ServingRepository[0-9A-F]{8}"/);
  });
});

interface Specification {
  schema: { resource: { entities: { cloudFormationType: string; properties: Record<string, SpecifiedProperty> }[] } };
}
interface SpecifiedProperty {
  causesReplacement?: 'yes' | 'no' | 'maybe';
}

function replacingProperties(): Map<string, string[]> {
  const file = join(import.meta.dirname, '..', '..', 'node_modules', 'aws-cdk', 'db.json.gz');
  const { schema } = JSON.parse(gunzipSync(readFileSync(file)).toString()) as Specification;
  return new Map(
    schema.resource.entities.map(({ cloudFormationType, properties }) => [
      cloudFormationType,
      Object.keys(properties).filter((name) => /yes|maybe/.test(properties[name]!.causesReplacement ?? 'no')),
    ]),
  );
}
