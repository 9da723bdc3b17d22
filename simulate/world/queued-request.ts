// How long a model works on a request from a queue: those of customers take their time.

/** Begins the InferenceId of each of a customer's. */
export const CUSTOMER = 'customer-';
/** Six of them keep two instances busy for as long as a change takes, and longer. */
const CUSTOMER_MILLISECONDS = 8_000;

/** `headers`: what the container gets. */
export const millisecondsOf = ({ headers }: { headers: Record<string, string> }): number =>
  headers['x-amzn-sagemaker-inference-id']?.startsWith(CUSTOMER) === true ? CUSTOMER_MILLISECONDS : 0;
