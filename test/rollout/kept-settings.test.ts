// Settings over the life of an endpoint, on the simulated stack: set once, they stay until somebody says otherwise.

import type { Json } from '../../simulate/engine/asl.ts';
import { type Fields, fieldsOfLive } from '../../simulate/judging/live-settings.ts';
import { type ArchiveKind, archive } from '../../simulate/world/archives.ts';
import { engineAsItIs } from '../../simulate/world/engine.ts';
import { keyOf, SimulatedStack } from '../../simulate/world/simulated-stack.ts';
import { KEY_ARN, VPC } from '../../simulate/world/stack-names.ts';
import type { Outcome } from '../../state-machine/contract/outcome.ts';

const ASKED = {
  hosting: { type: 'realtime', instanceType: 'ml.c5.large', instanceCount: 2 },
  scaling: { minimum: 2, maximum: 8, target: 50 },
  environment: { LEVEL: 'info' },
  network: { isolation: false, vpc: VPC },
  encryption: { volumeKmsKeyArn: KEY_ARN },
  dataCapture: { samplingPercent: 10 },
  tags: { team: 'flowers' },
};
const SET: Fields = {
  ...{ instanceType: 'ml.c5.large', instanceCount: '2', environment: '{"LEVEL":"info"}', isolation: 'false' },
  ...{ scaling: '[2,8,50]', tags: '{"team":"flowers"}' },
  ...{ vpc: JSON.stringify([VPC.subnetIds, VPC.securityGroupIds]), volumeKey: KEY_ARN },
};
const DEFAULTS: Fields = {
  ...{ instanceType: 'ml.m5.large', instanceCount: '1', environment: '{}', isolation: 'true' },
  ...{ scaling: '[1,5,70]', tags: '{}', vpc: 'none', volumeKey: 'none' },
};

class Stack extends SimulatedStack {
  constructor() {
    super({ ...engineAsItIs(), seed: 1 });
    this.manifest('iris', { canaryInvocations: { requests: 1 } });
  }

  get settings(): Fields | null {
    return fieldsOfLive(this.account.hosting.snapshot(), 'iris');
  }

  get outcomes(): Outcome[] {
    return this.account.announced as Outcome[];
  }

  async uploaded(number: number, kind: ArchiveKind = 'good'): Promise<Outcome> {
    this.upload(keyOf('iris', number), await archive(kind, number));
    await this.settle();
    return this.outcomes.at(-1)!;
  }

  async requested(request: Record<string, Json>): Promise<Outcome> {
    this.request({ endpointName: 'iris', ...request });
    await this.settle();
    return this.outcomes.at(-1)!;
  }
}

/** An endpoint with settings of its own. */
async function configured(): Promise<Stack> {
  const stack = new Stack();
  expect(await stack.uploaded(1)).toMatchObject({ outcome: 'deployed', change: { model: true, settings: [] } });
  expect(stack.settings).toEqual(DEFAULTS);
  expect(await stack.requested(ASKED)).toMatchObject({ outcome: 'deployed', change: { model: false } });
  expect(stack.settings).toEqual(SET);
  return stack;
}

test('settings by request, then a plain upload: nothing changes but the model', async () => {
  const stack = await configured();
  expect(await stack.uploaded(2)).toMatchObject({ outcome: 'deployed', change: { model: true, settings: [] } });
  expect(stack.settings).toEqual(SET);
  // What is not told by SageMaker's answers is kept too.
  const { rolloutId } = stack.outcomes.at(-1)!;
  expect(stack.account.s3.document(`rollouts/iris/${rolloutId}/request.json`)).toMatchObject({
    ...{ dataCapture: { samplingPercent: 10 }, canaryInvocations: { requests: 1 } },
  });
  // The same once more is unchanged.
  stack.tell(keyOf('iris', 2));
  await stack.settle();
  expect(stack.outcomes.at(-1)).toMatchObject({ outcome: 'unchanged' });
  expect(await stack.requested({ tags: { team: 'flowers' } })).toMatchObject({ outcome: 'unchanged' });
});

test('a request changes what it names, and says so', async () => {
  const stack = await configured();
  const outcome = await stack.requested({ scaling: { maximum: 4 } });
  expect(outcome.change).toEqual({ model: false, settings: [{ setting: 'scaling.maximum', from: '8', to: '4' }] });
  expect(stack.settings).toEqual({ ...SET, scaling: '[2,4,50]' });
});

test('a manifest goes before the release, and what it no longer says stays', async () => {
  const stack = await configured();
  stack.manifest('iris', { tags: { team: 'manifest' }, canaryInvocations: { requests: 1 } });
  stack.tell('models/iris/rollout.json');
  await stack.settle();
  expect(stack.outcomes.at(-1)?.change).toEqual({
    ...{ model: false, settings: [{ setting: 'tags.team', from: '"flowers"', to: '"manifest"' }] },
  });
  stack.manifest('iris', { canaryInvocations: { requests: 1 } });
  await stack.uploaded(2);
  expect(stack.settings).toEqual({ ...SET, tags: '{"team":"manifest"}' });
});

