// The trial of a model before an instance exists: how it is asked for, what is tried, and what came of it.
import * as z from 'zod/mini';
import { FailureSchema } from './failure.ts';
import { ProblemSchema } from './problem.ts';
import { DocumentRefSchema } from './resolved-request.ts';

const asked = {
  /** Of the stack's serving image: the one that the model's container will have. */
  imageTag: z.string(),
  /** Null: there are none. */
  goldenCases: z.nullable(DocumentRefSchema),
  /** What the image answers with where a request does not say; "": its own default. */
  accept: z.string(),
};

/** Of a model whose container will have the stack's serving image; `goldenCases`: those of the request. */
export const TrialRequestSchema = z.object(asked);
export type TrialRequest = z.infer<typeof TrialRequestSchema>;

/** One model to be tried. */
export const TrialSchema = z.object({
  /** Null where variants are not named. */
  variantName: z.nullable(z.string()),
  /** `artifacts/<endpoint>/<sha256>/model.tar.gz` */
  location: DocumentRefSchema,
  ...asked,
});
export type Trial = z.infer<typeof TrialSchema>;

/**
 * TryModel, of all models together; written by Python (`serving-image/model_trial/verdict.py`).
 * - `rejected`: the server's own code refuses one of them, or a golden answer differs; see `failure`
 * - `untried`: one of them could not be tried, which says nothing of it: out of time, out of memory, an error of the function
 * - `skipped`: one of them was not to be tried
 */
export const TrialOutputSchema = z.object({
  verdict: z.enum(['passed', 'rejected', 'untried', 'skipped']),
  problems: z.array(ProblemSchema),
  /** How many were answered right. */
  goldenCases: z.int(),
  /** Why, in whole sentences. */
  untried: z.array(z.string()),
  skipped: z.array(z.string()),
  failure: z.nullable(FailureSchema),
});
export type TrialOutput = z.infer<typeof TrialOutputSchema>;

export const TriedSchema = z.object({
  verdict: TrialOutputSchema.shape.verdict,
  /** Why it was not tried; empty where it was. */
  because: z.array(z.string()),
});
/** What an outcome says of the trial. */
export type Tried = z.infer<typeof TriedSchema>;
