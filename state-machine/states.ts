// What a fragment makes its states with, and the conditions that its choices ask. Names of outputs stand for paths.
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { StateKey, StepName } from './contract/steps.ts';
import { AWAIT_CHANGE, type WaitName } from './contract/waits.ts';
import { initialState } from './initial-state.ts';
import { callbackState, type Field, type Output, path, taskState } from './task-state.ts';

/** The functions that the machine invokes: one for each step, and one for all waits. */
export type MachineFunctions = Record<StepName | typeof AWAIT_CHANGE, IFunction>;

/** The outputs that have such a field. */
type KeyWith<Name extends string> = { [Key in StateKey]: Name extends Field<Key> ? Key : never }[StateKey];
type Verdict<Key extends StateKey> = Extract<Output<Key>, { verdict: string }>['verdict'];
/** A Fail state that ends with the error that an output carries. */
interface FailWith<Key extends StateKey> {
  readonly output: Key;
  readonly error: Field<Key>;
  readonly cause: Field<Key>;
}

export const verdictIs = <Key extends KeyWith<'verdict'>>(key: Key, verdict: Verdict<Key>): sfn.Condition =>
  sfn.Condition.stringEquals(path<KeyWith<'verdict'>>(key, 'verdict'), verdict);
export const isTrue = <Key extends StateKey>(key: Key, field: Field<Key>): sfn.Condition =>
  sfn.Condition.booleanEquals(path(key, field), true);
/** Of a field that a plan of before it was known lacks. */
export const isTrueIfThere = <Key extends StateKey>(key: Key, field: Field<Key>): sfn.Condition =>
  sfn.Condition.and(sfn.Condition.isPresent(path(key, field)), isTrue(key, field));
export const isThere = <Key extends StateKey>(key: Key, field: Field<Key>): sfn.Condition =>
  sfn.Condition.isPresent(path(key, field));
export const isNull = <Key extends StateKey>(key: Key, field?: Field<Key>): sfn.Condition =>
  sfn.Condition.isNull(path(key, field));
export const { and, or } = sfn.Condition;

/** Makes the states of one fragment in `scope`. */
export function statesIn(scope: Construct, functions: MachineFunctions) {
  const tasks: sfn.TaskStateBase[] = [];
  /** Where every error of a task leads; `errorKey` is where the error is kept. */
  const onFailure = (task: sfn.TaskStateBase, next: sfn.IChainable, errorKey: StateKey = 'failure'): void => {
    task.addCatch(next, { errors: ['States.ALL'], resultPath: path(errorKey) });
  };
  return {
    /** Builds the execution's state. A CustomState, because CDK's Pass drops the nulls. */
    receive: (name: string) =>
      new sfn.CustomState(scope, name, { stateJson: { Type: 'Pass', Parameters: initialState() } }),
    task: (step: StepName): sfn.TaskStateBase => {
      const task = taskState(scope, step, functions[step]);
      tasks.push(task);
      return task;
    },
    /** A task without which the rollout goes on: the fragment says where its failure leads. */
    dispensable: (step: StepName): sfn.TaskStateBase => taskState(scope, step, functions[step]),
    choice: (name: string) => new sfn.Choice(scope, name),
    /** Until somebody answers its token, or as long as the output says whose wait it is. */
    wait: (name: WaitName): sfn.TaskStateBase => callbackState(scope, name, functions[AWAIT_CHANGE]),
    /** An answer, the end of the time and an error of the function lead to the same look. */
    lookAfter: (wait: sfn.TaskStateBase, look: sfn.TaskStateBase): sfn.IChainable => {
      wait.addCatch(look, { errors: ['States.ALL'], resultPath: sfn.JsonPath.DISCARD });
      return wait.next(look);
    },
    /** The failure that comes with a verdict is the rollout's. */
    keepFailure: (name: string, of: KeyWith<'failure'>) =>
      new sfn.Pass(scope, name, { inputPath: path(of, 'failure'), resultPath: path('failure') }),
    forget: (name: string, key: StateKey) =>
      new sfn.Pass(scope, name, { result: sfn.Result.fromObject({}), resultPath: path(key) }),
    succeed: (name: string, key: StateKey) => new sfn.Succeed(scope, name, { outputPath: path(key) }),
    fail: (name: string, error: string, cause: string) => new sfn.Fail(scope, name, { error, cause }),
    failWith: <Key extends StateKey>(name: string, { output, error, cause }: FailWith<Key>) =>
      new sfn.Fail(scope, name, { errorPath: path(output, error), causePath: path(output, cause) }),
    onFailure,
    /** The same for every task of the fragment. */
    onAnyFailure: (next: sfn.IChainable, errorKey?: StateKey): void => {
      for (const task of tasks) onFailure(task, next, errorKey);
    },
  };
}
export type States = ReturnType<typeof statesIn>;
