// What a person may ask for of private networks and keys.
import * as z from 'zod/mini';
import { KeyArnSchema } from './key-arn.ts';

export const SubnetIdSchema = z.string().check(z.regex(/^subnet-[0-9a-f]+$/, 'must look like subnet-0123abcd'));
export const SecurityGroupIdSchema = z.string().check(z.regex(/^sg-[0-9a-f]+$/, 'must look like sg-0123abcd'));

export const NetworkSchema = z.strictObject({
  isolation: z.optional(z.boolean().check(z.describe('No outbound calls from the container. Default true.'))),
  vpc: z.optional(
    z.strictObject({
      // Two at least, although the API takes one: https://docs.aws.amazon.com/sagemaker/latest/dg/host-vpc.html
      subnetIds: z
        .array(SubnetIdSchema)
        .check(
          z.minLength(2),
          z.maxLength(16),
          z.describe('Of two Availability Zones at least, for example subnet-0123abcd.'),
        ),
      securityGroupIds: z.array(SecurityGroupIdSchema).check(z.minLength(1), z.maxLength(5)),
    }),
  ),
});

const KEY = 'arn:aws:kms:<region>:<account>:key/<id>, no alias';

export const EncryptionSchema = z.strictObject({
  volumeKmsKeyArn: z.optional(KeyArnSchema.check(z.describe(`${KEY}. For the instances' storage volumes.`))),
  captureKmsKeyArn: z.optional(KeyArnSchema.check(z.describe(`${KEY}. For what dataCapture writes.`))),
  answersKmsKeyArn: z.optional(
    KeyArnSchema.check(z.describe(`${KEY}. For the answers and failures of an asynchronous endpoint.`)),
  ),
});
