// What the ledger records of a rollout that was deployed.
import * as z from 'zod/mini';
import type { KeptSettings } from './kept-settings.ts';
import { VariantSchema } from './variant.ts';

export const ReleaseSchema = z.object({
  endpointName: z.string(),
  rolloutId: z.string(),
  action: z.enum(['deploy', 'rollback']),
  endpointConfigName: z.string(),
  variants: z.array(VariantSchema),
  /** The upload that it came from, if any: key and version; and for which of several variants. */
  upload: z.nullable(z.object({ key: z.string(), versionId: z.string(), variantName: z.optional(z.string()) })),
  releasedAt: z.string(),
});
/** A rollout that ended `deployed`: what a later rollout or rollback may refer to. */
export type Release = z.infer<typeof ReleaseSchema>;

/** A release as it is written: its settings are read apart from it, for they may be large. */
export type NewRelease = Release & { settings?: KeptSettings | undefined };