test('a reset takes them back to the manifest, then to the platform', async () => {
  const stack = await configured();
  stack.manifest('iris', { tags: { team: 'manifest' }, canaryInvocations: { requests: 1 } });
  await stack.requested({ reset: ['tags', 'environment'] });
  expect(stack.settings).toEqual({ ...SET, tags: '{"team":"manifest"}', environment: '{}' });
  await stack.requested({ reset: 'all' });
  expect(stack.settings).toEqual({ ...DEFAULTS, tags: '{"team":"manifest"}' });
  await stack.uploaded(2);
  expect(stack.settings).toEqual({ ...DEFAULTS, tags: '{"team":"manifest"}' });
});

test('a rollback restores the settings of its release, and the next upload keeps those', async () => {
  const stack = await configured();
  const first = stack.outcomes[0]!;
  expect(await stack.requested({ action: 'rollback', to: first.rolloutId })).toMatchObject({
    ...{ outcome: 'deployed', action: 'rollback', serving: first.serving },
    change: { model: false, settings: expect.arrayContaining([{ setting: 'tags.team', from: '"flowers"', to: null }]) },
  });
  expect(stack.settings).toEqual(DEFAULTS);
  await stack.uploaded(2);
  expect(stack.settings).toEqual(DEFAULTS);
});

test('a strategy is a setting too: nothing changes at SageMaker, the next update goes by it, and a rollback keeps it', async () => {
  const stack = await configured();
  const strategy = { type: 'canary', canaryPercent: 50, waitSeconds: 60, terminationWaitSeconds: 0 };
  const calls = () => stack.account.calls.filter(({ operation }) => operation === 'UpdateEndpoint').length;
  const before = calls();
  expect(await stack.requested({ strategy })).toMatchObject({ outcome: 'deployed', change: { model: false } });
  expect(calls()).toBe(before);
  const planOf = ({ rolloutId }: Outcome) => stack.account.s3.document(`rollouts/iris/${rolloutId}/plan.json`);
  const updated = await stack.uploaded(2);
  expect(planOf(updated)).toMatchObject({ strategy: { traffic: { type: 'canary' } }, settingChanges: [] });
  // All at once itself, to the release before, which had the strategy for its updates.
  const back = await stack.requested({ action: 'rollback' });
  expect(planOf(back)).toMatchObject({ strategy: { traffic: { type: 'allAtOnce' } }, settingChanges: [] });
  expect(planOf(await stack.uploaded(3))).toMatchObject({ strategy: { traffic: { type: 'canary' } } });
});

test('a rollout that fails changes no setting', async () => {
  const stack = await configured();
  const cases = [{ name: 'never', request: { body: {} }, expect: { status: 200, json: { number: -1 } } }];
  const failing = { tags: { team: 'failed' }, environment: {}, canaryInvocations: { cases } };
  const failed = await stack.requested(failing);
  expect(failed).toMatchObject({ outcome: 'rolledBack' });
  expect(failed).not.toHaveProperty('change');
  expect(stack.settings).toEqual(SET);
  await stack.uploaded(2);
  expect(stack.settings).toEqual(SET);
});

test('two requests at once change what each of them names', async () => {
  const stack = await configured();
  stack.request({ endpointName: 'iris', tags: { team: 'one' } });
  stack.request({ endpointName: 'iris', environment: { LEVEL: 'two' } });
  await stack.settle();
  expect(stack.outcomes.slice(-2)).toMatchObject([{ outcome: 'deployed' }, { outcome: 'deployed' }]);
  expect(stack.settings).toEqual({ ...SET, tags: '{"team":"one"}', environment: '{"LEVEL":"two"}' });
});

test('a request that another one has made impossible meanwhile is rejected, and nothing is changed', async () => {
  const stack = await configured();
  stack.request({ endpointName: 'iris', scaling: { maximum: 4 } });
  stack.request({ endpointName: 'iris', hosting: { type: 'realtime', instanceCount: 6 } });
  await stack.settle();
  const [first, second] = stack.outcomes.slice(-2);
  expect(first).toMatchObject({ outcome: 'deployed' });
  expect(second).toMatchObject({
    outcome: 'rejected',
    problems: [{ where: 'hosting.instanceCount', message: expect.stringContaining(`the release ${first?.rolloutId}`) }],
  });
  // Which of the two is first is chance.
  expect([
    { ...SET, scaling: '[2,4,50]' },
    { ...SET, instanceCount: '6' },
  ]).toContainEqual(stack.settings);
});

test('after a retirement the endpoint begins anew', async () => {
  const stack = await configured();
  await stack.requested({ action: 'retireEndpoint' });
  expect(stack.settings).toBeNull();
  expect(await stack.uploaded(2)).toMatchObject({ outcome: 'deployed' });
  expect(stack.settings).toEqual(DEFAULTS);
});
