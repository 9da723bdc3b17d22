// What the template promises: encryption, retention, lifecycles, dead letters, logs, timeouts, names.
import { Match } from 'aws-cdk-lib/assertions';
import { alarmArticles } from '../../infra/alarms.ts';
import { functionNames } from '../../infra/function-calls.ts';
import { SWEEP_SECONDS } from '../../infra/task-functions.ts';
import { SWEEP_MINUTES } from '../../lambdas/core/recovery/rotate-start.ts';
import { platformSettings } from '../../lambdas/runtime/platform-settings.ts';
import { type StepName, stepNames, steps } from '../../state-machine/contract/steps.ts';
import { MACHINE_TIMEOUT_SECONDS } from '../../state-machine/contract/time-budgets.ts';
import { AWAIT_CHANGE } from '../../state-machine/contract/waits.ts';
import { synthesizeAsl } from '../../state-machine/synthesize-asl.ts';
import { type Resource, synthesized, withValues } from './synthesized.ts';

const { template, resources } = synthesized({
  stackName: 'Deployer',
  settings: { notificationEmails: ['team@example.com'], defaultEndpointName: 'iris', otherRepositories: ['own/torch'] },
});
const all = (type: string): Resource[] => Object.values(resources).filter(({ Type }) => Type === type);
const only = (type: string): Resource => {
  const [found, ...more] = all(type);
  expect(more).toEqual([]);
  return found!;
};

describe('the bucket', () => {
  const { Properties } = only('AWS::S3::Bucket');

  it('is versioned, encrypted, private and tells EventBridge', () => {
    expect(Properties.VersioningConfiguration).toEqual({ Status: 'Enabled' });
    expect(Properties.BucketEncryption.ServerSideEncryptionConfiguration).toHaveLength(1);
    expect(Object.values(Properties.PublicAccessBlockConfiguration)).toEqual([true, true, true, true]);
    expect(Properties.NotificationConfiguration).toEqual({ EventBridgeConfiguration: { EventBridgeEnabled: true } });
  });

  it('expires nothing current but asynchronous requests, nothing at all of rollouts, and of artifacts what was removed', () => {
    const rules = Properties.LifecycleConfiguration.Rules as Record<string, unknown>[];
    expect(rules).toEqual([
      {
        Id: 'ForgetReplacedUploads',
        Status: 'Enabled',
        Prefix: 'models/',
        NoncurrentVersionExpiration: { NoncurrentDays: 90 },
      },
      {
        Id: 'ForgetRemovedArtifacts',
        Status: 'Enabled',
        Prefix: 'artifacts/',
        NoncurrentVersionExpiration: { NoncurrentDays: 14 },
        ExpiredObjectDeleteMarker: true,
      },
      {
        Id: 'ForgetAsyncRequests',
        Status: 'Enabled',
        Prefix: 'async/',
        ExpirationInDays: 30,
        NoncurrentVersionExpiration: { NoncurrentDays: 1 },
      },
      { Id: 'AbortIncompleteUploads', Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } },
    ]);
    // Whatever rule there will be: none expires what is current, but what asynchronous endpoints were asked and answered.
    for (const rule of rules.filter(({ Prefix }) => Prefix !== 'async/'))
      expect(Object.keys(rule).filter((key) => /^(Expiration|Transition)/.test(key))).toEqual([]);
  });
});

it('retains what endpoints live on, and the ledger, and nothing else', () => {
  const retained = Object.values(resources).filter(({ DeletionPolicy }) => DeletionPolicy?.startsWith('Retain'));
  expect(retained.map(({ Type }) => Type).sort()).toEqual([
    'AWS::DynamoDB::Table',
    'AWS::ECR::Repository',
    'AWS::IAM::Role',
    'AWS::S3::Bucket',
    'AWS::S3::BucketPolicy',
  ]);
  const role = retained.find(({ Type }) => Type === 'AWS::IAM::Role')!;
  expect(JSON.stringify(role.Properties.AssumeRolePolicyDocument)).toContain('sagemaker.amazonaws.com');
});

