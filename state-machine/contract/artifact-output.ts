// What InspectArtifact says of the archives of a rollout.
import * as z from 'zod/mini';
import { FailureSchema } from './failure.ts';
import { ProblemSchema } from './problem.ts';
import { DocumentRefSchema } from './resolved-request.ts';
import { TrialSchema } from './trial.ts';
import { VariantArtifactSchema } from './variant-models.ts';

/** InspectArtifact: the verdict on request and archive together. */
export const ArtifactOutputSchema = z.object({
  verdict: z.enum(['accepted', 'rejected']),
  problems: z.array(ProblemSchema),
  /** Null when the archive could not be read to its end. */
  sha256: z.nullable(z.string()),
  /** `artifacts/<endpoint>/<sha256>/model.tar.gz`; null unless accepted. */
  location: z.nullable(DocumentRefSchema),
  /** `artifacts/<endpoint>/<sha256>/golden.json`; null when the archive holds none. */
  goldenCases: z.nullable(DocumentRefSchema),
  /** The digest of the files that may run code; left out where none may. */
  trustedContentsSha256: z.optional(z.string()),
  /** Of each variant, where they are named and all are accepted: what is said above is of the first that was read. */
  variants: z.optional(z.array(VariantArtifactSchema)),
  /** The models that are tried before an instance exists; left out where there is none. */
  trials: z.optional(z.array(TrialSchema)),
  /** Why a model that was read is not tried, in whole sentences; left out where all are. */
  notTried: z.optional(z.array(z.string())),
  /** On the archive alone, whatever is wrong with the request; null when none was read. */
  archive: z.nullable(z.enum(['accepted', 'rejected'])),
  /** Which version of which upload was read, so that it need not be read again; null when none was. */
  inspected: z.nullable(z.object({ key: z.string(), versionId: z.string() })),
  failure: z.nullable(FailureSchema),
});
export type ArtifactOutput = z.infer<typeof ArtifactOutputSchema>;
