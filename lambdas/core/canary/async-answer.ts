// What came of an asynchronous request.

/** `text`: what the model answered, or why it did not; cut at the number of bytes that was asked for. */
export interface AsyncAnswer {
  succeeded: boolean;
  text: string;
}
