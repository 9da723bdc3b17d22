// From a request, an artifact and what is live: every name, the operation, and the record of what was before.
import type { CandidateSpec, EndpointRecord, Operation, Plan } from '../../../state-machine/contract/plan.ts';
import {
  ALL_AT_ONCE,
  type DocumentRef,
  type ResolvedRequest,
} from '../../../state-machine/contract/resolved-request.ts';
import type { ScalingTarget } from '../../../state-machine/contract/scaling-target.ts';
import { mainVariant } from '../../../state-machine/contract/variant.ts';
import { CONTRACT_VERSION } from '../../../state-machine/contract/version.ts';
import { trustEnvironment } from '../archive/trust.ts';
import { NEW_METRICS } from '../endpoint/live-metrics.ts';
import { fleetSizes } from '../hosting/fleet-sizes.ts';
import type { EndpointConfigContent } from '../hosting/hosting-type.ts';
import { hostingTypeOf } from '../hosting/hosting-types.ts';
import { candidateName, endpointConfigName, modelName, VARIANT_NAME } from '../naming/names.ts';
import { ownershipTags } from '../naming/ownership-tags.ts';
import { type SetNow, settingChanges } from './setting-changes.ts';

export interface PlanningFacts {
  rolloutId: string;
  stackName: string;
  request: ResolvedRequest;
  artifact: {
    sha256: string;
    location: DocumentRef;
    goldenCases: DocumentRef | null;
    trustedContentsSha256?: string | undefined;
  };
  /** What serves now; null when there is no endpoint. */
  before: EndpointRecord | null;
  /** What is set now; null where nobody knows. */
  set: SetNow | null;
}

/** The plan; pure, so planning twice gives the same names. A request is the short form for one production variant. */
export function makePlan({ rolloutId, stackName, request, artifact, before, set }: PlanningFacts): Plan {
  const { endpointName } = request;
  const type = hostingTypeOf(request.hosting.type);
  const modelContent = {
    imageUri: request.image.uri,
    modelDataUrl: `s3://${artifact.location.bucket}/${artifact.location.key}`,
    environment: { ...request.environment, ...trustEnvironment(artifact.trustedContentsSha256) },
    networkIsolation: request.networkIsolation,
  };
  const model = { name: modelName(endpointName, modelContent), ...modelContent };
  const live = mainVariant(before?.variants ?? []);
  const hosted = type.endpointConfig(request, [
    {
      // A new configuration must keep the variant's name: https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html
      name: live?.name ?? VARIANT_NAME,
      role: 'production',
      modelName: model.name,
      artifactSha256: artifact.sha256,
      imageDigest: request.image.digest,
      weight: live?.initialWeight ?? 1,
    },
  ]);
  const content = { ...hosted, metrics: before?.metrics ?? NEW_METRICS };
  const endpointConfig = { name: endpointConfigName(endpointName, content), ...content };
  const operation = operationFor(before, endpointConfig.name);
  const isUpdate = operation === 'update';
  const patienceSeconds = type.patienceSeconds(request.hosting);
  const needsCandidate = isUpdate && request.verification === 'candidate';
  const candidate = needsCandidate ? type.candidate(request, content) : null;
  const { strategy } = request;
  const sizes = fleetSizes(content.variants, before?.variants ?? []);
  const update = { variants: content.variants, candidate, fleetSizes: sizes, strategy, patienceSeconds };
  const wanted = type.scalingTargets(endpointName, content.variants, request.scaling, isUpdate ? before : null);
  const watched = {
    ...{ rolloutId, endpointName, endpointConfig, ownershipTags: ownershipTags(stackName, rolloutId) },
    alarms: isUpdate ? request.alarms : null,
  };
  return {
    contractVersion: CONTRACT_VERSION,
    operation,
    request,
    patienceSeconds,
    models: [model],
    scalingTargets: [...wanted, ...scaledNoMore(before, wanted)],
    goldenCases: request.goldenCases ?? artifact.goldenCases,
    candidate: candidate && named(endpointName, rolloutId, candidate),
    strategy: isUpdate ? strategy : ALL_AT_ONCE,
    ...watched,
    fleetAlarmNames: type.alarms(watched).map(({ name }) => name),
    ...(set !== null &&
      request.settings !== undefined && {
        settingChanges: settingChanges(set, { settings: request.settings, imageDigest: request.image.digest }),
      }),
    extraCapacity: isUpdate ? type.extraCapacity(update) : [],
    before,
  };
}

/** Named for the rollout too: what an aborted one left behind is never taken for one's own. */
function named(endpointName: string, rolloutId: string, content: EndpointConfigContent): CandidateSpec {
  const name = candidateName(endpointName, [rolloutId, content]);
  return { endpointName: name, endpointConfig: { name, ...content } };
}

/** What was scaled before, and belongs to nothing of the new configuration. */
const scaledNoMore = (before: EndpointRecord | null, wanted: readonly ScalingTarget[]): ScalingTarget[] =>
  (before?.scalingTargets ?? [])
    .filter(({ resourceId, dimension }) =>
      wanted.every((target) => target.resourceId !== resourceId || target.dimension !== dimension),
    )
    .map(({ found: _, ...target }) => ({ ...target, tracking: null, suspended: true }));

function operationFor(before: EndpointRecord | null, intendedConfigName: string): Operation {
  if (before === null) return 'create';
  return before.endpointConfigName === intendedConfigName ? 'configure' : 'update';
}
