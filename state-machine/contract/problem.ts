// One thing that is wrong with a request or an artifact, as its author reads it.
import * as z from 'zod/mini';

export const ProblemSchema = z.object({
  /** Where: a path in the request (`hosting.instanceType`), an entry of the archive, or an object's key. */
  where: z.string(),
  /** What is wrong, what was found, what is allowed and what to do: whole sentences, at most 500 characters. */
  message: z.string(),
});
export type Problem = z.infer<typeof ProblemSchema>;

/** How many problems travel in the state; the outcome document has room for as many. */
export const MAXIMUM_PROBLEMS = 40;
