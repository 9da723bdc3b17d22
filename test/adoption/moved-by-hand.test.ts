// An endpoint of the stack that somebody moved to a configuration of his own: it goes back to what its release says, and says so.

import { archive } from '../../simulate/world/archives.ts';
import { engineAsItIs } from '../../simulate/world/engine.ts';
import { keyOf, SimulatedStack } from '../../simulate/world/simulated-stack.ts';
import type { Outcome } from '../../state-machine/contract/outcome.ts';

async function moved(change: object) {
  const stack = new SimulatedStack({ ...engineAsItIs(), seed: 1 });
  const uploaded = async (number: number) => {
    stack.upload(keyOf('iris', number), await archive('good', number));
    await stack.settle();
    return stack.account.announced.at(-1) as Outcome;
  };
  stack.manifest('iris', { canaryInvocations: { requests: 1 }, dataCapture: { samplingPercent: 10 } });
  expect(await uploaded(1)).toMatchObject({ outcome: 'deployed' });
  const { endpointConfigs } = stack.account.hosting.snapshot();
  const [
    {
      ProductionVariants: [variant],
    },
  ] = Object.values(endpointConfigs) as [{ ProductionVariants: [object] }];
  await stack.person('sagemaker', 'CreateEndpointConfig', {
    EndpointConfigName: 'by-hand',
    ProductionVariants: [{ ...variant, ModelDataDownloadTimeoutInSeconds: 600 }],
    ...change,
  });
  await stack.person('sagemaker', 'UpdateEndpoint', { EndpointName: 'iris', EndpointConfigName: 'by-hand' });
  await stack.account.time.run(() => false, stack.account.time.now + 600_000);
  return { uploaded };
}

test('every setting that changes is listed, from what serves', async () => {
  const { uploaded } = await moved({});
  expect(await uploaded(2)).toMatchObject({
    outcome: 'deployed',
    change: {
      settings: [
        { setting: 'dataCapture.capture', from: null, to: '["input","output"]' },
        { setting: 'dataCapture.samplingPercent', from: null, to: '10' },
        { setting: 'hosting.downloadTimeoutSeconds', from: '600', to: null },
      ],
    },
  });
  expect(await uploaded(4)).toMatchObject({ outcome: 'deployed', change: { settings: [] } });
});

test('what no setting stands for is refused, as it is of an endpoint that something else made', async () => {
  const { uploaded } = await moved({ KmsKeyId: 'alias/theirs' });
  expect(await uploaded(2)).toMatchObject({
    outcome: 'rejected',
    problems: [{ where: 'endpoint configuration by-hand: KmsKeyId' }],
  });
});
