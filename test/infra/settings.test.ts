// The stack's settings: defaults, and every problem at once.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { stackSettings, WrongSettings } from '../../infra/settings.ts';
import { RECOVERY_DELAY_SECONDS } from '../../lambdas/core/recovery/recovery-delay.ts';

it('has a default for everything', () => {
  expect(stackSettings()).toMatchObject({
    endpointNamePrefix: '',
    defaultInstanceType: 'ml.m5.large',
    maximumInstances: 10,
    requireGoldenCases: false,
    allowTrust: false,
  });
});

it('waits before a recovery as long as a function may still run, unless another time is given', () => {
  expect(stackSettings().recoveryDelaySeconds).toBe(RECOVERY_DELAY_SECONDS);
  expect(stackSettings({ recoveryDelaySeconds: 5 }).recoveryDelaySeconds).toBe(5);
  for (const recoveryDelaySeconds of [0, 3601])
    expect(() => stackSettings({ recoveryDelaySeconds })).toThrow(/- recoveryDelaySeconds: /);
});

it('takes JSON text, as `cdk -c settings=` gives it', () => {
  expect(stackSettings('{"maximumInstances": 3}').maximumInstances).toBe(3);
  expect(() => stackSettings('{maximumInstances')).toThrow(/not JSON/);
});

it('names every problem at once', () => {
  const attempt = () =>
    stackSettings({
      endpointNamePrefix: 'Team',
      maximumInstances: 0,
      logRetentionDays: 8,
      notificationEmails: ['nobody'],
      maximumInstance: 3,
    });
  expect(attempt).toThrow(/- maximumInstance: This key is unknown/);
  for (const key of ['endpointNamePrefix', 'maximumInstances', 'logRetentionDays', 'notificationEmails.0']) {
    expect(attempt).toThrow(new RegExp(`- ${key}: `));
  }
});

it.each([
  [{ defaultInstanceType: 'ml.p4d.24xlarge' }, /defaultInstanceType: ml\.p4d\.24xlarge must be one of/],
  [{ endpointNamePrefix: 'team-', defaultEndpointName: 'iris' }, /defaultEndpointName: iris must begin with/],
])('rejects %j', (settings, message) => {
  expect(() => stackSettings(settings)).toThrow(message);
});

it.each([
  ['maximumInstance', 'This key is unknown. Did you mean "maximumInstances"? Known here: endpointNamePrefix, '],
  ['endpointNamePrefx', 'This key is unknown. Did you mean "endpointNamePrefix"? Known here: '],
  ['colour', 'This key is unknown. Known here: '],
])('says of %s what may have been meant', (key, message) => {
  expect(() => stackSettings({ [key]: 1 })).toThrow(`- ${key}: ${message}`);
});

describe('the topic of the alarms', () => {
  const alarmTopicArn = 'arn:aws:sns:eu-west-1:123456789012:alarms';
  const problem =
    '- alarmTopicArn: The topic is in eu-west-1, and the stack goes to us-east-1. An alarm tells a topic of its own region only.';

  it('is of the region that the stack goes to, as far as that is known', () => {
    expect(stackSettings({ alarmTopicArn }, 'eu-west-1')).toMatchObject({ alarmTopicArn });
    expect(stackSettings({ alarmTopicArn })).toMatchObject({ alarmTopicArn });
    expect(() => stackSettings({ alarmTopicArn }, 'us-east-1')).toThrow(problem);
  });

  it('is told together with every other problem', () => {
    const attempt = () => stackSettings({ alarmTopicArn, maximumInstance: 3 }, 'us-east-1');
    expect(attempt).toThrow(problem);
    expect(attempt).toThrow('- maximumInstance: ');
  });

  it.each(['arn:aws:sns:eu-west-1:alarms', 'arn:aws:sns:eu-west-1:123456789012:alarms.fifo', 'alarms', 5])(
    'is no %j',
    (wrong) => {
      expect(() => stackSettings({ alarmTopicArn: wrong }, 'us-east-1')).toThrow(/- alarmTopicArn: /);
    },
  );
});

