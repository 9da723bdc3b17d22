// Histories as GetExecutionHistory gives them, made by running the real machine with scripted tasks.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { HistoryEvent, HistoryEventType } from '@aws-sdk/client-sfn';
import { compile, type Json } from '../../simulate/engine/asl.ts';
import { Execution, TaskFailure } from '../../simulate/engine/execution.ts';
import { VirtualTime } from '../../simulate/engine/virtual-time.ts';
import { type StepName, type StepOutput, stepNames } from '../../state-machine/contract/steps.ts';
import { causeOf } from '../state-machine/run.ts';

/** What each task gives in turn, the last for ever; an Error is thrown, as Lambda passes it on. */
export type Script = { [Name in StepName]?: (StepOutput<Name> | Error)[] };

export const EXECUTION_ARN = 'arn:aws:states:us-east-1:111122223333:execution:Deployer-Rollout:rollout-1';
const asl = JSON.parse(readFileSync(path.join(import.meta.dirname, '../../state-machine/rollout.asl.json'), 'utf8'));

/** The virtual clock: an event every 50 ms, a wait as long as it says. */
const TICK_MS = 50;

export async function recordedHistory(script: Script): Promise<HistoryEvent[]> {
  const handlers = new Map<string, () => Promise<Json>>(
    stepNames.map((step) => {
      const values = [...(script[step] ?? [])];
      return [
        step,
        async () => {
          const value = values.length > 1 ? values.shift() : values[0];
          if (value === undefined) throw new Error(`The script has nothing for ${step}.`);
          if (value instanceof Error) throw value;
          return JSON.parse(JSON.stringify(value));
        },
      ];
    }),
  );
  const events: HistoryEvent[] = [];
  let now = Date.UTC(2026, 0, 1);
  const add = (type: string, details: object = {}) => {
    events.push({ id: events.length + 1, timestamp: new Date(now), type: type as HistoryEventType, ...details });
    now += TICK_MS;
  };
  const schedule = () => {
    add('LambdaFunctionScheduled', { lambdaFunctionScheduledEventDetails: { resource: 'arn:aws:lambda:...' } });
    add('LambdaFunctionStarted');
  };
  // As Step Functions tells of a wait that ends with its time.
  const timeOut = () => {
    for (const type of ['TaskScheduled', 'TaskStarted', 'TaskSubmitted']) add(type);
    add('TaskTimedOut', { taskTimedOutEventDetails: { error: 'States.Timeout' } });
    throw new TaskFailure('States.Timeout', '');
  };
  const invoke = async (resource: string) => {
    if (resource.endsWith(':AwaitChange')) return timeOut();
    schedule();
    try {
      const output = await handlers.get(resource.slice(resource.lastIndexOf(':') + 1))!();
      add('LambdaFunctionSucceeded', { lambdaFunctionSucceededEventDetails: {} });
      return output;
    } catch (error) {
      const { name } = error as Error;
      const cause = causeOf(error as Error);
      add('LambdaFunctionFailed', { lambdaFunctionFailedEventDetails: { error: name, cause } });
      throw new TaskFailure(name, cause);
    }
  };
  const watch = ({ position }: Execution, moment: 'entering' | 'left', name: string) => {
    const { Type } = asl.States[name];
    const data = JSON.stringify(position.data);
    if (moment === 'left') return add(`${Type}StateExited`, { stateExitedEventDetails: { name, output: data } });
    add(`${Type}StateEntered`, { stateEnteredEventDetails: { name, input: data } });
    if (asl.States[name].TimeoutSecondsPath !== undefined) now += 1000 * secondsOf(name, position.data as never);
  };
  const ended = (execution: Execution) => {
    const { status, position, output, error, cause } = execution;
    if (status !== 'SUCCEEDED') return add('ExecutionFailed', { executionFailedEventDetails: { error, cause } });
    watch(execution, 'left', position.state);
    add('ExecutionSucceeded', { executionSucceededEventDetails: { output: JSON.stringify(output) } });
  };
  const input = { endpointName: 'iris' };
  add('ExecutionStarted', { executionStartedEventDetails: { input: JSON.stringify(input) } });
  const time = new VirtualTime(now);
  new Execution(
    compile(asl),
    { time, random: () => 0.5, invoke, watch, ended },
    { arn: EXECUTION_ARN, name: 'rollout-1', input },
  );
  await time.run();
  return events;
}

function secondsOf(name: string, state: Record<string, { waitSeconds: number }>): number {
  const { TimeoutSecondsPath } = asl.States[name] as { TimeoutSecondsPath: string };
  return state[TimeoutSecondsPath.split('.')[1]!]!.waitSeconds;
}
