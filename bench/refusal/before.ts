// How long it took before models were tried: until SageMaker told, on virtual time, and the machine looked.
import { Hosting } from '../../local/hosting/hosting.ts';
import { InProcessFleet } from '../../local/hosting/in-process-fleet.ts';

export const PROVISIONING_SECONDS = 300;

/** As the build d1df763 polled: max(5 s, 2 % of the time waited), at most 90 s. */
const pollSeconds = (waitedSeconds: number): number => Math.min(90, Math.max(5, Math.floor(0.02 * waitedSeconds)));

/**
 * Seconds from CreateEndpoint to the first look that shows how it ended. The calls and the rollback after it, and the golden
 * requests of a model that comes up, took more: left out, so that the ratio flatters what was before.
 *
 * @param comesUp whether its container gets healthy, as it does with wrong golden answers
 */
export async function toldBefore(comesUp: boolean): Promise<number> {
  let now = Date.UTC(2026, 0, 1);
  const began = now;
  const hosting = new Hosting({
    now: () => now,
    fleet: new InProcessFleet({ startup: () => (comesUp ? 0 : 'never') }),
    provisioning: () => PROVISIONING_SECONDS * 1000,
  });
  const call = (operation: string, input: Record<string, unknown>) =>
    hosting.call({ service: 'sagemaker', operation, input }) as Promise<{ EndpointStatus?: string }>;
  const role = 'arn:aws:iam::000000000000:role/execution';
  const image = '000000000000.dkr.ecr.us-east-1.amazonaws.com/serving@sha256:'.concat('0'.repeat(64));
  const PrimaryContainer = { Image: image, ModelDataUrl: 's3://bucket/model.tar.gz' };
  await call('CreateModel', { ModelName: 'model', ExecutionRoleArn: role, PrimaryContainer });
  const variant = { VariantName: 'primary', ModelName: 'model', InstanceType: 'ml.m5.large', InitialInstanceCount: 1 };
  await call('CreateEndpointConfig', { EndpointConfigName: 'config', ProductionVariants: [variant] });
  await call('CreateEndpoint', { EndpointName: 'endpoint', EndpointConfigName: 'config' });
  for (;;) {
    now += 1000 * pollSeconds((now - began) / 1000);
    const { EndpointStatus } = await call('DescribeEndpoint', { EndpointName: 'endpoint' });
    if (EndpointStatus !== 'Creating') return (now - began) / 1000;
  }
}
