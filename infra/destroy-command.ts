// `npm run aws:destroy`
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { paginateListExecutions, SFNClient } from '@aws-sdk/client-sfn';
import { Command } from 'commander';
import { destroyStack } from './destroy-stack.ts';
import { DEFAULT_STACK_NAME, stackOutputs } from './stack-outputs.ts';

const command = new Command('aws:destroy')
  .description(
    'Deletes the stack from AWS. Refuses while rollouts run or endpoints of the stack exist. Bucket, repository, ' +
      'execution role and ledger stay; how to remove them is printed at the end.',
  )
  .option('--stack <name>', 'the stack', DEFAULT_STACK_NAME)
  .option('--retire-endpoints', 'delete the endpoints first, with their scaling, configurations and models', false)
  .parse();
const { stack: stackName, retireEndpoints } = command.opts<{ stack: string; retireEndpoints: boolean }>();

try {
  const outputs = await stackOutputs(new CloudFormationClient(), stackName);
  await destroyStack({
    sageMaker: new SageMakerClient(),
    autoScaling: new ApplicationAutoScalingClient(),
    cloudWatch: new CloudWatchClient(),
    outputs,
    running: () => runningExecutions(outputs.StateMachineArn!),
    stackName,
    retire: retireEndpoints,
    tell: (line) => console.log(line),
    destroy: () => cdkDestroy(stackName),
  });
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

async function cdkDestroy(name: string): Promise<void> {
  const cdk = join(import.meta.dirname, '..', 'node_modules', '.bin', 'cdk');
  const parameters = ['destroy', name, '--force', '--context', `stackName=${name}`];
  const [status] = await once(spawn(cdk, parameters, { stdio: 'inherit' }), 'exit');
  if (status !== 0) throw new Error(`cdk destroy ended with status ${status}.`);
}

async function runningExecutions(stateMachineArn: string): Promise<string[]> {
  const names: string[] = [];
  const query = { stateMachineArn, statusFilter: 'RUNNING' } as const;
  for await (const { executions = [] } of paginateListExecutions({ client: new SFNClient() }, query)) {
    names.push(...executions.map(({ name = '' }) => name));
  }
  return names;
}
