// Plans rollouts of one stack: rehearsed with what is there now, and nothing written anywhere.

import { artifactsOf, describePlan } from './describe-plan.ts';
import { readable } from './not-readable.ts';
import type { PlanInput } from './plan-input.ts';
import type { There } from './planned-changes.ts';
import { type ReadPorts, readPorts } from './read-ports.ts';
import { note } from './rehearsal-ports.ts';
import { type PlanningStack, type Rehearsal, rehearse } from './rehearse.ts';
import type { RolloutPlan } from './rollout-plan.ts';

/** @throws Refusal for a request to do something else than to deploy or to roll back */
export async function planRollout(ports: ReadPorts, stack: PlanningStack, input: PlanInput): Promise<RolloutPlan> {
  const rehearsal = await rehearse(ports, stack, input);
  return describePlan(rehearsal, await whatIsThere(readPorts(ports, readable), rehearsal), ports.clock.now());
}

async function whatIsThere(ports: ReadPorts, rehearsal: Rehearsal): Promise<There> {
  if (!('plan' in rehearsal)) return new Map();
  const { plan, notes } = rehearsal;
  const there = new Map<string, boolean | null>();
  const look = async (name: string, found: Promise<boolean>) => {
    try {
      there.set(name, await found);
    } catch (error) {
      note(notes, error);
      there.set(name, null);
    }
  };
  for (const artifact of artifactsOf(plan)) await look(artifact.key, ports.artifacts.isThere(artifact));
  for (const { name } of plan.models) await look(name, isFound(ports.models.find(name)));
  const { name } = plan.endpointConfig;
  await look(name, isFound(ports.endpointConfigs.find(name)));
  return there;
}

const isFound = async (found: Promise<object | null>): Promise<boolean> => (await found) !== null;
