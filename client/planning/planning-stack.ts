// What the stack's functions know of their stack, settings included: read where it is written, in the environment of PlanRollout.
import { GetFunctionConfigurationCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { environmentNames } from '../../lambdas/runtime/environment.ts';
import { PlatformSettingsSchema } from '../../state-machine/contract/platform.ts';
import { Refusal } from '../refusal.ts';
import type { PlanningStack } from './rehearse.ts';

/** The function whose work is planned; infra/task-functions.ts names it. */
export const plannersFunction = (stackName: string): string => `${stackName}-PlanRollout`;

/**
 * @throws Refusal when the stack is of another release, whose rollouts would do something else
 * @throws AccessDeniedException for whoever may not read it: the managed policy Operator allows it
 */
export async function planningStack(
  client: LambdaClient,
  stackName: string,
): Promise<PlanningStack & { ledgerTableName: string }> {
  const FunctionName = plannersFunction(stackName);
  const { Environment } = await client.send(new GetFunctionConfigurationCommand({ FunctionName }));
  // Instead of the variables, where the function's key may not be used:
  // https://docs.aws.amazon.com/lambda/latest/api/API_EnvironmentError.html
  const { Error: denied, Variables = {} } = Environment ?? {};
  if (denied !== undefined)
    throw new Refusal(`The settings of the stack are not readable: ${denied.ErrorCode}: ${denied.Message}`);
  const settings = PlatformSettingsSchema.safeParse(parsed(Variables[environmentNames.platformSettings]));
  const region = await client.config.region();
  const read = {
    stackName: Variables[environmentNames.stackName],
    bucketName: Variables[environmentNames.bucketName],
    ledgerTableName: Variables[environmentNames.ledgerTableName],
    executionRoleArn: Variables[environmentNames.executionRoleArn],
    accountId: Variables[environmentNames.accountId],
  };
  if (!settings.success || !isComplete(read))
    throw new Refusal(
      `The functions of ${stackName} are of another release than this command line: their settings read otherwise. Deploy the stack again, or plan with the release that it is of.`,
    );
  return { ...read, region, settings: settings.data };
}

function parsed(json: string | undefined): unknown {
  try {
    return JSON.parse(json ?? '');
  } catch {
    return undefined;
  }
}

const isComplete = <Key extends string>(read: Record<Key, string | undefined>): read is Record<Key, string> =>
  Object.values(read).every(Boolean);
