// Why a rollout failed and what to do about it: what AWS said, what the containers printed, what the model answered, matched
// to a cause by tables.
import type { Failure } from '../../../state-machine/contract/errors.ts';
import {
  type Explanation,
  MAXIMUM_EVIDENCE_BYTES,
  MAXIMUM_EVIDENCE_CHARACTERS,
  MAXIMUM_EVIDENCE_LINES,
  MAXIMUM_EXPLANATION_CHARACTERS,
} from '../../../state-machine/contract/explanation.ts';
import type { ModelErrorSeen } from '../../../state-machine/contract/outputs.ts';
import { shortened } from '../problems/shortened.ts';
import { failureCausesAtLast } from './failure-causes-generic.ts';
import { failureCausesOfAws } from './failure-causes-of-aws.ts';
import { failureCausesOfContainers } from './failure-causes-of-containers.ts';
import { failureCausesOfKeys } from './failure-causes-of-keys.ts';
import type { FailureRule, FailureSource, Situation } from './failure-rule.ts';
import { withoutCredentials } from './without-credentials.ts';

export interface FailureFacts {
  readonly failure: Failure;
  /** As SageMaker last gave it. */
  readonly endpointStatus: string | null;
  readonly failureReason: string | null;
  /** What the containers printed, each instance's lines in the order of time. */
  readonly logLines: readonly string[];
  readonly modelErrors: readonly ModelErrorSeen[];
  /** Why the log could not be read; null where it was, or there is none. */
  readonly unread: string | null;
  /** What callers of the endpoint saw of the answers that did not pass, see `seenByCustomers`. */
  readonly seen?: string | null;
}

interface Text {
  readonly source: FailureSource;
  readonly text: string;
}

const rules = [...failureCausesOfKeys, ...failureCausesOfAws, ...failureCausesOfContainers, ...failureCausesAtLast];

const LOOKED_AT = { lines: 500, characters: 1_000, failureCharacters: 4_000, modelErrors: 20 };
const notServing = ['DeploymentFailed', 'DeploymentRolledBack', 'DeadlineExceeded'];

/** Total: whatever the facts are, there is an explanation within the contract's bounds, the same for the same facts. */
export function explainFailure(facts: FailureFacts): Explanation {
  const situation = situationOf(facts);
  const texts = textsOf(facts);
  for (const rule of rules) {
    if (rule.situations !== undefined && !rule.situations.includes(situation)) continue;
    const hits = texts.filter(({ source, text }) => rule.found.includes(source) && rule.pattern.test(text));
    // The last line that fits is the nearest to the end; of what AWS said there is one text each.
    const hit = hits.at(-1);
    if (hit !== undefined) return explained(rule, hit, facts.seen, evidence(facts, situation, hits));
  }
  return {
    cause: 'unknown',
    summary: bounded(`The cause is not known. The rollout ended with ${facts.failure.Error}: ${facts.failure.Cause}`),
    nextStep:
      'Read the evidence, then the log of the endpoint in CloudWatch (/aws/sagemaker/Endpoints/<endpoint>) and the history of the execution.',
    evidence: evidence(facts, situation, []),
  };
}

function situationOf({ failure, modelErrors }: FailureFacts): Situation {
  if (notServing.includes(failure.Error)) return 'notServing';
  if (failure.Error !== 'CanaryFailed') return 'other';
  const failed =
    modelErrors.some(({ originalStatus }) => originalStatus === 0 || originalStatus >= 500) ||
    /the status is (0|4\d\d|5\d\d) instead of|requests failed;/.test(
      failure.Cause.slice(0, LOOKED_AT.failureCharacters),
    );
  return failed ? 'failedAnswers' : 'wrongAnswers';
}

