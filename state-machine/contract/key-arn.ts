// How a key of AWS KMS is named: by its ARN, and by no alias.
import * as z from 'zod/mini';

/**
 * No alias: policies grant on ARNs of keys alone (https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html),
 * and whoever points an alias at another key would change what an endpoint needs while it serves. Log groups take none either:
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_AssociateKmsKey.html
 */
export const KEY_ARN =
  /^arn:aws[a-z-]*:kms:(?<region>[a-z0-9-]+):\d{12}:key\/(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/;

export const KeyArnSchema = z
  .string()
  .check(z.regex(KEY_ARN, 'must be the ARN of a key, arn:aws:kms:<region>:<account>:key/<id>, and of no alias'));
