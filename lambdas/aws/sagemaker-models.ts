// The port `Models` on SageMaker.
import {
  CreateModelCommand,
  DeleteModelCommand,
  DescribeModelCommand,
  type SageMakerClient,
  type VpcConfig,
} from '@aws-sdk/client-sagemaker';
import type { Vpc } from '../../state-machine/contract/resolved-request.ts';
import type { Models } from '../ports/models.ts';
import { orNull, renamed } from './sagemaker-error.ts';
import { tagList, tagsOf } from './sagemaker-tags.ts';
import { withMembers } from './with-members.ts';

/** For who only looks: its bundle need not hold the rest. */
export const sageMakerModelReader = (client: SageMakerClient): Pick<Models, 'find'> => ({
  async find(name) {
    const command = new DescribeModelCommand({ ModelName: name });
    const model = await orNull(withMembers(command, () => client.send(command)));
    if (model === null) return null;
    const container = model.PrimaryContainer;
    const spec = {
      name,
      imageUri: container?.Image ?? '',
      modelDataUrl: container?.ModelDataUrl ?? '',
      environment: container?.Environment ?? {},
      networkIsolation: model.EnableNetworkIsolation ?? false,
      ...(model.VpcConfig !== undefined && { vpc: vpcOf(model.VpcConfig) }),
    };
    return { spec, members: model.members, tags: await tagsOf(client, model.ModelArn ?? '') };
  },
});

/** In which order they are answered is not documented. */
const vpcOf = ({ Subnets = [], SecurityGroupIds = [] }: VpcConfig): Vpc => ({
  subnetIds: [...Subnets].sort(),
  securityGroupIds: [...SecurityGroupIds].sort(),
});

/** @param executionRoleArn the role that SageMaker hosts the model with */
export function sageMakerModels(client: SageMakerClient, executionRoleArn: string): Models {
  return {
    ...sageMakerModelReader(client),
    async create(spec, tags) {
      const command = new CreateModelCommand({
        ModelName: spec.name,
        PrimaryContainer: { Image: spec.imageUri, ModelDataUrl: spec.modelDataUrl, Environment: spec.environment },
        ExecutionRoleArn: executionRoleArn,
        EnableNetworkIsolation: spec.networkIsolation,
        VpcConfig: spec.vpc && { Subnets: spec.vpc.subnetIds, SecurityGroupIds: spec.vpc.securityGroupIds },
        Tags: tagList(tags),
      });
      await renamed(client.send(command));
    },
    async remove(name) {
      await orNull(client.send(new DeleteModelCommand({ ModelName: name })));
    },
  };
}
