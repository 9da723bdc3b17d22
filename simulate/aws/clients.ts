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

const operationOf = (command: Command) => command.constructor.name.replace(/Command$/, '');

/** An instance of the client's class, because paginators ask for one; of the class itself nothing runs. */
function client<Client extends object>(of: { prototype: Client }, service: ServiceName, send: Send): Client {
  return Object.create(of.prototype, {
    send: { value: (command: Command) => send(service, operationOf(command), command.input) },
    config: { value: {} },
  });
}

/**
 * The document client is made of a client's parts: what its middleware stack resolves to is called with the command's input,
 * not marshalled yet.
 */
function documentClient(send: Send): DynamoDBClient {
  const middlewareStack = {
    identify: () => ['serializerMiddleware'],
    concat: () => middlewareStack,
    resolve: () => async (command: Command) => ({
      output: await send('dynamodb', operationOf(command), command.input),
    }),
  };
  return Object.create(DynamoDBClient.prototype, {
    config: { value: { logger: undefined } },
    middlewareStack: { value: middlewareStack },
    send: { value: (command: Command) => send('dynamodb', operationOf(command), command.input) },
  });
}

/** Each made when it is first asked for: most functions use two or three. */
export class Clients {
  readonly #send: Send;

  constructor(send: Send) {
    this.#send = send;
  }

  get sageMaker(): SageMakerClient {
    return client(SageMakerClient, 'sagemaker', this.#send);
  }
  get runtime(): SageMakerRuntimeClient {
    return client(SageMakerRuntimeClient, 'sagemaker-runtime', this.#send);
  }
  get autoScaling(): ApplicationAutoScalingClient {
    return client(ApplicationAutoScalingClient, 'application-autoscaling', this.#send);
  }
  get s3(): S3Client {
    return client(S3Client, 's3', this.#send);
  }
  get dynamoDb(): DynamoDBClient {
    return documentClient(this.#send);
  }
  get ecr(): ECRClient {
    return client(ECRClient, 'ecr', this.#send);
  }
  get eventBridge(): EventBridgeClient {
    return client(EventBridgeClient, 'eventbridge', this.#send);
  }
  get sns(): SNSClient {
    return client(SNSClient, 'sns', this.#send);
  }
  get cloudWatch(): CloudWatchClient {
    return client(CloudWatchClient, 'cloudwatch', this.#send);
  }
  get logs(): CloudWatchLogsClient {
    return client(CloudWatchLogsClient, 'cloudwatch-logs', this.#send);
  }
  get states(): SFNClient {
    return client(SFNClient, 'sfn', this.#send);
  }
}
