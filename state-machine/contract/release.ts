// What the ledger keeps of a rollout that was deployed.

/** A rollout that ended `deployed`: what a later rollout or rollback may refer to. */
export interface Release {
  endpointName: string;
  rolloutId: string;
  action: 'deploy' | 'rollback';
  artifactSha256: string;
  imageDigest: string;
  modelName: string;
  endpointConfigName: string;
  /** The upload that it came from, if any: key and version. */
  upload: { key: string; versionId: string } | null;
  releasedAt: string;
}
