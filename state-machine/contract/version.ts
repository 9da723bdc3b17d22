// The version of the data that states and documents carry, so that a stack updated in the middle of a rollout is noticed.

/** Raised whenever a schema of this folder changes in a way that older code or older data cannot be read with. */
export const CONTRACT_VERSION = 2;

/** A rollout that began before the endpoint's lease was there (version 1) must not go forward without one. */
export const FORWARD_VERSIONS: readonly number[] = [CONTRACT_VERSION];

/** The way back must be able to finish any rollout that any release of this system ever started. */
export const ROLLBACK_VERSIONS: readonly number[] = [1, 2];
