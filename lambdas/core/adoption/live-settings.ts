// The settings of a live configuration, as a request would write them: what an endpoint that is taken over keeps.
import type * as z from 'zod/mini';
import type { RolloutRequestSchema } from '../../../state-machine/contract/request.ts';
import { isEmpty, isMembers, type Members } from '../endpoint/members.ts';
import { isAuthors } from '../naming/tag-change.ts';
import { CARRIED_OF_ENDPOINT_CONFIG, CARRIED_OF_MODEL, type CarriedMember } from './carried-members.ts';
import type { LiveConfiguration } from './uncarried-members.ts';

type Request = z.output<typeof RolloutRequestSchema>;
export type LiveSettings = Pick<
  Request,
  'image' | 'environment' | 'hosting' | 'network' | 'encryption' | 'dataCapture' | 'tags'
>;

/** `tags`: the endpoint's own. What cannot be taken over is left out here, and named by `uncarriedMembers`. */
export function liveSettings(
  { config, models }: LiveConfiguration,
  tags: Readonly<Record<string, string>>,
): LiveSettings {
  const own = Object.entries(tags).filter(([key]) => isAuthors(key));
  const settings: Record<string, unknown> = own.length === 0 ? {} : { tags: Object.fromEntries(own) };
  put(settings, CARRIED_OF_ENDPOINT_CONFIG, config.members);
  // Left out it means false, and a request that leaves it out means true.
  if (models[0] !== undefined) put(settings, CARRIED_OF_MODEL, { EnableNetworkIsolation: false, ...models[0].members });
  if (isMembers(settings.hosting)) {
    settings.hosting = { type: typeOf(settings.hosting, config.members), ...settings.hosting };
  }
  const capture = config.members.DataCaptureConfig;
  // It is enabled unless it says otherwise: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DataCaptureConfig.html
  if (isMembers(capture) && capture.EnableCapture === false) delete settings.dataCapture;
  return settings;
}

const typeOf = (hosting: Members, { AsyncInferenceConfig }: Members) =>
  'memoryMegabytes' in hosting ? 'serverless' : isEmpty(AsyncInferenceConfig) ? 'realtime' : 'async';

function put(settings: Record<string, unknown>, carried: readonly CarriedMember[], members: Members): void {
  for (const { path, setting, read } of carried) {
    if (setting === null) continue;
    const values = valuesAt(members, path.split('.')).filter((value) => !isEmpty(value));
    if (values.length === 0) continue;
    const value = read === undefined ? values[0] : read(values);
    set(settings, setting.split('.'), value);
  }
}

function set(settings: Record<string, unknown>, [name = '', ...below]: readonly string[], value: unknown): void {
  if (below.length === 0) settings[name] = value;
  else {
    settings[name] = { ...(settings[name] as object | undefined) };
    set(settings[name] as Record<string, unknown>, below, value);
  }
}

/** Of every entry, where there are lists on the way. */
function valuesAt(value: unknown, [step, ...rest]: readonly string[]): unknown[] {
  if (step === undefined) return [value];
  if (!isMembers(value)) return [];
  if (!step.endsWith('[]')) return valuesAt(value[step], rest);
  const list = value[step.slice(0, -2)];
  return Array.isArray(list) ? list.flatMap((item) => valuesAt(item, rest)) : [];
}
