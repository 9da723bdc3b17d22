// Two clients as people write them today: what they do, call for call, after the sources of the tools that they stand for.
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  DescribeEndpointCommand,
  UpdateEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import { ENDPOINT } from '../world/bases.ts';
import type { World } from '../world/functions.ts';
import { ACCOUNT, EXECUTION_ROLE, PLATFORM, REGION } from '../world/stack-names.ts';

export interface Wish {
  /** Of the upload, which they let SageMaker read where it lies. */
  readonly key: string;
  /** What makes names unique: a time stamp there, a random prefix here. */
  readonly stamp: string;
}
export type BaselineClient = (world: World, wish: Wish) => Promise<{ deployed: true }>;

const Image = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/serving:one`;
const missing = (error: unknown) => /could not find/i.test((error as Error).message);

async function make({ clients: { sageMaker } }: World, { key, stamp }: Wish): Promise<string> {
  const name = `${ENDPOINT}-${stamp}`;
  const PrimaryContainer = { Image, ModelDataUrl: `s3://${PLATFORM.bucketName}/${key}` };
  await sageMaker.send(new CreateModelCommand({ ModelName: name, ExecutionRoleArn: EXECUTION_ROLE, PrimaryContainer }));
  await sageMaker.send(
    new CreateEndpointConfigCommand({
      EndpointConfigName: name,
      ProductionVariants: [
        {
          VariantName: 'primary',
          ModelName: name,
          InstanceType: 'ml.m5.large',
          InitialInstanceCount: 1,
          InitialVariantWeight: 1,
        },
      ],
    }),
  );
  return name;
}

/**
 * `Model.deploy` and `Predictor.update_endpoint`: make model and configuration, create or update, look every 30 s until the
 * status is not transitional, raise unless it is InService.
 * https://github.com/aws/sagemaker-python-sdk/blob/v2.232.0/src/sagemaker/session.py (endpoint_from_production_variants,
 * update_endpoint, wait_for_endpoint)
 */
export const pythonSdk: BaselineClient = async (world, wish) => {
  const { sageMaker } = world.clients;
  const name = await make(world, wish);
  const input = { EndpointName: ENDPOINT, EndpointConfigName: name };
  if (await exists(world)) await sageMaker.send(new UpdateEndpointCommand(input));
  else await sageMaker.send(new CreateEndpointCommand(input));
  for (;;) {
    const { EndpointStatus, FailureReason } = await sageMaker.send(
      new DescribeEndpointCommand({ EndpointName: ENDPOINT }),
    );
    if (EndpointStatus === 'InService') return { deployed: true };
    if (!/ing$/.test(EndpointStatus ?? ''))
      throw new Error(`Error hosting endpoint: ${EndpointStatus} ${FailureReason}`);
    await world.clock.sleep(30_000);
  }
};

async function exists(world: World): Promise<boolean> {
  try {
    await world.clients.sageMaker.send(new DescribeEndpointCommand({ EndpointName: ENDPOINT }));
    return true;
  } catch (error) {
    if (missing(error)) return false;
    throw error;
  }
}

/**
 * `aws_sagemaker_model`, `aws_sagemaker_endpoint_configuration` with create_before_destroy, and `aws_sagemaker_endpoint`: create
 * or update, look every 10 s until InService, then destroy what was replaced.
 * https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/sagemaker/endpoint.go
 */
export const terraform: BaselineClient = async (world, wish) => {
  const { sageMaker } = world.clients;
  // The state file knows what was made before; here the endpoint says it.
  const before = await sageMaker
    .send(new DescribeEndpointCommand({ EndpointName: ENDPOINT }))
    .then(({ EndpointConfigName }) => EndpointConfigName!)
    .catch((error) => {
      if (missing(error)) return null;
      throw error;
    });
  const name = await make(world, wish);
  const input = { EndpointName: ENDPOINT, EndpointConfigName: name };
  await sageMaker.send(
    before === null ? new CreateEndpointCommand(input) : (new UpdateEndpointCommand(input) as never),
  );
  for (;;) {
    const { EndpointStatus, FailureReason } = await sageMaker.send(
      new DescribeEndpointCommand({ EndpointName: ENDPOINT }),
    );
    if (EndpointStatus === 'InService') break;
    if (EndpointStatus === 'Failed') throw new Error(`waiting for SageMaker Endpoint (${ENDPOINT}): ${FailureReason}`);
    await world.clock.sleep(10_000);
  }
  if (before !== null && before !== name) {
    await sageMaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: before }));
    await sageMaker.send(new DeleteModelCommand({ ModelName: before }));
  }
  return { deployed: true };
};
