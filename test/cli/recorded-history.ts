// Histories as GetExecutionHistory gives them, made by running the real machine in process with scripted tasks.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { HistoryEvent, HistoryEventType } from '@aws-sdk/client-sfn';
import { StateMachine } from 'aws-local-stepfunctions';
import { type StepName, type StepOutput, stepNames } from '../../state-machine/contract/steps.ts';

/** What each task gives in turn, the last for ever; an Error is thrown, as Lambda passes it on. */
export type Script = { [Name in StepName]?: (StepOutput<Name> | Error)[] };

export const EXECUTION_ARN = 'arn:aws:states:us-east-1:111122223333:execution:Deployer-Rollout:rollout-1';
const asl = JSON.parse(readFileSync(path.join(import.meta.dirname, '../../state-machine/rollout.asl.json'), 'utf8'));

/** The virtual clock: an event every 50 ms, a wait as long as it says. */
const TICK_MS = 50;

export async function recordedHistory(script: Script): Promise<HistoryEvent[]> {
  const failures: Record<string, Error[]> = {};
  const handlers = stepNames.map((step) => {
    const values = [...(script[step] ?? [])];
    return [
      step,
      async () => {
        const value = values.length > 1 ? values.shift() : values[0];
        if (value === undefined) throw new Error(`The script has nothing for ${step}.`);
        if (!(value instanceof Error)) return JSON.parse(JSON.stringify(value));
        failures[step] = [...(failures[step] ?? []), value];
        throw value;
      },
    ];
  });
  const { eventLogs, result } = new StateMachine(asl, { validationOptions: { noValidate: true } }).run(
    { endpointName: 'iris' },
    {
      overrides: {
        taskResourceLocalHandlers: Object.fromEntries(handlers),
        waitTimeOverrides: { WaitForEndpoint: 0, WaitForRollback: 0, WaitForIdleEndpoint: 0 },
        retryIntervalOverrides: Object.fromEntries(stepNames.map((step) => [step, 0])),
      },
      context: { Execution: { Id: EXECUTION_ARN, Name: 'rollout-1', StartTime: '2026-01-01T00:00:00.000Z' } } as never,
    },
  );
  result.catch(() => {});

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
  const fail = (state: string) => {
    const { name: error, message } = failures[state]!.shift()!;
    const cause = JSON.stringify({ errorType: error, errorMessage: message, trace: [] });
    add('LambdaFunctionFailed', { lambdaFunctionFailedEventDetails: { error, cause } });
  };
  let caught = false;
  for await (const log of eventLogs) {
    if (log.type === 'ExecutionStarted')
      add(log.type, { executionStartedEventDetails: { input: JSON.stringify(log.input) } });
    if (log.type === 'StateEntered') {
      const { name, type, input } = log.state;
      caught = false;
      add(`${type}StateEntered`, { stateEnteredEventDetails: { name, input: JSON.stringify(input) } });
      if (type === 'Task') schedule();
      if (type === 'Wait') now += 1000 * secondsOf(name, input as never);
    }
    if (log.type === 'StateRetried') {
      fail(log.state.name);
      schedule();
    }
    if (log.type === 'StateCaught') {
      caught = true;
      fail(log.state.name);
    }
    if (log.type === 'StateExited') {
      const { name, type, output } = log.state;
      if (type === 'Task' && !caught) add('LambdaFunctionSucceeded', { lambdaFunctionSucceededEventDetails: {} });
      add(`${type}StateExited`, { stateExitedEventDetails: { name, output: JSON.stringify(output) } });
    }
    if (log.type === 'ExecutionSucceeded')
      add(log.type, { executionSucceededEventDetails: { output: JSON.stringify(log.output) } });
    if (log.type === 'ExecutionFailed')
      add(log.type, { executionFailedEventDetails: { error: log.Error, cause: log.Cause } });
  }
  return events;
}

function secondsOf(name: string, state: Record<string, { waitSeconds: number }>): number {
  const { SecondsPath } = asl.States[name] as { SecondsPath: string };
  return state[SecondsPath.split('.')[1]!]!.waitSeconds;
}
