// PlanRollout: reads what is live, and names everything before anything is made.
import * as z from 'zod/mini';
import type {
  ArtifactOutput,
  LeaseOutput,
  Planned,
  PlanOutput,
  RequestOutput,
} from '../../state-machine/contract/outputs.ts';
import { type EndpointRecord, type Plan, PlanSchema } from '../../state-machine/contract/plan.ts';
import {
  type DocumentRef,
  type ResolvedRequest,
  ResolvedRequestSchema,
} from '../../state-machine/contract/resolved-request.ts';
import { type FoundScaling, scalingBefore } from '../../state-machine/contract/scaling-target.ts';
import type { Task } from '../../state-machine/contract/steps.ts';
import type { Variant } from '../../state-machine/contract/variant.ts';
import { judgeLiveEndpoint, type LiveEndpointVerdict } from '../core/endpoint/judge-live-endpoint.ts';
import { strategyProblems } from '../core/guardrails/strategy-problems.ts';
import { bakes } from '../core/guardrails/traffic-steps.ts';
import { fleetSizes, smallestFleet } from '../core/hosting/fleet-sizes.ts';
import { hostingTypeOf } from '../core/hosting/hosting-types.ts';
import { variantTarget } from '../core/naming/names.ts';
import { rolloutDocumentKey } from '../core/naming/rollout-documents.ts';
import { tagChange } from '../core/naming/tag-change.ts';
import { makePlan } from '../core/planning/make-plan.ts';
import { problem } from '../core/problems/problems.ts';
import { RolloutError } from '../core/rollout-error.ts';
import { isScaledAs } from '../core/scaling/scaling-change.ts';
import type { Alarms } from '../ports/alarms.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeploymentTarget } from '../ports/deployment-target.ts';
import type { Documents } from '../ports/documents.ts';
import type { EndpointConfigs } from '../ports/endpoint-configs.ts';
import type { Leases } from '../ports/leases.ts';
import type { Models } from '../ports/models.ts';
import type { Scaling } from '../ports/scaling.ts';
import { beatLease } from './parts/lease/beat-lease.ts';
import { heldLease } from './parts/lease/under-lease.ts';

interface Ports {
  alarms: Alarms;
  artifacts: ArtifactStore;
  clock: Clock;
  documents: Documents;
  deploymentTarget: DeploymentTarget;
  endpointConfigs: EndpointConfigs;
  models: Models;
  scaling: Scaling;
  leases: Leases;
}

type NotUsable = Exclude<LiveEndpointVerdict, { verdict: 'usable' }>;

export const planRollout =
  (ports: Ports, stackName: string): Task<'PlanRollout'> =>
  async ({ execution, request, artifact, lease }): Promise<PlanOutput> => {
    if (lease.verdict === 'recover') return takeUpPlan(ports, lease);
    if (request.document === null || artifact.location === null || artifact.sha256 === null) {
      throw new RolloutError('CallRefused', 'A request or an artifact that was not accepted reached PlanRollout.');
    }
    const wanted = z.parse(ResolvedRequestSchema, await ports.documents.read(request.document));
    const stop = await beatLease(ports, lease);
    if (stop !== null) return { verdict: 'rejected', failure: stop, problems: [] };
    const gone = await goneArtifact(ports, request, artifact, lease);
    if (gone !== null) return gone;
    const waited = ports.clock.now().getTime() - Date.parse(lease.acquiredAt ?? execution.startedAt);
    const live = await readLive(ports, wanted.endpointName, stackName, waited, wanted);
    if (live !== null && 'verdict' in live) return live.verdict === 'wait' ? live : { ...live, problems: [] };

    const { sha256, location, goldenCases, trustedContentsSha256 } = artifact;
    const accepted = { sha256, location, goldenCases, trustedContentsSha256 };
    const content = makePlan({
      rolloutId: execution.name,
      stackName,
      request: wanted,
      artifact: accepted,
      before: live,
    });
    const refusal = await strategyRefusal(ports, content);
    if (refusal !== null) return refusal;
    const unchanged = content.operation === 'configure' && (await isAsPlanned(ports, content));
    const key = rolloutDocumentKey(content.endpointName, content.rolloutId, 'plan');
    const document = await ports.documents.write(key, content);
    // From here on whoever finds the rollout stopped can roll it back.
    if (!unchanged) await notePlan(ports, lease, document);
    return planned(content, unchanged ? 'unchanged' : 'proceed', document);
  };

/**
 * Copies are removed under the lease alone, so one that was found under it stays. Where it is gone all the same, the request
 * is resolved and the copy made once more; and once is enough, if no person removes it.
 */
async function goneArtifact(
  { artifacts }: Ports,
  { resolvedAt }: RequestOutput,
  { sha256, location, goldenCases }: ArtifactOutput,
  { acquiredAt }: LeaseOutput,
): Promise<PlanOutput | null> {
  const needed = [location, goldenCases].filter((object) => object !== null);
  const found = await Promise.all(needed.map((object) => artifacts.isThere(object)));
  if (found.every(Boolean)) return null;
  const message = `The artifact ${sha256} is no longer kept. Upload the model again, or name another one in the request.`;
  const isFoundUnderLease = acquiredAt === null || resolvedAt > acquiredAt;
  return {
    verdict: isFoundUnderLease ? 'rejected' : 'outdated',
    failure: { Error: 'RequestRejected', Cause: message },
    problems: [problem('model', message)],
  };
}

