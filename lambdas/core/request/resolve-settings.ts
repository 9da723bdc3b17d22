// The settings of a request: first every gap is filled, then the whole is held to the platform's limits.
import type { PlatformSettings } from '../../../state-machine/contract/platform.ts';
import type { Problem } from '../../../state-machine/contract/problem.ts';
import type { CheckedRequest } from './check-request.ts';
import { settingsProblems } from './settings-problems.ts';
import { type ResolvedSettings, withDefaults } from './with-defaults.ts';

/** `captureS3Uri`: where captured requests and responses go. */
export function resolveSettings(
  request: CheckedRequest,
  platform: PlatformSettings,
  captureS3Uri: string,
): { settings: ResolvedSettings; problems: Problem[] } {
  const settings = withDefaults(request, platform, captureS3Uri);
  return { settings, problems: settingsProblems(request, settings, platform) };
}
