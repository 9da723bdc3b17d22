// Calls of an endpoint's model.

export interface Answer {
  /** HTTP status that the model's container gave: 200, or the OriginalStatusCode of a ModelError. */
  status: number;
  /** The answer's text, cut at `maximumCharacters`. */
  body: string;
  latencyMilliseconds: number;
  /** Digest of the model that answered, where the answer names it (`model-sha256=` in its custom attributes). */
  modelSha256: string | null;
  /** Where the container's log of an error is; null or absent where SageMaker does not say. */
  logStreamArn?: string | null;
}

export interface InvocationRequest {
  contentType: string;
  body: string;
  /** Comes with the request into captured data; at most 64 characters. */
  inferenceId?: string;
  /** Passed on to the container; at most 1,024 characters of ASCII. */
  customAttributes?: string;
  /** The one variant that shall answer, whatever the weights; default: one by its weight. */
  targetVariant?: string;
  /** How much of the answer is wanted; default: 64 KiB. */
  maximumCharacters?: number;
}

export interface Invocations {
  /**
   * One invocation, never retried here. A model that answers with an error is an answer; not being able to invoke at all is
   * `ServiceUnavailable`, `Throttled` or `NotReady`.
   */
  invoke(endpointName: string, request: InvocationRequest): Promise<Answer>;
}
