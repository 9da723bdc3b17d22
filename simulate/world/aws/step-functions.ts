// Step Functions' own API over the executions of one account, as far as this system calls it.
import { AwsError, validationException } from '../../../local/hosting/aws-error.ts';
import type { Json } from '../../engine/asl.ts';
import type { Execution } from '../../engine/execution.ts';
import { type TaskTokens, TokenRefusal } from '../../engine/task-tokens.ts';

export interface StepFunctionsOfAccount {
  readonly executions: ReadonlyMap<string, Execution>;
  readonly tokens: TaskTokens;
  readonly start: (name: string, input: Json) => Execution;
  readonly now: () => number;
}

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html */
const LARGEST_OUTPUT_BYTES = 262_144;

export function callStepFunctions(
  { executions, tokens, start, now }: StepFunctionsOfAccount,
  operation: string,
  input: Record<string, unknown>,
): object {
  const find = () => {
    const found = executions.get(String(input.executionArn));
    if (found === undefined)
      throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${input.executionArn}'`);
    return found;
  };
  switch (operation) {
    case 'StartExecution': {
      const { arn, startedAt } = start(String(input.name), JSON.parse(String(input.input ?? '{}')));
      return { executionArn: arn, startDate: new Date(startedAt) };
    }
    case 'DescribeExecution': {
      const { arn, name, status, startedAt, stoppedAt, input: given, output, error, cause } = find();
      return {
        ...{ executionArn: arn, name, status, startDate: new Date(startedAt), input: JSON.stringify(given) },
        stopDate: stoppedAt === null ? undefined : new Date(stoppedAt),
        ...{
          output: output === null ? undefined : JSON.stringify(output),
          error: error ?? undefined,
          cause: cause ?? undefined,
        },
      };
    }
    case 'StopExecution':
      find().stop();
      return { stopDate: new Date(now()) };
    case 'ListExecutions': {
      const { statusFilter, maxResults = 100, nextToken = '0' } = input;
      const listed = [...executions.values()]
        .filter(({ status }) => statusFilter === undefined || status === statusFilter)
        .sort((one, other) => (other.stoppedAt ?? other.startedAt) - (one.stoppedAt ?? one.startedAt))
        .map(({ arn, name, status, startedAt, stoppedAt }) => ({
          ...{ executionArn: arn, name, status, startDate: new Date(startedAt) },
          stopDate: stoppedAt === null ? undefined : new Date(stoppedAt),
        }));
      const [from, to] = [Number(nextToken), Number(nextToken) + Number(maxResults)];
      return { executions: listed.slice(from, to), nextToken: to < listed.length ? String(to) : undefined };
    }
    case 'SendTaskSuccess':
    case 'SendTaskFailure':
    case 'SendTaskHeartbeat':
      return answerToken(tokens, operation, input);
    default:
      throw new Error(`The simulated Step Functions does not answer ${operation}.`);
  }
}

function answerToken(tokens: TaskTokens, operation: string, input: Record<string, unknown>): object {
  const { taskToken, output, error, cause = '' } = input;
  if (typeof taskToken !== 'string' || taskToken === '')
    throw validationException('Value at taskToken failed to satisfy constraint: length at least 1');
  try {
    if (operation === 'SendTaskHeartbeat') tokens.heartbeat(taskToken);
    else if (operation === 'SendTaskFailure') {
      // AWS documents no name for a failure without one.
      if (typeof error !== 'string') throw new Error('The simulated SendTaskFailure needs an error.');
      tokens.fail(taskToken, error, String(cause));
    } else {
      if (typeof output !== 'string' || Buffer.byteLength(output) > LARGEST_OUTPUT_BYTES)
        throw validationException(
          `Value at output failed to satisfy constraint: at most ${LARGEST_OUTPUT_BYTES} bytes`,
        );
      tokens.succeed(taskToken, output);
    }
  } catch (refusal) {
    if (!(refusal instanceof TokenRefusal)) throw refusal;
    throw new AwsError(refusal.name, refusal.message);
  }
  return {};
}
