// Which of the rollout's own configuration and models go with its rollback.
import type { Plan } from '../../../state-machine/contract/plan.ts';
import type { EndpointDescription } from '../endpoint/endpoint-description.ts';
import { ROLLOUT_TAG } from '../naming/ownership-tags.ts';
import type { RetainedResources } from './superseded-releases.ts';

interface Tagged {
  tags: Record<string, string>;
}

/** `stays`: the endpoint or a retained release refers to it, or it is another rollout's; its models stay with it. */
export function configLeftover(
  { rolloutId, endpointConfig }: Plan,
  endpoint: EndpointDescription | null,
  { endpointConfigs }: RetainedResources,
  found: Tagged | null,
): 'gone' | 'goes' | 'stays' {
  if (found === null) return 'gone';
  const inUse = [endpoint?.endpointConfigName, endpoint?.pendingEndpointConfigName, ...endpointConfigs];
  return found.tags[ROLLOUT_TAG] === rolloutId && !inUse.includes(endpointConfig.name) ? 'goes' : 'stays';
}

export const modelGoes = (
  { rolloutId }: Plan,
  name: string,
  { models }: RetainedResources,
  found: Tagged | null,
): boolean => found !== null && found.tags[ROLLOUT_TAG] === rolloutId && !models.has(name);
