// What serves now: its record, or why no rollout can begin (now).
import type { Failure } from '../../../../state-machine/contract/errors.ts';
import type { KeptSettings } from '../../../../state-machine/contract/kept-settings.ts';
import type { EndpointRecord } from '../../../../state-machine/contract/plan.ts';
import type { PlatformSettings } from '../../../../state-machine/contract/platform.ts';
import type { Problem } from '../../../../state-machine/contract/problem.ts';
import type { ResolvedRequest } from '../../../../state-machine/contract/resolved-request.ts';
import type { FoundScaling } from '../../../../state-machine/contract/scaling-target.ts';
import { judgeLiveConfiguration } from '../../../core/adoption/judge-live-configuration.ts';
import { liveScaling, uncarriedScaling } from '../../../core/adoption/live-scaling.ts';
import { liveSettings } from '../../../core/adoption/live-settings.ts';
import { type Described, uncarriedMembers } from '../../../core/adoption/uncarried-members.ts';
import type { EndpointConfigDescription } from '../../../core/endpoint/endpoint-config-description.ts';
import { endpointRecord } from '../../../core/endpoint/endpoint-record.ts';
import { judgeLiveEndpoint, type NotUsable, rejected } from '../../../core/endpoint/judge-live-endpoint.ts';
import { hostingKindOf, hostingTypeOf } from '../../../core/hosting/hosting-types.ts';
import { concurrencyTarget, variantTarget } from '../../../core/naming/names.ts';
import { answersOf, captureS3Uri } from '../../../core/naming/object-keys.ts';
import { isMadeBy } from '../../../core/naming/ownership-tags.ts';
import { endpointProblems } from '../../../core/planning/planned.ts';
import { problem } from '../../../core/problems/problems.ts';
import { mergedWithLive, setOver } from '../../../core/request/merge-live.ts';
import { RolloutError } from '../../../core/rollout-error.ts';
import { ofEndpoint } from '../../../core/scaling/backlog.ts';
import type { DeploymentTarget } from '../../../ports/deployment-target.ts';
import type { EndpointConfigs } from '../../../ports/endpoint-configs.ts';
import type { Models } from '../../../ports/models.ts';
import type { Scaling } from '../../../ports/scaling.ts';

interface Ports {
  deploymentTarget: Pick<DeploymentTarget, 'describe' | 'tags'>;
  endpointConfigs: Pick<EndpointConfigs, 'find'>;
  models: Pick<Models, 'find'>;
  scaling: Pick<Scaling, 'find'>;
}

/** What every rollout of a stack gives to what it makes. */
export interface RolloutStack {
  stackName: string;
  bucketName: string;
  executionRoleArn: string;
  settings: PlatformSettings;
}

export type Live =
  | {
      verdict: 'usable';
      record: EndpointRecord;
      /** What is wanted; of an endpoint that was adopted with the settings that it has, which stay. */
      request: ResolvedRequest;
      /** What is set now; null where a release says that. */
      set: KeptSettings | null;
      warnings: string[];
    }
  | { verdict: 'wait'; waitSeconds: number; reason: string }
  | { verdict: 'rejected'; failure: Failure; problems: Problem[] };

