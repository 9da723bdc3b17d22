// What stops a command before or beside its rollout, in words for the person who gave the command.

/** Shown as it is, without a stack trace; the command ends with status 2. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

const CREDENTIALS =
  'No AWS credentials were found. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in: aws sso login.';
const REGION = 'No AWS region is set. Set AWS_REGION, or a region in the profile.';

// Names as the SDK and the services give them:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html#troubleshoot_general_expired-token
const sentences: Record<string, (message: string) => string> = {
  CredentialsProviderError: (message) => `${CREDENTIALS} (${message})`,
  ExpiredToken: () => 'The AWS credentials have expired. Sign in again.',
  ExpiredTokenException: () => 'The AWS credentials have expired. Sign in again.',
  InvalidClientTokenId: () => 'AWS does not know these credentials.',
  UnrecognizedClientException: () => 'AWS does not know these credentials.',
  InvalidAccessKeyId: () => 'AWS does not know these credentials.',
  SignatureDoesNotMatch: () => 'AWS refuses the signature: the secret access key does not fit the access key.',
  AccessDenied: (message) => `AWS refuses access: ${message}`,
  AccessDeniedException: (message) => `AWS refuses access: ${message}`,
  ExecutionAlreadyExists: () => 'A rollout of this name was started before. Choose another --name.',
  ExecutionDoesNotExist: (message) => `There is no such rollout: ${message}`,
  ENOTFOUND: (message) => `AWS cannot be reached: ${message}`,
  ECONNREFUSED: (message) => `AWS cannot be reached: ${message}. Is AWS_ENDPOINT_URL right, and the local cloud up?`,
};

/** An error of an AWS call as a refusal where its name is known; any other error as it is. */
export function asRefusal(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof Refusal) return error;
  if (error.message === 'Region is missing') return new Refusal(REGION, { cause: error });
  const { code } = error as NodeJS.ErrnoException;
  const sentence = sentences[error.name] ?? sentences[code ?? ''];
  // Node joins the refusals of several addresses, IPv4 and IPv6, in one error without a message.
  const message = error.message || `no answer (${code})`;
  if (sentence) return new Refusal(sentence(message), { cause: error });
  // Only answers of a service carry $fault; all else is a fault of this program and keeps its stack trace.
  return '$fault' in error ? new Refusal(`AWS answered ${error.name}: ${message}`, { cause: error }) : error;
}
