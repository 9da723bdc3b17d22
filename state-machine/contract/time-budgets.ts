// How long each part of a rollout may take. The machine's own timeout is larger than all together: it runs no Catch.

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** How long a rollout waits for others of its endpoint. */
export const LEASE_WAIT_SECONDS = 24 * HOUR;

/** How long PlanRollout waits for an endpoint that something else is changing. */
export const BUSY_ENDPOINT_SECONDS = 2 * HOUR;

/**
 * How long an endpoint may take into service, beside the startup and download timeouts that the request names.
 * A container that crashes in a loop takes SageMaker about 20 minutes to give up on.
 */
export const DEPLOYMENT_SECONDS = 1 * HOUR;

/** Both timeouts of a request at their most, 3,600 s each: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html */
export const LONGEST_CANDIDATE_SECONDS = 2 * HOUR + DEPLOYMENT_SECONDS;

/** The longest that SageMaker itself lets an update take: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_BlueGreenUpdatePolicy.html */
export const LONGEST_DEPLOYMENT_SECONDS = 8 * HOUR + DEPLOYMENT_SECONDS;

/** The longest that the weights of an endpoint may move: as long in their waits as an update, instances that come once, and 20 steps of 12 minutes. */
export const LONGEST_SHIFT_SECONDS = 8 * HOUR + LONGEST_CANDIDATE_SECONDS + 20 * 12 * MINUTE;

/** The rollback has a budget of its own: an endpoint that is Creating cannot be deleted, and may be so for hours. */
export const ROLLBACK_SECONDS = 8 * HOUR;

/** How long a retirement waits for an endpoint that is being created or changed, and for its deletion. */
export const RETIREMENT_SECONDS = 24 * HOUR;

/** How long canary invocations may wait for their answers, on the candidate and on the live endpoint each; SageMaker gives an asynchronous one an hour: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpointAsync.html */
export const VERIFICATION_SECONDS = 2 * HOUR;

/** A backstop only. The candidate may take as long as a deployment, and as long again to go. */
export const MACHINE_TIMEOUT_SECONDS =
  LEASE_WAIT_SECONDS +
  BUSY_ENDPOINT_SECONDS +
  2 * LONGEST_CANDIDATE_SECONDS +
  LONGEST_DEPLOYMENT_SECONDS +
  LONGEST_SHIFT_SECONDS +
  2 * VERIFICATION_SECONDS +
  ROLLBACK_SECONDS +
  2 * HOUR;