/** What an update's strategy cannot do on this endpoint, told before anything is made. */
async function strategyRefusal({ alarms }: Ports, plan: Plan): Promise<PlanOutput | null> {
  if (plan.operation !== 'update') return null;
  const { variants } = plan.endpointConfig;
  const serving = plan.before?.variants ?? [];
  const problems = strategyProblems({
    ...{ strategy: plan.strategy, alarms: plan.alarms },
    instances: smallestFleet(fleetSizes(variants, serving)),
    instanceTypes: variants.flatMap(({ capacity }) => hostingTypeOf(capacity.type).instances(capacity)?.type ?? []),
    liveVariants: productionNames(serving),
    variantNames: productionNames(variants),
    alarmStates: await alarms.states(plan.alarms?.names ?? []),
  });
  if (problems.length === 0) return null;
  const Cause = problems.map(({ where, message }) => `${where}: ${message}`).join(' ');
  return { verdict: 'rejected', failure: { Error: 'RequestRejected', Cause }, problems };
}

const productionNames = (variants: readonly Pick<Variant, 'name' | 'role'>[]): string[] =>
  variants.filter(({ role }) => role === 'production').map(({ name }) => name);

/** For the recovery of a rollout that was stopped: its own plan, so that it is rolled back by its own plan. */
async function takeUpPlan({ leases, documents }: Ports, { endpointName }: LeaseOutput): Promise<Planned> {
  const document = (await leases.read(endpointName))?.owner?.plan;
  if (document == null) throw new RolloutError('LeaseLost', `The lease of ${endpointName} holds no plan to take up.`);
  return planned(z.parse(PlanSchema, await documents.read(document)), 'recover', document);
}

async function notePlan(ports: Ports, lease: LeaseOutput, document: DocumentRef): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const record = await heldLease(ports, lease);
    if (await ports.leases.replace(record, { ...record, owner: { ...record.owner, plan: document } })) return;
  }
  throw new RolloutError('NotReady', `The lease of ${lease.endpointName} was written by others at the same moment.`);
}

/** The record of what serves, null when nothing does, or why no rollout can begin (now). */
async function readLive(
  { deploymentTarget, endpointConfigs, scaling }: Ports,
  endpointName: string,
  stackName: string,
  waited: number,
  wanted: ResolvedRequest,
): Promise<EndpointRecord | NotUsable | null> {
  const endpoint = await deploymentTarget.describe(endpointName);
  if (endpoint === null) return null;
  const tags = await deploymentTarget.tags(endpoint.arn);
  const verdict = judgeLiveEndpoint(endpoint, tags, stackName, waited);
  if (verdict.verdict !== 'usable') return verdict;
  const config = await endpointConfigs.find(endpoint.endpointConfigName);
  if (config === null) {
    // AWS lets people delete a configuration that is in use (terraform-provider-aws issue 40048).
    const Cause = `The configuration ${endpoint.endpointConfigName} that the endpoint ${endpointName} serves with was deleted, so there would be no way to roll back. Create it again, or delete the endpoint.`;
    return { verdict: 'rejected', failure: { Error: 'RequestRejected', Cause } };
  }
  const scalingTargets: FoundScaling[] = [];
  for (const { name: variantName } of config.variants) {
    const target = variantTarget(endpointName, variantName);
    const found = await scaling.find(target);
    if (found !== null) scalingTargets.push({ ...target, variantName, found });
  }
  const type = hostingTypeOf(wanted.hosting.type);
  const whyNot = type.compatible({ endpointName, config, serving: endpoint.variants }, wanted);
  if (whyNot !== null) return { verdict: 'rejected', failure: { Error: 'RequestRejected', Cause: whyNot } };
  const variants = endpoint.variants.map(({ name, role, desiredInstanceCount, weight }) => {
    const instanceType = config.variants.find((each) => each.name === name)?.instanceType ?? null;
    return { name, role, desiredInstanceCount, instanceType, weight };
  });
  return { endpointConfigName: endpoint.endpointConfigName, variants, tags, scalingTargets };
}

async function isAsPlanned({ models }: Ports, plan: Plan): Promise<boolean> {
  const { before, request, scalingTargets } = plan;
  if (before === null || tagChange(request.tags, before.tags) !== null) return false;
  if (!scalingTargets.every((target) => isScaledAs(target.tracking, scalingBefore(before, target)))) return false;
  for (const { name } of plan.models) if ((await models.find(name)) === null) return false;
  return true;
}

function planned(content: Plan, verdict: Planned['verdict'], document: Planned['document']): Planned {
  const { candidate } = content;
  return {
    verdict,
    endpointName: content.endpointName,
    operation: content.operation,
    modelNames: content.models.map(({ name }) => name),
    endpointConfigName: content.endpointConfig.name,
    previousEndpointConfigName: content.before?.endpointConfigName ?? null,
    candidate: candidate && {
      endpointName: candidate.endpointName,
      endpointConfigName: candidate.endpointConfig.name,
    },
    guarded: content.operation === 'update' && bakes(content.strategy),
    document,
  };
}
