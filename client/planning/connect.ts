// Connects a planner to a deployed stack.
import { LambdaClient } from '@aws-sdk/client-lambda';
import { DEFAULT_STACK_NAME } from '../deployed-stack.ts';
import { Refusal } from '../refusal.ts';
import { awsReadPorts } from './aws-read-ports.ts';
import type { PlanInput } from './plan-input.ts';
import { planRollout } from './planner.ts';
import { plannersFunction, planningStack } from './planning-stack.ts';
import { readOnly } from './read-only.ts';
import type { RolloutPlan } from './rollout-plan.ts';

/** What a rollout would do, of which nothing is done. @throws Refusal as `planRollout` does */
export type Planner = (input: PlanInput) => Promise<RolloutPlan>;

/**
 * With the credentials and region that the AWS SDK finds.
 *
 * @throws Refusal when there is no such stack
 */
export async function connectPlanner(stackName = DEFAULT_STACK_NAME): Promise<Planner> {
  const lambda = readOnly(new LambdaClient());
  try {
    const { ledgerTableName, ...stack } = await planningStack(lambda, stackName);
    const ports = awsReadPorts(stack.bucketName, ledgerTableName);
    return (input) => planRollout(ports, stack, input);
  } catch (error) {
    if ((error as Error).name !== 'ResourceNotFoundException') throw error;
    const [region, name] = [await lambda.config.region(), plannersFunction(stackName)];
    throw new Refusal(
      `There is no function ${name} in ${region}, so no stack ${stackName}. Deploy it with npm run deploy, or name yours with --stack.`,
      { cause: error },
    );
  } finally {
    lambda.destroy();
  }
}
