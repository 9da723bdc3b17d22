// From a step of the contract to its task state, and from a wait to its callback state. The only place that knows JSONPath.
import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import type * as z from 'zod/mini';
import { type StateKey, type StepName, type stateSchemas, steps } from './contract/steps.ts';
import { type WaitName, waits } from './contract/waits.ts';
import { faultsOfLambda, retryPolicies, waitRetryPolicy } from './retry-policies.ts';

/** The state's timeout beyond the function's own: Lambda's end comes first, with its own name, and a cold start has room. */
const TIMEOUT_MARGIN_SECONDS = 30;

export type Output<Key extends StateKey> = z.infer<(typeof stateSchemas)[Key]>;
type KeyOf<Union> = Union extends unknown ? keyof Union & string : never;
/** What an output may have: of one with several shapes, what any of them has. */
export type Field<Key extends StateKey> = KeyOf<Output<Key>>;

/** Where in the execution's state an output is, or a field of it. */
export function path<Key extends StateKey>(key: Key, field?: Field<Key>): string {
  return field === undefined ? `$.${key}` : `$.${key}.${field}`;
}

/** The task state named like its step: its payload is what the step reads, its result goes where the step writes, and nowhere else. */
export function taskState(scope: Construct, step: StepName, task: IFunction): sfn.TaskStateBase {
  const { reads, writes, functionTimeoutSeconds } = steps[step];
  const retries = 'dispensable' in steps[step] ? [faultsOfLambda] : retryPolicies;
  const state = new LambdaInvoke(scope, step, {
    lambdaFunction: task,
    payload: payload(reads),
    payloadResponseOnly: true,
    retryOnServiceExceptions: false,
    resultPath: path(writes),
    taskTimeout: sfn.Timeout.duration(Duration.seconds(functionTimeoutSeconds + TIMEOUT_MARGIN_SECONDS)),
  });
  for (const retry of retries) state.addRetry(retry);
  return state;
}

/**
 * The callback state named like its wait: its function is given what the wait reads, and the token whose answer ends it. What the
 * function returns ends nothing, and nothing is written: the task that follows looks again, whatever has ended the wait.
 * https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token
 */
export function callbackState(scope: Construct, wait: WaitName, awaitChange: IFunction): sfn.TaskStateBase {
  const { reads, of } = waits[wait];
  const state = new LambdaInvoke(scope, wait, {
    lambdaFunction: awaitChange,
    integrationPattern: sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN,
    payload: payload(reads, { wait, taskToken: sfn.JsonPath.taskToken }),
    retryOnServiceExceptions: false,
    resultPath: sfn.JsonPath.DISCARD,
    taskTimeout: sfn.Timeout.at(`$.${of}.waitSeconds`),
  });
  state.addRetry(waitRetryPolicy);
  return state;
}

const payload = (reads: object, besides: Record<string, unknown> = {}) =>
  sfn.TaskInput.fromObject({
    contractVersion: sfn.JsonPath.numberAt('$.contractVersion'),
    ...besides,
    ...Object.fromEntries(Object.keys(reads).map((key) => [key, sfn.JsonPath.objectAt(path(key as StateKey))])),
  });
