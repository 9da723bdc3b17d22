// Each member that AWS knows of an endpoint configuration and of a model, set in turn on an endpoint that something else made: an
// update takes it over and a rollback puts it back, or the rollout is refused by its name before anything is made.
import { RolloutError } from '../../lambdas/core/rollout-error.ts';
import { SHA_2 } from '../rollout/rollout-account.ts';
import { askingFor, endpointConfigWith, ForeignAccount, modelWith } from './foreign-endpoint.ts';
import { type Leaf, leavesOf } from './leaves.ts';

type Members = Record<string, unknown>;
type Operation = 'CreateEndpointConfig' | 'CreateModel';

const leaves = (['CreateEndpointConfig', 'CreateModel'] as const).flatMap((operation) =>
  leavesOf(operation).map((leaf) => ({ operation, leaf })),
);
const named = ({ operation, leaf }: { operation: Operation; leaf: Leaf }) => `${operation} ${leaf.path}`;

/** Its names, and what a rollout is there to replace. */
const REPLACED = [
  ...['CreateEndpointConfig EndpointConfigName', 'CreateEndpointConfig ProductionVariants[].ModelName'],
  ...['CreateModel ModelName', 'CreateModel PrimaryContainer.ModelDataUrl'],
];

/** Of some, the stack's own value alone: every leaf is set to another one. */
const TAKEN_OVER = [
  ...[
    ...['VariantName', 'InstanceType', 'InitialInstanceCount', 'InitialVariantWeight'],
    ...['ModelDataDownloadTimeoutInSeconds', 'ContainerStartupHealthCheckTimeoutInSeconds'],
    ...['MemorySizeInMB', 'MaxConcurrency', 'ProvisionedConcurrency'].map((member) => `ServerlessConfig.${member}`),
  ].map((member) => `CreateEndpointConfig ProductionVariants[].${member}`),
  ...['EnableCapture', 'InitialSamplingPercentage', 'CaptureOptions[].CaptureMode'].map(
    (member) => `CreateEndpointConfig DataCaptureConfig.${member}`,
  ),
  ...['EnableEnhancedMetrics', 'EnableDetailedObservability', 'MetricPublishFrequencyInSeconds'].map(
    (member) => `CreateEndpointConfig MetricsConfig.${member}`,
  ),
  ...[
    'KmsKeyId',
    ...['SuccessTopic', 'ErrorTopic', 'IncludeInferenceResponseIn[]'].map((of) => `NotificationConfig.${of}`),
  ].map((member) => `CreateEndpointConfig AsyncInferenceConfig.OutputConfig.${member}`),
  'CreateEndpointConfig AsyncInferenceConfig.ClientConfig.MaxConcurrentInvocationsPerInstance',
  ...['CreateEndpointConfig KmsKeyId', 'CreateEndpointConfig DataCaptureConfig.KmsKeyId'],
  ...['CreateModel PrimaryContainer.Environment{}', 'CreateModel EnableNetworkIsolation'],
  ...['CreateModel VpcConfig.Subnets[]', 'CreateModel VpcConfig.SecurityGroupIds[]'],
];

const PLAN_MADE = 'The plan was made.';

/** Served as if the endpoint had been made with another configuration, also with one that the simulator does not run. */
class Shown extends ForeignAccount {
  serves = 'theirs';

  constructor() {
    super();
    const { interceptor } = this.hosting;
    this.hosting.interceptor = async (call, next) => {
      const output = await (interceptor === undefined ? next() : interceptor(call, next));
      return call.operation === 'DescribeEndpoint' ? { ...output, EndpointConfigName: this.serves } : output;
    };
    this.beforeTask = (step) => {
      if (step === 'CreateModel') throw new RolloutError('CallRefused', PLAN_MADE);
    };
  }
}

/** What a rollout says of the endpoint `iris` if it serves with this leaf set; null: it would go on. */
async function refusalOf(account: Shown, number: number, leaf: { operation: Operation; leaf: Leaf } | null) {
  const isOfModel = leaf?.operation === 'CreateModel';
  const ModelName = isOfModel ? `model-${number}` : 'theirs';
  if (isOfModel) await account.call('CreateModel', { ...modelWith(leaf.leaf), ModelName });
  const EndpointConfigName = `config-${number}`;
  const endpointConfig = endpointConfigWith(leaf === null || isOfModel ? null : leaf.leaf, ModelName);
  await account.call('CreateEndpointConfig', { ...endpointConfig, EndpointConfigName });
  account.serves = EndpointConfigName;
  account.hosting.calls.length = 0;
  const { outcome } = await account.rollOut({ artifactSha256: SHA_2, request: askingFor() });
  expect(account.mutations()).toEqual([]);
  if (outcome?.outcome === 'rejected') return outcome;
  expect(outcome).toMatchObject({ outcome: 'rolledBack', cause: expect.stringContaining(PLAN_MADE) });
  return null;
}

