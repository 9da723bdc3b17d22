// The port `DeploymentTarget` on SageMaker: an endpoint, whose revision is its configuration.
import {
  AddTagsCommand,
  CreateEndpointCommand,
  DeleteEndpointCommand,
  DeleteTagsCommand,
  DescribeEndpointCommand,
  type DescribeEndpointCommandOutput,
  type DesiredWeightAndCapacity,
  type ProductionVariantSummary,
  type SageMakerClient,
  UpdateEndpointCommand,
  UpdateEndpointWeightsAndCapacitiesCommand,
  VariantPropertyType,
  VariantStatus,
} from '@aws-sdk/client-sagemaker';
import type { VariantRole } from '../../state-machine/contract/variant.ts';
import type { EndpointDescription } from '../core/endpoint/endpoint-description.ts';
import { RolloutError } from '../core/rollout-error.ts';
import type { Adjustment } from '../core/weights/next-adjustment.ts';
import type { DeploymentTarget } from '../ports/deployment-target.ts';
import { deploymentConfig } from './deployment-config.ts';
import { orNull, renamed } from './sagemaker-error.ts';
import { tagList, tagsOf } from './sagemaker-tags.ts';
import { concurrencyOf } from './serverless-config.ts';

/** For who only looks: its bundle need not hold the rest. */
export const sageMakerEndpointReader = (client: SageMakerClient): Pick<DeploymentTarget, 'describe' | 'tags'> => ({
  async describe(name) {
    const answer = await orNull(client.send(new DescribeEndpointCommand({ EndpointName: name })));
    return answer && description(name, answer);
  },
  tags: (arn) => tagsOf(client, arn),
});

export function sageMakerEndpoints(client: SageMakerClient): DeploymentTarget {
  return {
    ...sageMakerEndpointReader(client),
    async create(name, endpointConfigName, tags) {
      const command = new CreateEndpointCommand({
        EndpointName: name,
        EndpointConfigName: endpointConfigName,
        Tags: tagList(tags),
      });
      await renamed(client.send(command));
    },
    async update(name, endpointConfigName, { retainInstanceCounts, retainsNothing = false, guardrails = null }) {
      // https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateEndpoint.html: retaining is off by default, which
      // would scale a busy endpoint in; and it would keep the old data capture, were that not excluded.
      const excluded: VariantPropertyType[] = [VariantPropertyType.DataCaptureConfig];
      if (!retainInstanceCounts) excluded.push(VariantPropertyType.DesiredInstanceCount);
      const command = new UpdateEndpointCommand({
        EndpointName: name,
        EndpointConfigName: endpointConfigName,
        // What it retains of variants that only one of the two configurations has is not documented.
        ...(!retainsNothing && {
          RetainAllVariantProperties: true,
          ExcludeRetainedVariantProperties: excluded.map((VariantPropertyType) => ({ VariantPropertyType })),
        }),
        DeploymentConfig: guardrails === null ? undefined : deploymentConfig(guardrails),
      });
      await renamed(client.send(command));
    },
    async adjust(name, adjustment) {
      // https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateEndpointWeightsAndCapacities.html: the weights of
      // one or more variants, or the capacity of one.
      const desired: DesiredWeightAndCapacity[] =
        'weights' in adjustment
          ? Object.entries(adjustment.weights).map(([VariantName, DesiredWeight]) => ({ VariantName, DesiredWeight }))
          : [{ VariantName: adjustment.variantName, ...capacityOf(adjustment) }];
      const command = new UpdateEndpointWeightsAndCapacitiesCommand({
        EndpointName: name,
        DesiredWeightsAndCapacities: desired,
      });
      await renamed(client.send(command));
    },
    async tag(arn, { set, remove }) {
      // Removed first: a resource has at most 50 tags at any time.
      if (remove.length > 0) await renamed(client.send(new DeleteTagsCommand({ ResourceArn: arn, TagKeys: remove })));
      if (Object.keys(set).length > 0)
        await renamed(client.send(new AddTagsCommand({ ResourceArn: arn, Tags: tagList(set) })));
    },
    async remove(name) {
      await orNull(client.send(new DeleteEndpointCommand({ EndpointName: name })));
    },
  };
}

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariantStatus.html */
const MOVING = new Set<string | undefined>([VariantStatus.ACTIVATING_TRAFFIC, VariantStatus.BAKING]);

function description(name: string, answer: DescribeEndpointCommandOutput): EndpointDescription {
  const pending = answer.PendingDeploymentSummary;
  const steps = (pending?.ProductionVariants ?? []).map((variant) => {
    const status = variant.VariantStatus?.at(-1);
    return `${variant.VariantName}: ${[status?.Status, status?.StatusMessage].filter(Boolean).join(', ')}`;
  });
  if (answer.EndpointStatus === undefined || answer.EndpointArn === undefined) {
    throw new RolloutError('ServiceUnavailable', `DescribeEndpoint answered without a status for ${name}.`);
  }
  return {
    name,
    arn: answer.EndpointArn,
    status: answer.EndpointStatus,
    endpointConfigName: answer.EndpointConfigName ?? '',
    pendingEndpointConfigName: pending?.EndpointConfigName ?? null,
    trafficMoves: (pending?.ProductionVariants ?? []).some((variant) =>
      MOVING.has(variant.VariantStatus?.at(-1)?.Status),
    ),
    progress: steps.length > 0 ? steps.join('; ') : null,
    failureReason: answer.FailureReason ?? null,
    variants: [
      ...described('production', answer.ProductionVariants),
      ...described('shadow', answer.ShadowProductionVariants),
    ],
  };
}

const capacityOf = (
  adjustment: Exclude<Adjustment, { weights: unknown }>,
): Omit<DesiredWeightAndCapacity, 'VariantName'> =>
  'instanceCount' in adjustment
    ? { DesiredInstanceCount: adjustment.instanceCount }
    : {
        ServerlessUpdateConfig: {
          MaxConcurrency: adjustment.concurrency.maximum,
          ProvisionedConcurrency: adjustment.concurrency.provisioned ?? undefined,
        },
      };

const described = (role: VariantRole, variants: ProductionVariantSummary[] = []) =>
  variants.map((variant) => ({
    name: variant.VariantName ?? '',
    role,
    currentInstanceCount: variant.CurrentInstanceCount ?? null,
    desiredInstanceCount: variant.DesiredInstanceCount ?? null,
    ...concurrencyOf(variant.DesiredServerlessConfig ?? variant.CurrentServerlessConfig),
    // By which requests are shared out: what is desired may never come.
    weight: variant.CurrentWeight ?? variant.DesiredWeight ?? 0,
  }));
