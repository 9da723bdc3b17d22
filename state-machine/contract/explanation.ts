// Why a rollout failed, and what to do: the shape in which outcomes, events and mails carry it.
import * as z from 'zod/mini';

/** Stable names, to filter and count by. `unknown`: no rule matched, and the evidence is all there is. */
export const failureCauses = [
  'requestRejected',
  'quotaExceeded',
  'permissionMissing',
  'keyNotUsable',
  'throttled',
  'awsUnavailable',
  'endpointBusy',
  'changedBySomebodyElse',
  'leaseLost',
  'stopped',
  'cancelled',
  'superseded',
  'stackUpdated',
  'functionTimedOut',
  'imageNotPullable',
  'imageManifestUnsupported',
  'imageTooLarge',
  'wrongArchitecture',
  'wrongRegion',
  'modelDataNotReadable',
  'modelDataNotExtracted',
  'noCapacity',
  'alarm',
  'alarmNotUsable',
  'fleetNotJudged',
  'containerNotStarted',
  'environmentInvalid',
  'portNotBound',
  'modelRefused',
  'sklearnVersionMismatch',
  'missingDependency',
  'modelNotLoadable',
  'gpuMissing',
  'outOfMemory',
  'outOfDisk',
  'crashedOnStart',
  'healthCheckFailed',
  'answerTimedOut',
  'failedAnswers',
  'wrongAnswers',
  'tooSlow',
  'deadlineExceeded',
  'rolledBackWithoutReason',
  'unknown',
] as const;
export type FailureCause = (typeof failureCauses)[number];

export const MAXIMUM_EVIDENCE_LINES = 12;
export const MAXIMUM_EVIDENCE_CHARACTERS = 300;
/** Of all lines, as UTF-8: the state of an execution stays below 32 KiB. */
export const MAXIMUM_EVIDENCE_BYTES = 4_000;
/** Of the summary, and of the next step. */
export const MAXIMUM_EXPLANATION_CHARACTERS = 500;

export const ExplanationSchema = z.object({
  cause: z.enum(failureCauses),
  /** What went wrong, in one or two sentences. */
  summary: z.string(),
  /** What to do now. */
  nextStep: z.string(),
  /** At most 12 lines of at most 300 characters, 4,000 bytes in all: each begins with where it was found. No payloads, no credentials. */
  evidence: z.array(z.string()),
});
export type Explanation = z.infer<typeof ExplanationSchema>;
