/** The errors that the simulated services answer with: AWS's code, its text, and its further members. */

export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  /** Further members of the error's shape, such as ModelError's OriginalStatusCode. */
  readonly members: Record<string, unknown>;

  constructor(code: string, message: string, members: Record<string, unknown> = {}) {
    super(message);
    this.code = code;
    this.members = members;
  }
}

/**
 * The texts were seen in public reports of real calls where that was possible ("Could not find ...", "Cannot create already
 * existing ...", "Cannot update in-progress ...", the quota's, ModelError's); the others say in our words what the API
 * reference says in its own, and nobody should match them.
 *
 * SageMaker answers "not found", "exists" and "in progress" all with this code; only the text tells them apart.
 */
export const validationException = (message: string) => new AwsError('ValidationException', message);

/** What a caller meets at the documented request limits, which AWS does not publish. */
export const throttlingException = () => new AwsError('ThrottlingException', 'Rate exceeded');

/** Thrown by an interceptor to break the connection: the caller cannot know whether the call took effect. */
export class LostAnswer extends Error {
  override readonly name = 'LostAnswer';
  /** Makes SDKs treat it as the broken connection that it stands for. */
  readonly code = 'ECONNRESET';
}
