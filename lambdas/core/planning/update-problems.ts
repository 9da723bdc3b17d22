// What a rollout's strategy, verification and shares cannot do on the endpoint that serves, told before anything is made.
import type { Plan } from '../../../state-machine/contract/plan.ts';
import type { Problem } from '../../../state-machine/contract/problem.ts';
import type { Variant } from '../../../state-machine/contract/variant.ts';
import { type AlarmState, strategyProblems } from '../guardrails/strategy-problems.ts';
import { bakes } from '../guardrails/traffic-steps.ts';
import { fleetSizes, smallestFleet } from '../hosting/fleet-sizes.ts';
import { hostingTypeOf } from '../hosting/hosting-types.ts';
import { problem } from '../problems/problems.ts';
import { namesChange } from '../weights/first-weights.ts';
import { policyProblems } from './policy-problems.ts';
import { serverlessWarnings } from './serverless-warnings.ts';
import { shareProblems } from './share-problems.ts';

/** `alarmStates`: of the author's own alarms, by name. */
export function updateProblems(
  plan: Plan,
  alarmStates: Record<string, AlarmState>,
  maximumInstances: number,
): Problem[] {
  return [
    ...strategyOf(plan, alarmStates),
    ...variantProblems(plan),
    ...shareProblems(plan, maximumInstances),
    ...policyProblems(plan),
  ];
}

function strategyOf(plan: Plan, alarmStates: Record<string, AlarmState>): Problem[] {
  const isGuarded = plan.operation === 'update' && !namesChange(plan);
  if (!isGuarded && plan.alarms === null) return [];
  const { variants } = plan.endpointConfig;
  const serving = plan.before?.variants ?? [];
  // Where the weights alone move by the strategy, what SageMaker needs of an update does not matter.
  const names = isGuarded ? productionNames(serving) : [];
  return strategyProblems({
    ...{ strategy: plan.request.strategy, alarms: plan.alarms, alarmStates },
    instances: isGuarded ? smallestFleet(fleetSizes(variants, serving)) : MANY,
    instanceTypes: isGuarded
      ? variants.flatMap(({ capacity }) => hostingTypeOf(capacity.type).instances(capacity)?.type ?? [])
      : [],
    liveVariants: names,
    variantNames: isGuarded ? productionNames(variants) : [],
  });
}

/** So many that each step is as large as its percentage. */
const MANY = 10_000;

function variantProblems(plan: Plan): Problem[] {
  const { request, candidate } = plan;
  const problems: Problem[] = [];
  if (plan.operation === 'update' && request.verification === 'live' && namesChange(plan)) {
    const text =
      'Variants are added or removed, which SageMaker does at once and without guardrails: nothing but a candidate could find a model that is wrong. Use "candidate".';
    problems.push(problem('verification', text));
  }
  if (request.serverlessCandidate !== null && (candidate?.endpointConfig.variants.length ?? 0) > 1) {
    const text =
      'A serverless endpoint has one variant (https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html), and more than one is to be verified. Use "instance".';
    problems.push(problem('candidate.type', text));
  }
  return problems;
}

/** What is done otherwise than asked, for people; [] where nothing is. */
export const updateWarnings = (plan: Plan): string[] => [
  ...(plan.operation === 'update' && namesChange(plan) && bakes(plan.request.strategy)
    ? [
        'Variants are added or removed, for which SageMaker has no guardrails: the endpoint is updated all at once, after its candidate was verified, and the strategy holds for the weights alone.',
      ]
    : []),
  ...keptInstances(plan),
  ...serverlessWarnings(plan),
];

/** Fewer instances are asked for, and nothing scales: what serves keeps them, for nobody has shown that fewer carry the traffic. */
function keptInstances({ endpointName, before, request, endpointConfig, settingChanges = [] }: Plan): string[] {
  if (!settingChanges.some(({ setting }) => INSTANCE_COUNT.test(setting))) return [];
  return endpointConfig.variants.flatMap(({ name, role }) => {
    const { hosting, scaling } = request.variants?.find((variant) => variant.name === name) ?? request;
    const asked = hostingTypeOf(hosting.type).instances(hosting)?.count ?? 0;
    const now = before?.variants.find((variant) => variant.name === name)?.desiredInstanceCount ?? 0;
    if (role !== 'production' || scaling !== null || asked === 0 || now <= asked) return [];
    const command = `aws sagemaker update-endpoint-weights-and-capacities --endpoint-name ${endpointName} --desired-weights-and-capacities VariantName=${name},DesiredInstanceCount=${asked}`;
    return [
      `The variant ${name} keeps its ${now} instances, although ${asked} are asked for: a rollout takes none away from what serves. Once it has ended: ${command}`,
    ];
  });
}

const INSTANCE_COUNT = /(^|\.)hosting\.instanceCount$/;

const productionNames = (variants: readonly Pick<Variant, 'name' | 'role'>[]): string[] =>
  variants.filter(({ role }) => role === 'production').map(({ name }) => name);
