// What ends a wait on an endpoint, where a look can tell.
import * as z from 'zod/mini';

/**
 * `idle`: SageMaker does not work on it any more; `gone`: it is not there any more. Left out: a look may be stale and say "as
 * before", so that only an event, or time, ends it.
 */
export const AwaitsSchema = z.optional(z.enum(['idle', 'gone']));
/** Whether the last look was not answered: then no look ends the wait, or machine and wait would go round and round. */
export const IsRefusedSchema = z.optional(z.boolean());

export type Awaits = z.infer<typeof AwaitsSchema>;
