// The machine as Amazon States Language, on its own: what reviewers read, and what engines in tests execute.
import { App, Stack } from 'aws-cdk-lib';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { State, StateGraph } from 'aws-cdk-lib/aws-stepfunctions';
import type { StepName } from './contract/steps.ts';
import { stepNames } from './contract/steps.ts';
import { rolloutDefinition } from './definition.ts';

/** The function ARN that stands for a step's function in the committed definition. */
export const functionArn = (step: StepName): string => `arn:aws:lambda:us-east-1:000000000000:function:${step}`;

interface Synthesized {
  /** The definition with `functionArn` for every function, as pretty-printed JSON with a newline at its end. */
  readonly asl: string;
  /** The names of each fragment's states, all in the order in which the code makes them. */
  readonly fragments: ReadonlyMap<string, readonly string[]>;
}

export function synthesizeMachine(): Synthesized {
  const stack = new Stack(new App(), 'Rollout');
  const functions = Object.fromEntries(
    stepNames.map((step) => [step, LambdaFunction.fromFunctionArn(stack, `${step}Function`, functionArn(step))]),
  ) as Record<StepName, ReturnType<typeof LambdaFunction.fromFunctionArn>>;
  const graph = new StateGraph(rolloutDefinition(stack, functions).startState, 'rollout');
  // toJsonString, which the template uses too: resolving the graph itself would drop the nulls.
  const asl = JSON.parse(stack.resolve(stack.toJsonString(graph.toGraphJson())));

  const made = stack.node.findAll().filter((construct) => construct instanceof State);
  const unreachable = made.filter(({ stateId }) => !(stateId in asl.States)).map(({ stateId }) => stateId);
  if (unreachable.length > 0) throw new Error(`No state leads to ${unreachable.join(', ')}.`);
  const fragments = Map.groupBy(made, ({ node }) => node.scope!.node.id);
  // The graph has them in the order in which it came across them.
  asl.States = Object.fromEntries(made.map(({ stateId }) => [stateId, asl.States[stateId]]));
  return {
    asl: `${JSON.stringify(asl, null, 2)}\n`,
    fragments: new Map([...fragments].map(([name, states]) => [name, states.map(({ stateId }) => stateId)])),
  };
}

/** The definition alone. */
export const synthesizeAsl = (): string => synthesizeMachine().asl;
