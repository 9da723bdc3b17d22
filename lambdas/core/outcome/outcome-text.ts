// An outcome as people read it in a mail.
import { MAXIMUM_SETTING_CHANGES, type Outcome, verifiedInWords } from '../../../state-machine/contract/outcome.ts';
import { percentText, trafficPercent } from '../../../state-machine/contract/variant.ts';

const headlines: Record<Outcome['outcome'], (endpoint: string, outcome: Outcome) => string> = {
  deployed: (endpoint, outcome) => `${endpoint}: ${whatIsLive(outcome)}`,
  unchanged: (endpoint) => `${endpoint}: live already, nothing changed`,
  superseded: (endpoint) => `${endpoint}: superseded by a newer upload`,
  retired: (endpoint) => `${endpoint}: the endpoint is deleted`,
  cancelled: (endpoint) => `${endpoint}: the rollout is cancelled, what was live is live`,
  rejected: (endpoint, { error }) => `${endpoint}: ${wantedEnds[error ?? ''] ?? 'rejected'}, nothing was changed`,
  rolledBack: (endpoint, { error }) => `${endpoint}: ${wantedEnds[error ?? ''] ?? 'failed'}, what was live is live`,
  needsAttention: (endpoint) => `${endpoint}: FAILED, NEEDS ATTENTION`,
};

/** What somebody wanted is no failure, and there is no cause to fix. */
const wantedEnds: Record<string, string> = { Cancelled: 'cancelled', Stopped: 'stopped' };

/** What a rollout has made live: another model, other settings, both, or an earlier release. */
function whatIsLive({ action, change }: Outcome): string {
  if (action === 'rollback') return 'rolled back, an earlier release is live again';
  if (change === undefined || (change.model && change.settings.length === 0)) return 'the new model is live';
  if (change.settings.length === 0) return 'its settings are as asked again, the model stays';
  return change.model ? 'the new model is live, with other settings' : 'new settings are live, the model stays';
}

const headline = (outcome: Outcome) => headlines[outcome.outcome](outcome.endpointName ?? 'Upload', outcome);

const advice: Record<Outcome['outcome'], string> = {
  deployed: 'No action needed.',
  unchanged: 'No action needed.',
  superseded: 'What took its place has an outcome of its own.',
  retired: 'No action needed. Upload a model to have the endpoint again.',
  cancelled: 'No action needed.',
  rejected: 'Mend what is listed and upload again, or start again. What was live before serves on.',
  rolledBack: 'Nothing of this rollout remains. Mend the cause, then upload again or start again.',
  needsAttention: 'Look at the endpoint now: it may not be as it was. What is left and what to do is listed.',
};

/** At most 100 characters of ASCII on one line, as SNS demands: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
export function outcomeSubject(outcome: Outcome): string {
  return headline(outcome)
    .replace(/[^\x20-\x7e]/g, '?')
    .slice(0, 100);
}

/** The cause of the outcome ends with the same words, which would be twice in a mail. */
function why(explanation: Outcome['explanation']): string[] {
  if (explanation === null || explanation.cause === 'requestRejected') return [];
  const { cause, evidence } = explanation;
  return evidence.length === 0 ? [] : ['', `Evidence for ${cause}:`, ...evidence.map((line) => `- ${line}`)];
}

function changes({ change, rolloutId }: Outcome): string[] {
  const settings = change?.settings ?? [];
  const lines = settings.map(({ setting, from, to }) => `${setting}: ${from ?? 'not set'} -> ${to ?? 'not set'}`);
  return settings.length < MAXIMUM_SETTING_CHANGES ? lines : [...lines, `(all of them: plan.json of ${rolloutId})`];
}

function servingText(serving: Outcome['serving']): string {
  if (serving === null) return 'nothing that this system knows of';
  const { artifactSha256, endpointConfigName, variants = [] } = serving;
  if (variants.length === 0) return `artifact ${artifactSha256 ?? 'unknown'}, configuration ${endpointConfigName}`;
  return `${variants.length} variants, configuration ${endpointConfigName}`;
}

function variantLines({ serving }: Outcome): string[] {
  const variants = serving?.variants ?? [];
  const weights = variants.map(({ weight }) => weight);
  return variants.map(
    ({ name, weight, artifactSha256 }) =>
      `           - ${name}, ${percentText(trafficPercent(weight, weights))} of the traffic: artifact ${artifactSha256}`,
  );
}

export function outcomeText(outcome: Outcome): string {
  const { serving, upload } = outcome;
  const list = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `- ${line}`)];
  return [
    headline(outcome),
    wantedEnds[outcome.error ?? ''] === undefined || outcome.outcome === 'needsAttention'
      ? advice[outcome.outcome]
      : 'Nothing of it remains. If that was not meant, upload again or start again.',
    // A rejection's cause is the list of its problems, which follows.
    ...(outcome.error === null || outcome.problems.length > 0 ? [] : ['', `${outcome.error}: ${outcome.cause ?? ''}`]),
    ...why(outcome.explanation),
    ...list(
      'Problems',
      outcome.problems.map(({ where, message }) => `${where}: ${message}`),
    ),
    ...list('Settings that change', changes(outcome)),
    ...list('What is left, and what to do', outcome.left),
    ...list('Warnings', outcome.warnings),
    '',
    `Outcome:   ${outcome.outcome}`,
    ...(outcome.cancels === null ? [] : [`Cancels:   ${outcome.cancels}`]),
    ...(outcome.verified === null ? [] : [`Verified:  ${outcome.verified} (${verifiedInWords[outcome.verified]})`]),
    `Endpoint:  ${outcome.endpointName ?? 'unknown'}`,
    ...(upload === null ? [] : [`Upload:    s3://${upload.bucket}/${upload.key} (version ${upload.versionId})`]),
    `Serving:   ${servingText(serving)}`,
    ...variantLines(outcome),
    `Rollout:   ${outcome.rolloutId}, ${outcome.startedAt} to ${outcome.endedAt}`,
    `Execution: ${outcome.executionArn}`,
    ...(outcome.correlationId === null ? [] : [`Correlation id: ${outcome.correlationId}`]),
  ].join('\n');
}