/** Null when nothing serves. `released`: the settings of the newest release of this stack; null: there is none. */
export async function readLive(
  ports: Ports,
  stack: RolloutStack,
  waitedMilliseconds: number,
  wanted: ResolvedRequest,
  released: KeptSettings | null,
): Promise<Live | null> {
  const { endpointName } = wanted;
  const endpoint = await ports.deploymentTarget.describe(endpointName);
  if (endpoint === null) return null;
  const tags = await ports.deploymentTarget.tags(endpoint.arn);
  const verdict = judgeLiveEndpoint(endpoint, tags, stack.stackName, waitedMilliseconds);
  if (verdict.verdict !== 'usable') return refused(verdict);
  const config = await ports.endpointConfigs.find(endpoint.endpointConfigName);
  if (config === null) {
    // AWS lets people delete a configuration that is in use (terraform-provider-aws issue 40048).
    return refused(
      rejected(
        `The configuration ${endpoint.endpointConfigName} that the endpoint ${endpointName} serves with was deleted, so there would be no way to roll back. Create it again, or delete the endpoint.`,
      ),
    );
  }
  const { models, unread } = await readModels(ports.models, config);
  const configuration = { config, models };
  const ways = {
    executionRoleArn: stack.executionRoleArn,
    captureS3Uri: captureS3Uri(stack.bucketName, endpointName),
    answers: answersOf(stack.bucketName, endpointName),
  };
  const scalingTargets = await readScaling(ports.scaling, endpointName, config);
  const isOurs = isMadeBy(stack.stackName, config.tags);
  const { maximumInstances } = stack.settings;
  const scaling = liveScaling(scalingTargets, { maximumInstances, takesOver: released === null });
  const found = { ...liveSettings(configuration, tags), scaling };
  // Where somebody moved the endpoint to a configuration of his own, it goes back to the release's settings, and says so.
  const { request, set, problems } =
    released === null
      ? mergedWithLive(wanted, found, stack)
      : { request: wanted, set: isOurs ? null : setOver(released, found, stack.settings), problems: [] };
  const isReleased = released !== null || isOurs;
  const serving = { endpointName, isReleased, config, serving: endpoint.variants, scaled: scalingTargets };
  const metric = request.scaling?.metric;
  const { refusal, warnings } = judgeLiveConfiguration({
    endpointName,
    isOurs,
    whyNot: hostingTypeOf(hostingKindOf(request)).compatible(serving, request),
    uncarried: [
      ...uncarriedMembers(configuration, ways, request.tags),
      ...uncarriedScaling(isOurs ? [] : scalingTargets, metric && ofEndpoint(metric, endpointName)),
      ...unread,
    ],
    problems,
  });
  if (refusal !== null) return { verdict: 'rejected', ...refusal };
  const record = endpointRecord(endpoint, config, tags, scalingTargets);
  return { verdict: 'usable', record, request, set, warnings };
}

const refused = (verdict: NotUsable): Exclude<Live, { verdict: 'usable' }> =>
  verdict.verdict === 'wait' ? verdict : { ...verdict, problems: endpointProblems(verdict.failure) };

/** Of the production variants. */
async function readModels(
  models: Pick<Models, 'find'>,
  { variants }: EndpointConfigDescription,
): Promise<{ models: Described[]; unread: Problem[] }> {
  const found: Described[] = [];
  const unread: Problem[] = [];
  const names = variants.filter(({ role }) => role === 'production').map(({ modelName }) => modelName);
  for (const name of new Set(names)) {
    // Without a model the variant is for inference components, and its configuration says so.
    if (name === null) continue;
    const model = await models.find(name).catch((error: unknown) => {
      if (error instanceof RolloutError && error.name === 'AccessDenied') return 'denied' as const;
      throw error;
    });
    if (model === null) unread.push(problem(`model ${name}`, DELETED));
    else if (model === 'denied') unread.push(problem(`model ${name}`, DENIED));
    else found.push({ ...model, name });
  }
  return { models: found, unread };
}

const DELETED =
  'It was deleted, so what it had is not known, and there would be no way to roll back. Create it again, or delete the endpoint.';
const DENIED =
  'The stack may not read it, so what an update would drop is not known: models must have names that begin with endpointNamePrefix. Move the endpoint to a model of such a name first.';

async function readScaling(
  scaling: Pick<Scaling, 'find'>,
  endpointName: string,
  { variants }: EndpointConfigDescription,
): Promise<FoundScaling[]> {
  const targets: FoundScaling[] = [];
  for (const { name: variantName, isServerless } of variants) {
    const target = (isServerless ? concurrencyTarget : variantTarget)(endpointName, variantName);
    const found = await scaling.find(target);
    if (found !== null) targets.push({ ...target, variantName, found });
  }
  return targets;
}