describe('a key and a VPC', () => {
  const key = (region: string) => `arn:aws:kms:${region}:123456789012:key/11111111-12ab-34cd-56ef-1234567890ab`;
  const kmsKeyArn = key('eu-west-1');
  const vpc = { subnetIds: ['subnet-0123456789abcdef0'], securityGroupIds: ['sg-01234567'] };

  it('are taken, as far as the region is known', () => {
    const settings = { kmsKeyArn, repositoryEncryption: ['AES256', kmsKeyArn], formerKmsKeyArns: [kmsKeyArn], vpc };
    expect(stackSettings(settings, 'eu-west-1')).toMatchObject(settings);
    expect(stackSettings(settings)).toMatchObject(settings);
  });

  it('are of the region that the stack goes to, each key', () => {
    const attempt = () =>
      stackSettings(
        { kmsKeyArn, formerKmsKeyArns: [kmsKeyArn], repositoryEncryption: ['AES256', kmsKeyArn] },
        'us-east-1',
      );
    for (const setting of ['kmsKeyArn', 'formerKmsKeyArns.0', 'repositoryEncryption.1'])
      expect(attempt).toThrow(`- ${setting}: The key is in eu-west-1, and the stack goes to us-east-1.`);
  });

  it('need a word on the repository, which says what to write', () => {
    expect(() => stackSettings({ kmsKeyArn })).toThrow(
      `- repositoryEncryption: must be given with kmsKeyArn, because ECR never changes the encryption of a repository. ` +
        `For a stack that is not deployed yet: ["${kmsKeyArn}"]. For one that is deployed, ["AES256"] keeps its repository as it is; ["AES256", "${kmsKeyArn}"] makes a second one`,
    );
    for (const repositoryEncryption of [[kmsKeyArn], ['AES256'], ['AES256', kmsKeyArn]])
      expect(stackSettings({ kmsKeyArn, repositoryEncryption })).toMatchObject({ repositoryEncryption });
  });

  it.each([
    [{ kmsKeyArn: 'alias/models', repositoryEncryption: ['AES256'] }, 'kmsKeyArn'],
    [{ kmsKeyArn: 'arn:aws:kms:eu-west-1:123456789012:alias/models', repositoryEncryption: ['AES256'] }, 'kmsKeyArn'],
    [{ repositoryEncryption: ['AES256', 'AES256'] }, 'repositoryEncryption'],
    [{ repositoryEncryption: [] }, 'repositoryEncryption'],
    [{ vpc: { ...vpc, subnetIds: [] } }, 'vpc.subnetIds'],
    [{ vpc: { ...vpc, subnetIds: ['vpc-01234567'] } }, 'vpc.subnetIds.0'],
    [{ vpc: { ...vpc, securityGroupIds: Array(6).fill('sg-01234567') } }, 'vpc.securityGroupIds'],
    [{ vpc: { subnetIds: vpc.subnetIds } }, 'vpc.securityGroupIds'],
    [{ vpc: { ...vpc, vpcId: 'vpc-01234567' } }, 'vpc.vpcId'],
  ])('are refused as %j', (settings, path) => {
    expect(() => stackSettings(settings)).toThrow(new RegExp(`- ${path.replaceAll('.', '[.]')}: `));
  });
});

describe('networks and keys of models', () => {
  const key = 'arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';
  const settings = {
    allowedSubnetIds: ['subnet-0123abcd'],
    allowedSecurityGroupIds: ['sg-0123abcd'],
    allowedKmsKeyArns: [key, key.replace('eu-west-1', 'us-east-1').replace(/key\/.*/, `key/mrk-${'0'.repeat(32)}`)],
  };

  it('are none unless somebody lists them', () => {
    expect(stackSettings()).toMatchObject({ allowedSubnetIds: [], allowedSecurityGroupIds: [], allowedKmsKeyArns: [] });
    expect(stackSettings(settings)).toMatchObject(settings);
  });

  it('are of the region that the stack goes to, as far as the ARN of a key tells', () => {
    expect(() => stackSettings(settings, 'us-east-1')).toThrow(
      /:\n {2}- allowedKmsKeyArns\.0: The key is in eu-west-1, and the stack goes to us-east-1\. A key encrypts in its own region only\.$/,
    );
  });

  it('topics are of the region, and none is a FIFO topic', () => {
    const topic = 'arn:aws:sns:eu-west-1:123456789012:answers';
    const topics = { allowedNotificationTopicArns: [topic] };
    expect(stackSettings()).toMatchObject({ allowedNotificationTopicArns: [] });
    expect(stackSettings(topics, 'eu-west-1')).toMatchObject(topics);
    expect(() => stackSettings(topics, 'us-east-1')).toThrow(
      /- allowedNotificationTopicArns\.0: The topic is in eu-west-1, and the stack goes to us-east-1\. An endpoint publishes to a topic of its own region only\.$/,
    );
    expect(() => stackSettings({ allowedNotificationTopicArns: Array(4).fill(`${topic}${'s'.repeat(83)}`) })).toThrow(
      /- allowedNotificationTopicArns: must have at most 400 characters in all, and has 500/,
    );
    for (const wrong of [`${topic}.fifo`, 'answers', `${topic}:subscription`])
      expect(() => stackSettings({ allowedNotificationTopicArns: [wrong] })).toThrow(
        /0: must be the ARN of an SNS topic/,
      );
  });

  it('are named by their ids, and keys by their ARNs and no alias', () => {
    const wrong = {
      ...{ allowedSubnetIds: ['10.0.0.0/24'], allowedSecurityGroupIds: ['default'] },
      allowedKmsKeyArns: [key, 'alias/models', 'arn:aws:kms:eu-west-1:123456789012:alias/models', 7],
    };
    const attempt = () => stackSettings(wrong, 'eu-west-1');
    for (const where of ['allowedSubnetIds.0', 'allowedSecurityGroupIds.0', 'allowedKmsKeyArns.3'])
      expect(attempt).toThrow(`- ${where}: `);
    for (const index of [1, 2])
      expect(attempt).toThrow(`- allowedKmsKeyArns.${index}: must be the ARN of a key, arn:aws:kms:<region>:`);
    expect(attempt).not.toThrow('allowedKmsKeyArns.0');
  });
});

it('is a mistake of its owner, and of nobody else', () => {
  expect(() => stackSettings({ colour: 'blue' })).toThrow(WrongSettings);
  expect(() => stackSettings('{')).toThrow(WrongSettings);
});

it('ends the app with what is wrong, and without a stack trace', () => {
  const context = { settings: { endpointNamePrefx: 'a-', alarmTopicArn: 'arn:aws:sns:eu-west-1:123456789012:alarms' } };
  const env = { ...process.env, CDK_CONTEXT_JSON: JSON.stringify(context), CDK_DEFAULT_REGION: 'us-east-1' };
  const app = join(import.meta.dirname, '../../infra/app.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, [app], { env, encoding: 'utf8' });
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(
    /^The stack's settings are not valid:\n {2}- endpointNamePrefx: .*\n {2}- alarmTopicArn: .*\n$/,
  );
});
