// Reads the policies of a role or user from MiniStack's IAM.
import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  type IAMClient,
  ListAttachedRolePoliciesCommand,
  ListAttachedUserPoliciesCommand,
  ListRolePoliciesCommand,
  ListUserPoliciesCommand,
} from '@aws-sdk/client-iam';
import type { Caller } from './callers.ts';

export interface NamedPolicy {
  name: string;
  policy: object;
}

export interface IdentityPolicies {
  identity: NamedPolicy[];
  /** Absent without a permissions boundary. */
  boundary?: NamedPolicy[];
}

/** A removed permission acts within this time; the ~10 reads for a role take some 20 ms. */
const FRESH_MS = 1000;

export class IdentityPolicyReader {
  readonly #iam: IAMClient;
  readonly #cache = new Map<string, { until: number; policies: Promise<IdentityPolicies> }>();

  constructor(iam: IAMClient) {
    this.#iam = iam;
  }

  /** Inline and attached policies and the boundary, at most a second old. */
  of(caller: Extract<Caller, { kind: 'role' | 'user' }>): Promise<IdentityPolicies> {
    const key = caller.kind === 'role' ? `role/${caller.roleName}` : `user/${caller.userName}`;
    const cached = this.#cache.get(key);
    if (cached && cached.until > Date.now()) return cached.policies;
    const policies = caller.kind === 'role' ? this.#ofRole(caller.roleName) : this.#ofUser(caller.userName);
    this.#cache.set(key, { until: Date.now() + FRESH_MS, policies });
    policies.catch(() => this.#cache.delete(key));
    return policies;
  }

  /** After a change of IAM that passed the gateway; others act within the second. */
  forget(): void {
    this.#cache.clear();
  }

  async #ofRole(RoleName: string): Promise<IdentityPolicies> {
    const [inline, attached, { Role }] = await Promise.all([
      this.#iam.send(new ListRolePoliciesCommand({ RoleName })),
      this.#iam.send(new ListAttachedRolePoliciesCommand({ RoleName })),
      this.#iam.send(new GetRoleCommand({ RoleName })),
    ]);
    const documents = inline.PolicyNames!.map(async (PolicyName) => {
      const { PolicyDocument } = await this.#iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
      return { name: PolicyName, policy: parse(PolicyDocument!) };
    });
    return this.#with(documents, attached.AttachedPolicies, Role?.PermissionsBoundary?.PermissionsBoundaryArn);
  }

  async #ofUser(UserName: string): Promise<IdentityPolicies> {
    const [inline, attached, { User }] = await Promise.all([
      this.#iam.send(new ListUserPoliciesCommand({ UserName })),
      this.#iam.send(new ListAttachedUserPoliciesCommand({ UserName })),
      this.#iam.send(new GetUserCommand({ UserName })),
    ]);
    const documents = inline.PolicyNames!.map(async (PolicyName) => {
      const { PolicyDocument } = await this.#iam.send(new GetUserPolicyCommand({ UserName, PolicyName }));
      return { name: PolicyName, policy: parse(PolicyDocument!) };
    });
    return this.#with(documents, attached.AttachedPolicies, User?.PermissionsBoundary?.PermissionsBoundaryArn);
  }

  async #with(
    inline: Promise<NamedPolicy>[],
    attached: { PolicyArn?: string }[] = [],
    boundaryArn?: string,
  ): Promise<IdentityPolicies> {
    const managed = attached.map(({ PolicyArn }) => this.#managed(PolicyArn!));
    const identity = await Promise.all([...inline, ...managed]);
    return boundaryArn ? { identity, boundary: [await this.#managed(boundaryArn)] } : { identity };
  }

  async #managed(PolicyArn: string): Promise<NamedPolicy> {
    const { Policy } = await this.#iam.send(new GetPolicyCommand({ PolicyArn }));
    const version = await this.#iam.send(
      new GetPolicyVersionCommand({ PolicyArn, VersionId: Policy!.DefaultVersionId! }),
    );
    return { name: PolicyArn, policy: parse(version.PolicyVersion!.Document!) };
  }
}

/** IAM answers documents percent-encoded (RFC 3986). */
function parse(document: string): object {
  return JSON.parse(document.startsWith('%') ? decodeURIComponent(document) : document);
}
