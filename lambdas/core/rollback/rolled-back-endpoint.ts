// Which endpoint the rollback works on: the candidate first.
import type { Planned, Rollback } from '../../../state-machine/contract/outputs.ts';

export const rolledBackEndpoint = (plan: Planned, { candidate }: Pick<Rollback, 'candidate'>): string =>
  (candidate !== 'none' && plan.candidate?.endpointName) || plan.endpointName;
