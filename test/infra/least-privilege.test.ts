// Every role of the synthesized template may do what its task needs, and nothing else that the table of authorisations knows.
import { runSimulation } from '@cloud-copilot/iam-simulate';
import type { Requirement } from '../../infra/authorisations.ts';
import { functionNames } from '../../infra/function-calls.ts';
import { isGranted, keyOf, simulatedRoles } from './simulated-roles.ts';
import { scope, synthesized, withValues } from './synthesized.ts';

const STACK = 'Deployer';
const { resources, names, samples, idOf, resolved, required, policiesOf, allows, roleOf } = simulatedRoles({
  stackName: STACK,
});
const { executionRoleArn } = names;

type Tags = Record<string, string>;

/** Alarms of any name may be looked at, or none. */
const isPollingAlarms = ({ action }: Requirement) => action === 'cloudwatch:DescribeAlarms';

describe.each(functionNames)('the role of %s', (step) => {
  const role = roleOf(step);
  const needed = new Map(
    samples
      .filter((sample) => isGranted(step, sample))
      .flatMap(({ operation, input }) => required(operation, input))
      .map((requirement) => [keyOf(requirement), requirement]),
  );
  const others = new Map(
    samples
      .flatMap(({ operation, input }) => required(operation, input))
      .filter((one) => !(isPollingAlarms(one) && [...needed.values()].some(isPollingAlarms)))
      .map((requirement) => [keyOf(requirement), requirement] as const)
      .filter(([key]) => !needed.has(key)),
  );

  it('is allowed all that its calls need', async () => {
    expect(needed.size).toBeGreaterThan(0);
    const denied: string[] = [];
    for (const [key, requirement] of needed) if (!(await allows(role, requirement))) denied.push(key);
    expect(denied).toEqual([]);
  });

  it('is denied everything else that the table knows', async () => {
    expect(others.size).toBeGreaterThan(20);
    const allowed: string[] = [];
    for (const [key, requirement] of others) if (await allows(role, requirement)) allowed.push(key);
    expect(allowed).toEqual([]);
  });

  it('writes its own log only, and has no policy from elsewhere', () => {
    const { Properties } = resources[role]!;
    expect(Properties.ManagedPolicyArns).toBeUndefined();
    expect(
      Object.values(resources).filter(
        ({ Type, Properties: { Roles } }) => /Policy$/.test(Type) && JSON.stringify(Roles ?? []).includes(`"${role}"`),
      ),
    ).toEqual([]);
    const [writeLogs] = policiesOf(resources[role]!) as unknown as { policy: { Statement: { Resource: string }[] } }[];
    expect(writeLogs!.policy.Statement.map(({ Resource }) => Resource)).toEqual([
      resolved({ 'Fn::GetAtt': [idOf('AWS::Logs::LogGroup', `${step}Logs`), 'Arn'] }),
    ]);
  });
});

interface Policy {
  PolicyDocument: { Statement: { Action: unknown; Resource: unknown }[] };
}

