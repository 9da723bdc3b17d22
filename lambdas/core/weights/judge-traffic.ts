// What golden requests to single variants have shown, and what is still to be sent.
import type { Plan } from '../../../state-machine/contract/plan.ts';
import type { VariantTraffic, WeightShiftOutput } from '../../../state-machine/contract/weight-shift.ts';
import { weightsBeforeSteps } from './first-weights.ts';
import { gainsShare } from './shares.ts';

/** The variants that gain traffic by the shift, which is what may go wrong. */
export const gainingVariants = (plan: Plan): string[] =>
  gainsShare(weightsBeforeSteps(plan), plan.weightSteps?.at(-1)?.weights ?? {});

/** Those of them that have golden cases. */
export const askedVariants = (plan: Plan): string[] =>
  gainingVariants(plan).filter((name) => plan.casesOfVariants?.[name] != null);

/** Null where no answer was wrong. */
export function wrongAnswers(plan: Plan, traffic: VariantTraffic | null): string | null {
  const wrong = (traffic?.variants ?? []).filter((variant) => variant.wrong > 0);
  if (wrong.length === 0) return null;
  const told = wrong.map(
    (each) => `${each.variantName} answered ${each.wrong} of ${each.sent} golden requests wrongly`,
  );
  return `While the weights of ${plan.endpointName} moved, ${told.join('; ')}. ${(traffic?.mismatches ?? []).join(' ')}`;
}

/** Whether every golden case was sent before this step, and answered. */
export const isAsked = ({ step }: Pick<WeightShiftOutput, 'step'>, traffic: VariantTraffic | null): boolean =>
  traffic?.step === step && traffic.isWhole;
