// CreateAlarms: makes the alarms on the new fleet, and makes sure that all that shall watch the update are there.
import type { AlarmsOutput } from '../../state-machine/contract/guarded-update.ts';
import type { Plan } from '../../state-machine/contract/plan.ts';
import type { Task } from '../../state-machine/contract/steps.ts';
import { goldenRequest, isPositive } from '../core/canary/golden-request.ts';
import { hostingKindOf, hostingTypeOf } from '../core/hosting/hosting-types.ts';
import { casesOf, severalVariants } from '../core/planning/variant-cases.ts';
import { RolloutError } from '../core/rollout-error.ts';
import type { Alarms } from '../ports/alarms.ts';
import type { Documents } from '../ports/documents.ts';
import type { Invocations } from '../ports/invocations.ts';
import { readCases } from './parts/documents/read-cases.ts';
import { readPlan } from './parts/documents/read-plan.ts';
import { type LeasePorts, underLease } from './parts/lease/under-lease.ts';

interface Ports extends LeasePorts {
  documents: Documents;
  alarms: Alarms;
  invocations: Invocations;
}

export const createAlarms =
  (bound: Ports): Task<'CreateAlarms'> =>
  async ({ plan: planned, lease }): Promise<AlarmsOutput> => {
    const { documents, alarms } = underLease(bound, lease);
    const plan = await readPlan(documents, planned);
    const wanted = hostingTypeOf(hostingKindOf(plan.request)).alarms(plan);
    for (const alarm of wanted) await alarms.put(alarm);
    const made = wanted.map(({ name }) => name);
    const watched = [...made, ...(plan.alarms?.names ?? [])];
    const states = await alarms.states(watched);
    for (const name of watched) {
      if (states[name] === undefined) throw missing(name, made.includes(name));
      if (states[name] === 'ALARM') {
        throw new RolloutError(
          'AlarmNotUsable',
          `The alarm "${name}" is in ALARM: the update would be taken back at once.`,
        );
      }
    }
    return { made, watched, ...(await servingModels(bound, plan)) };
  };

/**
 * A candidate tells the new model's digest. Without one the other is asked for, while it alone serves: one golden request, whose
 * answer need not be right.
 */
async function servingModels(
  ports: Ports,
  plan: Plan,
): Promise<Pick<AlarmsOutput, 'servingModelSha256' | 'servingModels'>> {
  // An endpoint that stays as it is has one model of each variant.
  if (plan.candidate !== null || plan.operation !== 'update') return { servingModelSha256: null };
  if (hostingTypeOf(hostingKindOf(plan.request)).probe === 'async') return { servingModelSha256: null };
  const names = severalVariants(plan);
  if (names === null) return { servingModelSha256: await servingModel(ports, plan, plan.goldenCases, undefined) };
  const servingModels: Record<string, string | null> = {};
  for (const name of names) servingModels[name] = await servingModel(ports, plan, casesOf(plan, name), name);
  return { servingModelSha256: null, servingModels };
}

async function servingModel(
  { documents, invocations }: Ports,
  { endpointName }: Plan,
  goldenCases: Plan['goldenCases'],
  targetVariant: string | undefined,
): Promise<string | null> {
  const goldenCase = (await readCases(documents, { goldenCases })).find(isPositive);
  if (goldenCase === undefined) return null;
  try {
    const request = { ...goldenRequest(goldenCase), ...(targetVariant !== undefined && { targetVariant }) };
    return (await invocations.invoke(endpointName, request)).modelSha256;
  } catch (error) {
    // Then no golden answer is compared; the alarms and the verification that follows judge without it.
    if (error instanceof RolloutError && error.name !== 'AccessDenied') return null;
    throw error;
  }
}

const missing = (name: string, isOurs: boolean): RolloutError =>
  isOurs
    ? new RolloutError('NotReady', `The alarm "${name}" was just made and is not visible yet.`)
    : new RolloutError(
        'AlarmNotUsable',
        `The alarm "${name}" does not exist any more: it could not take the update back.`,
      );
