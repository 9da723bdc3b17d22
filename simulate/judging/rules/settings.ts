// A setting that a request leaves out keeps its value.
import { endpointPartition, settingsSortKey } from '../../../lambdas/core/naming/ledger-keys.ts';
import { KEPT } from '../../../state-machine/contract/kept.ts';
import type { KeptSettings } from '../../../state-machine/contract/kept-settings.ts';
import { firstClaims, succeeded } from '../claims.ts';
import type { Claim, Evidence } from '../evidence.ts';
import { type Fields, fieldsBySetting, fieldsOfKept, fieldsOfLive } from '../live-settings.ts';
import type { Rule } from '../rule.ts';

export const settingsStay: Rule = {
  number: 12,
  name: 'settingsStay',
  text: 'No setting changes that nobody asked for: after a rollout the endpoint has the settings that it had, but for those that its request, its manifest or its rollback names.',
  broken: (evidence, { outsider }) => {
    if (outsider) return [];
    const found: string[] = [];
    /** Settings of each endpoint, the newest last: those that a rollback may bring back. */
    const had = new Map<string, Fields[]>();
    for (const claim of firstClaims(evidence)) {
      const { endpointName, rolloutId, outcome, action } = claim.outcome;
      if (endpointName === null) continue;
      const earlier = had.get(endpointName) ?? setBefore(evidence, endpointName);
      if (outcome === 'retired') had.set(endpointName, []);
      if (!succeeded(claim) || claim.settings === null) continue;
      const before = earlier.at(-1);
      const now = claim.settings;
      if (action === 'rollback') {
        const isOld = earlier.some((each) => JSON.stringify(each) === JSON.stringify(now));
        if (!isOld) found.push(`${rolloutId} went back to settings that no release had: ${JSON.stringify(now)}`);
      } else if (before !== undefined) {
        const asked = askedIn(evidence, claim);
        for (const field of Object.keys(now) as (keyof Fields)[])
          if (now[field] !== before[field] && !fieldsBySetting[field].some((setting) => asked.has(setting)))
            found.push(`${rolloutId} changed ${field} from ${before[field]} to ${now[field]}, which nobody asked for`);
      }
      had.set(endpointName, [...earlier, now]);
    }
    return found;
  },
};

/** What was released before the run began, the newest last; of an endpoint without a release, what it was given with. */
function setBefore(evidence: Evidence, endpointName: string): Fields[] {
  const released = releasedBefore(evidence, endpointName);
  const live = released.length === 0 ? fieldsOfLive(evidence.before, endpointName) : null;
  return live === null ? released : [live];
}

function releasedBefore(evidence: Evidence, endpointName: string): Fields[] {
  const claimed = new Set(evidence.claims.map(({ outcome }) => outcome.rolloutId));
  return evidence
    .releases()
    .filter((release) => release.endpointName === endpointName && !claimed.has(release.rolloutId))
    .map(({ rolloutId }) => fieldsOfKept(settingsOf(evidence, endpointName, rolloutId)))
    .filter((fields) => fields !== null)
    .reverse();
}

function settingsOf({ stack }: Evidence, endpointName: string, rolloutId: string): KeptSettings {
  const item = stack.account.dynamoDb.partitions
    .get(endpointPartition(endpointName))
    ?.get(settingsSortKey({ rolloutId }));
  return (item?.settings ?? {}) as KeptSettings;
}

/** The settings that its request and any version of the manifest name, and those that it resets. */
function askedIn({ stack }: Evidence, { outcome }: Claim): ReadonlySet<string> {
  const execution = [...stack.account.executions.values()].find(({ name }) => name === outcome.rolloutId);
  const request = (execution?.input ?? {}) as { reset?: 'all' | string[] };
  const reset = request.reset === 'all' ? KEPT : (request.reset ?? []);
  const manifests = stack.account.s3.objects.get(`models/${outcome.endpointName}/rollout.json`) ?? [];
  const written = manifests.flatMap(({ body }) =>
    body === null ? [] : Object.keys(JSON.parse(Buffer.from(body).toString('utf8'))),
  );
  return new Set([...Object.keys(request), ...reset, ...written]);
}
