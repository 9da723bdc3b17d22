// The keys of the ledger's one table, `pk` and `sk`. Sort keys begin with a time in ISO 8601, so the highest is the newest.
//
//   endpoint#<name>               outcome#<startedAt>#<rolloutId>   how a rollout ended
//   endpoint#<name>               release#<releasedAt>#<rolloutId>  what it released
//   endpoint#<name>               settings#<rolloutId>              what that release keeps for the requests after it
//   rollout#<rolloutId>           outcome                           whether it has an outcome, and where that is
//   lease                         <name>                            who changes the endpoint now, and who waits
//   sweeper                       since                             shortly before the first sweep
//   token#<rolloutId>             token                             the task token of its wait; goes by its time to live
//   awaited#<endpointName>        rollout                           who waits for a change of this endpoint; goes as the token does
//   upload#<versionId>#<key>      <startedAt>#<rolloutId>           how this version of an upload ended

export const endpointPartition = (endpointName: string | null): string => `endpoint#${endpointName ?? ''}`;

/** By the execution's name alone: of one that was stopped early nobody knows more. */
export const rolloutPartition = (rolloutId: string): string => `rollout#${rolloutId}`;
export const ROLLOUT_SORT_KEY = 'outcome';

/** Version ids hold no `#`; keys may, and stand last. */
export const uploadPartition = ({ key, versionId }: { key: string; versionId: string }): string =>
  `upload#${versionId}#${key}`;

export const OUTCOME_PREFIX = 'outcome#';
export const outcomeSortKey = ({ rolloutId, startedAt }: { rolloutId: string; startedAt: string }): string =>
  `${OUTCOME_PREFIX}${startedAt}#${rolloutId}`;
export const RELEASE_PREFIX = 'release#';

/** Apart from the release: an environment may have 32 KiB, and a query of many releases must not end after 1 MB. */
export const settingsSortKey = ({ rolloutId }: { rolloutId: string }): string => `settings#${rolloutId}`;

/** One partition for all leases, so that the sweeper finds them with one query. */
export const LEASE_PARTITION = 'lease';

export const tokenPartition = (rolloutId: string): string => `token#${rolloutId}`;
export const TOKEN_SORT_KEY = 'token';

/** By the name of the live endpoint, or of the candidate. */
export const awaitedPartition = (endpointName: string): string => `awaited#${endpointName}`;
export const AWAITED_SORT_KEY = 'rollout';

/** The attribute by which DynamoDB lets items go, in seconds since 1970. */
export const EXPIRY_ATTRIBUTE = 'expiresAt';
