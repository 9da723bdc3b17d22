// Runs a machine on the engine of the simulation: waits and retries pass in virtual time. What the function of a callback state
// returns is sent as the answer to its token.
import { compile, type Json } from '../../simulate/engine/asl.ts';
import { Execution, TaskFailure } from '../../simulate/engine/execution.ts';
import { TaskTokens } from '../../simulate/engine/task-tokens.ts';
import { VirtualTime } from '../../simulate/engine/virtual-time.ts';
import { causeOf, type Engine, EXECUTION, EXECUTION_ARN, type Handlers, MAXIMUM_STATES, tooLong } from './run.ts';

export const onOurEngine: Engine = async (definition, handlersOf, input) => {
  const handlers = handlersOf();
  const time = new VirtualTime(Date.parse(EXECUTION.startedAt));
  const tokens = new TaskTokens(() => time.now);
  const execution = new Execution(
    compile(definition),
    {
      ...{ time, tokens },
      // Where each retry is drawn does not matter here.
      random: () => 0.5,
      invoke: async (resource, payload) => {
        const handler = handlers[resource.slice(resource.lastIndexOf(':') + 1) as keyof Handlers];
        // Through JSON, as every payload and result of a function goes.
        const answer = JSON.stringify(await handler(JSON.parse(JSON.stringify(payload))).catch(fail));
        const { taskToken } = payload as { taskToken?: string };
        if (taskToken !== undefined) tokens.succeed(taskToken, answer);
        return JSON.parse(answer);
      },
      watch: (each) => each.states.length > MAXIMUM_STATES && each.stop(),
    },
    { arn: EXECUTION_ARN, name: EXECUTION.name, input: input as Json },
  );
  await time.run();
  if (execution.status === 'ABORTED') throw tooLong(execution.states);
  const { status, output, error, cause, states, caught, retried, events, largestStateBytes } = execution;
  return {
    ...{ succeeded: status === 'SUCCEEDED', output, error, cause, states, caught, events, largestStateBytes },
    retried: retried.map((each) => each.slice(0, each.indexOf(':'))),
  };
};

function fail(error: Error): never {
  throw new TaskFailure(error.name, causeOf(error));
}
