// SDK clients of one running function: commands go to the simulated account as they are, without HTTP in between.
import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECRClient } from '@aws-sdk/client-ecr';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';

export type ServiceName =
  | 'sagemaker'
  | 'sagemaker-runtime'
  | 'application-autoscaling'
  | 's3'
  | 'dynamodb'
  | 'ecr'
  | 'eventbridge'
  | 'sns'
  | 'sfn'
  | 'cloudwatch'
  | 'cloudwatch-logs';

/** Makes one API call: resolves with its output, rejects as an SDK client would. */
export type Send = (service: ServiceName, operation: string, input: Record<string, unknown>) => Promise<object>;

interface Command {
  readonly input: Record<string, unknown>;
  readonly constructor: { readonly name: string };
}

const operations = new Map<Command['constructor'], string>();

function operationOf({ constructor: of }: Command): string {
  const known = operations.get(of);
  if (known !== undefined) return known;
  const operation = of.name.replace(/Command$/, '');
  operations.set(of, operation);
  return operation;
}

/** A client's class with another `send`, because paginators ask for one; of the class itself nothing runs. Made once: functions make many. */
function clientOf<Client extends object>(of: { prototype: Client }, service: ServiceName): (send: Send) => Client {
  const prototype = Object.create(of.prototype, {
    config: { value: { logger: undefined } },
    send: {
      value(this: { account: Send }, command: Command) {
        return this.account(service, operationOf(command), command.input);
      },
    },
  });
  return (send) => Object.assign(Object.create(prototype), { account: send });
}

const sageMaker = clientOf(SageMakerClient, 'sagemaker');
const runtime = clientOf(SageMakerRuntimeClient, 'sagemaker-runtime');
const autoScaling = clientOf(ApplicationAutoScalingClient, 'application-autoscaling');
const s3 = clientOf(S3Client, 's3');
const dynamoDb = clientOf(DynamoDBClient, 'dynamodb');
const ecr = clientOf(ECRClient, 'ecr');
const eventBridge = clientOf(EventBridgeClient, 'eventbridge');
const sns = clientOf(SNSClient, 'sns');
const cloudWatch = clientOf(CloudWatchClient, 'cloudwatch');
const logs = clientOf(CloudWatchLogsClient, 'cloudwatch-logs');
const states = clientOf(SFNClient, 'sfn');

/**
 * The document client is made of a client's parts: what its middleware stack resolves to is called with the command's input,
 * not marshalled yet.
 */
function documentParts(send: Send): DynamoDBClient {
  const middlewareStack = {
    identify: () => ['serializerMiddleware'],
    concat: () => middlewareStack,
    resolve: () => async (command: Command) => ({
      output: await send('dynamodb', operationOf(command), command.input),
    }),
  };
  return Object.assign(dynamoDb(send), { middlewareStack }) as never;
}

/** Each made when it is first asked for: most functions use two or three. */
export class Clients {
  readonly #send: Send;

  constructor(send: Send) {
    this.#send = send;
  }

  get sageMaker(): SageMakerClient {
    return sageMaker(this.#send);
  }
  get runtime(): SageMakerRuntimeClient {
    return runtime(this.#send);
  }
  get autoScaling(): ApplicationAutoScalingClient {
    return autoScaling(this.#send);
  }
  get s3(): S3Client {
    return s3(this.#send);
  }
  get dynamoDb(): DynamoDBClient {
    return documentParts(this.#send);
  }
  get ecr(): ECRClient {
    return ecr(this.#send);
  }
  get eventBridge(): EventBridgeClient {
    return eventBridge(this.#send);
  }
  get sns(): SNSClient {
    return sns(this.#send);
  }
  get cloudWatch(): CloudWatchClient {
    return cloudWatch(this.#send);
  }
  get logs(): CloudWatchLogsClient {
    return logs(this.#send);
  }
  get states(): SFNClient {
    return states(this.#send);
  }
}
