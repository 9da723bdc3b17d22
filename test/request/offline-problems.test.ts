// What `cli validate` finds: all that depends on nothing outside, and nothing that does.
import { offlineProblems } from '../../lambdas/core/request/offline-problems.ts';
import { KEY_ARN, VPC as vpc } from '../../simulate/world/stack-names.ts';

const found = (value: unknown, isManifest = false) =>
  offlineProblems(value, isManifest).map(({ where, message }) => `${where}: ${message}`);
const about = (more: object) => found({ endpointName: 'iris', ...more });

test.each<[string, object, RegExp[]]>([
  ['a reserved variable', { environment: { SAGEMAKER_X: '1' } }, [/^environment\.SAGEMAKER_X: Names that begin/]],
  ['tags of this system', { tags: { 'sagemaker-deployer:stack': 'x' } }, [/^tags\..*: Tags that begin with/]],
  ['counts that contradict', { scaling: { minimum: 4, maximum: 3 } }, [/^scaling\.minimum: Found 4, which is more/]],
  ['what to ignore of which archive', { ignore: ['code/'] }, [/^ignore: It is said of the archive/]],
  [
    'two sources of cases',
    {
      canaryInvocations: {
        cases: [{ name: 'a', request: { body: 1 }, expect: { status: 200 } }],
        casesS3Uri: 's3://abc/golden-cases/d',
      },
    },
    [/^canaryInvocations\.casesS3Uri: There are `cases` too/],
  ],
  [
    'cases elsewhere',
    { canaryInvocations: { casesS3Uri: 's3://abc/d' } },
    [/are read from s3:\/\/abc\/golden-cases\/ only/],
  ],
  [
    'a candidate that is not wanted',
    { verification: 'live', candidate: { type: 'instance' } },
    [/^candidate: With verification "live"/],
  ],
  ['a key that is no model', { model: { s3Uri: 's3://abc/models/iris/x.zip' } }, [/^model\.s3Uri: /]],
  [
    'a model elsewhere',
    { model: { s3Uri: 's3://abc/d' } },
    [/^model\.s3Uri: Models are read from s3:\/\/abc\/models\/ only/],
  ],
  [
    'waits that are too long',
    { strategy: { type: 'linear', stepPercent: 10, waitSeconds: 3600 } },
    [/^strategy\.waitSeconds: All waits together/],
  ],
  [
    'what is wrong with one of several variants',
    {
      variants: [
        { name: 'a', model: { s3Uri: 's3://abc/d' }, environment: { AWS_A: 'x' } },
        { name: 'b', canaryInvocations: { casesS3Uri: 's3://abc/d' }, ignore: ['code/'] },
        { name: 'b' },
      ],
    },
    [
      /^variants\.0\.model\.s3Uri: Models are read from/,
      /^variants\.2\.name: Found "b" twice/,
      /^variants\.0\.environment\.AWS_A: Names that begin/,
      /^variants\.1\.ignore: It is said of the archive/,
      /^variants\.1\.canaryInvocations\.casesS3Uri: Golden cases are read from/,
    ],
  ],
  [
    'several at once',
    {
      encryption: { volumeKmsKeyArn: 'alias/mine' },
      network: { vpc: { subnetIds: ['subnet-1'], securityGroupIds: ['sg-x'] } },
    },
    [
      /^network\.vpc\.subnetIds: Found a list of 1\. Allowed: a list of 2 to 16 entries \(Of two Availability Zones/,
      /^network\.vpc\.securityGroupIds\.0: Found "sg-x"/,
      /^encryption\.volumeKmsKeyArn: Found "alias\/mine"\. Allowed: text \(arn:aws:kms:<region>.*no alias/,
    ],
  ],
  [
    'a serverless candidate in a VPC, on a volume with a key',
    { candidate: { type: 'serverless' }, network: { isolation: false, vpc }, encryption: { volumeKmsKeyArn: KEY_ARN } },
    [
      /^network\.vpc: A serverless candidate cannot be in a VPC.* or set candidate\.type to "instance"/,
      /^encryption\.volumeKmsKeyArn: A serverless candidate has no volume .* or set candidate\.type to "instance"/,
    ],
  ],
  [
    'a key where SageMaker takes none',
    { hosting: { type: 'realtime', instanceType: 'ml.g4dn.xlarge' }, encryption: { volumeKmsKeyArn: KEY_ARN } },
    [/^encryption\.volumeKmsKeyArn: ml\.g4dn\.xlarge has local storage/],
  ],
])('%s', (_, more, problems) => {
  expect(about(more)).toEqual(problems.map((problem) => expect.stringMatching(problem)));
});

test.each<[string, object]>([
  ['limits of the platform', { hosting: { type: 'realtime', instanceType: 'ml.p5.48xlarge', instanceCount: 900 } }],
  ['whether trust is allowed', { trust: 'f'.repeat(64) }],
  ['a strategy that is kept', { alarms: { names: ['a'] } }],
  ['a wait that is kept', { alarms: { names: ['a'] }, strategy: { type: 'allAtOnce' } }],
  ['networks and keys of the platform', { network: { vpc }, encryption: { captureKmsKeyArn: KEY_ARN } }],
  ['a network that is kept', { candidate: { type: 'serverless' }, network: {} }],
  ['a default endpoint', { model: { s3Uri: 's3://abc/models/v1/model.tar.gz' } }],
  ['what serves', {}],
  [
    'what variants serve, run on and weigh already',
    {
      variants: [
        { name: 'a', hosting: { type: 'realtime', instanceType: 'ml.p5.48xlarge' }, weight: 0 },
        { name: 'b', model: { s3Uri: 's3://abc/models/iris/v1/model.tar.gz' }, scaling: { maximum: 40 } },
      ],
    },
  ],
])('%s is not judged', (_, more) => {
  expect(about(more)).toEqual([]);
});

test('a manifest names no model, and says nothing of one rollout', () => {
  expect(found({ alarms: { names: ['a'] } }, true)).toEqual([]);
  const endless = { strategy: { type: 'allAtOnce', terminationWaitSeconds: 0 } };
  expect(found({ alarms: { names: ['a'] }, ...endless }, true)).toEqual([
    expect.stringMatching(/^alarms: Alarms are watched/),
  ]);
  expect(found({ reset: 'all' }, true)).toEqual([expect.stringMatching(/^reset: It is said of one rollout/)]);
  const model = { s3Uri: 's3://abc/models/iris/v1/model.tar.gz' };
  expect(found({ model, ignore: ['code/'] }, true)).toEqual([
    expect.stringMatching(/^model: A manifest names no model/),
    expect.stringMatching(/^ignore: It is said of one archive/),
  ]);
  expect(found({}, true)).toEqual([]);
  expect(found({})).toEqual([expect.stringMatching(/^endpointName: It is missing/)]);
});

test('another action is checked as what it is, and an unknown one in the words of the machine', () => {
  expect(found({ action: 'rollback', endpointName: 'iris' })).toEqual([]);
  expect(found({ action: 'retireEndpoint', endpointNam: 'iris' })).toHaveLength(2);
  expect(found({ action: 'rolback', endpointName: 'iris' })).toEqual([
    expect.stringMatching(/^action: Found "rolback"\. Allowed: /),
  ]);
});

test('nothing that is only wrong is told as not supported', () => {
  for (const more of [{ hosting: { type: 'realtim' } }, { network: { isolatio: true } }, { scaling: { minimun: 1 } }])
    expect(about(more).filter((each) => each.includes('Not supported yet'))).toEqual([]);
});
