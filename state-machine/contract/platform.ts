// What the platform allows and what it defaults to: set when the stack is deployed, read by the functions that need it.
import * as z from 'zod/mini';

export const PlatformSettingsSchema = z.strictObject({
  /** Endpoints are named with this prefix, in IAM too. An empty prefix allows every name. */
  endpointNamePrefix: z.string(),
  /** Where `models/<version>/model.tar.gz` goes; null: such keys are rejected. */
  defaultEndpointName: z.nullable(z.string()),
  /** Repository name and tag of the serving image that is used where the request names none. */
  servingImage: z.strictObject({ repositoryName: z.string(), tag: z.string() }),
  /** Names of the repositories, in this account and region, whose images may be rolled out. */
  allowedRepositories: z.array(z.string()),
  allowedInstanceTypes: z.array(z.string()),
  defaultInstanceType: z.string(),
  maximumInstances: z.int(),
  /** MaxConcurrency of a serverless endpoint. */
  maximumServerlessConcurrency: z.int(),
  /** Of private networks that models may be in; empty: in none. */
  allowedSubnetIds: z.array(z.string()),
  allowedSecurityGroupIds: z.array(z.string()),
  /** Keys that requests may name. */
  allowedKmsKeyArns: z.array(z.string()),
  /** Topics that may hear of the answers of asynchronous endpoints. */
  allowedNotificationTopicArns: z.array(z.string()),
  maximumArchiveBytes: z.int(),
  maximumUnpackedBytes: z.int(),
  /** Whether a rollout without golden cases is rejected; otherwise it may end `healthOnly`. */
  requireGoldenCases: z.boolean(),
  /** Whether an update may be verified on the live endpoint alone. */
  requireCandidate: z.boolean(),
  /** How many releases, besides the one that serves, a rollback may go back to. */
  retainedReleases: z.int(),
  /** Whether `trust` may be asked for. */
  allowTrust: z.boolean(),
  /** Whether the execution of a rollout that was superseded ends FAILED, for callers that see only the status. */
  supersededFails: z.boolean(),
  /** How long after a stopped execution's end a recovery waits for its last function. */
  recoveryDelaySeconds: z.int(),
});
export type PlatformSettings = z.infer<typeof PlatformSettingsSchema>;