/** `ProductionVariants[].VolumeSizeInGB` of what a problem is about, without what stands in front of it. */
const pathOf = (where: string) => where.replace(/^[^:]*: /, '').replaceAll(/\[\d+\]/g, '[]');
const isAbout = (where: string, path: string) => {
  // A request may name it: then it was looked at.
  if (path === 'PrimaryContainer.Image') return where === 'image';
  const at = pathOf(where);
  return path === at || [`${at}.`, `${at}[`, `${at}{`].some((begin) => path.startsWith(begin)) || isTag(at, path);
};
/** A tag is named by its key. */
const isTag = (at: string, path: string) => at.startsWith('Tags.') && path.startsWith('Tags[]');

const notRefused = new Set<string>();

test('every leaf is refused by its name, with its value, and nothing is made; or it is taken over', async () => {
  const account = new Shown();
  await account.adopt(endpointConfigWith(null), modelWith(null));
  expect(await refusalOf(account, 0, null)).toBeNull();

  const wrong: string[] = [];
  for (const [index, each] of leaves.entries()) {
    const refusal = await refusalOf(account, index + 1, each);
    if (refusal === null) notRefused.add(named(each));
    else {
      const problems = refusal.problems.filter(({ where }) => isAbout(where, each.leaf.path));
      const message = problems.map((problem) => problem.message).join(' ');
      const isSecret = each.leaf.path.includes('Environment');
      const hasValue = [JSON.stringify(each.leaf.value), ` ${each.leaf.value}.`].some((text) => message.includes(text));
      const saysIt = isSecret ? !hasValue && message.includes('SOME_NAME') : hasValue || message.includes('…');
      if (
        problems.length === 0 ||
        !saysIt ||
        !/endpoint of another name|in `tags`|Name it in the request/.test(message)
      )
        wrong.push(`${named(each)}: ${JSON.stringify(refusal.problems)}`);
    }
  }
  expect(wrong).toEqual([]);
  expect([...notRefused].sort()).toEqual([...REPLACED, ...TAKEN_OVER].sort());
  console.info(
    `${leaves.length} leaves below CreateEndpointConfig and CreateModel: ${TAKEN_OVER.length} are taken over, ` +
      `${REPLACED.length} a rollout replaces, ${leaves.length - notRefused.size} are refused by name.`,
  );
});

const at = (members: unknown, path: string): unknown =>
  path
    .replaceAll('[]', '.0')
    .replaceAll('{}', '.SOME_NAME')
    .split('.')
    .reduce<unknown>((found, step) => (found as Members | undefined)?.[step], members);

/** The configuration that the endpoint serves with, and its model. */
async function serving(account: ForeignAccount) {
  const { EndpointConfigName } = (await account.call('DescribeEndpoint', { EndpointName: 'iris' })) as Members;
  const config = (await account.call('DescribeEndpointConfig', { EndpointConfigName })) as Members;
  const [{ ModelName }] = config.ProductionVariants as [Members];
  const model = (await account.call('DescribeModel', { ModelName })) as Members;
  return { CreateEndpointConfig: config, CreateModel: model };
}

test('what is taken over is the same after an update, and after one that is rolled back', async () => {
  expect(notRefused.size).toBeGreaterThan(REPLACED.length);
  for (const each of leaves.filter((leaf) => notRefused.has(named(leaf)))) {
    const isOfModel = each.operation === 'CreateModel';
    const account = new ForeignAccount();
    await account.adopt(endpointConfigWith(isOfModel ? null : each.leaf), modelWith(isOfModel ? each.leaf : null));
    const before = { alive: account.alive(), ...(await serving(account)) };
    const request = askingFor({ verification: 'live' });
    const { answer } = account;

    account.answer = () => ({ status: 500, body: 'wrong' });
    const failed = await account.rollOut({ artifactSha256: SHA_2, request });
    expect([named(each), failed.outcome?.outcome, failed.cause]).toEqual([
      named(each),
      'rolledBack',
      expect.stringContaining('status is 500'),
    ]);
    expect(account.mutations()).toContain('UpdateEndpoint');
    expect({ alive: account.alive(), ...(await serving(account)) }).toEqual(before);

    account.answer = answer;
    const updated = await account.rollOut({ artifactSha256: SHA_2, request });
    expect([named(each), updated.outcome?.outcome]).toEqual([named(each), 'deployed']);
    const after = await serving(account);
    const [was, is] = [before, after].map((members) => at(members[each.operation], each.leaf.path));
    expect(was).toEqual(each.leaf.value);
    if (REPLACED.includes(named(each))) expect([named(each), is]).not.toEqual([named(each), was]);
    else expect([named(each), is]).toEqual([named(each), was]);
  }
});
