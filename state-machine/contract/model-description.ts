// What a model says of itself to an invocation with the custom attribute `describe=true`: names and types of its columns, and
// a made row that it can be asked with. The serving image answers it; whoever answers exactly this is asked the row.
import * as z from 'zod/mini';

/** The only part of a request that InvokeEndpoint passes on to a container beside content type and body. */
export const DESCRIBE = 'describe=true';

/** The largest description that is read, in characters: some ten thousand columns. A larger one counts as none. */
export const MAXIMUM_DESCRIPTION_CHARACTERS = 1_048_576;

const CellSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const DescribedColumnSchema = z.strictObject({
  name: z.string(),
  type: z.enum(['number', 'integer', 'boolean', 'category', 'text', 'any']),
  /** Left out where the model looks at the column. */
  isUsed: z.optional(z.literal(false)),
  /** Left out where nobody tried. */
  mayBeMissing: z.optional(z.boolean()),
});

const DescribedOutputSchema = z.strictObject({
  name: z.string(),
  /** Of a classification. */
  classes: z.optional(z.array(z.string())),
});

/** Strict to the last key: images of their authors' own answer what they like, and anything else is no description. */
export const ModelDescriptionSchema = z.strictObject({
  model: z.strictObject({ name: z.string(), sha256: z.string().check(z.regex(/^([0-9a-f]{64})?$/)) }),
  columns: z.array(DescribedColumnSchema).check(z.minLength(1)),
  /** Whether a prediction has a `predicted_class`, or else a `prediction`. */
  task: z.enum(['classification', 'regression']),
  /** Of a model that predicts several numbers or labels for a row: then the prediction is a list with an element for each. */
  outputs: z.optional(z.array(DescribedOutputSchema).check(z.minLength(1))),
  /** A request with one made row, a cell for each column. */
  example: z.strictObject({
    contentType: z.literal('application/json'),
    body: z.strictObject({ instances: z.tuple([z.array(CellSchema)]) }),
  }),
  /** Whether the model answered the row when it was loaded. */
  exampleAnswered: z.boolean(),
});
export type ModelDescription = z.infer<typeof ModelDescriptionSchema>;
