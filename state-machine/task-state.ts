// From a step of the contract to its task state. The only place that knows JSONPath payloads.
import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { type StateKey, type StepName, steps } from './contract/steps.ts';
import { retryPolicies } from './retry-policies.ts';

/** The state's timeout beyond the function's own: Lambda's end comes first, with its own name, and a cold start has room. */
const TIMEOUT_MARGIN_SECONDS = 30;

export const path = (key: StateKey): string => `$.${key}`;

/**
 * The task state named like its step: its payload is what the step reads, its result goes where the step writes, and nowhere
 * else. Every error ends up at `onError`, with the error in `$.<errorKey>`.
 */
export function taskState(
  scope: Construct,
  step: StepName,
  task: IFunction,
  onError: { next: sfn.IChainable; errorKey: StateKey },
): sfn.TaskStateBase {
  const { reads, writes, functionTimeoutSeconds } = steps[step];
  const payload = Object.fromEntries(
    Object.keys(reads).map((key) => [key, sfn.JsonPath.objectAt(path(key as StateKey))]),
  );
  const state = new LambdaInvoke(scope, step, {
    lambdaFunction: task,
    payload: sfn.TaskInput.fromObject({ contractVersion: sfn.JsonPath.numberAt('$.contractVersion'), ...payload }),
    payloadResponseOnly: true,
    retryOnServiceExceptions: false,
    resultPath: path(writes),
    taskTimeout: sfn.Timeout.duration(Duration.seconds(functionTimeoutSeconds + TIMEOUT_MARGIN_SECONDS)),
  });
  for (const retry of retryPolicies) state.addRetry(retry);
  return state.addCatch(onError.next, { errors: ['States.ALL'], resultPath: path(onError.errorKey) });
}
