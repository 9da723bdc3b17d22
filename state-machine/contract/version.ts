// The version of the data that states and documents carry, so that a stack updated in the middle of a rollout is noticed.

/**
 * Raised whenever a schema of this folder changes in a way that older code or older data cannot be read with. A key of the
 * state that a machine does not know yet is no such change: it is read as null (`runtime/contract-check.ts`).
 */
export const CONTRACT_VERSION = 1;

/** What a rollout needs on its way forward, an older version may lack: it goes back, and can be started again. */
export const FORWARD_VERSIONS: readonly number[] = [CONTRACT_VERSION];

/**
 * The rollback must finish what the version before began: its rollouts may be running while the stack is updated, for as long
 * as the machine's timeout. Two updates within that time end in `ContractVersionUnsupported`. Whoever raises the version gives
 * each field that the rollback reads, and that the version before lacks, a default; and drops the defaults from before.
 */
export const ROLLBACK_VERSIONS: readonly number[] = [CONTRACT_VERSION - 1, CONTRACT_VERSION];