it('keeps the execution role’s permissions in the role itself, so that they are retained with it', () => {
  const role = all('AWS::IAM::Role').find(({ DeletionPolicy }) => DeletionPolicy === 'Retain')!;
  const [{ PolicyDocument }] = withValues(resources, role.Properties.Policies) as [
    { PolicyDocument: { Statement: { Action: string | string[]; Resource: string | string[] }[] } },
  ];
  const on = Object.fromEntries(
    PolicyDocument.Statement.flatMap(({ Action, Resource }) => [Action].flat().map((action) => [action, Resource])),
  );
  const onObjects = (action: string) =>
    PolicyDocument.Statement.filter(({ Action }) => [Action].flat().includes(action)).map(({ Resource }) =>
      String(Resource).replace(/^.*?\//, ''),
    );
  expect(onObjects('s3:GetObject')).toEqual(['artifacts/*', 'async/*']);
  expect(onObjects('s3:PutObject')).toEqual(['capture/*', 'async/*']);
  expect(on['ecr:BatchGetImage']).toHaveLength(2);
  expect(on['logs:CreateLogGroup']).toMatch(/:log-group:\/aws\/sagemaker\/Endpoints\/\*$/);
  expect(on['cloudwatch:DescribeAlarms']).toMatch(/:alarm:\*$/);
  expect(Object.keys(on).filter((action) => on[action] === '*')).toEqual([
    'ecr:GetAuthorizationToken',
    'cloudwatch:PutMetricData',
  ]);
});

it('keeps the ledger recoverable, billed by request and protected from deletion', () => {
  expect(only('AWS::DynamoDB::Table').Properties).toMatchObject({
    BillingMode: 'PAY_PER_REQUEST',
    DeletionProtectionEnabled: true,
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
  });
});

it('scans images, keeps their tags, and expires only untagged ones', () => {
  const { Properties } = only('AWS::ECR::Repository');
  expect(Properties).toMatchObject({
    ImageScanningConfiguration: { ScanOnPush: true },
    ImageTagMutability: 'IMMUTABLE',
  });
  const { rules } = JSON.parse(Properties.LifecyclePolicy.LifecyclePolicyText) as {
    rules: { selection: { tagStatus: string } }[];
  };
  expect(rules.map(({ selection }) => selection.tagStatus)).toEqual(['untagged']);
});

describe.each(functionNames)('the function of %s', (step) => {
  const { Properties } = all('AWS::Lambda::Function').find(
    ({ Properties: { FunctionName } }) => FunctionName === `Deployer-${step}`,
  )!;

  it('runs on Node 24 and arm64, or as the serving image does, within the time of its step', () => {
    const typeScript = {
      ...{ Runtime: 'nodejs24.x', Architectures: ['arm64'], Handler: 'index.handler' },
      MemorySize: step === 'InspectArtifact' ? 1769 : 512,
    };
    const python = {
      ...{ Runtime: 'python3.13', Architectures: ['x86_64'], Handler: 'model_trial.handler.handler' },
      ...{ MemorySize: 3008, EphemeralStorage: { Size: 4096 } },
    };
    expect(Properties).toMatchObject({
      ...(step === 'TryModel' ? python : typeScript),
      Timeout: step in steps ? steps[step as StepName].functionTimeoutSeconds : step === 'Sweep' ? SWEEP_SECONDS : 30,
    });
  });

  it('logs to a group of its own, with retention, that goes with the stack', () => {
    const { Ref } = Properties.LoggingConfig.LogGroup as { Ref: string };
    expect(resources[Ref]!.Properties).toEqual({ LogGroupName: `/aws/lambda/Deployer-${step}`, RetentionInDays: 90 });
    expect(resources[Ref]!.DeletionPolicy).toBe('Delete');
  });

  it('has settings that its code accepts', () => {
    if (step === 'TryModel') return expect(Properties.Environment).toBeUndefined();
    const variables = withValues(resources, Properties.Environment.Variables) as Record<string, string>;
    expect(Object.values(variables)).not.toContain('');
    process.env.PLATFORM_SETTINGS = variables.PLATFORM_SETTINGS;
    expect(platformSettings()).toMatchObject({
      defaultEndpointName: 'iris',
      allowedRepositories: ['servingrepository557dfae5', 'own/torch'],
    });
  });
});

describe('the state machine', () => {
  const { Properties } = only('AWS::StepFunctions::StateMachine');

  it('logs everything but the data, is traced, and has a name that people find', () => {
    expect(Properties).toMatchObject({
      StateMachineName: 'Deployer-Rollout',
      TracingConfiguration: { Enabled: true },
      LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false },
    });
    template.hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: '/aws/vendedlogs/states/Deployer-Rollout',
      RetentionInDays: 90,
    });
  });

  it('is the committed definition with the functions’ ARNs and the backstop', () => {
    const arnOf = (step: string) =>
      withValues(resources, {
        'Fn::GetAtt': [
          Object.keys(resources).find(
            (id) => id.startsWith(`${step}Function`) && resources[id]!.Type === 'AWS::Lambda::Function',
          ),
          'Arn',
        ],
      }) as string;
    const definition = JSON.parse(withValues(resources, Properties.DefinitionString) as string);
    let expected = synthesizeAsl();
    for (const step of [...stepNames, AWAIT_CHANGE]) {
      expected = expected.replaceAll(`arn:aws:lambda:us-east-1:000000000000:function:${step}"`, `${arnOf(step)}"`);
    }
    expect(definition).toEqual({ ...JSON.parse(expected), TimeoutSeconds: MACHINE_TIMEOUT_SECONDS });
  });
});

