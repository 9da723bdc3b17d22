// What a request says of one of its variants: what it says of this one, then what it says of all.
import { NEVER_KEPT_CASES, NEVER_KEPT_OF_VARIANT } from '../../../state-machine/contract/kept.ts';
import type { KeptSettings } from '../../../state-machine/contract/kept-settings.ts';
import type { Problem } from '../../../state-machine/contract/problem.ts';
import { problem } from '../problems/problems.ts';
import type { CheckedRequest } from './check-request.ts';
import { over, without } from './settings-over.ts';

export type VariantRequest = NonNullable<CheckedRequest['variants']>[number];

/** Of one variant as a request of its own, in the short form. What is said of one model, several variants say themselves. */
export function requestOfVariant({ variants = [], ...ofAll }: CheckedRequest, variant: VariantRequest): CheckedRequest {
  const { name: _, weight: __, ...own } = variant;
  return over(own, variants.length === 1 ? ofAll : withoutOneModel(ofAll));
}

function withoutOneModel({
  model: _,
  trust: __,
  ignore: ___,
  canaryInvocations,
  ...ofAll
}: CheckedRequest): CheckedRequest {
  if (canaryInvocations === undefined) return ofAll;
  return { ...ofAll, canaryInvocations: without(canaryInvocations, NEVER_KEPT_CASES) };
}

/** As a release keeps it. `weights`: with those that nobody named. */
export const keptVariants = (
  variants: readonly VariantRequest[],
  weights: ReadonlyMap<string, number>,
): NonNullable<KeptSettings['variants']> =>
  variants.map((variant) => ({
    ...without(variant, NEVER_KEPT_OF_VARIANT),
    weight: weights.get(variant.name) ?? variant.weight ?? 1,
  }));

/** A problem of a variant's request, where it was written: with the variant, or with all. */
export function placedInVariant({ where, message }: Problem, variant: VariantRequest, index: number): Problem {
  const [field = ''] = where.split('.');
  return Object.hasOwn(variant, field) ? problem(`variants.${index}.${where}`, message) : { where, message };
}

/** As for `pickVariant`: the 32-bit floats of SageMaker end at 1e-38, where a weight becomes 0. */
const SMALLEST_WEIGHT = 1e-9;

/** What does not fit together among the variants, whatever the platform allows. */
export function variantSetProblems({ variants, model, trust, ignore, canaryInvocations }: CheckedRequest): Problem[] {
  if (variants === undefined) return [];
  const problems: Problem[] = [];
  const names = variants.map(({ name }) => name);
  for (const [index, name] of names.entries()) {
    if (names.indexOf(name) < index)
      problems.push(problem(`variants.${index}.name`, `Found "${name}" twice. Each variant has a name of its own.`));
  }
  for (const [index, { weight = 1 }] of variants.entries()) {
    if (weight !== 0 && weight < SMALLEST_WEIGHT)
      problems.push(
        problem(`variants.${index}.weight`, `Found ${weight}. Allowed: 0, or ${SMALLEST_WEIGHT} and more.`),
      );
  }
  if (variants.every(({ weight = 1 }) => weight === 0)) {
    const message = 'All weights are 0, so that no variant would get any traffic. Give at least one of them more.';
    problems.push(problem('variants', message));
  }
  if (variants.length === 1) {
    if (model !== undefined && variants[0]?.model !== undefined)
      problems.push(problem('model', `The variant "${names[0]}" names a model too. Leave one of them out.`));
    return problems;
  }
  const saidOfOne = { model, trust, ignore, ...(canaryInvocations ?? {}) } as Record<string, unknown>;
  for (const key of ['model', 'trust', 'ignore', ...NEVER_KEPT_CASES]) {
    if (saidOfOne[key] === undefined) continue;
    const isCases = (NEVER_KEPT_CASES as readonly string[]).includes(key);
    const where = isCases ? `canaryInvocations.${key}` : key;
    problems.push(
      problem(
        where,
        `It is said of one model, and there are ${names.length} variants: ${names.join(', ')}. Write it into one of them.`,
      ),
    );
  }
  return problems;
}
