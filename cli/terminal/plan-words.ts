// A plan for people.
import type { PlanCost } from '../../client/planning/plan-cost.ts';
import type {
  InstanceCount,
  PlannedAction,
  PlannedChange,
  PlannedKind,
  RolloutPlan,
} from '../../client/planning/rollout-plan.ts';
import { percentText, trafficPercent } from '../../state-machine/contract/variant.ts';
import { shortDigest } from './release-words.ts';
import { table } from './table.ts';

const actions: Record<PlannedAction, string> = {
  create: 'create',
  adopt: 'keep',
  createOrAdopt: 'create, or keep',
  update: 'update',
  createAndRemove: 'create, then remove',
  remove: 'remove',
};

const kinds: Record<PlannedKind, string> = {
  artifact: 'artifact',
  model: 'model',
  endpointConfig: 'configuration',
  candidate: 'candidate endpoint',
  alarm: 'alarm',
  endpoint: 'endpoint',
  tags: 'tags',
  scaling: 'scaling',
};

export function planText(plan: RolloutPlan, cost: PlanCost | null): string {
  const isPlan = plan.verdict === 'proceed' || plan.verdict === 'unchanged';
  const sections = [
    [headline(plan), ...plan.problems.map(({ where, message }) => `- ${where}: ${message}`)],
    changeRows(plan.changes),
    isPlan ? variantRows(plan) : [],
    plan.operation === null || plan.operation === 'create' ? [] : settingLines(plan),
    plan.traffic === null ? [] : [`How the traffic moves: ${plan.traffic}.`],
    capacityLines(plan),
    concurrencyLines(plan),
    isPlan && cost !== null ? costLines(cost) : [],
    plan.warnings.map((warning) => `Warning: ${warning}`),
    plan.unknown.map((unknown) => `Unknown, for AWS refuses to tell: ${unknown}`),
    isPlan ? ['Nothing was changed.'] : [],
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function headline({ verdict, endpointName, operation, problems, waitsFor }: RolloutPlan): string {
  const endpoint = endpointName ?? 'the rollout';
  switch (verdict) {
    case 'proceed':
      return {
        create: `${endpoint} would be created.`,
        update: `${endpoint} would be updated.`,
        configure: `${endpoint} would keep its configuration; weights, tags, scaling or settings would change.`,
      }[operation ?? 'configure'];
    case 'unchanged':
      return `${endpoint} serves exactly this already: nothing would change.`;
    case 'rejected':
      return `The rollout would be rejected, for ${problems.length === 1 ? 'one problem' : `${problems.length} problems`}:`;
    case 'wait':
      return `${endpoint} cannot be planned now: ${waitsFor} Plan again then.`;
    case 'unknown':
      return `What a rollout of ${endpoint} would do is not known with these credentials.`;
  }
}

function changeRows(changes: readonly PlannedChange[]): string[] {
  if (changes.length === 0) return [];
  const rows = changes.map(({ action, kind, name, detail }) => [
    actions[action],
    kinds[kind],
    [name, detail === null ? null : name === null ? detail : `(${detail})`].filter(Boolean).join(' '),
  ]);
  return table([['ACTION', 'WHAT', 'NAME'], ...rows]);
}

function variantRows({ variants }: RolloutPlan): string[] {
  const [before, after] = (['before', 'after'] as const).map((when) =>
    variants.flatMap(({ weight }) => weight[when] ?? []),
  );
  const share = (weight: number | null, all: number[] = []) =>
    weight === null ? '-' : percentText(trafficPercent(weight, all));
  const rows = variants.map(({ name, model, weight, instances }) => [
    name,
    fromTo(String(weight.before ?? '-'), String(weight.after ?? '-')),
    fromTo(share(weight.before, before), share(weight.after, after)),
    model === null ? '(removed)' : shortDigest(model.artifactSha256),
    model === null ? '' : shortDigest(model.imageDigest),
    fromTo(countText(instances.before), countText(instances.after)),
  ]);
  return table([['VARIANT', 'WEIGHT', 'TRAFFIC', 'MODEL', 'IMAGE', 'INSTANCES'], ...rows]);
}

const countText = (instances: InstanceCount | null): string =>
  instances === null ? '-' : `${instances.count} x ${instances.type}`;

const fromTo = (from: string, to: string): string => (from === to ? from : `${from} -> ${to}`);

function settingLines({ settings }: RolloutPlan): string[] {
  if (settings === null) return ['Which settings change is not known: there is no release to compare with.'];
  if (settings.length === 0) return ['No setting changes.'];
  return [
    'Settings:',
    ...settings.map(({ setting, from, to }) => `- ${setting}: ${from ?? '(not set)'} -> ${to ?? '(not set)'}`),
  ];
}

function concurrencyLines({ concurrency }: RolloutPlan): string[] {
  if (concurrency === null) return [];
  const { live, candidate, after, atOnce } = concurrency;
  return [
    `Serverless concurrency, of the account's quota: ${live} now, ${candidate} of the candidate, ${after} afterwards; at most ${atOnce} at one moment.`,
  ];
}

const use = { candidate: 'candidate', secondFleet: 'second fleet' };

function capacityLines({ extraCapacity, extraInstanceHours }: RolloutPlan): string[] {
  if (extraCapacity.length === 0) return [];
  const inAll = extraInstanceHours.map(({ instanceType, atMostHours }) => `${instanceType} ${hours(atMostHours)}`);
  return [
    'Extra instances, for the time of the rollout:',
    ...extraCapacity.map(
      ({ for: of, variantName, instances, instanceType, atMostSeconds }) =>
        `- ${use[of]} of ${variantName}: ${instances} x ${instanceType}, at most ${hours(atMostSeconds / 3600)} each`,
    ),
    `Instance hours in all, at most: ${inAll.join(', ')}`,
  ];
}

/** `1.5 h` */
const hours = (value: number): string => `${Number(value.toFixed(2))} h`;

function costLines({ currency, extraAtMost, perHour, withoutPrice }: PlanCost): string[] {
  const amount = (value: number) => `${value.toFixed(2)}${currency === null ? '' : ` ${currency}`}`;
  return [
    `By the prices given: at most ${amount(extraAtMost)} for the extra instances; those that serve ${fromTo(amount(perHour.before), amount(perHour.after))} an hour.`,
    ...(withoutPrice.length === 0 ? [] : [`Without a price, and in none of these amounts: ${withoutPrice.join(', ')}`]),
  ];
}
