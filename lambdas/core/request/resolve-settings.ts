// The settings of a request: what it leaves out is kept, then every gap is filled, then the whole is held to the platform's limits.
import type { PlatformSettings } from '../../../state-machine/contract/platform.ts';
import type { Problem } from '../../../state-machine/contract/problem.ts';
import type { CheckedRequest } from './check-request.ts';
import { type Kept, keepSettings, type Merged } from './keep-settings.ts';
import { problemsOfMerged } from './kept-problems.ts';
import { settingsProblems } from './settings-problems.ts';
import { type ResolvedSettings, withDefaults } from './with-defaults.ts';

export interface ResolvedMerge extends Merged {
  settings: ResolvedSettings;
  problems: Problem[];
}

/**
 * @param asked what request and manifest say
 * @param source null where there is nothing to keep
 * @param captureS3Uri where captured requests and responses go
 */
export function resolveSettings(
  asked: CheckedRequest,
  source: Kept | null,
  platform: PlatformSettings,
  captureS3Uri: string,
): ResolvedMerge {
  const merged = keepSettings(asked, source);
  const resolve = (wanted: CheckedRequest) => withDefaults(wanted, platform, captureS3Uri);
  const problems = problemsOfMerged(asked, merged, source, (wanted) =>
    settingsProblems(wanted, resolve(wanted), platform),
  );
  return { ...merged, settings: resolve(merged.wanted), problems };
}
