/** A simulated account on virtual time with real SDK clients, and the shortest calls that make something in it. */

import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  type CreateEndpointConfigInput,
  CreateModelCommand,
  DescribeEndpointCommand,
  type ProductionVariant,
  SageMakerClient,
  UpdateEndpointCommand,
  type UpdateEndpointInput,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { Hosting, type HostingOptions } from '../../local/hosting/hosting.ts';
import { InProcessFleet, type InProcessFleetOptions } from '../../local/hosting/in-process-fleet.ts';

export const ROLE = 'arn:aws:iam::000000000000:role/sagemaker-execution';
export const IMAGE = '000000000000.dkr.ecr.us-east-1.amazonaws.com/serving:1';
export const SECOND = 1_000;

export class Account {
  now = Date.UTC(2026, 0, 1);
  readonly fleet: InProcessFleet;
  readonly hosting: Hosting;
  readonly sagemaker: SageMakerClient;
  readonly runtime: SageMakerRuntimeClient;
  readonly scaling: ApplicationAutoScalingClient;
  readonly cloudwatch: CloudWatchClient;

  constructor(options: HostingOptions = {}, fleet: InProcessFleetOptions = {}) {
    this.fleet = new InProcessFleet(fleet);
    this.hosting = new Hosting({
      now: () => this.now,
      fleet: this.fleet,
      provisioning: () => 300 * SECOND,
      ...options,
    });
    const client = { ...this.hosting.client(), maxAttempts: 1 };
    this.sagemaker = new SageMakerClient(client);
    this.runtime = new SageMakerRuntimeClient(client);
    this.scaling = new ApplicationAutoScalingClient(client);
    this.cloudwatch = new CloudWatchClient(client);
  }

  async model(ModelName: string): Promise<void> {
    const PrimaryContainer = { Image: IMAGE, ModelDataUrl: `s3://bucket/${ModelName}/model.tar.gz` };
    await this.sagemaker.send(new CreateModelCommand({ ModelName, ExecutionRoleArn: ROLE, PrimaryContainer }));
  }

  /** A config and a model of the same name; one variant "primary" unless others are given. */
  async config(name: string, variant: Partial<ProductionVariant> = {}, more: Partial<CreateEndpointConfigInput> = {}) {
    await this.model(name);
    const only = {
      VariantName: 'primary',
      ModelName: name,
      InstanceType: 'ml.m5.large',
      InitialInstanceCount: 2,
    } as const;
    const ProductionVariants = [{ ...only, ...variant }];
    await this.sagemaker.send(
      new CreateEndpointConfigCommand({ EndpointConfigName: name, ProductionVariants, ...more }),
    );
  }

  async endpoint(EndpointName: string, EndpointConfigName: string): Promise<void> {
    await this.sagemaker.send(new CreateEndpointCommand({ EndpointName, EndpointConfigName }));
  }

  /** An endpoint that serves a config, both new. */
  async serving(EndpointName: string, config: string): Promise<void> {
    await this.config(config);
    await this.endpoint(EndpointName, config);
    this.pass(300);
  }

  async update(EndpointName: string, EndpointConfigName: string, more: Partial<UpdateEndpointInput> = {}) {
    await this.sagemaker.send(new UpdateEndpointCommand({ EndpointName, EndpointConfigName, ...more }));
  }

  async describe(EndpointName: string) {
    return await this.sagemaker.send(new DescribeEndpointCommand({ EndpointName }));
  }

  async status(EndpointName: string) {
    return (await this.describe(EndpointName)).EndpointStatus;
  }

  /** What the endpoint answers: by default the name of the model that answered. */
  async invoke(EndpointName: string, TargetVariant?: string): Promise<{ model: string }> {
    const Body = '{"instances":[]}';
    const ContentType = 'application/json';
    const answer = await this.runtime.send(
      new InvokeEndpointCommand({ EndpointName, Body, ContentType, TargetVariant }),
    );
    return JSON.parse(Buffer.from(answer.Body).toString());
  }

  pass(seconds: number): void {
    this.now += seconds * SECOND;
  }
}

/** Code and text of the error with which a call ends; fails if it does not. */
export async function failure(call: Promise<unknown>): Promise<[code: string, message: string]> {
  try {
    await call;
  } catch (error) {
    return [(error as Error).name, (error as Error).message];
  }
  throw new Error('expected the call to fail');
}
