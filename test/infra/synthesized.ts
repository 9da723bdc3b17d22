// The stack as the tests see it: synthesized with bundles of one line, its references replaced by values.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { DeployerStack } from '../../infra/deployer-stack.ts';
import { functionNames } from '../../infra/function-calls.ts';
import { stackSettings } from '../../infra/settings.ts';
import { entryName } from '../../infra/task-functions.ts';

/** As `cdk synth` reads it: feature flags change what is synthesized. */
const { context } = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'cdk.json'), 'utf8'));

export interface SynthesizedOptions {
  settings?: Record<string, unknown>;
  stackName?: string;
}

export interface Resource {
  Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: templates have as many shapes as there are resource types
  Properties: Record<string, any>;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
}

export function synthesized({ settings = {}, stackName = 'Deployer' }: SynthesizedOptions = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'synthesized-'));
  try {
    const app = new App({ outdir: join(directory, 'out'), context });
    const code = { bundles: oneLineBundles(directory), trialPackage: emptyPackage(directory) };
    const template = Template.fromStack(
      new DeployerStack(app, stackName, { settings: stackSettings(settings), ...code }),
    );
    return { template, resources: template.toJSON().Resources as Record<string, Resource> };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A zip archive with nothing in it. */
function emptyPackage(directory: string): string {
  const file = join(directory, 'trial.zip');
  writeFileSync(file, Buffer.concat([Buffer.from('PK\x05\x06'), Buffer.alloc(18)]));
  return file;
}

function oneLineBundles(directory: string): Record<string, string> {
  return Object.fromEntries(
    functionNames.map((name) => {
      const folder = join(directory, entryName(name));
      mkdirSync(folder);
      writeFileSync(join(folder, 'index.mjs'), `export const handler = async () => '${name}';`);
      return [entryName(name), folder];
    }),
  );
}

export const scope = { partition: 'aws', region: 'us-east-1', account: '111122223333' };

/** Settings that name what models may have of networks, keys and topics. */
export const NETWORKS_AND_KEYS = {
  allowedSubnetIds: ['subnet-0123abcd', 'subnet-4567cdef'],
  allowedSecurityGroupIds: ['sg-0123abcd'],
  allowedKmsKeyArns: [
    `arn:aws:kms:${scope.region}:${scope.account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
    // Of another account: its owner's key policy decides.
    `arn:aws:kms:${scope.region}:444455556666:key/mrk-${'0'.repeat(32)}`,
  ],
  allowedNotificationTopicArns: [
    `arn:aws:sns:${scope.region}:${scope.account}:answers`,
    `arn:aws:sns:${scope.region}:444455556666:failures`,
  ],
};

const pseudoParameters: Record<string, string> = {
  'AWS::Partition': scope.partition,
  'AWS::Region': scope.region,
  'AWS::AccountId': scope.account,
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::StackId': `arn:aws:cloudformation:${scope.region}:${scope.account}:stack/Deployer/0`,
};

/** ARNs and names as CloudFormation would give them, near enough for policies: `Ref` is the logical id in lower case. */
export function withValues(resources: Record<string, Resource>, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => withValues(resources, item));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [[kind, operand] = []] = entries;
  if (entries.length === 1 && kind === 'Ref') return pseudoParameters[operand] ?? name(resources, operand);
  if (entries.length === 1 && kind === 'Fn::GetAtt') return arn(resources, operand[0]);
  if (entries.length === 1 && kind === 'Fn::Join')
    return (withValues(resources, operand[1]) as string[]).join(operand[0]);
  return Object.fromEntries(entries.map(([key, item]) => [key, withValues(resources, item)]));
}

function name(resources: Record<string, Resource>, id: string): string {
  const { Type } = resources[id]!;
  return Type === 'AWS::SNS::Topic' || Type === 'AWS::StepFunctions::StateMachine'
    ? arn(resources, id)
    : id.toLowerCase();
}

function arn(resources: Record<string, Resource>, id: string): string {
  const regional = `${scope.region}:${scope.account}`;
  const lower = id.toLowerCase();
  const arns: Record<string, string> = {
    'AWS::S3::Bucket': `arn:aws:s3:::${lower}`,
    'AWS::DynamoDB::Table': `arn:aws:dynamodb:${regional}:table/${lower}`,
    'AWS::SNS::Topic': `arn:aws:sns:${regional}:${lower}`,
    'AWS::Events::EventBus': `arn:aws:events:${regional}:event-bus/${lower}`,
    'AWS::IAM::Role': `arn:aws:iam::${scope.account}:role/${lower}`,
    'AWS::Logs::LogGroup': `arn:aws:logs:${regional}:log-group:${lower}:*`,
    'AWS::Lambda::Function': `arn:aws:lambda:${regional}:function:${lower}`,
    'AWS::StepFunctions::StateMachine': `arn:aws:states:${regional}:stateMachine:${lower}`,
    'AWS::SQS::Queue': `arn:aws:sqs:${regional}:${lower}`,
    'AWS::ECR::Repository': `arn:aws:ecr:${regional}:repository/${lower}`,
  };
  const found = arns[resources[id]!.Type];
  if (!found) throw new Error(`No ARN is known for ${resources[id]!.Type}, ${id}.`);
  return found;
}

interface Finding {
  ruleName: string;
  reason?: string;
  violatingConstructs: { constructPath: string }[];
}

/** cdk-nag's report on the stack. */
export function synthesizedReport(settings: Record<string, unknown>) {
  const directory = mkdtempSync(join(tmpdir(), 'report-'));
  try {
    const app = new App({ outdir: join(directory, 'out'), context });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    const code = { bundles: oneLineBundles(directory), trialPackage: emptyPackage(directory) };
    new DeployerStack(app, 'Deployer', { settings: stackSettings(settings), ...code });
    app.synth();
    const { pluginReports } = JSON.parse(readFileSync(join(directory, 'out', 'validation-report.json'), 'utf8')) as {
      pluginReports: { pluginName: string; violations: Finding[]; suppressedViolations: Finding[] }[];
    };
    const { violations, suppressedViolations } = pluginReports.find(({ pluginName }) => pluginName === 'AwsSolutions')!;
    return {
      violations: violations.map(({ ruleName, violatingConstructs }) => [
        ruleName,
        violatingConstructs[0]!.constructPath,
      ]),
      acknowledged: suppressedViolations.map(({ ruleName, reason = '' }) => ({ id: ruleName, reason })),
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
