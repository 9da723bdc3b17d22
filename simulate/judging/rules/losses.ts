// What an endpoint has that rollouts know nothing of stays as long as the endpoint does.
import { canonicalJson } from '../../../lambdas/core/naming/names.ts';
import type { Snapshot } from '../evidence.ts';
import type { Rule } from '../rule.ts';

type Members = Record<string, unknown>;

/** What every rollout gives anew, or a request may change. */
const GIVEN_ANEW: readonly string[] = [
  ...['EndpointConfigName', 'ProductionVariants', 'DataCaptureConfig', 'MetricsConfig', 'createdAt', 'tags'],
  ...['VariantName', 'ModelName', 'InstanceType', 'InitialInstanceCount', 'InitialVariantWeight', 'ServerlessConfig'],
  ...['ModelDataDownloadTimeoutInSeconds', 'ContainerStartupHealthCheckTimeoutInSeconds'],
  ...['PrimaryContainer', 'ExecutionRoleArn', 'EnableNetworkIsolation', 'AsyncInferenceConfig', 'ClientConfig'],
];

export const nothingIsLost: Rule = {
  number: 13,
  name: 'nothingIsLost',
  text: 'A member of a live configuration, or of its model, that rollouts do not know is there after each of them.',
  broken: ({ before, after }, { outsider }) => {
    if (after === null || outsider) return [];
    const found: string[] = [];
    for (const name of Object.keys(before.endpoints).filter((each) => each in after.endpoints)) {
      const [was, is] = [before, after].map((alive) => unknownOf(alive, name));
      for (const [variant, members] of Object.entries(was!)) {
        // Whether a variant may go is a matter of other rules.
        const now = is![variant];
        if (now === undefined) continue;
        for (const [member, value] of Object.entries(members))
          if (canonicalJson(now[member] ?? null) !== canonicalJson(value))
            found.push(`${[name, variant].filter((part) => part !== '').join('/')} has lost ${member}`);
      }
    }
    return found;
  },
};

/** By the name of the variant, or empty: of the configuration that it serves with, of each variant, and of its model. */
function unknownOf({ endpoints, endpointConfigs, models }: Snapshot, name: string): Record<string, Members> {
  const config = endpointConfigs[(endpoints[name] as Members).EndpointConfigName as string] as Members | undefined;
  const variants = (config?.ProductionVariants ?? []) as Members[];
  return Object.fromEntries([
    ['', unknownIn({ ...(config?.AsyncInferenceConfig as Members | undefined), ...config })],
    ...variants.map((variant) => [
      variant.VariantName,
      unknownIn({ ...(models[variant.ModelName as string] as Members | undefined), ...variant }),
    ]),
  ]);
}

const unknownIn = (all: Members): Members =>
  Object.fromEntries(Object.entries(all).filter(([member]) => !GIVEN_ANEW.includes(member)));
