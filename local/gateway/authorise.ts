// Decides, from the caller's own policies, whether a call to a service that MiniStack lacks is allowed.
import { runSimulation } from '@cloud-copilot/iam-simulate';
import { ACCOUNT, type Caller } from './callers.ts';
import type { AwsError } from './error-answer.ts';
import type { IdentityPolicies } from './identity-policies.ts';

/** One action on one resource that a call needs. */
export interface Requirement {
  action: string;
  resource: string;
  /** Condition keys that come from the request: `aws:RequestTag/...`, `aws:TagKeys`, `iam:PassedToService`. */
  context: Record<string, string | string[]>;
}

/** Tags of a resource by its ARN; undefined when there is none, or none with tags. */
export type TagsOf = (arn: string) => Record<string, string> | undefined;

export interface Authorisation {
  caller: Extract<Caller, { kind: 'role' | 'user' }>;
  policies: IdentityPolicies;
  region: string;
  tagsOf: TagsOf;
  /** The policy that a resource carries itself; KMS allows nothing that its key's policy does not. Default: none has one. */
  resourcePolicyOf?: (arn: string) => Promise<object | undefined>;
}

/**
 * Evaluates every requirement; all have to be allowed.
 *
 * @returns AWS's AccessDeniedException for the first one that is not, or undefined
 * @throws when a requirement names an action, resource or condition key that IAM does not know
 */
export async function authorise(
  requirements: Requirement[],
  { caller, policies, region, tagsOf, resourcePolicyOf }: Authorisation,
): Promise<AwsError | undefined> {
  for (const { action, resource, context } of requirements) {
    const result = await runSimulation(
      {
        request: {
          action,
          principal: caller.arn,
          resource: { resource, accountId: ACCOUNT },
          contextVariables: {
            'aws:PrincipalArn': caller.kind === 'role' ? `arn:aws:iam::${ACCOUNT}:role/${caller.roleName}` : caller.arn,
            'aws:PrincipalAccount': ACCOUNT,
            'aws:RequestedRegion': region,
            'aws:SecureTransport': 'true',
            ...resourceTags(action, tagsOf(resource)),
            ...context,
          },
        },
        identityPolicies: policies.identity,
        permissionBoundaryPolicies: policies.boundary,
        resourcePolicy: await resourcePolicyOf?.(resource),
        serviceControlPolicies: [],
        resourceControlPolicies: [],
      },
      {},
    );
    if (result.resultType === 'error') {
      throw new Error(`${action} on ${resource} cannot be evaluated: ${JSON.stringify(result.errors)}`);
    }
    if (result.overallResult === 'Allowed') continue;
    const analysis = result.resultType === 'single' ? result.result.analysis : result.results[0]?.analysis;
    return denied(action, resource, caller, reason(action, analysis));
  }
  return undefined;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html gives AWS's three wordings. */
function reason(
  action: string,
  analysis?: Partial<
    Record<'identityAnalysis' | 'permissionBoundaryAnalysis' | 'resourceAnalysis', { result: string }>
  >,
): string {
  if (analysis?.identityAnalysis?.result === 'ExplicitlyDenied')
    return 'with an explicit deny in an identity-based policy';
  const boundary = analysis?.permissionBoundaryAnalysis?.result;
  if (boundary === 'ExplicitlyDenied') return 'with an explicit deny in a permissions boundary';
  const allowedByIdentity = analysis?.identityAnalysis?.result === 'Allowed';
  if (allowedByIdentity && boundary) return `because no permissions boundary allows the ${action} action`;
  const resource = analysis?.resourceAnalysis?.result;
  if (resource === 'ExplicitlyDenied') return 'with an explicit deny in a resource-based policy';
  if (allowedByIdentity) return `because no resource-based policy allows the ${action} action`;
  return `because no identity-based policy allows the ${action} action`;
}

function denied(action: string, resource: string, caller: Caller, why: string): AwsError {
  return {
    code: 'AccessDeniedException',
    message: `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${resource} ${why}`,
  };
}

function resourceTags(action: string, tags: Record<string, string> = {}): Record<string, string> {
  const service = action.slice(0, action.indexOf(':'));
  return Object.fromEntries(
    Object.entries(tags).flatMap(([key, value]) => [
      [`aws:ResourceTag/${key}`, value],
      [`${service}:ResourceTag/${key}`, value],
    ]),
  );
}
