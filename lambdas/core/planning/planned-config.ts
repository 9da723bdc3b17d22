// The endpoint configuration that a rollout wants, with the weights and instances that variants begin with.
import type { KeptSettings } from '../../../state-machine/contract/kept-settings.ts';
import type { EndpointRecord, Operation } from '../../../state-machine/contract/plan.ts';
import type { ResolvedRequest } from '../../../state-machine/contract/resolved-request.ts';
import { scalingBefore } from '../../../state-machine/contract/scaling-target.ts';
import type { Variant } from '../../../state-machine/contract/variant.ts';
import type { Weights } from '../../../state-machine/contract/weight-shift.ts';
import { NEW_METRICS } from '../endpoint/live-metrics.ts';
import type { EndpointConfigContent } from '../hosting/hosting-type.ts';
import { hostingTypeOf } from '../hosting/hosting-types.ts';
import { isServerless } from '../hosting/is-serverless.ts';
import { concurrencyTarget, endpointConfigName } from '../naming/names.ts';
import { answersOf } from '../naming/object-keys.ts';
import { firstWeights } from '../weights/first-weights.ts';
import { instancesInTraffic, neededInstances } from '../weights/share-capacity.ts';
import { sameNames, weightsOf } from '../weights/shares.ts';
import type { WantedVariant } from './wanted-variants.ts';

export interface PlannedConfig {
  operation: Operation;
  content: EndpointConfigContent;
  name: string;
}

/** A variant of the plan: its model is known by name. */
export interface ModelledVariant extends WantedVariant {
  modelName: string;
}

/** Pure: the same wish on the same endpoint gives the same content, so that planning again finds its own configuration. */
export function plannedConfig(
  request: ResolvedRequest,
  wanted: readonly ModelledVariant[],
  before: EndpointRecord | null,
  set: KeptSettings['hosting'] = undefined,
): PlannedConfig {
  const asked = contentOf(request, wanted, before);
  const named = (operation: Operation, content: EndpointConfigContent): PlannedConfig => ({
    ...{ operation, content },
    name: endpointConfigName(request.endpointName, content),
  });
  if (before === null) return named('create', asked);
  const configured = withNumbersOf(
    withKept('asConfigured', asked, request, before, set),
    before,
    request.variants !== undefined,
  );
  const asLive = named('configure', configured);
  if (asLive.name === before.endpointConfigName) return asLive;
  const kept = withKept('keeping', asked, request, before, set);
  return named('update', request.variants === undefined ? kept : asUpdate(kept, before));
}

function contentOf(
  request: ResolvedRequest,
  wanted: readonly ModelledVariant[],
  before: EndpointRecord | null,
): EndpointConfigContent {
  const { dataCapture, volumeKmsKeyArn } = request;
  const variants = wanted.flatMap((each): Variant[] => {
    const model = {
      ...({ name: each.name, role: 'production', modelName: each.modelName, weight: each.weight } as const),
      ...{ artifactSha256: each.artifact.sha256, imageDigest: each.image.digest },
    };
    const { hosting, scaling } = each;
    return hostingTypeOf(hosting.type).endpointConfig({ hosting, scaling, dataCapture }, [model]).variants;
  });
  return {
    ...{ variants, dataCapture },
    metrics: isServerless(request) ? ownMetrics(before) : (before?.metrics ?? NEW_METRICS),
    ...(volumeKmsKeyArn !== undefined && { volumeKmsKeyArn }),
    ...answersOfQueued(request, wanted),
  };
}

function answersOfQueued(
  { endpointName, answersKmsKeyArn }: ResolvedRequest,
  wanted: readonly ModelledVariant[],
): Pick<EndpointConfigContent, 'answers'> {
  for (const { hosting, artifact } of wanted) {
    if (hosting.type !== 'async') continue;
    const { notifications } = hosting;
    return {
      answers: {
        ...answersOf(artifact.location.bucket, endpointName),
        ...(answersKmsKeyArn !== undefined && { kmsKeyArn: answersKmsKeyArn }),
        ...(notifications !== undefined && { notifications }),
      },
    };
  }
  return {};
}

/**
 * With the weights and counts that the live configuration says: they change without an update, weights always, and counts where
 * it says as many as are asked for, or more. Of a variant that came with a share there are as many as the traffic took then.
 */
function withNumbersOf(
  content: EndpointConfigContent,
  before: EndpointRecord,
  isNamed: boolean,
): EndpointConfigContent {
  const variants = content.variants.map((variant) => {
    const live = before.variants.find(({ name }) => name === variant.name);
    if (live === undefined) return variant;
    const counted = isNamed ? withCount(variant, live.initialInstanceCount ?? 0) : variant;
    return { ...counted, weight: live.initialWeight };
  });
  return { ...content, variants };
}

/** What only a configuration can say of the numbers that are there, or that the live configuration has. */
function withKept(
  how: 'keeping' | 'asConfigured',
  content: EndpointConfigContent,
  { endpointName }: ResolvedRequest,
  before: EndpointRecord,
  set: KeptSettings['hosting'],
): EndpointConfigContent {
  const isScaled = (name: string) => scalingBefore(before, concurrencyTarget(endpointName, name)) !== null;
  const variants = content.variants.map((each) => {
    const variant = before.variants.find(({ name }) => name === each.name);
    if (variant === undefined) return each;
    const live = { variant, isScaled: isScaled(each.name), set };
    return { ...each, capacity: hostingTypeOf(each.capacity.type)[how](each.capacity, live) };
  });
  return { ...content, variants };
}

/**
 * What SageMaker makes of the member for a variant without instances is not documented: it is left to SageMaker, unless somebody
 * has set it.
 */
function ownMetrics(before: EndpointRecord | null): EndpointConfigContent['metrics'] {
  const { enhanced, publishFrequencySeconds } = before?.metrics ?? NEW_METRICS;
  const isSet = enhanced !== NEW_METRICS.enhanced || publishFrequencySeconds !== NEW_METRICS.publishFrequencySeconds;
  return isSet ? (before?.metrics ?? null) : null;
}

/** At least so many instances. */
function withCount<Any extends Pick<Variant, 'capacity'>>(variant: Any, count: number): Any {
  const { capacity } = variant;
  if (!('instanceCount' in capacity)) return variant;
  return { ...variant, capacity: { ...capacity, instanceCount: Math.max(capacity.instanceCount, count) } };
}

/** An update to other variants retains nothing: what stays keeps what it has, and what gains traffic has room for it. */
function asUpdate(content: EndpointConfigContent, before: EndpointRecord): EndpointConfigContent {
  const [now, wanted] = [weightsOf(before.variants), weightsOf(content.variants)];
  const first = firstWeights(wanted, before.variants);
  const variants = content.variants.map((variant) => ({ ...variant, weight: first[variant.name] ?? variant.weight }));
  if (sameNames(now, wanted)) return { ...content, variants };
  const needed = countsFor(now, first, wanted, before);
  return { ...content, variants: variants.map((variant) => withCount(variant, needed.get(variant.name) ?? 0)) };
}

function countsFor(now: Weights, first: Weights, wanted: Weights, before: EndpointRecord): Map<string, number> {
  const instances = instancesInTraffic(before.variants);
  const counts = new Map(before.variants.map(({ name, desiredInstanceCount }) => [name, desiredInstanceCount ?? 0]));
  for (const weights of [first, wanted])
    for (const [name, count] of neededInstances(now, weights, instances))
      counts.set(name, Math.max(counts.get(name) ?? 0, count));
  return counts;
}
