// One thing that is wrong with a request or an artifact, as its author reads it.
import * as z from 'zod/mini';

export const ProblemSchema = z.object({
  /** Where: a path in the request (`hosting.instanceType`), an entry of the archive, or an object's key. */
  where: z.string(),
  /** What is wrong, what was found, what is allowed and what to do: whole sentences, at most 500 characters. */
  message: z.string(),
});
export type Problem = z.infer<typeof ProblemSchema>;

/**
 * How many problems, and how many bytes of them as UTF-8, travel in the state. At its end a rejected rollout holds three such
 * lists and three causes (`MAXIMUM_CAUSE_BYTES`): 3 x (4,000 + 3,000) = 21,000 bytes, of 32 KiB that the state may have.
 */
export const MAXIMUM_PROBLEMS = 40;
export const MAXIMUM_PROBLEMS_BYTES = 4_000;
