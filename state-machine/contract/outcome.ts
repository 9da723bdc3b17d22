// How a rollout ends: written to the ledger, published, and equal to the execution's status.
import * as z from 'zod/mini';
import { ActionSchema } from './action.ts';
import { ExplanationSchema } from './explanation.ts';
import { SettingChangeSchema } from './kept-settings.ts';
import { ProblemSchema } from './problem.ts';
import { UploadSchema } from './resolved-request.ts';
import { TriedSchema } from './trial.ts';

export const outcomeNames = [
  'deployed',
  'unchanged',
  'superseded',
  'retired',
  'cancelled',
  'rejected',
  'rolledBack',
  'needsAttention',
] as const;
export type OutcomeName = (typeof outcomeNames)[number];

/** The outcomes whose execution ends SUCCEEDED. */
export const succeededOutcomes: readonly OutcomeName[] = [
  'deployed',
  'unchanged',
  'superseded',
  'retired',
  'cancelled',
];

/**
 * The outcomes after which what was asked for is so. `superseded` is none of them: another rollout took its place, though its
 * execution ends SUCCEEDED, unless the platform's `supersededFails` has it end FAILED.
 */
export const doneOutcomes: readonly OutcomeName[] = ['deployed', 'unchanged', 'retired', 'cancelled'];

/** How far the answers of what serves were checked, the strongest first. */
export const VerifiedSchema = z.enum(['golden', 'answered', 'healthOnly']);
export type Verified = z.infer<typeof VerifiedSchema>;

/** What each means, for people. */
export const verifiedInWords: Readonly<Record<Verified, string>> = {
  golden: 'every golden case was answered right',
  answered: 'no golden cases; the model answered the example row that it makes itself',
  healthOnly: "no golden cases, and no answer was checked; only SageMaker's health check was passed",
};

export const ServingVariantSchema = z.object({
  name: z.string(),
  /** As planned: its share of the traffic is its weight over the sum of all. */
  weight: z.number(),
  artifactSha256: z.string(),
  imageDigest: z.string(),
});
export type ServingVariant = z.infer<typeof ServingVariantSchema>;

export const ServingSchema = z.object({
  /** Of several variants that of the one with the largest weight, and so the digest. */
  artifactSha256: z.nullable(z.string()),
  imageDigest: z.nullable(z.string()),
  endpointConfigName: z.string(),
  /** The production variants where there are several, left out where there is one. */
  variants: z.optional(z.array(ServingVariantSchema)),
});
/** What the endpoint serves with, as far as the ledger knows it. */
export type Serving = z.infer<typeof ServingSchema>;

/** Of a cause, as UTF-8; Step Functions itself allows 32,768 characters. */
export const MAXIMUM_CAUSE_BYTES = 3_000;

export const ChangeSchema = z.object({
  /** Whether another model serves than before. */
  model: z.boolean(),
  /** The settings that are others than before, at most `MAXIMUM_SETTING_CHANGES`. */
  settings: z.array(SettingChangeSchema),
});
/** What a rollout changed that was deployed. */
export type Change = z.infer<typeof ChangeSchema>;

/** States hold at most 256 KiB, and a mail should be read. */
export const MAXIMUM_SETTING_CHANGES = 20;

export const OutcomeSchema = z.object({
  contractVersion: z.int(),
  action: ActionSchema,
  outcome: z.enum(outcomeNames),
  /** As the execution's status: also true of `superseded`, where the platform does not have it fail. */
  succeeded: z.boolean(),
  endpointName: z.nullable(z.string()),
  rolloutId: z.string(),
  executionArn: z.string(),
  /** The rollout that took its place; null but for `superseded`. */
  successor: z.nullable(z.string()),
  /** The rollout that it was to cancel; null but for the action `cancel`. */
  cancels: z._default(z.nullable(z.string()), null),
  /** The execution that finished the rollback in place of one that was stopped. */
  recoveredBy: z.nullable(z.string()),
  serving: z.nullable(ServingSchema),
  verified: z.nullable(VerifiedSchema),
  /** Whether the model was tried before an instance existed; left out where no new model was read, and by a stack of before. */
  tried: z.optional(TriedSchema),
  /** Left out where nothing was changed, and by a stack of before it was told. */
  change: z.optional(ChangeSchema),
  /** Name and cause of the failure; null when it succeeded. The cause has at most `MAXIMUM_CAUSE_BYTES`. */
  error: z.nullable(z.string()),
  cause: z.nullable(z.string()),
  /** Why it failed and what to do, from SageMaker's reason, the containers' logs and the model's errors. */
  explanation: z.nullable(ExplanationSchema),
  problems: z.array(ProblemSchema),
  warnings: z.array(z.string()),
  /** What is left behind and what to do about it; empty but for `needsAttention`. */
  left: z.array(z.string()),
  upload: z.nullable(UploadSchema),
  /** Whether the archive itself was acceptable, whatever became of its rollout; null when none was read. */
  archive: z.nullable(z.enum(['accepted', 'rejected'])),
  correlationId: z.nullable(z.string()),
  startedAt: z.string(),
  endedAt: z.string(),
});
export type Outcome = z.infer<typeof OutcomeSchema>;
