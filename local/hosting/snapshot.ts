/** All that is alive in the account, comparable: without times of change, reasons of statuses and generated ids. */

import { viewOf } from './endpoint.ts';
import type { World } from './world.ts';

export interface Snapshot {
  readonly models: Record<string, object>;
  readonly endpointConfigs: Record<string, object>;
  readonly endpoints: Record<string, object>;
  readonly scalableTargets: Record<string, object>;
  readonly scalingPolicies: Record<string, object>;
  readonly scheduledActions: Record<string, object>;
  /** CloudWatch's, on the metrics of endpoints. */
  readonly alarms: Record<string, object>;
}

export function snapshot(world: World): Snapshot {
  const tags = (arn: string) => Object.fromEntries(world.tags.get(arn) ?? []);
  const created = ({ createdAt, input, arn }: { createdAt: number; input: object; arn: string }) => {
    const { Tags: _tags, ...given } = input as { Tags?: unknown };
    return plain({ ...given, createdAt, tags: tags(arn) });
  };
  return {
    models: named([...world.models.values()].map((model) => [model.name, created(model)])),
    endpointConfigs: named([...world.configs.values()].map((config) => [config.name, created(config)])),
    endpoints: named(
      [...world.endpoints.values()].map((endpoint) => {
        return [endpoint.name, plain({ ...viewOf(endpoint), tags: tags(endpoint.arn) })];
      }),
    ),
    scalableTargets: named(
      [...world.targets].map(([key, { min, max, suspended, arn }]) => [
        key,
        { min, max, suspended: { ...suspended }, tags: tags(arn) },
      ]),
    ),
    scalingPolicies: named([...world.policies].map(([key, { input }]) => [key, plain(input)])),
    scheduledActions: named([...world.scheduledActions].map(([key, { input }]) => [key, plain(input)])),
    alarms: named([...world.alarms].map(([name, { input }]) => [name, plain(input)])),
  };
}

/** What differs between an endpoint that was put back and one that was never changed. */
const HISTORY = new Set(['LastModifiedTime', 'FailureReason', 'LastDeploymentConfig', 'ResolutionTime']);

/** As JSON: a copy, with times as texts. */
function plain<Value>(value: Value): Value;
function plain(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(plain);
  const copy: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value))
    if (member !== undefined && !HISTORY.has(key)) copy[key] = plain(member);
  return copy;
}

const named = (entries: [string, object][]) => Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