describe('what belongs to others', () => {
  const theirs: Tags[] = [{}, { 'sagemaker-deployer:stack': 'AnotherStack' }];
  const changes = samples.filter(({ operation }) =>
    /^sagemaker(-runtime)?:(Update|Delete|AddTags|InvokeEndpoint)/.test(operation),
  );

  it.each(changes.map(({ operation, input }) => [operation, input] as const))(
    'is not touched by %s',
    async (operation, input) => {
      const anyRoleCan: string[] = [];
      // Application Auto Scaling tries this one out with the permissions of its caller, perhaps on no endpoint at all.
      const isTried = operation === 'sagemaker:UpdateEndpointWeightsAndCapacities';
      for (const tags of isTried ? theirs.slice(1) : theirs) {
        for (const step of functionNames) {
          const verdicts = [];
          for (const requirement of required(operation, input))
            verdicts.push(await allows(roleOf(step), requirement, { tags }));
          if (verdicts.every(Boolean)) anyRoleCan.push(`${step} ${JSON.stringify(tags)}`);
        }
      }
      expect(anyRoleCan).toEqual([]);
    },
  );

  it.each(['CreateModel', 'CreateEndpointConfig', 'CreateEndpoint'])(
    '%s needs our tag: none, or another stack’s, is denied to every role',
    async (name) => {
      const { operation, input } = samples.find((sample) => sample.operation === `sagemaker:${name}`)!;
      for (const Tags of [[], [{ Key: 'sagemaker-deployer:stack', Value: 'AnotherStack' }]]) {
        for (const step of functionNames) {
          const [create] = required(operation, { ...input, Tags });
          expect([step, await allows(roleOf(step), create!)]).toEqual([step, false]);
        }
      }
    },
  );

  it('cannot be given our tag, and ours cannot lose it', async () => {
    const arn = `arn:aws:sagemaker:us-east-1:${scope.account}:endpoint/iris`;
    const give = required('sagemaker:AddTags', {
      ResourceArn: arn,
      Tags: [{ Key: 'sagemaker-deployer:stack', Value: STACK }],
    });
    const away = required('sagemaker:AddTags', {
      ResourceArn: arn,
      Tags: [{ Key: 'sagemaker-deployer:stack', Value: 'Other' }],
    });
    const lose = required('sagemaker:DeleteTags', { ResourceArn: arn, TagKeys: ['team', 'sagemaker-deployer:stack'] });
    for (const step of functionNames) {
      expect(await allows(roleOf(step), give[0]!, { tags: {} })).toBe(false);
      expect(await allows(roleOf(step), away[0]!)).toBe(false);
      expect(await allows(roleOf(step), lose[0]!)).toBe(false);
    }
  });

  it('is passed no role: only CreateModel passes one, the execution role, to SageMaker', async () => {
    const pass = (resource: string, service: string): Requirement => ({
      action: 'iam:PassRole',
      resource,
      context: { 'iam:PassedToService': service },
    });
    for (const step of functionNames) {
      expect(await allows(roleOf(step), pass(executionRoleArn, 'sagemaker.amazonaws.com'))).toBe(
        step === 'CreateModel',
      );
      expect(await allows(roleOf(step), pass(executionRoleArn, 'lambda.amazonaws.com'))).toBe(false);
      expect(
        await allows(roleOf(step), pass(`arn:aws:iam::${scope.account}:role/admin`, 'sagemaker.amazonaws.com')),
      ).toBe(false);
    }
  });

  it('loses no object: only artifacts are removed, by the two tasks that retire, and no version of one for good', async () => {
    const removal = (action: string, key: string): Requirement => ({
      action,
      resource: `arn:aws:s3:::${names.bucket}/${key}`,
      context: {},
    });
    const artifact = 'artifacts/iris/0123/model.tar.gz';
    for (const step of functionNames) {
      const mayRemove = step === 'RetireSuperseded' || step === 'RetireEndpoint';
      expect([step, await allows(roleOf(step), removal('s3:DeleteObject', artifact))]).toEqual([step, mayRemove]);
      for (const key of ['models/iris/v1/model.tar.gz', 'rollouts/iris/one/plan.json', 'golden-cases/a.json'])
        expect([step, await allows(roleOf(step), removal('s3:DeleteObject', key))]).toEqual([step, false]);
      expect([step, await allows(roleOf(step), removal('s3:DeleteObjectVersion', artifact))]).toEqual([step, false]);
    }
  });

  it('is not scaled: other namespaces and dimensions are denied', async () => {
    const dynamo = required('application-autoscaling:RegisterScalableTarget', {
      ServiceNamespace: 'dynamodb',
      ResourceId: 'table/orders',
      ScalableDimension: 'dynamodb:table:ReadCapacityUnits',
    });
    for (const step of functionNames) expect(await allows(roleOf(step), dynamo[0]!)).toBe(false);
  });
});

