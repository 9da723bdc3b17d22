// Ports as the functions have them, on a simulated account of their own. Calls take no time: it passes only where a task sleeps.
import { endpointPartition, RELEASE_PREFIX, settingsSortKey } from '../../lambdas/core/naming/ledger-keys.ts';
import { compile } from '../../simulate/engine/asl.ts';
import { Account } from '../../simulate/world/account.ts';
import { Clients } from '../../simulate/world/aws/clients.ts';
import { sdkError } from '../../simulate/world/aws/service-error.ts';
import { type Ports, portsOf } from '../../simulate/world/functions.ts';
import { PLATFORM } from '../../simulate/world/stack-names.ts';
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import type { NewRelease, Release } from '../../state-machine/contract/release.ts';
import type { Upload } from '../../state-machine/contract/resolved-request.ts';

export const BUCKET = PLATFORM.bucketName;
export const NOON = '2026-01-01T12:00:00.000Z';

/** Its executions run until somebody stops them. */
const endless = compile({
  StartAt: 'Run',
  States: { Run: { Type: 'Wait', Seconds: 1_000_000_000, Next: 'End' }, End: { Type: 'Succeed' } },
});

export class AccountPorts {
  readonly account: Account;
  readonly ports: Ports;
  #uploaded = 0;

  constructor(now = NOON) {
    const account = new Account({ machine: endless, functions: {}, startedAt: Date.parse(now) });
    const { time } = account;
    const clients = new Clients((service, operation, input) =>
      account.perform({ service, operation, input }).catch((error) => Promise.reject(sdkError(error))),
    );
    const clock = {
      now: () => new Date(time.now),
      remainingMilliseconds: () => 60_000,
      sleep: async (milliseconds: number) => {
        time.now += milliseconds;
      },
    };
    this.account = account;
    this.ports = portsOf({ clients, clock });
  }

  /** Writes a new version; each is a second newer than the last, unless `lastModified` says otherwise. */
  upload(key: string, text: string, { lastModified }: { lastModified?: string } = {}): Upload {
    this.#uploaded += 1;
    const at = lastModified === undefined ? Date.UTC(2026, 0, 1, 0, 0, this.#uploaded) : Date.parse(lastModified);
    const version = this.account.s3.put(key, Buffer.from(text), {}, at);
    const { versionId, lastModified: modified } = version;
    return { bucket: BUCKET, key, versionId, sizeBytes: Buffer.byteLength(text), lastModified: modified.toISOString() };
  }

  /** Leaves a delete marker as the current version. */
  remove(key: string): void {
    this.account.s3.put(key, null);
  }

  document(key: string): unknown {
    return this.account.s3.document(key);
  }

  /** Of what rollouts wrote, in the order in which it was first written. */
  documentKeys(): string[] {
    return [...this.account.s3.objects.keys()].filter((key) => key.startsWith('rollouts/'));
  }

  /** What is there of earlier rollouts. */
  released(...releases: NewRelease[]): void {
    for (const { settings, ...release } of releases) {
      if (settings !== undefined) {
        const sk = settingsSortKey(release);
        this.account.dynamoDb.perform('PutItem', {
          Item: { pk: endpointPartition(release.endpointName), sk, settings },
        });
      }
      const sk = `${RELEASE_PREFIX}${release.releasedAt}#${release.rolloutId}`;
      this.account.dynamoDb.perform('PutItem', {
        Item: { pk: endpointPartition(release.endpointName), sk, ...release },
      });
    }
  }

  get releases(): Release[] {
    return this.#recorded(RELEASE_PREFIX) as unknown as Release[];
  }

  /** In the ledger. */
  get outcomes(): Outcome[] {
    return this.#recorded('outcome#') as unknown as Outcome[];
  }

  #recorded(prefix: string): Record<string, unknown>[] {
    return this.account.dynamoDb
      .items()
      .filter(({ pk, sk }) => String(pk).startsWith('endpoint#') && String(sk).startsWith(prefix))
      .map(({ pk: _pk, sk: _sk, ...item }) => item);
  }
}
