// What the published schema says that a type of hosting excludes is refused there, by its field, and by no other type.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckedRequest } from '../../lambdas/core/request/check-request.ts';
import { resolveSettings } from '../../lambdas/core/request/resolve-settings.ts';
import { KEY_ARN, PLATFORM, VPC } from '../../simulate/world/stack-names.ts';
import { EXCLUDED } from '../../state-machine/contract/excluded.ts';

type Kind = keyof typeof EXCLUDED;

const hostings = {
  realtime: { type: 'realtime', instanceCount: 2 },
  serverless: { type: 'serverless', memoryMegabytes: 2048, maximumConcurrency: 2, provisionedConcurrency: 1 },
  async: { type: 'async', instanceCount: 2 },
} as const satisfies Record<Kind, CheckedRequest['hosting']>;
const kinds = Object.keys(hostings) as Kind[];

const waiting = { type: 'allAtOnce', terminationWaitSeconds: 60 } as const;
/** A request that asks for the field, in the way that is excluded somewhere. */
const asking: Record<string, CheckedRequest> = {
  'network.isolation': { network: { isolation: true } },
  'network.vpc': { network: { vpc: VPC } },
  'encryption.volumeKmsKeyArn': { encryption: { volumeKmsKeyArn: KEY_ARN } },
  dataCapture: { dataCapture: { samplingPercent: 10 } },
  strategy: { strategy: { type: 'canary', canaryPercent: 50, waitSeconds: 60 } },
  'strategy.type': { strategy: { type: 'canary', canaryPercent: 50, waitSeconds: 60 } },
  alarms: { strategy: waiting, alarms: { maximumErrorPercent: 1 } },
  'alarms.maximumP99Milliseconds': { strategy: waiting, alarms: { maximumP99Milliseconds: 10 } },
  candidate: { candidate: { type: 'instance' } },
  'candidate.type': { candidate: { type: 'serverless' }, network: { isolation: false } },
  'canaryInvocations.requests': { canaryInvocations: { requests: 5 } },
  'canaryInvocations.maximumErrorPercent': { canaryInvocations: { maximumErrorPercent: 1 } },
  'canaryInvocations.maximumP99Milliseconds': { canaryInvocations: { maximumP99Milliseconds: 10 } },
  'scaling.minimum': { scaling: { minimum: 0, maximum: 2 } },
  variants: { variants: [{ name: 'one' }, { name: 'other' }] },
};
const field = (excluded: string): string => excluded.split(' ')[0]!;
const places = (kind: Kind, request: CheckedRequest): string[] =>
  resolveSettings({ hosting: hostings[kind], ...request }, null, PLATFORM.settings, 's3://b/capture').problems.map(
    ({ where }) => where,
  );

test.each(kinds)('%s: each that is named is refused, and each other is not', (kind) => {
  expect(places(kind, {})).toEqual([]);
  const excluded = EXCLUDED[kind].map(field);
  const refused = Object.keys(asking).filter((each) => places(kind, asking[each]!).includes(each));
  expect(refused.sort()).toEqual(excluded.toSorted());
});

test('the published schema says so of each type', () => {
  const file = join(import.meta.dirname, '../../state-machine/contract/rollout-request.schema.json');
  const { oneOf } = JSON.parse(readFileSync(file, 'utf8')).properties.hosting as {
    oneOf: { description: string; properties: { type: { const: Kind } } }[];
  };
  expect(oneOf.map(({ properties }) => properties.type.const)).toEqual(kinds);
  for (const { description, properties } of oneOf)
    for (const excluded of EXCLUDED[properties.type.const]) expect(description).toContain(excluded);
});
