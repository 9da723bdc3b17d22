// Calls of an endpoint's model.

export interface Answer {
  /** HTTP status that the model's container gave: 200, or the OriginalStatusCode of a ModelError. */
  status: number;
  /** The answer's text, cut at 64 KiB. */
  body: string;
  latencyMilliseconds: number;
  /** Where the container's log of an error is; null or absent where SageMaker does not say. */
  logStreamArn?: string | null;
}

export interface Invocations {
  /**
   * One invocation, never retried here. A model that answers with an error is an answer; not being able to invoke at all is
   * `ServiceUnavailable`, `Throttled` or `NotReady`.
   */
  invoke(endpointName: string, request: { contentType: string; body: string }): Promise<Answer>;
}
