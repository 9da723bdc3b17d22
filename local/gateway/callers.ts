// Finds out who owns the access key that a call is signed with.
import { createHash } from 'node:crypto';
import type { IAMClient } from '@aws-sdk/client-iam';
import { GetAccessKeyLastUsedCommand, GetUserCommand } from '@aws-sdk/client-iam';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import { paginateListFunctions } from '@aws-sdk/client-lambda';

export type Caller =
  | { kind: 'root'; name: string; arn: string }
  | { kind: 'role'; name: string; arn: string; roleName: string }
  | { kind: 'user'; name: string; arn: string; userName: string };

/** MiniStack's one account, and the key that is its root (AUTH=true). */
export const ACCOUNT = '000000000000';
const ROOT: Caller = { kind: 'root', name: 'root', arn: `arn:aws:iam::${ACCOUNT}:root` };

/**
 * Knows the callers of one MiniStack.
 *
 * A key id alone cannot be looked up in IAM, so sessions are learnt in two ways: the key of a function is derived from
 * the function's and the role's ARN (ministack/core/lambda_runtime.py, execution_credentials), and the keys that
 * AssumeRole hands out are read from its answers as they pass.
 */
export class Callers {
  readonly #byKey = new Map<string, Caller>([['test', ROOT]]);
  /** Keys that nobody had, and when that was asked: not asked again for a second. */
  readonly #unknown = new Map<string, number>();
  readonly #lambda: LambdaClient;
  readonly #iam: IAMClient;
  #listing: Promise<void> | undefined;

  constructor(clients: { lambda: LambdaClient; iam: IAMClient }) {
    this.#lambda = clients.lambda;
    this.#iam = clients.iam;
  }

  /** The owner of the key; undefined when nobody has it. */
  async find(accessKeyId: string): Promise<Caller | undefined> {
    const known = this.#byKey.get(accessKeyId);
    if (known || !accessKeyId || Date.now() - (this.#unknown.get(accessKeyId) ?? 0) < 1000) return known;
    if (accessKeyId.startsWith('ASIA')) await this.#learnFunctions();
    else await this.#learnUser(accessKeyId);
    const found = this.#byKey.get(accessKeyId);
    if (found) this.#unknown.delete(accessKeyId);
    else this.#unknown.set(accessKeyId, Date.now());
    return found;
  }

  /** Learns the session from an answer of sts:AssumeRole. */
  learnSession(assumeRoleAnswer: string): void {
    const accessKeyId = element(assumeRoleAnswer, 'AccessKeyId');
    const arn = element(assumeRoleAnswer, 'Arn');
    const roleName = arn?.split('/')[1];
    if (accessKeyId && arn && roleName) this.#byKey.set(accessKeyId, { kind: 'role', name: arn, arn, roleName });
  }

  /** Reads the functions; calls at the same time share one reading. */
  #learnFunctions(): Promise<void> {
    this.#listing ??= this.#listFunctions().finally(() => {
      this.#listing = undefined;
    });
    return this.#listing;
  }

  async #listFunctions(): Promise<void> {
    for await (const page of paginateListFunctions({ client: this.#lambda }, { FunctionVersion: 'ALL' })) {
      for (const { FunctionArn, FunctionName: name, Role } of page.Functions ?? []) {
        if (!FunctionArn || !name || !Role) continue;
        const roleName = Role.slice(Role.lastIndexOf('/') + 1);
        const arn = `arn:aws:sts::${ACCOUNT}:assumed-role/${roleName}/${name.slice(0, 64)}`;
        // Unqualified for $LATEST, which a listing of all versions may show qualified.
        for (const functionArn of [FunctionArn, FunctionArn.replace(/:\$LATEST$/, '')]) {
          this.#byKey.set(functionAccessKeyId(functionArn, Role), { kind: 'role', name, arn, roleName });
        }
      }
    }
  }

  async #learnUser(accessKeyId: string): Promise<void> {
    try {
      const { UserName } = await this.#iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId: accessKeyId }));
      if (!UserName) return;
      const { User } = await this.#iam.send(new GetUserCommand({ UserName }));
      const arn = User!.Arn!;
      this.#byKey.set(accessKeyId, { kind: 'user', name: arn, arn, userName: UserName });
    } catch (error) {
      // Nobody's key: the caller of find() answers that.
      if (!/NoSuchEntity|AccessDenied|InvalidClientTokenId/.test((error as Error).name)) throw error;
    }
  }
}

export function functionAccessKeyId(functionArn: string, roleArn: string): string {
  const digest = createHash('sha256').update(`${functionArn}:${roleArn}`).digest('hex');
  return `ASIA${digest.slice(0, 16).toUpperCase()}`;
}

function element(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
}
