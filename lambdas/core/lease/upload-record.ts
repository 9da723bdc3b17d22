// How one version of an upload ended, as the ledger keeps it beside the upload's key.
import type { Outcome } from '../../../state-machine/contract/outcome.ts';

export type UploadRecord = Pick<
  Outcome,
  'outcome' | 'archive' | 'rolloutId' | 'error' | 'cause' | 'successor' | 'startedAt' | 'endedAt'
>;
