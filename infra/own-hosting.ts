// What a stack has made at SageMaker, found by its tag, whatever its endpoints are named.
import {
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  paginateListEndpointConfigs,
  paginateListEndpoints,
  paginateListModels,
  paginateListTags,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { STACK_TAG } from '../lambdas/core/naming/ownership-tags.ts';

export interface Named {
  name: string;
  arn: string;
}

export interface OwnEndpoint extends Named {
  status: string;
  endpointConfigName: string;
  variants: string[];
}

export async function ownEndpoints(client: SageMakerClient, stackName: string): Promise<OwnEndpoint[]> {
  const own = await owned(client, stackName, await everyEndpoint(client));
  const described = await Promise.all(own.map(({ name }) => describeEndpoint(client, name)));
  return described.filter((endpoint) => endpoint !== null);
}

/** Configurations and models of the stack that no endpoint of the account serves with. */
export async function unusedByEndpoints(
  client: SageMakerClient,
  stackName: string,
): Promise<{ endpointConfigs: Named[]; models: Named[]; used: string[] }> {
  const endpointConfigs = await owned(client, stackName, await everyEndpointConfig(client));
  const models = await owned(client, stackName, await everyModel(client));
  if (endpointConfigs.length + models.length === 0) return { endpointConfigs, models, used: [] };
  const used = new Set<string>();
  for (const { name } of await everyEndpoint(client)) {
    const config = (await describeEndpoint(client, name))?.endpointConfigName;
    if (config === undefined || used.has(config)) continue;
    used.add(config);
    for (const model of await modelsOf(client, config)) used.add(model);
  }
  const free = ({ name }: Named) => !used.has(name);
  return {
    endpointConfigs: endpointConfigs.filter(free),
    models: models.filter(free),
    used: [...endpointConfigs, ...models].filter(({ name }) => used.has(name)).map(({ name }) => name),
  };
}

/** Null when there is none (any more). */
export async function describeEndpoint(client: SageMakerClient, name: string): Promise<OwnEndpoint | null> {
  try {
    const endpoint = await client.send(new DescribeEndpointCommand({ EndpointName: name }));
    return {
      name,
      arn: endpoint.EndpointArn ?? '',
      status: endpoint.EndpointStatus ?? 'unknown',
      endpointConfigName: endpoint.EndpointConfigName ?? '',
      variants: (endpoint.ProductionVariants ?? []).map(({ VariantName = '' }) => VariantName),
    };
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** SageMaker has no error of its own for what does not exist. */
export const isMissing = (error: unknown): boolean =>
  (error as Error).name === 'ValidationException' && /^Could not find /.test((error as Error).message);

async function modelsOf(client: SageMakerClient, endpointConfigName: string): Promise<string[]> {
  try {
    const config = await client.send(new DescribeEndpointConfigCommand({ EndpointConfigName: endpointConfigName }));
    return (config.ProductionVariants ?? []).flatMap(({ ModelName }) => ModelName ?? []);
  } catch (error) {
    // SageMaker lets a configuration be deleted under a living endpoint.
    if (isMissing(error)) return [];
    throw error;
  }
}

async function owned(client: SageMakerClient, stackName: string, all: Named[]): Promise<Named[]> {
  const own: Named[] = [];
  for (const each of all) if (await carriesTag(client, stackName, each.arn)) own.push(each);
  return own;
}

async function carriesTag(client: SageMakerClient, stackName: string, arn: string): Promise<boolean> {
  try {
    for await (const { Tags = [] } of paginateListTags({ client }, { ResourceArn: arn })) {
      if (Tags.some(({ Key, Value }) => Key === STACK_TAG && Value === stackName)) return true;
    }
    return false;
  } catch (error) {
    // Deleted by somebody since it was listed.
    if ((error as Error).name === 'ValidationException') return false;
    throw error;
  }
}

async function everyEndpoint(client: SageMakerClient): Promise<Named[]> {
  const all: Named[] = [];
  for await (const { Endpoints = [] } of paginateListEndpoints({ client }, {})) {
    for (const { EndpointName = '', EndpointArn = '' } of Endpoints) all.push({ name: EndpointName, arn: EndpointArn });
  }
  return all;
}

async function everyEndpointConfig(client: SageMakerClient): Promise<Named[]> {
  const all: Named[] = [];
  for await (const { EndpointConfigs = [] } of paginateListEndpointConfigs({ client }, {})) {
    for (const { EndpointConfigName = '', EndpointConfigArn = '' } of EndpointConfigs) {
      all.push({ name: EndpointConfigName, arn: EndpointConfigArn });
    }
  }
  return all;
}

async function everyModel(client: SageMakerClient): Promise<Named[]> {
  const all: Named[] = [];
  for await (const { Models = [] } of paginateListModels({ client }, {})) {
    for (const { ModelName = '', ModelArn = '' } of Models) all.push({ name: ModelName, arn: ModelArn });
  }
  return all;
}