/** By the beginning of its logical id. */
const rule = (name: string) => {
  const rules = Object.entries(resources).filter(
    ([id, { Type }]) => Type === 'AWS::Events::Rule' && id.startsWith(name),
  );
  expect(rules).toHaveLength(1);
  return rules[0]![1].Properties;
};

describe('the triggers', () => {
  const triggers = ['OnUpload', 'OnRequest'];

  it('start the machine for objects under models/ and for requests on the bus, nothing else', () => {
    const [onUpload, onRequest] = triggers.map((name) => rule(name));
    expect(withValues(resources, onUpload!.EventPattern)).toEqual({
      source: ['aws.s3'],
      'detail-type': ['Object Created'],
      detail: { bucket: { name: ['artifactbucket7410c9ef'] }, object: { key: [{ prefix: 'models/' }] } },
    });
    expect(onUpload!.EventBusName).toBeUndefined();
    expect(withValues(resources, onRequest!.EventPattern)).toEqual({
      account: ['111122223333'],
      'detail-type': ['RolloutRequested'],
    });
    expect(onRequest!.EventBusName).toBeDefined();
  });

  it('lose no event: what cannot be delivered waits in an encrypted queue with an alarm', () => {
    const dead = Object.keys(resources).find((id) => resources[id]!.Type === 'AWS::SQS::Queue')!;
    for (const { Targets } of triggers.map((name) => rule(name))) {
      expect(Targets).toHaveLength(1);
      expect(Targets[0].DeadLetterConfig).toEqual({ Arn: { 'Fn::GetAtt': [dead, 'Arn'] } });
    }
    expect(resources[dead]!.Properties).toMatchObject({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 1209600 });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Threshold: 1,
      Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [dead, 'QueueName'] } }],
    });
  });
});

it('sweeps on a schedule, and at once after an execution of this machine that did not succeed', () => {
  const sweep = Object.keys(resources).find((id) => resources[id]!.Properties?.FunctionName === 'Deployer-Sweep');
  for (const name of ['SweepRegularly', 'SweepAfterStop']) {
    expect(rule(name).Targets).toEqual([
      expect.objectContaining({
        Arn: { 'Fn::GetAtt': [sweep, 'Arn'] },
        RetryPolicy: { MaximumRetryAttempts: 2 },
        // The queue behind the other rules, with its alarm.
        DeadLetterConfig: rule('OnUpload').Targets[0].DeadLetterConfig,
      }),
    ]);
    expect(rule(name).State).toBe('ENABLED');
  }
  expect(rule('SweepRegularly').ScheduleExpression).toBe(`rate(${SWEEP_MINUTES} minutes)`);
  const machine = Object.keys(resources).find((id) => resources[id]!.Type === 'AWS::StepFunctions::StateMachine');
  expect(rule('SweepAfterStop').EventPattern).toEqual({
    source: ['aws.states'],
    'detail-type': ['Step Functions Execution Status Change'],
    detail: { stateMachineArn: [{ Ref: machine }], status: ['ABORTED', 'TIMED_OUT', 'FAILED'] },
  });
});

it('has an alarm with an article of the runbook for every way in which people must be told', () => {
  const alarms = all('AWS::CloudWatch::Alarm').map(({ Properties }) => Properties);
  expect(alarms.map(({ AlarmName }) => AlarmName).sort()).toEqual(
    Object.keys(alarmArticles)
      .map((name) => `Deployer-${name}`)
      .sort(),
  );
  for (const { AlarmDescription, AlarmActions, TreatMissingData } of alarms) {
    expect(AlarmDescription).toMatch(/docs\/runbook\.md#[a-z-]+$/);
    expect(AlarmActions).toHaveLength(1);
    expect(TreatMissingData).toBe('notBreaching');
  }
});

it('tells by e-mail, lets alarms publish, and takes messages over TLS only', () => {
  template.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'team@example.com' });
  template.hasResourceProperties('AWS::SNS::TopicPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        Match.objectLike({
          Effect: 'Allow',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Action: 'sns:Publish',
        }),
      ]),
    },
  });
});

