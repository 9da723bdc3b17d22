// What a request asks to be done with an endpoint.
import * as z from 'zod/mini';

/**
 * `cancel` ends another rollout before it is live. `recover` is asked by the sweeper: it finishes the rollback of a rollout whose
 * execution was stopped.
 */
export const ActionSchema = z.enum(['deploy', 'rollback', 'retireEndpoint', 'cancel', 'recover']);
export type Action = z.infer<typeof ActionSchema>;
