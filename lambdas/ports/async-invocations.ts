// Calls of an asynchronous endpoint's model: a request waits in a queue, and its answer comes as an object.
import type { AsyncAnswer } from '../core/canary/async-answer.ts';

export interface AsyncRequest {
  contentType: string;
  body: string;
  /** Names the answer: nobody has used it before; at most 64 characters. */
  inferenceId: string;
  /** The folder of the answer, below the endpoint's own. */
  folder: string;
  /** Passed on to the container; at most 1,024 characters of ASCII. */
  customAttributes?: string;
  /** How long it may wait, and how long the model may take then. */
  timeToLiveSeconds: number;
  timeoutSeconds: number;
}

/** Objects as `s3://bucket/key`: one of them comes. */
export interface AnswerLocations {
  outputLocation: string;
  /** Null: failures are not written. */
  failureLocation: string | null;
}

export interface AsyncInvocations {
  /** Rejects with `ServiceUnavailable`, `Throttled` or `NotReady` where the request does not come into the queue. */
  submit(endpointName: string, request: AsyncRequest): Promise<AnswerLocations>;
  /** Null: neither is there yet. */
  collect(locations: AnswerLocations, maximumBytes: number): Promise<AsyncAnswer | null>;
}
