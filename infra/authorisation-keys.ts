// What calls on encrypted resources need of the stack's key besides. Services use the key with their caller's permissions;
// where the stack has no key of its own, nothing is needed and nothing is granted.
import { ASYNC_FOLDER } from '../lambdas/core/naming/object-keys.ts';
import type { Condition } from './authorisation-conditions.ts';
import { type Need, need } from './authorisation-needs.ts';
import { type Resource, type Scope, text } from './authorisation-resources.ts';

/** The services whose resources are encrypted with the stack's key, and that use it on behalf of whoever calls them. */
export const KEY_SERVICES = ['s3', 'dynamodb', 'sns', 'sqs', 'lambda', 'ecr'] as const;
export type KeyService = (typeof KEY_SERVICES)[number];

/** As `kms:ViaService` names a service: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service */
export const viaService = (service: KeyService, region: string): string => `${service}.${region}.amazonaws.com`;

const present = (arn: Scope['kmsKeyArn']) => (arn ? [arn] : []);
const stackKey: Resource = {
  requested: (_, { kmsKeyArn }) => present(kmsKeyArn),
  granted: ({ kmsKeyArn }) => present(kmsKeyArn),
};
/** What an object is encrypted with, the request does not tell: the key of the stack, or an earlier one of it. */
const keyOfObject: Resource = {
  requested: stackKey.requested,
  granted: ({ kmsKeyArn, formerKmsKeyArns }) => [...present(kmsKeyArn), ...formerKmsKeyArns],
};

/** What an asynchronous endpoint answered, with a key that its request named. */
const keyOfAnswer: Resource = {
  requested: (input, { answersKeyOf }) => {
    const key = answersKeyOf?.(text(input, 'Bucket'), text(input, 'Key'));
    return key === undefined ? [] : [key];
  },
  granted: ({ allowedKmsKeyArns }, under) => (under === ASYNC_FOLDER ? [...allowedKmsKeyArns] : []),
};

/** The key is used by the service alone, never by the function itself. */
const through = (service: KeyService): Condition => ({
  requested: (_, { region }) => ({ 'kms:ViaService': viaService(service, region) }),
  granted: ({ region }) => ({ StringEquals: { 'kms:ViaService': viaService(service, region) } }),
});

const decrypt = (service: KeyService, key = stackKey): Need => need('kms:Decrypt', key, through(service));
const makeDataKey = (service: KeyService): Need => need('kms:GenerateDataKey', stackKey, through(service));

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html; HeadObject reads nothing that is encrypted. */
export const decryptObject = decrypt('s3', keyOfObject);
/** Whoever reads the answers to golden cases. */
export const decryptAnswer = decrypt('s3', keyOfAnswer);
export const encryptObject = makeDataKey('s3');
/** S3 reads the parts before it joins them: https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions */
export const encryptParts = [encryptObject, decryptObject];
/**
 * Whoever reads or writes has the table's key decrypted; what makes data keys is a grant of the table's own:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
 */
export const openTable = decrypt('dynamodb');
/** https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html */
export const encryptMessage = [makeDataKey('sns'), decrypt('sns')];
