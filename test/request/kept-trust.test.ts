// Trust that goes on: what serves already and stays may run code as before, and nothing else may.
import { resolveRequest } from '../../lambdas/tasks/resolve-request.ts';
import { type ResolvedRequest, ResolvedRequestSchema } from '../../state-machine/contract/resolved-request.ts';
import { aRelease, aVariant } from '../core/a-variant.ts';
import { AccountPorts, BUCKET } from '../ports/account-ports.ts';
import { inMemoryImages } from '../ports/images.ts';
import { aResolvedRequest } from './a-resolved-request.ts';
import { PLATFORM_SETTINGS } from './platform-settings.ts';

const mediaType = 'application/vnd.docker.distribution.manifest.v2+json';
const images = { serving: { abc: { digest: `sha256:${'1'.repeat(64)}`, mediaType, architecture: 'amd64' } } };
const [SERVED, OTHER] = ['a'.repeat(64), 'b'.repeat(64)];

/** Two variants that serve, or one; `trust`: what the newest release's request said of `primary`. */
async function world({ names = ['primary'], trust = SERVED as string | null, allowTrust = true, isKept = true } = {}) {
  const account = new AccountPorts();
  const settings = { ...PLATFORM_SETTINGS, allowTrust };
  const platform = { bucketName: BUCKET, accountId: '123456789012', region: 'eu-west-1', settings };
  const shas = [SERVED, OTHER];
  const variants = names.map((name, index) => aVariant({ name, weight: 1, artifactSha256: shas[index]! }));
  const listed = names.map((name) => ({ name, weight: 1 }));
  account.released({
    ...aRelease({ variants, rolloutId: 'r1' }),
    settings: names.length > 1 ? { variants: listed } : {},
  });
  const request = aResolvedRequest();
  const { image, environment, hosting, scaling, goldenCases } = request;
  const ofVariant = { weight: 1, image, environment, hosting, scaling, goldenCases };
  const several = names.map((name, index) => ({ ...ofVariant, name, trust: index === 0 ? trust : null }));
  const earlier = names.length > 1 ? { ...request, variants: several } : { ...request, trust };
  if (isKept) await account.ports.documents.write('rollouts/iris/r1/request.json', earlier);
  const execution = { id: 'arn:execution', name: 'rollout-2', startedAt: '2026-01-01T00:00:00Z' };
  const run = (trigger: unknown) =>
    resolveRequest(
      { ...account.ports, images: inMemoryImages(images) },
      platform,
    )({
      ...{ execution, trigger, request: null },
    });
  const resolved = (): ResolvedRequest =>
    ResolvedRequestSchema.parse(account.document('rollouts/iris/rollout-2/request.json'));
  return { account, run, resolved };
}

const AB = ['primary', 'challenger'];
const TAGS = { endpointName: 'iris', tags: { team: 'a' } };
const uploaded = (key: string) => ({
  source: 'aws.s3',
  'detail-type': 'Object Created',
  detail: { bucket: { name: BUCKET }, object: { key } },
});

test('a new model of one variant leaves the other the code that it runs', async () => {
  const { account, run, resolved } = await world({ names: AB });
  const upload = account.upload('models/iris/challenger/v2/model.tar.gz', 'x');
  const output = await run(uploaded('models/iris/challenger/v2/model.tar.gz'));
  expect(output).toMatchObject({ problems: [], upload, uploadVariant: 'challenger' });
  const [primary, challenger] = output.models!;
  expect(primary).toMatchObject({ servedArtifactSha256: SERVED, trust: SERVED });
  expect(challenger).not.toHaveProperty('trust');
  expect(resolved().variants!.map(({ trust }) => trust)).toEqual([SERVED, null]);
});

test('other settings leave it the only model', async () => {
  const { run, resolved } = await world();
  expect(await run(TAGS)).toMatchObject({ problems: [], servedArtifactSha256: SERVED, trust: SERVED });
  expect(resolved().trust).toBe(SERVED);
});

test.each([
  ['the model is another', { names: AB }, 'models/iris/primary/v2/model.tar.gz'],
  ['the only model is another', {}, 'models/iris/v2/model.tar.gz'],
])('it is given anew where %s', async (_, of, key) => {
  const { account, run, resolved } = await world(of);
  account.upload(key, 'x');
  expect(JSON.stringify(await run(uploaded(key)))).not.toContain('"trust"');
  const { trust, variants = [] } = resolved();
  expect([trust, ...variants.map((variant) => variant.trust)].filter((each) => each !== null)).toEqual([]);
});

test.each([
  ['nothing was trusted', { trust: null }],
  ['another artifact was', { trust: OTHER }],
  ['the request is not kept any more', { isKept: false }],
])('there is none where %s', async (_, of) => {
  const { run, resolved } = await world(of);
  expect(await run(TAGS)).not.toHaveProperty('trust');
  expect(resolved().trust).toBeNull();
});

test('a platform that allows none any more rejects what would go on', async () => {
  const one = await world({ allowTrust: false });
  const message = `The artifact ${SERVED}, which stays, runs code of its own, which this platform does not allow any more. Name another model.`;
  expect(await one.run(TAGS)).toMatchObject({ document: null, problems: [{ where: 'model', message }] });
  const two = await world({ names: AB, allowTrust: false });
  expect(await two.run(TAGS)).toMatchObject({ problems: [{ where: 'variants.0.model', message }] });
});
