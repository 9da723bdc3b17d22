// The outputs of a deployed stack.
import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';

export const DEFAULT_STACK_NAME = 'SageMakerDeployer';

/** @throws an error that says what to do when there is no such stack, or it is another application's */
export async function stackOutputs(client: CloudFormationClient, stackName: string): Promise<Record<string, string>> {
  let outputs: Record<string, string>;
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
    outputs = Object.fromEntries(
      (Stacks?.[0]?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
    );
  } catch (error) {
    if (!/does not exist/.test((error as Error).message)) throw error;
    const region = await client.config.region();
    throw new Error(
      `There is no stack ${stackName} in ${region}: run npm run deploy first, or name yours with --stack.`,
      { cause: error },
    );
  }
  const missing = ['RepositoryUri', 'ServingImageTag', 'StateMachineArn'].filter((name) => !outputs[name]);
  if (missing.length > 0) throw new Error(`The stack ${stackName} is not a deployer: it lacks ${missing.join(', ')}.`);
  return outputs;
}
