// The settings that a release keeps for the requests after it, as a request would write them, and how they change.
import * as z from 'zod/mini';
import type { KeptKey } from './kept.ts';
import type { RolloutRequestSchema } from './request.ts';

export type KeptSettings = Partial<Pick<z.output<typeof RolloutRequestSchema>, KeptKey>>;

/** Written by this system alone, from requests that were checked: the request's own schema is in no function that need not check. */
const written = <Written>() => z.record(z.string(), z.unknown()) as unknown as z.ZodMiniType<Written>;

export const KeptSettingsSchema = written<KeptSettings>();

export const MergedSchema = z.object({
  /** The rollout whose release gave the settings that nobody asked for; null where there was no release. */
  keptFrom: z.nullable(z.string()),
  /** What request and manifest say, without golden cases; an endpoint that was adopted gives the rest. */
  asked: written<z.output<typeof RolloutRequestSchema>>(),
});
/** How a request came to its settings, so that it is seen where it would come to others by now. */
export type Merged = z.infer<typeof MergedSchema>;

export const SettingChangeSchema = z.object({
  /** A path in the request, for example `hosting.instanceCount`. */
  setting: z.string(),
  /** As JSON, but for values of the environment, which may be secrets; null: it was not set. */
  from: z.nullable(z.string()),
  to: z.nullable(z.string()),
});
export type SettingChange = z.infer<typeof SettingChangeSchema>;
