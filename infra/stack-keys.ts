// The keys of the stack's owner: the one that encrypts, and those that what is stored may still be under.
import type { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type KeyService, viaService } from './authorisation-keys.ts';

export interface StackKeys {
  kmsKeyArn: string | null;
  /** S3 never encrypts anew: what was written under an earlier key is read with that one. */
  formerKmsKeyArns: readonly string[];
}

export const readableKeys = ({ kmsKeyArn, formerKmsKeyArns }: StackKeys): string[] => [
  ...(kmsKeyArn === null ? [] : [kmsKeyArn]),
  ...formerKmsKeyArns,
];

/** For whoever writes and reads through these services, which use the keys with their caller's permissions. */
export function useOfKeys({ region }: Stack, keys: StackKeys, services: readonly KeyService[]): PolicyStatement[] {
  const allow = (action: string, resources: string[]) =>
    new PolicyStatement({
      actions: [action],
      resources,
      conditions: { StringEquals: { 'kms:ViaService': services.map((service) => viaService(service, region)) } },
    });
  return [
    ...(keys.kmsKeyArn === null ? [] : [allow('kms:GenerateDataKey', [keys.kmsKeyArn])]),
    ...(readableKeys(keys).length === 0 ? [] : [allow('kms:Decrypt', readableKeys(keys))]),
  ];
}
