// One line of the table of steps.
import type * as z from 'zod/mini';

/** What the table of steps says of each. */
export interface StepDefinition<StateKey extends string> {
  /** What the task receives, and nothing else; each with the schema that it must have by then. */
  readonly reads: { readonly [key in StateKey]?: z.core.$ZodType };
  readonly writes: StateKey;
  /** The Lambda function's own timeout, in seconds. The task state's is longer. */
  readonly functionTimeoutSeconds: number;
  /** Whether it changes anything under the endpoint's lease: a late call of it may still take effect after an abort. */
  readonly mutates?: true;
  /** Whether it belongs to the rollback, which reads the contract version before too. */
  readonly rollback?: true;
  /** Whether the rollout goes on without it: what ran and failed is not run again. */
  readonly dispensable?: true;
}
