// What the outcomes of a run claim; an outcome that is told twice counts once.
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import type { Claim, Evidence } from './evidence.ts';

export const succeeded = ({ outcome }: Claim) => outcome.outcome === 'deployed' || outcome.outcome === 'unchanged';
export const firstClaims = ({ claims }: Evidence) => claims.filter(({ isFirst }) => isFirst);
export const outcomesOf = (evidence: Evidence): Outcome[] => firstClaims(evidence).map(({ outcome }) => outcome);
