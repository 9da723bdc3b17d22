/** What SageMaker keeps of models, endpoint configurations and endpoints. */

import type {
  ContainerDefinition,
  CreateEndpointConfigInput,
  CreateModelInput,
  DataCaptureConfig,
  DeploymentConfig,
  DescribeEndpointOutput,
  EndpointStatus,
  ProductionVariant,
  ProductionVariantServerlessConfig,
  VariantStatus,
} from '@aws-sdk/client-sagemaker';
import type { VariantServer } from './fleet.ts';

export interface ModelRecord {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly input: CreateModelInput;
  /** The one container that answers. */
  readonly container: ContainerDefinition;
}

export interface EndpointConfigRecord {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly input: CreateEndpointConfigInput;
}

/** One copy of a variant's container, which answers one request at a time. */
export interface Environment {
  isBusy: boolean;
  usedAt: number;
}

export interface Variant {
  readonly name: string;
  readonly production: ProductionVariant;
  readonly model: ModelRecord;
  readonly server: VariantServer;
  readonly resolvedImage: string;
  readonly startedAt: number;
  currentWeight: number;
  desiredWeight: number;
  /** Undefined for serverless variants. */
  currentCount: number | undefined;
  desiredCount: number | undefined;
  /** Undefined for variants on instances. */
  currentServerless: ProductionVariantServerlessConfig | undefined;
  desiredServerless: ProductionVariantServerlessConfig | undefined;
  /** Of a serverless variant, those that are warm. */
  readonly environments: Environment[];
  /** From the start of a container to its healthy /ping, as it was measured: an added instance needs it again. */
  startupMs: number;
}

export interface Fleet {
  readonly config: EndpointConfigRecord;
  readonly dataCapture: DataCaptureConfig | undefined;
  readonly variants: readonly Variant[];
}

/** A fleet on its way in; `share` of the traffic goes to it already. */
export interface Arriving {
  readonly fleet: Fleet;
  readonly startedAt: number;
  share: number;
  stage: VariantStatus;
  stageSince: number;
}

/** The moment at which a wait was over, at most `now`; undefined while it goes on. `due`: when it will be, where that is known. */
export type Wait = ((now: number) => number | undefined) & { readonly due?: number };
/** A change of the endpoint, told from its start to its end; it resumes with the moment at which its wait was over. */
export type Transition<Result = void> = Generator<Wait, Result, number>;

export interface Endpoint {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  modifiedAt: number;
  status: EndpointStatus;
  failureReason: string | undefined;
  configName: string;
  /** What serves; undefined until the endpoint was once in service. */
  fleet: Fleet | undefined;
  arriving: Arriving | undefined;
  /** The deployment config of the last completed deployment; RetainDeploymentConfig uses it again. */
  deploymentConfig: DeploymentConfig | undefined;
  lastDeploymentConfig: DeploymentConfig | undefined;
  transition: Transition | undefined;
  waitingFor: Wait | undefined;
  /** Draws in [0, 1) that route by weight. */
  readonly random: () => number;
  /** What Describe showed and since when, newest last; kept only where Describe is stale. */
  readonly views: { readonly at: number; readonly view: DescribeEndpointOutput }[];
  fleets(): Fleet[];
}