describe('a stack with an endpoint name prefix', () => {
  const narrowed = synthesized({ stackName: STACK, settings: { endpointNamePrefix: 'team-a-' } }).resources;

  it('is granted no SageMaker resource outside of it', () => {
    const policies = functionNames
      .map((step) => narrowed[idOf('AWS::IAM::Role', `${step}Role`)]!)
      .flatMap((role) => withValues(narrowed, role.Properties.Policies) as unknown as Policy[]);
    const text = JSON.stringify(policies);
    const granted = text.match(/arn:aws:sagemaker:[^"]*/g)!;
    expect(granted.length).toBeGreaterThan(20);
    expect(granted.filter((arn) => !/:(endpoint|endpoint-config|model)\/team-a-\*$/.test(arn))).toEqual([]);
    // Alarms may be looked for anywhere, and changed within the prefix.
    const alarms = policies
      .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
      .filter(({ Resource }) => JSON.stringify(Resource).includes(':alarm:'));
    expect(alarms.length).toBeGreaterThan(2);
    for (const { Action, Resource } of alarms) {
      const isChange = JSON.stringify(Action) !== '"cloudwatch:DescribeAlarms"';
      // Scaling's alarms by the endpoint's name; a rollout's own, by the stack's.
      const allowed = isChange
        ? /:alarm:(TargetTracking-endpoint\/team-a-|sagemaker-deployer-step-endpoint\/team-a-|Deployer-rollout-)\*$/
        : /:alarm:\*$/;
      for (const each of [Resource].flat()) expect(each).toMatch(allowed);
    }
  });
});

describe('the bucket policy, to whom an identity policy allows everything:', () => {
  const policy = withValues(resources, resources[idOf('AWS::S3::BucketPolicy')]!.Properties.PolicyDocument) as never;
  const put = (key: string, context: Record<string, string>) =>
    runSimulation(
      {
        request: {
          action: 's3:PutObject',
          resource: { resource: `arn:aws:s3:::${names.bucket}/${key}`, accountId: scope.account },
          principal: inspector,
          contextVariables: { 'aws:SecureTransport': 'true', 'aws:PrincipalArn': inspector, ...context },
        },
        identityPolicies: [
          {
            name: 'Administrator',
            policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
          },
        ],
        resourcePolicy: policy,
        serviceControlPolicies: [],
        resourceControlPolicies: [],
      },
      {},
    ).then((result) => ('overallResult' in result ? result.overallResult : JSON.stringify(result)));

  const inspector = withValues(resources, { 'Fn::GetAtt': [roleOf('InspectArtifact'), 'Arn'] }) as string;
  const administrator = { 'aws:PrincipalArn': `arn:aws:iam::${scope.account}:role/administrator` };
  const makesAnObject = { 's3:ObjectCreationOperation': 'true' };
  it.each([
    ['replaces an artifact', 'artifacts/iris/0/model.tar.gz', makesAnObject, 'ExplicitlyDenied'],
    [
      'writes an artifact that was not inspected',
      'artifacts/iris/0/model.tar.gz',
      { ...makesAnObject, 's3:if-none-match': '*', ...administrator },
      'ExplicitlyDenied',
    ],
    [
      'uploads a model as somebody else',
      'models/iris/1/model.tar.gz',
      { ...makesAnObject, ...administrator },
      'Allowed',
    ],
    [
      'writes an artifact once',
      'artifacts/iris/0/model.tar.gz',
      { ...makesAnObject, 's3:if-none-match': '*' },
      'Allowed',
    ],
    [
      'begins a multipart upload, or uploads a part',
      'artifacts/iris/0/model.tar.gz',
      { 's3:ObjectCreationOperation': 'false' },
      'Allowed',
    ],
    ['replaces a document of a rollout', 'rollouts/iris/1/plan.json', makesAnObject, 'Allowed'],
    ['writes over plain HTTP', 'models/iris/1/model.tar.gz', { 'aws:SecureTransport': 'false' }, 'ExplicitlyDenied'],
  ])('%s', async (_, key, context, verdict) => {
    expect(await put(key, context)).toBe(verdict);
  });
});
