// What an update's strategy cannot do on the endpoint that serves, told before anything is made.
import type { Plan } from '../../../state-machine/contract/plan.ts';
import type { Problem } from '../../../state-machine/contract/problem.ts';
import type { Variant } from '../../../state-machine/contract/variant.ts';
import { type AlarmState, strategyProblems } from '../guardrails/strategy-problems.ts';
import { fleetSizes, smallestFleet } from '../hosting/fleet-sizes.ts';
import { hostingTypeOf } from '../hosting/hosting-types.ts';

/** `alarmStates`: of the author's own alarms, by name. */
export function updateProblems(plan: Plan, alarmStates: Record<string, AlarmState>): Problem[] {
  if (plan.operation !== 'update') return [];
  const { variants } = plan.endpointConfig;
  const serving = plan.before?.variants ?? [];
  return strategyProblems({
    ...{ strategy: plan.strategy, alarms: plan.alarms },
    instances: smallestFleet(fleetSizes(variants, serving)),
    instanceTypes: variants.flatMap(({ capacity }) => hostingTypeOf(capacity.type).instances(capacity)?.type ?? []),
    liveVariants: productionNames(serving),
    variantNames: productionNames(variants),
    alarmStates,
  });
}

const productionNames = (variants: readonly Pick<Variant, 'name' | 'role'>[]): string[] =>
  variants.filter(({ role }) => role === 'production').map(({ name }) => name);
