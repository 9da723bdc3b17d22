// Takes a stack's endpoints out of service for good: scaling with its alarms, endpoint, then the configurations and models left over.
import {
  type ApplicationAutoScalingClient,
  DeregisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { type CloudWatchClient, DeleteAlarmsCommand, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import {
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { stepAlarmPrefix } from '../lambdas/core/scaling/own-steps.ts';
import { describeEndpoint, isMissing, type OwnEndpoint, ownEndpoints, unusedByEndpoints } from './own-hosting.ts';

export interface RetireOptions {
  sageMaker: SageMakerClient;
  autoScaling: ApplicationAutoScalingClient;
  cloudWatch: CloudWatchClient;
  stackName: string;
  tell(line: string): void;
  now?(): number;
  sleep?(milliseconds: number): Promise<void>;
}

const POLL_MILLISECONDS = 10_000;
/** An endpoint that is Creating cannot be deleted, and a container that crashes takes some 20 minutes to be noticed. */
const PATIENCE_MILLISECONDS = 60 * 60_000;
/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeEndpoint.html */
const BUSY = ['Creating', 'Updating', 'SystemUpdating', 'RollingBack'];

/** @throws when an endpoint is not gone after an hour; what was retired before stays retired, and it may be called again */
export async function retireEndpoints(options: RetireOptions): Promise<void> {
  const { sageMaker, stackName, tell } = options;
  for (const endpoint of await ownEndpoints(sageMaker, stackName)) await retire(endpoint, options);
  const { endpointConfigs, models, used } = await unusedByEndpoints(sageMaker, stackName);
  for (const { name } of endpointConfigs) {
    await unlessMissing(sageMaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: name })));
    tell(`deleted the configuration ${name}`);
  }
  for (const { name } of models) {
    await unlessMissing(sageMaker.send(new DeleteModelCommand({ ModelName: name })));
    tell(`deleted the model ${name}`);
  }
  for (const name of used) tell(`kept ${name}: an endpoint that is not this stack's serves with it`);
}

async function retire(endpoint: OwnEndpoint, options: RetireOptions): Promise<void> {
  const { sageMaker, autoScaling, cloudWatch, tell } = options;
  const { now = Date.now, sleep = (ms) => new Promise<void>((resolve) => setTimeout(resolve, ms)) } = options;
  const { name } = endpoint;
  const deadline = now() + PATIENCE_MILLISECONDS;
  for (const variant of endpoint.variants) {
    await removeAlarms(cloudWatch, `endpoint/${name}/variant/${variant}`);
    if (await deregister(autoScaling, name, variant)) tell(`${name}: removed the scaling of ${variant}`);
  }
  let asked = false;
  let seen = '';
  for (;;) {
    const status = (await describeEndpoint(sageMaker, name))?.status;
    if (status === undefined) break;
    if (status !== seen) tell(`${name}: ${status}`);
    seen = status;
    if (!asked && !BUSY.includes(status)) asked = status === 'Deleting' || (await askToDelete(sageMaker, name));
    if (now() > deadline) {
      throw new Error(`The endpoint ${name} is still ${status} after an hour. Try again when it has settled.`);
    }
    await sleep(POLL_MILLISECONDS);
  }
  tell(`${name}: gone`);
}

/** @returns false when it became busy in the meantime */
async function askToDelete(sageMaker: SageMakerClient, name: string): Promise<boolean> {
  try {
    await unlessMissing(sageMaker.send(new DeleteEndpointCommand({ EndpointName: name })));
    return true;
  } catch (error) {
    if (/Cannot update in-progress endpoint/.test((error as Error).message)) return false;
    throw error;
  }
}

/** Those that fire step policies, which go with their target. */
async function removeAlarms(client: CloudWatchClient, resourceId: string): Promise<void> {
  const AlarmNamePrefix = stepAlarmPrefix({ resourceId });
  for await (const { MetricAlarms = [] } of paginateDescribeAlarms({ client }, { AlarmNamePrefix })) {
    const AlarmNames = MetricAlarms.flatMap(({ AlarmName = '' }) => AlarmName);
    if (AlarmNames.length > 0) await client.send(new DeleteAlarmsCommand({ AlarmNames }));
  }
}

async function deregister(autoScaling: ApplicationAutoScalingClient, name: string, variant: string): Promise<boolean> {
  try {
    await autoScaling.send(
      new DeregisterScalableTargetCommand({
        ServiceNamespace: 'sagemaker',
        ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
        ResourceId: `endpoint/${name}/variant/${variant}`,
      }),
    );
    return true;
  } catch (error) {
    if ((error as Error).name === 'ObjectNotFoundException') return false;
    throw error;
  }
}

async function unlessMissing(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}
