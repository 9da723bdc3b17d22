// From the end of a rollout to its outcome, the release that it made, and the lease as it leaves it.
import type { Explanation } from '../../../state-machine/contract/explanation.ts';
import type { Lease } from '../../../state-machine/contract/lease.ts';
import type { Outcome } from '../../../state-machine/contract/outcome.ts';
import type { Plan } from '../../../state-machine/contract/plan.ts';
import type { NewRelease, Release } from '../../../state-machine/contract/release.ts';
import { CONTRACT_VERSION } from '../../../state-machine/contract/version.ts';
import { explainedCause } from './explained-cause.ts';
import { type Leaving, leaving } from './leaving.ts';
import { type Ending, hasSucceeded, type RolloutEnd } from './outcome.ts';
import { changeOf, newRelease, servingOf, stillServing } from './release.ts';
import type { ReportedRollout } from './reported-rollout.ts';
import { archiveVerdict, trialWarnings, triedOf } from './tried.ts';

export interface OutcomeFacts {
  end: RolloutEnd;
  /** What `ending` says of `end`. */
  ended: Ending;
  rollout: ReportedRollout;
  /** The record of the endpoint's lease. */
  lease: Lease | null;
  /** Null unless what serves was verified: an outcome of a failure does not depend on a plan that can be read. */
  plan: Plan | null;
  /** The newest release of the endpoint that the ledger has. */
  newest: Release | null;
  explanation: Explanation | null;
  now: Date;
}

export interface BuiltOutcome {
  outcome: Outcome;
  release: NewRelease | null;
  leaving: Leaving | null;
}

/** States hold at most 256 KiB, and a mail should be read. */
const MAXIMUM_WARNINGS = 20;

export const isVerified = ({ outcome }: Ending): boolean => outcome === 'deployed' || outcome === 'unchanged';

export function buildOutcome(facts: OutcomeFacts): BuiltOutcome {
  const { end, lease, plan, newest, rollout, now } = facts;
  const outcome = outcomeOf(facts);
  return {
    outcome,
    release: plan === null ? null : newRelease(plan, outcome, newest, rollout.uploadVariant),
    leaving: leaving(end, lease, outcome, now),
  };
}

/** What was released before the endpoint was retired last does not serve. */
const standing = (newest: Release | null, retirement: Lease['retirement']): Release | null =>
  newest !== null && retirement !== null && newest.releasedAt <= retirement.at ? null : newest;

function outcomeOf({ end, ended, rollout, lease, plan, newest, explanation, now }: OutcomeFacts): Outcome {
  const { outcome, failure, problems, left } = ended;
  const change = changeOf(plan, ended, newest);
  const tried = triedOf(end);
  return {
    contractVersion: CONTRACT_VERSION,
    action: rollout.action,
    outcome,
    succeeded: hasSucceeded(ended),
    endpointName: rollout.endpointName,
    rolloutId: rollout.rolloutId,
    executionArn: rollout.executionArn,
    successor: end.lease?.successor ?? null,
    cancels: end.request?.cancels ?? null,
    recoveredBy: end.lease?.recovers == null ? null : end.execution.name,
    serving:
      plan === null ? stillServing(outcome, standing(newest, lease?.retirement ?? null), end.plan) : servingOf(plan),
    verified: isVerified(ended) ? (end.canaryInvocations?.verified ?? null) : null,
    ...(tried !== null && { tried }),
    ...(change !== undefined && { change }),
    error: failure?.Error ?? null,
    cause: failure && (explanation === null ? failure.Cause : explainedCause(failure.Cause, explanation)),
    explanation,
    problems,
    warnings: warningsOf(end).slice(0, MAXIMUM_WARNINGS),
    left,
    upload: rollout.upload,
    archive: archiveVerdict(end),
    correlationId: rollout.correlationId,
    startedAt: rollout.startedAt,
    endedAt: now.toISOString(),
  };
}

const warningsOf = (end: RolloutEnd): string[] => [
  ...trialWarnings(end),
  ...(end.plan !== null && 'document' in end.plan ? (end.plan.warnings ?? []) : []),
  ...(end.canaryInvocations?.warnings ?? end.candidateCanaryInvocations?.warnings ?? []),
  // The rollback repeats the warnings of RegisterScaling.
  ...(end.rollback?.verdict === 'rolledBack' ? end.rollback.warnings : (end.scaling?.warnings ?? [])),
  ...(end.retention?.warnings ?? []),
  ...(end.retirement?.verdict === 'retired' ? [ROUTERS_UNKNOWN] : []),
  ...(end.retentionFailure === null ? [] : [`Older releases were not removed: ${end.retentionFailure.Error}.`]),
  ...(end.retentionFailure === null ? [] : (end.scaling?.targets ?? []).flatMap(stillHeld)),
];

/** Nobody knows whether it was let go before the failure. */
const stillHeld = ({ resourceId, held }: NonNullable<RolloutEnd['scaling']>['targets'][number]): string[] =>
  held === undefined
    ? []
    : [
        `${resourceId} may keep a minimum of ${held.at.minimum} in place of ${held.wanted.minimum} until the next rollout. To set it: aws application-autoscaling register-scalable-target --service-namespace sagemaker --resource-id ${resourceId} --scalable-dimension ${held.dimension} --min-capacity ${held.wanted.minimum} --max-capacity ${held.wanted.maximum}`,
      ];

/** The endpoint's own policy goes with it: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_PutEndpointPolicy.html */
const ROUTERS_UNKNOWN =
  'Nobody looked whether inference routers still send requests to the endpoint: the SDK has no call for it yet. Look with: aws sagemaker list-inference-routers, and aws sagemaker describe-inference-router. The endpoint policy, if there was one, is gone too.';

/** The outcome of an execution that lost its lease, where the one that took it over has recorded none yet. */
export const takenOver = (outcome: Outcome, lease: Lease | null): Outcome => ({
  ...outcome,
  outcome: 'needsAttention',
  succeeded: false,
  serving: null,
  verified: null,
  error: 'LeaseLost',
  cause: `Another execution, ${lease?.owner?.rollout.rolloutId ?? 'which has ended'}, took the endpoint over and finishes the rollback.`,
  left: ['Nothing by this execution: see the outcome of the one that took over.'],
});
