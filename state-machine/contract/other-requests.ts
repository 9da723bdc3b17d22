// Requests to do something else with an endpoint than to deploy to it.
import * as z from 'zod/mini';
import { EndpointNameSchema } from './endpoint-name.ts';
import { CorrelationIdSchema, schemaReference, VerificationSchema } from './request.ts';

const describe = z.describe;

/** Puts an earlier release back, with the settings that it had. */
export const RollbackRequestSchema = z.strictObject({
  $schema: schemaReference,
  action: z.literal('rollback'),
  endpointName: EndpointNameSchema,
  to: z.optional(
    z
      .string()
      .check(
        z.minLength(1),
        z.maxLength(80),
        describe('The rolloutId of a release. Default: the newest with another model than serves now.'),
      ),
  ),
  verification: z.optional(VerificationSchema),
  correlationId: z.optional(CorrelationIdSchema),
});
export type RollbackRequest = z.input<typeof RollbackRequestSchema>;

/** Deletes the endpoint with all that belongs to it. */
export const RetireEndpointRequestSchema = z.strictObject({
  $schema: schemaReference,
  action: z.literal('retireEndpoint'),
  endpointName: EndpointNameSchema,
  correlationId: z.optional(CorrelationIdSchema),
});
export type RetireEndpointRequest = z.input<typeof RetireEndpointRequestSchema>;

/** Finishes the rollback of a rollout whose execution was stopped, and tells its outcome; the sweeper asks for it. */
export const RecoverRequestSchema = z.strictObject({
  $schema: schemaReference,
  action: z.literal('recover'),
  /** Left out where the stopped execution named none. */
  endpointName: z.optional(EndpointNameSchema),
  rolloutId: z.string().check(z.minLength(1), z.maxLength(80), describe('The name of the execution.')),
});
export type RecoverRequest = z.input<typeof RecoverRequestSchema>;
