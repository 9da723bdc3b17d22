// Of an endpoint whose request names its variants: the model of each, before and after its archive was inspected.
import * as z from 'zod/mini';
import { DocumentRefSchema, UploadSchema } from './resolved-request.ts';
import { TrialRequestSchema } from './trial.ts';

export const RequestedModelSchema = z.object({
  variantName: z.string(),
  /** The archive to inspect; null: the artifact that the variant serves now, or none that was found. */
  upload: z.nullable(UploadSchema),
  /** Of the newest release; null where an archive is to be inspected. */
  servedArtifactSha256: z.nullable(z.string()),
  /** Which model files the image can serve; null: any. */
  servableModelFiles: z.nullable(z.array(z.string())),
  /** The sha256 of the artifact that may run code; left out where none may. */
  trust: z.optional(z.string()),
  /** What may lie in the archive unused; left out where nothing may. */
  ignore: z.optional(z.array(z.string())),
  /** How it is tried before an instance exists; left out where its image is none that can be tried. */
  trial: z.optional(TrialRequestSchema),
});
/** Where the model of one variant comes from. */
export type RequestedModel = z.infer<typeof RequestedModelSchema>;

export const VariantArtifactSchema = z.object({
  variantName: z.string(),
  sha256: z.string(),
  /** `artifacts/<endpoint>/<sha256>/model.tar.gz` */
  location: DocumentRefSchema,
  /** `artifacts/<endpoint>/<sha256>/golden.json`; null when the archive holds none. */
  goldenCases: z.nullable(DocumentRefSchema),
  /** The digest of the files that may run code; left out where none may. */
  trustedContentsSha256: z.optional(z.string()),
  /** Which version of which upload was read; null where it was stored already. */
  inspected: z.nullable(z.object({ key: z.string(), versionId: z.string() })),
});
/** The accepted artifact of one variant. */
export type VariantArtifact = z.infer<typeof VariantArtifactSchema>;
