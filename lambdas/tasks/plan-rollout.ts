// PlanRollout: reads what is live, and names everything before anything is made.
import * as z from 'zod/mini';
import type { Planned, PlanOutput } from '../../state-machine/contract/outputs.ts';
import type { EndpointRecord, Plan } from '../../state-machine/contract/plan.ts';
import { type ResolvedRequest, ResolvedRequestSchema } from '../../state-machine/contract/resolved-request.ts';
import type { Task } from '../../state-machine/contract/steps.ts';
import { judgeLiveConfig, judgeLiveEndpoint, type LiveEndpointVerdict } from '../core/judge-live-endpoint.ts';
import { scalableResourceId } from '../core/names.ts';
import { planRollout as plan } from '../core/plan-rollout.ts';
import { rolloutDocumentKey } from '../core/rollout-documents.ts';
import { RolloutError } from '../core/rollout-error.ts';
import { isScaledAs } from '../core/scaling-change.ts';
import { tagChange } from '../core/tag-change.ts';
import type { Clock } from '../ports/clock.ts';
import type { Documents } from '../ports/documents.ts';
import type { EndpointConfigs } from '../ports/endpoint-configs.ts';
import type { Endpoints } from '../ports/endpoints.ts';
import type { Models } from '../ports/models.ts';
import type { Scaling } from '../ports/scaling.ts';

interface Ports {
  clock: Clock;
  documents: Documents;
  endpoints: Endpoints;
  endpointConfigs: EndpointConfigs;
  models: Models;
  scaling: Scaling;
}

type NotUsable = Exclude<LiveEndpointVerdict, { verdict: 'usable' }>;

export const planRollout =
  (ports: Ports, stackName: string): Task<'PlanRollout'> =>
  async ({ execution, request, artifact }): Promise<PlanOutput> => {
    if (request.document === null || artifact.location === null || artifact.sha256 === null) {
      throw new RolloutError('CallRefused', 'A request or an artifact that was not accepted reached PlanRollout.');
    }
    const wanted = z.parse(ResolvedRequestSchema, await ports.documents.read(request.document));
    const now = ports.clock.now();
    const waited = now.getTime() - Date.parse(execution.startedAt);
    const live = await readLive(ports, wanted.endpointName, stackName, waited, wanted);
    if (live !== null && 'verdict' in live) return live.verdict === 'wait' ? live : { ...live, problems: [] };

    const { sha256, location, goldenCases, trustedContentsSha256 } = artifact;
    const accepted = { sha256, location, goldenCases, trustedContentsSha256 };
    const content = plan({
      rolloutId: execution.name,
      stackName,
      request: wanted,
      artifact: accepted,
      before: live,
      now,
    });
    const unchanged = content.operation === 'configure' && (await isAsPlanned(ports, content));
    const key = rolloutDocumentKey(content.endpointName, content.rolloutId, 'plan');
    return planned(content, unchanged, await ports.documents.write(key, content));
  };

/** The record of what serves, null when nothing does, or why no rollout can begin (now). */
async function readLive(
  { endpoints, endpointConfigs, scaling }: Ports,
  endpointName: string,
  stackName: string,
  waited: number,
  wanted: ResolvedRequest,
): Promise<EndpointRecord | NotUsable | null> {
  const endpoint = await endpoints.find(endpointName);
  if (endpoint === null) return null;
  const tags = await endpoints.tags(endpoint.arn);
  const verdict = judgeLiveEndpoint(endpoint, tags, stackName, waited);
  if (verdict.verdict !== 'usable') return verdict;
  const config = await endpointConfigs.find(endpoint.endpointConfigName);
  if (config === null) {
    // AWS lets people delete a configuration that is in use (terraform-provider-aws issue 40048).
    const Cause = `The configuration ${endpoint.endpointConfigName} that the endpoint ${endpointName} serves with was deleted, so there would be no way back. Create it again, or delete the endpoint.`;
    return { verdict: 'rejected', failure: { Error: 'RequestRejected', Cause } };
  }
  const variantName = config.variants[0]?.name ?? '';
  const live = await scaling.find(scalableResourceId(endpointName, variantName));
  const serving = endpoint.variants[0]?.desiredInstanceCount ?? 0;
  const configVerdict = judgeLiveConfig(endpointName, config, live !== null, wanted, serving);
  if (configVerdict.verdict !== 'usable') return configVerdict;
  const variants = endpoint.variants.map(({ name, desiredInstanceCount, weight }) => ({
    name,
    desiredInstanceCount,
    weight,
  }));
  return { endpointConfigName: endpoint.endpointConfigName, variants, tags, scaling: live };
}

async function isAsPlanned({ models }: Ports, { before, model, scaling, tags }: Plan): Promise<boolean> {
  if (before === null || !isScaledAs(scaling, before.scaling) || tagChange(tags, before.tags) !== null) return false;
  return (await models.find(model.name)) !== null;
}

function planned(content: Plan, unchanged: boolean, document: Planned['document']): Planned {
  return {
    verdict: unchanged ? 'unchanged' : 'proceed',
    endpointName: content.endpointName,
    operation: content.operation,
    modelName: content.model.name,
    endpointConfigName: content.endpointConfig.name,
    previousEndpointConfigName: content.before?.endpointConfigName ?? null,
    deadline: content.deadline,
    document,
  };
}