it('finds the endpoints by search on its dashboard', () => {
  const body = JSON.stringify(only('AWS::CloudWatch::Dashboard').Properties);
  expect(body.match(/SEARCH\(/g)!.length).toBeGreaterThan(8);
  const prefixed = synthesized({ settings: { endpointNamePrefix: 'team-a-' } }).resources;
  const dashboard = Object.values(prefixed).find(({ Type }) => Type === 'AWS::CloudWatch::Dashboard')!;
  expect(JSON.stringify(dashboard.Properties)).toContain('EndpointName=team EndpointName=a');
});

it('lets uploaders write models and no manifests, and operators manifests and no models', () => {
  const policies = Object.fromEntries(
    all('AWS::IAM::ManagedPolicy').map(({ Properties }) => [
      Properties.ManagedPolicyName,
      JSON.stringify(withValues(resources, Properties.PolicyDocument)),
    ]),
  );
  expect(Object.keys(policies).sort()).toEqual(['Deployer-Operator', 'Deployer-Uploader']);
  expect(policies['Deployer-Uploader']).toContain('models/*/model.tar.gz');
  expect(policies['Deployer-Uploader']).not.toMatch(/rollout\.json|states:/);
  expect(policies['Deployer-Operator']).toContain('models/*/rollout.json');
  expect(policies['Deployer-Operator']).not.toContain('model.tar.gz');
  // Seeing what serves, and planning what would, is no change of it.
  const changes: string[] =
    policies['Deployer-Operator']!.match(/"(sagemaker|application-autoscaling|cloudwatch|lambda|ecr):\w+"/g) ?? [];
  expect(changes.length).toBeGreaterThan(8);
  expect(changes.filter((action) => !/:(Describe|Get|List|BatchGet)/.test(action))).toEqual([]);
});

it('gives out the names that others need', () => {
  expect(Object.keys(template.toJSON().Outputs).sort()).toEqual([
    'BucketName',
    'EventBusName',
    'ExecutionRoleArn',
    'LedgerTableName',
    'RecoveryDelaySeconds',
    'RepositoryUri',
    'ServingImageTag',
    'ServingImageTarget',
    'StateMachineArn',
    'TopicArn',
  ]);
});

it('can stand beside another stack: no fixed name is shared', () => {
  const fixed = ({ resources }: { resources: Record<string, Resource> }) =>
    Object.values(resources)
      .flatMap(({ Properties }) =>
        [
          'FunctionName',
          'LogGroupName',
          'StateMachineName',
          'AlarmName',
          'DashboardName',
          'ManagedPolicyName',
          'BucketName',
          'TableName',
          'RoleName',
          'RepositoryName',
          'TopicName',
          'QueueName',
        ].map((key) => Properties?.[key]),
      )
      .concat(
        Object.values(resources)
          .filter(({ Type }) => Type === 'AWS::Events::EventBus')
          .map(({ Properties }) => Properties.Name),
      )
      .filter((name) => typeof name === 'string');
  const names = [synthesized({ stackName: 'One' }), synthesized({ stackName: 'Two' })].map(fixed);
  expect(names[0]!.length).toBeGreaterThan(25);
  expect(names[0]!.filter((name) => names[1]!.includes(name))).toEqual([]);
});

it('takes names of stacks that leave room for those of its functions', () => {
  const name = `S${'t'.repeat(42)}`;
  expect(JSON.stringify(synthesized({ stackName: name }).resources)).toContain(`"${name}-CreateEndpointConfig"`);
  expect(() => synthesized({ stackName: `${name}t` })).toThrow(/43 characters at most/);
});

it('stays within the quotas of IAM and Lambda with room for long names, in a VPC and with keys', () => {
  const key = (id: string) => `arn:aws:kms:us-east-1:111122223333:key/${id.repeat(8)}-12ab-34cd-56ef-1234567890ab`;
  const wide = synthesized({
    stackName: `S${'t'.repeat(42)}`,
    settings: {
      endpointNamePrefix: `${'p'.repeat(31)}-`,
      otherRepositories: ['team/one', 'team/two', 'team/three'].map((name) => `${name}/${'r'.repeat(40)}`),
      kmsKeyArn: key('1'),
      formerKmsKeyArns: [key('2'), key('3')],
      repositoryEncryption: ['AES256', key('1')],
      vpc: {
        subnetIds: ['a', 'b', 'c'].map((id) => `subnet-0123456789abcdef${id}`),
        securityGroupIds: ['a', 'b'].map((id) => `sg-0123456789abcdef${id}`),
      },
    },
  }).resources;
  const sizes = (type: string, size: (properties: Resource['Properties']) => unknown[]) =>
    Object.values(wide)
      .filter(({ Type }) => Type === type)
      .map(({ Properties }) => size(Properties).map((part) => JSON.stringify(withValues(wide, part)).length))
      .map((parts) => parts.reduce((sum, part) => sum + part, 0));
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: all inline policies of a role together.
  const roles = sizes('AWS::IAM::Role', ({ Policies = [] }) =>
    Policies.map(({ PolicyDocument }: { PolicyDocument: unknown }) => PolicyDocument),
  );
  expect(Math.max(...roles)).toBeLessThan(10_240);
  expect(Math.max(...sizes('AWS::IAM::ManagedPolicy', ({ PolicyDocument }) => [PolicyDocument]))).toBeLessThan(6_144);
  // https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
  expect(
    Math.max(...sizes('AWS::Lambda::Function', ({ Environment = { Variables: {} } }) => [Environment.Variables])),
  ).toBeLessThan(4_096);
});
