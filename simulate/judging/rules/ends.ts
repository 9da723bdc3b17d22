// How executions end: each with an outcome that is reported, and that no fault changes which passes by itself.
import { outcomesOf } from '../claims.ts';
import type { Rule } from '../rule.ts';

/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html allows 25,000 events and 256 KiB. */
const MAXIMUM_EVENTS = 12_000;
const MAXIMUM_STATE_BYTES = 32 * 1024;

export const everyEndIsReported: Rule = {
  number: 8,
  name: 'everyEndIsReported',
  text: 'Every execution ends with an outcome that equals its status; what was aborted is taken up, and the lease is free again.',
  broken: (evidence, { mayNeedAttention, mayLackOutcome, mayBeUnreported }) => {
    const { stack } = evidence;
    const found: string[] = [];
    const outcomes = new Map(evidence.outcomes().map((outcome) => [outcome.rolloutId, outcome]));
    for (const { name, status, events, largestStateBytes, input, error } of stack.account.executions.values()) {
      if (status === 'RUNNING') found.push(`${name} is still running`);
      if (events > MAXIMUM_EVENTS) found.push(`${name} has ${events} events`);
      if (largestStateBytes > MAXIMUM_STATE_BYTES) found.push(`${name} has a state of ${largestStateBytes} bytes`);
      if ((input as { action?: string } | null)?.action === 'recover') continue;
      const outcome = outcomes.get(name);
      if (outcome === undefined) {
        if (!mayLackOutcome) found.push(`${name} (${status} ${error}) has no outcome`);
        continue;
      }
      if (status === 'SUCCEEDED' && !outcome.succeeded) found.push(`${name} SUCCEEDED and ended ${outcome.outcome}`);
      // Who was driven again while another execution finished for it does not hear of its outcome any more.
      if (status === 'FAILED' && outcome.succeeded && !mayBeUnreported && outcome.recoveredBy === null)
        found.push(`${name} FAILED and ended ${outcome.outcome}`);
      if (outcome.outcome === 'needsAttention') {
        if (outcome.left.length === 0) found.push(`${name} does not say what is left`);
        if (!mayNeedAttention)
          found.push(`${name} needs attention: ${outcome.error} ${outcome.cause} ${outcome.left.join(' ')}`);
      }
    }
    if (!mayLackOutcome)
      for (const { endpointName, owner, waiting } of evidence.leases()) {
        if (owner !== null) found.push(`the lease of ${endpointName} is still held by ${owner.rollout.rolloutId}`);
        if (waiting.length > 0) found.push(`${waiting.length} still wait for ${endpointName}`);
      }
    return found;
  },
};

/** Not one of the eleven, but what makes faults that pass harmless. */
export const whatPassesPasses: Rule = {
  number: 12,
  name: 'whatPassesPasses',
  text: 'What passes by itself (throttling, 5xx, lost answers) changes nothing of how a rollout ends.',
  broken: (evidence, { ends }) => {
    if (ends == null) return [];
    const [only] = outcomesOf(evidence);
    if (only?.outcome === ends) return [];
    return [
      `it ended ${only?.outcome ?? 'without an outcome'} instead of ${ends}: ${only?.error} ${only?.cause} ${only?.left?.join(' ')}`,
    ];
  },
};
