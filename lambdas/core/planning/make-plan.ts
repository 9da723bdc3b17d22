// From a request, an artifact and what is live: every name, the operation, and the record of what was before.
import type { ArtifactOutput } from '../../../state-machine/contract/outputs.ts';
import type {
  CandidateSpec,
  EndpointRecord,
  ModelSpec,
  Operation,
  Plan,
} from '../../../state-machine/contract/plan.ts';
import {
  ALL_AT_ONCE,
  type DocumentRef,
  type ResolvedRequest,
} from '../../../state-machine/contract/resolved-request.ts';
import type { ScalingTarget } from '../../../state-machine/contract/scaling-target.ts';
import { mainVariant, type Variant } from '../../../state-machine/contract/variant.ts';
import { CONTRACT_VERSION } from '../../../state-machine/contract/version.ts';
import type { WeightStep, Weights } from '../../../state-machine/contract/weight-shift.ts';
import { trustEnvironment } from '../archive/trust.ts';
import { fleetSizes } from '../hosting/fleet-sizes.ts';
import type { EndpointConfigContent } from '../hosting/hosting-type.ts';
import { hostingKindOf, hostingTypeOf } from '../hosting/hosting-types.ts';
import { candidateName, modelName } from '../naming/names.ts';
import { ownershipTags } from '../naming/ownership-tags.ts';
import { namesChange } from '../weights/first-weights.ts';
import { weightsOf } from '../weights/shares.ts';
import { waitsOf, weightSteps } from '../weights/weight-steps.ts';
import { plannedConfig } from './planned-config.ts';
import { type SetNow, settingChanges } from './setting-changes.ts';
import { type AcceptedArtifact, type WantedVariant, wantedVariants } from './wanted-variants.ts';

export interface PlanningFacts {
  rolloutId: string;
  stackName: string;
  request: ResolvedRequest;
  artifact: AcceptedArtifact & Pick<ArtifactOutput, 'variants'>;
  /** What serves now; null when there is no endpoint. */
  before: EndpointRecord | null;
  /** What is set now; null where nobody knows. */
  set: SetNow | null;
}

/** The plan; pure, so planning twice gives the same names. */
export function makePlan({ rolloutId, stackName, request, artifact, before, set }: PlanningFacts): Plan {
  const { endpointName } = request;
  const serving = before?.variants ?? [];
  const wanted = wantedVariants(request, artifact, serving).map((variant) => {
    const model = modelOf(request, variant);
    return { ...variant, model, modelName: model.name };
  });
  const { operation, content, name } = plannedConfig(request, wanted, before, set?.settings.hosting);
  const endpointConfig = { name, ...content };
  const isUpdate = operation === 'update';
  // Without guardrails, where SageMaker has none: the weights move by the strategy afterwards.
  const isGuarded = isUpdate && !namesChange({ request, before, endpointConfig });
  const type = hostingTypeOf(hostingKindOf(request));
  const patienceSeconds = Math.max(
    ...wanted.map(({ hosting }) => hostingTypeOf(hosting.type).patienceSeconds(hosting)),
  );
  const needsCandidate = isUpdate && request.verification === 'candidate';
  const candidate = needsCandidate
    ? type.candidate(request, { ...content, variants: arriving(content.variants, before, request) })
    : null;
  const strategy = isGuarded ? request.strategy : ALL_AT_ONCE;
  const fleets = fleetSizes(content.variants, serving);
  const update = { variants: content.variants, candidate, fleetSizes: fleets, strategy, patienceSeconds };
  const steps = stepsOf(operation, request, weightsOf(content.variants), wanted, before);
  const scalingOf = new Map(wanted.map(({ name: of, scaling }) => [of, scaling]));
  const targets = type.scalingTargets(endpointName, content.variants, scalingOf, isUpdate ? before : null);
  const watched = {
    ...{ rolloutId, endpointName, endpointConfig, ownershipTags: ownershipTags(stackName, rolloutId) },
    alarms: isGuarded || waitsOf(steps) > 0 ? request.alarms : null,
  };
  const goldenCases = request.goldenCases ?? artifact.goldenCases;
  return {
    contractVersion: CONTRACT_VERSION,
    operation,
    request,
    patienceSeconds,
    models: [...new Map(wanted.map(({ model }) => [model.name, model])).values()],
    scalingTargets: [...targets, ...scaledNoMore(before, targets)],
    goldenCases: request.variants === undefined ? goldenCases : mainCases(wanted),
    ...(request.variants !== undefined && {
      casesOfVariants: Object.fromEntries(wanted.map((variant) => [variant.name, variant.goldenCases])),
    }),
    candidate: candidate && named(endpointName, rolloutId, candidate),
    strategy,
    ...watched,
    fleetAlarmNames: type.alarms(watched).map(({ name: ofAlarm }) => ofAlarm),
    ...(set !== null &&
      request.settings !== undefined && {
        settingChanges: settingChanges(set, { settings: request.settings, imageDigest: request.image.digest }),
      }),
    extraCapacity: isUpdate ? type.extraCapacity(update) : [],
    ...(steps.length > 0 && { weightSteps: steps }),
    before,
  };
}

function modelOf({ endpointName, networkIsolation, vpc }: ResolvedRequest, variant: WantedVariant): ModelSpec {
  const { image, environment, artifact } = variant;
  const content = {
    imageUri: image.uri,
    modelDataUrl: `s3://${artifact.location.bucket}/${artifact.location.key}`,
    environment: { ...environment, ...trustEnvironment(artifact.trustedContentsSha256) },
    networkIsolation,
    ...(vpc !== undefined && { vpc }),
  };
  return { name: modelName(endpointName, content), ...content };
}

/** Of the variant that customers get most of. */
const mainCases = (wanted: readonly WantedVariant[]): DocumentRef | null =>
  wanted.reduce((most, each) => (each.weight > most.weight ? each : most)).goldenCases;

/** [] where nothing was there, and in the short form, whose one variant has all of the traffic. */
function stepsOf(
  operation: Operation,
  { variants, strategy }: ResolvedRequest,
  first: Weights,
  wanted: readonly WantedVariant[],
  before: EndpointRecord | null,
): WeightStep[] {
  if (before === null || variants === undefined) return [];
  const from = operation === 'configure' ? weightsOf(before.variants) : first;
  return weightSteps(from, Object.fromEntries(wanted.map(({ name, weight }) => [name, weight])), strategy);
}

/** What an update brings that nobody has verified: each of equal weight. Where it brings no model, the main variant stands for all. */
function arriving(variants: readonly Variant[], before: EndpointRecord | null, { variants: named }: ResolvedRequest) {
  if (named === undefined) return [...variants];
  const isNew = ({ name, modelName: model, capacity }: Variant) => {
    const live = before?.variants.find((each) => each.name === name);
    return live?.modelName !== model || ('instanceType' in capacity && live?.instanceType !== capacity.instanceType);
  };
  const brought = variants.filter(isNew);
  const main = mainVariant(variants);
  return (brought.length > 0 || main === undefined ? brought : [main]).map((variant) => ({ ...variant, weight: 1 }));
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
