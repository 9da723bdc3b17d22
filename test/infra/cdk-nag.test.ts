// cdk-nag's AwsSolutions rules find nothing that is not acknowledged, each by its own id and with a reason.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack, Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { NETWORKS_AND_KEYS, synthesizedReport } from './synthesized.ts';

const kmsKeyArn = 'arn:aws:kms:us-east-1:111122223333:key/11111111-12ab-34cd-56ef-1234567890ab';
const vpc = { subnetIds: ['subnet-0123456789abcdef0'], securityGroupIds: ['sg-0123456789abcdef0'] };

describe.each([
  {},
  { endpointNamePrefix: 'team-a-' },
  { kmsKeyArn, repositoryEncryption: [kmsKeyArn], vpc },
  NETWORKS_AND_KEYS,
])('with settings %j', (settings) => {
  const report = synthesizedReport(settings);

  it('leaves no finding unacknowledged', () => {
    expect(report.violations).toEqual([]);
  });

  it('acknowledges wildcards one by one, and everything with a reason', () => {
    expect(report.acknowledged.length).toBeGreaterThan(30);
    for (const { id, reason } of report.acknowledged) {
      expect(reason.length).toBeGreaterThan(30);
      if (id.includes('IAM5')) expect(id).toMatch(/^AwsSolutions-IAM5\[(Resource|Action)::.+\]$/);
    }
  });
});

it('is really looking: a plain bucket has findings', () => {
  const app = new App();
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  new Bucket(new Stack(app, 'Plain'), 'Bucket');
  const log = jest.spyOn(console, 'error').mockImplementation(() => {});
  try {
    app.synth();
  } catch {
    // Depending on the CDK, findings are thrown as well as reported.
  }
  log.mockRestore();
  process.exitCode = 0;
  expect(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8')).toContain('AwsSolutions-S10');
});
