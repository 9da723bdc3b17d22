// `retire`: deletes an endpoint with all that belongs to it, if told so knowing what that is, and watches it if asked to.
import { connect, type Deployer } from '../../client/client.ts';
import { Refusal } from '../../client/refusal.ts';
import { RELEASES_READ } from '../../lambdas/core/releases-read.ts';
import type { Lease } from '../../state-machine/contract/lease.ts';
import type { Release } from '../../state-machine/contract/release.ts';
import type { Report } from '../terminal/report.ts';
import { type ActionFlags, startAction } from '../terminal/start-action.ts';

export interface RetireFlags extends ActionFlags {
  yes?: true;
}

export async function retire(endpointName: string, flags: RetireFlags): Promise<Report> {
  return startAction('Starting the retirement', flags, async () => {
    const deployer = await connect(flags.stack);
    if (!flags.yes) throw new Refusal(await consentText(deployer, endpointName));
    return { deployer, ...(await deployer.retireEndpoint(endpointName, { name: flags.name })) };
  });
}

/** What RetireEndpoint will do, as far as the ledger and the bucket tell. */
async function consentText(deployer: Deployer, endpointName: string): Promise<string> {
  const [releases, artifacts, lease] = await Promise.all([
    deployer.releases(endpointName, RELEASES_READ),
    deployer.artifacts(endpointName),
    deployer.lease(endpointName),
  ]);
  return whatGoes(endpointName, releases, artifacts, lease);
}

/** `artifacts`: the keys that are there now. */
export function whatGoes(
  endpointName: string,
  releases: readonly Release[],
  artifacts: readonly string[],
  lease: Lease | null,
): string {
  const configs = new Set(releases.map((release) => release.endpointConfigName));
  const models = new Set(releases.flatMap(({ variants }) => variants.map(({ modelName }) => modelName)));
  const running = lease?.owner?.rollout ?? null;
  return [
    `This deletes, and whoever calls the endpoint gets errors from then on:`,
    `  the endpoint ${endpointName} and its scaling`,
    ...listed('endpoint configuration', [...configs]),
    ...listed('model', [...models]),
    `  its artifacts, ${artifacts.length} objects under artifacts/${endpointName}/ (they can be brought back for 14 days)`,
    ...(running === null ? [] : [`${running.rolloutId} (${running.action}) runs, and is asked to stop first.`]),
    `Its uploads under models/${endpointName}/ and its history in the ledger stay. Say so with --yes.`,
  ].join('\n');
}

const listed = (kind: string, names: readonly string[]): string[] =>
  names.length === 0 ? [] : [`  of its releases, where they are still there, the ${kind}s ${names.join(', ')}`];
