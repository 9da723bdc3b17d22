// An endpoint that something else made, and that is handed over: with what a rollout would drop, and without it.
import {
  AddTagsCommand,
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  type ProductionVariant,
  UpdateEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import { NETWORK } from '../../local/hosting/started-with.ts';
import { type DeployedCloud, KINDS, STACK, sharedCloud } from './deployed-cloud.ts';

let on: DeployedCloud;
beforeAll(async () => {
  on = await sharedCloud();
});

const NAME = 'handed-over';
const VPC = {
  SecurityGroupIds: [...NETWORK.securityGroups],
  Subnets: [...NETWORK.subnets],
};

/** A model like the one that serves as `iris`. */
async function makeModel(ModelName: string): Promise<ProductionVariant> {
  const { EndpointConfigName } = await on.served('iris');
  const config = await on.sageMaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName }));
  const iris = { ModelName: config.ProductionVariants?.[0]?.ModelName };
  const { PrimaryContainer, ExecutionRoleArn } = await on.sageMaker.send(new DescribeModelCommand(iris));
  const { Image, ModelDataUrl, Environment } = PrimaryContainer ?? {};
  await on.sageMaker.send(
    new CreateModelCommand({
      ...{ ModelName, ExecutionRoleArn, VpcConfig: VPC },
      PrimaryContainer: { Image, ModelDataUrl, Environment },
    }),
  );
  return { VariantName: 'theirs', ModelName, InstanceType: 'ml.m5.large', InitialInstanceCount: 1 };
}

async function inService(): Promise<string> {
  for (;;) {
    const { EndpointStatus, EndpointArn } = await on.served(NAME);
    if (EndpointStatus === 'InService') return EndpointArn!;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

test('with a shadow it is refused by its name, and without it taken over with its VPC', async () => {
  const variant = await makeModel(`${NAME}-1`);
  await on.sageMaker.send(
    new CreateEndpointConfigCommand({
      ...{ EndpointConfigName: `${NAME}-1`, ProductionVariants: [variant] },
      ShadowProductionVariants: [{ ...variant, VariantName: 'shadow' }],
    }),
  );
  await on.sageMaker.send(new CreateEndpointCommand({ EndpointName: NAME, EndpointConfigName: `${NAME}-1` }));
  const ResourceArn = await inService();
  const Tags = [{ Key: 'sagemaker-deployer:stack', Value: STACK }];
  await on.sageMaker.send(new AddTagsCommand({ ResourceArn, Tags }));

  const before = on.cloud.hosting.calls.length;
  const refused = await on.outcomeOfUpload(on.forest, NAME, 'v1');
  expect(refused).toMatchObject({ outcome: 'rejected', error: 'RequestRejected', serving: null });
  expect(refused.problems).toMatchObject([
    { where: `endpoint ${NAME}`, message: expect.stringContaining('1 shadow variants') },
    { where: `endpoint configuration ${NAME}-1: ShadowProductionVariants` },
  ]);
  const changing = on.cloud.hosting.calls
    .slice(before)
    .filter(({ input, operation }) => JSON.stringify(input).includes(NAME) && !/^(Describe|List)/.test(operation));
  expect(changing).toEqual([]);

  const plain = await makeModel(`${NAME}-2`);
  await on.sageMaker.send(
    new CreateEndpointConfigCommand({ EndpointConfigName: `${NAME}-2`, ProductionVariants: [plain] }),
  );
  await on.sageMaker.send(new UpdateEndpointCommand({ EndpointName: NAME, EndpointConfigName: `${NAME}-2` }));
  await inService();
  const taken = await on.outcomeOfRequest({
    endpointName: NAME,
    model: { s3Uri: `s3://${on.client.stack.bucketName}/models/${NAME}/v1/model.tar.gz` },
    verification: 'live',
  });
  expect(taken).toMatchObject({ outcome: 'deployed', verified: 'golden', warnings: [] });
  expect((await on.ask(NAME)).kinds).toEqual(KINDS);
  const { EndpointConfigName } = await on.served(NAME);
  const config = await on.sageMaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName }));
  const { ModelName } = config.ProductionVariants![0]!;
  expect(await on.sageMaker.send(new DescribeModelCommand({ ModelName }))).toMatchObject({ VpcConfig: VPC });
});
