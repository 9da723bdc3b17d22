// Under which of our names an error of KMS comes, which a service passes on with status 400.
import {
  KMSAccessDeniedException,
  KMSDisabledException,
  KMSNotFoundException,
  KMSThrottlingException,
} from '@aws-sdk/client-sns';
import { toRolloutError } from '../../lambdas/aws/sdk-error.ts';

const $metadata = { httpStatusCode: 400, requestId: 'one' };
const details = { message: 'of the key', $metadata };

it.each([
  ['is retried', new KMSThrottlingException(details), 'Throttled'],
  ['is a missing permission', new KMSAccessDeniedException(details), 'AccessDenied'],
  ['is refused', new KMSDisabledException(details), 'CallRefused'],
  ['is refused', new KMSNotFoundException(details), 'CallRefused'],
  [
    'is retried, as S3 writes it',
    Object.assign(new Error('of the key'), { name: 'KMS.ThrottlingException', $metadata }),
    'Throttled',
  ],
])('%s: %s', (_, error, name) => {
  expect(toRolloutError(error)).toMatchObject({
    name,
    message: `${error.name}: of the key`,
  });
});
