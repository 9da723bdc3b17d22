// What a cancellation claims is true, whichever of the two executions claims it.
import type { Outcome } from '../../../state-machine/contract/outcome.ts';
import { outcomesOf } from '../claims.ts';
import type { Rule } from '../rule.ts';

const undone: readonly Outcome['outcome'][] = ['rejected', 'rolledBack', 'superseded'];

/** Not one of the ten, but what a person who cancels is promised. */
export const cancelledIsUndone: Rule = {
  number: 14,
  name: 'cancelledIsUndone',
  text: 'A rollout that is cancelled before its model is verified ends rejected or rolled back; one that is live stays, and the cancellation is rejected.',
  broken: (evidence, { mayNeedAttention }) => {
    const outcomes = outcomesOf(evidence);
    const found = outcomes.flatMap(({ rolloutId, outcome, cancels }) => {
      if (cancels === null) return [];
      const end = outcomes.find((each) => each.rolloutId === cancels);
      if (outcome === 'cancelled')
        return end !== undefined && undone.includes(end.outcome)
          ? []
          : [`${rolloutId} says that ${cancels} is cancelled, which ended ${end?.outcome ?? 'without an outcome'}`];
      // Stopped itself, it may not have seen what came of it.
      const isWrong = outcome === 'rejected' && end?.error === 'Cancelled';
      return isWrong ? [`${rolloutId} was rejected, and ${cancels} was cancelled`] : [];
    });
    // Stopped too, its rollback may fail; a retirement that waits for nothing is through before it looks.
    const mayEnd = [...undone, ...(mayNeedAttention ? (['needsAttention'] as const) : [])];
    for (const { rolloutId, outcome } of outcomes)
      if (evidence.cancelled.has(rolloutId) && !mayEnd.includes(outcome))
        found.push(`the cancellation of ${rolloutId} was accepted, and it ended ${outcome}`);
    const cancelled = outcomes.filter(({ error, action }) => error === 'Cancelled' && action !== 'cancel');
    for (const { rolloutId, outcome } of cancelled)
      if (outcome !== 'rejected' && outcome !== 'rolledBack')
        found.push(`${rolloutId} was cancelled, and ended ${outcome}`);
    for (const { endpointName, cancellations } of evidence.leases())
      for (const { rolloutId } of cancellations)
        if (outcomes.some((each) => each.rolloutId === rolloutId))
          found.push(`the lease of ${endpointName} still holds the cancellation of ${rolloutId}, which has ended`);
    return found;
  },
};
