// Telling people and other services how a rollout ended.
import type { Outcome } from '../../state-machine/contract/outcome.ts';

export interface Announcements {
  /** Publishes to the SNS topic and to the event bus. May be repeated. */
  announce(outcome: Outcome): Promise<void>;
}
