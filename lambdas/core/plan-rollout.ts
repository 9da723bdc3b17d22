// From a request, an artifact and what is live: every name, the operation, and the record of what was before.
import type { EndpointRecord, Operation, Plan } from '../../state-machine/contract/plan.ts';
import type { DocumentRef, ResolvedRequest } from '../../state-machine/contract/resolved-request.ts';
import { DEPLOYMENT_SECONDS } from '../../state-machine/contract/time-budgets.ts';
import { CONTRACT_VERSION } from '../../state-machine/contract/version.ts';
import { endpointConfigName, modelName, scalableResourceId, VARIANT_NAME } from './names.ts';
import { ownershipTags } from './ownership-tags.ts';
import { trustEnvironment } from './trust.ts';

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
  now: Date;
}

/** The plan; pure, so planning twice gives the same names. */
export function planRollout({ rolloutId, stackName, request, artifact, before, now }: PlanningFacts): Plan {
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
  const patience = (hosting.startupTimeoutSeconds ?? 0) + (hosting.downloadTimeoutSeconds ?? 0) + DEPLOYMENT_SECONDS;
  return {
    contractVersion: CONTRACT_VERSION,
    rolloutId,
    endpointName,
    operation,
    deadline: new Date(now.getTime() + patience * 1000).toISOString(),
    artifactSha256: artifact.sha256,
    imageDigest: request.image.digest,
    model,
    endpointConfig,
    scalableResourceId: scalableResourceId(endpointName, variantName),
    scaling: request.scaling,
    canary: request.canary,
    goldenCases: request.goldenCases ?? artifact.goldenCases,
    tags: request.tags,
    ownershipTags: ownershipTags(stackName, rolloutId),
    // All at once brings up the whole second fleet: https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-blue-green-all-at-once.html
    extraInstances: operation === 'update' ? Math.max(configContent.hosting.instanceCount, serving(before)) : 0,
    before,
  };
}

const serving = (before: EndpointRecord | null): number => before?.variants[0]?.desiredInstanceCount ?? 0;

function operationFor(before: EndpointRecord | null, intendedConfigName: string): Operation {
  if (before === null) return 'create';
  return before.endpointConfigName === intendedConfigName ? 'configure' : 'update';
}
