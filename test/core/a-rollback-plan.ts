// The plan of a rollout `mine`, which puts the endpoint on the configuration `new`: of an update from `old`, or of a first one.
import { NEW_METRICS } from '../../lambdas/core/endpoint/live-metrics.ts';
import type { Plan } from '../../state-machine/contract/plan.ts';
import { aPlan } from '../outcome/ends.ts';

export const aRollbackPlan = (isUpdate: boolean): Plan => ({
  ...aPlan,
  rolloutId: 'mine',
  endpointConfig: { ...aPlan.endpointConfig, name: 'new' },
  before: isUpdate
    ? { endpointConfigName: 'old', variants: [], metrics: NEW_METRICS, tags: {}, scalingTargets: [] }
    : null,
});
