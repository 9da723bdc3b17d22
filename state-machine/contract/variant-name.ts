// What SageMaker lets people name a variant, here for the keys of uploads too.
import * as z from 'zod/mini';

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html */
export const VariantNameSchema = z
  .string()
  .check(
    z.regex(/^[a-zA-Z0-9](-*[a-zA-Z0-9])*$/),
    z.maxLength(63),
    z.describe('Letters, digits and hyphens within, at most 63.'),
  );
