// Where this stack runs, and what its platform engineer allows.
import type { PlatformSettings } from '../../../state-machine/contract/platform.ts';

export interface StackEnvironment {
  bucketName: string;
  accountId: string;
  region: string;
  settings: PlatformSettings;
}
