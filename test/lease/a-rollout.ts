// Rollouts as the lease knows them.
import type { Asking } from '../../lambdas/core/lease/lease.ts';
import type { LeasedRollout } from '../../state-machine/contract/lease.ts';

export const aRollout = (rolloutId: string, changes: Partial<LeasedRollout> = {}): LeasedRollout => ({
  rolloutId,
  executionArn: `arn:aws:states:us-east-1:000000000000:execution:Rollout:${rolloutId}`,
  startedAt: '2026-01-01T00:00:00.000Z',
  action: 'deploy',
  upload: null,
  startedByKey: null,
  correlationId: null,
  ...changes,
});

/** An upload of `second`, under a key of its own unless one is given. */
export function anUpload(rolloutId: string, second: number, key = `models/iris/${rolloutId}/model.tar.gz`): Asking {
  const lastModified = new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
  const upload = { key, versionId: `version-of-${rolloutId}`, lastModified };
  const rollout = aRollout(rolloutId, { upload: { bucket: 'bucket', sizeBytes: 1, ...upload }, startedByKey: key });
  return { rollout, kind: 'upload', upload, hasWaited: false, now: new Date(Date.UTC(2026, 0, 1, 1)) };
}
export const aRequest = (rolloutId: string): Asking => ({
  rollout: aRollout(rolloutId),
  kind: 'request',
  upload: null,
  hasWaited: false,
  now: new Date(Date.UTC(2026, 0, 1, 1)),
});
export const anAction = (rolloutId: string, action: 'rollback' | 'retireEndpoint' = 'rollback'): Asking => ({
  ...aRequest(rolloutId),
  rollout: aRollout(rolloutId, { action }),
  kind: 'action',
});
