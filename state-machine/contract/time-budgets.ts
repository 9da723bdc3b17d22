// How long each part of a rollout may take. The machine's own timeout is larger than all together: it runs no Catch.

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** How long PlanRollout waits for an endpoint that something else is changing. */
export const BUSY_ENDPOINT_SECONDS = 2 * HOUR;

/**
 * How long an endpoint may take into service, beside the startup and download timeouts that the request names.
 * A container that crashes in a loop takes SageMaker about 20 minutes to give up on.
 */
export const DEPLOYMENT_SECONDS = 1 * HOUR;

/** The longest that SageMaker itself lets an update take: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_BlueGreenUpdatePolicy.html */
export const LONGEST_DEPLOYMENT_SECONDS = 8 * HOUR + DEPLOYMENT_SECONDS;

/** The way back has a budget of its own: an endpoint that is Creating cannot be deleted, and may be so for hours. */
export const WAY_BACK_SECONDS = 8 * HOUR;

/** A backstop only. */
export const MACHINE_TIMEOUT_SECONDS = BUSY_ENDPOINT_SECONDS + LONGEST_DEPLOYMENT_SECONDS + WAY_BACK_SECONDS + 2 * HOUR;
