// The machine as Amazon States Language, on its own: what reviewers read, and what engines in tests execute.
import { App, Stack } from 'aws-cdk-lib';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { StateGraph } from 'aws-cdk-lib/aws-stepfunctions';
import type { StepName } from './contract/steps.ts';
import { stepNames } from './contract/steps.ts';
import { rolloutDefinition } from './definition.ts';

/** The function ARN that stands for a step's function in the committed definition. */
export const functionArn = (step: StepName): string => `arn:aws:lambda:us-east-1:000000000000:function:${step}`;

/** The definition with `functionArn` for every function, as pretty-printed JSON with a newline at its end. */
export function synthesizeAsl(): string {
  const stack = new Stack(new App(), 'Rollout');
  const functions = Object.fromEntries(
    stepNames.map((step) => [step, LambdaFunction.fromFunctionArn(stack, `${step}Function`, functionArn(step))]),
  ) as Record<StepName, ReturnType<typeof LambdaFunction.fromFunctionArn>>;
  const graph = new StateGraph(rolloutDefinition(stack, functions).startState, 'rollout');
  // toJsonString, which the template uses too: resolving the graph itself would drop the nulls.
  const asl = JSON.parse(stack.resolve(stack.toJsonString(graph.toGraphJson())));
  return `${JSON.stringify(asl, null, 2)}\n`;
}