function textsOf({ failure, failureReason, logLines, modelErrors }: FailureFacts): Text[] {
  const cut = (text: string, limit: number) => text.slice(0, limit);
  return [
    { source: 'failure', text: cut(`${failure.Error}: ${failure.Cause}`, LOOKED_AT.failureCharacters) },
    ...(failureReason === null
      ? []
      : [{ source: 'reason' as const, text: cut(failureReason, LOOKED_AT.failureCharacters) }]),
    ...modelErrors.slice(0, LOOKED_AT.modelErrors).map(({ originalStatus, originalMessage }) => ({
      source: 'answer' as const,
      text: `${originalStatus}: ${cut(originalMessage, LOOKED_AT.characters)}`,
    })),
    ...logLines
      .slice(-LOOKED_AT.lines)
      .map((line) => ({ source: 'log' as const, text: cut(line, LOOKED_AT.characters).trimEnd() })),
  ];
}

function explained(
  { cause, pattern, summary, nextStep }: FailureRule,
  { text }: Text,
  seen: FailureFacts['seen'],
  shown: string[],
): Explanation {
  const found = pattern.exec(text)?.groups ?? {};
  // A group of an alternative that was not taken leaves nothing behind.
  const filled = (template: string) => template.replace(/\{(\w+)\}/g, (_, name: string) => found[name] ?? '');
  const told = [filled(summary), ...(seen == null ? [] : [seen])].join(' ');
  return { cause, summary: bounded(told), nextStep: bounded(filled(nextStep)), evidence: shown };
}

const bounded = (text: string) => shortened(withoutCredentials(text), MAXIMUM_EXPLANATION_CHARACTERS).trim();

/**
 * What SageMaker said, the status, the errors of the model without their bodies, then of the log: the lines that fitted, the
 * last exception, and the last lines.
 */
function evidence(facts: FailureFacts, situation: Situation, hits: readonly Text[]): string[] {
  const { endpointStatus, failureReason, logLines, modelErrors, unread } = facts;
  const lines = situation === 'other' ? [] : logLines.slice(-LOOKED_AT.lines).filter((line) => line.trim() !== '');
  const exception = lines.findLast((line) => /^[\w.]{1,200}(Error|Exception|Exit)\b(:|$)/.test(line.slice(0, 300)));
  const chosen = [
    ...(failureReason === null ? [] : [`FailureReason: ${failureReason}`]),
    ...(endpointStatus === null ? [] : [`EndpointStatus: ${endpointStatus}`]),
    ...modelErrors.slice(0, 3).map(answerInWords),
    ...(unread === null ? [] : [`The log could not be read: ${unread}`]),
    ...once(hits.filter(({ source }) => source === 'log').map(({ text }) => `Log: ${text}`)).slice(-4),
    ...(exception === undefined ? [] : [`Log: ${exception}`]),
    ...once(lines.map((line) => `Log: ${line}`)).slice(-6),
  ].map((line) =>
    shortened(withoutCredentials(line.slice(0, LOOKED_AT.failureCharacters)), MAXIMUM_EVIDENCE_CHARACTERS),
  );
  return withinBytes(once(chosen).slice(0, MAXIMUM_EVIDENCE_LINES));
}

/** A container that is started again and again says the same at other times: the last time is shown. */
function once(lines: string[]): string[] {
  const byWords = new Map(lines.map((line) => [line.replace(/\d{4}-\d\d-\d\d[T ][\d:.,]{1,20}/g, ''), line]));
  return [...byWords.values()];
}

function withinBytes(lines: string[]): string[] {
  let left = MAXIMUM_EVIDENCE_BYTES;
  return lines.filter((line) => {
    left -= Buffer.byteLength(line);
    return left >= 0;
  });
}

/** The body may hold what somebody sent: shown is only what this project's image says of errors, and SageMaker's own words. */
function answerInWords({ originalStatus, originalMessage, logStreamArn }: ModelErrorSeen): string {
  const own = /^\s*\{"error": ?"([^"\\]{1,200})"\}\s*$/.exec(originalMessage.slice(0, 1_000))?.[1];
  const sageMakers = /^(Your invocation timed out|Amazon SageMaker could not get a response)[^.]{0,150}/.exec(
    originalMessage,
  );
  const words = own ?? sageMakers?.[0];
  return `Answer of the model: status ${originalStatus}${words === undefined ? '' : `: ${words}`}${logStreamArn === null ? '' : ` (${logStreamArn})`}`;
}
