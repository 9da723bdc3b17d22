// Says in the log and in the metrics how each run of a task ended. It only looks on: it never changes what the task did.
import type { MiddlewareObj } from '@middy/core';
import { type ErrorName, errorPolicies } from '../../state-machine/contract/errors.ts';
import type { StepName } from '../../state-machine/contract/steps.ts';
import { logger, metrics } from './instruments.ts';
import { TASKS_METRIC } from './metric-names.ts';

export function taskReport(step: StepName): MiddlewareObj {
  let startedAt = 0;

  function count(result: string): void {
    metrics.addDimensions({ step, result });
    metrics.addMetric(TASKS_METRIC, 'Count', 1);
    metrics.publishStoredMetrics();
  }

  return {
    before: (request) => {
      startedAt = performance.now();
      logger.resetKeys();
      logger.addContext(request.context);
      logger.appendKeys({ step, rolloutId: rolloutIdOf(request.event) });
    },
    after: (request) => {
      const result = resultOf(request.response);
      logger.info('Task ended', { result, milliseconds: Math.round(performance.now() - startedAt) });
      count(result);
    },
    // Returns nothing: whatever an onError returns becomes the response, and the state would succeed.
    onError: (request) => {
      const { name, message, stack } = request.error ?? new Error('Unknown');
      const policy = errorPolicies[name as ErrorName];
      const retried = policy !== undefined && policy.reaction !== 'fail';
      logger[retried ? 'warn' : 'error']('Task failed', {
        error: { name, message, stack },
        fault: policy?.fault ?? 'deployer',
        milliseconds: Math.round(performance.now() - startedAt),
      });
      count(policy === undefined ? 'Unexpected' : name);
    },
  };
}

/** The execution's name, which steps after the plan know from where the plan is kept: `rollouts/<endpoint>/<rolloutId>/plan.json`. */
function rolloutIdOf(event: unknown): string | undefined {
  const payload = event as { execution?: { name?: string }; plan?: { document?: { key?: string } } } | null;
  return payload?.execution?.name ?? payload?.plan?.document?.key?.split('/')[2];
}

/** What a task's value says of itself: a verdict, an outcome, whether it made or adopted. */
function resultOf(output: unknown): string {
  const value = output as { verdict?: string; outcome?: string; made?: string } | null;
  return value?.verdict ?? value?.outcome ?? value?.made ?? 'done';
}
