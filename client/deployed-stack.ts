// The deployer's stack as CloudFormation tells of it: where to upload and what to start.
import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { Refusal } from './refusal.ts';

export const DEFAULT_STACK_NAME = 'SageMakerDeployer';

export interface DeployedStack {
  name: string;
  bucketName: string;
  stateMachineArn: string;
  ledgerTableName: string;
  /** How long after a stopped execution's end its recovery acts. Left out: by default. */
  recoveryDelaySeconds?: number;
}

/** @throws Refusal when there is no such stack, or it is not a deployer's */
export async function deployedStack(client: CloudFormationClient, name: string): Promise<DeployedStack> {
  const outputs = await describe(client, name);
  const { BucketName, StateMachineArn, LedgerTableName, RecoveryDelaySeconds } = outputs;
  if (!BucketName || !StateMachineArn || !LedgerTableName) {
    throw new Refusal(
      `The stack ${name} is not a deployer's: it lacks the outputs BucketName, StateMachineArn and LedgerTableName.`,
    );
  }
  const delay = Number(RecoveryDelaySeconds);
  return {
    ...{ name, bucketName: BucketName, stateMachineArn: StateMachineArn, ledgerTableName: LedgerTableName },
    ...(delay > 0 && { recoveryDelaySeconds: delay }),
  };
}

async function describe(client: CloudFormationClient, name: string): Promise<Record<string, string | undefined>> {
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: name }));
    const outputs = Stacks?.[0]?.Outputs ?? [];
    return Object.fromEntries(outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
  } catch (error) {
    // CloudFormation's answer for a stack that is not there is a ValidationError that says so.
    if (!(error as Error).message.includes('does not exist')) throw error;
    const region = await client.config.region();
    throw new Refusal(
      `There is no stack ${name} in ${region}. Deploy it with npm run deploy, or name yours with --stack.`,
      { cause: error },
    );
  }
}
