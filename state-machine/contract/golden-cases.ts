// The golden cases: requests with the answers that a healthy model gives to them.
import * as z from 'zod/mini';

const GoldenRequestSchema = z.strictObject({
  contentType: z._default(z.string().check(z.minLength(1), z.maxLength(256)), 'application/json'),
  body: z
    .unknown()
    .check(z.describe('Sent as JSON text; with another content type than JSON, a string that is sent as it is.')),
});

/**
 * What must come back. `json` is a pattern: objects match by the keys that are named, arrays by length and element,
 * numbers within the absolute `tolerance`, everything else by equality.
 */
const GoldenExpectationSchema = z.strictObject({
  status: z.union([z.int().check(z.minimum(200), z.maximum(599)), z.literal('4xx')]),
  json: z.optional(z.unknown()),
  tolerance: z._default(z.number().check(z.minimum(0)), 0),
});

export const GoldenCaseSchema = z.strictObject({
  name: z.string().check(z.minLength(1), z.maxLength(128)),
  request: GoldenRequestSchema,
  expect: GoldenExpectationSchema,
});
export type GoldenCase = z.infer<typeof GoldenCaseSchema>;

/** `golden.json` in an archive, and the object that a request's `canary.casesS3Uri` points to. */
export const GoldenCasesSchema = z.strictObject({
  cases: z.array(GoldenCaseSchema).check(z.minLength(1), z.maxLength(100)),
});
