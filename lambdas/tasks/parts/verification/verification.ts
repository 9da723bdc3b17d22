// A way to verify an endpoint: it is begun, and asked again until it has a verdict, for an answer may take an hour.
import type { DocumentRef } from '../../../../state-machine/contract/resolved-request.ts';
import type { CanaryVerdict } from '../../../core/canary/judge-canary.ts';

/** The answers are still to come: `progress` says what was asked. */
export interface Unanswered {
  verdict: 'waiting';
  waitSeconds: number;
  progress: DocumentRef;
}

export interface Verification {
  /** Asks. Answers that come at once make the verdict at once. */
  begin(): Promise<CanaryVerdict | Unanswered>;
  /** Looks for the answers to what `begin` asked; may be asked any number of times. */
  poll(progress: DocumentRef): Promise<CanaryVerdict | Unanswered>;
}
