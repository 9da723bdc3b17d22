// The platform's settings, as the stack put them into the function's environment.
import { type PlatformSettings, PlatformSettingsSchema } from '../../state-machine/contract/platform.ts';
import { environment } from './environment.ts';

/** Throws at cold start when the stack wrote something else. */
export function platformSettings(): PlatformSettings {
  return PlatformSettingsSchema.parse(JSON.parse(environment('platformSettings')));
}
