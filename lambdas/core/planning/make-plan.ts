// From a request, an artifact and what is live: every name, the operation, and the record of what was before.
import type {
  CandidateSpec,
  EndpointConfigSpec,
  EndpointRecord,
  ExtraCapacity,
  Operation,
  Plan,
} from '../../../state-machine/contract/plan.ts';
import {
  ALL_AT_ONCE,
  type DocumentRef,
  type ResolvedRequest,
} from '../../../state-machine/contract/resolved-request.ts';
import { DEPLOYMENT_SECONDS } from '../../../state-machine/contract/time-budgets.ts';
import { CONTRACT_VERSION } from '../../../state-machine/contract/version.ts';
import { trustEnvironment } from '../archive/trust.ts';
import { updateSeconds } from '../guardrails/guardrails.ts';
import { candidateName, endpointConfigName, modelName, scalableResourceId, VARIANT_NAME } from '../naming/names.ts';
import { ownershipTags } from '../naming/ownership-tags.ts';

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
}

/** The plan; pure, so planning twice gives the same names. */
export function makePlan({ rolloutId, stackName, request, artifact, before }: PlanningFacts): Plan {
  const { endpointName, hosting } = request;
  // A new configuration must keep the variant's name: https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html
  const variantName = before?.variants[0]?.name ?? VARIANT_NAME;
  const modelContent = {
    imageUri: request.image.uri,
    modelDataUrl: `s3://${artifact.location.bucket}/${artifact.location.key}`,
    environment: { ...request.environment, ...trustEnvironment(artifact.trustedContentsSha256) },
    networkIsolation: request.networkIsolation,
  };
  const model = { name: modelName(endpointName, modelContent), ...modelContent };
  const configContent = {
    modelName: model.name,
    variantName,
    // Scaling snaps the count into its bounds: starting inside them spares a change right after the deployment.
    hosting: { ...hosting, instanceCount: Math.max(hosting.instanceCount, request.scaling?.minimum ?? 0) },
    dataCapture: request.dataCapture,
  };
  const endpointConfig = { name: endpointConfigName(endpointName, configContent), ...configContent };
  const operation = operationFor(before, endpointConfig.name);
  const patienceSeconds =
    (hosting.startupTimeoutSeconds ?? 0) + (hosting.downloadTimeoutSeconds ?? 0) + DEPLOYMENT_SECONDS;
  const needsCandidate = operation === 'update' && request.verification === 'candidate';
  const candidate = needsCandidate ? candidateFor(request, rolloutId, configContent) : null;
  return {
    contractVersion: CONTRACT_VERSION,
    rolloutId,
    endpointName,
    operation,
    patienceSeconds,
    artifactSha256: artifact.sha256,
    imageDigest: request.image.digest,
    model,
    endpointConfig,
    scalableResourceId: scalableResourceId(endpointName, variantName),
    scaling: request.scaling,
    suspendsScaling: operation === 'update' && before?.scaling != null && before.instanceType !== hosting.instanceType,
    canaryInvocations: request.canaryInvocations,
    goldenCases: request.goldenCases ?? artifact.goldenCases,
    tags: request.tags,
    ownershipTags: ownershipTags(stackName, rolloutId),
    candidate,
    strategy: operation === 'update' ? request.strategy : ALL_AT_ONCE,
    alarms: operation === 'update' ? request.alarms : null,
    extraCapacity:
      operation === 'update' ? extraCapacity(request, configContent.hosting, before, candidate, patienceSeconds) : [],
    before,
  };
}

/** Named for the rollout too: what an aborted one left behind is never taken for one's own. */
function candidateFor(
  { endpointName, serverlessCandidate }: ResolvedRequest,
  rolloutId: string,
  live: Omit<EndpointConfigSpec, 'name'>,
): CandidateSpec {
  const hosting = serverlessCandidate ?? { ...live.hosting, instanceCount: 1 };
  const content = { ...live, hosting, dataCapture: null };
  const name = candidateName(endpointName, [rolloutId, content]);
  return { endpointName: name, endpointConfig: { name, ...content } };
}

/** The candidate comes first, and is gone before the second fleet comes. */
function extraCapacity(
  { strategy }: ResolvedRequest,
  { instanceType, instanceCount }: ResolvedRequest['hosting'],
  before: EndpointRecord | null,
  candidate: CandidateSpec | null,
  patienceSeconds: number,
): ExtraCapacity[] {
  const fleet = Math.max(instanceCount, serving(before));
  const { traffic } = strategy;
  // A rolling update brings up one batch at a time, every other one the whole second fleet:
  // https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-rolling.html
  const instances = traffic.type === 'rolling' ? Math.max(1, Math.floor((fleet * traffic.batchPercent) / 100)) : fleet;
  const atMostSeconds = updateSeconds({ strategy, patienceSeconds }, fleet);
  return [
    ...(candidate?.endpointConfig.hosting.type !== 'realtime'
      ? []
      : [{ for: 'candidate', instanceType, instances: 1, atMostSeconds: patienceSeconds } as const]),
    { for: 'secondFleet', instanceType, instances, atMostSeconds },
  ];
}

/** How many instances the new fleet of an update has: what serves stays, unless more is asked for. */
export const fleetInstances = ({ endpointConfig, before }: Pick<Plan, 'endpointConfig' | 'before'>): number =>
  Math.max(endpointConfig.hosting.instanceCount, serving(before));

const serving = (before: EndpointRecord | null): number => before?.variants[0]?.desiredInstanceCount ?? 0;

function operationFor(before: EndpointRecord | null, intendedConfigName: string): Operation {
  if (before === null) return 'create';
  return before.endpointConfigName === intendedConfigName ? 'configure' : 'update';
}
