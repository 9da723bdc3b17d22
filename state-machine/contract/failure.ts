// A failure as Step Functions hands a caught error to the next state, and as verdicts carry one.
import * as z from 'zod/mini';

export const FailureSchema = z.object({ Error: z.string(), Cause: z.string() });
