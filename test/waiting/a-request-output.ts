// What ResolveRequest says of a request that deploys.
import type { RequestOutput } from '../../state-machine/contract/outputs.ts';

export const aRequestOutput = (changes: Partial<RequestOutput> = {}): RequestOutput => ({
  ...{ action: 'deploy', recovers: null, resolvedAt: '2026-01-01T12:00:00.000Z', trigger: null, problems: [] },
  ...{ endpointName: 'iris', upload: null, servedArtifactSha256: null, servableModelFiles: null, document: null },
  ...{ correlationId: null, startedByKey: null },
  ...changes,
});
