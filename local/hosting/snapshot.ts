/** All that is alive in the account, comparable: without times of change, statuses' reasons and generated ids. */

import { viewOf } from './endpoint.ts';
import type { World } from './world.ts';

export interface Snapshot {
  readonly models: Record<string, object>;
  readonly endpointConfigs: Record<string, object>;
  readonly endpoints: Record<string, object>;
  readonly scalableTargets: Record<string, object>;
  readonly scalingPolicies: Record<string, object>;
  readonly scheduledActions: Record<string, object>;
}

export function snapshot(world: World): Snapshot {
  const tags = (arn: string) => Object.fromEntries(world.tags.get(arn) ?? []);
  const created = ({ createdAt, input, arn }: { createdAt: number; input: object; arn: string }) => {
    const { Tags: _tags, ...given } = input as { Tags?: unknown };
    return structuredClone({ ...given, createdAt, tags: tags(arn) });
  };
  return {
    models: named([...world.models.values()].map((model) => [model.name, created(model)])),
    endpointConfigs: named([...world.configs.values()].map((config) => [config.name, created(config)])),
    endpoints: named(
      [...world.endpoints.values()].map((endpoint) => {
        const { LastModifiedTime: _modified, FailureReason: _reason, ...view } = viewOf(endpoint);
        return [endpoint.name, structuredClone({ ...view, tags: tags(endpoint.arn) })];
      }),
    ),
    scalableTargets: named(
      [...world.targets].map(([key, { min, max, suspended, arn }]) => [
        key,
        { min, max, suspended: { ...suspended }, tags: tags(arn) },
      ]),
    ),
    scalingPolicies: named([...world.policies].map(([key, { input }]) => [key, structuredClone(input)])),
    scheduledActions: named([...world.scheduledActions].map(([key, { input }]) => [key, structuredClone(input)])),
  };
}

const named = (entries: [string, object][]) => Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
