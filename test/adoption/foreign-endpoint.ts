// An account with an endpoint `iris` that something else made, and that was given to the stack by its tag.
import { DescribeEndpointCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { answersOf } from '../../lambdas/core/naming/object-keys.ts';
import { STACK_TAG } from '../../lambdas/core/naming/ownership-tags.ts';
import type { HostingOptions } from '../../local/hosting/hosting-options.ts';
import { callHosting } from '../../simulate/world/aws/hosting-calls.ts';
import {
  ACCOUNT,
  ANSWERS_TOPIC,
  EXECUTION_ROLE,
  FAILURES_TOPIC,
  PLATFORM,
  REGION,
  STACK,
} from '../../simulate/world/stack-names.ts';
import type { ResolvedRequest } from '../../state-machine/contract/resolved-request.ts';
import { RolloutAccount } from '../rollout/rollout-account.ts';
import { type Leaf, withLeaf } from './leaves.ts';

type Members = Record<string, unknown>;

export const CAPTURE_S3_URI = `s3://${PLATFORM.bucketName}/capture/iris/`;
export const ANSWERS = answersOf(PLATFORM.bucketName, 'iris');
const IMAGE = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/serving:one`;
const ModelDataUrl = 's3://theirs/model.tar.gz';

const instance = { InstanceType: 'ml.m5.large', InitialInstanceCount: 1 };
const variant = { VariantName: 'live', ModelName: 'theirs', ...instance };
const DataCaptureConfig = {
  ...{ EnableCapture: true, InitialSamplingPercentage: 10, DestinationS3Uri: CAPTURE_S3_URI },
  CaptureOptions: [{ CaptureMode: 'Input' }],
  CaptureContentTypeHeader: { JsonContentTypes: ['application/json'], CsvContentTypes: ['text/csv'] },
};

/** The response is included in messages of topics that there are. */
const asynchronous = (path: string) => ({
  OutputConfig: {
    S3OutputPath: ANSWERS.outputS3Uri,
    ...(path.includes('IncludeInferenceResponseIn') && {
      NotificationConfig: { SuccessTopic: ANSWERS_TOPIC, ErrorTopic: FAILURES_TOPIC },
    }),
  },
});

/** What a leaf needs beside it, so that it alone is what is out of the way. */
export function endpointConfigWith(leaf: Leaf | null, ModelName = 'theirs'): Members {
  const path = leaf?.path ?? '';
  const { InstanceType: _, InitialInstanceCount: __, ...onNothing } = variant;
  const only = path.includes('Variants[].ServerlessConfig')
    ? onNothing
    : path.includes('Variants[].InstancePools')
      ? { ...onNothing, InitialInstanceCount: 1 }
      : variant;
  const isOfShadow = path.startsWith('ShadowProductionVariants');
  const base = {
    EndpointConfigName: 'theirs',
    ProductionVariants: [{ ...(isOfShadow ? variant : only), ModelName }],
    ...(isOfShadow && { ShadowProductionVariants: [{ ...only, VariantName: 'shadow', ModelName }] }),
    ...(path.startsWith('DataCaptureConfig') && { DataCaptureConfig }),
    ...(path.startsWith('AsyncInferenceConfig') && { AsyncInferenceConfig: asynchronous(path) }),
  };
  return leaf === null ? base : withLeaf('CreateEndpointConfig', base, leaf);
}

export function modelWith(leaf: Leaf | null): Members {
  const path = leaf?.path ?? '';
  const container = { Image: IMAGE, ModelDataUrl };
  const isPipeline = path.startsWith('Containers') || path.startsWith('InferenceExecutionConfig');
  const base = {
    ...{ ModelName: 'theirs', ExecutionRoleArn: EXECUTION_ROLE },
    ...(isPipeline ? { Containers: [container] } : { PrimaryContainer: container }),
  };
  return leaf === null ? base : withLeaf('CreateModel', base, leaf);
}

/** A request that says nothing of settings but this: PlanRollout takes the others from the endpoint. */
export const askingFor = (asked: Asked = {}) => ({ merged: { keptFrom: null, asked } });
type Asked = NonNullable<ResolvedRequest['merged']>['asked'];

/** The functions that read the endpoint do so with AWS's own client, which leaves out what it does not know. */
export class ForeignAccount extends RolloutAccount {
  readonly #sageMaker = new SageMakerClient({ ...this.hosting.client(), maxAttempts: 1 });

  constructor(hosting: HostingOptions = {}) {
    super(hosting);
    this.worldOf = (step, { clients, clock }) => {
      const get = (of: typeof clients, name: keyof typeof clients) =>
        name === 'sageMaker' ? this.#sageMaker : of[name];
      return { clock, clients: step === 'PlanRollout' ? new Proxy(clients, { get: get as never }) : clients };
    };
  }

  call(operation: string, input: Members): Promise<object> {
    return callHosting(this.hosting, 'sagemaker', operation, input);
  }

  /** The endpoint serves, and is the stack's. */
  async adopt(endpointConfig: Members, model: Members): Promise<void> {
    await this.call('CreateModel', model);
    await this.call('CreateEndpointConfig', endpointConfig);
    const { EndpointConfigName } = endpointConfig;
    await this.call('CreateEndpoint', { EndpointName: 'iris', EndpointConfigName });
    await this.pass(600_000);
    const ResourceArn = `arn:aws:sagemaker:${REGION}:${ACCOUNT}:endpoint/iris`;
    await this.call('AddTags', { ResourceArn, Tags: [{ Key: STACK_TAG, Value: STACK }] });
    // What a client loads with its first call takes real time, and virtual time would not wait for it.
    await this.#sageMaker.send(new DescribeEndpointCommand({ EndpointName: 'iris' }));
    this.hosting.calls.length = 0;
  }
}
