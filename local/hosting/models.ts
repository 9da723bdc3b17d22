/** CreateModel, DescribeModel, DeleteModel and ListModels. */

import type { ContainerDefinition, CreateModelInput, DescribeModelOutput } from '@aws-sdk/client-sagemaker';
import { MODEL_DEFAULTS } from '../../lambdas/core/adoption/returned-defaults.ts';
import { arnOf } from './arns.ts';
import { AwsError, validationException } from './aws-error.ts';
import { type ListInput, listed } from './listing.ts';
import type { ModelRecord } from './records.ts';
import { withReturnedDefaults } from './returned-defaults.ts';
import { checkTags, tagNew } from './tags.ts';
import type { World } from './world.ts';

export async function createModel(world: World, input: CreateModelInput) {
  const arn = arnOf(world, 'model', input.ModelName!);
  checkTags(input.Tags ?? []);
  const container = containerOf(input);
  for (const each of input.Containers ?? [container]) await checkContainer(world, each, input.ExecutionRoleArn!);
  if (world.models.has(arn)) throw validationException(`Cannot create already existing model "${arn}".`);
  world.models.set(arn, { name: input.ModelName!, arn, createdAt: world.now(), input, container });
  tagNew(world, arn, input.Tags);
  return { ModelArn: arn };
}

function containerOf(input: CreateModelInput): ContainerDefinition {
  const container = input.PrimaryContainer ?? input.Containers?.[0];
  if (!container || (input.PrimaryContainer && input.Containers))
    throw validationException('Exactly one of PrimaryContainer and Containers must be provided.');
  if (input.InferenceExecutionConfig && !input.Containers)
    throw validationException('InferenceExecutionConfig is only supported with multiple containers.');
  if (!input.ExecutionRoleArn) throw validationException('ExecutionRoleArn must be provided.');
  return container;
}

/** SageMaker runs these; the simulator keeps them, and says that it runs none rather than serve something else. */
export function refuseUnsimulated({ input, container }: ModelRecord): void {
  const refuse = (what: string) => new AwsError('UnsupportedOperation', `The hosting simulator does not run ${what}.`);
  if ((input.Containers?.length ?? 1) > 1) throw refuse('inference pipelines');
  if (container.Mode === 'MultiModel') throw refuse('multi-model endpoints');
  if (container.ModelPackageName) throw refuse('model packages');
  if (container.ModelDataSource) throw refuse('models from a ModelDataSource');
  if (container.AdditionalModelDataSources?.length) throw refuse('models with AdditionalModelDataSources');
}

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ContainerDefinition.html */
async function checkContainer(world: World, container: ContainerDefinition, roleArn: string): Promise<void> {
  if (!container.Image && !container.ModelPackageName)
    throw validationException('Either Image or ModelPackageName must be provided.');
  if (container.Image && !ECR_IMAGE.test(container.Image) && container.ImageConfig?.RepositoryAccessMode !== 'Vpc')
    throw validationException(
      `Using non-ECR image "${container.Image}" without Vpc repository access mode is not supported.`,
    );
  const url = container.ModelDataUrl;
  if (url) {
    if (!url.startsWith('s3://')) throw validationException(`Invalid S3 URI "${url}" for ModelDataUrl.`);
    if (container.Mode !== 'MultiModel' && !url.endsWith('.tar.gz'))
      throw validationException(`ModelDataUrl "${url}" must point to a single gzip compressed tar archive (.tar.gz).`);
    if (!(await world.modelDataExists(url, roleArn)))
      throw validationException(noModelData(url, roleArn, world.region));
  }
  // "The maximum size of all keys and values together is 32 KB."
  const environment = Object.entries(container.Environment ?? {})
    .flat()
    .join('');
  if (Buffer.byteLength(environment) > 32 * 1024)
    throw validationException('The environment variables of a container must not be larger than 32 KB in total.');
}

/** One text for all three reasons. */
const noModelData = (url: string, roleArn: string, region: string) =>
  `Could not access model data at ${url}. Please ensure that the role "${roleArn}" exists and that its trust relationship ` +
  'policy allows the action "sts:AssumeRole" for the service principal "sagemaker.amazonaws.com". Also ensure that the ' +
  `role has "s3:GetObject" permissions and that the object is located in ${region}.`;

const ECR_IMAGE = /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\/[^:@\s]+(:[^@\s]+)?(@sha256:[0-9a-f]{64})?$/;

export function findModel(world: World, name: string): ModelRecord {
  const arn = arnOf(world, 'model', name);
  const model = world.models.get(arn);
  if (!model) throw validationException(`Could not find model "${arn}".`);
  return model;
}

export function describeModel(world: World, input: { ModelName?: string }): DescribeModelOutput {
  const model = findModel(world, input.ModelName!);
  const { Tags: _tags, ...given } = model.input;
  const answer = {
    ...{ ...given, ModelName: model.name, ModelArn: model.arn, CreationTime: new Date(model.createdAt) },
    DeploymentRecommendation: { RecommendationStatus: 'COMPLETED' as const, RealTimeInferenceRecommendations: [] },
  };
  return withReturnedDefaults(answer, MODEL_DEFAULTS);
}

export function deleteModel(world: World, input: { ModelName?: string }) {
  const model = findModel(world, input.ModelName!);
  for (const endpoint of world.endpoints.values())
    if (endpoint.fleets().some((fleet) => fleet.variants.some((variant) => variant.model === model)))
      world.journal.push({ at: world.now(), kind: 'deletedWhileInUse', arn: model.arn, endpoint: endpoint.name });
  world.models.delete(model.arn);
  world.tags.delete(model.arn);
  return {};
}

export function listModels(world: World, input: ListInput) {
  const { page, next } = listed(world.models.values(), input);
  const Models = page.map((m) => ({ ModelName: m.name, ModelArn: m.arn, CreationTime: new Date(m.createdAt) }));
  return { Models, ...next };
}
