// The machine as Amazon States Language, on its own: what reviewers read, and what engines in tests execute.
import { App, Stack } from 'aws-cdk-lib';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { State, StateGraph } from 'aws-cdk-lib/aws-stepfunctions';
import { stepNames } from './contract/steps.ts';
import { AWAIT_CHANGE } from './contract/waits.ts';
import { rolloutDefinition } from './definition.ts';
import type { MachineFunctions } from './states.ts';

/** The function ARN that stands for a function in the committed definition. */
export const functionArn = (name: keyof MachineFunctions): string =>
  `arn:aws:lambda:us-east-1:000000000000:function:${name}`;

interface Synthesized {
  /** The definition with `functionArn` for every function, as pretty-printed JSON with a newline at its end. */
  readonly asl: string;
  /** The names of each fragment's states, all in the order in which the code makes them. */
  readonly fragments: ReadonlyMap<string, readonly string[]>;
}

export function synthesizeMachine(): Synthesized {
  const stack = new Stack(new App(), 'Rollout');
  const functions = Object.fromEntries(
    ([...stepNames, AWAIT_CHANGE] as const).map((name) => [
      name,
      LambdaFunction.fromFunctionArn(stack, `${name}Function`, functionArn(name)),
    ]),
  ) as MachineFunctions;
  const graph = new StateGraph(rolloutDefinition(stack, functions).startState, 'rollout');
  // toJsonString, which the template uses too: resolving the graph itself would drop the nulls.
  const asl = JSON.parse(withPartition(stack.resolve(stack.toJsonString(graph.toGraphJson()))));

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

/** The partition is known to CloudFormation alone; here it is the one that the functions' ARNs have. */
function withPartition(resolved: string | { 'Fn::Join': [string, (string | { Ref: string })[]] }): string {
  if (typeof resolved === 'string') return resolved;
  const [separator, parts] = resolved['Fn::Join'];
  return parts.map((part) => (typeof part === 'string' ? part : 'aws')).join(separator);
}
