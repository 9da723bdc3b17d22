// Whether what a rollout was asked for is so.
import { doneOutcomes, type Outcome } from '../state-machine/contract/outcome.ts';

/**
 * The model serves (`deployed`, `unchanged`), or the endpoint is gone as was asked (`retired`). Not where the rollout was
 * `superseded`, though its execution ended SUCCEEDED: `successor` names the one to wait for. Null: there is no outcome.
 */
export const isDone = (outcome: Pick<Outcome, 'outcome'> | null): boolean =>
  outcome !== null && doneOutcomes.includes(outcome.outcome);
