// PlanRollout: reads what is live, and names everything before anything is made.
import * as z from 'zod/mini';
import type { KeptSettings } from '../../state-machine/contract/kept-settings.ts';
import type { ArtifactOutput, LeaseOutput, Planned, PlanOutput } from '../../state-machine/contract/outputs.ts';
import { type Plan, PlanSchema } from '../../state-machine/contract/plan.ts';
import { ResolvedRequestSchema } from '../../state-machine/contract/resolved-request.ts';
import type { Task } from '../../state-machine/contract/steps.ts';
import { mainVariant } from '../../state-machine/contract/variant.ts';
import { rolloutDocumentKey } from '../core/naming/rollout-documents.ts';
import { isConfiguredAsPlanned } from '../core/planning/is-configured-as-planned.ts';
import { makePlan, type PlanningFacts } from '../core/planning/make-plan.ts';
import { missingArtifact } from '../core/planning/missing-artifact.ts';
import { outdatedSettings } from '../core/planning/outdated-settings.ts';
import { planned, rejectedFor } from '../core/planning/planned.ts';
import { updateProblems, updateWarnings } from '../core/planning/update-problems.ts';
import { RolloutError } from '../core/rollout-error.ts';
import type { Alarms } from '../ports/alarms.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeploymentTarget } from '../ports/deployment-target.ts';
import type { Documents } from '../ports/documents.ts';
import type { EndpointConfigs } from '../ports/endpoint-configs.ts';
import type { Leases } from '../ports/leases.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Models } from '../ports/models.ts';
import type { ReleaseSettings } from '../ports/release-settings.ts';
import type { Scaling } from '../ports/scaling.ts';
import { beatLease } from './parts/lease/beat-lease.ts';
import { notePlan } from './parts/lease/note-plan.ts';
import { type RolloutStack, readLive } from './parts/planning/read-live.ts';
import { type ReleasedSettings, releasedSettings } from './parts/request/released-settings.ts';

interface Ports {
  alarms: Pick<Alarms, 'states'>;
  artifacts: Pick<ArtifactStore, 'isThere'>;
  clock: Clock;
  documents: Documents;
  deploymentTarget: Pick<DeploymentTarget, 'describe' | 'tags'>;
  endpointConfigs: Pick<EndpointConfigs, 'find'>;
  models: Pick<Models, 'find'>;
  scaling: Pick<Scaling, 'find'>;
  leases: Leases;
  ledger: Ledger;
  releaseSettings: ReleaseSettings;
}

export const planRollout =
  (ports: Ports, stack: RolloutStack): Task<'PlanRollout'> =>
  async ({ execution, request, artifact, lease }): Promise<PlanOutput> => {
    if (lease.verdict === 'recover') return takeUpPlan(ports, lease);
    const accepted = acceptedArtifacts(artifact);
    if (request.document === null || accepted === null) {
      throw new RolloutError('CallRefused', 'A request or an artifact that was not accepted reached PlanRollout.');
    }
    const wanted = z.parse(ResolvedRequestSchema, await ports.documents.read(request.document));
    const stop = await beatLease(ports, lease);
    if (stop !== null) return { verdict: 'rejected', failure: stop, problems: [] };
    const kept = (accepted.variants ?? [accepted]).flatMap(({ location, goldenCases }) =>
      goldenCases === null ? [location] : [location, goldenCases],
    );
    const found = await Promise.all(kept.map((object) => ports.artifacts.isThere(object)));
    if (!found.every(Boolean)) return missingArtifact(request, artifact, lease);
    const released = await releasedSettings(ports, wanted.endpointName, stack.settings.servingImage.repositoryName);
    const outdated = outdatedSettings(wanted, released?.release ?? null);
    if (outdated !== null) return outdated;
    const waited = ports.clock.now().getTime() - Date.parse(lease.acquiredAt ?? execution.startedAt);
    const live = await readLive(ports, stack, waited, wanted, released?.settings ?? null);
    if (live !== null && live.verdict !== 'usable') return live;

    const content = makePlan({
      rolloutId: execution.name,
      stackName: stack.stackName,
      request: live?.request ?? wanted,
      artifact: accepted,
      before: live?.record ?? null,
      set: setNow(released, live?.set ?? null),
    });
    const refusal = rejectedFor(
      updateProblems(content, await alarmStates(ports, content), stack.settings.maximumInstances),
    );
    if (refusal !== null) return refusal;
    const unchanged = isConfiguredAsPlanned(content, ports.clock.now()) && (await modelsAreThere(ports, content));
    const key = rolloutDocumentKey(content.endpointName, content.rolloutId, 'plan');
    const document = await ports.documents.write(key, content);
    if (!unchanged) await notePlan(ports, lease, document);
    const verdict = unchanged ? 'unchanged' : 'proceed';
    return {
      ...planned(content, verdict, document),
      warnings: [...(live?.warnings ?? []), ...updateWarnings(content)],
    };
  };

/** Null where one is missing. Of several variants the first stands for all where one is meant. */
function acceptedArtifacts(artifact: ArtifactOutput): PlanningFacts['artifact'] | null {
  const { sha256, location, goldenCases, trustedContentsSha256, variants } = artifact;
  if (variants?.[0] !== undefined) return { ...variants[0], variants };
  return sha256 === null || location === null ? null : { sha256, location, goldenCases, trustedContentsSha256 };
}

/** For the recovery of a rollout that was stopped: its own plan, so that it is rolled back by its own plan. */
async function takeUpPlan({ leases, documents }: Ports, { endpointName }: LeaseOutput): Promise<Planned> {
  const document = (await leases.read(endpointName))?.owner?.plan;
  if (document == null) throw new RolloutError('LeaseLost', `The lease of ${endpointName} holds no plan to take up.`);
  return planned(z.parse(PlanSchema, await documents.read(document)), 'recover', document);
}

function setNow(released: ReleasedSettings | null, live: KeptSettings | null) {
  if (live !== null || released === null) return live && { settings: live, imageDigest: null };
  const { settings, release } = released;
  return { settings, imageDigest: mainVariant(release.variants)?.imageDigest ?? null };
}

const alarmStates = async ({ alarms }: Ports, { alarms: own }: Plan) => (own === null ? {} : alarms.states(own.names));

async function modelsAreThere({ models }: Ports, plan: Plan): Promise<boolean> {
  for (const { name } of plan.models) if ((await models.find(name)) === null) return false;
  return true;
}
